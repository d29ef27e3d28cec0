/** Where the network's units lie in the drawing, and how many digits their values have there. Pure. */

import { formatPower } from "../numbers.js"

export const RADIUS = 15 // pixels, of an input or an output
const LETTER = 7 // pixels: a digit's width, and a little
const BARE = 36 // pixels of lines without a number on them, at least, between two layers
const TOP = 34
const BESIDE = 5 // pixels between a unit and its value

/**
 * @typedef {import("./types.js").Step} Step
 *
 * @typedef {object} Layout
 * @property {number} width
 * @property {number} height
 * @property {boolean} narrow
 * @property {boolean} below whether inputs' values stand below them: before them is no room
 * @property {boolean} named whether classes have names of their own
 * @property {number} radius of a hidden unit
 * @property {Map<number, { x: number, y: number }>[]} places by column and unit
 * @property {number | null} digits of the hidden units' values; null: they aren't shown
 * @property {number} label the widest value, pixels
 */

/**
 * @param {Pick<Step, "columns" | "inputs" | "short">} step
 * @param {number} width
 * @returns {Layout}
 */
export function layoutOf({ columns, inputs, short }, width) {
  const narrow = width < 480
  const below = narrow && columns.length < 4 && inputs.length < 5
  const named = short.some((name, label) => name !== String(label))
  const most = Math.max(...columns.map(({ units }) => units.length))
  const height = Math.max(240, Math.min(430, 60 + most * 25))
  const radius = Math.max(5, Math.min(12, (height - 48) / most / 2 - 2))
  const left = below ? 34 : 78
  const right = named ? 108 : narrow ? 62 : 96
  const last = columns.length - 1
  const places = columns.map((column, index) => {
    const x = left + ((width - left - right) * index) / last
    const widest = index === 0 || index === last ? 90 : 44
    return placesOf(column, x, height, widest)
  })
  const pitch = (width - left - right) / last
  const shown = narrow && columns.length > 3 ? null : digitsOf(columns.slice(1, -1), pitch - 2 * radius - BARE)
  return {
    width,
    height,
    narrow,
    below,
    named,
    radius,
    places,
    digits: shown?.digits ?? null,
    label: shown?.label ?? 0,
  }
}

/**
 * @param {import("./types.js").Column} column
 * @param {number} x
 * @param {number} height
 * @param {number} widest the largest gap between units
 */
function placesOf({ units, total }, x, height, widest) {
  const shown = units.length + (total > units.length ? 0.8 : 0)
  const room = height - TOP - 14
  const gap = Math.min(room / shown, widest)
  const first = TOP + (room - gap * shown) / 2 + gap / 2
  return new Map(units.map((unit, place) => [unit, { x, y: first + gap * place }]))
}

/**
 * How many digits of the hidden units' values fit into a room, or null.
 * @param {import("./types.js").Column[]} hidden
 * @param {number} room pixels
 */
function digitsOf(hidden, room) {
  const values = hidden.flatMap(({ h }) => h)
  const sizes = [4, 2].map((digits) => {
    const letters = Math.max(0, ...values.map((value) => formatPower(value, digits).length))
    return { digits, label: LETTER * letters }
  })
  return sizes.find(({ label }) => label <= room) ?? null
}

/**
 * Where the lines from a unit begin: behind a hidden unit's value, which they would cross.
 * @param {Layout} layout
 * @param {number} column
 * @param {number} x of the unit
 */
export const startOf = ({ digits, radius, label }, column, x) => (column && digits ? x + radius + BESIDE + label : x)

/**
 * A smooth line from one place to another.
 * @param {{ x: number, y: number }} from
 * @param {{ x: number, y: number }} to
 */
export function curve(from, to) {
  const middle = (from.x + to.x) / 2
  return `M${from.x},${from.y} C${middle},${from.y} ${middle},${to.y} ${to.x},${to.y}`
}
