// Paints a grid of answers, one byte a cell and its bottom row first, in the colours of a table of 256 RGBA values.
// Stands before the code of each component that shows such pictures.

const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0))
const floats = (text) => new Float32Array(bytes(text).buffer)

const paint = (canvas, z, levels, columns, rows) => {
  const cells = new ImageData(columns, rows), answer = bytes(z), table = bytes(levels)
  for (let i = 0; i < answer.length; i++) {
    const to = (rows - 1 - Math.floor(i / columns)) * columns + (i % columns)
    cells.data.set(table.subarray(4 * answer[i], 4 * answer[i] + 4), 4 * to)
  }
  const small = new OffscreenCanvas(columns, rows)
  small.getContext("2d").putImageData(cells, 0, 0)
  const pen = canvas.getContext("2d")
  pen.clearRect(0, 0, canvas.width, canvas.height)
  pen.drawImage(small, 0, 0, canvas.width, canvas.height)
  return pen
}

