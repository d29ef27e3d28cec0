/** The run in small pictures; a click looks at the epoch. */

import { tableOf } from "./colors.js"
import { bytes } from "./decode.js"
import { element, fitChildren, say } from "./dom.js"
import { mounted, whenGone } from "./mount.js"
import { formatNumber } from "./numbers.js"
import { paintGrid } from "./paint.js"

const PIXELS = 2 // of a picture for each cell and direction

/**
 * @typedef {{ epoch: number, z: string | null, label: string }} Picture z: bytes as base64; null where there is none yet
 *
 * @typedef {object} Data
 * @property {Picture[]} pictures the earliest first
 * @property {number} epoch the one looked at
 * @property {number} every milliseconds between two looks at a run that moves
 * @property {number} most pictures of a long run
 * @property {number} columns
 * @property {number} rows
 * @property {string} levels colours, as base64
 * @property {string} language
 * @property {{ film: string }} words
 *
 * @typedef {(word: "look" | "follow", value: number) => void} Tell
 */

/**
 * The number of the picture that shows an epoch: the last one up to it; −1 if all are later.
 * @param {{ epoch: number }[]} pictures
 * @param {number} epoch
 */
export const pictureOf = (pictures, epoch) => pictures.findLastIndex((picture) => picture.epoch <= epoch)

function button() {
  return element("button", { type: "button" }, element("canvas"), element("span"))
}

class Filmstrip {
  asked = Date.now()
  every = Number.POSITIVE_INFINITY
  hand = new AbortController()
  /** @type {Tell} */
  tell = () => {}

  /** @param {HTMLElement} film */
  constructor(film) {
    this.film = film
    document.addEventListener("moons:moved", () => this.ask(), { signal: this.hand.signal })
  }

  /**
   * @param {Data} data
   * @param {Tell} tell
   */
  receive(data, tell) {
    this.tell = tell
    this.every = data.every
    this.film.setAttribute("aria-label", data.words.film)
    this.film.style.setProperty("--most", String(data.most)) // a short run's pictures are no larger
    fitChildren(this.film, data.pictures.length, button)
    const table = tableOf(bytes(data.levels))
    const current = pictureOf(data.pictures, data.epoch)
    for (const [i, picture] of data.pictures.entries()) {
      const shown = /** @type {HTMLButtonElement} */ (this.film.children[i])
      shown.setAttribute("aria-current", String(i === current))
      this.show(shown, picture, table, data)
    }
  }

  /**
   * @param {HTMLButtonElement} shown
   * @param {Picture} picture
   * @param {Uint32Array} table
   * @param {Data} data
   */
  show(shown, { epoch, z, label }, table, { columns, rows, language }) {
    const canvas = /** @type {HTMLCanvasElement} */ (shown.querySelector("canvas"))
    const number = /** @type {Element} */ (shown.querySelector("span"))
    shown.disabled = z === null
    shown.title = label
    shown.setAttribute("aria-label", label)
    shown.onclick = () => this.tell("look", epoch)
    say(number, formatNumber(epoch, 0, language))
    canvas.width = PIXELS * columns
    canvas.height = PIXELS * rows
    if (z !== null) paintGrid(canvas, bytes(z), table, columns, rows)
  }

  /** While a run is pushed, the page is asked now and then for what stands here, as far as it is on the screen. */
  ask() {
    const now = Date.now()
    if (now - this.asked < this.every || this.film.getBoundingClientRect().top >= innerHeight) return
    this.asked = now
    this.tell("follow", now)
  }

  close() {
    this.hand.abort()
  }
}

/** @param {{ data: Data | null, parentElement: ParentNode & Node, setTriggerValue: Tell }} mount */
export default function ({ data, parentElement, setTriggerValue }) {
  const film = /** @type {HTMLElement} */ (parentElement.querySelector(".film"))
  const strip = mounted(parentElement, () => new Filmstrip(film))
  if (data) strip.receive(data, setTriggerValue)
  return whenGone(parentElement)
}
