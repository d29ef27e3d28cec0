/** What is said, in numbers, under the picture of an opened step: one panel for each line of the loop. */

import { element, filled } from "../dom.js"
import { fill, formatPower } from "../numbers.js"
import { backwardPanel, stepPanel } from "./gradient_panels.js"
import { count, termsOf } from "./names.js"
import { between, legend, paragraph, picker, term } from "./parts.js"
import { LINE } from "./types.js"

/**
 * @typedef {import("./types.js").Step} Step
 * @typedef {import("./types.js").Weight} Weight
 * @typedef {import("./types.js").Pointed} Pointed
 * @typedef {import("./types.js").Line} Line
 */

/**
 * @param {number} line of the loop
 * @param {Step} step
 * @param {object} about
 * @param {Weight} about.weight the one chosen or pointed at
 * @param {Pointed} about.pointed the weight or unit that the model's numbers are of
 * @param {Line | undefined} about.program the line of the program that is pointed at
 * @returns {Element[]}
 */
export function panelOf(line, step, { weight, pointed, program }) {
  if (line === LINE.loss) return step.price ? errorPanel(step) : classPanel(step)
  if (line === LINE.append) return appendPanel(step)
  if (line === LINE.zero) return zeroPanel(step, weight)
  if (line === LINE.backward) return backwardPanel(step, weight)
  if (line === LINE.step) return stepPanel(step, weight)
  return program?.say ? programPanel(program) : modelPanel(step, pointed)
}

/**
 * What a line of the network's class computes.
 * @param {Line} program
 */
const programPanel = ({ code, say }) => [paragraph("shape", element("code", {}, code.trim())), paragraph("sum", say)]

/**
 * A unit's sum, and what it gives.
 * @param {Step} step
 * @param {Pointed} pointed
 */
function modelPanel(step, pointed) {
  const { words, shapes, classes, columns } = step
  const { layer, unit } = "way" in pointed ? weightOf(step, pointed.way) : pointed
  const { units, z, h, on } = columns[layer + 1]
  const place = units.indexOf(unit)
  const { terms, whole } = termsOf(step, layer, unit)
  const isOutput = layer === columns.length - 2
  const values = {
    unit: isOutput ? classes[unit] : String(unit),
    z: formatPower(z?.[place]),
    h: formatPower(h[place]),
    on: `${Math.round(100 * (on?.[place] ?? 0))} %`,
    terms: between([...terms.map((text) => term(text)), ...(whole ? [] : ["…"])], () => " + "),
  }
  const sizes = shapes.map((size) => element("code", {}, size))
  return [
    paragraph("shape", `${words.shapes} `, ...between(sizes, () => " → ")),
    legend(words, words.line),
    paragraph("sum", ...filled(sentenceOf(step, isOutput), values)),
    paragraph("led", words.hint),
  ]
}

/**
 * @param {Step} step
 * @param {boolean} isOutput
 */
function sentenceOf({ words, single }, isOutput) {
  if (isOutput) return single ? words.logit : words.logitMean
  return single ? words.unit : words.unitMean
}

/**
 * @param {Pick<Step, "weights">} step
 * @param {string} way
 */
export const weightOf = ({ weights }, way) => /** @type {Weight} */ (weights.find((weight) => weight.way === way))

/**
 * What predictions of numbers cost.
 * @param {Step} step
 */
function errorPanel({ words, single, answers, points, loss }) {
  const [predicted, y] = [answers.predicted?.[0] ?? null, answers.y[0]]
  const error = formatPower((predicted ?? 0) - y)
  const miss = fill(words.miss, { predicted: formatPower(predicted), y: formatPower(y), error })
  const cost = fill(single ? words.itsCost : words.meanCost, { n: count(points), loss: formatPower(loss) })
  return single ? [paragraph("", miss), paragraph("big", cost)] : [paragraph("big", cost)]
}

/**
 * What predictions of classes cost.
 * @param {Step} step
 */
function classPanel({ words, single, answers, points, loss, classCost }) {
  if (!single) return [paragraph("big", fill(words.meanCost, { n: count(points), loss: formatPower(loss) }))]
  const p = formatPower(answers.true?.[0])
  const ofOne = classCost?.name === "cross_entropy" ? words.cost : words.itsCost
  const cost = paragraph("big", fill(ofOne, { p, loss: formatPower(loss) }))
  if (classCost?.name === "hinge") return [cost]
  const powers = answers.logits.map(power)
  const share = { power: power(answers.logits[answers.y[0]]), powers: between(powers, () => " + "), p }
  return [paragraph("", ...filled(words.share, share)), cost]
}

/** @param {import("./types.js").Value} logit */
const power = (logit) => term("e", element("sup", {}, formatPower(logit)))

/** @param {Step} step */
function appendPanel({ words, curve, epoch, single }) {
  if (curve.recorded === null) return [paragraph("", words.notYet)]
  const loss = formatPower(curve.recorded)
  const noted = paragraph("big", fill(words.noted, { epoch: count(epoch), loss }))
  return single ? [noted, paragraph("", fill(words.notRun, { loss }))] : [noted]
}

/**
 * What zero_grad takes away.
 * @param {Step} step
 * @param {Weight} weight
 */
function zeroPanel(step, weight) {
  const { words, left } = step
  if (left.nothing) return [paragraph("", words.leftNone)]
  const times = formatPower(left.piledNorm / left.norm, 1)
  const values = {
    left: formatPower((weight.unclear ?? 0) - (weight.gradient ?? 0)),
    gradient: formatPower(weight.gradient),
    unclear: formatPower(weight.unclear),
  }
  return [
    paragraph("", fill(words.leftAll, { times, turned: left.turned, total: left.total })),
    picker(step, weight),
    paragraph("", fill(words.left, values)),
  ]
}
