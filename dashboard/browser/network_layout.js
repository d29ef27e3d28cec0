/** Where a network's units and connections lie, and what is under the hand. Pure. */

/**
 * @typedef {import("./network_types.js").Scene} Scene
 * @typedef {import("./network_types.js").SceneLayer} SceneLayer
 * @typedef {import("./network_types.js").Place} Place
 * @typedef {import("./network_types.js").About} About
 * @typedef {{ width: number, height: number }} Size
 */

const LARGEST = 54 // pixels, a unit's height
const SMALLEST = 8
const NOTE_WIDTH = 118 // pixels that a whole note needs in three lines; narrower columns have its number alone
const DISC = 30 // pixels, a unit of the look "values"
const REACH = 6 // pixels, how near a connection the hand must be

/**
 * The places of all units, layer by layer.
 * @param {Scene} scene
 * @param {Size} size
 * @param {{ inputs: number, outputs: number }} longest the widths of their longest names, pixels
 * @returns {Place[][]}
 */
export function arrange({ layers, columns, rows, look }, { width, height }, longest) {
  const narrow = width < 420
  const left = Math.min(narrow ? 60 : 120, Math.max(narrow ? 26 : 30, 8 + longest.inputs))
  const right = Math.min(narrow ? 92 : 124, Math.max(narrow ? 46 : 58, 14 + longest.outputs))
  const top = 24
  const bottom = layers.some(({ more }) => more) ? 36 : 6
  const across = (width - left - right) / layers.length
  const room = height - top - bottom
  const shape = look === "values" ? 1 : columns / rows
  return layers.map(({ units, names }, layer) => {
    const gap = Math.max(3, (0.12 * room) / units.length)
    const most = look === "values" ? DISC : LARGEST
    const tall = Math.max(SMALLEST, Math.min(most, room / units.length - gap, (across * 0.6) / shape))
    const wide = tall * shape
    const x = left + across * (layer + 0.5) - (0.5 - layer / Math.max(1, layers.length - 1)) * (across - wide)
    const pitch = Math.min(room / units.length, tall * (look === "values" ? 2 : 1.5))
    const first = top + (room - pitch * (units.length - 1)) / 2
    return units.map((unit, index) => ({
      layer,
      unit,
      index,
      name: names[index],
      x,
      y: first + pitch * index,
      wide,
      tall,
    }))
  })
}

/**
 * How near two neighbouring layers are, from middle to middle: the room for what stands under one.
 * @param {Place[][]} places
 * @param {number} width of the whole diagram, pixels
 */
export function pitchOf(places, width) {
  const middles = places.map(([{ x }]) => x)
  return Math.min(width, ...middles.slice(1).map((x, layer) => x - middles[layer]))
}

/**
 * What stands under a layer about the units that aren't shown: the sentence where it fits, else their number.
 * @param {SceneLayer} layer
 * @param {number} pitch from layer to layer, pixels
 */
export function noteOf({ more, note }, pitch) {
  if (!more) return ""
  return note && pitch >= NOTE_WIDTH ? note : `+${more}`
}

/**
 * A layer's title where it fits: the whole, its part before " · ", or none between the first and the last layer.
 * @param {SceneLayer[]} layers
 * @param {number} layer
 * @param {number} width of the whole diagram, pixels
 */
export function titleOf(layers, layer, width) {
  const ends = layer === 0 || layer === layers.length - 1
  if (layers.length > 5 && width < 420 && !ends) return ""
  const { title } = layers[layer]
  return width / layers.length < 90 ? title.split(" · ")[0] : title
}

/**
 * A connection's ends and the height in between: its x grows evenly, so that what is under the hand is quickly found.
 * @param {Place} source
 * @param {Place} target
 */
export function ends(source, target) {
  return { from: source.x + source.wide / 2, to: target.x - target.wide / 2, start: source.y, stop: target.y }
}

/**
 * The unit, bias or connection at a place, or null.
 * @param {Place[][]} places
 * @param {(Float32Array | null)[]} weights
 * @param {number} x
 * @param {number} y
 * @returns {About | null}
 */
export function found(places, weights, x, y) {
  for (const place of places.flat()) {
    const { layer, unit, wide, tall } = place
    const corner = Math.hypot(x - place.x + wide / 2, y - place.y - tall / 2)
    if (layer && corner < Math.min(8, tall / 3)) return { layer, unit, source: null }
    if (Math.abs(x - place.x) <= wide / 2 && Math.abs(y - place.y) <= tall / 2) return { layer, unit }
  }
  const next = places.findIndex((layer) => layer[0].x - layer[0].wide / 2 > x)
  const among = weights[next]
  return next < 1 || !among ? null : connectionAt(places[next - 1], places[next], among, x, y)
}

/**
 * @param {Place[]} sources
 * @param {Place[]} targets
 * @param {Float32Array} weights
 * @param {number} x
 * @param {number} y
 * @returns {About | null}
 */
function connectionAt(sources, targets, weights, x, y) {
  const { from, to } = ends(sources[0], targets[0])
  const t = (x - from) / (to - from)
  if (t < 0) return null
  const rise = 3 * t ** 2 - 2 * t ** 3
  let best = null
  let least = REACH
  for (const target of targets) {
    for (const source of sources) {
      const size = Math.abs(weights[target.index * sources.length + source.index])
      const far = Math.abs(source.y + (target.y - source.y) * rise - y) - Math.min(2, size)
      if (far >= least) continue
      best = { layer: target.layer, unit: target.unit, source: source.unit }
      least = far
    }
  }
  return best
}

/**
 * Where the arrow keys lead from a unit, or null.
 * @param {Place[][]} places
 * @param {Place} place
 * @param {string} key
 */
export function neighbour(places, { layer, index }, key) {
  const side = { ArrowLeft: -1, ArrowRight: 1 }[key]
  if (side) {
    const there = places[layer + side]
    return there?.[Math.min(there.length - 1, index)] ?? null
  }
  const step = { ArrowUp: -1, ArrowDown: 1 }[key]
  return step ? (places[layer][index + step] ?? null) : null
}

/**
 * @param {About | null | undefined} a
 * @param {About | null | undefined} b
 */
export const isSame = (a, b) => a === b || (a?.layer === b?.layer && a?.unit === b?.unit && a?.source === b?.source)
