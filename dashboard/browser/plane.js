/**
 * Puts a picture, marks and lines straight into the boundary chart that Plotly has drawn: Plotly itself would draw every
 * point of the chart again, which takes longer than a picture may.
 */

import { colorTable } from "./colors.js"
import { pack } from "./decode.js"
import { gridCanvas } from "./paint.js"

/** @typedef {{ x: ArrayLike<number>, y: ArrayLike<number> }} Path */

/**
 * @typedef {object} Traces The traces' ids: each is the `meta` (plotly.py keeps no `uid`) or `name` of one of the figure's traces.
 * @property {string} picture the heatmap
 * @property {string} wrong misclassified points
 * @property {string} [contours]
 * @property {string} [hinges]
 *
 * @typedef {object} Plane
 * @property {Uint8Array} values of the heatmap, bottom row first
 * @property {number} columns
 * @property {number} rows
 * @property {number} x0 where the heatmap's first column lies
 * @property {number} dx
 * @property {number} y0
 * @property {number} dy
 * @property {import("./colors.js").Scale} [scale] its colours, where they aren't those of the figure
 * @property {string[] | null} [classes] what the heatmap tells of each cell under the hand, where it isn't its value
 * @property {Path} wrong coordinates
 * @property {Path | null} [contours] NaN ends a piece; null: none
 * @property {Path | null} [hinges]
 *
 * @typedef {any} Chart the element that Plotly draws in, with what it keeps there
 */

const XLINK = "http://www.w3.org/1999/xlink"
const SVG = "http://www.w3.org/2000/svg"
const ARM = 2.5 // half a mark's size, pixels

/**
 * The number of the trace with this id, or −1.
 * @param {Chart} chart
 * @param {string | undefined} id
 * @returns {number}
 */
export const traceOf = (chart, id) =>
  id === undefined ? -1 : chart.data.findIndex((/** @type {any} */ trace) => trace.meta === id || trace.name === id)

/**
 * Show a picture, or say that Plotly must (false): something has no place in the chart yet.
 * @param {Chart} chart
 * @param {Plane} plane
 * @param {Traces} traces
 */
export function paintPlane(chart, plane, traces) {
  const picture = traceOf(chart, traces.picture)
  if (picture < 0 || !paintHeatmap(chart, picture, plane)) return false
  if (!paintMarks(chart, traceOf(chart, traces.wrong), plane.wrong)) return false
  for (const line of /** @type {const} */ (["contours", "hinges"])) {
    const trace = traceOf(chart, traces[line])
    if (trace >= 0 && !paintLine(chart, trace, plane[line] ?? null)) return false
  }
  chart.emit("plotly_restyle", [{}, [picture]])
  return true
}

/**
 * Take the marks away that `paintPlane` has drawn: before Plotly draws its own.
 * @param {Chart} chart
 */
export const clearPlane = (chart) => {
  for (const mark of chart.querySelectorAll(".painted")) mark.remove()
}

/**
 * What Plotly's restyle is given to show the same.
 * @param {Chart} chart
 * @param {Plane} plane
 * @param {Traces} traces
 * @returns {[Record<string, unknown[]>, number[]]}
 */
export function restyleOf(chart, plane, traces) {
  const { values, columns, rows, scale, classes } = plane
  const update = {
    z: [pack(values, [rows, columns])],
    x: /** @type {unknown[]} */ ([undefined]),
    y: /** @type {unknown[]} */ ([undefined]),
  }
  const places = Object.fromEntries(["x0", "dx", "y0", "dy"].map((key) => [key, [plane[/** @type {"x0"} */ (key)]]]))
  /** @type {Record<string, unknown[]>} */
  const colors = scale ? { colorscale: [scale.colorscale], zmin: [scale.zmin], zmax: [scale.zmax] } : {}
  /** @type {Record<string, unknown[]>} */
  const told = classes ? { customdata: [byRow(classes, rows, columns)] } : {}
  const numbers = [traceOf(chart, traces.picture)]
  for (const line of /** @type {const} */ (["wrong", "contours", "hinges"])) {
    const trace = traceOf(chart, traces[line])
    const path = plane[line]
    if (trace < 0 || !path) continue
    numbers.push(trace)
    update.x.push(path.x)
    update.y.push(path.y)
  }
  return [{ ...update, ...places, ...colors, ...told }, numbers]
}

/**
 * @param {Chart} chart
 * @param {number} trace
 * @param {Plane} plane
 */
function paintHeatmap(chart, trace, { values, columns, rows, scale, classes, x0, dx, y0, dy }) {
  const image = chart.querySelector(".heatmaplayer image")
  const calculated = chart.calcdata?.[trace]?.[0]
  if (!image || !calculated) return false
  const data = chart.data[trace]
  if (scale) Object.assign(data, scale)
  const canvas = gridCanvas(values, colorTable(scale ?? data), columns, rows)
  image.setAttributeNS(XLINK, "xlink:href", canvas.toDataURL())
  place(image, chart._fullLayout, edges(x0, dx, columns), edges(y0, dy, rows))
  Object.assign(data, { x0, dx, y0, dy, z: pack(values, [rows, columns]) }) // for the next whole drawing
  chart._fullData[trace].z = calculated.z = byRow(values, rows, columns) // for hovering
  if (classes) chart._fullData[trace].customdata = data.customdata = byRow(classes, rows, columns)
  calculated.x = edges(x0, dx, columns)
  calculated.y = edges(y0, dy, rows)
  return true
}

/**
 * @template {Uint8Array | string[]} Cells
 * @param {Cells} cells
 * @param {number} rows
 * @param {number} columns
 */
const byRow = (cells, rows, columns) =>
  Array.from({ length: rows }, (_, row) => cells.slice(row * columns, (row + 1) * columns))

/**
 * The edges of evenly spaced cells.
 * @param {number} first
 * @param {number} step
 * @param {number} n
 */
const edges = (first, step, n) => Array.from({ length: n + 1 }, (_, k) => first + (k - 0.5) * step)

/**
 * Where the image lies, in pixels: a coarser mesh has wider cells at its edges.
 * @param {Element} image
 * @param {any} layout
 * @param {number[]} x
 * @param {number[]} y
 */
function place(image, { xaxis, yaxis }, x, y) {
  const [left, right] = [xaxis.c2p(x[0]), xaxis.c2p(x[x.length - 1])]
  const [bottom, top] = [yaxis.c2p(y[0]), yaxis.c2p(y[y.length - 1])]
  const box = { x: left, y: top, width: right - left, height: bottom - top }
  for (const [name, pixels] of Object.entries(box)) image.setAttribute(name, String(pixels))
}

/**
 * The group that Plotly has drawn a scatter trace in.
 * @param {Chart} chart
 * @param {number} trace
 */
export const groupOf = (chart, trace) =>
  [...chart.querySelectorAll(".scatterlayer .trace")].find((group) => group.__data__?.[0]?.trace?.index === trace)

/**
 * @param {Chart} chart
 * @param {number} trace
 * @param {Path} path
 */
function paintMarks(chart, trace, { x, y }) {
  if (trace < 0 || chart.data[trace].visible === false) return true
  const points = groupOf(chart, trace)?.querySelector(".points")
  if (!points) return !x.length
  const { line, opacity } = chart._fullData[trace].marker
  for (const path of points.querySelectorAll("path.point")) path.remove()
  const style = `fill: none; stroke: ${line.color}; stroke-width: ${line.width}px; opacity: ${opacity}`
  const { xaxis, yaxis } = chart._fullLayout
  const mark = (/** @type {number} */ at, /** @type {number} */ k) =>
    `M${xaxis.c2p(at) - ARM},${yaxis.c2p(y[k]) - ARM}l5,5m0,-5l-5,5`
  draw(points, style, Array.from(x, mark).join(""))
  Object.assign(chart.data[trace], { x, y })
  return true
}

/**
 * @param {Chart} chart
 * @param {number} trace
 * @param {Path | null} path
 */
function paintLine(chart, trace, path) {
  if (!path) return !chart.data[trace].x?.length
  const lines = groupOf(chart, trace)?.querySelector(".lines")
  if (!lines) return !path.x.length
  for (const line of lines.querySelectorAll("path.js-line")) line.remove()
  const { color, width } = chart._fullData[trace].line
  const { xaxis, yaxis } = chart._fullLayout
  let commands = ""
  let pen = "M"
  for (let k = 0; k < path.x.length; k++) {
    if (!Number.isNaN(path.x[k]))
      commands += `${pen}${xaxis.c2p(path.x[k]).toFixed(1)},${yaxis.c2p(path.y[k]).toFixed(1)}`
    pen = Number.isNaN(path.x[k]) ? "M" : "L"
  }
  draw(lines, `fill: none; stroke: ${color}; stroke-width: ${width}px`, commands)
  Object.assign(chart.data[trace], path)
  return true
}

/**
 * One path of all marks or lines.
 * @param {Element} group
 * @param {string} style
 * @param {string} commands
 */
function draw(group, style, commands) {
  const path = group.querySelector(".painted") ?? group.appendChild(document.createElementNS(SVG, "path"))
  path.setAttribute("class", "painted moons-marks")
  path.setAttribute("style", style)
  path.setAttribute("d", commands)
}
