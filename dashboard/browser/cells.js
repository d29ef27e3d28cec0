/** One cell of a sweep beside its chart: the one under the hand, else the chosen one. */

import { tableOf } from "./colors.js"
import { bytes } from "./decode.js"
import { say } from "./dom.js"
import { mounted, whenGone } from "./mount.js"
import { paintGrid } from "./paint.js"
import { drawnCharts } from "./plotly.js"

const WIDTH = 300 // pixels

/**
 * @typedef {{ name: string, says: string, alt: string, z: string }} Cell z: bytes as base64; empty where no run is done
 *
 * @typedef {object} Data
 * @property {string} chart the key of the chart beside
 * @property {string | null} chosen "row,column"
 * @property {number} columns of a picture
 * @property {number} rows
 * @property {string} levels colours, as base64
 * @property {Record<string, Cell>} cells by "row,column"
 * @property {string} nothing what is said where no cell is pointed at
 *
 * @typedef {(word: "pick", cell: [number, number]) => void} Tell
 * @typedef {{ points: { pointNumber: [number, number] }[] }} Pointed what Plotly says of a place in a heatmap
 */

/**
 * The cell at a place, or what stands there for none.
 * @param {Data} data
 * @param {string | null} place
 * @returns {Cell}
 */
export const cellAt = ({ cells, nothing }, place) =>
  (place !== null && cells[place]) || { name: "", says: nothing, alt: nothing, z: "" }

class Cells {
  /** @type {any} the chart that is listened to */
  chart = null
  /** @type {Data | null} */
  data = null
  /** @type {Tell} */
  tell = () => {}
  listeners = {
    plotly_hover: (/** @type {Pointed} */ { points }) => this.show(points[0].pointNumber.join()),
    plotly_unhover: () => this.show(this.data?.chosen ?? null),
    plotly_click: (/** @type {Pointed} */ { points }) => this.tell("pick", points[0].pointNumber),
  }

  /** @param {ParentNode} root */
  constructor(root) {
    this.part = (/** @type {string} */ selector) => /** @type {HTMLElement} */ (root.querySelector(selector))
    this.watch = setInterval(() => this.listen(), 200)
  }

  /**
   * @param {Data} data
   * @param {Tell} tell
   */
  receive(data, tell) {
    this.tell = tell
    this.data = data
    this.show(data.chosen)
  }

  /** Streamlit mounts the chart anew for new data. */
  listen() {
    const chart = this.data && drawnCharts(`.st-key-${this.data.chart}`)[0]
    if (!chart || chart === this.chart) return
    this.leave()
    this.chart = chart
    for (const [name, listener] of Object.entries(this.listeners)) chart.on(name, listener)
  }

  leave() {
    for (const [name, listener] of Object.entries(this.listeners)) this.chart?.removeListener?.(name, listener)
  }

  /** @param {string | null} place */
  show(place) {
    if (!this.data) return
    const { columns, rows, levels } = this.data
    const { name, says, alt, z } = cellAt(this.data, place)
    const canvas = /** @type {HTMLCanvasElement} */ (this.part("canvas"))
    this.part(".cell").dataset.place = place ?? ""
    say(this.part("b"), name)
    say(this.part("p"), says)
    canvas.setAttribute("aria-label", alt)
    canvas.classList.toggle("empty", !z)
    canvas.width = WIDTH
    canvas.height = (WIDTH * rows) / columns
    if (z) paintGrid(canvas, bytes(z), tableOf(bytes(levels)), columns, rows)
  }

  close() {
    clearInterval(this.watch)
    this.leave()
  }
}

/** @param {{ data: Data | null, parentElement: ParentNode & Node, setTriggerValue: Tell }} mount */
export default function ({ data, parentElement, setTriggerValue }) {
  const cells = mounted(parentElement, () => new Cells(parentElement))
  if (data) cells.receive(data, setTriggerValue)
  return whenGone(parentElement)
}
