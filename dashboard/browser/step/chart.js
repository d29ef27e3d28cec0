/** A small chart: two axes with their titles and a few numbers, in which lines and dots are drawn. */

import { svg } from "../dom.js"

const FOOT = 40 // pixels under the chart, for numbers and a title

/** @typedef {import("./types.js").Value} Value */

/**
 * @typedef {object} Frame
 * @property {number} width of the whole picture, pixels
 * @property {number} height
 * @property {number} left of the chart
 * @property {number} right
 * @property {number} top
 * @property {[number, number]} across the values at the left and right end
 * @property {number} tallest value; what is larger, or infinite, lies there
 */

/**
 * Where values lie in a chart.
 * @param {Frame} frame
 */
export function scalesOf({ height, left, right, top, across: [first, last], tallest }) {
  const bottom = height - FOOT
  return {
    bottom,
    x: (/** @type {number} */ value) => left + ((value - first) / (last - first)) * (right - left),
    y: (/** @type {Value} */ value) =>
      bottom - (Math.min(value ?? Number.POSITIVE_INFINITY, tallest) / tallest) * (bottom - top),
  }
}

/**
 * The commands of a line through places.
 * @param {[number, number][]} places
 */
export const pathThrough = (places) => places.map(([x, y], k) => `${k ? "L" : "M"}${x},${y}`).join("")

export class Chart {
  /**
   * @param {Frame} frame
   * @param {{ across: string, up: string }} titles
   */
  constructor(frame, { across, up }) {
    const { width, height, left, right, top } = frame
    const { bottom, x, y } = scalesOf(frame)
    this.frame = frame
    this.bottom = bottom
    this.x = x
    this.y = y
    this.drawing = svg(
      "svg",
      { width, height, viewBox: `0 0 ${width} ${height}`, role: "img" },
      svg("path", { d: `M${left},${top}V${bottom}H${right}`, class: "axis" }),
      svg("text", { class: "title", x: left, y: 14 }, up),
      svg("text", { class: "title", x: right, y: height - 8, "text-anchor": "end" }, across),
    )
  }

  /**
   * @param {Value[]} xs
   * @param {Value[]} ys
   * @param {Record<string, string | number>} style
   */
  line(xs, ys, style) {
    const places = xs.map((value, k) => /** @type {[number, number]} */ ([this.x(value ?? 0), this.y(ys[k])]))
    this.drawing.append(svg("path", { d: pathThrough(places), ...style }))
  }

  /**
   * @param {number} x
   * @param {Value} y
   * @param {Record<string, string | number>} style
   */
  dot(x, y, style) {
    this.drawing.append(svg("circle", { cx: this.x(x), cy: this.y(y), ...style }))
  }

  /**
   * A number under the chart.
   * @param {number} value
   * @param {string} text
   * @param {string} [anchor]
   */
  numberAcross(value, text, anchor = "middle") {
    this.drawing.append(svg("text", { x: this.x(value), y: this.bottom + 15, "text-anchor": anchor }, text))
  }

  /**
   * A number beside the chart.
   * @param {number} value
   * @param {string} text
   */
  numberUp(value, text) {
    this.drawing.append(svg("text", { x: this.frame.left - 8, y: this.y(value) + 4, "text-anchor": "end" }, text))
  }
}
