/** What is lit in the network's drawing for what is spoken of. Pure. */

/**
 * @typedef {import("./types.js").Step} Step
 * @typedef {import("./types.js").Weight} Weight
 * @typedef {import("./types.js").Pointed | { column: number, incoming?: boolean }} Spoken a column: one of units
 * @typedef {{ edges: Set<string>, units: Set<string> }} Lit weights by their ids; units as `unitId` names them
 */

/**
 * @param {number} column
 * @param {number | null} unit
 */
export const unitId = (column, unit) => `${column}-${unit}`

/**
 * A weight's path: from its source over its unit through all that follows. A unit with what comes in. A column, with what
 * comes in where that is asked for.
 * @param {Spoken} spoken
 * @param {Pick<Step, "weights" | "columns">} step
 * @returns {Lit}
 */
export function pathOf(spoken, { weights, columns }) {
  if ("way" in spoken) return pathOfWeight(spoken.way, weights)
  if ("unit" in spoken) {
    const { layer, unit } = spoken
    const into = weights.filter((weight) => weight.layer === layer && weight.unit === unit)
    return lit(into, [unitId(layer + 1, unit)])
  }
  const { column, incoming } = spoken
  const into = incoming ? weights.filter(({ layer }) => layer === column - 1) : []
  return lit(
    into,
    columns[column].units.map((unit) => unitId(column, unit)),
  )
}

/**
 * @param {string} way
 * @param {Weight[]} weights
 */
function pathOfWeight(way, weights) {
  let ends = weights.filter((weight) => weight.way === way)
  const path = [...ends]
  while (ends.length) {
    const reached = new Set(ends.map(({ layer, unit }) => unitId(layer + 1, unit)))
    ends = weights.filter(({ layer, source }) => reached.has(unitId(layer, source)))
    path.push(...ends)
  }
  return lit(
    path,
    path.map(({ layer, unit }) => unitId(layer + 1, unit)),
  )
}

/**
 * Weights and units, with the units that the weights come from.
 * @param {Weight[]} weights
 * @param {string[]} units
 * @returns {Lit}
 */
function lit(weights, units) {
  const sources = weights.filter(({ source }) => source !== null).map(({ layer, source }) => unitId(layer, source))
  return { edges: new Set(weights.map(({ way }) => way)), units: new Set([...units, ...sources]) }
}
