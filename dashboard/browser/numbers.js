/** Numbers as a person reads them. */

const NOTHING = "–"
/** @type {Record<string, string>} */
const RAISED = { "-": "⁻", 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴", 5: "⁵", 6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹" }

/**
 * A number with fixed decimals in the language's form; in exponent form where all decimals would be 0; – where it isn't finite.
 * @param {number | null | undefined} value
 * @param {number} digits decimals
 * @param {string} language a BCP 47 tag
 */
export function formatNumber(value, digits, language) {
  if (value === null || value === undefined || !Number.isFinite(value)) return NOTHING
  if (value && Math.abs(value) < 0.5 * 10 ** -digits) return value.toExponential(1)
  return value.toLocaleString(language, { minimumFractionDigits: digits, maximumFractionDigits: digits })
}

/**
 * A share as a percentage with one decimal.
 * @param {number | null | undefined} share 0 to 1
 * @param {string} language
 */
export function formatPercent(share, language) {
  if (share === null || share === undefined || !Number.isFinite(share)) return NOTHING
  return `${formatNumber(100 * share, 1, language)}%`
}

/**
 * A number with three significant digits and a real minus sign.
 * @param {number | null | undefined} value
 */
export function formatShort(value) {
  if (value === null || value === undefined || !Number.isFinite(value)) return NOTHING
  return value.toPrecision(3).replace("-", "−")
}

/**
 * A number with fixed decimals and a real minus sign; as a power of ten where it is too small or too large for them.
 * @param {number | null | undefined} value null: infinite
 * @param {number} [digits] decimals
 */
export function formatPower(value, digits = 4) {
  if (value === null || value === undefined) return "∞"
  const small = digits < 4 ? 0 : 10 ** (1 - digits)
  if (value === 0 || (Math.abs(value) >= small && Math.abs(value) < 1e5)) return value.toFixed(digits).replace("-", "−")
  const [factor, power] = value.toExponential(2).split("e")
  const raised = [...power.replace("+", "")].map((sign) => RAISED[sign]).join("")
  return `${factor.replace("-", "−")}·10${raised}`
}

/**
 * A sentence with its {names} filled in.
 * @param {string} template
 * @param {Record<string, unknown>} values
 */
export const fill = (template, values) => template.replace(/\{(\w+)\}/g, (_all, name) => String(values[name] ?? ""))
