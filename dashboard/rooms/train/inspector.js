// The line under the diagram: what is pointed at, in numbers, with its course over the epochs. A click holds it there,
// and then its weight or bias can be set by hand.

const filled = (template, values) => template.replace(/\{(\w+)\}/g, (_all, name) => values[name])

class Inspector {
  constructor(root, diagram) {
    this.root = root
    this.diagram = diagram
    this.about = this.held = null
    this.part = (name) => root.querySelector(name)
    root.dataset.about = ""
    const signal = diagram.hand.signal, number = this.part(".value input"), slide = this.part(".slide")
    const on = (element, name, act) => element.addEventListener(name, act, { signal })
    for (const input of [number, slide]) {
      on(input, "input", () => this.set(input.value, false))
      on(input, "change", () => this.set(input.value, true))
    }
    on(this.part("select"), "change", ({ target }) => this.hold(this.weight(target.value === "" ? null : Number(target.value))))
    on(this.part(".undo"), "click", () => diagram.stage.tell("undo", diagram.stage.serial))
    on(this.part(".close"), "click", () => diagram.release())
  }

  // what the hand is over; what is held comes first
  look(about) {
    this.about = this.held ?? about
    clearTimeout(this.asking)
    if (this.about?.layer) this.asking = setTimeout(() => this.about && this.diagram.stage.follow(this.about), 120)
    this.show()
  }

  hold(about) {
    this.held = about
    this.look(about)
    this.root.dataset.held = about ? "yes" : ""
    if (!about) return
    const { words } = this.diagram.scene, value = this.value(), far = Math.max(2, 1.5 * Math.abs(value))
    Object.assign(this.part(".slide"), { min: -far, max: far, value })
    this.part(".value input").value = Number(value.toPrecision(4))
    this.part(".slide").setAttribute("aria-label", words.slide)
    this.part("select").setAttribute("aria-label", words.set)
    this.part(".close").setAttribute("aria-label", words.close)
    const options = [new Option(words.bias, "")]
    for (const source of this.diagram.layers[about.layer - 1]) options.push(new Option(filled(words.from, { source: source.name }), source.unit))
    this.part("select").replaceChildren(...options)
    this.part("select").value = about.source ?? ""
    this.diagram.paint()
  }

  // the weight from another source, or the bias, of the unit that is held
  weight(source) {
    const { layer, i } = this.held, place = this.diagram.layers[layer][i]
    if (source === null) return { ...place, source: null }
    return { ...place, source, j: this.diagram.layers[layer - 1].findIndex(({ unit }) => unit === source) }
  }

  set(text, done) {
    const value = Number(text)
    if (text === "" || !Number.isFinite(value)) return
    for (const input of [this.part(".value input"), this.part(".slide")]) if (input.value !== text) input.value = value
    this.diagram.stage.edit(this.held, value, done)
  }

  // the weight or bias that this is about, as it is now
  value() {
    const { layer, i, j } = this.about, numbers = this.diagram.numbers[layer]
    return j === undefined ? numbers.biases[i] : numbers.weights[i * this.diagram.layers[layer - 1].length + j]
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
    const { byHand } = this.diagram.stage.data
    this.part(".undo").hidden = !byHand
    this.part(".undo").title = byHand
    this.say({ ".undo": words.undo, ".rest": byHand || scene.point?.said || words.rest, ".low": words.negative, ".high": words.positive })
    this.root.dataset.about = !about ? "" : about.source === undefined ? "unit" : "edge"
    if (!about) return
    this.say({
      ".name": this.name(about), ".fact": "", ".gradient .kind": words.gradient, ".course .kind": words.over_epochs,
      ".value .kind": about.j === undefined ? words.bias : words.weight,
      ".value output": "–", ".gradient output": "–",
    })
    if (about.source === undefined) this.thumb(about)
    if (!about.layer) {
      this.here(about)
      return this.course()
    }
    const { biasGradients, gradients, scales } = numbers[about.layer], { layer, i, j } = about
    const gradient = j === undefined ? biasGradients[i] : gradients[i * this.diagram.layers[layer - 1].length + j]
    this.say({ ".value output": this.number(this.value()), ".gradient output": this.number(gradient) })
    if (about.source === undefined && !this.output(about)) this.say({ ".fact": `${words.largest} ${this.number(scales[i])}` })
    this.here(about)
    this.course()
    this.follow()
  }

  // what a unit answers to the point that is followed
  here({ layer, i, source }) {
    const { scene, passed } = this.diagram
    if (!passed || !scene.point || source !== undefined) return
    const said = filled(scene.words.here, { value: this.number(passed[layer][i]), point: scene.point.number })
    this.say({ ".fact": said })
  }

  // while it trains, the fields follow, unless the hand is in them
  follow() {
    const focused = this.root.getRootNode().activeElement
    for (const input of [this.part(".value input"), this.part(".slide")]) {
      if (this.held && input !== focused) input.value = Number(this.value().toPrecision(4))
    }
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

  name({ layer, j, name }) {
    if (j === undefined || this.held) return name
    const source = this.diagram.layers[layer - 1][j].name
    return filled(this.diagram.scene.words.connection, { source, target: name })
  }

  // a unit for those who can't see it
  sentence({ layer, i, name }) {
    const { scene, numbers } = this.diagram
    if (!layer) return name
    const { biases, scales } = numbers[layer]
    return filled(scene.words.unit_now, { name, bias: this.number(biases[i]), largest: this.number(scales[i]) })
  }

  thumb({ layer, i }) {
    const { scene, atlas, layers } = this.diagram, canvas = this.part(".thumb")
    const p = layers.slice(0, layer).flat().length + i
    canvas.width = 2 * scene.columns
    canvas.height = 2 * scene.rows
    canvas.getContext("2d").drawImage(
      atlas, 0.5, p * scene.rows + 0.5, scene.columns - 1, scene.rows - 1, 0, 0, canvas.width, canvas.height)
  }

  // the server's answer to `follow`: a parameter over the epochs trained so far, with a dot at the one looked at
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
    const [cx, cy] = at(Math.min(last, this.diagram.epoch), Math.max(low, Math.min(high, this.value())))
    dot.setAttribute("cx", cx)
    dot.setAttribute("cy", cy)
  }
}

