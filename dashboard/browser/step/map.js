/** The training points over what the network says now, one of which can be pressed. */

import { faded, listTable } from "../colors.js"
import { bytes } from "../decode.js"
import { paintDots, paintGrid, placement } from "../paint.js"

const GROUND = 0.3 // opacity of what the network says
const PALE = 0.45 // and of points that aren't spoken of

/** @typedef {import("./types.js").PointMap} PointMap */

/**
 * @param {HTMLCanvasElement} canvas
 * @param {PointMap} map
 * @param {string} ink the colour of what is written
 */
export function drawMap(canvas, map, ink) {
  const table = listTable(map.ground.map((color) => faded(color, GROUND)))
  const context = paintGrid(canvas, bytes(map.labels), table, map.columns, map.rows)
  const isOpened = (/** @type {number} */ k) => map.row[k] === map.point
  const dots = {
    ...{ x: map.x, y: map.y, fill: (/** @type {number} */ k) => map.color[k], line: () => ink },
    radius: (/** @type {number} */ k) => (isOpened(k) ? 6 : 3.4),
    thickness: (/** @type {number} */ k) => (isOpened(k) ? 2.5 : 0),
    opacity: (/** @type {number} */ k) => (isMeant(map, k) ? 1 : PALE),
  }
  paintDots(context, dots, map.extent)
}

/**
 * Whether the step is of this point, or of a batch with it.
 * @param {Pick<PointMap, "point" | "row" | "batch">} map
 * @param {number} k
 */
export const isMeant = ({ point, row, batch }, k) =>
  (point === null || point === row[k]) && (!batch.length || batch.includes(row[k]))

/**
 * The row of the point nearest to a place on a canvas.
 * @param {PointMap} map
 * @param {{ width: number, height: number }} canvas
 * @param {number} across pixels of the canvas
 * @param {number} down
 */
export function nearestRow(map, canvas, across, down) {
  const at = placement(canvas, map.extent)
  const far = map.row.map((_row, k) => {
    const [x, y] = at(map.x[k], map.y[k])
    return Math.hypot(x - across, y - down)
  })
  return map.row[far.indexOf(Math.min(...far))]
}

/**
 * The row of the point that is pressed.
 * @param {HTMLCanvasElement} canvas
 * @param {PointMap} map
 * @param {MouseEvent} event
 */
export function pressedRow(canvas, map, { clientX, clientY }) {
  const { left, top, width, height } = canvas.getBoundingClientRect()
  return nearestRow(map, canvas, ((clientX - left) / width) * canvas.width, ((clientY - top) / height) * canvas.height)
}
