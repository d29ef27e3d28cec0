/** Plays states that arrive in batches as evenly as they were made. */

const AHEAD = 120 // milliseconds of states that it likes to have in hand
const LONGEST = 600 // milliseconds of states, after which the oldest are skipped
const SHORTEST = 20 // milliseconds between two batches: those that come at once were made one after the other

/**
 * @template State
 */
export class Playback {
  /** @type {State[]} */
  #states = []
  #rate = 0.02 // states a millisecond
  #credit = 0
  #pushed = 0
  #looked = 0

  get length() {
    return this.#states.length
  }

  /**
   * A batch that has arrived.
   * @param {State[]} states
   * @param {number} now milliseconds
   */
  push(states, now) {
    if (!states.length) return
    const passed = now - this.#pushed
    if (this.#pushed && passed < 1_000) {
      this.#rate += 0.3 * (states.length / Math.max(passed, SHORTEST) - this.#rate)
    }
    if (!this.#states.length) this.#looked = now
    this.#pushed = now
    this.#states.push(...states)
    const most = Math.max(4, Math.ceil(this.#rate * LONGEST))
    if (this.#states.length > most) this.#states.splice(0, this.#states.length - most)
  }

  /**
   * The state that is due; null where it is the one shown.
   * @param {number} now milliseconds
   * @returns {State | null}
   */
  next(now) {
    if (!this.#states.length) return null
    const wanted = Math.max(1, this.#rate * AHEAD)
    const haste = Math.min(2, Math.max(0.6, this.#states.length / wanted))
    this.#credit += (now - this.#looked) * this.#rate * haste
    this.#looked = now
    const due = Math.min(this.#states.length, Math.floor(this.#credit))
    if (!due) return null
    this.#credit = due < this.#states.length ? this.#credit - due : 0 // what is to come is not due yet
    return this.#states.splice(0, due)[due - 1]
  }

  /** All that is left at once: the last of it, or null. */
  drain() {
    const last = this.#states.at(-1) ?? null
    this.clear()
    return last
  }

  clear() {
    this.#states = []
    this.#credit = 0
    this.#pushed = 0
  }
}
