import assert from "node:assert/strict"
import test from "node:test"
import { listTable } from "../colors.js"
import { filled } from "../dom.js"
import { pathThrough, scalesOf } from "../step/chart.js"
import { notedLoss, reach } from "../step/curves.js"
import { layoutOf, startOf } from "../step/layout.js"
import { isMeant, nearestRow } from "../step/map.js"
import { factor, nameOf, nameOfWeight, termsOf, whichPoint } from "../step/names.js"
import { between } from "../step/parts.js"
import { pathOf } from "../step/path.js"
import { costOf, errorsOf } from "../step/price.js"
import { busiest, carriedBy, strongest } from "../step/start.js"

/** @typedef {import("../step/types.js").Step} Step */

/** A network of 2 inputs, 3 units of which 2 are drawn, 2 units, and 1 output; each weight is 1, its gradient counts up. */
const columns = [
  { units: [0, 1], total: 2, h: [0.5, -1] },
  { units: [0, 2], total: 3, h: [1, 2] },
  { units: [0, 1], total: 2, h: [0, 3] },
  { units: [0], total: 1, h: [4] },
]
const weights = columns.slice(1).flatMap(({ units }, layer) =>
  units.flatMap((unit) =>
    [...columns[layer].units, null].map((source, k) => ({
      ...{ way: `${layer}-${unit}-${source ?? "b"}`, layer, unit, source },
      ...{ before: source === null ? -2 : 1, gradient: k, used: k, unclear: k, after: 1 },
    })),
  ),
)
const words = {
  ...{ ofWeight: "{to} ← {from}", bias: "bias", batch: "{n} points", point: "{row}: {x0}, {x1}, {y}" },
  names: { unit: "unit {n}", unitOf: "unit {n} of {layer}", logit: "logit {n}" },
}
const step = /** @type {Step} */ (
  /** @type {unknown} */ ({ columns, weights, words, inputs: ["x0", "x1"], short: ["$&"], classes: ["$& <b>"] })
)

test("a weight's path leads from its source over its unit through all that follows", () => {
  const { edges, units } = pathOf({ way: "0-2-1" }, step)
  assert.deepEqual([...edges].sort(), ["0-2-1", "1-0-2", "1-1-2", "2-0-0", "2-0-1"])
  assert.deepEqual([...units].sort(), ["0-1", "1-2", "2-0", "2-1", "3-0"])
})

test("a bias has no source, and a unit is lit with what comes in", () => {
  assert.deepEqual([...pathOf({ way: "2-0-b" }, step).units], ["3-0"])
  const { edges, units } = pathOf({ layer: 1, unit: 1 }, step)
  assert.deepEqual([...edges].sort(), ["1-1-0", "1-1-2", "1-1-b"])
  assert.deepEqual([...units].sort(), ["1-0", "1-2", "2-1"])
})

test("of a column all units are lit, with what comes in only where that is asked for", () => {
  assert.deepEqual([...pathOf({ column: 2 }, step).units].sort(), ["2-0", "2-1"])
  const whole = pathOf({ column: 2, incoming: true }, step)
  assert.deepEqual([...whole.units].sort(), ["1-0", "1-2", "2-0", "2-1"])
  assert.equal(whole.edges.size, 6)
})

test("units stand in columns from left to right, all within the drawing", () => {
  const { places, width, height } = layoutOf(step, 700)
  const xs = places.map((column) => [...column.values()].map(({ x }) => x))
  assert.deepEqual(xs[1], [xs[1][0], xs[1][0]])
  assert.ok(0 < xs[0][0] && xs[0][0] < xs[1][0] && xs[1][0] < xs[2][0] && xs[3][0] < width)
  const ys = places.flatMap((column) => [...column.values()].map(({ y }) => y))
  assert.ok(Math.min(...ys) > 0 && Math.max(...ys) < height)
})

test("hidden units' values have as many digits as there is room for, and lines begin behind them", () => {
  const wide = { ...step, columns: columns.map((column) => ({ ...column, h: column.h.map((value) => value * 1e4) })) }
  assert.deepEqual(
    [1_000, 550, 500, 470].map((width) => layoutOf(wide, width).digits),
    [4, 2, null, null],
  )
  const layout = layoutOf(wide, 1_000)
  assert.equal(startOf(layout, 0, 100), 100)
  assert.ok(startOf(layout, 1, 100) > 100 + layout.radius + 7 * "20000.0000".length)
})

test("a unit's name says its layer where there are several, and is plain text", () => {
  assert.equal(nameOf(step, 0, 1), "x1")
  assert.equal(nameOf(step, 2, 1), "unit 1 of 2")
  assert.equal(nameOf({ ...step, columns: columns.slice(0, 3) }, 1, 2), "unit 2")
  assert.equal(nameOf(step, 3, 0), "logit $&")
  assert.equal(nameOfWeight(step, weights[2]), "unit 0 of 1 ← bias")
})

test("a sum's terms are its weights times what comes in, negative numbers in brackets", () => {
  assert.equal(factor(-0.5), "(−0.5000)")
  assert.deepEqual(termsOf(step, 0, 0), { terms: ["1.0000 · 0.5000", "1.0000 · (−1.0000)", "(−2.0000)"], whole: true })
  assert.equal(termsOf(step, 1, 0).whole, false)
})

test("the point that is opened is named with its class, or its number", () => {
  const one = { ...step, single: true, points: 1, answers: { x: [1, 2], y: [0], logits: [] } }
  const said = (/** @type {object} */ more) => whichPoint({ .../** @type {any} */ (one), map: { point: 7 }, ...more })
  assert.equal(said({}), "7: 1.0000, 2.0000, $& <b>")
  assert.equal(said({ price: {} }), "7: 1.0000, 2.0000, 0.0000")
  assert.equal(said({ single: false, points: 1234 }), "1,234 points")
})

test("first the steepest weight is chosen, and the unit that gives most", () => {
  assert.equal(strongest(weights), "0-0-1")
  assert.deepEqual(busiest(columns[1]), { layer: 0, unit: 2 })
  assert.deepEqual(busiest({ h: [null, null], units: [4, 5] }), { layer: 0, unit: 4 })
})

test("a weight hands on what comes in times itself; where that isn't finite, nothing", () => {
  assert.equal(carriedBy({ ...weights[0], before: -3 }, columns), -1.5)
  assert.equal(carriedBy(weights[0], [{ units: [0], h: [null] }]), 0)
})

test("a chart's values lie between its axes; what is infinite lies at the top", () => {
  const { x, y, bottom } = scalesOf({
    width: 200,
    height: 140,
    left: 50,
    right: 150,
    top: 20,
    across: [-1, 1],
    tallest: 4,
  })
  assert.deepEqual([x(-1), x(0), x(1)], [50, 100, 150])
  assert.deepEqual([bottom, y(0), y(2), y(9), y(null)], [100, 100, 60, 20, 20])
  assert.equal(
    pathThrough([
      [1, 2],
      [3, 4],
    ]),
    "M1,2L3,4",
  ) // prettier-ignore
})

test("curves leave a little room above their tallest value that is finite", () => {
  assert.deepEqual(reach([{ x: [0, 5], y: [100, null] }]), { last: 5, tallest: 100 * 1.12 })
  assert.equal(reach([{ x: [], y: [] }]).last, 1)
})

test("the run notes no single point's loss", () => {
  const curve = { epoch: [], loss: [], recorded: null }
  assert.equal(notedLoss({ curve, single: true, loss: 0.5 }), null)
  assert.equal(notedLoss({ curve, single: false, loss: 0.5 }), 0.5)
  assert.equal(notedLoss({ curve: { ...curve, recorded: 0.25 }, single: true, loss: 0.5 }), 0.25)
})

test("an error costs what the curve says there", () => {
  const price = { error: [-2, -1, 0, 1, 2], cost: [4, 1, 0, 1, 4] }
  assert.deepEqual(errorsOf({ predicted: [1, null], y: [3, 0.9], logits: [], x: [] }), [-2, -0.9])
  assert.deepEqual([costOf(price, -2), costOf(price, 0.9)], [4, 1])
})

test("the point nearest to the hand is pressed, and those the step isn't of are pale", () => {
  /** @type {[number, number, number, number]} */
  const extent = [0, 10, 0, 10]
  const map = { ...{ extent, row: [4, 8], x: [1, 9], y: [1, 9], point: null, batch: [8] }, columns: 1, rows: 1 }
  const whole = { ...map, labels: "", ground: [], color: [] }
  const canvas = { width: 100, height: 100 }
  assert.deepEqual([nearestRow(whole, canvas, 10, 80), nearestRow(whole, canvas, 80, 20)], [4, 8])
  assert.deepEqual([isMeant(map, 0), isMeant(map, 1)], [false, true])
  assert.deepEqual(
    [isMeant({ ...map, batch: [], point: 4 }, 0), isMeant({ ...map, batch: [], point: 4 }, 1)],
    [true, false],
  )
})

test("labels have their own colours", () => {
  const table = listTable(["#0072b2", "rgba(1,2,3,0.4)"])
  const channels = (/** @type {number} */ byte) => [...new Uint8Array(Uint32Array.of(table[byte]).buffer)]
  assert.deepEqual(
    [channels(0), channels(1), channels(9)],
    [
      [0, 114, 178, 255],
      [1, 2, 3, 102],
      [1, 2, 3, 102],
    ],
  )
})

test("a sentence is filled with parts that stay what they are", () => {
  const part = { bold: true }
  assert.deepEqual(filled("a {b} c{d}{gone}", { b: part, d: ["$&", part] }), ["a ", part, " c", "$&", part])
  assert.deepEqual(
    between([1, 2, 3], (i) => `sign ${i}`),
    [1, "sign 0", 2, "sign 1", 3],
  )
})
