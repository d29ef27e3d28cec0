/** Puts the loss's lines straight into the chart that Plotly has drawn, as plane.js does with the boundary's picture. */

import { groupOf, traceOf } from "../plane.js"

/**
 * @typedef {{ x: Float32Array, y: Float32Array }} Line
 * @typedef {any} Chart the element that Plotly draws in
 */

/**
 * Whether a loss lies within the axis as it is drawn: else Plotly must find another range.
 * @param {any} yaxis
 * @param {number} loss
 */
const fits = ({ range, type }, loss) => {
  const at = type === "log" ? Math.log10(loss) : loss
  return Number.isFinite(at) && at >= Math.min(...range) && at <= Math.max(...range)
}

/**
 * Show lines and the dot at the epoch looked at, or say that Plotly must (false).
 * @param {Chart} chart
 * @param {Record<string, Line>} lines by their traces' ids
 * @param {{ epoch: number, loss: number }} now
 */
export function paintLoss(chart, lines, now) {
  const { xaxis, yaxis } = chart._fullLayout
  if (!fits(yaxis, now.loss)) return false
  const found = Object.entries(lines).map(([id, line]) => {
    const trace = traceOf(chart, id)
    return { trace, line, path: groupOf(chart, trace)?.querySelector("path.js-line") }
  })
  const dot = traceOf(chart, "now")
  const point = groupOf(chart, dot)?.querySelector("path.point")
  if (!point || found.some(({ path, line }) => !path && line.x.length > 1)) return false
  const place = (/** @type {number} */ x, /** @type {number} */ y) =>
    `${xaxis.c2p(x).toFixed(1)},${yaxis.c2p(y).toFixed(1)}`
  for (const { trace, line, path } of found) {
    const commands = Array.from(line.x, (x, k) => place(x, line.y[k])).join("L")
    path?.setAttribute("d", commands && `M${commands}`)
    Object.assign(chart.data[trace], line) // for hovering and the next whole drawing
  }
  point.setAttribute("transform", `translate(${place(now.epoch, now.loss)})`)
  Object.assign(chart.data[dot], { x: [now.epoch], y: [now.loss] })
  chart.emit("plotly_restyle", [{}, [dot]])
  return true
}
