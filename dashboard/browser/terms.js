/** What a word on a label, an axis or a button means: shown beside it while the hand is over it, or after a tap. */

import { mounted, whenGone } from "./mount.js"

/** @typedef {{ clientX: number, clientY: number }} Place */
/** @typedef {Record<string, [string, string]>} Terms a label's text -> the term's name and its meaning */

const LABELS = ".label, text[class$=title], [data-testid=stWidgetLabel], [role=tab], .stMarkdown p, button"
const WAIT = 350 // milliseconds that the hand must stay
const WAIT_ON_BUTTON = 900 // where it may be about to press
const MOVED = 30 // pixels from where it has pressed, until which nothing is explained: it looks at what comes of it
const GAP = 8 // pixels to the label and to the window's edge
const READ =
  "p, li, td, th, label, summary, button, input, textarea, code, h1, h2, h3, h4, text, .label, .tile, .stSlider" // or pressed
const LOOKS = [0.02, 0.25, 0.5, 0.75, 0.98] // places along a note's sides where it is asked what lies under it

/** @type {Map<string, RegExp>} a label with places like {name} -> the texts that it stands for */
const patterns = new Map()

/** @param {string} label */
function patternOf(label) {
  let pattern = patterns.get(label)
  if (!pattern) {
    const parts = label.split(/\{\w+\}/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))
    pattern = new RegExp(`^${parts.join(".+")}$`)
    patterns.set(label, pattern)
  }
  return pattern
}

/**
 * The term that an element's whole text is; null if it is none.
 * @param {Element} element
 * @param {Terms} terms
 */
export function termOf(element, terms) {
  const text = (element.querySelector?.("p") ?? element).textContent?.trim() ?? ""
  if (Object.hasOwn(terms, text)) return terms[text]
  const label = text && Object.keys(terms).find((key) => key.includes("{") && patternOf(key).test(text))
  return label ? terms[label] : null
}

/**
 * Where a note goes: below its label, above it or beside it, within the window, and where it covers least.
 * @param {{ left: number, right: number, top: number, bottom: number }} label
 * @param {{ width: number, height: number }} note
 * @param {{ width: number, height: number }} room the window
 * @param {(left: number, top: number) => number} covered how much would lie under the note
 * @returns {[number, number]} its left upper corner
 */
export function placeOf(label, note, room, covered) {
  const across = Math.max(GAP, Math.min(label.left, room.width - note.width - GAP))
  const down = Math.max(GAP, Math.min(label.top, room.height - note.height - GAP))
  const places = /** @type {[number, number][]} */ ([
    [across, label.bottom + GAP],
    [across, label.top - GAP - note.height],
    [label.right + GAP, down],
    [label.left - GAP - note.width, down],
  ])
  const fitting = places.filter(
    ([left, top]) =>
      left >= GAP && top >= GAP && left + note.width + GAP <= room.width && top + note.height + GAP <= room.height,
  )
  const costs = fitting.map(([left, top]) => covered(left, top))
  return fitting[costs.indexOf(Math.min(...costs))] ?? [across, GAP]
}

/**
 * What is drawn at a place of the window, also within a component.
 * @param {number} x
 * @param {number} y
 */
function elementAt(x, y) {
  let found = document.elementFromPoint(x, y)
  while (found?.shadowRoot) {
    const inner = found.shadowRoot.elementFromPoint(x, y)
    if (!inner || inner === found) break
    found = inner
  }
  return found
}

/** @type {(one: Place, other: Place) => number} */
const distance = (one, other) => Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY)

class Explainer {
  /** @type {Terms} */
  terms = {}
  /** @type {Element | null} */
  about = null
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  soon
  /** @type {Place | null} where the hand has pressed last */
  pressed = null
  hand = new AbortController()

  constructor() {
    this.note = document.createElement("div")
    this.note.className = "term"
    this.note.setAttribute("role", "tooltip")
    this.note.hidden = true
    document.body.append(this.note)
    const { signal } = this.hand
    document.addEventListener("pointerover", (event) => this.point(event, WAIT), { signal })
    document.addEventListener("pointerup", (event) => event.pointerType !== "mouse" && this.point(event, 0), { signal })
    document.addEventListener("pointerdown", (event) => this.press(event), { signal, capture: true })
    document.addEventListener("keydown", ({ key }) => key === "Escape" && this.hide(), { signal })
    document.addEventListener("toggle", ({ target }) => showWhole(target), { signal, capture: true })
    document.addEventListener("scroll", () => this.hide(), { signal, capture: true, passive: true })
  }

  /**
   * @param {PointerEvent} event
   * @param {number} wait
   */
  point(event, wait) {
    if (wait && this.pressed && distance(event, this.pressed) < MOVED) return
    this.pressed = null
    const [first] = event.composedPath() // also within a component
    const label = first instanceof Element ? first.closest(LABELS) : null
    if (label === this.about) return
    this.hide()
    const term = label && termOf(label, this.terms)
    if (!label || !term || (event.pointerType !== "mouse" && label.matches("button, [role=tab]"))) return // a tap presses
    this.about = label
    const long = wait && label.matches("button, [role=tab]") ? WAIT_ON_BUTTON : wait
    this.soon = setTimeout(() => this.show(label, term), long)
  }

  /**
   * @param {Element} label
   * @param {[string, string]} term
   */
  show(label, [name, meaning]) {
    const { note } = this
    const bold = document.createElement("b")
    bold.textContent = name
    note.replaceChildren(bold, document.createElement("br"), meaning)
    note.hidden = false
    note.style.colorScheme = getComputedStyle(label).colorScheme // the page's, which its body doesn't have
    const { offsetWidth: width, offsetHeight: height } = note
    /** @type {(left: number, top: number) => number} */
    const covered = (left, top) => {
      const under = LOOKS.flatMap((x) => LOOKS.map((y) => elementAt(left + x * width, top + y * height)))
      return under.filter((element) => element?.closest(READ)).length
    }
    const room = { width: innerWidth, height: innerHeight }
    const [left, top] = placeOf(label.getBoundingClientRect(), { width, height }, room, covered)
    note.style.left = `${left}px`
    note.style.top = `${top}px`
  }

  /** @param {PointerEvent} event */
  press(event) {
    this.hide()
    this.pressed = { clientX: event.clientX, clientY: event.clientY }
  }

  hide() {
    clearTimeout(this.soon)
    this.about = null
    this.note.hidden = true
  }

  close() {
    this.hide()
    this.hand.abort()
    this.note.remove()
  }
}

/**
 * A meaning that was opened below its term may lie under the window's edge.
 * @param {EventTarget | null} target
 */
function showWhole(target) {
  if (target instanceof HTMLDetailsElement && target.open) target.lastElementChild?.scrollIntoView({ block: "nearest" })
}

/** @param {{ data: Terms, parentElement: Node }} mount */
export default function ({ data, parentElement }) {
  mounted(parentElement, () => new Explainer()).terms = data
  return whenGone(parentElement)
}
