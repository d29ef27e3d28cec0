// The points on their plane, and a hand that adds, moves and erases them. What the hand does is shown at once and
// told to the server until it says that it has heard; the server's points are the true ones.

const NARROW = 40, LETTER = 6.4 // the least room left of the plane, and of each letter of a number there
const RIGHT = 492, TOP = 8, BOTTOM = 366 // of the plane, in the picture's units
const REACH = 14 // how near a point the hand must be, in the same units
const STRIDE = 14 // between two points that a stroke adds
const MOVE = "move", ERASE = "erase", NEW = "new"

const element = (parent, name, attributes, text = "") => {
  const made = document.createElementNS(parent.namespaceURI, name)
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value)
  made.textContent = text
  return parent.appendChild(made)
}

const ticks = (low, high) => {
  const rough = (high - low) / 5, power = 10 ** Math.floor(Math.log10(rough))
  const step = power * [1, 2, 5, 10].find((factor) => factor * power >= rough)
  const first = Math.ceil(low / step)
  return Array.from({ length: Math.floor(high / step) - first + 1 }, (_, i) => (first + i) * step)
}

// so many decimals tell numbers apart that lie within a span, to so many digits of it
const decimals = (span, digits) => Math.max(0, Math.min(12, digits - 1 - Math.floor(Math.log10(span) + 1e-9)))

// what writes an axis' numbers: with as many digits as tell them apart, in few letters where that can be
const namer = (values, language) => {
  const large = Math.max(...values.map(Math.abs)), gap = Math.abs(values[1] - values[0])
  const compact = new Intl.NumberFormat(language, { notation: "compact", maximumSignificantDigits: 4 })
  const plain = new Intl.NumberFormat(language, { maximumFractionDigits: decimals(gap, 1) })
  const apart = new Set(values.map((value) => compact.format(value))).size === values.length
  const fitting = large > 1e4 && apart ? compact : plain
  return (value) => (value && large < 1e-3 ? Number(value.toPrecision(4)).toExponential() : fitting.format(value))
}

class Sketch {
  constructor(root) {
    this.root = root
    this.svg = root.querySelector("svg")
    this.pending = []
    this.pen = 0
    this.svg.addEventListener("pointerdown", (event) => this.grab(event))
    this.svg.addEventListener("pointermove", (event) => this.drag(event))
    this.svg.addEventListener("pointerup", () => this.drop())
    this.svg.addEventListener("pointercancel", () => this.drop())
  }

  receive(data, tell) {
    this.data = data
    this.tell = tell
    this.last = Math.max(this.last ?? 0, data.heard)
    this.pending = this.pending.filter((edit) => edit.id > data.heard)
    this.points = data.points.map((point) => [...point]) // x0, x1, class or number, whether held out
    this.pending.forEach((edit) => this.apply(edit))
    if (this.born && data.names.includes(this.born)) this.pen = data.names.indexOf(this.born)
    this.born = null
    if (typeof this.pen === "number" && this.pen >= Math.max(1, data.names.length)) this.pen = 0
    this.svg.setAttribute("aria-label", data.words.alt)
    this.pens()
    this.draw()
    if (this.pending.length && !this.stroke) tell("edits", this.pending) // what a message that was overtaken has lost
  }

  pens() {
    const { names, colors, editable, words, number } = this.data
    const hint = editable ? words[`${this.pen === MOVE || this.pen === ERASE ? this.pen : "add"}_hint`] : ""
    this.root.querySelector("p").textContent = `${hint} ${words.splits} ${words.note}`
    const group = this.root.querySelector(".pens")
    group.replaceChildren()
    group.setAttribute("aria-label", words.pens)
    const add = (pen, label, color) => {
      const attributes = editable ? { type: "button", "aria-pressed": String(pen === this.pen) } : {}
      const item = element(group, editable ? "button" : "span", attributes)
      if (color) element(item, "i", {}).style.background = color
      item.append(label)
      if (editable) item.addEventListener("click", () => this.choose(pen))
      return item
    }
    names.forEach((name, i) => add(i, name, colors[i]))
    if (!editable) return
    if (number) {
      const item = add(0, words.number)
      const field = element(item, "input", { type: "number", step: "any", value: this.value ?? number.middle, "aria-label": words.number })
      field.addEventListener("input", () => (this.value = field.value))
    } else add(NEW, words.new)
    add(MOVE, words.move)
    add(ERASE, words.erase)
    this.svg.setAttribute("class", this.pen === MOVE ? "editable moving" : "editable")
  }

  choose(pen) {
    this.pen = pen
    this.pens()
  }

  draw() {
    const { box, columns, colors, language } = this.data
    const [left, right, bottom, top] = box
    const across = ticks(left, right), up = ticks(bottom, top), named = [namer(across, language), namer(up, language)]
    this.left = Math.max(NARROW, 22 + LETTER * Math.max(...up.map((value) => named[1](value).length)))
    this.x = (value) => this.left + ((value - left) / (right - left)) * (RIGHT - this.left)
    this.y = (value) => BOTTOM - ((value - bottom) / (top - bottom)) * (BOTTOM - TOP)
    this.svg.replaceChildren()
    element(this.svg, "rect", { x: this.left, y: TOP, width: RIGHT - this.left, height: BOTTOM - TOP })
    for (const value of across) {
      element(this.svg, "line", { x1: this.x(value), x2: this.x(value), y1: BOTTOM, y2: BOTTOM + 4 })
      element(this.svg, "text", { x: this.x(value), y: BOTTOM + 16, "text-anchor": this.x(value) > RIGHT - 16 ? "end" : "middle" }, named[0](value))
    }
    for (const value of up) {
      element(this.svg, "line", { x1: this.left - 4, x2: this.left, y1: this.y(value), y2: this.y(value) })
      element(this.svg, "text", { x: this.left - 6, y: this.y(value) + 4, "text-anchor": "end" }, named[1](value))
    }
    element(this.svg, "text", { x: (this.left + RIGHT) / 2, y: BOTTOM + 31, "text-anchor": "middle" }, columns[0])
    const middle = (TOP + BOTTOM) / 2
    element(this.svg, "text", { x: 10, y: middle, "text-anchor": "middle", transform: `rotate(-90 10 ${middle})` }, columns[1])
    this.marks = colors.map((color) => ({
      test: element(this.svg, "path", { class: "test", stroke: color }),
      train: element(this.svg, "path", { class: "train", fill: color }),
    }))
    this.dots()
  }

  // one path for each colour and split: thousands of points are still few elements
  dots() {
    const r = this.points.length > 1000 ? 2.5 : 4
    const paths = this.marks.map(() => ({ test: "", train: "" }))
    for (const [x0, x1, y, test] of this.points) {
      paths[this.place(y)][test ? "test" : "train"] += `M${this.x(x0) - r} ${this.y(x1)}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0`
    }
    paths.forEach((path, i) => ["test", "train"].forEach((split) => this.marks[i][split].setAttribute("d", path[split])))
  }

  place(y) {
    const { number, colors } = this.data
    const last = colors.length - 1
    const place = number ? Math.round(((y - number.low) / (number.high - number.low || 1)) * last) : y
    return Math.max(0, Math.min(place, last))
  }

  // where the hand is: in the picture's units, and on the plane
  where(event) {
    const { x, y } = new DOMPoint(event.clientX, event.clientY).matrixTransform(this.svg.getScreenCTM().inverse())
    return this.at(x, y)
  }

  at(x, y) {
    const [left, right, bottom, top] = this.data.box
    const inside = x >= this.left && x <= RIGHT && y >= TOP && y <= BOTTOM
    const x0 = left + ((x - this.left) / (RIGHT - this.left)) * (right - left)
    const x1 = bottom + ((BOTTOM - y) / (BOTTOM - TOP)) * (top - bottom)
    const rounded = (value, span) => Number(value.toFixed(decimals(span, 4)))
    return { inside, x, y, x0: rounded(x0, right - left), x1: rounded(x1, top - bottom) }
  }

  nearest({ x, y }) {
    const distances = this.points.map(([x0, x1]) => Math.hypot(this.x(x0) - x, this.y(x1) - y))
    const index = distances.indexOf(Math.min(...distances))
    return distances[index] <= REACH ? index : null
  }

  // the hand goes down: it takes hold of a point, or begins a stroke that adds or erases all along its way
  grab(event) {
    const at = this.where(event)
    if (!this.data.editable || event.button || !at.inside) return
    this.svg.setPointerCapture(event.pointerId)
    if (this.pen === MOVE) this.held = this.nearest(at)
    else this.stroke = this.mark(at, 1)
  }

  drag(event) {
    const at = this.where(event)
    if (this.stroke) {
      const from = this.stroke, steps = Math.floor(Math.hypot(at.x - from.x, at.y - from.y) / STRIDE)
      for (let step = 1; step <= steps; step++) {
        const part = (name) => from[name] + ((at[name] - from[name]) * step) / steps
        const between = this.at(part("x"), part("y"))
        this.stroke = between.inside ? this.mark(between) : between
      }
    } else if (this.held != null) {
      this.points[this.held].splice(0, 2, at.x0, at.x1)
      this.dots()
    }
  }

  // and up: a stroke is one change, which one Undo takes back
  drop() {
    if (this.held != null) {
      const [x0, x1] = this.points[this.held]
      this.edit({ act: "move", index: this.held, x0, x1 })
    }
    this.held = this.stroke = null
    if (this.pending.length) this.tell("edits", this.pending)
  }

  // add a point at a place, or erase those within reach; returns it
  mark(at, most = Infinity) {
    if (this.pen === ERASE) {
      for (let n = 0, index = this.nearest(at); index !== null && n < most; n++, index = this.nearest(at)) {
        this.edit({ act: "erase", index })
      }
      return at
    }
    const { number, names } = this.data
    const fresh = this.pen === NEW
    if (fresh) this.born = this.data.words.born
    const label = number ? Number(this.value ?? number.middle) : fresh ? this.born : names[this.pen]
    this.edit({ act: "add", x0: at.x0, x1: at.x1, label })
    return at
  }

  edit(edit) {
    this.pending.push({ id: ++this.last, ...edit })
    this.apply(edit)
    this.dots()
  }

  apply({ act, index, x0, x1, label }) {
    if (act === "add") {
      const place = this.data.names.indexOf(label)
      this.points.push([x0, x1, this.data.number ? label : place < 0 ? this.data.names.length : place, false])
    } else if (act === "move") this.points[index]?.splice(0, 2, x0, x1)
    else this.points.splice(index, 1)
  }
}

export default function ({ data, parentElement, setTriggerValue }) {
  const sketch = (parentElement.moonsSketch ??= new Sketch(parentElement))
  sketch.receive(data, setTriggerValue)
}
