/** From the network's numbers to a person's own units, in which the plane is drawn. */

/**
 * @typedef {import("./samples.js").Mesh} Mesh
 * @typedef {{ x: ArrayLike<number>, y: ArrayLike<number> }} Path
 *
 * @typedef {object} Units What each column was divided by, and what was subtracted from it before.
 * @property {[number, number]} shift
 * @property {[number, number]} scale
 */

/**
 * What moves a mesh and a path there; null: they stay. In float64: numbers far from 0 would merge in float32.
 * @param {Units | null} units
 */
export function inUnits(units) {
  if (!units) return { place: (/** @type {Mesh} */ mesh) => mesh, path: (/** @type {Path} */ path) => path }
  const { shift, scale } = units
  const moved = (/** @type {ArrayLike<number>} */ values, /** @type {0 | 1} */ column) =>
    Float64Array.from(values, (value) => value * scale[column] + shift[column])
  return {
    place: (/** @type {Mesh} */ mesh) => ({
      ...mesh,
      x0: mesh.x0 * scale[0] + shift[0],
      dx: mesh.dx * scale[0],
      y0: mesh.y0 * scale[1] + shift[1],
      dy: mesh.dy * scale[1],
    }),
    path: (/** @type {Path} */ { x, y }) => ({ x: moved(x, 0), y: moved(y, 1) }),
  }
}
