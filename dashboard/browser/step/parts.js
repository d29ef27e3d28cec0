/** What the panels under the picture of an opened step are made of. */

import { element, svg } from "../dom.js"
import { formatPower } from "../numbers.js"
import { nameOfWeight } from "./names.js"

/**
 * @typedef {import("./types.js").Step} Step
 * @typedef {import("./types.js").Words} Words
 * @typedef {import("./types.js").Value} Value
 * @typedef {Node | string} Content
 */

/**
 * @param {string} kind its CSS class
 * @param {Content[]} content
 */
export const paragraph = (kind, ...content) => element("p", { class: kind }, ...content)

/** What must not be broken across lines. @param {Content[]} content */
export const term = (...content) => element("span", { class: "term" }, ...content)

/**
 * A number with its name under it.
 * @param {string} value
 * @param {string} name
 * @param {string} [kind]
 */
export const box = (value, name, kind = "") =>
  element("span", { class: `box ${kind}` }, element("b", {}, value), element("small", {}, name))

/**
 * Boxes with a sign between each two, and what comes out.
 * @param {Element[]} boxes
 * @param {string | string[]} signs one for all, or each
 * @param {Element} [result]
 */
export function chain(boxes, signs, result) {
  const sign = (/** @type {string} */ text) => element("i", {}, text)
  const made = between(boxes, (i) => sign(typeof signs === "string" ? signs : signs[i]))
  return element("div", { class: "chain" }, ...made, ...(result ? [sign("="), result] : []))
}

/**
 * Parts with a separator between each two.
 * @template Part
 * @template Separator
 * @param {Part[]} parts
 * @param {(i: number) => Separator} separator
 * @returns {(Part | Separator)[]}
 */
export const between = (parts, separator) => parts.flatMap((part, i) => (i ? [separator(i - 1), part] : [part]))

/**
 * What the lines of the network's drawing mean.
 * @param {Words} words
 * @param {string} line
 */
export function legend({ positive, negative }, line) {
  return paragraph("legend", `${line} `, sample("none"), ` ${positive} `, sample("5 3"), ` ${negative}`)
}

/** @param {string} dash */
const sample = (dash) =>
  svg(
    "svg",
    { width: 30, height: 8 },
    svg("path", { d: "M0,4H30", class: "edge", "stroke-width": 2.5, "stroke-dasharray": dash }),
  )

/**
 * The list of weights, for keys and for fingers: a thin line is hard to press.
 * @param {Step} step
 * @param {{ way: string }} chosen
 */
export function picker(step, chosen) {
  const options = step.weights.map((weight) => element("option", { value: weight.way }, nameOfWeight(step, weight)))
  const select = element("select", {}, ...options)
  select.value = chosen.way
  return element("label", { class: "picker" }, `${step.words.weight} `, select)
}

/**
 * A number in a box, with so many decimals.
 * @param {Value} value
 * @param {string} name
 * @param {number} [digits]
 */
export const numberBox = (value, name, digits) => box(formatPower(value, digits), name)

/**
 * The number that comes out.
 * @param {Value} value
 * @param {string} name
 * @param {number} [digits]
 */
export const resultBox = (value, name, digits) => box(formatPower(value, digits), name, "result")
