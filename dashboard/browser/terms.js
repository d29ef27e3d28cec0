/** What a word on a label, an axis or a button means: shown beside it while the hand is over it, or after a tap. */

/** @typedef {Record<string, [string, string]>} Terms a label's text -> the term's name and its meaning */

const LABELS = ".label, text[class$=title], [data-testid=stWidgetLabel], [role=tab], .stMarkdown p, button"
const WAIT = 350 // milliseconds that the hand must stay
const GAP = 8 // pixels to the label and to the window's edge

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

class Explainer {
  /** @type {Terms} */
  terms = {}
  /** @type {Element | null} */
  about = null
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  soon
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
    document.addEventListener("pointerdown", () => this.hide(), { signal })
    document.addEventListener("keydown", ({ key }) => key === "Escape" && this.hide(), { signal })
    document.addEventListener("scroll", () => this.hide(), { signal, capture: true, passive: true })
  }

  /**
   * @param {PointerEvent} event
   * @param {number} wait
   */
  point(event, wait) {
    const [first] = event.composedPath() // also within a component
    const label = first instanceof Element ? first.closest(LABELS) : null
    if (label === this.about) return
    this.hide()
    const term = label && termOf(label, this.terms)
    if (!label || !term || (event.pointerType !== "mouse" && label.matches("button, [role=tab]"))) return // a tap presses
    this.about = label
    this.soon = setTimeout(() => this.show(label, term), wait)
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
    const box = label.getBoundingClientRect()
    const { offsetWidth: wide, offsetHeight: tall } = note
    const below = box.bottom + GAP + tall < innerHeight
    note.style.left = `${Math.max(GAP, Math.min(box.left, innerWidth - wide - GAP))}px`
    note.style.top = `${below ? box.bottom + GAP : Math.max(GAP, box.top - GAP - tall)}px`
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

/** @param {{ data: Terms, parentElement: HTMLElement & { moonsTerms?: Explainer } }} mount */
export default function ({ data, parentElement }) {
  parentElement.moonsTerms ??= new Explainer()
  parentElement.moonsTerms.terms = data
  return () => {
    parentElement.moonsTerms?.close()
    delete parentElement.moonsTerms
  }
}
