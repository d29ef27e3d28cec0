/** Keys for what can be clicked: each stands for the element of that CSS class. Never while a person types. */

import { mounted, whenGone } from "./mount.js"

const WRITES = "input:not([type=range], [type=checkbox]), textarea, [contenteditable=true]"

/** @typedef {{ keys: Record<string, { name: string, place: number }>, language: string }} Data */

class Keys {
  /** @type {Data["keys"]} */
  keys = {}
  hand = new AbortController()

  constructor() {
    const { signal } = this.hand
    document.addEventListener("keydown", (event) => this.press(event), { signal })
    document.body.addEventListener("keydown", keep, { signal })
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

  close() {
    this.hand.abort()
  }
}

/**
 * Streamlit's own shortcut for Space takes it from whatever has the focus: a focused button keeps it.
 * @param {KeyboardEvent} event
 */
function keep(event) {
  const button = /** @type {Element} */ (event.target).closest?.("button, a[href], [role=button], summary")
  if (event.key === " " && button && !button.closest(".st-key-train, .st-key-pause")) event.stopPropagation()
}

/** @param {{ data: Data, parentElement: ParentNode & Node }} mount */
export default function ({ data, parentElement }) {
  document.documentElement.lang = data.language // for screen readers, line breaks and the browser's own fonts
  mounted(parentElement, () => new Keys()).keys = data.keys
  return whenGone(parentElement)
}
