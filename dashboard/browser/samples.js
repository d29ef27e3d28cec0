/** Where a network is evaluated: a mesh over the plane, or single points. */

/**
 * @typedef {object} Mesh Evenly spaced points, row by row from the bottom left, in the network's coordinates.
 * @property {number} x0
 * @property {number} dx
 * @property {number} columns
 * @property {number} y0
 * @property {number} dy
 * @property {number} rows
 *
 * @typedef {{ x: Float32Array, y: Float32Array }} Points
 */

/** @type {WeakMap<Mesh | Points, Points>} */
const known = new WeakMap()

/**
 * The coordinates of every sample, float32 as the server's grid has them. Those of a mesh are kept with it.
 * @param {Mesh | Points} place
 * @returns {Points}
 */
export function coordinates(place) {
  if ("x" in place) return place
  const found = known.get(place)
  if (found) return found
  const { x0, dx, columns, y0, dy, rows } = place
  const x = new Float32Array(columns * rows)
  const y = new Float32Array(columns * rows)
  for (let k = 0; k < x.length; k++) {
    x[k] = x0 + dx * (k % columns)
    y[k] = y0 + dy * Math.floor(k / columns)
  }
  const made = { x, y }
  known.set(place, made)
  return made
}

/**
 * The same stretch of the plane with fewer points: `share` of them, at least 16 × 12.
 * @param {Mesh} mesh
 * @param {number} share 0 to 1
 * @returns {Mesh}
 */
export function coarser(mesh, share) {
  const side = Math.sqrt(Math.min(1, share))
  const columns = Math.min(mesh.columns, Math.max(16, Math.floor(mesh.columns * side)))
  const rows = Math.min(mesh.rows, Math.max(12, Math.floor(mesh.rows * side)))
  if (columns === mesh.columns && rows === mesh.rows) return mesh
  const dx = (mesh.dx * (mesh.columns - 1)) / (columns - 1)
  const dy = (mesh.dy * (mesh.rows - 1)) / (rows - 1)
  return { ...mesh, dx, columns, dy, rows }
}

/**
 * Points from pairs of coordinates.
 * @param {Float32Array} X (2n,)
 * @returns {Points}
 */
export function pointsOf(X) {
  const n = X.length / 2
  return {
    x: Float32Array.from({ length: n }, (_, k) => X[2 * k]),
    y: Float32Array.from({ length: n }, (_, k) => X[2 * k + 1]),
  }
}
