// The network as a drawing: units in columns, weights as lines between them. A line's width is its size, a dashed
// line is negative.

const SVG = "http://www.w3.org/2000/svg"

function svg(name, attributes = {}, text) {
  const made = document.createElementNS(SVG, name)
  for (const [key, value] of Object.entries(attributes)) if (value !== undefined) made.setAttribute(key, value)
  if (text !== undefined) made.textContent = text
  return made
}

const RAISED = { "-": "⁻", 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴", 5: "⁵", 6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹" }

// a number as a person reads it: four decimals, or powers of ten where these would show nothing
function say(value, digits = 4) {
  if (value === null || value === undefined) return "∞"
  const small = digits < 4 ? 0 : 10 ** (1 - digits)
  if (value !== 0 && (Math.abs(value) < small || Math.abs(value) >= 1e5)) {
    const [digitsOf, power] = value.toExponential(2).split("e")
    return `${digitsOf.replace("-", "−")}·10${[...power.replace("+", "")].map((sign) => RAISED[sign]).join("")}`
  }
  return value.toFixed(digits).replace("-", "−")
}

const RADIUS = 15 // pixels, of an input or an output
const LETTER = 7 // pixels: a digit's width, and a little
const BARE = 36 // pixels of lines without a number on them, at least, between two layers

const fill = (template, values) => template.replace(/\{(\w+)\}/g, (_all, name) => values[name] ?? "")

class Network {
  // what: which of a weight's numbers its line shows; hear: what a person points at or presses
  constructor(host, data, { what, width, hear }) {
    this.data = data
    this.width = width
    this.narrow = width < 480
    this.below = this.narrow && data.columns.length < 4 && data.inputs.length < 5 // inputs' values: before them is no room
    this.named = data.short.some((name, label) => name !== String(label)) // classes have names of their own
    this.most = Math.max(...data.columns.map((column) => column.units.length))
    this.height = Math.max(240, Math.min(430, 60 + this.most * 25))
    this.radius = Math.max(5, Math.min(12, (this.height - 48) / this.most / 2 - 2)) // of a hidden unit
    this.places = data.columns.map((column, index) => this.column(column, index))
    this.digits = this.digitsOfUnits()
    this.drawing = svg("svg", { width, height: this.height, viewBox: `0 0 ${width} ${this.height}`, role: "img" })
    this.lines = new Map()
    this.circles = new Map()
    this.edges(what, hear)
    this.units(hear)
    this.titles()
    host.replaceChildren(this.drawing)
  }

  column(column, index) {
    const last = this.data.columns.length - 1
    const left = this.below ? 34 : 78, right = this.named ? 108 : this.narrow ? 62 : 96
    const x = left + ((this.width - left - right) * index) / last
    const shown = column.units.length + (column.total > column.units.length ? 0.8 : 0)
    const top = 34, room = this.height - top - 14
    const gap = Math.min(room / shown, index === 0 || index === last ? 90 : 44)
    const first = top + (room - gap * shown) / 2 + gap / 2
    return new Map(column.units.map((unit, place) => [unit, { x, y: first + gap * place }]))
  }

  // how many digits of the hidden units' values fit between the layers; undefined: none
  digitsOfUnits() {
    const { columns } = this.data
    if (this.narrow && columns.length > 3) return undefined
    const [at, next] = [0, 1].map((index) => [...this.places[index].values()][0].x)
    const values = columns.slice(1, -1).flatMap((column) => column.h)
    return [4, 2].find((digits) => {
      this.label = LETTER * Math.max(0, ...values.map((value) => say(value, digits).length))
      return next - at - 2 * this.radius - this.label >= BARE
    })
  }

  // where the lines from a hidden unit begin: behind its value, which they would cross
  out(index, x) {
    return index && this.digits ? x + this.radius + 5 + this.label : x
  }

  edges(what, hear) {
    const size = (weight) => Math.abs(what(weight) ?? 0)
    const weights = this.data.weights.filter((weight) => weight.source !== null)
    const largest = this.data.columns.map((_column, layer) =>
      Math.max(1e-30, ...weights.filter((weight) => weight.layer === layer).map(size)),
    )
    for (const weight of weights) {
      const from = this.places[weight.layer].get(weight.source), to = this.places[weight.layer + 1].get(weight.unit)
      const start = this.out(weight.layer, from.x), middle = (start + to.x) / 2
      const d = `M${start},${from.y} C${middle},${from.y} ${middle},${to.y} ${to.x},${to.y}`
      const share = size(weight) / largest[weight.layer]
      const line = svg("path", { d, class: "edge", "stroke-width": 0.5 + 4 * share, "stroke-opacity": 0.18 + 0.62 * share })
      if ((what(weight) ?? 0) < 0) line.setAttribute("stroke-dasharray", "5 3")
      const grip = svg("path", { d, class: "grip" })
      grip.addEventListener("pointerenter", () => hear({ way: weight.way }))
      grip.addEventListener("pointerleave", () => hear(null))
      grip.addEventListener("click", () => hear({ way: weight.way, pressed: true }))
      this.drawing.append(line, grip)
      this.lines.set(weight.way, { line, weight })
    }
  }

  units(hear) {
    const { columns, colors } = this.data
    columns.forEach((column, index) => {
      const last = index === columns.length - 1, hidden = index > 0 && !last
      const largest = Math.max(1e-9, ...column.h.map((value) => Math.abs(value ?? 0)))
      column.units.forEach((unit, place) => {
        const at = this.places[index].get(unit), value = column.h[place]
        const group = svg("g", { class: "unit", transform: `translate(${at.x},${at.y})` })
        if (last && colors[unit]) group.style.setProperty("--fill", colors[unit])
        if (hidden) group.style.setProperty("--lit", Math.abs(value ?? 0) / largest)
        group.append(svg("circle", { r: hidden ? this.radius : RADIUS }))
        if (hidden) this.hidden(group, unit, value)
        else if (last) this.output(group, unit, value)
        else this.input(group, unit, value)
        if (index > 0) {
          group.addEventListener("pointerenter", () => hear({ unit, layer: index - 1 }))
          group.addEventListener("pointerleave", () => hear(null))
          group.addEventListener("click", () => hear({ unit, layer: index - 1, pressed: true }))
        }
        this.drawing.append(group)
        this.circles.set(`${index}-${unit}`, group)
      })
    })
  }

  // a short name stands in the unit
  input(group, unit, value) {
    const name = this.data.inputs[unit], inside = name.length < 3
    const before = { x: -RADIUS - 6, "text-anchor": "end" }
    const outside = this.below ? { x: -RADIUS, y: -RADIUS - 5 } : { dy: "-0.4em", ...before }
    const placed = inside ? { class: "name on", "text-anchor": "middle", dy: "0.35em" } : { class: "name", ...outside }
    const beside = this.below ? { "text-anchor": "middle", y: RADIUS + 15 } : { dy: inside ? "0.35em" : "0.9em", ...before }
    group.append(svg("text", placed, name), svg("text", beside, say(value)))
  }

  hidden(group, unit, value) {
    if (this.radius >= 9) group.append(svg("text", { class: "id on", "text-anchor": "middle", dy: "0.35em" }, unit))
    if (!this.digits) return
    const empty = this.data.single && value === 0
    group.append(svg("text", { class: empty ? "off" : "", x: this.radius + 5, dy: "0.35em" }, say(value, this.digits)))
  }

  output(group, unit, value) {
    const { answers, colors, short, single } = this.data
    if (colors.length > 1) group.append(svg("text", { class: "in on", "text-anchor": "middle", dy: "0.35em" }, unit))
    const mine = single && answers.y[0] === unit
    if (this.named) group.append(svg("text", { class: "title", x: RADIUS + 6, dy: "-0.4em" }, short[unit]))
    group.append(svg("text", { class: mine ? "mine" : "", x: RADIUS + 6, dy: this.named ? "0.9em" : "0.35em" }, say(value)))
  }

  titles() {
    const { columns, words } = this.data
    columns.forEach((column, index) => {
      const last = index === columns.length - 1
      const title = index === 0 ? words.titles.inputs : last ? words.titles.logits : words.titles.hidden[index - 1]
      const places = [...this.places[index].values()]
      const style = { class: "title", x: places[0].x, y: 14, "text-anchor": "middle" }
      if (!this.narrow || columns.length < 5 || index === 0 || last) this.drawing.append(svg("text", style, title))
      if (column.total > column.units.length) {
        const y = places[places.length - 1].y + 24
        const more = fill(words.moreUnits, { n: column.total - column.units.length })
        this.drawing.append(svg("text", { class: "title", x: places[0].x, y, "text-anchor": "middle" }, more))
      }
    })
  }

  // light up what `what` speaks of, and dim the rest; null: nothing in particular
  light(what) {
    this.drawing.classList.toggle("dimmed", Boolean(what))
    const lit = (name, on) => name.classList.toggle("lit", on)
    const [edges, units] = what ? this.path(what) : [new Set(), new Set()]
    for (const [way, { line }] of this.lines) lit(line, edges.has(way))
    for (const [name, group] of this.circles) lit(group, units.has(name))
  }

  // a weight's path: from its source over its unit through all that follows; a unit's: what comes in
  // a column's: all of it, with what comes in where that is asked for
  path({ way, unit, layer, column, incoming }) {
    const all = [...this.lines.values()].map(({ weight }) => weight)
    const edges = new Set(), units = new Set()
    if (column) {
      for (const unit of this.data.columns[column].units) units.add(`${column}-${unit}`)
      for (const weight of all) if (incoming && weight.layer === column - 1) edges.add(weight.way)
    } else if (way === undefined) {
      units.add(`${layer + 1}-${unit}`)
      for (const weight of all) if (weight.layer === layer && weight.unit === unit) edges.add(weight.way)
    } else {
      const start = this.data.weights.find((weight) => weight.way === way)
      edges.add(way)
      units.add(`${start.layer + 1}-${start.unit}`)
      if (start.source !== null) units.add(`${start.layer}-${start.source}`)
      let reached = new Set([start.unit])
      for (let at = start.layer + 1; at < this.data.columns.length - 1; at++) {
        const next = all.filter((weight) => weight.layer === at && reached.has(weight.source))
        next.forEach((weight) => edges.add(weight.way))
        reached = new Set(next.map((weight) => weight.unit))
        reached.forEach((unit) => units.add(`${at + 1}-${unit}`))
      }
    }
    for (const weight of all) if (edges.has(weight.way)) units.add(`${weight.layer}-${weight.source}`)
    return [edges, units]
  }
}
