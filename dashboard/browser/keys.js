/** Keys for what can be clicked: each stands for the element of that CSS class. Never while a person types. */

import { WRITES } from "./dom.js"
import { mounted, whenGone } from "./mount.js"

/** @typedef {{ keys: Record<string, { name: string, place: number }>, language: string }} Data */

class Keys {
  /** @type {Data["keys"]} */
  keys = {}
  byKeyboard = false // whether the focus came where it is by the keyboard
  hand = new AbortController()

  constructor() {
    const { signal } = this.hand
    document.addEventListener("keydown", (event) => this.press(event), { signal })
    document.addEventListener("focusin", ({ target }) => (this.byKeyboard = isSeen(target)), { signal })
    document.body.addEventListener("keydown", (event) => this.keep(event), { signal })
  }

  /** @param {KeyboardEvent} event */
  press(event) {
    const key = this.keys[event.key.toLowerCase()]
    const typing = /** @type {Element} */ (event.target).closest?.(WRITES)
    if (!key || typing || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return
    /** @type {NodeListOf<HTMLElement>} */
    const all = document.querySelectorAll(`.st-key-${key.name} :is(button, input)`)
    all[key.place]?.click()
  }

  /**
   * Streamlit's own shortcut for Space takes it from whatever has the focus: a focused button keeps it. After a click on
   * a room Streamlit leaves the focus on the room before: that button has no use for it.
   * @param {KeyboardEvent} event
   */
  keep(event) {
    const button = /** @type {Element} */ (event.target).closest?.("button, a[href], [role=button], summary")
    if (event.key !== " " || !button || button.closest(".st-key-train, .st-key-pause")) return
    event.stopPropagation()
    if (button.closest(".st-key-room") && !this.byKeyboard) event.preventDefault()
  }

  close() {
    this.hand.abort()
  }
}

/** @param {EventTarget | null} element */
const isSeen = (element) => element instanceof Element && element.matches(":focus-visible")

/** @param {{ data: Data, parentElement: ParentNode & Node }} mount */
export default function ({ data, parentElement }) {
  document.documentElement.lang = data.language // for screen readers, line breaks and the browser's own fonts
  mounted(parentElement, () => new Keys()).keys = data.keys
  return whenGone(parentElement)
}
