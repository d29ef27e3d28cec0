/** One step of training, opened: the loop's lines on one side, on the other what the chosen line does to the numbers. */

import { say } from "../dom.js"
import { mounted, whenGone } from "../mount.js"
import { fill } from "../numbers.js"
import { lengthCurves, lossCurve } from "./curves.js"
import { drawMap, pressedRow } from "./map.js"
import { whichPoint } from "./names.js"
import { Network } from "./network.js"
import { panelOf, weightOf } from "./panels.js"
import { classPrice, errorPrice } from "./price.js"
import { Program } from "./program.js"
import { busiest, carriedBy, strongest } from "./start.js"
import { LINE } from "./types.js"

const NARROWEST = 240 // pixels, of a picture
const BUSY = "input, textarea, select, [role=slider], [role=radiogroup], [role=dialog]"

/**
 * @typedef {import("./types.js").Step} Step
 * @typedef {import("./types.js").Weight} Weight
 * @typedef {import("./types.js").Value} Value
 * @typedef {import("./types.js").Pointed} Pointed
 * @typedef {ParentNode & Node & { host?: HTMLElement }} Root
 * @typedef {(word: "point" | "check" | "more" | "onward", value: number | string) => void} Tell
 */

class Opened {
  /** @type {Tell} */
  tell = () => {}
  isOnward = false // whether the next epoch is on its way
  drawn = 0 // the width of what is drawn
  /** @type {Pointed | null} */
  hovered = null
  /** @type {Network | null} where that is the picture */
  network = null
  hand = new AbortController()

  /**
   * @param {Root} root
   * @param {Step} step
   */
  constructor(root, step) {
    this.root = root
    this.step = step
    this.chosen = strongest(step.weights)
    this.part = partsOf(root)
    this.program = new Program(this.part.program, step.line, {
      open: (line) => this.go(line),
      look: () => this.look(),
    })
    this.listen()
    this.size = new ResizeObserver(() => this.width() !== this.drawn && this.draw())
    this.size.observe(this.part.picture)
    this.part.next.focus({ preventScroll: true }) // the keys turn lines, not the way to this room
  }

  listen() {
    const { back, next, map, panel, more } = this.part
    const { signal } = this.hand
    back.addEventListener("click", () => this.go(this.program.line - 1), { signal })
    next.addEventListener("click", () => this.go(this.program.line + 1), { signal })
    more.addEventListener("click", () => this.tell("more", this.program.line), { signal })
    map.addEventListener("click", (event) => this.tell("point", pressedRow(map, this.step.map, event)), { signal })
    panel.addEventListener("click", ({ target }) => isCheck(target) && this.tell("check", this.chosen), { signal })
    panel.addEventListener("change", ({ target }) => this.choose(/** @type {any} */ (target).value), { signal })
    addEventListener("keydown", (event) => this.key(event), { signal })
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const turn = { ArrowLeft: -1, ArrowRight: 1 }[event.key]
    const busy = event.composedPath().some((at) => /** @type {Partial<Element>} */ (at).matches?.(BUSY))
    if (!turn || busy || event.ctrlKey || event.metaKey || event.altKey || !this.root.host?.offsetParent) return
    event.preventDefault()
    this.go(this.program.line + turn)
  }

  /**
   * To another line; past the last one the loop goes round.
   * @param {number} line
   */
  go(line) {
    if (this.isOnward) return
    if (line > LINE.step) {
      this.isOnward = true
      this.tell("onward", this.step.epoch)
    } else if (line >= LINE.model) {
      this.program.open(line)
      this.draw()
    }
  }

  /**
   * @param {Step} step
   * @param {Tell} tell
   */
  receive(step, tell) {
    this.tell = tell
    this.step = step
    if (!weightOf(step, this.chosen)) this.chosen = strongest(step.weights)
    if (this.isOnward) this.program.line = LINE.model
    this.isOnward = false
    this.hovered = null
    this.draw()
  }

  /** @param {string} way */
  choose(way) {
    this.chosen = way
    this.draw()
  }

  width() {
    return Math.max(NARROWEST, Math.floor(this.part.picture.clientWidth))
  }

  draw() {
    this.drawn = this.width()
    this.program.show(this.step.program)
    this.showWords()
    drawMap(this.part.map, this.step.map, getComputedStyle(this.part.say).color)
    this.look()
  }

  /** What stands around the picture. */
  showWords() {
    const { words } = this.step
    const { mark, say: line, back, next, hint, map, which, more } = this.part
    const at = this.program.line
    say(mark, words.mark)
    say(line, words.lines[at])
    say(back, `← ${words.back}`)
    back.disabled = at === LINE.model
    say(next, `${at === LINE.step ? words.again : words.next} →`)
    say(hint, words.keys)
    map.setAttribute("aria-label", words.pick)
    map.title = words.pick
    say(which, whichPoint(this.step))
    const lesson = words.lessons[at]
    more.hidden = !lesson
    say(more, `${fill(words.more, { term: lesson })} →`)
  }

  /** Show the picture of the line that is open or pointed at, and its numbers. */
  look() {
    this.network = null
    this.part.picture.replaceChildren(this.picture(this.program.shown))
    this.light()
    this.showPanel()
  }

  /**
   * @param {number} line
   * @returns {SVGElement}
   */
  picture(line) {
    const { step, drawn: width } = this
    const { price, classCost } = step
    if (line === LINE.loss && price) return errorPrice({ ...step, price }, width)
    if (line === LINE.loss && classCost) return classPrice({ ...step, classCost }, width)
    if (line === LINE.append) return lossCurve(step, width)
    if (line === LINE.zero) return lengthCurves(step, width)
    if (line === LINE.backward) return this.drawing((weight) => weight.gradient)
    if (line === LINE.step) return this.drawing((weight) => (weight.after ?? 0) - (weight.before ?? 0))
    return this.drawing((weight) => carriedBy(weight, step.columns))
  }

  /** @param {(weight: Weight) => Value} what a line shows */
  drawing(what) {
    const acts = {
      ...{ what, point: (/** @type {Pointed | null} */ pointed) => this.point(pointed) },
      press: (/** @type {Pointed} */ pressed) => ("way" in pressed ? this.choose(pressed.way) : this.point(pressed)),
    }
    this.network = new Network(this.step, this.drawn, acts)
    this.network.drawing.setAttribute("aria-label", `${this.program.code}: ${this.step.words.hint}`)
    return this.network.drawing
  }

  /** @param {Pointed | null} pointed in the network */
  point(pointed) {
    this.hovered = pointed
    this.light()
    this.showPanel()
  }

  light() {
    const { pointed, shown } = this.program
    const column = pointed?.column ? { column: pointed.column, incoming: pointed.incoming } : null
    const resting = shown === LINE.model ? null : { way: this.chosen }
    this.network?.light(this.hovered ?? column ?? resting)
  }

  showPanel() {
    const way = this.hovered && "way" in this.hovered ? this.hovered.way : this.chosen
    const about = {
      weight: weightOf(this.step, way),
      pointed: this.hovered ?? busiest(this.step.columns[1]),
      program: this.program.pointed,
    }
    this.part.panel.replaceChildren(...panelOf(this.program.shown, this.step, about))
  }

  close() {
    this.hand.abort()
    this.size.disconnect()
  }
}

/** @param {ParentNode} root */
function partsOf(root) {
  const part = (/** @type {string} */ name) => /** @type {HTMLElement} */ (root.querySelector(`.${name}`))
  const button = (/** @type {string} */ name) => /** @type {HTMLButtonElement} */ (part(name))
  return {
    ...{ program: part("program"), mark: part("mark"), say: part("say"), hint: part("hint"), which: part("which") },
    ...{ back: button("back"), next: button("next"), more: button("more") },
    ...{ map: /** @type {HTMLCanvasElement} */ (part("map")), picture: part("picture"), panel: part("panel") },
  }
}

/** @param {EventTarget | null} target */
const isCheck = (target) => /** @type {Element} */ (target).matches(".check")

/** @param {{ data: Step | null, parentElement: Root, setTriggerValue: Tell }} mount */
export default function ({ data, parentElement, setTriggerValue }) {
  if (data) mounted(parentElement, () => new Opened(parentElement, data)).receive(data, setTriggerValue)
  return whenGone(parentElement)
}
