/** What the pen does – add points of a class or number, move, erase – and the row of buttons for it. */

import { element } from "../dom.js"

export const MOVE = "move"
export const ERASE = "erase"
const NEW = "new"

/**
 * @typedef {number | "move" | "erase" | "new"} Pen a class's number; that of a regression is 0
 *
 * @typedef {object} Kinds What there is to choose from.
 * @property {string[]} names of the classes
 * @property {string[]} colors
 * @property {{ middle: number } | null} number of a regression
 * @property {boolean} editable
 * @property {Record<string, string>} words
 */

/**
 * The pen once the classes have changed: the class that it has made, else the same, else the first.
 * @param {Pen} pen
 * @param {string | null} born the name of that class
 * @param {string[]} names
 * @returns {Pen}
 */
export function penAfter(pen, born, names) {
  if (born !== null && names.includes(born)) return names.indexOf(born)
  return typeof pen === "number" && pen >= Math.max(1, names.length) ? 0 : pen
}

export class Pens {
  /** @type {Pen} */
  pen = 0
  /** @type {string | null} the class that was made since the last answer */
  born = null
  /** @type {string | null} the number that was written */
  written = null

  /**
   * @param {Element} group
   * @param {Kinds} kinds
   * @param {() => void} changed
   */
  constructor(group, kinds, changed) {
    this.group = group
    this.kinds = kinds
    this.changed = changed
  }

  /** @param {Kinds} kinds */
  receive(kinds) {
    this.kinds = kinds
    this.pen = penAfter(this.pen, this.born, kinds.names)
    this.born = null
    this.show()
  }

  /** What a click does, in words. */
  get hint() {
    const { editable, words } = this.kinds
    if (!editable) return ""
    return words[this.pen === MOVE || this.pen === ERASE ? `${this.pen}_hint` : "add_hint"]
  }

  /** The class or number of a point that is added. */
  label() {
    const { number, names, words } = this.kinds
    if (number) return Number(this.written ?? number.middle)
    if (this.pen === NEW) this.born = words.born
    return this.pen === NEW ? words.born : names[Number(this.pen)]
  }

  show() {
    const { names, colors, editable, words, number } = this.kinds
    const items = names.map((name, i) => this.#item(i, name, colors[i]))
    if (editable) {
      items.push(number ? this.#numberItem(number) : this.#item(NEW, words.new))
      items.push(this.#item(MOVE, words.move), this.#item(ERASE, words.erase))
    }
    this.group.setAttribute("aria-label", words.pens)
    this.group.replaceChildren(...items)
    this.changed()
  }

  /**
   * @param {Pen} pen
   * @param {string} label
   * @param {string} [color]
   */
  #item(pen, label, color) {
    const item = element(this.kinds.editable ? "button" : "span")
    if (color !== undefined) item.append(dot(color))
    item.append(label)
    if (!this.kinds.editable) return item
    item.setAttribute("type", "button")
    item.setAttribute("aria-pressed", String(pen === this.pen))
    item.addEventListener("click", () => {
      this.pen = pen
      this.show()
    })
    return item
  }

  /** @param {{ middle: number }} number */
  #numberItem({ middle }) {
    const { words } = this.kinds
    const value = this.written ?? String(middle)
    const field = element("input", { type: "number", step: "any", value, "aria-label": words.number })
    field.addEventListener("input", () => {
      this.written = field.value
    })
    const item = this.#item(0, words.number)
    item.append(field)
    return item
  }
}

/** @param {string} color */
function dot(color) {
  const made = element("i")
  made.style.background = color
  return made
}
