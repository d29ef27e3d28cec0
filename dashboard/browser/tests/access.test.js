import assert from "node:assert/strict"
import { test } from "node:test"
import { translated } from "../access.js"

const WORDS = { skip: "", said: { Upload: "파일 고르기" }, help: "{name} 설명", limit: "파일 하나에 {size}까지" }

test("Streamlit's own words are said in the page's language, and nobody else's", () => {
  assert.equal(translated("Upload", WORDS), "파일 고르기")
  assert.equal(translated("Help for 학습률", WORDS), "학습률 설명")
  assert.equal(translated("64MB per file", WORDS), "파일 하나에 64MB까지")
  assert.equal(translated("toString", WORDS), null)
})
