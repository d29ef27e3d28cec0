/** A moment of the network as its renderer shows it, from forward passes. */

import { shownActivations, unitTiles } from "./boundary.js"
import { layersOf } from "./forward.js"

/**
 * @param {object} moment
 * @param {number} moment.epoch
 * @param {import("./forward.js").Network} moment.network
 * @param {number[][]} moment.shown of each layer, inputs and outputs included, the units shown
 * @param {import("./forward.js").Forward} moment.pass on the mesh of the units' pictures, all layers kept
 * @param {import("./forward.js").Forward | null} [moment.pointPass] at the one point that is followed, likewise
 * @returns {import("./network_types.js").Frame}
 */
export function networkFrame({ epoch, network, shown, pass, pointPass = null }) {
  const pictures = shown.map((units, layer) => unitTiles(pass, network, layer, units))
  const layers = layersOf(network).map((layer, l) => ({ ...layer, units: shown[l + 1], sources: shown[l] }))
  const weights = layers.map(({ weights, inputs, units, sources }) =>
    Float32Array.from(units.flatMap((unit) => sources.map((source) => weights[unit * inputs + source]))),
  )
  const biases = layers.map(({ biases, units }) => Float32Array.from(units, (unit) => biases[unit]))
  const passed =
    pointPass &&
    shown.map((units, layer) => {
      const values = shownActivations(pointPass, network, layer)
      return Float32Array.from(units, (unit) => values[unit])
    })
  return {
    epoch,
    tiles: pictures.map(({ tiles }) => tiles),
    scales: pictures.map(({ scales }) => scales),
    weights: [null, ...weights],
    biases: [null, ...biases],
    passed,
  }
}

/**
 * Where a weight (source: a unit of the layer before) or bias (source: null) lies among the parameters.
 * @param {import("./forward.js").Network} network
 * @param {import("./network_types.js").About} about
 */
export function parameterIndex({ layers }, { layer, unit, source }) {
  const before = layers.slice(0, layer - 1).reduce((sum, { inputs, outputs }) => sum + outputs * (inputs + 1), 0)
  const { inputs, outputs } = layers[layer - 1]
  return source === null || source === undefined ? before + inputs * outputs + unit : before + unit * inputs + source
}
