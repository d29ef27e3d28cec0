/** A chart that new data is drawn into. Streamlit would mount it anew: a blank frame at every look while training. */

import { mounted, whenGone } from "./mount.js"
import { drawnCharts, plotly } from "./plotly.js"

/** @typedef {{ figure: { data: any[], layout: any }, height: number, alt: string }} Data */

/** Any chart that Streamlit has mounted: it has brought Plotly, and wears the page's theme. */
const example = () => drawnCharts(".stPlotlyChart")[0]

class Chart {
  /** @type {any} the theme that it was drawn with */
  template
  /** @type {Data | null} */
  data = null

  /** @param {HTMLElement} place */
  constructor(place) {
    this.place = place
    this.watch = setInterval(() => this.template !== example()?.layout.template && this.draw(), 200)
    this.size = new ResizeObserver(() => this.template && plotly().Plots.resize(place))
    this.size.observe(place)
  }

  /** @param {Data} data */
  receive(data) {
    this.data = data
    this.draw()
  }

  draw() {
    if (!this.data || !plotly() || !example()) return
    const { template, font } = example().layout
    const { figure, height, alt } = this.data
    const { data, layout } = structuredClone(figure)
    this.template = template
    this.place.setAttribute("aria-label", alt)
    const shown = { template, font, uirevision: "kept", ...layout, height, autosize: true }
    plotly().react(this.place, data, shown, { displayModeBar: false })
  }

  close() {
    clearInterval(this.watch)
    this.size.disconnect()
    plotly()?.purge(this.place)
  }
}

/** @param {{ data: Data | null, parentElement: ParentNode & Node }} mount */
export default function ({ data, parentElement }) {
  const place = /** @type {HTMLElement} */ (parentElement.querySelector(".chart"))
  const chart = mounted(parentElement, () => new Chart(place))
  if (data) chart.receive(data)
  return whenGone(parentElement)
}
