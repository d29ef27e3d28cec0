import assert from "node:assert/strict"
import { test } from "node:test"
import { inLanguage, translated } from "../access.js"
import { placeOf, termOf } from "../terms.js"

const WORDS = {
  skip: "",
  said: { Upload: "파일 고르기", Space: "스페이스바" },
  help: "{name} 설명",
  limit: "파일 하나에 {size}까지",
  shortcut: "단축키 {key}",
}

test("Streamlit's own words are said in the page's language, and nobody else's", () => {
  assert.equal(translated("Upload", WORDS), "파일 고르기")
  assert.equal(translated("Help for 학습률", WORDS), "학습률 설명")
  assert.equal(translated("64MB per file", WORDS), "파일 하나에 64MB까지")
  assert.equal(translated("Shortcut Space", WORDS), "단축키 스페이스바")
  assert.equal(translated("Shortcut B", WORDS), "단축키 B")
  assert.equal(translated("toString", WORDS), null)
  const said = { "Enter a value (between {low} and {high}).": "{low}에서 {high} 사이여야 해요." }
  assert.equal(translated("Enter a value (between 1 and 100.5).", { ...WORDS, said }), "1에서 100.5 사이여야 해요.")
  assert.equal(translated("Enter a value (between 1 and 100x5)?", { ...WORDS, said }), null)
})

test("what was said in one language is said in the next one too, and new text is taken for what it is", () => {
  const english = { ...WORDS, said: { Upload: "Upload", Space: "Space", Close: "Close" } }
  const mended = new WeakMap()
  const place = {}
  assert.equal(inLanguage(place, "Upload", WORDS, mended), "파일 고르기")
  assert.equal(inLanguage(place, "파일 고르기", english, mended), "Upload")
  assert.equal(inLanguage(place, "Close", english, mended), "Close")
  assert.equal(inLanguage({}, "파일 고르기", english, mended), null)
})

test("a label with a place in it stands for each text that fills it", () => {
  /** @type {Record<string, [string, string]>} */
  const terms = { Loss: ["loss", "…"], "first direction: {share} (of the variance)": ["principal", "…"] }
  const label = (/** @type {string} */ textContent) => /** @type {any} */ ({ querySelector: () => null, textContent })
  assert.deepEqual(termOf(label(" Loss "), terms), ["loss", "…"])
  assert.deepEqual(termOf(label("first direction: 93% (of the variance)"), terms), ["principal", "…"])
  assert.equal(termOf(label("first direction: of the variance"), terms), null)
  assert.equal(termOf(label("toString"), terms), null)
})

test("a note goes where it covers least, within the window and not on its label", () => {
  const note = { width: 200, height: 60 }
  const room = { width: 1000, height: 600 }
  const label = { left: 100, right: 160, top: 300, bottom: 320 }
  const free = () => 0
  const below = (/** @type {number} */ _left, /** @type {number} */ top) => (top > 310 ? 1 : 0)
  const vertical = (/** @type {number} */ left) => (left < 160 ? 1 : 0)
  assert.deepEqual(placeOf(label, note, room, free), [100, 328])
  assert.deepEqual(placeOf(label, note, room, below), [100, 232])
  assert.deepEqual(placeOf(label, note, room, vertical), [168, 300])
  assert.deepEqual(placeOf({ ...label, top: 570, bottom: 590 }, note, room, free), [100, 502])
})
