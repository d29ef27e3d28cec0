/** The mean loss over points, and its gradient by backpropagation, as PyTorch's autograd has them. */

import { answers } from "./boundary.js"
import { forward, layersOf } from "./forward.js"

/**
 * @typedef {import("./forward.js").Network} Network
 * @typedef {import("./forward.js").Points} Points
 * @typedef {"cross_entropy" | "squared_error" | "focal" | "hinge"} ClassLoss
 * @typedef {ClassLoss | "mse" | "huber"} Loss
 */

/** @param {number} z */
const sigmoid = (z) => 1 / (1 + Math.exp(-z))

/**
 * Slopes of the activation functions, of a sum `z` and the activation `a` that it gives.
 * @type {Record<string, (z: number, a: number) => number>}
 */
export const SLOPES = {
  relu: (z) => (z > 0 ? 1 : 0),
  leaky_relu: (z) => (z > 0 ? 1 : 0.01),
  elu: (z, a) => (z > 0 ? 1 : a + 1),
  gelu: (z, a) => (z ? a / z : 0.5) + (z * Math.exp((-z * z) / 2)) / Math.sqrt(2 * Math.PI),
  silu: (z) => sigmoid(z) * (1 + z * (1 - sigmoid(z))),
  softplus: (z) => (z > 20 ? 1 : sigmoid(z)),
  tanh: (_z, a) => 1 - a * a,
  sigmoid: (_z, a) => a * (1 - a),
  linear: () => 1,
}

/**
 * The mean loss over `points` and its gradient in the order of the parameters.
 * @param {Network} network
 * @param {Points} points
 * @param {ArrayLike<number>} y classes, or a regression's targets
 * @param {Loss} loss
 */
export function gradient(network, points, y, loss) {
  const layers = layersOf(network)
  const pass = forward(network, points, { keep: "all", sums: true })
  const count = pass.count
  const { mean, slopes } = lossOf(network, pass, y, loss)
  const all = new Float32Array(network.parameters.length)
  let back = slopes // of each unit's sum, (units · count,)
  let end = all.length
  for (let l = layers.length - 1; l >= 0; l--) {
    const { weights, inputs, outputs } = layers[l]
    const before = /** @type {Float32Array} */ (pass.activations[l])
    end -= outputs * (inputs + 1)
    accumulate(back, before, all.subarray(end), inputs, outputs, count)
    if (l)
      back = through(back, weights, layers[l - 1].activation, /** @type {Float32Array} */ (pass.sums[l]), before, count)
  }
  return { loss: mean, gradient: all }
}

/**
 * The mean loss, and its slope for each output of each point.
 * @param {Network} network
 * @param {import("./forward.js").Forward} pass
 * @param {ArrayLike<number>} y
 * @param {Loss} loss
 */
function lossOf(network, pass, y, loss) {
  const { count, outputs } = pass
  const slopes = new Float64Array(outputs.length)
  let sum = 0
  if (loss !== "mse" && loss !== "huber") {
    const probabilities = answers(pass, network)
    for (let k = 0; k < count; k++) sum += CLASS_LOSSES[loss](outputs, probabilities, y[k], k, count, slopes)
    for (let at = 0; at < slopes.length; at++) slopes[at] /= count
  } else {
    for (let k = 0; k < count; k++) {
      const error = outputs[k] - y[k]
      const straight = loss === "huber" && Math.abs(error) > 1
      if (loss === "mse") sum += error * error
      else sum += straight ? Math.abs(error) - 0.5 : 0.5 * error * error
      slopes[k] = (loss === "mse" ? 2 * error : straight ? Math.sign(error) : error) / count
    }
  }
  return { mean: sum / count, slopes }
}

/**
 * The loss of point `k`, whose class is `label`, and its slopes for each logit: an entry every `count` numbers.
 * @type {Record<ClassLoss, (logits: Float32Array, p: ArrayLike<number>, label: number, k: number, count: number, slopes: Float64Array) => number>}
 */
const CLASS_LOSSES = {
  cross_entropy(logits, p, label, k, count, slopes) {
    for (let at = k; at < p.length; at += count) slopes[at] = p[at]
    slopes[label * count + k] -= 1
    return -logarithm(logits, label, k, count)
  },
  squared_error(_logits, p, label, k, count, slopes) {
    const own = label * count + k
    let loss = 0
    let shared = 0
    for (let at = k; at < p.length; at += count) {
      const error = p[at] - (at === own ? 1 : 0)
      loss += error * error
      shared += error * p[at]
    }
    for (let at = k; at < p.length; at += count) slopes[at] = 2 * p[at] * (p[at] - (at === own ? 1 : 0) - shared)
    return loss
  },
  focal(logits, p, label, k, count, slopes) {
    const own = label * count + k
    const cost = -logarithm(logits, label, k, count)
    const wrong = 1 - Math.exp(-cost)
    const steep = wrong * (2 * Math.exp(-cost) * cost + wrong)
    for (let at = k; at < p.length; at += count) slopes[at] = steep * (p[at] - (at === own ? 1 : 0))
    return wrong * wrong * cost
  },
  hinge(logits, _p, label, k, count, slopes) {
    const own = label * count + k
    let loss = 0
    for (let at = k; at < logits.length; at += count) {
      const lacking = 1 - logits[own] + logits[at]
      if (at === own || lacking < 0) continue
      loss += lacking
      slopes[at] = 1
      slopes[own] -= 1
    }
    return loss
  },
}

/**
 * The logarithm of a class's probability.
 * @param {Float32Array} outputs
 * @param {number} label
 * @param {number} k
 * @param {number} count
 */
function logarithm(outputs, label, k, count) {
  let top = -Infinity
  for (let at = k; at < outputs.length; at += count) top = Math.max(top, outputs[at])
  let total = 0
  for (let at = k; at < outputs.length; at += count) total += Math.exp(outputs[at] - top)
  return outputs[label * count + k] - top - Math.log(total)
}

/**
 * Gradients of a layer's weights, then of its biases: sums over the points.
 * @param {Float64Array} back
 * @param {Float32Array} before
 * @param {Float32Array} into
 * @param {number} inputs
 * @param {number} outputs
 * @param {number} count
 */
function accumulate(back, before, into, inputs, outputs, count) {
  for (let unit = 0; unit < outputs; unit++) {
    const row = unit * count
    let bias = 0
    for (let k = 0; k < count; k++) bias += back[row + k]
    into[outputs * inputs + unit] = bias
    for (let i = 0; i < inputs; i++) {
      let sum = 0
      for (let k = 0; k < count; k++) sum += back[row + k] * before[i * count + k]
      into[unit * inputs + i] = sum
    }
  }
}

/**
 * Slopes of the sums of the layer before.
 * @param {Float64Array} back
 * @param {Float32Array} weights
 * @param {string} activation of the layer before
 * @param {Float32Array} sums
 * @param {Float32Array} activations
 * @param {number} count
 */
function through(back, weights, activation, sums, activations, count) {
  const inputs = sums.length / count
  const slopes = new Float64Array(sums.length)
  for (let unit = 0; unit * count < back.length; unit++) {
    for (let i = 0; i < inputs; i++) {
      const weight = weights[unit * inputs + i]
      for (let k = 0; k < count; k++) slopes[i * count + k] += weight * back[unit * count + k]
    }
  }
  const slope = SLOPES[activation]
  for (let k = 0; k < slopes.length; k++) slopes[k] *= slope(sums[k], activations[k])
  return slopes
}
