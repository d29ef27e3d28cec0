/** The plane with its axes and points, as elements of the picture. */

import { svg } from "../dom.js"
import { namer, ticks } from "./axes.js"
import { BOTTOM, Ground, RIGHT, TOP } from "./ground.js"

const NARROW = 40 // the least room left of the plane,
const LETTER = 6.4 // and of each letter of a number there
const MANY = 1_000 // points, of which each is small

/**
 * @typedef {object} Shown
 * @property {import("./ground.js").Box} box
 * @property {string[]} columns the axes' names
 * @property {string[]} colors
 * @property {{ low: number, high: number } | null} number of a regression
 * @property {string} language
 *
 * @typedef {Record<"test" | "train", SVGElement>} Marks all points of one colour: one path for each split
 */

/**
 * The number of a point's colour.
 * @param {number} y class or number
 * @param {{ low: number, high: number } | null} number
 * @param {number} count of colours
 */
export function colorPlace(y, number, count) {
  const place = number ? Math.round(((y - number.low) / (number.high - number.low || 1)) * (count - 1)) : y
  return Math.max(0, Math.min(place, count - 1))
}

/**
 * What is drawn for points: for each colour the commands of two paths.
 * @param {import("./points.js").Point[]} points
 * @param {Ground} ground
 * @param {Pick<Shown, "number" | "colors">} shown
 */
export function circles(points, ground, { number, colors }) {
  const r = points.length > MANY ? 2.5 : 4
  const paths = colors.map(() => ({ test: "", train: "" }))
  for (const [x0, x1, y, test] of points) {
    const circle = `M${ground.x(x0) - r} ${ground.y(x1)}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0`
    paths[colorPlace(y, number, colors.length)][test ? "test" : "train"] += circle
  }
  return paths
}

export class Drawing {
  ground = new Ground([0, 1, 0, 1], NARROW)
  /** @type {Marks[]} */
  marks = []

  /** @param {SVGSVGElement} picture */
  constructor(picture) {
    this.picture = picture
  }

  /** @param {Shown} shown */
  draw({ box, columns, colors, language }) {
    const [left, right, bottom, top] = box
    const across = ticks(left, right)
    const up = ticks(bottom, top)
    const upName = namer(up, language)
    const letters = Math.max(...up.map((value) => upName(value).length))
    this.ground = new Ground(box, Math.max(NARROW, 22 + LETTER * letters))
    const { left: x } = this.ground
    this.marks = colors.map((color) => ({
      test: svg("path", { class: "test", stroke: color }),
      train: svg("path", { class: "train", fill: color }),
    }))
    this.picture.replaceChildren(
      svg("rect", { x, y: TOP, width: RIGHT - x, height: BOTTOM - TOP }),
      ...acrossTicks(this.ground, across, namer(across, language)),
      ...upTicks(this.ground, up, upName),
      ...titles(x, columns),
      ...this.marks.flatMap(({ test, train }) => [test, train]),
    )
  }

  /**
   * Draw the points alone anew.
   * @param {import("./points.js").Point[]} points
   * @param {Pick<Shown, "number" | "colors">} shown
   */
  drawPoints(points, shown) {
    for (const [i, path] of circles(points, this.ground, shown).entries()) {
      this.marks[i].test.setAttribute("d", path.test)
      this.marks[i].train.setAttribute("d", path.train)
    }
  }

  /**
   * Where the hand is.
   * @param {MouseEvent} event
   */
  where(event) {
    const screen = /** @type {DOMMatrix} */ (this.picture.getScreenCTM())
    const { x, y } = new DOMPoint(event.clientX, event.clientY).matrixTransform(screen.inverse())
    return this.ground.at(x, y)
  }
}

/**
 * @param {Ground} ground
 * @param {number[]} values
 * @param {(value: number) => string} named
 */
const acrossTicks = (ground, values, named) =>
  values.flatMap((value) => {
    const x = ground.x(value)
    const anchor = x > RIGHT - 16 ? "end" : "middle"
    return [
      svg("line", { x1: x, x2: x, y1: BOTTOM, y2: BOTTOM + 4 }),
      svg("text", { x, y: BOTTOM + 16, "text-anchor": anchor }, named(value)),
    ]
  })

/**
 * @param {Ground} ground
 * @param {number[]} values
 * @param {(value: number) => string} named
 */
const upTicks = (ground, values, named) =>
  values.flatMap((value) => {
    const y = ground.y(value)
    return [
      svg("line", { x1: ground.left - 4, x2: ground.left, y1: y, y2: y }),
      svg("text", { x: ground.left - 6, y: y + 4, "text-anchor": "end" }, named(value)),
    ]
  })

/**
 * @param {number} left
 * @param {string[]} columns
 */
function titles(left, [across, up]) {
  const middle = (TOP + BOTTOM) / 2
  const turned = `rotate(-90 10 ${middle})`
  return [
    svg("text", { x: (left + RIGHT) / 2, y: BOTTOM + 31, "text-anchor": "middle" }, across),
    svg("text", { x: 10, y: middle, "text-anchor": "middle", transform: turned }, up),
  ]
}
