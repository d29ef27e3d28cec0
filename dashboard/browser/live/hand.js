/** What a person does to the page outside the component: slides a slider, presses a button of the transport. */

import { WRITES } from "../dom.js"

const BUTTONS = ["train", "pause", "step", "reset", "backwards"] // by their keys' CSS names
const PLAY = ["train", "pause"]
const TWICE = 300 // milliseconds within which the hand means one press: Train and Pause take each other's place under it

/** @typedef {"train" | "pause" | "step" | "reset" | "backwards"} Button */

/**
 * Which of the buttons an element lies in.
 * @param {EventTarget | null} target
 * @returns {Button | undefined}
 */
function buttonOf(target) {
  const button = /** @type {Element | null} */ (target)?.closest?.("button:not(:disabled)")
  const name = BUTTONS.find((each) => button?.closest(`.st-key-${each}`))
  return /** @type {Button | undefined} */ (name)
}

/**
 * @param {object} acts
 * @param {(slider: string, value: number) => void} acts.slide a slider moves under the hand; its key's CSS name
 * @param {(button: Button) => boolean} acts.press a button is pressed; whether that is done, so that the page needn't hear
 * @param {() => void} acts.release the hand lets go
 * @param {() => void} acts.dismiss Escape is pressed
 * @returns {{ readonly holds: boolean, close: () => void }}
 */
export function watchHand({ slide, press, release, dismiss }) {
  /** @type {Node | null} */
  let held = null
  let byKeyboard = false // whether the focus came where it is by the keyboard: a later key would hide it
  let pressed = -TWICE // when Train or Pause was
  /** @param {MouseEvent} event @param {Button} button */
  const isAgain = (event, button) => PLAY.includes(button) && event.timeStamp - pressed < TWICE
  const gone = new AbortController()
  const { signal } = gone
  const watch = new MutationObserver((changes) => {
    for (const { target } of changes) {
      const input = /** @type {HTMLInputElement} */ (target)
      const widget = input.closest("[class*=st-key-]")
      const slider = [...(widget?.classList ?? [])].find((name) => name.startsWith("st-key-"))
      if (held && slider && widget?.contains(held)) slide(slider.slice(7), Number(input.value))
    }
  })
  watch.observe(document.body, { subtree: true, attributeFilter: ["aria-valuetext"] })
  addEventListener(
    "pointerdown",
    (event) => {
      held = /** @type {Node} */ (event.target)
      const paused = buttonOf(held) === "pause" && !isAgain(event, "pause") && press("pause")
      if (paused) pressed = event.timeStamp // at once, not when the hand lets go
    },
    { capture: true, signal },
  )
  addEventListener(
    "click",
    (event) => {
      const button = buttonOf(event.target)
      if (!button) return
      const again = event.detail > 0 && isAgain(event, button)
      if (!again && !press(button)) return
      event.stopImmediatePropagation()
      closePopovers()
      if (!again && PLAY.includes(button)) pressed = event.timeStamp
    },
    { capture: true, signal },
  )
  addEventListener(
    "pointerup",
    () => {
      held = null
      release()
    },
    { capture: true, signal },
  )
  addEventListener("focusin", (event) => (byKeyboard = innermost(event).matches?.(":focus-visible")), {
    capture: true,
    signal,
  })
  addEventListener(
    "keydown",
    (event) => {
      if (event.key === "Escape") dismiss()
      const plain = !event.ctrlKey && !event.metaKey && !event.altKey
      if (event.key !== " " || !plain || keepsSpace(event, byKeyboard)) return
      event.preventDefault() // both buttons have this key, and the one that isn't shown must not hear it
      event.stopImmediatePropagation()
      if (!event.repeat) shownButton()?.click()
    },
    { capture: true, signal },
  )
  return {
    get holds() {
      return held !== null
    },
    close() {
      watch.disconnect()
      gone.abort()
    },
  }
}

/**
 * Whether the space bar is for what has the focus: a field, or a button that the keyboard has come to. After a click the
 * focus stays where the hand was, and Streamlit may even leave it on the button that was clicked before.
 * @param {Event} event
 * @param {boolean} byKeyboard
 */
function keepsSpace(event, byKeyboard) {
  const focused = innermost(event)
  if (focused.closest?.(WRITES)) return true
  const button = byKeyboard && focused.closest?.("button, a[href], [role=button], summary")
  return button && !PLAY.includes(buttonOf(button) ?? "")
}

/** @param {Event} event */
const innermost = (event) => /** @type {Element} */ (event.composedPath()[0]) // also within a component

/** A click that is heard here is heard by no popover, which would close. */
function closePopovers() {
  /** @type {NodeListOf<HTMLElement>} */
  const open = document.querySelectorAll("[data-testid=stPopover] button[aria-expanded=true]")
  for (const button of open) button.click()
}

/** Train or Pause, whichever is on the screen. */
function shownButton() {
  const both = /** @type {NodeListOf<HTMLElement>} */ (
    document.querySelectorAll(":is(.st-key-train, .st-key-pause) button")
  )
  return [...both].find((button) => button.offsetParent !== null)
}
