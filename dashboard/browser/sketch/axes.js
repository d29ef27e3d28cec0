/** Where an axis has its ticks, and how its numbers are written. Pure. */

/**
 * About five round numbers.
 * @param {number} low
 * @param {number} high
 */
export function ticks(low, high) {
  const rough = (high - low) / 5
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = power * ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10)
  const first = Math.ceil(low / step)
  return Array.from({ length: Math.floor(high / step) - first + 1 }, (_, i) => (first + i) * step)
}

/**
 * How many decimals tell numbers apart that lie within a span, to so many digits of it.
 * @param {number} span
 * @param {number} digits
 */
export const decimals = (span, digits) => Math.max(0, Math.min(12, digits - 1 - Math.floor(Math.log10(span) + 1e-9)))

/**
 * What writes an axis' numbers: with as many digits as tell them apart, in few letters where that can be.
 * @param {number[]} values the axis' ticks
 * @param {string} language
 * @returns {(value: number) => string}
 */
export function namer(values, language) {
  const large = Math.max(...values.map(Math.abs))
  const gap = Math.abs(values[1] - values[0])
  const compact = new Intl.NumberFormat(language, { notation: "compact", maximumSignificantDigits: 4 })
  const plain = new Intl.NumberFormat(language, { maximumFractionDigits: decimals(gap, 1) })
  const apart = new Set(values.map((value) => compact.format(value))).size === values.length
  const fitting = large > 1e4 && apart ? compact : plain
  const name = (/** @type {number} */ value) =>
    value && large < 1e-3 ? Number(value.toPrecision(4)).toExponential() : fitting.format(value)
  return (value) => name(value).replace(/^-/, "−")
}
