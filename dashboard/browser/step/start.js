/** What is shown of a step before the hand has chosen anything. Pure. */

/**
 * @typedef {import("./types.js").Weight} Weight
 * @typedef {import("./types.js").Column} Column
 */

/**
 * The weight of the first layer with the largest gradient: its id.
 * @param {Weight[]} weights
 */
export function strongest(weights) {
  const first = weights.filter(({ layer, source }) => layer === 0 && source !== null)
  const size = (/** @type {Weight} */ { gradient }) => Math.abs(gradient ?? 0)
  return first.reduce((best, weight) => (size(weight) > size(best) ? weight : best)).way
}

/**
 * The unit of the first layer that gives most.
 * @param {Pick<Column, "h" | "units">} column
 */
export function busiest({ h, units }) {
  const most = Math.max(...h.map((value) => value ?? 0))
  return { layer: 0, unit: units[h.indexOf(most)] ?? units[0] }
}

/**
 * What a weight hands on: it times what comes in.
 * @param {Weight} weight
 * @param {Pick<Column, "h" | "units">[]} columns
 */
export function carriedBy({ layer, source, before }, columns) {
  const { h, units } = columns[layer]
  return (before ?? 0) * (source === null ? 0 : (h[units.indexOf(source)] ?? 0))
}
