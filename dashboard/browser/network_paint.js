/** The network on a canvas: connections, units as pictures or as numbers, biases, the point that is followed. */

import { unitTable } from "./colors.js"
import { bundles, carried, follows, touches } from "./network_edges.js"
import { ends } from "./network_layout.js"
import { colored } from "./paint.js"

/**
 * @typedef {import("./network_types.js").About} About
 * @typedef {import("./network_types.js").Frame} Frame
 * @typedef {import("./network_types.js").Place} Place
 * @typedef {import("./network_types.js").Scene} Scene
 *
 * @typedef {object} Ground
 * @property {string} ground the page's colour
 * @property {string} ink its text's
 * @property {string} font
 *
 * @typedef {object} View All that a painting depends on.
 * @property {Scene} scene
 * @property {Frame} frame
 * @property {Place[][]} places
 * @property {About | null} about what is pointed at
 * @property {Ground} theme
 */

/**
 * @param {CanvasRenderingContext2D} pen
 * @param {View} view
 */
export function paintEdges(pen, { scene, frame, places, about, theme }) {
  const deep = places.length > 5 // many layers stand close: their connections must not blot
  const tallest = Math.max(...places.flat().map(({ tall }) => tall))
  const widest = Math.min(deep ? 3 : 7, Math.max(2.5, tallest / 5))
  const values = scene.look === "values"
  const isLit = (/** @type {Place} */ source, /** @type {Place} */ target) =>
    !about || (values ? follows : touches)(about, source, target)
  for (const { size, negative, dim, pairs } of bundles(places, carried(frame), isLit, scene.perLayer)) {
    pen.beginPath()
    for (const [source, target] of pairs) {
      const { from, to, start, stop } = ends(source, target)
      const third = (to - from) / 3
      pen.moveTo(from, start)
      pen.bezierCurveTo(from + third, start, to - third, stop, to, stop)
    }
    pen.setLineDash(negative && scene.dashed ? [5, 3] : [])
    pen.strokeStyle = scene.dashed ? theme.ink : negative ? scene.colors.negative : scene.colors.positive
    pen.globalAlpha = (deep ? 0.6 : 1) * (0.2 + 0.7 * size ** 0.7) * (dim ? 0.12 : 1)
    pen.lineWidth = 0.6 + widest * size
    pen.stroke()
  }
  pen.setLineDash([])
  pen.globalAlpha = 1
}

/** Units' pictures, one under the other on a canvas of its own. */
export class Atlas {
  canvas = document.createElement("canvas")
  /** @type {Scene | null} */
  #scene = null
  /** @type {Uint32Array[][]} */
  #tables = []

  /**
   * @param {Scene} scene
   * @param {Frame} frame
   */
  paint(scene, { tiles }) {
    const { columns, rows, layers } = scene
    if (scene !== this.#scene) this.#choose(scene)
    const image = new ImageData(columns, rows * layers.reduce((sum, { units }) => sum + units.length, 0))
    const pixels = new Uint32Array(image.data.buffer)
    const cells = columns * rows
    let at = 0
    tiles.forEach((layer, l) => {
      layers[l].units.forEach((_unit, i) => {
        const tile = layer?.subarray(i * cells, (i + 1) * cells)
        if (tile) colored(tile, this.#tables[l][i], columns, rows, pixels, at)
        at += cells
      })
    })
    this.canvas.width = image.width
    this.canvas.height = image.height
    this.canvas.getContext("2d")?.putImageData(image, 0, 0)
  }

  /**
   * A unit's picture; half a cell is left out on each side, so that cells stand where their points are.
   * @param {CanvasRenderingContext2D} pen
   * @param {About} about
   * @param {[number, number, number, number]} box left, top, width, height
   */
  draw(pen, { layer, unit }, box) {
    const scene = this.#scene
    if (!scene) return
    const { columns, rows, layers } = scene
    const before = layers.slice(0, layer).reduce((sum, { units }) => sum + units.length, 0)
    const top = (before + layers[layer].units.indexOf(unit)) * rows
    pen.drawImage(this.canvas, 0.5, top + 0.5, columns - 1, rows - 1, ...box)
  }

  /** @param {Scene} scene */
  #choose(scene) {
    const { negative, positive, outputs } = scene.colors
    const last = scene.layers.length - 1
    const common = unitTable(negative, positive)
    this.#scene = scene
    this.#tables = scene.layers.map(({ units }, l) =>
      units.map((_unit, i) => (l === last ? unitTable(negative, outputs[i]) : common)),
    )
  }
}

/**
 * @param {CanvasRenderingContext2D} pen
 * @param {View} view
 * @param {Atlas} atlas
 */
export function paintPictures(pen, view, atlas) {
  const { scene, frame, places, theme } = view
  atlas.paint(scene, frame)
  const largest = Math.max(
    1e-9,
    ...frame.biases.map((layer) => layer?.reduce((top, b) => Math.max(top, Math.abs(b)), 0) ?? 0),
  )
  for (const place of places.flat()) {
    const { layer, index, x, y, wide, tall } = place
    const output = layer === places.length - 1
    pen.save()
    pen.beginPath()
    pen.roundRect(x - wide / 2, y - tall / 2, wide, tall, Math.min(6, tall / 5))
    pen.fillStyle = theme.ground
    pen.fill()
    pen.clip()
    atlas.draw(pen, place, [x - wide / 2, y - tall / 2, wide, tall])
    pen.strokeStyle = output ? scene.colors.outputs[index] : theme.ink
    pen.globalAlpha = output ? 1 : 0.35
    pen.lineWidth = output ? 4 : 2
    pen.stroke()
    pen.restore()
    if (scene.point && frame.passed) {
      const at = { x: x + (scene.point.x - 0.5) * wide, y: y + (scene.point.y - 0.5) * tall }
      dot(pen, at, Math.max(2, Math.min(4, tall / 9)), theme.ink, theme)
    }
    const bias = frame.biases[layer]?.[index]
    if (bias === undefined) continue
    const radius = (0.25 + 0.75 * Math.sqrt(Math.abs(bias) / largest || 0)) * Math.min(6, tall / 5)
    const color = bias < 0 ? scene.colors.negative : scene.colors.positive
    dot(pen, { x: x - wide / 2 + 1, y: y + tall / 2 - 1 }, radius, color, theme)
  }
}

/**
 * Units as discs, filled by the size of what they give, with a number beside them.
 * @param {CanvasRenderingContext2D} pen
 * @param {View} view
 */
export function paintValues(pen, { scene, frame, places, theme }) {
  pen.font = `12px ${theme.font}`
  pen.textBaseline = "middle"
  places.forEach((layer, l) => {
    const values = frame.passed?.[l] ?? new Float32Array(layer.length)
    const largest = Math.max(1e-9, ...values.map(Math.abs))
    for (const { index, x, y, tall } of layer) {
      const color = l === places.length - 1 ? scene.colors.outputs[index] : theme.ink
      pen.beginPath()
      pen.arc(x, y, tall / 2, 0, 7)
      pen.fillStyle = theme.ground
      pen.fill()
      pen.globalAlpha = 0.85 * (Math.abs(values[index]) / largest || 0)
      pen.fillStyle = color
      pen.fill()
      pen.globalAlpha = 1
      pen.strokeStyle = color
      pen.lineWidth = 1.3
      pen.stroke()
      const text = frame.labels?.[l]?.[index] ?? ""
      const last = l === places.length - 1
      if (l === 0) label(pen, text, x - pen.measureText(text).width / 2, y + tall / 2 + 9, theme)
      else label(pen, text, x + tall / 2 + 6, last ? y + 14 : y, theme) // an output's name stands above
    }
  })
}

/**
 * @param {CanvasRenderingContext2D} pen
 * @param {string} text
 * @param {number} x
 * @param {number} y
 * @param {Ground} theme
 */
function label(pen, text, x, y, { ground, ink }) {
  if (!text) return
  pen.globalAlpha = 0.8
  pen.fillStyle = ground
  pen.fillRect(x - 2, y - 7, pen.measureText(text).width + 4, 14)
  pen.globalAlpha = 1
  pen.fillStyle = ink
  pen.fillText(text, x, y)
}

/**
 * @param {CanvasRenderingContext2D} pen
 * @param {{ x: number, y: number }} at
 * @param {number} radius
 * @param {string} color
 * @param {Ground} theme
 */
function dot(pen, { x, y }, radius, color, { ground }) {
  pen.beginPath()
  pen.arc(x, y, radius, 0, 7)
  pen.fillStyle = color
  pen.strokeStyle = ground
  pen.lineWidth = 1.5
  pen.fill()
  pen.stroke()
}
