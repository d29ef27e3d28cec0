/** The points as they are shown: the server's, with what the hand has done since. Pure. */

/**
 * @typedef {[number, number, number, boolean]} Point x0, x1, class or number, whether held out
 *
 * @typedef {{ act: "add", x0: number, x1: number, label: string | number }
 *   | { act: "move", index: number, x0: number, x1: number }
 *   | { act: "erase", index: number }} Edit label: a class's name, or a number
 *
 * @typedef {object} Sent
 * @property {Point[]} points
 * @property {string[]} names of the classes
 * @property {object | null} number of a regression
 * @property {number} heard the last edit that the points have
 */

export class Points {
  /** @type {Point[]} */
  all = []
  /** @type {(Edit & { id: number })[]} those that the server hasn't heard */
  pending = []
  last = 0
  /** @type {string[]} */
  names = []
  isNumber = false

  /** @param {Sent} sent */
  receive({ points, names, number, heard }) {
    this.names = names
    this.isNumber = number !== null
    this.last = Math.max(this.last, heard)
    this.pending = this.pending.filter((edit) => edit.id > heard)
    this.all = points.map((point) => [...point])
    for (const edit of this.pending) this.apply(edit)
  }

  /** @param {Edit} edit */
  edit(edit) {
    this.last += 1
    this.pending.push({ id: this.last, ...edit })
    this.apply(edit)
  }

  /** @param {Edit} edit */
  apply(edit) {
    if (edit.act === "add") this.all.push([edit.x0, edit.x1, this.#value(edit.label), false])
    else if (edit.act === "move") this.all[edit.index]?.splice(0, 2, edit.x0, edit.x1)
    else this.all.splice(edit.index, 1)
  }

  /**
   * The point nearest to a place, within reach, or null.
   * @param {(x0: number, x1: number) => number} far
   * @param {number} reach
   */
  nearest(far, reach) {
    const distances = this.all.map(([x0, x1]) => far(x0, x1))
    const index = distances.indexOf(Math.min(...distances))
    return distances[index] <= reach ? index : null
  }

  /** A class that the server doesn't know yet comes after the others. @param {string | number} label */
  #value(label) {
    if (this.isNumber) return Number(label)
    const place = this.names.indexOf(String(label))
    return place < 0 ? this.names.length : place
  }
}
