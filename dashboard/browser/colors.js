/** Colours as tables: one RGBA value for each of the 256 bytes that a picture holds. */

import { edgeLevels, pairs } from "./boundary.js"

/**
 * @typedef {[number, string][]} ColorScale places from 0 to 1 and CSS colours, as Plotly has them
 * @typedef {{ colorscale: ColorScale, zmin: number, zmax: number }} Scale
 * @typedef {object} Palette
 * @property {string[]} classes the classes' colours; past the last they repeat
 * @property {string} guessing
 * @property {string[]} numbers a regression's low end, middle and high end
 */

/**
 * Red, green, blue (0 to 255) and opacity (0 to 1) of "#rrggbb", "rgb(…)" or "rgba(…)".
 * @param {string} color
 * @returns {[number, number, number, number]}
 */
export function parseColor(color) {
  if (/^#[0-9a-f]{6}$/i.test(color)) {
    const [r, g, b] = [1, 3, 5].map((i) => Number.parseInt(color.slice(i, i + 2), 16))
    return [r, g, b, 1]
  }
  const parts = /^rgba?\(/.test(color) ? (color.match(/[\d.]+/g) ?? []).map(Number) : []
  if (parts.length < 3) throw new RangeError(`color must be #rrggbb, rgb(…) or rgba(…), got ${color}`)
  return [parts[0], parts[1], parts[2], parts[3] ?? 1]
}

/**
 * @param {string} color
 * @param {number} opacity
 */
export function faded(color, opacity) {
  const [r, g, b] = parseColor(color)
  return `rgba(${r},${g},${b},${opacity})`
}

/**
 * 256 colours of four bytes.
 * @param {(byte: number) => number[]} colorOf red, green, blue (0 to 255) and opacity (0 to 1)
 */
function table(colorOf) {
  const cells = new Uint8ClampedArray(4 * 256)
  for (let byte = 0; byte < 256; byte++) {
    const [r, g, b, a] = colorOf(byte)
    cells.set([r, g, b, 255 * a], 4 * byte)
  }
  return new Uint32Array(cells.buffer)
}

/**
 * A heatmap's colours.
 * @param {Scale} scale
 */
export function colorTable({ colorscale, zmin, zmax }) {
  const stops = colorscale.map(([at, color]) => /** @type {[number, number[]]} */ ([at, parseColor(color)]))
  return table((byte) => {
    const at = Math.max(0, Math.min(1, (byte - zmin) / (zmax - zmin)))
    const found = stops.findIndex(([stop]) => stop >= at)
    const right = Math.max(1, found < 0 ? stops.length - 1 : found)
    const [a, low] = stops[right - 1]
    const [b, high] = stops[right]
    const share = b > a ? (at - a) / (b - a) : 1
    return low.map((channel, c) => channel + share * (high[c] - channel))
  })
}

/**
 * The colours of a unit's picture, whose byte for 0 is `zero`.
 * @param {string} negative
 * @param {string} positive
 * @param {number} [zero]
 */
export function unitTable(negative, positive, zero = 128) {
  const low = parseColor(negative)
  const high = parseColor(positive)
  return table((byte) => {
    const [r, g, b] = byte < zero ? low : high
    return [r, g, b, Math.min(1, Math.abs(byte - zero) / 127) ** 0.8]
  })
}

/**
 * A table that was sent as RGBA values: 256, or as many as the picture has.
 * @param {Uint8Array} cells (4 · colours,)
 */
export const tableOf = (cells) => new Uint32Array(cells.slice().buffer)

/**
 * The colours of labels: each has its own, and all past the last one that one's.
 * @param {string[]} colors
 */
export const listTable = (colors) => {
  const all = colors.map(parseColor)
  return table((byte) => all[Math.min(byte, all.length - 1)])
}

/**
 * The colours of a boundary's picture: those of the server's figure (moons/plots/boundary.py).
 * @param {string} view label, areas, probability, uncertainty, change or unit
 * @param {number} nClasses 0: a regression
 * @param {Palette} palette
 * @param {number} [label] in the view "unit": the class whose colour is that of values above 0
 * @returns {Scale}
 */
export function boundaryScale(view, nClasses, palette, label = 1) {
  const classColor = (/** @type {number} */ k) => palette.classes[k % palette.classes.length]
  if (view === "unit" || view === "change") {
    const many = view === "change" && nClasses > 2
    const [low, high] = many ? [palette.guessing, palette.guessing] : [classColor(0), classColor(label)]
    return { colorscale: twoHues(low, high, 0.95), zmin: 1, zmax: 255 }
  }
  if (!nClasses) {
    const opacities = [0.75, 0.25, 0.75]
    return { colorscale: palette.numbers.map((color, i) => [i / 2, faded(color, opacities[i])]), zmin: 0, zmax: 250 }
  }
  if (view === "uncertainty") {
    return { colorscale: [0, 1].map((end) => [end, faded(palette.guessing, 0.85 * end)]), zmin: 0, zmax: 100 }
  }
  const colors = Array.from({ length: nClasses }, (_, k) => classColor(k))
  const perPair = view === "areas" ? edgeLevels(nClasses) : 0
  if (perPair) {
    const sides = pairs(nClasses)
    const top = sides.length * perPair - 1
    /** @type {ColorScale} */
    const colorscale = sides.flatMap(([first, second], k) => [
      [(k * perPair) / top, faded(colors[first], 0.38)],
      [(k * perPair + perPair - 1) / top, faded(colors[second], 0.38)],
    ])
    return { colorscale, zmin: 0, zmax: top }
  }
  if (view === "label" || view === "areas") {
    const top = nClasses - 1
    return { colorscale: colors.map((color, k) => [k / top, faded(color, 0.38)]), zmin: 0, zmax: top }
  }
  if (nClasses === 2) return { colorscale: twoHues(colors[0], colors[1], 0.6), zmin: 0, zmax: 100 }
  const levels = Math.floor(250 / nClasses)
  const top = nClasses * levels - 1
  /** @type {ColorScale} */
  const colorscale = colors.flatMap((color, k) => [
    [(k * levels) / top, faded(color, 0.05)],
    [(k * levels + levels - 1) / top, faded(color, 0.6)],
  ])
  return { colorscale, zmin: 0, zmax: top }
}

/**
 * @param {string} low
 * @param {string} high
 * @param {number} ends opacity
 * @returns {ColorScale}
 */
function twoHues(low, high, ends) {
  return [
    [0, faded(low, ends)],
    [0.5, faded(low, 0)],
    [0.5, faded(high, 0)],
    [1, faded(high, ends)],
  ]
}
