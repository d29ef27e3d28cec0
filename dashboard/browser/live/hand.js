/** What a person does to the page outside the component: slides a slider, presses Pause. */

/**
 * @param {object} acts
 * @param {(slider: string, value: number) => void} acts.slide a slider moves under the hand; its key's CSS name
 * @param {() => void} acts.pause Pause is pressed
 * @param {() => void} acts.release the hand lets go
 * @param {() => void} acts.dismiss Escape is pressed
 * @returns {{ readonly holds: boolean, close: () => void }}
 */
export function watchHand({ slide, pause, release, dismiss }) {
  /** @type {Node | null} */
  let held = null
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
  const pressesPause = (/** @type {Event} */ { target }) =>
    Boolean(/** @type {Element} */ (target).closest?.(".st-key-pause button"))
  addEventListener(
    "pointerdown",
    (event) => {
      held = /** @type {Node} */ (event.target)
      if (pressesPause(event)) pause()
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
  addEventListener(
    "keydown",
    (event) => {
      if (event.key === "Escape") dismiss()
      const typing = /** @type {Element} */ (event.target).closest?.(
        "input:not([type=range], [type=checkbox]), textarea, button, a[href]",
      )
      if (event.key === " " && !typing && document.querySelector(".st-key-pause button")) pause()
      if (event.key === "Enter" && pressesPause(event)) pause()
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
