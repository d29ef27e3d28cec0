/** A loss curve that grows: its points are kept here, only new ones arrive. */

/** @typedef {{ x: Float32Array, y: Float32Array }} Line epochs, in order, and losses */

export class Curve {
  #epochs = new Float32Array(1024)
  #losses = new Float32Array(1024)
  #length = 0

  /** Number of points. */
  get length() {
    return this.#length
  }

  /**
   * Replace all points from epoch `from` on.
   * @param {number} from
   * @param {Float32Array} epochs in order, each at least `from`
   * @param {Float32Array} losses
   */
  append(from, epochs, losses) {
    this.cut(from)
    const length = this.#length + epochs.length
    if (length > this.#epochs.length) this.#grow(2 ** Math.ceil(Math.log2(length)))
    this.#epochs.set(epochs, this.#length)
    this.#losses.set(losses, this.#length)
    this.#length = length
  }

  /**
   * Drop all points at `epoch` and later.
   * @param {number} epoch
   */
  cut(epoch) {
    this.#length = this.before(epoch)
  }

  /**
   * How many points lie before `epoch`.
   * @param {number} epoch
   */
  before(epoch) {
    let low = 0
    let high = this.#length
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.#epochs[middle] < epoch) low = middle + 1
      else high = middle
    }
    return low
  }

  /**
   * The points up to and including epoch `last`, for a chart `columns` pixels wide that shows [low, high]: of each
   * pixel column its smallest and its largest loss, so that no spike is lost; the first and last point stay.
   * @param {number} last
   * @param {number} columns
   * @param {number} [low]
   * @param {number} [high]
   * @returns {Line}
   */
  shown(last, columns, low = 0, high = last) {
    const stop = this.before(last + 1)
    const start = Math.max(0, this.before(low) - 1) // one beyond each edge: the line goes on there
    const end = Math.min(stop, this.before(high + 1) + 1)
    return thin(this.#epochs.subarray(start, end), this.#losses.subarray(start, end), columns)
  }

  /** @param {number} room */
  #grow(room) {
    const epochs = new Float32Array(room)
    const losses = new Float32Array(room)
    epochs.set(this.#epochs.subarray(0, this.#length))
    losses.set(this.#losses.subarray(0, this.#length))
    this.#epochs = epochs
    this.#losses = losses
  }
}

/**
 * At most two points a column, its smallest and its largest; the ends stay. All of them where they are few.
 * @param {Float32Array} x in order
 * @param {Float32Array} y
 * @param {number} columns
 * @returns {Line}
 */
export function thin(x, y, columns) {
  const n = x.length
  if (n <= 2 * columns) return { x: x.slice(), y: y.slice() }
  const width = (x[n - 1] - x[0]) / columns || 1
  const kept = [0]
  const keep = (/** @type {number} */ i) => i > kept[kept.length - 1] && kept.push(i)
  for (let start = 0; start < n; ) {
    const column = Math.floor((x[start] - x[0]) / width)
    let least = start
    let most = start
    let next = start + 1
    for (; next < n && Math.floor((x[next] - x[0]) / width) === column; next++) {
      if (y[next] < y[least]) least = next
      if (y[next] > y[most]) most = next
    }
    keep(Math.min(least, most))
    keep(Math.max(least, most))
    start = next
  }
  keep(n - 1)
  return { x: Float32Array.from(kept, (i) => x[i]), y: Float32Array.from(kept, (i) => y[i]) }
}
