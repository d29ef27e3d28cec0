import assert from "node:assert/strict"
import test from "node:test"
import { pastedFile } from "../drop.js"
import { decimals, namer, ticks } from "../sketch/axes.js"
import { circles, colorPlace } from "../sketch/drawing.js"
import { BOTTOM, Ground, RIGHT, TOP } from "../sketch/ground.js"
import { Pens, penAfter } from "../sketch/pens.js"
import { Points } from "../sketch/points.js"

/** @typedef {import("../sketch/points.js").Point} Point */

test("an axis has about five round numbers within its span", () => {
  assert.deepEqual(ticks(0, 10), [0, 2, 4, 6, 8, 10])
  assert.deepEqual(ticks(-1.2, 2.1), [-1, 0, 1, 2])
  assert.deepEqual(ticks(1_990, 2_030), [1_990, 2_000, 2_010, 2_020, 2_030])
})

test("an axis' numbers are told apart in few letters", () => {
  assert.deepEqual([0, 20_000, 40_000].map(namer([0, 20_000, 40_000], "en")), ["0", "20K", "40K"])
  assert.deepEqual([100_000, 100_001].map(namer([100_000, 100_001], "en")), ["100,000", "100,001"])
  assert.deepEqual([0, 0.25, 0.5].map(namer([0, 0.25, 0.5], "de")), ["0", "0,3", "0,5"])
  assert.deepEqual([0, 0.0002].map(namer([0, 0.0002], "en")), ["0", "2e-4"])
  assert.deepEqual([-1, 0, 1].map(namer([-1, 0, 1], "en")), ["−1", "0", "1"])
  assert.deepEqual(
    [100, 10, 1, 0.01, 1e-30].map((span) => decimals(span, 4)),
    [1, 2, 3, 5, 12],
  )
})

test("a place in the picture is the plane's, to four digits of its span, and comes back", () => {
  const ground = new Ground([0, 10, -1, 1], 40)
  assert.deepEqual(ground.at(40, BOTTOM), { inside: true, x: 40, y: BOTTOM, x0: 0, x1: -1 })
  assert.deepEqual(ground.at(RIGHT, TOP), { inside: true, x: RIGHT, y: TOP, x0: 10, x1: 1 })
  assert.equal(ground.at(39, 100).inside, false)
  const { x0, x1 } = ground.at(123.4, 234.5)
  assert.equal(x0, Number(x0.toFixed(2)))
  assert.ok(Math.hypot(ground.x(x0) - 123.4, ground.y(x1) - 234.5) < 0.4)
})

test("a stroke has evenly spaced places up to the hand, and none as long as it is short", () => {
  const ground = new Ground([0, 10, -1, 1], 40)
  const [from, to] = [ground.at(100, 100), ground.at(100, 145)]
  assert.deepEqual(
    ground.along(from, to).map(({ x, y }) => [x, y]),
    [
      [100, 115],
      [100, 130],
      [100, 145],
    ],
  )
  assert.deepEqual(ground.along(from, ground.at(110, 105)), [])
})

/** @type {Point[]} */
const three = [
  [0, 0, 0, false],
  [1, 1, 1, true],
  [2, 2, 0, false],
]
const sent = { points: three, names: ["a", "b"], number: null, heard: 0 }

test("what the hand does is shown at once, and again over points that don't have it yet", () => {
  const points = new Points()
  points.receive(sent)
  points.edit({ act: "add", x0: 5, x1: 6, label: "b" })
  points.edit({ act: "move", index: 0, x0: 7, x1: 8 })
  points.edit({ act: "erase", index: 1 })
  const shown = [
    [7, 8, 0, false],
    [2, 2, 0, false],
    [5, 6, 1, false],
  ]
  assert.deepEqual(points.all, shown)
  points.receive({ ...sent, points: [...three, [5, 6, 1, false]], heard: 1 })
  assert.deepEqual(points.all, shown)
  assert.deepEqual(
    points.pending.map(({ id }) => id),
    [2, 3],
  )
  assert.deepEqual(three[0], [0, 0, 0, false], "what was sent stays as it was")
})

test("edits are numbered on from what the server has heard", () => {
  const points = new Points()
  points.receive({ ...sent, heard: 41 })
  points.edit({ act: "erase", index: 0 })
  assert.equal(points.pending[0].id, 42)
})

test("a class that was just made comes after the others; a number is itself", () => {
  const points = new Points()
  points.receive(sent)
  points.edit({ act: "add", x0: 0, x1: 0, label: "new" })
  assert.equal(points.all[3][2], 2)
  points.receive({ ...sent, names: [], number: { low: 0, high: 1 }, heard: 1 })
  points.edit({ act: "add", x0: 0, x1: 0, label: 0.25 })
  assert.equal(points.all[3][2], 0.25)
})

test("the point that the hand takes is the nearest one in reach", () => {
  const points = new Points()
  points.receive(sent)
  const far = (/** @type {number} */ x0, /** @type {number} */ x1) => Math.hypot(x0 - 1.2, x1 - 1)
  assert.equal(points.nearest(far, 0.5), 1)
  assert.equal(points.nearest(far, 0.1), null)
  points.receive({ ...sent, points: [] })
  assert.equal(points.nearest(far, 0.5), null)
})

test("the pen goes on with the class that it has made, and never has one that is gone", () => {
  assert.equal(penAfter("new", "c", ["a", "b", "c"]), 2)
  assert.equal(penAfter("new", "c", ["a", "b"]), "new")
  assert.equal(penAfter(2, null, ["a", "b"]), 0)
  assert.equal(penAfter(0, null, []), 0)
  assert.equal(penAfter("erase", null, []), "erase")
})

test("a point that is added has the pen's class, or the number that was written", () => {
  const kinds = { names: ["a", "b"], colors: [], number: null, editable: true, words: { born: "c", add_hint: "Click" } }
  const pens = new Pens(/** @type {any} */ ({}), kinds, () => {})
  pens.pen = 1
  assert.deepEqual([pens.label(), pens.born, pens.hint], ["b", null, "Click"])
  pens.pen = "new"
  assert.deepEqual([pens.label(), pens.born, pens.hint], ["c", "c", "Click"])
  pens.kinds = { ...kinds, names: [], number: { middle: 0.5 } }
  assert.equal(pens.label(), 0.5)
  pens.written = "2"
  assert.equal(pens.label(), 2)
})

test("a point has its class's colour, or that of its number within the range", () => {
  assert.deepEqual(
    [0, 1, 7].map((y) => colorPlace(y, null, 3)),
    [0, 1, 2],
  )
  assert.deepEqual(
    [-5, 0, 0.5, 1, 9].map((y) => colorPlace(y, { low: 0, high: 1 }, 11)),
    [0, 0, 5, 10, 10],
  )
  assert.equal(colorPlace(4, { low: 4, high: 4 }, 11), 0)
})

test("points of one colour are one path for each split", () => {
  const ground = new Ground([0, 2, 0, 2], 40)
  const paths = circles(three, ground, { number: null, colors: ["red", "blue"] })
  const counts = paths.map(({ train, test }) => [train.split("M").length - 1, test.split("M").length - 1])
  assert.deepEqual(counts, [
    [2, 0],
    [0, 1],
  ])
  assert.ok(paths[1].test.startsWith(`M${ground.x(1) - 4} ${ground.y(1)}a4 4`))
})

test("cells that are pasted are a table, whatever picture comes with them; else the file counts", () => {
  const picture = new File([], "cells.png")
  assert.equal(pastedFile("a\tb\n1\t2", picture)?.name, "pasted.tsv")
  assert.equal(pastedFile("a word ", picture), picture)
  assert.equal(pastedFile("a word\n", undefined), undefined)
})
