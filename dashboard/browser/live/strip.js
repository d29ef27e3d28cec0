/** The figures strip: epoch, loss, score and speed in numbers; the timeline; a sentence on how the run is doing. */

import { formatNumber, formatPercent } from "../numbers.js"

/**
 * @typedef {import("../protocol.js").Scores} Scores
 *
 * @typedef {object} Status
 * @property {string} title
 * @property {string} text
 * @property {string} remedy the words on its button; "": no button
 * @property {string} tone "good", "bad" or ""
 * @property {boolean} quiet whether it changes too often to be read aloud
 *
 * @typedef {object} About What stays through a scene.
 * @property {Record<string, string>} words
 * @property {string} language
 * @property {number} epochs length of the whole run
 * @property {number} classes 0: a regression
 * @property {Record<string, string>} colors of the splits
 *
 * @typedef {object} Moment
 * @property {number} epoch
 * @property {Scores} scores
 * @property {number} pace epochs per second
 * @property {number} known epochs trained
 */

export class Strip {
  /**
   * @param {ParentNode} root
   * @param {{ seek: (epoch: number) => void, settle: (epoch: number) => void, remedy: () => void }} acts
   */
  constructor(root, acts) {
    this.root = root
    this.strip = /** @type {HTMLElement} */ (root.querySelector(".strip"))
    this.bar = /** @type {HTMLElement} */ (root.querySelector("[role=progressbar]"))
    this.status = /** @type {HTMLElement} */ (root.querySelector(".status"))
    this.button = /** @type {HTMLButtonElement} */ (root.querySelector("button"))
    this.timeline = /** @type {HTMLInputElement} */ (root.querySelector("input"))
    this.says = new Map(
      [...root.querySelectorAll("[data-say]")].map((e) => [/** @type {HTMLElement} */ (e).dataset.say, e]),
    )
    this.held = false
    this.painted = 0
    this.hand = new AbortController()
    const { signal } = this.hand
    this.timeline.addEventListener("pointerdown", () => (this.held = true), { signal })
    addEventListener("pointerup", () => (this.held = false), { capture: true, signal })
    this.timeline.addEventListener("input", () => acts.seek(Number(this.timeline.value)), { signal })
    this.timeline.addEventListener("change", () => acts.settle(Number(this.timeline.value)), { signal })
    this.button.addEventListener("click", () => acts.remedy(), { signal })
  }

  /**
   * Another scene's words and colours.
   * @param {About} about
   */
  setScene(about) {
    this.about = about
    const { words, colors, epochs } = about
    for (const [name, word] of Object.entries({
      epoch: words.epoch,
      loss: words.loss,
      score: words.score,
      pace: words.pace,
    })) {
      this.#say(`${name}-label`, word)
    }
    this.#say("epoch-of", `/ ${formatNumber(epochs, 0, about.language)}`)
    for (const element of this.root.querySelectorAll("[data-split]")) {
      element.textContent = words[/** @type {HTMLElement} */ (element).dataset.split ?? ""]
    }
    for (const [split, color] of Object.entries(colors)) this.strip.style.setProperty(`--${split}`, color)
    this.bar.setAttribute("aria-label", words.progress)
    this.timeline.max = String(epochs)
    this.timeline.setAttribute("aria-label", words.timeline)
  }

  /** @param {Moment} moment */
  show({ epoch, scores, pace, known }) {
    if (!this.about) return
    const { language, classes, epochs, words } = this.about
    const number = (/** @type {number} */ value, /** @type {number} */ digits) => formatNumber(value, digits, language)
    const share = (/** @type {number} */ value) => (classes ? formatPercent(value, language) : number(value, 4))
    this.#say("epoch", number(epoch, 0))
    this.#say("loss-train", number(scores.trainLoss, 4))
    this.#say("loss-test", number(scores.testLoss, 4))
    this.#say("score-train", share(scores.trainScore))
    this.#say("score-test", share(scores.testScore))
    this.#say("pace", pace ? number(pace, pace < 1 ? 2 : 0) : "–")
    this.bar.setAttribute("aria-valuenow", String(Math.round((100 * epoch) / epochs)))
    const [trained, looked] = /** @type {HTMLElement[]} */ ([...this.bar.children])
    trained.style.transform = `scaleX(${known / epochs})`
    looked.style.transform = `scaleX(${epoch / epochs})`
    this.timeline.setAttribute("aria-valuetext", `${words.epoch} ${number(epoch, 0)}`)
    if (!this.held) this.timeline.value = String(epoch)
    this.strip.dataset.painted = String(++this.painted)
  }

  /** @param {Status} status */
  tell({ title, text, remedy, tone, quiet }) {
    this.#say("title", title)
    this.#say("status", text)
    this.#say("remedy", remedy)
    this.button.hidden = !remedy
    this.status.dataset.tone = tone
    this.status.setAttribute("aria-live", quiet ? "off" : "polite")
  }

  close() {
    this.hand.abort()
  }

  /**
   * @param {string} name
   * @param {string} text
   */
  #say(name, text) {
    const element = this.says.get(name)
    if (element && element.textContent !== text) element.textContent = text
  }
}
