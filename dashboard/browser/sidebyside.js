/**
 * Boundaries of several runs at one epoch, and the map of where two of them disagree. The hand moves the epoch here; the
 * server answers with the pictures of that epoch, one question at a time, always the latest.
 */

import { tableOf } from "./colors.js"
import { bytes, floats } from "./decode.js"
import { element, fitChildren, say } from "./dom.js"
import { mounted, whenGone } from "./mount.js"
import { fill, formatNumber } from "./numbers.js"
import { paintDots, paintGrid } from "./paint.js"
import { drawnCharts, plotly } from "./plotly.js"
import { Words } from "./words.js"

const PIXELS = 4 // of a picture for each cell and direction: points are round then
const PALE = 0.18 // opacity of a point that isn't spoken of

/**
 * @typedef {object} Picture
 * @property {string} letter of the run
 * @property {string} name
 * @property {string} color
 * @property {string} alt
 * @property {string} says
 * @property {string} z bytes, as base64
 * @property {string} levels their colours, as base64
 * @property {[number, number, number, number]} extent left, right, bottom, top
 * @property {Points} points
 *
 * @typedef {object} Points Arrays as base64.
 * @property {string} X (n, 2) float32
 * @property {string} ink (n, 3) red, green, blue
 * @property {string} on (n,) whether the point is spoken of
 *
 * @typedef {object} Data
 * @property {number} serial grows with each answer
 * @property {number} epoch of the pictures
 * @property {number} last epoch of the longest run
 * @property {number} columns
 * @property {number} rows
 * @property {Picture[]} pictures
 * @property {string} disagreement
 * @property {string} language
 * @property {{ epoch: string, timeline: string }} words
 *
 * @typedef {(word: string, epoch: number) => void} Tell
 */

/**
 * An epoch that the runs have, for any number.
 * @param {number} epoch
 * @param {number} last
 */
export const within = (epoch, last) => Math.max(0, Math.min(Math.round(epoch), last))

/**
 * The points of a picture, as they are painted.
 * @param {Points} points
 * @returns {import("./paint.js").Dots}
 */
export function dotsOf({ X, ink, on }) {
  const places = floats(X)
  const colors = bytes(ink)
  const solid = bytes(on)
  return {
    x: places.filter((_value, i) => i % 2 === 0),
    y: places.filter((_value, i) => i % 2 === 1),
    fill: (k) => `rgb(${colors.subarray(3 * k, 3 * k + 3)})`,
    radius: (k) => (solid[k] ? 5 : 4),
    opacity: (k) => (solid[k] ? 1 : PALE),
  }
}

function figure() {
  const caption = element("figcaption", {}, element("b"), element("span"))
  return element("figure", {}, caption, element("canvas", { role: "img" }), element("p"))
}

class SideBySide {
  /** @type {Data | null} */
  data = null
  /** @type {any} the loss chart that is listened to */
  chart = null
  /** @type {Tell} */
  tell = () => {}
  words = new Words((word, epoch) => this.tell(word, epoch))
  seekClicked = (/** @type {{ points: { x: number }[] }} */ { points }) => this.seek(points[0].x)

  /** @param {ParentNode} root */
  constructor(root) {
    this.part = (/** @type {string} */ selector) => /** @type {HTMLElement} */ (root.querySelector(selector))
    this.input = /** @type {HTMLInputElement} */ (this.part("input"))
    this.input.oninput = () => this.seek(Number(this.input.value))
    this.watch = setInterval(() => this.look(), 200)
  }

  /** @param {number} epoch */
  seek(epoch) {
    if (!this.data) return
    const wanted = within(epoch, this.data.last)
    say(this.part(".epoch"), this.named(wanted))
    this.words.want("seek", wanted)
  }

  /** @param {number} epoch */
  named(epoch) {
    if (!this.data) return ""
    return fill(this.data.words.epoch, { epoch: formatNumber(epoch, 0, this.data.language) })
  }

  /**
   * @param {Data} data
   * @param {Tell} tell
   */
  receive(data, tell) {
    this.tell = tell
    if (data.serial === this.data?.serial) return
    this.data = data
    this.showTime(data)
    const pictures = this.part(".pictures")
    fitChildren(pictures, data.pictures.length, figure)
    for (const [i, picture] of data.pictures.entries()) {
      this.draw(/** @type {HTMLElement} */ (pictures.children[i]), picture, data)
    }
    say(this.part(".map"), data.disagreement)
    this.mark()
    pictures.dataset.epoch = String(data.epoch)
    this.words.hear(data.serial)
  }

  /** @param {Data} data */
  showTime({ epoch, last, words }) {
    this.input.max = String(last)
    this.part(".timeline").hidden = !last
    this.input.setAttribute("aria-label", words.timeline)
    this.input.setAttribute("aria-valuetext", this.named(epoch))
    if (this.words.wanted) return // the hand is elsewhere by now
    this.input.value = String(epoch)
    say(this.part(".epoch"), this.named(epoch))
  }

  /**
   * @param {HTMLElement} place
   * @param {Picture} picture
   * @param {{ columns: number, rows: number }} size
   */
  draw(place, { letter, name, color, alt, says, z, levels, extent, points }, { columns, rows }) {
    const inner = (/** @type {string} */ selector) => /** @type {Element} */ (place.querySelector(selector))
    const canvas = /** @type {HTMLCanvasElement} */ (inner("canvas"))
    place.style.setProperty("--run", color)
    place.title = name
    say(inner("b"), letter)
    say(inner("span"), name)
    say(inner("p"), says)
    canvas.setAttribute("aria-label", alt)
    canvas.width = PIXELS * columns
    canvas.height = PIXELS * rows
    const context = paintGrid(canvas, bytes(z), tableOf(bytes(levels)), columns, rows)
    paintDots(context, dotsOf(points), extent)
  }

  look() {
    this.mark()
    this.words.next()
  }

  /** The line on the loss chart that Streamlit has mounted; it puts its own back when it resizes or changes theme. */
  mark() {
    const [chart] = drawnCharts(".st-key-compared_losses")
    if (!this.data || !plotly() || !chart) return
    const { epoch } = this.data
    if (chart.layout.shapes?.length && chart.layout.shapes[0].x0 !== epoch)
      plotly().relayout(chart, { "shapes[0].x0": epoch, "shapes[0].x1": epoch })
    if (chart === this.chart) return
    this.chart?.removeListener?.("plotly_click", this.seekClicked)
    this.chart = chart
    chart.on("plotly_click", this.seekClicked)
  }

  close() {
    clearInterval(this.watch)
    this.chart?.removeListener?.("plotly_click", this.seekClicked)
  }
}

/** @param {{ data: Data | null, parentElement: ParentNode & Node, setTriggerValue: Tell }} mount */
export default function ({ data, parentElement, setTriggerValue }) {
  const shown = mounted(parentElement, () => new SideBySide(parentElement))
  if (data) shown.receive(data, setTriggerValue)
  return whenGone(parentElement)
}
