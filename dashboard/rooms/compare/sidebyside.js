// Boundaries of several runs at one epoch, and the map of where two of them disagree. The hand moves the epoch here;
// the server answers with the pictures of that epoch, one question at a time, always the latest.

const PIXELS = 4 // of a picture for each cell and direction: points are round then

class SideBySide {
  constructor(root) {
    this.root = root
    this.input = root.querySelector("input")
    this.input.addEventListener("input", () => this.seek(Number(this.input.value)))
    this.watch = setInterval(() => this.mark(), 200)
  }

  seek(epoch) {
    this.wanted = Math.max(0, Math.min(Math.round(epoch), this.data.last))
    this.root.querySelector(".epoch").textContent = this.data.words.epoch.replace("{epoch}", this.number(this.wanted))
    this.ask()
  }

  ask() {
    if (this.wanted === null || this.wanted === undefined || this.asked === this.data.serial) return
    this.asked = this.data.serial
    this.tell("seek", this.wanted)
    this.wanted = null
  }

  receive(data, tell) {
    if (!data || data.serial === this.data?.serial) return
    this.tell = tell
    this.data = data
    this.input.max = data.last
    this.root.querySelector(".timeline").hidden = !data.last
    this.input.setAttribute("aria-label", data.words.timeline)
    this.input.setAttribute("aria-valuetext", data.words.epoch.replace("{epoch}", this.number(data.epoch)))
    if (this.wanted === null || this.wanted === undefined) {
      this.input.value = data.epoch
      this.root.querySelector(".epoch").textContent = data.words.epoch.replace("{epoch}", this.number(data.epoch))
    }
    const pictures = this.root.querySelector(".pictures")
    while (pictures.childElementCount > data.pictures.length) pictures.lastElementChild.remove()
    while (pictures.childElementCount < data.pictures.length) {
      const figure = document.createElement("figure")
      figure.innerHTML = "<figcaption><b></b><span></span></figcaption><canvas role='img'></canvas><p></p>"
      pictures.append(figure)
    }
    data.pictures.forEach((picture, i) => this.draw(pictures.children[i], picture))
    this.root.querySelector(".map").textContent = data.disagreement
    this.mark()
    this.root.querySelector(".pictures").dataset.epoch = data.epoch
    this.ask()
  }

  number(value) {
    return value.toLocaleString(this.data.language)
  }

  draw(figure, { letter, name, color, alt, says, z, levels, extent, points }) {
    const canvas = figure.querySelector("canvas")
    figure.style.setProperty("--run", color)
    figure.querySelector("b").textContent = letter
    figure.querySelector("span").textContent = figure.title = name
    figure.querySelector("p").textContent = says
    canvas.setAttribute("aria-label", alt)
    const { columns, rows } = this.data
    const width = (canvas.width = PIXELS * columns), height = (canvas.height = PIXELS * rows)
    const pen = paint(canvas, z, levels, columns, rows)
    const X = floats(points.X), ink = bytes(points.ink), on = bytes(points.on)
    const [left, right, bottom, top] = extent
    for (let i = 0; i < on.length; i++) {
      pen.globalAlpha = on[i] ? 1 : 0.18
      pen.beginPath()
      const x = ((X[2 * i] - left) / (right - left)) * width, up = ((X[2 * i + 1] - bottom) / (top - bottom)) * height
      pen.arc(x, height - up, on[i] ? 5 : 4, 0, 7)
      pen.fillStyle = `rgb(${ink.subarray(3 * i, 3 * i + 3)})`
      pen.fill()
      pen.strokeStyle = "#fff"
      pen.lineWidth = 1
      pen.stroke()
    }
  }

  // the line on the loss chart that Streamlit has mounted; it puts its own back when it resizes or changes theme
  mark() {
    const gd = [...document.querySelectorAll(".st-key-compared_losses .js-plotly-plot")].find((e) => e._fullLayout)
    if (!this.data || !window.Plotly || !gd) return
    if (gd.layout.shapes?.length && gd.layout.shapes[0].x0 !== this.data.epoch)
      window.Plotly.relayout(gd, { "shapes[0].x0": this.data.epoch, "shapes[0].x1": this.data.epoch })
    if (gd.moonsClicks) return
    gd.moonsClicks = true
    gd.on("plotly_click", ({ points }) => this.seek(points[0].x))
  }

  close() {
    clearInterval(this.watch)
  }
}

export default function ({ data, parentElement, setTriggerValue }) {
  const shown = (parentElement.moonsSideBySide ??= new SideBySide(parentElement))
  shown.receive(data, setTriggerValue)
  return () => {
    shown.close()
    delete parentElement.moonsSideBySide
  }
}
