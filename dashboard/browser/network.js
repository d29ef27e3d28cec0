/**
 * The network as a picture that lives: layers from left to right, units as pictures, connections by width and colour.
 * Pointing at a unit tells so at once; a click holds it, and its weights can be set. Every unit has a button, so keys
 * reach them all.
 */

import { element } from "./dom.js"
import { Inspector } from "./network_inspector.js"
import { arrange, found, isSame, neighbour, noteOf, pitchOf, titleOf } from "./network_layout.js"
import { Atlas, paintEdges, paintPictures, paintValues } from "./network_paint.js"
import { fill, formatShort } from "./numbers.js"

/**
 * @typedef {import("./network_types.js").About} About
 * @typedef {import("./network_types.js").Callbacks} Callbacks
 * @typedef {import("./network_types.js").Frame} Frame
 * @typedef {import("./network_types.js").Place} Place
 * @typedef {import("./network_types.js").Scene} Scene
 *
 * @typedef {object} NetworkView
 * @property {(scene: Scene) => void} setScene another network, or other units, words or colours
 * @property {(frame: Frame) => void} show a moment
 * @property {(picked: About | null) => void} setPicked the unit that fills the large picture
 * @property {(about: About | null) => void} light dim all but this, until something is pointed at
 * @property {(course: import("./network_inspector.js").Course | null) => void} setCourse the answer to onFollow
 * @property {(text: string) => void} setUndo what the button would undo; "": no button
 * @property {(about: About | null) => void} hold as a click does; null lets go
 * @property {() => void} destroy
 */

const PAUSE = 120 // milliseconds after which what is pointed at is followed

/**
 * Draw a network in `root`, which gives it its size. Its style is network.css.
 * @param {Element} root
 * @param {Callbacks & { inspector?: boolean }} [options] inspector: whether the line under it is there
 * @returns {NetworkView}
 */
export function createNetwork(root, options = {}) {
  const drawing = new Drawing(root, options)
  return {
    setScene: (scene) => drawing.setScene(scene),
    show: (frame) => drawing.show(frame),
    setPicked: (picked) => drawing.setPicked(picked),
    light: (about) => drawing.light(about),
    setCourse: (course) => drawing.inspector.setCourse(course),
    setUndo: (text) => drawing.inspector.setUndo(text),
    hold: (about) => drawing.hold(about),
    destroy: () => drawing.destroy(),
  }
}

class Drawing {
  /** @type {Scene | null} */
  #scene = null
  /** @type {Frame | null} */
  #frame = null
  /** @type {Place[][]} */
  #places = []
  /** @type {Map<HTMLButtonElement, Place>} */
  #buttons = new Map()
  #labelling = false // buttons are exchanged: the focus that moves with them points at nothing new
  /** @type {About | null} */
  #picked = null
  /** @type {About | null} */
  #lit = null
  /** @type {About | null} */
  #over = null
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #pause
  #hear
  #hand = new AbortController()
  #atlas = new Atlas()

  /**
   * @param {Element} root
   * @param {Callbacks & { inspector?: boolean }} options
   */
  constructor(root, options) {
    this.#hear = options
    this.canvas = element("canvas", { "aria-hidden": "true" })
    this.heads = element("div", { class: "heads", "aria-hidden": "true" })
    this.units = element("div", { class: "units", role: "group" })
    this.sheet = element("div", { class: "sheet" }, this.canvas, this.heads, this.units)
    this.inspector = new Inspector(
      { ...options, onRelease: () => this.hold(null), onHold: (about) => this.hold(about), thumb: this.#thumb },
      this.#hand.signal,
    )
    this.figure = element("figure", { class: "network" }, this.sheet)
    if (options.inspector ?? true) this.figure.append(this.inspector.root)
    root.replaceChildren(this.figure)
    this.#listen()
    this.watch = new ResizeObserver(() => this.#arrange())
    this.watch.observe(this.sheet)
  }

  #listen() {
    const signal = this.#hand.signal
    const { sheet } = this
    sheet.addEventListener("pointermove", (event) => this.#point(this.#under(event)), { signal })
    sheet.addEventListener("pointerleave", () => this.#point(null), { signal })
    const focus = (/** @type {About | null} */ about) => this.#labelling || this.#point(about)
    sheet.addEventListener("focusin", ({ target }) => focus(this.#placeOf(target)), { signal })
    sheet.addEventListener("focusout", () => focus(null), { signal })
    sheet.addEventListener("keydown", (event) => this.#walk(event), { signal })
    sheet.addEventListener("click", (event) => this.#click(event), { signal })
    this.figure.addEventListener("keydown", ({ key }) => key === "Escape" && this.hold(null), { signal })
  }

  /** @param {Scene} scene */
  setScene(scene) {
    const same = this.#scene && JSON.stringify(this.#scene.layers) === JSON.stringify(scene.layers)
    this.#scene = scene
    this.inspector.setScene(scene)
    if (!same) {
      this.#frame = null // another network's: nothing to paint until this one's comes
      this.#over = null
      this.inspector.hold(null)
      this.inspector.look(null)
    }
    this.#arrange()
  }

  /** @param {Frame} frame */
  show(frame) {
    this.#frame = frame
    this.#paint()
    this.inspector.show(frame)
    this.#name()
  }

  /** @param {About | null} picked */
  setPicked(picked) {
    this.#picked = picked
    this.#name()
  }

  /** @param {About | null} about */
  light(about) {
    this.#lit = about
    this.#paint()
  }

  /** @param {About | null} about */
  hold(about) {
    this.inspector.hold(about?.layer ? about : null)
    this.#paint()
  }

  destroy() {
    this.watch.disconnect()
    this.#hand.abort()
    clearTimeout(this.#pause)
    this.figure.remove()
  }

  #arrange() {
    const scene = this.#scene
    const [width, height] = [this.sheet.clientWidth, this.sheet.clientHeight]
    const pen = this.canvas.getContext("2d")
    if (!scene || !width || !height || !pen) return
    pen.font = `12px ${getComputedStyle(this.sheet).fontFamily}`
    const widest = (/** @type {string[]} */ names) => Math.max(0, ...names.map((name) => pen.measureText(name).width))
    const longest = { inputs: widest(scene.layers[0].names), outputs: widest(scene.layers.at(-1)?.names ?? []) }
    this.#places = arrange(scene, { width, height }, longest)
    const ratio = window.devicePixelRatio || 1
    this.canvas.width = width * ratio
    this.canvas.height = height * ratio
    this.#label(scene, width)
    this.#paint()
  }

  /**
   * Titles over the layers, notes under them, and a button over each unit; one of them takes the Tab key.
   * @param {Scene} scene
   * @param {number} width
   */
  #label(scene, width) {
    const pitch = pitchOf(this.#places, width)
    const head = (/** @type {string} */ text, /** @type {Place} */ { x }, /** @type {string} */ kind) => {
      const style = `left: ${x}px; ${kind === "note" ? `max-width: ${pitch - 8}px` : ""}`
      return text ? [element("span", { class: kind, style }, text)] : []
    }
    const heads = scene.layers.flatMap((layer, l) => [
      ...head(titleOf(scene.layers, l, width), this.#places[l][0], "title"),
      ...head(noteOf(layer, pitch), this.#places[l][0], "note"),
    ])
    this.heads.replaceChildren(...heads)
    const focused = this.#placeOf(/** @type {Document | ShadowRoot} */ (this.sheet.getRootNode()).activeElement)
    this.#buttons = new Map(this.#places.flat().map((place) => [this.#button(scene, place), place]))
    this.units.setAttribute("aria-label", scene.words.diagram)
    this.#labelling = true
    this.units.replaceChildren(...this.#buttons.keys())
    this.#name()
    for (const [button, place] of this.#buttons) if (focused && isSame(place, focused)) button.focus()
    this.#labelling = false
  }

  /**
   * @param {Scene} scene
   * @param {Place} place
   */
  #button({ layers }, { layer, index, name, x, y, wide, tall }) {
    const output = layer === layers.length - 1
    const style = `left: ${x - wide / 2}px; top: ${y - tall / 2}px; width: ${wide}px; height: ${tall}px`
    const button = element("button", { type: "button", class: output ? "unit output" : "unit", style })
    button.tabIndex = layer === 1 && index === 0 ? 0 : -1
    if (layer && !output) return button
    button.title = name
    const room = this.sheet.clientWidth - x - wide / 2 - 8
    button.append(element("span", output ? { style: `max-width: ${room}px` } : {}, name))
    return button
  }

  /** What a unit is, for those who can't see it. */
  #name() {
    const [scene, frame] = [this.#scene, this.#frame]
    if (!scene) return
    for (const [button, { layer, unit, index, name }] of this.#buttons) {
      const bias = formatShort(frame?.biases[layer]?.[index])
      const largest = formatShort(frame?.scales[layer]?.[index])
      const label = layer && frame ? fill(scene.words.unit_now, { name, bias, largest }) : name
      if (button.ariaLabel !== label) button.ariaLabel = label
      button.ariaPressed = String(isSame(this.#picked, { layer, unit }))
    }
  }

  #paint() {
    const [scene, frame, pen] = [this.#scene, this.#frame, this.canvas.getContext("2d")]
    if (!scene || !frame || !pen || !this.#places.length) return
    const ratio = window.devicePixelRatio || 1
    pen.setTransform(ratio, 0, 0, ratio, 0, 0)
    pen.clearRect(0, 0, this.canvas.width, this.canvas.height)
    const about = this.inspector.about ?? this.#over ?? this.#lit
    const view = { scene, frame, places: this.#places, about, theme: this.#theme() }
    paintEdges(pen, view)
    if (scene.look === "values") paintValues(pen, view)
    else paintPictures(pen, view, this.#atlas)
    this.canvas.dataset.epoch = String(frame.epoch)
  }

  #theme() {
    const style = getComputedStyle(this.figure)
    return {
      ground: style.getPropertyValue("--st-background-color") || "white",
      ink: style.getPropertyValue("--st-text-color") || "black",
      font: style.fontFamily,
    }
  }

  /** @type {(canvas: HTMLCanvasElement, about: About) => void} */
  #thumb = (canvas, about) => {
    if (!this.#scene) return
    canvas.width = 2 * this.#scene.columns
    canvas.height = 2 * this.#scene.rows
    const pen = canvas.getContext("2d")
    if (pen) this.#atlas.draw(pen, about, [0, 0, canvas.width, canvas.height])
  }

  /** @param {MouseEvent} event */
  #under({ clientX, clientY }) {
    const box = this.sheet.getBoundingClientRect()
    return this.#places.length
      ? found(this.#places, this.#frame?.weights ?? [], clientX - box.left, clientY - box.top)
      : null
  }

  /**
   * @param {EventTarget | null} target
   * @returns {About | null}
   */
  #placeOf(target) {
    const place = this.#buttons.get(/** @type {HTMLButtonElement} */ (target))
    return place ? { layer: place.layer, unit: place.unit } : null
  }

  /** @param {About | null} about */
  #point(about) {
    if (isSame(about, this.#over)) return
    this.#over = about
    this.sheet.style.cursor = about ? "pointer" : ""
    this.inspector.look(about)
    this.#paint()
    this.#hear.onHover?.(about)
    clearTimeout(this.#pause)
    if (about?.layer) this.#pause = setTimeout(() => this.#hear.onFollow?.(about), PAUSE)
  }

  /** @param {MouseEvent} event */
  #click(event) {
    const about = event.detail ? this.#under(event) : this.#placeOf(event.target) // the keyboard's clicks have no place
    if (!about) return this.hold(null)
    if (about.source === undefined) this.#hear.onPick?.(about)
    else this.#hear.onWeight?.(about)
    this.hold(about)
  }

  /**
   * Arrows lead from unit to unit.
   * @param {KeyboardEvent} event
   */
  #walk(event) {
    const button = /** @type {HTMLButtonElement} */ (event.target)
    const place = this.#buttons.get(button)
    const next = place && neighbour(this.#places, place, event.key)
    if (!next) return
    event.preventDefault()
    for (const [other, its] of this.#buttons) {
      other.tabIndex = its === next ? 0 : -1
      if (its === next) other.focus()
    }
  }
}
