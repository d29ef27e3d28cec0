/** What a prediction costs: softmax as bars, and what the loss asks for the true class's probability; or for an error. */

import { svg } from "../dom.js"
import { fill, formatPower } from "../numbers.js"
import { Chart } from "./chart.js"

const HEIGHT = 330
const MOST = 5 // that a loss is drawn

/**
 * @typedef {import("./types.js").Step} Step
 * @typedef {import("./types.js").Value} Value
 */

/** A point by itself, or one of many. @param {boolean} single */
const dotOf = (single) => ({ r: single ? 7 : 4, "fill-opacity": single ? 1 : 0.6 })

/**
 * The price of a class's probability.
 * @param {Step & { classCost: import("./types.js").ClassCost }} step
 * @param {number} width
 */
export function classPrice(step, width) {
  const { answers, classCost, colors, words, single, loss } = step
  const bars = single ? Math.min(230, width * 0.4) : 0
  const tallest = Math.min(MOST, Math.ceil(Math.max(...classCost.cost.map((cost) => cost ?? 0))))
  const chart = new Chart(
    { width, height: HEIGHT, left: bars + 44, right: width - 16, top: 24, across: [0, 1], tallest },
    { across: words.probability, up: words.loss },
  )
  if (single) chart.drawing.append(...softmaxBars(step, bars))
  chart.line(classCost.p, classCost.cost, { class: "curve" })
  for (const p of [0, 0.5, 1]) chart.numberAcross(p, String(p))
  for (let cost = 0; cost < Math.max(2, tallest); cost++) chart.numberUp(cost, String(cost))
  markGuess(chart, step)
  for (const [k, p] of (answers.true ?? []).entries()) {
    chart.dot(p ?? 0, classCost.points[k], { fill: colors[answers.y[k]], ...dotOf(single) })
  }
  if (!single) chart.line([0, 1], [loss, loss], { class: "mean" })
  return chart.drawing
}

/**
 * What guessing costs.
 * @param {Chart} chart
 * @param {Step & { classCost: import("./types.js").ClassCost }} step
 */
function markGuess(chart, { answers, classCost, words, chance }) {
  const { guess } = classCost
  chart.line([0, 1 / answers.logits.length], [guess, guess], { class: "guess", stroke: chance })
  const where = { x: chart.frame.left + 4, y: chart.y(guess) - 5, class: "title" }
  chart.drawing.append(svg("text", where, `${words.chance}: ${formatPower(guess, 3)}`))
}

/**
 * @param {Step} step
 * @param {number} width
 */
function softmaxBars({ answers, words, short, colors }, width) {
  const probabilities = answers.probabilities ?? []
  const gap = Math.min(74, (HEIGHT - 60) / probabilities.length)
  const first = 40 + (HEIGHT - 60 - gap * probabilities.length) / 2
  const bars = probabilities.flatMap((p, label) => {
    const y = first + gap * label
    const mine = label === answers.y[0]
    const bar = { x: 8, y: y + 18, height: 16, rx: 3, fill: colors[label] }
    const name = `${fill(words.names.logit, { n: short[label] })} = ${formatPower(answers.logits[label])}`
    const text = `${formatPower(p)}${mine ? ` ← ${words.ofTrue}` : ""}`
    return [
      svg("rect", { ...bar, width: width - 20, "fill-opacity": 0.12 }),
      svg("rect", { ...bar, width: Math.max(1, (width - 20) * (p ?? 0)) }),
      svg("text", { x: 8, y: y + 12 }, name),
      svg("text", { class: mine ? "mine" : "", x: 8, y: y + 48 }, text),
    ]
  })
  return [svg("text", { class: "title", x: 8, y: 14 }, words.softmax), ...bars]
}

/**
 * The price of an error, in a regression, and the points' own.
 * @param {Step & { price: { error: number[], cost: number[] } }} step
 * @param {number} width
 */
export function errorPrice({ answers, price, words, single, colors }, width) {
  const widest = price.error[price.error.length - 1]
  const tallest = Math.max(...price.cost)
  const chart = new Chart(
    { width, height: HEIGHT, left: 56, right: width - 18, top: 24, across: [-widest, widest], tallest },
    { across: words.error, up: words.loss },
  )
  chart.line(price.error, price.cost, { class: "curve" })
  for (const error of [-widest, 0, widest]) chart.numberAcross(error, formatPower(error, 2))
  for (const cost of [0, tallest]) chart.numberUp(cost, formatPower(cost, 2))
  for (const error of errorsOf(answers)) {
    chart.dot(error, costOf(price, error), { fill: colors[0], ...dotOf(single) })
  }
  return chart.drawing
}

/**
 * @param {import("./types.js").Answers} answers
 */
export const errorsOf = ({ predicted = [], y }) => predicted.map((value, k) => (value ?? 0) - y[k])

/**
 * What an error costs, as the curve has it.
 * @param {{ error: number[], cost: number[] }} price
 * @param {number} error
 */
export function costOf({ error: errors, cost }, error) {
  const widest = errors[errors.length - 1]
  return cost[Math.round(((error + widest) / (2 * widest)) * (cost.length - 1))]
}
