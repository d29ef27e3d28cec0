/** Files that are dropped anywhere in the room, and cells that are pasted there, go to the room's uploader. */

import { mounted, whenGone } from "./mount.js"

const UPLOADER = "[data-testid=stFileUploaderDropzone]"
const WRITES = "input, textarea, select, [contenteditable=true], [data-testid=stDataFrame]"
const OVER = "moons-drop" // the page's class while a file is over it

/** @param {Event} event @param {string} selector */
const isWithin = (event, selector) => /** @type {Partial<Element>} */ (event.target).closest?.(selector)

/** @param {DragEvent} event */
const brings = (event) => [...(event.dataTransfer?.items ?? [])].some((item) => item.kind === "file")

/**
 * What was pasted, as a file: cells of a spreadsheet, which brings a picture of them too, else the file itself.
 * @param {string} text
 * @param {File | undefined} file
 */
export function pastedFile(text, file) {
  const isTable = /[\t\n]/.test(text.trim())
  return isTable ? new File([text], "pasted.tsv", { type: "text/tab-separated-values" }) : file
}

/** @param {File | undefined} file */
function give(file) {
  /** @type {HTMLInputElement | null} */
  const input = document.querySelector(`.st-key-upload_file ${UPLOADER} input[type="file"]`)
  if (!input || !file) return
  const held = new DataTransfer()
  held.items.add(file)
  input.files = held.files
  input.dispatchEvent(new Event("change", { bubbles: true }))
}

class Drop {
  hand = new AbortController()
  page = document.documentElement

  constructor() {
    const { signal } = this.hand
    document.addEventListener("dragover", (event) => this.over(event), { signal })
    document.addEventListener("dragleave", (event) => this.leave(event), { signal })
    document.addEventListener("drop", (event) => this.drop(event), { signal })
    document.addEventListener("paste", (event) => this.paste(event), { signal })
  }

  /** @param {DragEvent} event */
  over(event) {
    if (!brings(event)) return
    event.preventDefault()
    this.page.classList.add(OVER)
  }

  /** @param {DragEvent} event */
  leave(event) {
    if (!event.relatedTarget) this.page.classList.remove(OVER)
  }

  /** @param {DragEvent} event */
  drop(event) {
    this.page.classList.remove(OVER)
    if (!brings(event) || isWithin(event, UPLOADER)) return
    event.preventDefault()
    give(event.dataTransfer?.files[0])
  }

  /** @param {ClipboardEvent} event */
  paste(event) {
    if (isWithin(event, WRITES) || !event.clipboardData) return
    const file = pastedFile(event.clipboardData.getData("text/plain"), event.clipboardData.files[0])
    if (!file) return
    give(file)
    event.preventDefault()
  }

  close() {
    this.hand.abort()
    this.page.classList.remove(OVER)
  }
}

/** @param {{ data: { word: string }, parentElement: Node }} mount */
export default function ({ data, parentElement }) {
  const { page } = mounted(parentElement, () => new Drop())
  page.style.setProperty("--moons-drop", JSON.stringify(data.word))
  return whenGone(parentElement)
}
