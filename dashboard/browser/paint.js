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
 * A canvas with one pixel for each cell, in the page's own memory: read back from a graphics processor it would take long.
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
  canvas.getContext("2d", { willReadFrequently: true })?.putImageData(image, 0, 0)
  return canvas
}

/**
 * @typedef {object} Dots
 * @property {ArrayLike<number>} x
 * @property {ArrayLike<number>} y
 * @property {(k: number) => string} fill
 * @property {(k: number) => number} [radius] pixels; 4 if not given
 * @property {(k: number) => number} [opacity] 0 to 1
 * @property {(k: number) => string} [line] the colour of the edge; white if not given
 * @property {(k: number) => number} [thickness] of the edge, pixels; 1 if not given, 0: none
 */

/**
 * Points over a picture that shows `extent`.
 * @param {CanvasRenderingContext2D} context
 * @param {Dots} dots
 * @param {[number, number, number, number]} extent left, right, bottom, top
 */
export function paintDots(context, dots, extent) {
  const { x, y, fill, radius = () => 4, opacity = () => 1, line = () => "#fff", thickness = () => 1 } = dots
  const at = placement(context.canvas, extent)
  for (let k = 0; k < x.length; k++) {
    const [across, down] = at(x[k], y[k])
    context.globalAlpha = opacity(k)
    context.beginPath()
    context.arc(across, down, radius(k), 0, 7)
    context.fillStyle = fill(k)
    context.fill()
    if (!thickness(k)) continue
    context.strokeStyle = line(k)
    context.lineWidth = thickness(k)
    context.stroke()
  }
  context.globalAlpha = 1
}

/**
 * Where a point of the plane lies on a canvas, pixels from its top left.
 * @param {{ width: number, height: number }} canvas
 * @param {[number, number, number, number]} extent left, right, bottom, top
 * @returns {(x: number, y: number) => [number, number]}
 */
export function placement({ width, height }, [left, right, bottom, top]) {
  return (x, y) => [((x - left) / (right - left)) * width, ((top - y) / (top - bottom)) * height]
}
