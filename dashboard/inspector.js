// The line under the diagram: what is pointed at, in numbers, with its course over the epochs.

class Inspector {
  constructor(root, diagram) {
    this.root = root
    this.diagram = diagram
    this.about = null
    this.part = (name) => root.querySelector(name)
    root.dataset.about = ""
  }

  look(about) {
    this.about = about
    clearTimeout(this.asking)
    if (about?.layer) this.asking = setTimeout(() => this.diagram.stage.follow(about), 120)
    this.show()
  }

  number(value) {
    return Number.isFinite(value) ? value.toPrecision(3).replace("-", "−") : "–"
  }

  show() {
    const { scene, numbers } = this.diagram, { about } = this
    if (!scene || !numbers) return
    const { words, colors } = scene
    this.root.style.setProperty("--negative", colors.negative)
    this.root.style.setProperty("--positive", colors.positive)
    this.say({ ".rest": words.rest, ".low": words.negative, ".high": words.positive })
    this.root.dataset.about = !about ? "" : about.source === undefined ? "unit" : "edge"
    if (!about) return
    const layer = numbers[about.layer], { i } = about
    this.say({ ".name": this.name(about), ".fact": "", ".value .kind": words.bias, ".gradient .kind": words.gradient })
    this.say({ ".value output": "–", ".gradient output": "–", ".course .kind": words.over_epochs })
    if (about.source === undefined) this.thumb(about)
    if (!about.layer) return
    const n_before = this.diagram.layers[about.layer - 1].length
    if (about.j !== undefined) {
      this.say({ ".value .kind": words.weight, ".value output": this.number(layer.weights[i * n_before + about.j]) })
      this.say({ ".gradient output": this.number(layer.gradients[i * n_before + about.j]) })
    } else {
      this.say({ ".value output": this.number(layer.biases[i]), ".gradient output": this.number(layer.biasGradients[i]) })
      if (about.source === undefined && !this.output(about)) this.say({ ".fact": `${words.largest} ${this.number(layer.scales[i])}` })
    }
    this.course()
  }

  say(texts) {
    for (const [name, text] of Object.entries(texts)) {
      const element = this.part(name)
      if (element.textContent !== text) element.textContent = text
    }
  }

  output({ layer }) {
    return layer === this.diagram.layers.length - 1
  }

  name({ layer, i, j, name }) {
    if (j === undefined) return name
    const source = this.diagram.layers[layer - 1][j].name
    return this.diagram.scene.words.connection.replace("{source}", source).replace("{target}", name)
  }

  thumb({ layer, i }) {
    const { scene, atlas, layers } = this.diagram, canvas = this.part(".thumb")
    const p = layers.slice(0, layer).flat().length + i
    canvas.width = 2 * scene.columns
    canvas.height = 2 * scene.rows
    canvas.getContext("2d").drawImage(
      atlas, 0.5, p * scene.rows + 0.5, scene.columns - 1, scene.rows - 1, 0, 0, canvas.width, canvas.height)
  }

  // the server's answer to `trace`: a parameter over the epochs trained so far, with a dot at the one looked at
  course() {
    const { trace } = this.diagram.stage.data, key = [this.about.layer, this.about.unit, this.about.source ?? null].join()
    const path = this.part(".course path"), dot = this.part(".course circle")
    const there = trace && trace.about.join() === key && trace.x.length > 1
    path.setAttribute("d", "")
    dot.style.display = there ? "" : "none"
    if (!there) return
    const { x, y } = trace, low = Math.min(...y), high = Math.max(...y), last = x[x.length - 1]
    const at = (epoch, value) => [(120 * epoch) / last, high > low ? 28 - (26 * (value - low)) / (high - low) : 15]
    path.setAttribute("d", "M" + x.map((epoch, k) => at(epoch, y[k]).map((v) => v.toFixed(1)).join()).join("L"))
    const near = x.findIndex((epoch) => epoch >= this.diagram.epoch), k = near < 0 ? x.length - 1 : near
    const [cx, cy] = at(x[k], y[k])
    dot.setAttribute("cx", cx)
    dot.setAttribute("cy", cy)
  }
}
