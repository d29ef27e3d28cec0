/** Losses over the epochs, and the gradient's length over updates. */

import { svg } from "../dom.js"
import { formatPower } from "../numbers.js"
import { Chart } from "./chart.js"
import { count } from "./names.js"

const HEIGHT = 280
const TOP = 26

/**
 * @typedef {import("./types.js").Step} Step
 * @typedef {import("./types.js").Value} Value
 * @typedef {{ x: number[], y: Value[], color: string, dash?: string, name?: string }} Curve
 */

/**
 * The gradient's length from here on, with and without zero_grad.
 * @param {Step} step
 * @param {number} width
 */
export function lengthCurves({ piled, train, words }, width) {
  const x = [...piled.cleared.keys()]
  const cleared = { x, y: piled.cleared, color: train, name: words.with }
  const piledUp = { x, y: piled.piledUp, color: "currentColor", dash: "6 4", name: words.without }
  return chartOf([cleared, piledUp], { across: words.updates, up: words.length }, width).drawing
}

/**
 * The losses that are recorded by now, and this step's.
 * @param {Step} step
 * @param {number} width
 */
export function lossCurve(step, width) {
  const { curve, epoch, train, words } = step
  const noted = notedLoss(step)
  const first = !curve.epoch.length && noted !== null
  const line = first ? { x: [0], y: [noted], color: train } : { x: curve.epoch, y: curve.loss, color: train }
  const chart = chartOf([line], { across: words.epoch, up: words.loss }, width)
  if (noted !== null) chart.dot(epoch, noted, { r: 6, fill: train })
  return chart.drawing
}

/**
 * The loss that the run notes in this epoch, or null: a single point's isn't it.
 * @param {Pick<Step, "curve" | "single" | "loss">} step
 */
export const notedLoss = ({ curve, single, loss }) => curve.recorded ?? (single ? null : loss)

/**
 * @param {Curve[]} curves
 * @param {{ across: string, up: string }} titles
 * @param {number} width
 */
function chartOf(curves, titles, width) {
  const { last, tallest } = reach(curves)
  const frame = { width, height: HEIGHT, left: 56, right: width - 18, top: TOP }
  const chart = new Chart({ ...frame, across: [0, last], tallest }, titles)
  for (const share of [0, 0.5, 1]) chart.numberUp(share * tallest, formatPower(share * tallest, 2))
  for (const at of new Set([0, Math.round(last / 2), last])) {
    chart.numberAcross(at, count(at), at === last ? "end" : "middle")
  }
  for (const { x, y, color, dash = "none" } of curves) {
    chart.line(x, y, { class: "line", stroke: color, "stroke-dasharray": dash })
  }
  chart.drawing.append(...legend(curves, frame.left + 24))
  return chart
}

/**
 * How far curves go across, and up with a little room above; infinite values count for nothing.
 * @param {Pick<Curve, "x" | "y">[]} curves
 */
export function reach(curves) {
  const finite = curves.flatMap(({ y }) => y).filter((value) => value !== null)
  return { last: Math.max(1, ...curves.flatMap(({ x }) => x)), tallest: Math.max(...finite, 1e-9) * 1.12 }
}

/**
 * @param {Curve[]} curves
 * @param {number} left
 */
function legend(curves, left) {
  let x = left
  return curves.flatMap(({ color, dash = "none", name }) => {
    if (!name) return []
    const y = TOP + 8
    const style = { stroke: color, class: "line", "stroke-dasharray": dash }
    const item = [
      svg("line", { x1: x, x2: x + 24, y1: y, y2: y, ...style }),
      svg("text", { x: x + 30, y: y + 4 }, name),
    ]
    x += 60 + 7 * name.length
    return item
  })
}
