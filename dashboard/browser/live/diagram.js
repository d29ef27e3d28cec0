/** The network's diagram in its place on the page: what it shows comes from the stage, in the same moment as the charts. */

import { bytes, floats } from "../decode.js"
import { createNetwork } from "../network.js"
import { parameterIndex } from "../network_frame.js"

/**
 * @typedef {import("../network_types.js").About} About
 * @typedef {import("../network_types.js").Frame} Frame
 *
 * @typedef {object} Acts
 * @property {(layer: number, unit: number) => void} pick
 * @property {(unit: [number, number] | null) => void} hover
 * @property {(place: { layer: number, unit: number, source: number | null, parameter: number }, value: number, done: boolean) => void} edit
 * @property {(place: { layer: number, unit: number, source: number | null }) => void} trace
 * @property {() => void} undo
 * @property {() => void} appear it has a place on the screen, which it had not before
 */

export class Diagram {
  /** @type {import("../network.js").NetworkView | null} */
  #view = null
  /** @type {any} */
  #scene = null
  /** @type {any} */
  #run = null
  /** @type {Frame | null} */
  #frame = null
  /** @type {any} */
  #told = null
  #wide = 0 // pixels; 0 where page.css hides it, as there is no room for it
  /** @type {ResizeObserver | undefined} */
  #watch

  /** @param {Acts} acts */
  constructor(acts) {
    this.acts = acts
  }

  get isThere() {
    return this.#view !== null && this.#scene !== null && this.#wide > 0
  }

  /** @param {HTMLElement | null} place */
  setPlace(place) {
    this.#view?.destroy()
    this.#view = null
    this.#watch?.disconnect()
    this.#wide = place?.clientWidth ?? 0
    if (!place) return
    this.#watch = new ResizeObserver(([{ contentRect }]) => {
      const appears = this.#wide === 0 && contentRect.width > 0
      this.#wide = contentRect.width
      if (appears) this.acts.appear()
    })
    this.#watch.observe(place)
    this.#view = createNetwork(place, {
      onHover: (about) => this.acts.hover(about && about.source === undefined ? [about.layer, about.unit] : null),
      onPick: ({ layer, unit }) => this.acts.pick(layer, unit),
      onEdit: (about, value, done) => this.acts.edit(this.#placeOf(about), value, done),
      onFollow: (about) => this.acts.trace({ layer: about.layer, unit: about.unit, source: about.source ?? null }),
      onUndo: () => this.acts.undo(),
    })
    if (this.#scene) this.#view.setScene(this.#scene)
    if (this.#told) this.tell(this.#told)
    if (this.#frame) this.#view.show(this.#frame)
  }

  /**
   * @param {any} scene the diagram's; null: it isn't looked at
   * @param {any} run the scene of the run
   * @param {number} epoch whose gradients the scene has
   */
  setScene(scene, run, epoch) {
    this.#scene = scene
    this.#run = run
    this.gradients = scene && { epoch, ...gradientsOf(scene) }
    if (scene) this.#view?.setScene(scene)
  }

  /** @param {any} data what the page says of what is picked, pointed at and set by hand */
  tell({ picked, trace, byHand }) {
    this.#told = { picked, trace, byHand }
    this.#view?.setPicked(picked && { layer: picked[0], unit: picked[1] })
    this.#view?.setCourse(trace)
    this.#view?.setUndo(byHand)
  }

  /** @param {{ epoch: number, diagram: Frame | null }} picture */
  show({ epoch, diagram }) {
    if (!diagram || !this.#scene) return
    const gradients = this.gradients?.epoch === epoch ? this.gradients : {}
    const frame = { ...gradients, ...diagram, lines: carried(diagram) }
    this.#frame = frame
    this.#view?.show(frame)
  }

  close() {
    this.setPlace(null)
  }

  /** @param {About} about */
  #placeOf(about) {
    const place = { layer: about.layer, unit: about.unit, source: about.source ?? null }
    return { ...place, parameter: parameterIndex(this.#run.network, place) }
  }
}

/**
 * What connections carry of the point that is followed: weight × activation.
 * @param {Frame} frame
 */
function carried({ weights, passed }) {
  if (!passed) return undefined
  return weights.map((layer, l) => {
    const sources = passed[l - 1]
    return layer && Float32Array.from(layer, (weight, k) => weight * sources[k % sources.length])
  })
}

const arrays = (/** @type {(string | null)[] | null} */ texts) => texts?.map((text) => text && floats(text))

/** @param {any} scene */
const gradientsOf = ({ weightGradients, biasGradients }) => ({
  weightGradients: arrays(weightGradients),
  biasGradients: arrays(biasGradients),
})

/**
 * A moment that the server has made.
 * @param {any} frame
 * @param {number} epoch
 * @returns {Frame}
 */
export function diagramOf(frame, epoch) {
  const { tiles, scales, weights, biases, passed } = frame
  return /** @type {Frame} */ ({
    epoch,
    tiles: tiles.map(bytes),
    scales: arrays(scales),
    weights: arrays(weights),
    biases: arrays(biases),
    passed: arrays(passed),
    ...gradientsOf(frame),
  })
}
