// One cell of a sweep beside its chart: the one under the hand, else the chosen one.

const WIDTH = 300 // pixels

class Cells {
  constructor(root) {
    this.root = root
    this.watch = setInterval(() => this.listen(), 200)
  }

  receive(data, tell) {
    this.tell = tell
    this.data = data
    this.show(data.chosen)
  }

  // Streamlit mounts the chart anew for new data
  listen() {
    const gd = [...document.querySelectorAll(`.st-key-${this.data?.chart} .js-plotly-plot`)].find((e) => e._fullLayout)
    if (!gd || gd.moonsCells === this) return
    gd.moonsCells = this
    gd.on("plotly_hover", ({ points }) => this.show(points[0].pointNumber.join()))
    gd.on("plotly_unhover", () => this.show(this.data.chosen))
    gd.on("plotly_click", ({ points }) => gd.moonsCells === this && this.tell("pick", points[0].pointNumber))
  }

  show(place) {
    const { cells, columns, rows, levels, nothing } = this.data
    const { name, says, alt, z } = cells[place] ?? { name: "", says: nothing, alt: nothing, z: "" }
    const canvas = this.root.querySelector("canvas")
    this.root.querySelector(".cell").dataset.place = place ?? ""
    this.root.querySelector("b").textContent = name
    this.root.querySelector("p").textContent = says
    canvas.setAttribute("aria-label", alt)
    canvas.classList.toggle("empty", !z)
    canvas.width = WIDTH
    canvas.height = (WIDTH * rows) / columns
    if (z) paint(canvas, z, levels, columns, rows)
  }

  close() {
    clearInterval(this.watch)
  }
}

export default function ({ data, parentElement, setTriggerValue }) {
  const shown = (parentElement.moonsCells ??= new Cells(parentElement))
  if (data) shown.receive(data, setTriggerValue)
  return () => {
    shown.close()
    delete parentElement.moonsCells
  }
}
