/** The two charts that Streamlit has mounted, patched in place: it would mount them anew, with a blank frame and no zoom. */

import { labelsOf } from "../boundary.js"
import { boundaryScale } from "../colors.js"
import { Curve } from "../curves.js"
import { floats } from "../decode.js"
import { fill, formatNumber, formatPercent } from "../numbers.js"
import { clearPlane, paintPlane, restyleOf, traceOf } from "../plane.js"
import { drawnCharts, plotly } from "../plotly.js"
import { inUnits } from "../units.js"
import { paintLoss } from "./lossline.js"

/** @typedef {import("./pictures.js").Picture} Picture */

const NAMES = /** @type {const} */ (["boundary", "loss"])
const PLANE = { picture: "picture", wrong: "wrong", contours: "contours", hinges: "hinges" }
const COLUMNS = 400 // of a curve
const SHARE = 0.1 // of the time that whole drawings of the loss chart may take
const WHOLE = 500 // milliseconds between two of them

/** The chart of that name, where it is on the screen. @param {string} name @returns {any} */
const chartOf = (name) => drawnCharts(`.st-key-${name}`).find((chart) => chart.offsetParent)

export class Charts {
  /** @type {any} */
  #scene = null
  #number = 0
  #train = new Curve()
  #test = new Curve()
  #drawnAt = 0 // when the loss was drawn last, and how long that took
  #took = 0

  /** @param {{ settle: (epoch: number) => void, point: (row: number) => void }} acts */
  constructor(acts) {
    this.acts = acts
  }

  /** The first epoch whose loss isn't known. */
  end = 0

  /**
   * @param {any} scene
   * @param {number} number
   * @param {number} known epochs
   */
  setScene(scene, number, known) {
    this.#scene = scene
    this.#number = number
    this.end = known
    this.#train.cut(0)
    this.#test.cut(0)
    this.#train.append(0, floats(scene.train.x), floats(scene.train.y))
    this.#test.append(0, floats(scene.test.x), floats(scene.test.y))
    for (const name of NAMES) this.#draw(name)
  }

  /**
   * The curves' new points.
   * @param {import("../protocol.js").Message} message
   */
  grow({ curveFrom, train, test, known }) {
    this.#train.append(curveFrom, train.epochs, train.losses)
    this.#test.append(curveFrom, test.epochs, test.losses)
    this.end = known
  }

  /**
   * @param {Picture} picture
   * @param {{ moving: boolean, own: boolean, unit: [number, number] | null }} how own: the scene's figures show it
   */
  show(picture, { moving, own, unit }) {
    if (own) return this.#describe(picture)
    this.#paint(picture, unit)
    const now = performance.now()
    const whole = !moving || now - this.#drawnAt > Math.max(WHOLE, this.#took / SHARE)
    this.#line(picture, whole)
    if (!moving) this.#describe(picture) // read aloud at 60 pictures a second it would be noise
    if (!whole) return
    this.#drawnAt = performance.now()
    this.#took = this.#drawnAt - now
  }

  /**
   * What the charts show, for those who can't see them.
   * @param {Picture} picture
   */
  #describe({ epoch, scores }) {
    const { alts, language, classes } = this.#scene
    const loss = (/** @type {number} */ value) => formatNumber(value, 4, language)
    const score = classes ? formatPercent(scores.trainScore, language) : loss(scores.trainScore)
    const values = {
      epoch: formatNumber(epoch, 0, language),
      train: loss(scores.trainLoss),
      test: loss(scores.testLoss),
      score,
    }
    for (const [name, alt] of Object.entries(alts)) {
      const place = chartOf(name)?.closest("[role=img]") ?? chartOf(name) // Streamlit gives it the role of a picture
      place?.setAttribute("role", "img")
      place?.setAttribute("aria-label", fill(/** @type {string} */ (alt), values))
    }
  }

  /** Draw again what Streamlit has drawn over. Returns whether the charts are there, and whether any was drawn. */
  mend() {
    let there = true
    let drawn = false
    for (const name of NAMES) {
      const chart = chartOf(name)
      if (!plotly() || !chart) there = false
      else if (chart.moons !== this.#number || chart.data !== chart.moonsData) drawn = this.#draw(name) || drawn
    }
    return { there, drawn }
  }

  /**
   * A whole figure, in the theme that Streamlit gave the chart; uirevision keeps zoom. What Streamlit has just mounted
   * may be that figure already.
   * @param {"boundary" | "loss"} name
   */
  #draw(name) {
    const chart = chartOf(name)
    if (!plotly() || !chart || !this.#scene) return false
    const known = chart.moons !== undefined
    if (known || !this.#scene.mounted) {
      const { data, layout } = structuredClone(this.#scene.figures[name])
      const { template, width, height, autosize, font } = chart.layout
      clearPlane(chart)
      plotly().react(chart, data, { template, width, autosize, font, ...layout, height })
    }
    chart.moons = this.#number
    chart.moonsData = chart.data
    if (!known) this.#listen(name, chart)
    return true
  }

  /**
   * @param {"boundary" | "loss"} name
   * @param {any} chart
   */
  #listen(name, chart) {
    new ResizeObserver(() => clearPlane(chart)).observe(chart) // Plotly draws all of it again
    chart.on("plotly_click", (/** @type {any} */ { points }) => {
      if (name === "loss") return this.acts.settle(points[0].x)
      const at = traceOf(chart, "training points")
      const point = points.find((/** @type {any} */ { curveNumber }) => curveNumber === at)
      if (point) this.acts.point(Number(point.id ?? point.pointNumber)) // its row
    })
  }

  /**
   * @param {Picture} picture
   * @param {[number, number] | null} unit
   */
  #paint(picture, unit) {
    const chart = chartOf("boundary")
    if (!plotly() || chart?.moons !== this.#number) return
    const { look, network, palette, classNames } = this.#scene
    const shown = unit ?? look.unit
    const last = network.layers.length
    const label = shown?.[0] === last ? shown[1] : 1
    const scale = boundaryScale(shown ? "unit" : look.view, network.nClasses, palette, label)
    const named = !shown && look.view === "areas" && network.nClasses
    const classes = named ? Array.from(labelsOf(picture.z, network.nClasses), (label) => classNames[label]) : null
    const plane = { ...planeOf(picture, this.#scene.units), scale, classes }
    if (paintPlane(chart, plane, PLANE)) return
    clearPlane(chart)
    plotly().restyle(chart, ...restyleOf(chart, plane, PLANE))
  }

  /**
   * @param {Picture} picture
   * @param {boolean} whole whether Plotly draws the chart, axes and all
   */
  #line({ epoch, scores }, whole) {
    const chart = chartOf("loss")
    if (!plotly() || chart?.moons !== this.#number) return
    const train = this.#train.shown(epoch, COLUMNS)
    const lines = {
      ahead: this.#train.shown(Math.max(epoch, this.end), COLUMNS),
      train,
      test: this.#test.shown(epoch, COLUMNS),
    }
    if (!whole && paintLoss(chart, lines, { epoch, loss: scores.trainLoss })) return
    const x = [...Object.values(lines).map((line) => line.x), [epoch]]
    const y = [...Object.values(lines).map((line) => line.y), [scores.trainLoss]]
    const numbers = [...Object.keys(lines), "now"].map((id) => traceOf(chart, id))
    plotly().restyle(chart, { x, y }, numbers)
  }
}

/**
 * A picture as it is drawn: in a person's own units.
 * @param {Picture} picture
 * @param {import("../units.js").Units | null} units
 */
function planeOf({ mesh, z, wrong, contours, hinges }, units) {
  const { place, path } = inUnits(units)
  const lines = { wrong: path(wrong), contours: contours && path(contours), hinges: hinges && path(hinges) }
  return { values: z, ...place(mesh), ...lines }
}
