import assert from "node:assert/strict"
import test from "node:test"
import { ACTIVATIONS } from "../activations.js"
import { answers, boundary, labels, misclassified, roundEven, unitTiles } from "../boundary.js"
import { forward, layersOf } from "../forward.js"
import { levelLines } from "../lines.js"
import { coarser, coordinates, pointsOf } from "../samples.js"

const mesh = { x0: -1, dx: 0.5, columns: 5, y0: 0, dy: 0.25, rows: 3 }

/** x0 − x1 and its opposite, through no hidden layer */
const slope = {
  features: ["x0", "x1"],
  layers: [{ activation: "linear", inputs: 2, outputs: 2 }],
  parameters: Float32Array.of(1, -1, -1, 1, 0, 0),
  nClasses: 2,
}

/** one unit |x0| of two ReLUs */
const bent = {
  features: ["x0", "x1"],
  layers: [
    { activation: "relu", inputs: 2, outputs: 2 },
    { activation: "linear", inputs: 2, outputs: 1 },
  ],
  parameters: Float32Array.of(1, 0, -1, 0, 0, 0, 1, 1, 0),
  nClasses: 0,
  span: /** @type {[number, number]} */ ([0, 1]),
}

test("a mesh runs row by row from the bottom left", () => {
  const { x, y } = coordinates(mesh)
  assert.deepEqual([x[0], x[4], x[5], y[0], y[5], y[14]], [-1, 1, -1, 0, 0.25, 0.5])
  assert.equal(coordinates(mesh), coordinates(mesh))
})

test("a coarser mesh covers the same stretch of the plane", () => {
  const fine = { x0: -1, dx: 0.02, columns: 101, y0: 0, dy: 0.1, rows: 81 }
  const coarse = coarser(fine, 0.25)
  assert.ok(coarse.columns * coarse.rows <= 0.26 * 101 * 81)
  assert.ok(Math.abs(coarse.dx * (coarse.columns - 1) - 2) < 1e-9)
  assert.ok(Math.abs(coarse.dy * (coarse.rows - 1) - 8) < 1e-9)
  assert.equal(coarser(fine, 1), fine)
})

test("a linear network's outputs are its weighted sums", () => {
  const { outputs, count } = forward(slope, pointsOf(Float32Array.of(1, 0.5, -2, 3)))
  assert.equal(count, 2)
  assert.deepEqual([...outputs], [0.5, -5, -0.5, 5])
})

test("more points than a block holds come out in order", () => {
  const X = Float32Array.from({ length: 2000 }, (_, k) => (k % 2 ? 0 : k))
  const { outputs } = forward(slope, pointsOf(X))
  for (const k of [0, 255, 256, 257, 999]) assert.equal(outputs[k], 2 * k)
})

test("hidden layers are kept when asked for, with their sums", () => {
  const points = pointsOf(Float32Array.of(-2, 0, 3, 0))
  const pass = forward(bent, points, { keep: "all", sums: true })
  assert.deepEqual([...pass.outputs], [2, 3])
  assert.deepEqual([...(pass.activations[1] ?? [])], [0, 3, 2, 0])
  assert.deepEqual([...(pass.sums[1] ?? [])], [-2, 3, 2, -3])
  assert.equal(forward(bent, points).activations[1], null)
  assert.ok(forward(bent, points, { keep: [1] }).activations[1])
})

test("what is not finite stays so through every activation", () => {
  for (const [name, { apply }] of Object.entries(ACTIVATIONS)) {
    const values = Float64Array.of(Number.NaN, 0, Number.NaN)
    apply(values, 0, 1)
    assert.ok(Number.isNaN(values[0]), name)
  }
})

test("too few parameters are an error that says how many", () => {
  assert.throws(() => layersOf({ ...slope, parameters: new Float32Array(5) }), /must be 6 numbers, got 5/)
  assert.throws(
    () => forward({ ...bent, layers: [{ ...bent.layers[0], activation: "x" }, bent.layers[1]] }, mesh),
    /got x/,
  )
})

test("halves round to the even number, as PyTorch's do", () => {
  assert.deepEqual([0.5, 1.5, 2.5, 2.4, 2.6, -0.5].map(roundEven), [0, 2, 2, 2, 3, 0])
})

test("probabilities add up to one and are those of guessing where they are not finite", () => {
  const pass = { count: 2, activations: [], sums: [], outputs: Float32Array.of(900, Number.NaN, -900, 0) }
  assert.deepEqual([...answers(pass, slope)], [1, 0.5, 0, 0.5])
})

test("of equal outputs the first class is predicted, and NaN counts as the largest", () => {
  assert.deepEqual([...labels(Float32Array.of(1, 2, 3, 1, Number.NaN, 2), 3)], [0, 1, 0])
})

test("a regression's picture ends at the targets' range", () => {
  const pass = forward(bent, pointsOf(Float32Array.of(0, 0, 0.5, 0, 4, 0)))
  assert.deepEqual([...boundary("label", pass, bent)], [0, 125, 250])
})

test("no change is the byte in the middle", () => {
  const pass = forward(slope, mesh)
  const picture = boundary("change", pass, slope, { before: answers(pass, slope) })
  assert.deepEqual(new Set(picture), new Set([128]))
  assert.throws(() => boundary("change", pass, slope), /before must be/)
})

test("misclassified are the points whose label differs, of a regression none", () => {
  const points = pointsOf(Float32Array.of(1, 0, 0, 1, 3, 0))
  const { x, y } = misclassified(forward(slope, points), slope, points, [0, 0, 0])
  assert.deepEqual([[...x], [...y]], [[0], [1]])
  assert.equal(misclassified(forward(bent, points), bent, points, [9, 9, 9]).x.length, 0)
})

test("a faint unit is drawn faint beside a strong one", () => {
  const pass = {
    count: 2,
    activations: [Float32Array.of(10, -10, 0.1, Number.NaN), null],
    sums: [],
    outputs: new Float32Array(2),
  }
  const { tiles, scales } = unitTiles(pass, bent, 0, [0, 1])
  assert.deepEqual([...scales], [10, 1])
  assert.deepEqual([...tiles], [255, 1, 141, 128])
})

test("the level of a linear field is a straight line", () => {
  const { x, y } = coordinates(mesh)
  const field = x.map((value, k) => value + y[k])
  const line = levelLines([field], mesh, [0.1])
  const points = [...line.x].map((value, k) => [value, line.y[k]]).filter(([value]) => !Number.isNaN(value))
  assert.ok(points.length >= 4)
  for (const [a, b] of points) assert.ok(Math.abs(a + b - 0.1) < 1e-6)
})

test("there is no line where a field is not finite", () => {
  assert.equal(levelLines([new Float32Array(15).fill(Number.NaN)], mesh).x.length, 0)
})
