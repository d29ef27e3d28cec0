/**
 * What Streamlit's own elements lack: a way past the settings, their words in the page's language, and roles that a
 * screen reader can follow. They come and go with the page, so it is looked over again a moment after each change.
 */

import { mounted, whenGone } from "./mount.js"

/**
 * @typedef {object} Words
 * @property {string} skip the link to the buttons that train
 * @property {Record<string, string>} said Streamlit's English -> the page's language; what is in braces is filled
 * @property {string} help the name of a button that explains {name}
 * @property {string} limit of a file: {size}
 * @property {string} shortcut the name of a {key} that stands on a button
 */

const SOON = 300 // milliseconds
const TRAIN = ":is(.st-key-train, .st-key-pause) button" // one of the two is shown
const NAMED = "[data-testid=stMain] [aria-label], [data-testid=stSidebar] [aria-label], header [aria-label]"
const TEXTS = `[data-testid=stSkipToContent], [data-testid=stFileUploader], button kbd, [data-testid=InputInstructions],
  [data-testid=stNumberInput] [role=alert], [data-testid=stTooltipErrorContent]`
/** What Streamlit gives another role than it has. @type {Record<string, string>} */
const ROLES = {
  "[data-testid=stFileUploaderDropzone][role=presentation]": "group", // it has a name: it isn't there for looks alone
  "[data-testid=stDataFrameResizable][role=region]": "group", // in another region of the same name
  "th.blank": "cell", // the corner over row names is the head of nothing
  "th[role=columnheader]:empty": "gridcell",
}

/**
 * One of Streamlit's own texts in the page's language; null: it is none of them.
 * @param {string} text
 * @param {Words} words
 */
export function translated(text, { said, help, limit, shortcut }) {
  if (Object.hasOwn(said, text)) return said[text]
  const key = /^Shortcut (.+)$/.exec(text)?.[1]
  if (key) return shortcut.replace("{key}", said[key] ?? key)
  const name = /^Help for (.+)$/.exec(text)?.[1]
  if (name) return help.replace("{name}", name)
  const size = /^(\S+) per file$/.exec(text)?.[1]
  if (size) return limit.replace("{size}", size)
  for (const [own, translation] of Object.entries(said)) {
    const found = own.includes("{") ? pattern(own).exec(text)?.groups : null
    if (found) return translation.replace(/\{(\w+)\}/g, (place, name) => found[name] ?? place)
  }
  return null
}

/** @param {string} own */
function pattern(own) {
  return new RegExp(`^${own.replace(/[.*+?^$()|[\]\\]/g, "\\$&").replace(/\{(\w+)\}/g, "(?<$1>.+)")}$`)
}

/** @typedef {{ own: string, said: string }} Mended */

/**
 * The text for a place that says `text` now: of what was mended before, in another language perhaps, its own text counts.
 * @param {object} place
 * @param {string} text
 * @param {Words} words
 * @param {WeakMap<object, Mended>} mended
 */
export function inLanguage(place, text, words, mended) {
  const before = mended.get(place)
  const own = before?.said === text ? before.own : text
  const said = translated(own, words)
  if (said) mended.set(place, { own, said })
  return said
}

/** @type {WeakMap<object, Mended>} */
const MENDED = new WeakMap()

/** @param {Words} words */
function mend(words) {
  for (const image of document.querySelectorAll("[data-testid=stFullScreenFrame] [data-testid=stImage]")) {
    const bar = image.closest("[data-testid=stFullScreenFrame]")?.querySelector("[data-testid=stElementToolbar]")
    bar?.remove() // a small picture has no more to show on the whole screen: a stop of the Tab key for nothing
  }
  for (const [wrong, role] of Object.entries(ROLES)) {
    for (const element of document.querySelectorAll(wrong)) element.setAttribute("role", role)
  }
  for (const named of document.querySelectorAll(NAMED)) {
    const text = inLanguage(named, named.getAttribute("aria-label") ?? "", words, MENDED)
    if (text) named.setAttribute("aria-label", text)
  }
  for (const place of document.querySelectorAll(TEXTS)) {
    const nodes = document.createTreeWalker(place, NodeFilter.SHOW_TEXT)
    while (nodes.nextNode()) {
      const text = inLanguage(nodes.currentNode, nodes.currentNode.nodeValue ?? "", words, MENDED)
      if (text) nodes.currentNode.nodeValue = text
    }
  }
}

/** The first stop of the Tab key: to what trains, past the rooms and the settings. */
function skipLink() {
  const link = document.createElement("a")
  link.href = "#stMain"
  link.className = "skip"
  link.addEventListener("click", (event) => {
    event.preventDefault()
    const buttons = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(TRAIN))
    const shown = [...buttons].find((button) => button.offsetParent)
    shown?.focus()
  })
  document.body.prepend(link)
  return link
}

class Access {
  /** @type {Words | null} */
  words = null
  /** @type {(ground: string) => void} */
  tell = () => {}
  ground = "" // the page's background, by which a change of theme is seen
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  soon

  constructor() {
    this.link = skipLink()
    this.watch = new MutationObserver(() => {
      this.soon ??= setTimeout(() => this.look(), SOON)
    })
    this.watch.observe(document.body, { childList: true, subtree: true })
    this.dark = matchMedia("(prefers-color-scheme: dark)")
    this.dark.onchange = () => {
      this.soon ??= setTimeout(() => this.look(), SOON)
    }
  }

  look() {
    this.soon = undefined
    if (!this.words) return
    this.link.hidden = !document.querySelector(TRAIN)
    mend(this.words)
    this.seeTheme()
  }

  /** What Python has coloured for one theme must be drawn anew for the other; Watch sees to its own pictures. */
  seeTheme() {
    const app = document.querySelector(".stApp")
    const ground = app ? getComputedStyle(app).backgroundColor : ""
    if (this.ground && ground !== this.ground && !document.querySelector(".st-key-stage")) this.tell(ground)
    this.ground = ground
  }

  /**
   * @param {Words} words
   * @param {(ground: string) => void} tell
   */
  receive(words, tell) {
    this.words = words
    this.tell = tell
    this.link.textContent = words.skip
    this.look()
  }

  close() {
    this.watch.disconnect()
    this.dark.onchange = null
    clearTimeout(this.soon)
    this.link.remove()
  }
}

/**
 * @param {{ data: Words, parentElement: Node, setTriggerValue: (name: string, value: string) => void }} mount
 */
export default function ({ data, parentElement, setTriggerValue }) {
  mounted(parentElement, () => new Access()).receive(data, (ground) => setTriggerValue("theme", ground))
  return whenGone(parentElement)
}
