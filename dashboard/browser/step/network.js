/**
 * The network as a drawing: units in columns, weights as lines between them. A line's width is its size, a dashed line is
 * negative.
 */

import { svg } from "../dom.js"
import { fill, formatPower } from "../numbers.js"
import { curve, layoutOf, RADIUS, startOf } from "./layout.js"
import { pathOf, unitId } from "./path.js"

const MIDDLE = { "text-anchor": "middle", dy: "0.35em" }

/**
 * @typedef {import("./types.js").Step} Step
 * @typedef {import("./types.js").Value} Value
 * @typedef {import("./types.js").Weight} Weight
 * @typedef {import("./types.js").Pointed} Pointed
 *
 * @typedef {object} Acts
 * @property {(weight: Weight) => Value} what which of a weight's numbers its line shows
 * @property {(pointed: Pointed | null) => void} point what the hand is at
 * @property {(pointed: Pointed) => void} press
 */

export class Network {
  /** @type {Map<string, SVGElement>} */
  lines = new Map()
  /** @type {Map<string, SVGElement>} */
  circles = new Map()

  /**
   * @param {Step} step
   * @param {number} width
   * @param {Acts} acts
   */
  constructor(step, width, acts) {
    this.step = step
    this.acts = acts
    this.layout = layoutOf(step, width)
    const { height } = this.layout
    this.drawing = svg("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "img" })
    this.#edges()
    this.#units()
    this.#titles()
  }

  /**
   * Light up what is spoken of, and dim the rest; null: nothing in particular.
   * @param {import("./path.js").Spoken | null} spoken
   */
  light(spoken) {
    const lit = spoken ? pathOf(spoken, this.step) : { edges: new Set(), units: new Set() }
    this.drawing.classList.toggle("dimmed", spoken !== null)
    for (const [way, line] of this.lines) line.classList.toggle("lit", lit.edges.has(way))
    for (const [id, group] of this.circles) group.classList.toggle("lit", lit.units.has(id))
  }

  #edges() {
    const drawn = this.step.weights.filter(isConnection)
    const size = (/** @type {Weight} */ weight) => Math.abs(this.acts.what(weight) ?? 0)
    const largest = this.step.columns.map((_column, layer) =>
      Math.max(1e-30, ...drawn.filter((weight) => weight.layer === layer).map(size)),
    )
    for (const weight of drawn) this.#edge(weight, size(weight) / largest[weight.layer])
  }

  /**
   * @param {Weight & { source: number }} weight
   * @param {number} share of the layer's largest
   */
  #edge(weight, share) {
    const { layer, unit, source, way } = weight
    const from = placeOf(this.layout, layer, source)
    const d = curve({ x: startOf(this.layout, layer, from.x), y: from.y }, placeOf(this.layout, layer + 1, unit))
    const shown = { "stroke-width": 0.5 + 4 * share, "stroke-opacity": 0.18 + 0.62 * share }
    const line = svg("path", { d, class: "edge", ...shown })
    if ((this.acts.what(weight) ?? 0) < 0) line.setAttribute("stroke-dasharray", "5 3")
    const grip = svg("path", { d, class: "grip" })
    this.#listen(grip, { way })
    this.drawing.append(line, grip)
    this.lines.set(way, line)
  }

  /**
   * @param {SVGElement} part
   * @param {Pointed} pointed
   */
  #listen(part, pointed) {
    part.addEventListener("pointerenter", () => this.acts.point(pointed))
    part.addEventListener("pointerleave", () => this.acts.point(null))
    part.addEventListener("click", () => this.acts.press(pointed))
  }

  #units() {
    const { columns } = this.step
    for (const [index, { units, h }] of columns.entries()) {
      const largest = Math.max(1e-9, ...h.map((value) => Math.abs(value ?? 0)))
      for (const [place, unit] of units.entries()) this.#unit(index, unit, h[place], largest)
    }
  }

  /**
   * @param {number} column
   * @param {number} unit
   * @param {Value} value
   * @param {number} largest value of the column
   */
  #unit(column, unit, value, largest) {
    const { x, y } = placeOf(this.layout, column, unit)
    const last = column === this.step.columns.length - 1
    const isHidden = column > 0 && !last
    const circle = svg("circle", { r: isHidden ? this.layout.radius : RADIUS })
    const group = svg("g", { class: "unit", transform: `translate(${x},${y})` }, circle)
    const color = this.step.colors[unit]
    if (last && color) group.style.setProperty("--fill", color)
    if (isHidden) group.style.setProperty("--lit", String(Math.abs(value ?? 0) / largest))
    group.append(
      ...(isHidden ? this.#hidden(unit, value) : last ? this.#output(unit, value) : this.#input(unit, value)),
    )
    if (column > 0) this.#listen(group, { layer: column - 1, unit })
    this.drawing.append(group)
    this.circles.set(unitId(column, unit), group)
  }

  /**
   * A short name stands in the unit.
   * @param {number} unit
   * @param {Value} value
   */
  #input(unit, value) {
    const { below } = this.layout
    const name = this.step.inputs[unit]
    const inside = name.length < 3
    const before = { x: -RADIUS - 6, "text-anchor": "end" }
    /** @type {Record<string, string | number>} */
    const outside = below ? { x: -RADIUS, y: -RADIUS - 5 } : { dy: "-0.4em", ...before }
    const placed = inside ? { class: "name on", ...MIDDLE } : { class: "name", ...outside }
    /** @type {Record<string, string | number>} */
    const beside = below ? { "text-anchor": "middle", y: RADIUS + 15 } : { dy: inside ? "0.35em" : "0.9em", ...before }
    return [svg("text", placed, name), svg("text", beside, formatPower(value))]
  }

  /**
   * @param {number} unit
   * @param {Value} value
   */
  #hidden(unit, value) {
    const { radius, digits } = this.layout
    const id = radius >= 9 ? [svg("text", { class: "id on", ...MIDDLE }, String(unit))] : []
    if (digits === null) return id
    const empty = this.step.single && value === 0
    const beside = { class: empty ? "off" : "", x: radius + 5, dy: "0.35em" }
    return [...id, svg("text", beside, formatPower(value, digits))]
  }

  /**
   * @param {number} unit
   * @param {Value} value
   */
  #output(unit, value) {
    const { answers, colors, short, single } = this.step
    const { named } = this.layout
    const id = colors.length > 1 ? [svg("text", { class: "in on", ...MIDDLE }, String(unit))] : []
    const name = named ? [svg("text", { class: "title", x: RADIUS + 6, dy: "-0.4em" }, short[unit])] : []
    const mine = single && answers.y[0] === unit
    const beside = { class: mine ? "mine" : "", x: RADIUS + 6, dy: named ? "0.9em" : "0.35em" }
    return [...id, ...name, svg("text", beside, formatPower(value))]
  }

  #titles() {
    const { columns, words } = this.step
    const { narrow, places } = this.layout
    const titles = [words.titles.inputs, ...words.titles.hidden, words.titles.logits]
    for (const [index, { units, total }] of columns.entries()) {
      const all = [...places[index].values()]
      const style = { class: "title", x: all[0].x, "text-anchor": "middle" }
      const isEnd = index === 0 || index === columns.length - 1
      if (!narrow || columns.length < 5 || isEnd) this.drawing.append(svg("text", { ...style, y: 14 }, titles[index]))
      if (total === units.length) continue
      const more = fill(words.moreUnits, { n: total - units.length })
      this.drawing.append(svg("text", { ...style, y: all[all.length - 1].y + 24 }, more))
    }
  }
}

/**
 * @param {import("./layout.js").Layout} layout
 * @param {number} column
 * @param {number} unit
 */
const placeOf = ({ places }, column, unit) => /** @type {{ x: number, y: number }} */ (places[column].get(unit))

/**
 * A bias has no line.
 * @param {Weight} weight
 * @returns {weight is Weight & { source: number }}
 */
const isConnection = (weight) => weight.source !== null
