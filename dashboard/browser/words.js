/** Words to the page, one at a time: of two that reach Streamlit at once, the first is lost. */

const ANSWERED = 2_000 // milliseconds within which the page answers a word, or never

/** @typedef {{ word: string, value: any }} Said */

export class Words {
  /** @type {Said[]} each must reach the page, in this order */
  queue = []
  /** @type {Said | null} waits for an answer, and only the latest such word matters */
  wanted = null
  /** @type {number | undefined} the page's last answer, */
  answer
  /** @type {number | undefined} and that before the last word */
  before
  since = -Infinity // when the last word was sent
  urgent = false // whether it must reach the page

  /**
   * @param {(word: string, value: any) => void} send
   * @param {() => number} now milliseconds
   */
  constructor(send, now = () => performance.now()) {
    this.send = send
    this.now = now
  }

  /** Whether the page has not answered the last word. */
  get waits() {
    return this.before === this.answer && this.now() - this.since < ANSWERED
  }

  /**
   * What must reach the page: it waits for no word that may be lost.
   * @param {string} word
   * @param {any} [value]
   */
  say(word, value = this.answer) {
    this.queue.push({ word, value })
    this.next()
  }

  /**
   * What may be lost, or replaced by the next of its kind.
   * @param {string} word
   * @param {any} [value]
   */
  want(word, value = this.answer) {
    this.wanted = { word, value }
    this.next()
  }

  /** Nothing is wanted any more. */
  forget() {
    this.wanted = null
  }

  /**
   * The page has answered.
   * @param {number} serial
   */
  hear(serial) {
    this.answer = serial
    this.next()
  }

  /** Send what may be sent now; called at each frame too, as an answer may never come. */
  next() {
    const urgent = this.queue.length > 0
    if (this.waits && (this.urgent || !urgent)) return
    const said = this.queue.shift() ?? this.wanted
    if (!said) return
    if (!urgent) this.wanted = null
    this.urgent = urgent
    this.before = this.answer
    this.since = this.now()
    this.send(said.word, said.value)
  }
}
