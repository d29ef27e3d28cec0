/** Where a field over a grid passes a level: marching squares, as moons/inspection/levels.py. */

/** @typedef {import("./forward.js").Mesh} Mesh */
/** @typedef {{ x: Float32Array, y: Float32Array }} Path NaN ends a piece */

/**
 * The lines where fields pass levels, in the plane's coordinates. There is none where a field isn't finite.
 * @param {Float32Array[]} fields each (rows · columns,), bottom row first
 * @param {Mesh} mesh
 * @param {number[]} [levels]
 * @returns {Path}
 */
export function levelLines(fields, mesh, levels = [0]) {
  /** @type {number[]} */
  const cells = []
  for (const field of fields) for (const level of levels) trace(field, mesh.columns, mesh.rows, level, cells)
  const x = new Float32Array(cells.length / 2)
  const y = new Float32Array(cells.length / 2)
  for (let k = 0; k < x.length; k++) {
    x[k] = mesh.x0 + mesh.dx * Math.fround(cells[2 * k])
    y[k] = mesh.y0 + mesh.dy * Math.fround(cells[2 * k + 1])
  }
  return { x, y }
}

/**
 * @param {Float32Array} field
 * @param {number} columns
 * @param {number} rows
 * @param {number} level
 * @param {number[]} found columns and rows of the lines' points; two and then NaN for each piece
 */
function trace(field, columns, rows, level, found) {
  for (let row = 0; row + 1 < rows; row++) {
    for (let column = 0; column + 1 < columns; column++) {
      const at = row * columns + column
      const a = field[at] - level
      const b = field[at + 1] - level
      const c = field[at + columns + 1] - level
      const d = field[at + columns] - level
      if (a > 0 === b > 0 && b > 0 === c > 0 && c > 0 === d > 0) continue
      if (!Number.isFinite(a + b + c + d)) continue
      const points = []
      if (a > 0 !== b > 0) points.push(column - a / (b - a), row) // bottom, right, top, left
      if (b > 0 !== c > 0) points.push(column + 1, row - b / (c - b))
      if (d > 0 !== c > 0) points.push(column - d / (c - d), row + 1)
      if (a > 0 !== d > 0) points.push(column, row - a / (d - a))
      for (let k = 0; k < points.length; k += 4) found.push(...points.slice(k, k + 4), Number.NaN, Number.NaN)
    }
  }
}
