import assert from "node:assert/strict"
import test from "node:test"
import { boundaryScale, colorTable, parseColor, unitTable } from "../colors.js"
import { Curve, thin } from "../curves.js"
import { base64, bytes, floats, pack, unpack } from "../decode.js"
import { fill, formatNumber, formatPercent, formatPower, formatShort } from "../numbers.js"
import { colored, paintDots, placement } from "../paint.js"
import { decode, encode } from "../protocol.js"

const channels = (/** @type {number} */ color) => [...new Uint8Array(Uint32Array.of(color).buffer)]

test("arrays come back from text as they went", () => {
  const values = Float32Array.of(1.5, -2, 3e10)
  assert.deepEqual(floats(base64(values)), values)
  assert.deepEqual(bytes(base64(Uint8Array.of(0, 255, 7))), Uint8Array.of(0, 255, 7))
  assert.deepEqual(unpack(pack(values)), values)
  assert.equal(pack(new Uint8Array(6), [2, 3]).shape, "2, 3")
  assert.equal(bytes(base64(new Uint8Array(100_000))).length, 100_000)
  assert.throws(() => unpack({ dtype: "f8", bdata: "" }), /u1 or f4, got f8/)
})

test("numbers have the language's form, exponents where decimals would all be 0, and a dash where there is none", () => {
  assert.equal(formatNumber(1234.5, 1, "en"), "1,234.5")
  assert.equal(formatNumber(1234.5, 1, "de"), "1.234,5")
  assert.equal(formatNumber(0.00003, 4, "en"), "3.0e-5")
  assert.equal(formatNumber(0, 4, "en"), "0.0000")
  assert.equal(formatNumber(Number.NaN, 4, "en"), "–")
  assert.equal(formatNumber(null, 4, "en"), "–")
  assert.equal(formatPercent(0.4567, "en"), "45.7%")
  assert.equal(formatPercent(Number.NaN, "en"), "–")
  assert.equal(formatShort(-0.12345), "−0.123")
  assert.equal(formatPower(-0.00001234), "−1.23·10⁻⁵")
  assert.equal(formatPower(0.5), "0.5000")
  assert.equal(formatPower(null), "∞")
  assert.equal(fill("{a} of {b}", { a: 1, b: "two" }), "1 of two")
})

test("colours are read in every form that a figure has", () => {
  assert.deepEqual(parseColor("#0072B2"), [0, 114, 178, 1])
  assert.deepEqual(parseColor("rgba(1,2,3,0.5)"), [1, 2, 3, 0.5])
  assert.deepEqual(parseColor("rgb(1, 2, 3)"), [1, 2, 3, 1])
  assert.throws(() => parseColor("red"), /got red/)
})

test("a colour table holds the scale's stops and what lies between", () => {
  const table = colorTable({
    colorscale: [
      [0, "rgba(0,0,0,0)"],
      [1, "rgba(200,100,0,1)"],
    ],
    zmin: 0,
    zmax: 100,
  })
  assert.deepEqual(channels(table[0]), [0, 0, 0, 0])
  assert.deepEqual(channels(table[50]), [100, 50, 0, 128])
  assert.deepEqual(channels(table[100]), [200, 100, 0, 255])
  assert.deepEqual(channels(table[255]), [200, 100, 0, 255])
})

test("a unit's colours are clear at 0 and full at both ends", () => {
  const table = unitTable("#0000ff", "#ff0000")
  assert.equal(channels(table[128])[3], 0)
  assert.deepEqual(channels(table[1]), [0, 0, 255, 255])
  assert.deepEqual(channels(table[255]), [255, 0, 0, 255])
})

test("every class has its own colour in the views of classes", () => {
  const palette = {
    classes: ["#ff0000", "#00ff00", "#0000ff"],
    guessing: "#888888",
    numbers: ["#111111", "#888888", "#eeeeee"],
  }
  const table = colorTable(boundaryScale("label", 3, palette))
  assert.deepEqual(
    [0, 1, 2].map((label) => channels(table[label]).slice(0, 3)),
    [
      [255, 0, 0],
      [0, 255, 0],
      [0, 0, 255],
    ],
  )
  assert.equal(boundaryScale("probability", 3, palette).zmax, 3 * 83 - 1)
  assert.equal(boundaryScale("label", 0, palette).zmax, 250)
})

test("a grid is painted with its bottom row last", () => {
  const table = new Uint32Array(256).map((_, k) => 1000 + k)
  assert.deepEqual([...colored(Uint8Array.of(1, 2, 3, 4, 5, 6), table, 3, 2)], [1004, 1005, 1006, 1001, 1002, 1003])
})

test("dots lie where the plane's points are, the top first", () => {
  assert.deepEqual(placement({ width: 200, height: 100 }, [-1, 1, 0, 4])(0, 1), [100, 75])
  const drawn = /** @type {number[][]} */ ([])
  const context = {
    ...{ canvas: { width: 200, height: 100 }, globalAlpha: 0, beginPath() {}, fill() {}, stroke() {} },
    arc: (/** @type {number[]} */ ...circle) => drawn.push(circle.slice(0, 3)),
  }
  const dots = { x: [0, 1], y: [1, 4], fill: () => "#000", radius: (/** @type {number} */ k) => 3 + k }
  paintDots(/** @type {any} */ (context), dots, [-1, 1, 0, 4])
  assert.deepEqual(drawn, [
    [100, 75, 3],
    [200, 0, 4],
  ])
  assert.equal(context.globalAlpha, 1)
})

test("a dot has an edge as thick as it is asked for, or none", () => {
  const edges = /** @type {number[]} */ ([])
  const context = {
    ...{ canvas: { width: 10, height: 10 }, globalAlpha: 0, lineWidth: 0, beginPath() {}, fill() {}, arc() {} },
    stroke: () => edges.push(context.lineWidth),
  }
  const dots = { x: [0, 0], y: [0, 0], fill: () => "#000" }
  const thickness = (/** @type {number} */ k) => 2.5 * k
  paintDots(/** @type {any} */ (context), dots, [0, 1, 0, 1])
  paintDots(/** @type {any} */ (context), { ...dots, thickness }, [0, 1, 0, 1])
  assert.deepEqual(edges, [1, 1, 2.5])
})

test("a curve replaces what is new and keeps the rest", () => {
  const curve = new Curve()
  curve.append(0, Float32Array.of(0, 1, 2, 3), Float32Array.of(9, 8, 7, 6))
  curve.append(2, Float32Array.of(2, 5), Float32Array.of(1, 2))
  assert.equal(curve.length, 4)
  assert.deepEqual(curve.shown(10, 100), { x: Float32Array.of(0, 1, 2, 5), y: Float32Array.of(9, 8, 1, 2) })
  assert.deepEqual([...curve.shown(2, 100).x], [0, 1, 2])
  assert.deepEqual([...curve.shown(10, 100, 2, 3).x], [1, 2, 5])
  curve.cut(2)
  assert.equal(curve.length, 2)
  assert.equal(curve.before(1), 1)
})

test("a curve grows past its first room", () => {
  const curve = new Curve()
  const n = 5000
  for (let from = 0; from < n; from += 500) {
    const epochs = Float32Array.from({ length: 500 }, (_, k) => from + k)
    curve.append(from, epochs, epochs)
  }
  assert.equal(curve.length, n)
  assert.equal(curve.shown(n, n).x[n - 1], n - 1)
})

test("a thinned curve keeps its ends and every spike, at two points a column", () => {
  const x = Float32Array.from({ length: 10_000 }, (_, k) => k)
  const y = x.map((k) => (k === 7777 ? 50 : k === 3333 ? -50 : Math.sin(k)))
  const line = thin(x, y, 200)
  assert.ok(line.x.length <= 402)
  assert.equal(Math.max(...line.y), 50)
  assert.equal(Math.min(...line.y), -50)
  assert.deepEqual([line.x[0], line.x.at(-1)], [0, 9999])
  assert.deepEqual(
    [...line.x],
    [...line.x].sort((a, b) => a - b),
  )
})

const message = {
  ...{ playing: true, ended: false, more: true, backwards: false, scene: 3, known: 70, cursor: 60, curveFrom: 50 },
  ...{ pace: 12.5, nParameters: 2 },
  states: [
    {
      epoch: 60,
      scores: { trainLoss: 0.5, testLoss: 0.25, trainScore: 1, testScore: 0.75 },
      parameters: Float32Array.of(1, -1),
    },
  ],
  train: { epochs: Float32Array.of(50, 51), losses: Float32Array.of(0.5, 0.25) },
  test: { epochs: Float32Array.of(50), losses: Float32Array.of(1) },
}

test("a message is read as it was written", () => {
  assert.deepEqual(decode(encode(message)), message)
})

test("a message of another version or length is refused", () => {
  const other = encode(message)
  new Uint8Array(other)[0] = 2
  assert.throws(() => decode(other), /version must be 1, got 2/)
  assert.throws(() => decode(encode(message).slice(0, -4)), /bytes, got/)
  assert.throws(() => decode(new ArrayBuffer(3)), /at least 40 bytes, got 3/)
})
