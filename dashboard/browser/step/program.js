/** The person's own program: what computes something can be pointed at, and a line of the loop opened. */

import { element } from "../dom.js"

/**
 * @typedef {import("./types.js").Line} Line
 *
 * @typedef {object} Acts
 * @property {(line: number) => void} open a line of the loop is pressed
 * @property {() => void} look another line's picture is to be shown
 */

/**
 * Where the code of a line begins after its indent.
 * @param {string} code
 */
const indentOf = (code) => code.slice(0, code.length - code.trimStart().length)

export class Program {
  /** @type {Line[]} */
  #lines = []
  #codes = ""
  /** @type {number | null} the line of the program that is shown for now, */
  #peeked = null
  /** @type {number | null} and the one with the focus */
  #held = null

  /**
   * @param {Element} place
   * @param {number} line of the loop that is open
   * @param {Acts} acts
   */
  constructor(place, line, acts) {
    this.place = place
    this.line = line
    this.acts = acts
  }

  /** The line of the program that is pointed at. */
  get pointed() {
    return this.#peeked === null ? undefined : this.#lines[this.#peeked]
  }

  /** The line of the loop whose picture is shown. */
  get shown() {
    return this.pointed?.line ?? this.line
  }

  /** The code of that line. */
  get code() {
    return this.#lines.find(({ loop, line }) => loop && line === this.shown)?.code.trim()
  }

  /**
   * Open a line of the loop.
   * @param {number} line
   */
  open(line) {
    this.line = line
    this.#peeked = this.#held = null
  }

  /** @param {Line[]} lines */
  show(lines) {
    const codes = lines.map(({ code }) => code).join("\n")
    this.#lines = lines
    if (codes !== this.#codes) {
      this.#codes = codes
      this.#peeked = this.#held = null
      this.place.replaceChildren(...lines.map((line, number) => this.#listed(line, number)))
    }
    for (const [number, { line, loop }] of lines.entries()) {
      if (line === null) continue
      const isOpen = loop && line === this.line
      this.place.children[number].className = isOpen ? "now" : ""
      this.place.children[number].setAttribute("aria-current", isOpen ? "step" : "false")
    }
  }

  /**
   * @param {Line} line
   * @param {number} number
   */
  #listed({ code, line }, number) {
    if (line === null) return element("code", {}, code)
    const button = element("button", { type: "button" }, indentOf(code), element("span", {}, code.trim()))
    button.addEventListener("pointerenter", () => this.#peek(number))
    button.addEventListener("pointerleave", () => this.#peek(this.#held))
    button.addEventListener("focus", () => this.#hold(number))
    button.addEventListener("blur", () => this.#hold(null))
    button.addEventListener("click", () => {
      this.acts.open(line)
      this.#hold(number)
    })
    return button
  }

  /**
   * A line is pointed at: it is shown until the hand goes on; null: the one that is open again.
   * @param {number | null} number
   */
  #peek(number) {
    const before = [this.shown, this.pointed?.say].join()
    this.#peeked = number
    const same = before === [this.shown, this.pointed?.say].join()
    if (!same) this.acts.look() // else a press on the panel must find it as it was
  }

  /**
   * A line is pressed, or has the focus: what it computes stays.
   * @param {number | null} number
   */
  #hold(number) {
    this.#held = number
    this.#peek(number)
  }
}
