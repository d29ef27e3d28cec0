// While training, the boundary's next picture goes straight into the chart that Plotly has drawn: Plotly itself would
// draw every point of the plane's chart again, which takes longer than a picture may. Stands before live.js.

const XLINK = "http://www.w3.org/1999/xlink"
const ARM = 2.5 // half a mark's size, pixels

// a heatmap's colours as 256 RGBA values; null for a scale that it can't read
const colorTable = ({ colorscale, zmin, zmax }) => {
  const stops = colorscale.map(([at, color]) => [at, (color.match(/[\d.]+/g) ?? []).map(Number)])
  if (!colorscale.every(([, color]) => color.startsWith("rgba("))) return null
  const table = new Uint8ClampedArray(4 * 256)
  for (let z = 0; z < 256; z++) {
    const at = Math.max(0, Math.min(1, (z - zmin) / (zmax - zmin)))
    const right = Math.max(1, stops.findIndex(([stop]) => stop >= at)), [a, low] = stops[right - 1], [b, high] = stops[right]
    const share = b > a ? (at - a) / (b - a) : 1
    for (let c = 0; c < 4; c++) table[4 * z + c] = (low[c] + share * (high[c] - low[c])) * (c === 3 ? 255 : 1)
  }
  return table
}

const decoded = ({ bdata, shape }) => {
  const cells = Uint8Array.from(atob(bdata), (character) => character.charCodeAt(0))
  const [rows, columns] = shape.split(",").map(Number)
  return { columns, rows, z: Array.from({ length: rows }, (_, row) => cells.subarray(row * columns, (row + 1) * columns)) }
}

const paintHeatmap = (gd, trace, packed) => {
  const image = gd.querySelector(".heatmaplayer image"), table = image && colorTable(gd.data[trace])
  if (!table) return false
  const { columns, rows, z } = decoded(packed), cells = new ImageData(columns, rows)
  z.forEach((row, i) => {
    const start = (rows - 1 - i) * columns // an image begins at its top, a plane at its bottom
    row.forEach((answer, j) => cells.data.set(table.subarray(4 * answer, 4 * answer + 4), 4 * (start + j)))
  })
  const canvas = Object.assign(document.createElement("canvas"), { width: columns, height: rows })
  canvas.getContext("2d").putImageData(cells, 0, 0)
  image.setAttributeNS(XLINK, "xlink:href", canvas.toDataURL())
  gd.data[trace].z = packed // what hovering and the next whole drawing read
  gd._fullData[trace].z = gd.calcdata[trace][0].z = z
  return true
}

const paintMarks = (gd, trace, { x, y }) => {
  const drawn = [...gd.querySelectorAll(".scatterlayer .trace")].find((g) => g.__data__?.[0]?.trace?.index === trace)
  const points = drawn?.querySelector(".points")
  if (!points) return gd.data[trace].visible === false || !x.length
  const { xaxis, yaxis } = gd._fullLayout, { line, opacity } = gd._fullData[trace].marker
  points.querySelectorAll("path.point").forEach((path) => path.remove())
  const marks = points.querySelector(".moons-marks") ?? points.appendChild(document.createElementNS("http://www.w3.org/2000/svg", "path"))
  marks.setAttribute("class", "moons-marks")
  marks.setAttribute("style", `fill: none; stroke: ${line.color}; stroke-width: ${line.width}px; opacity: ${opacity}`)
  const mark = (at, i) => `M${xaxis.c2p(at) - ARM},${yaxis.c2p(y[i]) - ARM}l5,5m0,-5l-5,5`
  marks.setAttribute("d", x.map(mark).join(""))
  Object.assign(gd.data[trace], { x, y })
  return true
}

// shows a frame's picture, or says that it can't: then Plotly must
const quick = (gd, { z, wrong }, heatmap, misclassified) => {
  if (!paintHeatmap(gd, heatmap, z) || !paintMarks(gd, misclassified, wrong)) return false
  gd.emit("plotly_restyle", [{ z }, [heatmap]])
  return true
}

