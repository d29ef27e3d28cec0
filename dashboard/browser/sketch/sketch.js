/**
 * The points on their plane, and a hand that adds, moves and erases them. What the hand does is shown at once and told to
 * the server until it says that it has heard; the server's points are the true ones.
 */

import { say } from "../dom.js"
import { mounted, whenGone } from "../mount.js"
import { Drawing } from "./drawing.js"
import { ERASE, MOVE, Pens } from "./pens.js"
import { Points } from "./points.js"

const REACH = 14 // how near a point the hand must be, in the picture's units

/**
 * @typedef {import("./drawing.js").Shown & import("./pens.js").Kinds & import("./points.js").Sent
 *   & { number: { low: number, high: number, middle: number } | null }} Data
 * @typedef {import("./ground.js").Place} Place
 * @typedef {(word: "edits", edits: Points["pending"]) => void} Tell
 */

class Sketch {
  points = new Points()
  /** @type {number | null} the point in the hand */
  held = null
  /** @type {Place | null} where the stroke that is being made was last */
  stroke = null
  hand = new AbortController()

  /**
   * @param {ParentNode} root
   * @param {Data} data
   * @param {Tell} tell
   */
  constructor(root, data, tell) {
    this.data = data
    this.tell = tell
    this.note = /** @type {Element} */ (root.querySelector("p"))
    this.picture = /** @type {SVGSVGElement} */ (root.querySelector("svg"))
    this.drawing = new Drawing(this.picture)
    this.pens = new Pens(/** @type {Element} */ (root.querySelector(".pens")), data, () => this.showPen())
    const { signal } = this.hand
    this.picture.addEventListener("pointerdown", (event) => this.grab(event), { signal })
    this.picture.addEventListener("pointermove", (event) => this.drag(event), { signal })
    this.picture.addEventListener("pointerup", () => this.drop(), { signal })
    this.picture.addEventListener("pointercancel", () => this.drop(), { signal })
  }

  /**
   * @param {Data} data
   * @param {Tell} tell
   */
  receive(data, tell) {
    this.data = data
    this.tell = tell
    this.points.receive(data)
    this.picture.setAttribute("aria-label", data.words.alt)
    this.pens.receive(data)
    this.drawing.draw(data)
    this.drawPoints()
    if (!this.stroke) this.tellEdits() // what a message that was overtaken has lost
  }

  drawPoints() {
    this.drawing.drawPoints(this.points.all, this.data)
  }

  showPen() {
    const { editable, words } = this.data
    const moving = this.pens.pen === MOVE ? "editable moving" : "editable"
    this.picture.setAttribute("class", editable ? moving : "")
    say(this.note, `${this.pens.hint} ${words.splits} ${words.note}`)
  }

  /**
   * The hand goes down: it takes hold of a point, or begins a stroke that adds or erases all along its way.
   * @param {PointerEvent} event
   */
  grab(event) {
    const place = this.drawing.where(event)
    if (!this.data.editable || event.button || !place.inside) return
    this.picture.setPointerCapture(event.pointerId)
    if (this.pens.pen === MOVE) {
      this.held = this.nearest(place)
    } else {
      this.mark(place, 1)
      this.stroke = place
    }
  }

  /** @param {PointerEvent} event */
  drag(event) {
    if (this.stroke) {
      for (const place of this.drawing.ground.along(this.stroke, this.drawing.where(event))) {
        if (place.inside) this.mark(place)
        this.stroke = place
      }
    } else if (this.held !== null) {
      const { x0, x1 } = this.drawing.where(event)
      this.points.all[this.held]?.splice(0, 2, x0, x1)
      this.drawPoints()
    }
  }

  /** And up: a stroke is one change, which one Undo takes back. */
  drop() {
    const point = this.held === null ? undefined : this.points.all[this.held]
    if (this.held !== null && point) this.edit({ act: "move", index: this.held, x0: point[0], x1: point[1] })
    this.held = this.stroke = null
    this.tellEdits()
  }

  /** @param {Place} place */
  nearest({ x, y }) {
    const { ground } = this.drawing
    return this.points.nearest((x0, x1) => Math.hypot(ground.x(x0) - x, ground.y(x1) - y), REACH)
  }

  /**
   * Add a point at a place, or erase those within reach.
   * @param {Place} place
   * @param {number} [most] that are erased
   */
  mark(place, most = Number.POSITIVE_INFINITY) {
    if (this.pens.pen !== ERASE) {
      this.edit({ act: "add", x0: place.x0, x1: place.x1, label: this.pens.label() })
      return
    }
    for (let n = 0, index = this.nearest(place); index !== null && n < most; n++, index = this.nearest(place)) {
      this.edit({ act: "erase", index })
    }
  }

  /** @param {import("./points.js").Edit} edit */
  edit(edit) {
    this.points.edit(edit)
    this.drawPoints()
  }

  tellEdits() {
    if (this.points.pending.length) this.tell("edits", this.points.pending)
  }

  close() {
    this.hand.abort()
  }
}

/** @param {{ data: Data, parentElement: ParentNode & Node, setTriggerValue: Tell }} mount */
export default function ({ data, parentElement, setTriggerValue }) {
  const sketch = mounted(parentElement, () => new Sketch(parentElement, data, setTriggerValue))
  sketch.receive(data, setTriggerValue)
  return whenGone(parentElement)
}
