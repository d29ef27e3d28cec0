/** Pictures of what a network answers, byte for byte as the server makes them (moons/inspection). */

/**
 * @typedef {import("./forward.js").Forward} Forward
 * @typedef {import("./forward.js").Network} Network
 * @typedef {import("./forward.js").Mesh} Mesh
 */

import { levelLines } from "./lines.js"

export const ZERO = 128 // the byte of an activation of 0, and of no change
const TOP = 250 // the byte at the high end of a regression's targets
const FAINTEST = 0.1 // a unit this small beside the largest shown is drawn as faint as it is
const LEVELS = [0.1, 0.25, 0.5, 0.75, 0.9] // of contour lines: probabilities, or shares of a regression's range

/**
 * To the nearest integer, halves to the even one, as PyTorch rounds.
 * @param {number} x
 */
export function roundEven(x) {
  const down = Math.floor(x)
  const rest = x - down
  return rest > 0.5 || (rest === 0.5 && down % 2 !== 0) ? down + 1 : down
}

/**
 * Probabilities of each class, (nClasses · count,), 1 / nClasses where they aren't finite; of a regression the predicted
 * number as a share of the targets' range, from 0 to 1.
 * @param {Forward} pass
 * @param {Network} network
 */
export function answers({ outputs, count }, { nClasses, span = [0, 1] }) {
  const answer = new Float32Array(outputs.length)
  if (!nClasses) {
    const [low, high] = span
    const range = Math.max(high - low, 1e-12)
    for (let k = 0; k < count; k++) {
      const share = (outputs[k] - low) / range
      answer[k] = Number.isNaN(share) ? 0.5 : Math.max(0, Math.min(1, share))
    }
    return answer
  }
  for (let k = 0; k < count; k++) {
    let top = -Infinity
    for (let at = k; at < outputs.length; at += count) top = Math.max(top, outputs[at]) // NaN where any is
    let total = 0
    for (let at = k; at < outputs.length; at += count) {
      answer[at] = Math.exp(outputs[at] - top)
      total += answer[at]
    }
    for (let at = k; at < outputs.length; at += count) answer[at] = total > 0 ? answer[at] / total : 1 / nClasses
  }
  return answer
}

/**
 * The class with the largest value at each sample, the first of equals; NaN counts as largest, as in PyTorch.
 * @param {Float32Array} values (classes · count,)
 * @param {number} count
 */
export function labels(values, count) {
  const label = new Uint8Array(count)
  for (let k = 0; k < count; k++) {
    let best = k
    for (let at = k + count; at < values.length && !Number.isNaN(values[best]); at += count) {
      if (values[at] > values[best] || Number.isNaN(values[at])) best = at
    }
    label[k] = Math.floor(best / count)
  }
  return label
}

/**
 * All pairs of classes, in the order of the view "areas".
 * @param {number} nClasses
 */
export const pairs = (nClasses) =>
  Array.from({ length: nClasses }, (_, first) =>
    Array.from({ length: nClasses - 1 - first }, (_, k) => [first, first + 1 + k]),
  ).flat()

/**
 * Levels per pair of classes in the view "areas"; 0: there are too many pairs for one byte.
 * @param {number} nClasses
 */
export const edgeLevels = (nClasses) => Math.min(100, Math.floor(TOP / (nClasses * (nClasses - 1))) * 2)

/**
 * The predicted class with an anti-aliased edge, as the server makes it (moons/inspection/boundary.py, areas).
 * @param {Forward} pass on a mesh
 * @param {number} nClasses
 * @param {number} columns of the mesh
 */
function areas({ outputs, count }, nClasses, columns) {
  const rows = count / columns
  const levels = edgeLevels(nClasses)
  const middle = levels / 2
  const nearest = (/** @type {number} */ label, /** @type {number} */ at) => {
    let best = label ? 0 : 1
    for (let k = best + 1; k < nClasses; k++)
      if (k !== label && outputs[k * count + at] > outputs[best * count + at]) best = k
    return best
  }
  const margin = (/** @type {number} */ label, /** @type {number} */ row, /** @type {number} */ column) => {
    const at = row * columns + column
    let other = -Infinity
    for (let k = 0; k < nClasses; k++) if (k !== label) other = Math.max(other, outputs[k * count + at])
    return outputs[label * count + at] - other
  }
  return labels(outputs, count).map((label, k) => {
    const row = Math.floor(k / columns)
    const column = k % columns
    const [left, right] = [Math.max(column - 1, 0), Math.min(column + 1, columns - 1)]
    const [below, above] = [Math.max(row - 1, 0), Math.min(row + 1, rows - 1)]
    const across = (margin(label, row, right) - margin(label, row, left)) / (right - left)
    const up = (margin(label, above, column) - margin(label, below, column)) / (above - below)
    const distance = margin(label, row, column) / Math.sqrt(across ** 2 + up ** 2)
    const inside = Number.isNaN(distance) ? 1 : Math.max(0, Math.min(1, distance))
    const depth = roundEven((middle - 1) * inside)
    const other = depth < middle - 1 ? nearest(label, k) : Number(label === 0) // well inside any other will do
    const [first, second] = [Math.min(label, other), Math.max(label, other)]
    const pair = (first * (2 * nClasses - first - 1)) / 2 + second - first - 1
    return levels * pair + (label === second ? middle + depth : middle - 1 - depth)
  })
}

/**
 * The predicted classes that a picture in the view "areas" shows.
 * @param {Uint8Array} values
 * @param {number} nClasses
 */
export function labelsOf(values, nClasses) {
  const levels = edgeLevels(nClasses)
  const sides = pairs(nClasses)
  return levels
    ? values.map((value) => sides[Math.floor(value / levels)][Number(value % levels >= levels / 2)])
    : values
}

/**
 * The large picture: bytes for the colour scale of its view (colors.boundaryScale), (count,).
 * @param {"label" | "areas" | "probability" | "uncertainty" | "change"} view
 * @param {Forward} pass
 * @param {Network} network
 * @param {{ before?: Float32Array, columns?: number }} [more] in the view "change": the earlier network's `answers` on the
 *   same mesh; in the view "areas": the columns of the mesh
 */
export function boundary(view, pass, network, { before, columns = 0 } = {}) {
  const { nClasses } = network
  if (view === "areas" && nClasses && edgeLevels(nClasses)) return areas(pass, nClasses, columns)
  if ((view === "label" || view === "areas") && nClasses) return labels(pass.outputs, pass.count)
  const answer = answers(pass, network)
  if (view === "change") {
    if (!before) throw new RangeError("before must be an earlier network's answers, got none")
    return change(answer, before, nClasses, pass.count)
  }
  if (!nClasses) return Uint8Array.from(answer, (share) => roundEven(TOP * share))
  if (view === "uncertainty") return uncertainty(answer, nClasses, pass.count)
  if (view !== "probability")
    throw new RangeError(`view must be label, areas, probability, uncertainty or change, got ${view}`)
  if (nClasses === 2) return Uint8Array.from(answer.subarray(pass.count), (share) => roundEven(100 * share))
  return bands(answer, nClasses, pass.count)
}

/**
 * Bands of levels, one for each predicted class, by how far its probability lies above 1 / nClasses.
 * @param {Float32Array} answer
 * @param {number} nClasses
 * @param {number} count
 */
function bands(answer, nClasses, count) {
  const levels = Math.floor(TOP / nClasses)
  return labels(answer, count).map((label, k) => {
    const certainty = (answer[label * count + k] - 1 / nClasses) / (1 - 1 / nClasses)
    return label * levels + Math.max(0, roundEven(certainty * (levels - 1)))
  })
}

/**
 * Entropy in percent of what guessing has.
 * @param {Float32Array} answer
 * @param {number} nClasses
 * @param {number} count
 */
function uncertainty(answer, nClasses, count) {
  return Uint8Array.from({ length: count }, (_, k) => {
    let entropy = 0
    for (let at = k; at < answer.length; at += count) if (answer[at] > 0) entropy -= answer[at] * Math.log(answer[at])
    return roundEven((100 * entropy) / Math.log(nClasses))
  })
}

/**
 * ZERO + 127 · the rise of class 1's probability or of the number; of more classes the total variation distance.
 * @param {Float32Array} answer
 * @param {Float32Array} before
 * @param {number} nClasses
 * @param {number} count
 */
function change(answer, before, nClasses, count) {
  const last = answer.length - count
  return Uint8Array.from({ length: count }, (_, k) => {
    if (nClasses <= 2) return roundEven(ZERO + 127 * (answer[last + k] - before[last + k]))
    let moved = 0
    for (let at = k; at < answer.length; at += count) moved += Math.abs(answer[at] - before[at])
    return roundEven(ZERO + (127 * moved) / 2)
  })
}

/**
 * What a layer's pictures show: its activations, of a classifier's outputs the probabilities.
 * @param {Forward} pass
 * @param {Network} network
 * @param {number} layer
 */
export function shownActivations(pass, network, layer) {
  const outputs = layer === pass.activations.length - 1
  const values = outputs && network.nClasses ? answers(pass, network) : pass.activations[layer]
  if (!values) throw new RangeError(`layer ${layer} must be among those kept by the forward pass`)
  return values
}

/**
 * Units as bytes around ZERO, and the size of an activation in full colour (moons/inspection/neurons.py).
 * @param {Forward} pass
 * @param {Network} network
 * @param {number} layer
 * @param {number[]} units those shown
 * @returns {{ tiles: Uint8Array, scales: Float32Array }} (units · count,) and (units,)
 */
export function unitTiles(pass, network, layer, units) {
  const { count } = pass
  const values = shownActivations(pass, network, layer)
  const fields = units.map((unit) => values.subarray(unit * count, (unit + 1) * count))
  const classes = layer === pass.activations.length - 1 && network.nClasses > 0
  const scales = classes ? new Float32Array(units.length).fill(1) : scalesOf(fields)
  const tiles = new Uint8Array(units.length * count)
  fields.forEach((field, u) => {
    const factor = 127 / Math.max(scales[u], 1e-30)
    for (let k = 0; k < count; k++) {
      tiles[u * count + k] = roundEven(ZERO + (Number.isFinite(field[k]) ? factor * field[k] : 0))
    }
  })
  return { tiles, scales }
}

/** @param {Float32Array[]} fields */
function scalesOf(fields) {
  const largest = Float32Array.from(fields, (field) => {
    let most = 0
    for (const value of field) if (Number.isFinite(value) && Math.abs(value) > most) most = Math.abs(value)
    return most
  })
  const faintest = FAINTEST * Math.max(0, ...largest)
  return largest.map((most) => Math.max(most, faintest))
}

/**
 * Contour lines of the answer: where a class's probability is one half; for two classes and a regression, five levels.
 * @param {Forward} pass on `mesh`
 * @param {Network} network
 * @param {Mesh} mesh
 */
export function contours(pass, network, mesh) {
  const answer = answers(pass, network)
  const n = pass.count
  if (network.nClasses <= 2) return levelLines([answer.subarray(answer.length - n)], mesh, LEVELS)
  const fields = Array.from({ length: network.nClasses }, (_, k) => answer.subarray(k * n, (k + 1) * n))
  return levelLines(fields, mesh, [0.5])
}

/**
 * Hinge lines: where hidden units' sums are 0.
 * @param {Forward} pass on `mesh`, with sums of the layers asked for
 * @param {Mesh} mesh
 * @param {number[][]} shown of each layer, inputs and outputs included, the units to trace
 */
export function hinges(pass, mesh, shown) {
  const n = pass.count
  const fields = shown.slice(1, -1).flatMap((units, l) => {
    const sums = pass.sums[l + 1]
    return sums ? units.map((unit) => sums.subarray(unit * n, (unit + 1) * n)) : []
  })
  return levelLines(fields, mesh)
}

/**
 * The points that a classifier puts in a wrong class; of a regression none.
 * @param {Forward} pass at the points
 * @param {Network} network
 * @param {import("./forward.js").Points} points
 * @param {ArrayLike<number>} y their classes
 * @returns {{ x: Float32Array, y: Float32Array }}
 */
export function misclassified(pass, { nClasses }, points, y) {
  const said = nClasses ? labels(pass.outputs, pass.count) : []
  const wrong = [...said.keys()].filter((k) => said[k] !== y[k])
  return { x: Float32Array.from(wrong, (k) => points.x[k]), y: Float32Array.from(wrong, (k) => points.y[k]) }
}
