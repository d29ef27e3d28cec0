/** What the parts of a network are called beside an opened step, and its numbers as they stand there. Pure. */

import { fill, formatNumber, formatPower } from "../numbers.js"

/**
 * @typedef {import("./types.js").Step} Step
 * @typedef {import("./types.js").Weight} Weight
 * @typedef {import("./types.js").Value} Value
 */

/** How many. @param {number} n */
export const count = (n) => formatNumber(n, 0, "en")

/** As a factor: a negative number in brackets. @param {Value} value */
export const factor = (value) => (value !== null && value < 0 ? `(${formatPower(value)})` : formatPower(value))

/**
 * A unit's name: x0, unit 3, logit 1.
 * @param {Pick<Step, "words" | "columns" | "inputs" | "short">} step
 * @param {number} column
 * @param {number} unit
 */
export function nameOf({ words, columns, inputs, short }, column, unit) {
  if (column === 0) return inputs[unit]
  if (column === columns.length - 1) return fill(words.names.logit, { n: short[unit] })
  if (columns.length === 3) return fill(words.names.unit, { n: unit })
  return fill(words.names.unitOf, { n: unit, layer: column })
}

/**
 * @param {Pick<Step, "words" | "columns" | "inputs" | "short">} step
 * @param {Pick<Weight, "layer" | "unit" | "source">} weight
 */
export const nameOfWeight = (step, { layer, unit, source }) =>
  fill(step.words.ofWeight, {
    to: nameOf(step, layer + 1, unit),
    from: source === null ? step.words.bias : nameOf(step, layer, source),
  })

/**
 * The terms of a unit's sum: its weights times what comes in, its bias, and … for what isn't drawn.
 * @param {Pick<Step, "weights" | "columns">} step
 * @param {number} layer
 * @param {number} unit
 */
export function termsOf({ weights, columns }, layer, unit) {
  const { h, units, total } = columns[layer]
  const incoming = weights.filter((weight) => weight.layer === layer && weight.unit === unit)
  const terms = incoming.map(({ source, before }) =>
    source === null ? factor(before) : `${factor(before)} · ${factor(h[units.indexOf(source)])}`,
  )
  return { terms, whole: total === units.length }
}

/**
 * Which of the points is spoken of, or of how many.
 * @param {Step} step
 */
export function whichPoint({ words, single, answers, map, points, price, classes }) {
  if (!single) return fill(words.batch, { n: count(points) })
  const [x0, x1] = answers.x.map((value) => formatPower(value))
  const y = price ? formatPower(answers.y[0]) : classes[answers.y[0]]
  return fill(words.point, { row: map.point, x0, x1, y })
}
