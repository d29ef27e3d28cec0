/** Connections in bundles: all that are drawn alike, in one stroke. Pure. */

/**
 * @typedef {import("./network_types.js").About} About
 * @typedef {import("./network_types.js").Frame} Frame
 * @typedef {import("./network_types.js").Place} Place
 *
 * @typedef {object} Bundle
 * @property {number} size of its connections, a share of the largest
 * @property {boolean} negative
 * @property {boolean} dim whether something else is pointed at
 * @property {[Place, Place][]} pairs sources and targets
 */

const LEVELS = 10
const FAINTEST = 0.004 // a share of the largest; what is smaller isn't drawn

/**
 * What connections show: what the frame says, else the weights; where a point is followed, what they carry of it.
 * @param {Frame} frame
 * @returns {(Float32Array | null)[]}
 */
export function carried({ lines, weights, passed }) {
  if (lines) return lines
  if (!passed) return weights
  return weights.map((layer, l) => layer?.map((weight, k) => weight * passed[l - 1][k % passed[l - 1].length]) ?? null)
}

/**
 * Whether a connection belongs to what is pointed at.
 * @param {About} about
 * @param {Place} source
 * @param {Place} target
 */
export function touches(about, source, target) {
  const isIt = (/** @type {Place} */ place) => place.layer === about.layer && place.unit === about.unit
  if (about.source === undefined || about.source === null) return isIt(target) || isIt(source)
  return isIt(target) && source.unit === about.source
}

/**
 * Whether a connection lies on the way of what is pointed at: into a unit; of a connection, also all that follows.
 * @param {About} about
 * @param {Place} source
 * @param {Place} target
 */
export function follows(about, source, target) {
  const into = target.layer === about.layer && target.unit === about.unit
  if (about.source === undefined) return into
  if (into) return source.unit === about.source
  return target.layer === about.layer + 1 ? source.unit === about.unit : target.layer > about.layer
}

/**
 * All connections, the faintest first.
 * @param {Place[][]} places
 * @param {(Float32Array | null)[]} sizes
 * @param {(source: Place, target: Place) => boolean} isLit
 * @param {boolean} [perLayer]
 * @returns {Bundle[]}
 */
export function bundles(places, sizes, isLit, perLayer = false) {
  /** @type {Map<string, Bundle>} */
  const all = new Map()
  const most = sizes.map((layer) => layer?.reduce((top, size) => Math.max(top, Math.abs(size)), 0) ?? 0)
  const largest = Math.max(1e-30, ...most)
  for (const target of places.slice(1).flat()) {
    const layer = sizes[target.layer]
    const sources = places[target.layer - 1]
    const unit = perLayer ? Math.max(1e-30, most[target.layer]) : largest
    for (const source of layer ? sources : []) {
      const value = layer?.[target.index * sources.length + source.index] ?? 0
      const share = Math.abs(value) / unit
      if (!(share > FAINTEST)) continue
      const level = Math.min(LEVELS - 1, Math.floor(share * LEVELS))
      const dim = !isLit(source, target)
      const key = `${level} ${value < 0} ${dim}`
      const bundle = all.get(key) ?? { size: (level + 0.5) / LEVELS, negative: value < 0, dim, pairs: [] }
      bundle.pairs.push([source, target])
      all.set(key, bundle)
    }
  }
  return [...all.values()].sort((a, b) => Number(b.dim) - Number(a.dim) || a.size - b.size)
}
