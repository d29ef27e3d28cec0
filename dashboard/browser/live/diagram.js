/** The network's diagram in its place on the page. */

export class Diagram {
  /** @param {any} acts */
  constructor(acts) {
    this.acts = acts
    /** @type {HTMLElement | null} */
    this.place = null
  }

  get isThere() {
    return this.place !== null
  }

  /** @param {HTMLElement | null} place */
  setPlace(place) {
    this.place = place
  }

  /** @param {any} _diagram @param {any} _scene */
  setScene(_diagram, _scene) {}

  /** @param {any} _data */
  tell(_data) {}

  /** @param {any} _picture */
  show(_picture) {}

  close() {}
}
