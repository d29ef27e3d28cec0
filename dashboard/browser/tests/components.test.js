import assert from "node:assert/strict"
import test from "node:test"
import { cellAt } from "../cells.js"
import { base64 } from "../decode.js"
import { fitChildren } from "../dom.js"
import { pictureOf } from "../filmstrip.js"
import { dotsOf, within } from "../sidebyside.js"

test("the picture of an epoch is the last one up to it", () => {
  const pictures = [0, 1, 10, 100].map((epoch) => ({ epoch }))
  assert.deepEqual(
    [0, 1, 9, 10, 5_000].map((epoch) => pictureOf(pictures, epoch)),
    [0, 1, 1, 2, 3],
  )
  assert.equal(pictureOf([{ epoch: 5 }], 4), -1)
})

test("an epoch that a hand asks for is one that the longest run has", () => {
  assert.deepEqual(
    [-3, 7.6, 300].map((epoch) => within(epoch, 200)),
    [0, 8, 200],
  )
})

test("points that are spoken of are larger and solid, each in its own colour", () => {
  const points = {
    X: base64(Float32Array.of(1, 2, 3, 4)),
    ink: base64(Uint8Array.of(0, 114, 178, 213, 94, 0)),
    on: base64(Uint8Array.of(0, 1)),
  }
  const { x, y, fill, radius, opacity } = dotsOf(points)
  assert.deepEqual([...Array.from(x), ...Array.from(y)], [1, 3, 2, 4])
  assert.deepEqual([fill(0), fill(1)], ["rgb(0,114,178)", "rgb(213,94,0)"])
  assert.ok(radius && radius(0) < radius(1))
  assert.ok(opacity && opacity(0) < 0.5 && opacity(1) === 1)
})

test("where no cell is pointed at, that is said", () => {
  const cell = { name: "a", says: "b", alt: "c", z: "AA==" }
  const data = { ...{ chart: "", chosen: null, columns: 1, rows: 1, levels: "" }, cells: { "0,1": cell }, nothing: "?" }
  assert.equal(cellAt(data, "0,1"), cell)
  for (const place of [null, "9,9"]) assert.deepEqual(cellAt(data, place), { name: "", says: "?", alt: "?", z: "" })
})

test("an element is given so many children, and those that are there stay", () => {
  /** @type {any[]} */
  const all = []
  const parent = {
    get childElementCount() {
      return all.length
    },
    get lastElementChild() {
      return { remove: () => all.pop() }
    },
    append: (/** @type {any} */ child) => all.push(child),
  }
  let made = 0
  const fit = (/** @type {number} */ count) =>
    fitChildren(/** @type {any} */ (parent), count, () => /** @type {any} */ (made++))
  fit(3)
  fit(1)
  fit(2)
  assert.deepEqual(all, [0, 3])
})
