/** Where a weight's gradient comes from, and the step that it makes. */

import { element } from "../dom.js"
import { fill, formatPower } from "../numbers.js"
import { count, factor } from "./names.js"
import { between, chain, legend, numberBox, paragraph, picker, resultBox, term } from "./parts.js"

/**
 * @typedef {import("./types.js").Step} Step
 * @typedef {import("./types.js").Weight} Weight
 * @typedef {import("./types.js").Chain} Chain
 * @typedef {import("./types.js").Spread} Spread
 */

/**
 * @param {Step} step
 * @param {Weight} weight
 * @returns {Element[]}
 */
export function backwardPanel(step, weight) {
  const found = step.ways[weight.way]
  const made = "factors" in found ? chainOf(step, weight, found) : spreadOf(step, weight, found)
  return [legend(step.words, step.words.lineGradient), picker(step, weight), ...made, proofOf(step, weight)]
}

/**
 * One point's gradient: the product of the factors on the path.
 * @param {Step} step
 * @param {Weight} weight
 * @param {Chain} found
 */
function chainOf(step, weight, found) {
  const boxes = found.factors.map(({ name, value }) => numberBox(value, name))
  const result = resultBox(weight.gradient, step.words.gradient)
  return [...startOf(step), chain(boxes, "×", result), ...sourcesOf(step, found)]
}

/**
 * Where the gradient begins: probability − y at each logit.
 * @param {Step} step
 */
function startOf({ starts, words, short }) {
  if (!starts) return []
  const parts = starts.map(({ label, p, y, dz }) => {
    const name = fill(words.names.logit, { n: short[label] })
    return term(fill(words.start, { name, p: formatPower(p), y, dz: formatPower(dz) }))
  })
  return [paragraph("led starts", `${words.starts} `, ...between(parts, () => " · "))]
}

/**
 * The paths by which the loss reaches a hidden unit, whose sum is the first factor.
 * @param {Step} step
 * @param {Chain} found
 */
function sourcesOf({ words }, { factors, sources, more, rest }) {
  const n = sources.length + more
  if (!n) return []
  /** @type {(Node | string)[]} */
  const terms = sources.map(({ gradient, weight }) => term(`${factor(gradient)} · ${factor(weight)}`))
  if (more) terms.push(`${formatPower(rest)} (${fill(words.rest, { n: more })})`)
  const first = n > 1 ? fill(words.ledBack, { n }) : words.ledBackOne
  return [paragraph("led", `${first} `, ...between(terms, () => " + "), ` = ${formatPower(factors[0].value)}`)]
}

/**
 * A batch's gradient: the sum of its points' parts.
 * @param {Step} step
 * @param {Weight} weight
 * @param {Spread} found
 */
function spreadOf({ words }, weight, { parts, more, rest }) {
  const boxes = parts.map(({ row, value }) => numberBox(value, fill(words.row, { row })))
  boxes.push(numberBox(rest, fill(words.rest, { n: count(more) })))
  return [paragraph("", words.parts), chain(boxes, "+", resultBox(weight.gradient, words.gradient))]
}

/**
 * The slope that was measured, or a button that asks for it.
 * @param {Step} step
 * @param {Weight} weight
 */
function proofOf({ words, checked }, { way, gradient }) {
  if (checked?.way !== way) return element("button", { type: "button", class: "check" }, words.check)
  const { h, below, above, slope } = checked
  const values = {
    h: formatPower(h),
    below: formatPower(below, 9),
    above: formatPower(above, 9),
    slope: formatPower(slope, 6),
    gradient: formatPower(gradient, 6),
  }
  return paragraph("proof", fill(words.checked, values))
}

/**
 * A weight before and after the step.
 * @param {Step} step
 * @param {Weight} weight
 * @returns {Element[]}
 */
export function stepPanel(step, weight) {
  const { words, optimizer, loss, lossAfter } = step
  const plain = optimizer === "sgd"
  const notes = []
  if (weight.used !== weight.gradient) notes.push(fill(words.changed, { used: formatPower(weight.used) }))
  if (!plain) notes.push(fill(words.other, { optimizer: words.optimizer }))
  return [
    legend(words, words.lineChange),
    picker(step, weight),
    ...(plain ? [element("code", { class: "rule" }, words.rule)] : []),
    plain ? ruleOf(step, weight) : moveOf(step, weight),
    paragraph("", notes.join(" ")),
    chain([numberBox(loss, words.lossBefore), resultBox(lossAfter, words.lossAfter)], "→"),
  ]
}

/**
 * old − rate × gradient = new
 * @param {Step} step
 * @param {Weight} weight
 */
function ruleOf({ words, rate }, { before, used, after }) {
  const boxes = [numberBox(before, words.old, 6), numberBox(rate, words.rate), numberBox(used, words.gradient, 6)]
  return chain(boxes, ["−", "×"], resultBox(after, words.new, 6))
}

/**
 * old + update = new
 * @param {Step} step
 * @param {Weight} weight
 */
function moveOf({ words }, { before, after }) {
  const update = numberBox((after ?? 0) - (before ?? 0), words.update, 6)
  return chain([numberBox(before, words.old, 6), update], "+", resultBox(after, words.new, 6))
}
