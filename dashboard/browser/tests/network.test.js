import assert from "node:assert/strict"
import test from "node:test"
import { forward } from "../forward.js"
import { bundles, carried, follows, touches } from "../network_edges.js"
import { networkFrame, parameterIndex } from "../network_frame.js"
import { arrange, found, isSame, neighbour, noteOf, pitchOf, titleOf } from "../network_layout.js"

/** @param {number[]} sizes */
const sceneOf = (sizes) => ({
  layers: sizes.map((n, l) => ({
    title: `Layer ${l} · relu`,
    units: Array.from({ length: n }, (_, unit) => unit),
    names: Array.from({ length: n }, (_, unit) => `${l}.${unit}`),
  })),
  ...{ columns: 30, rows: 24, words: {} },
  colors: { negative: "#0072B2", positive: "#E69F00", outputs: ["#0072B2", "#E69F00"] },
})

/** @type {import("../forward.js").Network} */
const network = {
  features: ["x0", "x1"],
  layers: [
    { activation: "relu", inputs: 2, outputs: 3 },
    { activation: "linear", inputs: 3, outputs: 2 },
  ],
  parameters: Float32Array.from({ length: 17 }, (_, k) => k),
  nClasses: 2,
}

test("units of every size of network lie inside and don't overlap", () => {
  for (const sizes of [
    [2, 16, 2],
    [2, 16, 16, 16, 16, 16, 16, 2],
    [9, 3, 16, 5],
    [2, 2],
  ]) {
    for (const [width, height] of [
      [340, 300],
      [700, 500],
      [1200, 620],
    ]) {
      const places = arrange(sceneOf(sizes), { width, height }, { inputs: 20, outputs: 40 })
      assert.deepEqual(
        places.map((layer) => layer.length),
        sizes,
      )
      for (const layer of places) {
        for (const { x, y, wide, tall, index } of layer) {
          assert.ok(x - wide / 2 >= 0 && x + wide / 2 <= width && y - tall / 2 >= 0 && y + tall / 2 <= height)
          if (index) assert.ok(y - layer[index - 1].y >= tall)
        }
      }
      for (let l = 1; l < places.length; l++) {
        assert.ok(places[l][0].x - places[l - 1][0].x > places[l][0].wide)
        assert.ok(places[l][0].x - places[l - 1][0].x >= pitchOf(places, width)) // so notes lie beside each other
      }
    }
  }
})

test("what doesn't fit under or over a layer is said in short", () => {
  const layers = sceneOf([2, 16, 16, 16, 16, 16, 16, 2]).layers
  assert.equal(noteOf({ ...layers[1], more: 48, note: "48 more, which …" }, 80), "+48")
  assert.equal(noteOf({ ...layers[1], more: 48, note: "48 more, which …" }, 200), "48 more, which …")
  assert.equal(noteOf(layers[1], 200), "")
  assert.equal(titleOf(layers, 1, 1200), "Layer 1 · relu")
  assert.equal(titleOf(layers, 1, 600), "Layer 1")
  assert.equal(titleOf(layers, 1, 400), "")
  assert.equal(titleOf(layers, 7, 400), "Layer 7")
})

test("the hand finds units, biases and connections", () => {
  const places = arrange(sceneOf([2, 3, 2]), { width: 600, height: 400 }, { inputs: 20, outputs: 40 })
  const weights = [null, new Float32Array(6).fill(1), new Float32Array(6).fill(1)]
  const { x, y, wide, tall } = places[1][2]
  assert.deepEqual(found(places, weights, x, y), { layer: 1, unit: 2 })
  assert.deepEqual(found(places, weights, x - wide / 2, y + tall / 2), { layer: 1, unit: 2, source: null })
  const [source, target] = [places[1][0], places[2][1]]
  const [from, to] = [source.x + source.wide / 2, target.x - target.wide / 2]
  const rise = 3 * 0.25 ** 2 - 2 * 0.25 ** 3 // of a Bézier curve with level ends, a quarter of the way
  const quarter = [from + 0.25 * (to - from), source.y + rise * (target.y - source.y)]
  assert.deepEqual(found(places, weights, quarter[0], quarter[1]), { layer: 2, unit: 1, source: 0 })
  assert.equal(found(places, weights, 599, 1), null)
})

test("arrows walk from unit to unit and stop at the edges", () => {
  const places = arrange(sceneOf([2, 3, 2]), { width: 600, height: 400 }, { inputs: 20, outputs: 40 })
  assert.equal(neighbour(places, places[1][2], "ArrowLeft"), places[0][1])
  assert.equal(neighbour(places, places[1][0], "ArrowDown"), places[1][1])
  assert.equal(neighbour(places, places[0][0], "ArrowLeft"), null)
  assert.equal(neighbour(places, places[1][0], "ArrowUp"), null)
  assert.equal(neighbour(places, places[1][0], "x"), null)
  assert.ok(isSame({ layer: 1, unit: 2 }, places[1][2]))
  assert.ok(!isSame({ layer: 1, unit: 2, source: null }, places[1][2]))
})

test("connections are bundled by size and sign, the strongest last", () => {
  const places = arrange(sceneOf([2, 1]), { width: 600, height: 400 }, { inputs: 20, outputs: 40 })
  const all = bundles(places, [null, Float32Array.of(-1, 0.31)], () => true)
  assert.deepEqual(
    all.map(({ size, negative }) => [size, negative]),
    [
      [0.35, false],
      [0.95, true],
    ],
  )
  assert.equal(bundles(places, [null, Float32Array.of(1, 0.001)], () => true).length, 1)
  assert.equal(bundles(places, [null, Float32Array.of(Number.NaN, 0)], () => true).length, 0)
  const perLayer = arrange(sceneOf([1, 1, 1]), { width: 600, height: 400 }, { inputs: 20, outputs: 40 })
  const own = bundles(perLayer, [null, Float32Array.of(10), Float32Array.of(1)], () => true, true)
  assert.deepEqual(
    own.map(({ size, pairs }) => [size, pairs.length]),
    [[0.95, 2]],
  )
})

test("what belongs to a unit or to a connection is lit", () => {
  const [[a, b], [c, d], [e]] = arrange(sceneOf([2, 2, 1]), { width: 600, height: 400 }, { inputs: 20, outputs: 40 })
  assert.ok(touches({ layer: 1, unit: 0 }, a, c) && touches({ layer: 1, unit: 0 }, c, e))
  assert.ok(!touches({ layer: 1, unit: 0 }, a, d))
  assert.ok(touches({ layer: 1, unit: 0, source: 1 }, b, c) && !touches({ layer: 1, unit: 0, source: 1 }, a, c))
  assert.ok(follows({ layer: 1, unit: 0 }, a, c) && !follows({ layer: 1, unit: 0 }, c, e))
  assert.ok(follows({ layer: 1, unit: 0, source: 1 }, c, e) && !follows({ layer: 1, unit: 0, source: 1 }, d, e))
})

test("a frame holds the shown units' weights, biases and pictures", () => {
  const mesh = { x0: -1, dx: 1, columns: 3, y0: -1, dy: 1, rows: 3 }
  const pass = forward(network, mesh, { keep: "all" })
  const pointPass = forward(network, { x: Float32Array.of(1), y: Float32Array.of(2) }, { keep: "all" })
  const frame = networkFrame({
    epoch: 7,
    network,
    shown: [[0, 1], [0, 2], [1]],
    pass,
    pointPass,
    gradient: network.parameters,
  })
  assert.deepEqual([...(frame.weights[1] ?? [])], [0, 1, 4, 5])
  assert.deepEqual([...(frame.weights[2] ?? [])], [12, 14])
  assert.deepEqual([...(frame.biases[1] ?? [])], [6, 8])
  assert.deepEqual([...(frame.biases[2] ?? [])], [16])
  assert.deepEqual([...(frame.passed?.[1] ?? [])], [0 + 2 + 6, 4 + 10 + 8])
  assert.deepEqual([frame.weightGradients, frame.biasGradients], [frame.weights, frame.biases])
  assert.equal(frame.tiles[1]?.length, 18)
  assert.deepEqual([...(carried(frame)[2] ?? [])], [12 * 8, 14 * 22])
  for (const [about, value] of /** @type {[import("../network_types.js").About, number][]} */ ([
    [{ layer: 1, unit: 2, source: 1 }, 5],
    [{ layer: 1, unit: 2, source: null }, 8],
    [{ layer: 2, unit: 1, source: 0 }, 12],
    [{ layer: 2, unit: 1, source: null }, 16],
  ])) {
    assert.equal(network.parameters[parameterIndex(network, about)], value)
  }
})
