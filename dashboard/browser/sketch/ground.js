/** Where the plane lies in the picture, in the picture's own units. Pure. */

import { decimals } from "./axes.js"

export const RIGHT = 492
export const TOP = 8
export const BOTTOM = 366
const STRIDE = 14 // between two points that a stroke adds
const DIGITS = 4 // of the plane's span, that a place has

/**
 * @typedef {[number, number, number, number]} Box left, right, bottom, top
 * @typedef {{ inside: boolean, x: number, y: number, x0: number, x1: number }} Place
 *   x, y: in the picture; x0, x1: on the plane, rounded; inside: whether it is the plane's
 */

export class Ground {
  /**
   * @param {Box} box of the plane
   * @param {number} left where it begins in the picture
   */
  constructor(box, left) {
    this.box = box
    this.left = left
  }

  /** @param {number} value */
  x(value) {
    const [left, right] = this.box
    return this.left + ((value - left) / (right - left)) * (RIGHT - this.left)
  }

  /** @param {number} value */
  y(value) {
    const [, , bottom, top] = this.box
    return BOTTOM - ((value - bottom) / (top - bottom)) * (BOTTOM - TOP)
  }

  /**
   * @param {number} x
   * @param {number} y
   * @returns {Place}
   */
  at(x, y) {
    const [left, right, bottom, top] = this.box
    const inside = x >= this.left && x <= RIGHT && y >= TOP && y <= BOTTOM
    const x0 = left + ((x - this.left) / (RIGHT - this.left)) * (right - left)
    const x1 = bottom + ((BOTTOM - y) / (BOTTOM - TOP)) * (top - bottom)
    return { inside, x, y, x0: rounded(x0, right - left), x1: rounded(x1, top - bottom) }
  }

  /**
   * The places along a stroke, after its start; none as long as it is short.
   * @param {Place} from
   * @param {Place} to
   */
  along(from, to) {
    const steps = Math.floor(Math.hypot(to.x - from.x, to.y - from.y) / STRIDE)
    return Array.from({ length: steps }, (_, i) => {
      const share = (i + 1) / steps
      return this.at(from.x + (to.x - from.x) * share, from.y + (to.y - from.y) * share)
    })
  }
}

/** @param {number} value @param {number} span */
const rounded = (value, span) => Number(value.toFixed(decimals(span, DIGITS)))
