// A chart that new data is drawn into. Streamlit would mount it anew: a blank frame at every look while training.

// any chart that Streamlit has mounted: it has brought Plotly, and wears the page's theme
const mounted = () => [...document.querySelectorAll(".stPlotlyChart .js-plotly-plot")].find((gd) => gd._fullLayout)

class Chart {
  constructor(place) {
    this.place = place
    this.watch = setInterval(() => this.template !== mounted()?.layout.template && this.draw(), 200)
    this.size = new ResizeObserver(() => this.template && window.Plotly.Plots.resize(place))
    this.size.observe(place)
  }

  receive(data) {
    this.data = data
    this.draw()
  }

  draw() {
    if (!window.Plotly || !mounted()) return
    const { template, font } = mounted().layout
    const { figure, height, alt } = this.data
    const { data, layout } = structuredClone(figure)
    this.template = template
    this.place.setAttribute("aria-label", alt)
    const shown = { template, font, uirevision: "kept", ...layout, height, autosize: true }
    window.Plotly.react(this.place, data, shown, { displayModeBar: false })
  }

  close() {
    clearInterval(this.watch)
    this.size.disconnect()
    window.Plotly?.purge(this.place)
  }
}

export default function ({ data, parentElement }) {
  const place = parentElement.querySelector(".chart")
  place.moonsChart ??= new Chart(place)
  if (data) place.moonsChart.receive(data)
  return () => {
    place.moonsChart.close()
    delete place.moonsChart
  }
}
