// One step of training, opened: the loop's lines on one side, on the other what the chosen line does to the numbers.

const [MODEL, LOSS, APPEND, ZERO, BACKWARD, STEP] = [0, 1, 2, 3, 4, 5]

// what a weight hands on: it times what comes in
const signal = ({ columns }, { layer, source, before }) => before * (columns[layer].h[columns[layer].units.indexOf(source)] ?? 0)

class Opened {
  constructor(root) {
    this.root = root
    this.line = MODEL
    this.peeked = this.held = null // lines of the program, by their number: shown for now, and the one with the focus
    this.part = Object.fromEntries(
      ["program", "mark", "say", "back", "next", "hint", "map", "which", "picture", "panel", "more"].map((name) => [name, root.querySelector(`.${name}`)]),
    )
    this.hand = new AbortController()
    const signal = this.hand.signal
    this.part.back.addEventListener("click", () => this.go(this.line - 1), { signal })
    this.part.next.addEventListener("click", () => this.go(this.line + 1), { signal })
    this.part.map.addEventListener("click", (event) => this.tell("point", this.nearest(event.clientX, event.clientY)), { signal })
    this.part.panel.addEventListener("click", ({ target }) => target.matches(".check") && this.tell("check", this.chosen), { signal })
    this.part.more.addEventListener("click", () => this.tell("more", this.line), { signal })
    this.part.panel.addEventListener("change", (event) => this.choose(event.target.value), { signal })
    addEventListener("keydown", (event) => this.key(event), { signal })
    this.lens = new ResizeObserver(() => this.data && this.width() !== this.drawn && this.draw())
    this.lens.observe(this.part.picture)
  }

  key(event) {
    const turn = { ArrowLeft: -1, ArrowRight: 1 }[event.key]
    const busy = event.composedPath().some((at) => at.matches?.("input, textarea, select, [role=slider], [role=radiogroup], [role=dialog]"))
    if (!turn || busy || event.ctrlKey || event.metaKey || event.altKey || !this.root.host?.offsetParent) return
    event.preventDefault()
    this.go(this.line + turn)
  }

  // to another line; past the last one the loop goes round
  go(line) {
    if (this.round) return // the next epoch is on its way
    if (line > STEP) {
      this.round = true
      this.tell("onward", this.data.epoch)
    } else if (line >= MODEL) {
      this.line = line
      this.peeked = this.held = null
      this.draw()
    }
  }

  receive(data, tell) {
    this.tell = tell
    if (!this.data) {
      this.line = data.line
      this.part.next.focus({ preventScroll: true }) // the keys turn lines, not the way to this room
    }
    this.data = data
    this.weights = new Map(data.weights.map((weight) => [weight.way, weight]))
    if (!this.weights.has(this.chosen)) this.chosen = this.strongest()
    if (this.round) this.line = MODEL
    this.round = false
    this.hovered = null
    this.draw()
  }

  strongest() {
    const first = this.data.weights.filter((weight) => weight.layer === 0 && weight.source !== null)
    return first.reduce((best, weight) => (Math.abs(weight.gradient) > Math.abs(best.gradient) ? weight : best)).way
  }

  busiest() {
    const { h, units } = this.data.columns[1]
    return { layer: 0, unit: units[h.indexOf(Math.max(...h))] ?? units[0], resting: true }
  }

  // a line of the program is pointed at: it is shown until the hand goes on; null: the one that is open again
  peek(number) {
    const before = [this.shown, this.pointedAt?.say].join()
    this.peeked = number
    if (before === [this.shown, this.pointedAt?.say].join()) return // a press on the panel must find it as it was
    this.picture()
    this.tellPanel()
  }

  // a line of the program is pressed, or has the focus: what it computes stays
  hold(number) {
    this.held = number
    this.peek(number)
  }

  get pointedAt() {
    return this.data.program[this.peeked]
  }

  // the line whose picture is shown
  get shown() {
    return this.pointedAt?.line ?? this.line
  }

  choose(way) {
    this.chosen = way
    this.draw()
  }

  width() {
    return Math.max(240, Math.floor(this.part.picture.clientWidth))
  }

  draw() {
    const { words } = this.data
    this.drawn = this.width()
    this.listing()
    this.part.mark.textContent = words.mark
    this.part.say.textContent = words.lines[this.line]
    this.part.back.textContent = `← ${words.back}`
    this.part.back.disabled = this.line === MODEL
    this.part.next.textContent = `${this.line === STEP ? words.again : words.next} →`
    this.part.hint.textContent = words.keys
    this.nearest = drawMap(this.part.map, this.data, getComputedStyle(this.part.say).color)
    this.part.map.setAttribute("aria-label", words.pick)
    this.part.map.title = words.pick
    this.part.which.textContent = this.which()
    const term = words.lessons[this.line]
    this.part.more.hidden = !term
    this.part.more.textContent = `${fill(words.more, { term })} →`
    this.picture()
    this.tellPanel()
  }

  // the person's own program: what computes something can be pointed at, and a line of the loop opened
  listing() {
    const { program } = this.data, codes = program.map(({ code }) => code).join("\n")
    if (codes !== this.codes) {
      this.codes = codes
      this.peeked = this.held = null
      this.part.program.replaceChildren(...program.map((entry, number) => this.listed(entry, number)))
    }
    program.forEach(({ line, loop }, number) => {
      if (line === null) return
      const button = this.part.program.children[number], open = loop && line === this.line
      button.className = open ? "now" : ""
      button.setAttribute("aria-current", open ? "step" : "false")
    })
  }

  listed({ code, line }, number) {
    if (line === null) return Object.assign(document.createElement("code"), { textContent: code })
    const button = Object.assign(document.createElement("button"), { type: "button" })
    const words = Object.assign(document.createElement("span"), { textContent: code.trim() })
    button.append(code.slice(0, code.length - code.trimStart().length), words)
    button.addEventListener("pointerenter", () => this.peek(number))
    button.addEventListener("pointerleave", () => this.peek(this.held))
    button.addEventListener("focus", () => this.hold(number))
    button.addEventListener("blur", () => this.hold(null))
    button.addEventListener("click", () => {
      this.go(line)
      this.hold(number)
    })
    return button
  }

  which() {
    const { data } = this, { words, single, answers, map, points } = data
    if (!single) return fill(words.batch, { n: points.toLocaleString("en") })
    const [x0, x1] = answers.x.map((value) => say(value))
    return fill(words.point, { row: map.point, x0, x1, y: data.price ? say(answers.y[0]) : data.classes[answers.y[0]] })
  }

  picture() {
    const { picture } = this.part, { data } = this, width = this.width(), line = this.shown
    const code = data.program.find((entry) => entry.loop && entry.line === line)?.code.trim()
    this.network = null
    const show = (what) => {
      this.network = new Network(picture, data, { what, width, hear: (found) => this.hear(found) })
      this.network.drawing.setAttribute("aria-label", `${code}: ${data.words.hint}`)
      this.light()
    }
    if (line === MODEL) show((weight) => signal(data, weight))
    if (line === LOSS) (data.price ? drawErrors : drawPrice)(picture, data, width)
    if (line === ZERO) {
      const { cleared, piledUp } = data.piled, x = cleared.map((_loss, k) => k)
      const lines = [
        { x, y: cleared, color: data.train, name: data.words.with },
        { x, y: piledUp, color: "currentColor", dash: "6 4", name: data.words.without },
      ]
      drawLines(picture, { lines, across: data.words.updates, up: data.words.length }, width)
    }
    if (line === BACKWARD) show((weight) => weight.gradient)
    if (line === STEP) show((weight) => weight.after - weight.before)
    if (line === APPEND) {
      const { curve } = data
      const lines = [{ x: curve.epoch, y: curve.loss, color: data.train }]
      const noted = curve.recorded ?? (data.single ? null : data.loss) // a single point's loss is not what the run notes
      if (!curve.epoch.length && noted !== null) lines[0] = { x: [0], y: [noted], color: data.train }
      drawLines(picture, { lines, dot: noted === null ? undefined : [data.epoch, noted], across: data.words.epoch, up: data.words.loss }, width)
    }
  }

  hear(found) {
    if (found?.pressed && found.way) return this.choose(found.way)
    this.hovered = found
    this.light()
    this.tellPanel()
  }

  light() {
    const resting = this.pointedAt?.column ? this.pointedAt : this.shown === MODEL ? null : { way: this.chosen }
    this.network?.light(this.hovered ?? resting)
  }

  tellPanel() {
    const way = this.hovered?.way ?? this.chosen
    const model = () => (this.pointedAt?.say ? panelLine(this.data, this.pointedAt) : panelModel(this.data, this.hovered ?? this.busiest()))
    const tellers = [model, () => panelLoss(this.data), () => panelAppend(this.data), panelZero, panelBackward, panelStep]
    this.part.panel.innerHTML = tellers[this.shown](this.data, this.weights.get(way))
  }

  close() {
    this.hand.abort()
    this.lens.disconnect()
  }
}

export default function ({ data, parentElement, setTriggerValue }) {
  const opened = (parentElement.moonsOpened ??= new Opened(parentElement))
  if (data) opened.receive(data, setTriggerValue)
  return () => {
    opened.close()
    delete parentElement.moonsOpened
  }
}
