/** A moment of the network as its renderer shows it, from forward passes. */

import { shownActivations, unitTiles } from "./boundary.js"
import { layersOf } from "./forward.js"

/**
 * @typedef {import("./forward.js").Network} Network
 * @typedef {import("./forward.js").Forward} Forward
 *
 * @param {object} moment
 * @param {number} moment.epoch
 * @param {Network} moment.network
 * @param {number[][]} moment.shown of each layer, inputs and outputs included, the units shown
 * @param {Forward} moment.pass on the mesh of the units' pictures, all layers kept
 * @param {Forward | null} [moment.pointPass] at the one point that is followed, likewise
 * @param {Float32Array} [moment.gradient] of the loss, in the order of the parameters
 * @returns {import("./network_types.js").Frame}
 */
export function networkFrame({ epoch, network, shown, pass, pointPass = null, gradient }) {
  const pictures = shown.map((units, layer) => unitTiles(pass, network, layer, units))
  const slopes = gradient && partsShown({ ...network, parameters: gradient }, shown)
  const passed = shown.map((units, layer) => {
    const values = pointPass && shownActivations(pointPass, network, layer)
    return Float32Array.from(units, (unit) => values?.[unit] ?? 0)
  })
  return {
    epoch,
    tiles: pictures.map(({ tiles }) => tiles),
    scales: pictures.map(({ scales }) => scales),
    ...partsShown(network, shown),
    weightGradients: slopes?.weights,
    biasGradients: slopes?.biases,
    passed: pointPass && passed,
  }
}

/**
 * Weights and biases of the units shown, layer by layer.
 * @param {Network} network
 * @param {number[][]} shown
 */
function partsShown(network, shown) {
  const layers = layersOf(network)
  const weights = layers.map(({ weights, inputs }, l) =>
    Float32Array.from(shown[l + 1].flatMap((unit) => shown[l].map((source) => weights[unit * inputs + source]))),
  )
  const biases = layers.map(({ biases }, l) => Float32Array.from(shown[l + 1], (unit) => biases[unit]))
  return { weights: [null, ...weights], biases: [null, ...biases] }
}

/**
 * Where a weight (source: a unit of the layer before) or bias (source: null) lies among the parameters.
 * @param {Network} network
 * @param {import("./network_types.js").About} about
 */
export function parameterIndex({ layers }, { layer, unit, source }) {
  const before = layers.slice(0, layer - 1).reduce((sum, { inputs, outputs }) => sum + outputs * (inputs + 1), 0)
  const { inputs, outputs } = layers[layer - 1]
  return source === null || source === undefined ? before + inputs * outputs + unit : before + unit * inputs + source
}
