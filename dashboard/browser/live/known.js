/** The states that a browser holds of one run: the timeline shows the nearest at once while the exact one is on its way. */

/** @typedef {import("../protocol.js").State} State */

const MOST_BYTES = 8_000_000

export class KnownStates {
  /** @type {State[]} by epoch */
  #states = []
  #bytes = 0

  /** @param {{ most?: number }} [options] bytes */
  constructor({ most = MOST_BYTES } = {}) {
    this.most = most
  }

  get length() {
    return this.#states.length
  }

  /** @param {State} state */
  add(state) {
    const at = this.#before(state.epoch)
    if (this.#states[at]?.epoch === state.epoch) return
    this.#states.splice(at, 0, state)
    this.#bytes += state.parameters.byteLength
    if (this.#bytes > this.most) this.#thin()
  }

  /**
   * The state nearest to an epoch; null where none is known.
   * @param {number} epoch
   * @returns {State | null}
   */
  nearest(epoch) {
    const at = this.#before(epoch)
    const [before, after] = [this.#states[at - 1], this.#states[at]]
    if (!before || !after) return before ?? after ?? null
    return epoch - before.epoch < after.epoch - epoch ? before : after
  }

  clear() {
    this.#states = []
    this.#bytes = 0
  }

  /** Every second one goes; the first and the last stay. */
  #thin() {
    const last = this.#states.length - 1
    this.#states = this.#states.filter((_state, i) => i % 2 === 0 || i === last)
    this.#bytes = this.#states.reduce((sum, { parameters }) => sum + parameters.byteLength, 0)
  }

  /** @param {number} epoch */
  #before(epoch) {
    let low = 0
    let high = this.#states.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.#states[middle].epoch < epoch) low = middle + 1
      else high = middle
    }
    return low
  }
}
