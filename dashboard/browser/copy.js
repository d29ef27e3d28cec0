/** A button that copies a text, a link or a frame, with the epoch that is on the screen; and says that it did. */

const SAID = 2_000 // milliseconds for which it says so

/**
 * @typedef {object} Data
 * @property {string} begin @property {string} mark @property {string} end the text, with the epoch after the mark
 * @property {boolean} fixed whether the text has no epoch
 * @property {number} epoch
 * @property {{ link: string, copy: string, copied: string }} words
 */

/** The epoch on the screen; none in a room without the stage, where nothing moves. */
function shownEpoch() {
  const roots = [...document.querySelectorAll(".st-key-stage *")].map((host) => host.shadowRoot)
  return roots
    .find((root) => root)
    ?.querySelector("[data-say=epoch]")
    ?.textContent?.replace(/\D/g, "")
}

/** @param {{ data: Data, parentElement: ParentNode }} mount */
export default function ({ data, parentElement }) {
  const button = /** @type {HTMLButtonElement} */ (parentElement.querySelector("button"))
  const field = /** @type {HTMLInputElement} */ (parentElement.querySelector("input"))
  const fill = () => {
    const epoch = data.fixed ? 0 : Number(shownEpoch() ?? data.epoch)
    field.value = data.begin + (epoch ? data.mark + epoch : "") + data.end
  }
  fill()
  field.style.minWidth = data.fixed ? "0" : ""
  field.setAttribute("aria-label", data.words.link)
  button.textContent = data.words.copy
  button.onclick = async () => {
    fill()
    try {
      await navigator.clipboard.writeText(field.value)
    } catch {
      field.select() // a page without https, or in a frame, may not be allowed to: then the person copies
      document.execCommand("copy")
    }
    button.textContent = data.words.copied
    setTimeout(() => (button.textContent = data.words.copy), SAID)
  }
  field.onfocus = () => {
    fill()
    field.select()
  }
}
