/** A network's forward pass over many points, in plain typed arrays. The other backends give the same. */

import { activationOf } from "./activations.js"
import { featureOf } from "./features.js"
import { coordinates } from "./samples.js"

/**
 * @typedef {import("./samples.js").Mesh} Mesh
 * @typedef {import("./samples.js").Points} Points
 *
 * @typedef {object} Network
 * @property {string[]} features what the first layer is given of a point (features.js)
 * @property {{ activation: string, inputs: number, outputs: number }[]} layers the last one's activation is "linear"
 * @property {Float32Array} parameters layer by layer: weights row by row, then biases, as model.parameters()
 * @property {number} nClasses 0: a regression
 * @property {[number, number]} [span] of a regression: the smallest and the largest training target
 *
 * @typedef {object} Layer
 * @property {string} activation
 * @property {number} inputs
 * @property {number} outputs
 * @property {Float32Array} weights (outputs · inputs,)
 * @property {Float32Array} biases (outputs,)
 *
 * @typedef {object} Wanted Layers count from the inputs (0) to the outputs.
 * @property {"outputs" | "all" | number[]} [keep] the layers whose activations are wanted beside the outputs
 * @property {boolean} [sums] whether what their activation functions are given is wanted too
 *
 * @typedef {object} Forward
 * @property {number} count samples
 * @property {(Float32Array | null)[]} activations of each layer, unit by unit: (units · count,); null: not wanted
 * @property {(Float32Array | null)[]} sums what each layer's activation function is given, likewise
 * @property {Float32Array} outputs the last layer's: logits, or the predicted number
 */

const BLOCK = 256 // samples that go through all layers together, so that they stay in the cache

/**
 * A network's weights and biases as views of its parameters.
 * @param {Network} network
 * @returns {Layer[]}
 */
export function layersOf({ layers, parameters }) {
  let at = 0
  const next = (/** @type {number} */ n) => {
    at += n
    return parameters.subarray(at - n, at)
  }
  const found = layers.map((layer) => ({
    ...layer,
    weights: next(layer.inputs * layer.outputs),
    biases: next(layer.outputs),
  }))
  if (at !== parameters.length) throw new RangeError(`parameters must be ${at} numbers, got ${parameters.length}`)
  return found
}

/**
 * Whether a layer's activations are wanted.
 * @param {Wanted} wanted
 * @param {number} layer
 * @param {number} last
 */
export const isKept = ({ keep = "outputs" }, layer, last) =>
  layer === last || keep === "all" || (keep !== "outputs" && keep.includes(layer))

/**
 * Evaluate `network` at every point of `place`.
 * @param {Network} network
 * @param {Mesh | Points} place
 * @param {Wanted} [wanted]
 * @returns {Forward}
 */
export function forward(network, place, wanted = {}) {
  const layers = layersOf(network)
  const points = coordinates(place)
  const sizes = [network.features.length, ...layers.map((layer) => layer.outputs)]
  const result = emptyForward(sizes, points.x.length, wanted)
  const buffers = sizes.map((units) => new Float64Array((units + (units % 2)) * BLOCK))
  for (let start = 0; start < result.count; start += BLOCK) {
    const n = Math.min(BLOCK, result.count - start)
    inputs(network.features, points, start, n, buffers[0])
    copyOut(buffers[0], result.activations[0], start, n, result.count)
    copyOut(buffers[0], result.sums[0], start, n, result.count)
    layers.forEach((layer, l) => {
      affine(buffers[l], layer, n, buffers[l + 1])
      copyOut(buffers[l + 1], result.sums[l + 1], start, n, result.count)
      activate(buffers[l + 1], layer, n)
      copyOut(buffers[l + 1], result.activations[l + 1], start, n, result.count)
    })
  }
  return result
}

/**
 * Room for the results.
 * @param {number[]} sizes units of each layer
 * @param {number} count samples
 * @param {Wanted} wanted
 * @returns {Forward}
 */
export function emptyForward(sizes, count, wanted) {
  const last = sizes.length - 1
  const room = (/** @type {boolean} */ asked) =>
    sizes.map((units, l) => (asked && isKept(wanted, l, last) ? new Float32Array(units * count) : null))
  const activations = room(true)
  return {
    count,
    activations,
    sums: room(Boolean(wanted.sums)),
    outputs: /** @type {Float32Array} */ (activations[last]),
  }
}

/**
 * @param {string[]} names
 * @param {Points} points
 * @param {number} start
 * @param {number} n
 * @param {Float64Array} into
 */
function inputs(names, { x, y }, start, n, into) {
  names.forEach((name, i) => {
    const { value } = featureOf(name)
    for (let k = 0; k < n; k++) into[i * BLOCK + k] = value(x[start + k], y[start + k])
  })
}

/**
 * Weighted sums and bias; samples innermost, two units and four inputs at a time, so that what is loaded serves twice.
 * An odd last unit is computed twice, the second time into the row after it.
 * @param {Float64Array} from
 * @param {Layer} layer
 * @param {number} n
 * @param {Float64Array} into
 */
function affine(from, { weights, biases, inputs, outputs }, n, into) {
  for (let unit = 0; unit < outputs; unit += 2) {
    const other = Math.min(unit + 1, outputs - 1)
    const [a, b] = [unit * inputs, other * inputs]
    const start = unit * BLOCK
    into.fill(biases[unit], start, start + n)
    into.fill(biases[other], start + BLOCK, start + BLOCK + n)
    let i = 0
    for (; i + 3 < inputs; i += 4) addFour(from, i * BLOCK, weights, a + i, b + i, n, into, start)
    for (; i < inputs; i++) {
      for (let k = 0; k < n; k++) {
        into[start + k] += weights[a + i] * from[i * BLOCK + k]
        into[start + BLOCK + k] += weights[b + i] * from[i * BLOCK + k]
      }
    }
  }
}

/**
 * @param {Float64Array} from
 * @param {number} at where the first of the four inputs begins
 * @param {Float32Array} weights
 * @param {number} a where the first unit's four weights begin
 * @param {number} b and the second's
 * @param {number} n
 * @param {Float64Array} into
 * @param {number} start where the first unit begins
 */
function addFour(from, at, weights, a, b, n, into, start) {
  const [a0, a1, a2, a3] = [weights[a], weights[a + 1], weights[a + 2], weights[a + 3]]
  const [b0, b1, b2, b3] = [weights[b], weights[b + 1], weights[b + 2], weights[b + 3]]
  for (let k = 0; k < n; k++) {
    const w = from[at + k]
    const x = from[at + BLOCK + k]
    const y = from[at + 2 * BLOCK + k]
    const z = from[at + 3 * BLOCK + k]
    into[start + k] += a0 * w + a1 * x + a2 * y + a3 * z
    into[start + BLOCK + k] += b0 * w + b1 * x + b2 * y + b3 * z
  }
}

/**
 * @param {Float64Array} values
 * @param {Layer} layer
 * @param {number} n
 */
function activate(values, { activation, outputs }, n) {
  const { apply } = activationOf(activation)
  for (let unit = 0; unit < outputs; unit++) apply(values, unit * BLOCK, unit * BLOCK + n)
}

/**
 * @param {Float64Array} block
 * @param {Float32Array | null} into
 * @param {number} start
 * @param {number} n
 * @param {number} count
 */
function copyOut(block, into, start, n, count) {
  if (!into) return
  for (let unit = 0; unit * count < into.length; unit++) {
    into.set(block.subarray(unit * BLOCK, unit * BLOCK + n), unit * count + start)
  }
}
