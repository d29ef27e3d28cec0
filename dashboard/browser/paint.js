/** One painter for all pictures: grids of bytes, bottom row first, in the colours of a table (colors.js). */

/**
 * A grid's pixels, top row first, into `pixels` from `at` on.
 * @param {Uint8Array} values (rows · columns,)
 * @param {Uint32Array} table 256 colours
 * @param {number} columns
 * @param {number} rows
 * @param {Uint32Array} [pixels]
 * @param {number} [at]
 */
export function colored(values, table, columns, rows, pixels = new Uint32Array(columns * rows), at = 0) {
  for (let row = 0; row < rows; row++) {
    const from = row * columns
    const to = at + (rows - 1 - row) * columns
    for (let column = 0; column < columns; column++) pixels[to + column] = table[values[from + column]]
  }
  return pixels
}

/**
 * Paint a grid over a whole canvas; returns its context, to draw on.
 * @param {HTMLCanvasElement} canvas
 * @param {Uint8Array} values
 * @param {Uint32Array} table
 * @param {number} columns
 * @param {number} rows
 */
export function paintGrid(canvas, values, table, columns, rows) {
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"))
  context.clearRect(0, 0, canvas.width, canvas.height)
  context.drawImage(gridCanvas(values, table, columns, rows), 0, 0, canvas.width, canvas.height)
  return context
}

/**
 * A canvas with one pixel for each cell.
 * @param {Uint8Array} values
 * @param {Uint32Array} table
 * @param {number} columns
 * @param {number} rows
 */
export function gridCanvas(values, table, columns, rows) {
  const canvas = document.createElement("canvas")
  canvas.width = columns
  canvas.height = rows
  const image = new ImageData(columns, rows)
  colored(values, table, columns, rows, new Uint32Array(image.data.buffer))
  canvas.getContext("2d")?.putImageData(image, 0, 0)
  return canvas
}
