/** The line under the network: what is pointed at, in numbers; what is held can be set there. */

import { element, say, svg } from "./dom.js"
import { fill, formatShort } from "./numbers.js"

/**
 * @typedef {import("./network_types.js").About} About
 * @typedef {import("./network_types.js").Frame} Frame
 * @typedef {import("./network_types.js").Scene} Scene
 * @typedef {{ about: About, x: number[], y: number[] }} Course a parameter over the epochs
 */

const WIDE = 120 // of the course, as its view box has it
const TALL = 30

/**
 * A number of the frame about a connection, a bias, or a unit (its bias).
 * @param {Scene} scene
 * @param {(Float32Array | null)[] | undefined} weights
 * @param {(Float32Array | null)[] | undefined} biases
 * @param {About} about
 */
export function numberOf({ layers }, weights, biases, { layer, unit, source }) {
  const index = layers[layer].units.indexOf(unit)
  if (source === undefined || source === null) return biases?.[layer]?.[index]
  const sources = layers[layer - 1].units
  return weights?.[layer]?.[index * sources.length + sources.indexOf(source)]
}

/**
 * What a unit, bias or connection is called.
 * @param {Scene} scene
 * @param {About} about
 */
export function nameOf({ layers, words }, { layer, unit, source }) {
  const name = layers[layer].names[layers[layer].units.indexOf(unit)]
  if (source === undefined) return name
  const from = source === null ? words.bias : layers[layer - 1].names[layers[layer - 1].units.indexOf(source)]
  return fill(words.connection, { source: from, target: name })
}

export class Inspector {
  /** @type {About | null} */
  held = null
  /** @type {About | null} */
  #over = null
  /** @type {Scene | null} */
  #scene = null
  /** @type {Frame | null} */
  #frame = null
  /** @type {Course | null} */
  #course = null
  #undo = ""
  #hear

  /**
   * @param {import("./network_types.js").Callbacks & { onRelease: () => void, onHold: (about: About) => void, thumb: (canvas: HTMLCanvasElement, about: About) => void }} hear
   * @param {AbortSignal} signal
   */
  constructor(hear, signal) {
    this.#hear = hear
    const dot = svg("circle", { r: 2.5 })
    const path = svg("path")
    this.parts = {
      thumb: element("canvas", { class: "thumb", "aria-hidden": "true" }),
      name: element("b", { class: "name" }),
      rest: element("span", { class: "rest" }),
      fact: element("span", { class: "fact" }),
      select: element("select"),
      kind: element("span", { class: "kind" }),
      value: element("output"),
      number: element("input", { type: "number", step: "any" }),
      slide: element("input", { class: "slide", type: "range", step: "any" }),
      gradientKind: element("span", { class: "kind" }),
      gradient: element("output"),
      courseKind: element("span", { class: "kind" }),
      low: element("span"),
      high: element("span"),
      undo: element("button", { class: "undo", type: "button" }),
      close: element("button", { class: "close", type: "button" }, "×"),
    }
    this.course = { path, dot }
    const {
      thumb,
      name,
      rest,
      fact,
      select,
      kind,
      value,
      number,
      slide,
      gradientKind,
      gradient,
      courseKind,
      low,
      high,
      undo,
      close,
    } = this.parts
    const drawn = svg("svg", { viewBox: `0 0 ${WIDE} ${TALL}`, "aria-hidden": "true" }, path, dot)
    this.root = element(
      "figcaption",
      { class: "inspector", "data-about": "" },
      thumb,
      element("div", { class: "facts" }, name, rest, fact, select),
      element("div", { class: "value" }, kind, value, number, slide),
      element("div", { class: "gradient" }, gradientKind, gradient),
      element("div", { class: "course" }, courseKind, drawn),
      element("div", { class: "legend", "aria-hidden": "true" }, low, element("i"), high),
      undo,
      close,
    )
    const on = (/** @type {Element} */ part, /** @type {string} */ name, /** @type {() => void} */ act) =>
      part.addEventListener(name, act, { signal })
    for (const input of [number, slide]) {
      on(input, "input", () => this.#set(input, false))
      on(input, "change", () => this.#set(input, true))
    }
    on(select, "change", () => this.#choose(select.value))
    on(undo, "click", () => hear.onUndo?.())
    on(close, "click", () => hear.onRelease())
  }

  /** What is shown: what is held comes first. */
  get about() {
    return this.held ?? this.#over
  }

  /** @param {Scene} scene */
  setScene(scene) {
    const { words, colors } = scene
    this.#scene = scene
    this.root.style.setProperty("--negative", colors.negative)
    this.root.style.setProperty("--positive", colors.positive)
    const { gradientKind, courseKind, low, high, undo, close, select } = this.parts
    say(gradientKind, words.gradient)
    say(courseKind, words.over_epochs)
    say(low, words.negative)
    say(high, words.positive)
    say(undo, words.undo)
    close.setAttribute("aria-label", words.close)
    select.setAttribute("aria-label", words.set)
  }

  /** @param {About | null} about what the hand is over */
  look(about) {
    this.#over = about
    this.#draw()
  }

  /** @param {About | null} about a unit (its bias is set), a connection or a bias; not an input */
  hold(about) {
    this.held = about && about.source === undefined ? { ...about, source: null } : about
    this.root.dataset.held = this.held ? "yes" : ""
    if (this.held) this.#open(this.held)
    this.#draw()
  }

  /** @param {Frame} frame */
  show(frame) {
    this.#frame = frame
    this.#draw()
  }

  /** @param {Course | null} course */
  setCourse(course) {
    this.#course = course
    this.#draw()
  }

  /** @param {string} text what would be undone; "": nothing */
  setUndo(text) {
    this.#undo = text
    this.#draw()
  }

  /** @param {string} value of the list: a source's number, or "" for the bias */
  #choose(value) {
    if (this.held) this.#hear.onHold({ ...this.held, source: value === "" ? null : Number(value) })
  }

  /** @param {About} held */
  #open(held) {
    const scene = this.#scene
    if (!scene) return
    const { words } = scene
    const { number, slide, select } = this.parts
    const value = this.#value(held) ?? 0
    const far = Math.max(2, 1.5 * Math.abs(value))
    slide.min = String(-far)
    slide.max = String(far)
    number.value = slide.value = String(Number(value.toPrecision(4)))
    const before = scene.layers[held.layer - 1]
    const options = before.units.map(
      (unit, i) => new Option(fill(words.from, { source: before.names[i] }), String(unit)),
    )
    select.replaceChildren(new Option(words.bias, ""), ...options)
    select.value = String(held.source ?? "")
    const kind = held.source === null ? words.bias : words.weight
    number.setAttribute("aria-label", `${kind}: ${nameOf(scene, held)}`)
    slide.setAttribute("aria-label", `${words.slide}: ${nameOf(scene, held)}`)
  }

  /**
   * @param {HTMLInputElement} input
   * @param {boolean} done
   */
  #set({ value: text }, done) {
    const value = Number(text)
    if (!this.held || text === "" || !Number.isFinite(value)) return
    const { number, slide } = this.parts
    for (const input of [number, slide]) if (input.value !== text) input.value = text
    slide.setAttribute("aria-valuetext", formatShort(value))
    this.#hear.onEdit?.(this.held, value, done)
  }

  /** @param {About} about */
  #value(about) {
    return this.#scene && this.#frame
      ? numberOf(this.#scene, this.#frame.weights, this.#frame.biases, about)
      : undefined
  }

  #draw() {
    const [scene, frame, about] = [this.#scene, this.#frame, this.about]
    if (!scene || !frame) return
    const { words } = scene
    const { parts, root } = this
    parts.undo.hidden = !this.#undo
    parts.undo.title = this.#undo
    say(parts.rest, this.#undo || scene.point?.said || words.rest)
    root.dataset.about = !about ? "" : about.source === undefined ? "unit" : "edge"
    if (!about) return
    say(parts.name, nameOf(scene, about))
    say(parts.kind, about.source === undefined || about.source === null ? words.bias : words.weight)
    say(parts.value, about.layer ? formatShort(this.#value(about)) : "–")
    const gradient = about.layer ? numberOf(scene, frame.weightGradients, frame.biasGradients, about) : undefined
    parts.gradient.parentElement?.toggleAttribute("hidden", gradient === undefined)
    say(parts.gradient, formatShort(gradient))
    say(parts.fact, about.source === undefined ? this.#fact(scene, frame, about) : "")
    if (about.source === undefined) this.#hear.thumb(parts.thumb, about)
    this.#drawCourse(about, frame.epoch)
    this.#follow()
  }

  /**
   * What a unit gives for the point that is followed; else its largest activation.
   * @param {Scene} scene
   * @param {Frame} frame
   * @param {About} about
   */
  #fact({ layers, words, point }, { passed, scales }, { layer, unit }) {
    const index = layers[layer].units.indexOf(unit)
    if (passed && point) return fill(words.here, { value: formatShort(passed[layer][index]), point: point.number })
    const hidden = layer > 0 && layer < layers.length - 1
    return hidden ? `${words.largest} ${formatShort(scales[layer]?.[index])}` : ""
  }

  /** While it trains the fields follow, unless the hand is in them. */
  #follow() {
    if (!this.held) return
    const focused = /** @type {Document | ShadowRoot} */ (this.root.getRootNode()).activeElement
    const value = this.#value(this.held)
    if (value === undefined || !Number.isFinite(value)) return
    for (const input of [this.parts.number, this.parts.slide]) {
      if (input !== focused) input.value = String(Number(value.toPrecision(4)))
    }
    this.parts.slide.setAttribute("aria-valuetext", formatShort(value))
  }

  /**
   * @param {About} about
   * @param {number} epoch
   */
  #drawCourse(about, epoch) {
    const course = this.#course
    const { path, dot } = this.course
    const asked = course?.about
    const isIt =
      asked?.layer === about.layer && asked.unit === about.unit && (asked.source ?? null) === (about.source ?? null)
    const there = course && isIt && course.x.length > 1
    dot.style.display = there ? "" : "none"
    path.setAttribute("d", "")
    if (!there) return
    const { x, y } = course
    const [low, high, last] = [Math.min(...y), Math.max(...y), x[x.length - 1]]
    const at = (/** @type {number} */ epoch, /** @type {number} */ value) => [
      (WIDE * epoch) / last,
      high > low ? TALL - 2 - ((TALL - 4) * (value - low)) / (high - low) : TALL / 2,
    ]
    const points = x.map((epoch, k) => at(epoch, y[k]).map((pixels) => pixels.toFixed(1)))
    path.setAttribute("d", `M${points.join("L")}`)
    const [cx, cy] = at(Math.min(last, epoch), Math.max(low, Math.min(high, this.#value(about) ?? low)))
    dot.setAttribute("cx", String(cx))
    dot.setAttribute("cy", String(cy))
  }
}
