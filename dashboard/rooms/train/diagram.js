// The network as a picture that lives: edges and tiles on one canvas, a button over each unit. What it shows comes
// from the live component, in the same frames as the charts, so it is always the same moment.

const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))
const rgb = (color) => [1, 3, 5].map((i) => parseInt(color.slice(i, i + 2), 16))
const LEVELS = 10 // of an edge's width and strength, each drawn in one go

class Diagram {
  constructor(root) {
    this.root = root
    this.sheet = root.querySelector(".sheet")
    this.canvas = this.sheet.querySelector("canvas")
    this.atlas = document.createElement("canvas")
    this.hand = new AbortController()
    this.inspector = new Inspector(root.querySelector(".inspector"), this)
    const on = (name, act) => this.sheet.addEventListener(name, act, { signal: this.hand.signal })
    on("pointermove", (event) => this.point(this.found(event)))
    on("pointerleave", () => this.point(null))
    on("focusin", ({ target }) => target.place && this.point(target.place))
    on("focusout", () => this.point(null))
    addEventListener("keydown", ({ key }) => key === "Escape" && this.release(), { signal: this.hand.signal })
    on("keydown", (event) => this.walk(event))
    on("click", (event) => this.click(event))
    this.watch = new ResizeObserver(() => this.arrange())
    this.watch.observe(this.sheet)
  }

  // another run, or other units of it
  set(number, scene, stage) {
    const same = this.scene && JSON.stringify(this.scene.layers) === JSON.stringify(scene.layers)
    Object.assign(this, { number, scene, stage, inputs: bytes(scene.inputs) })
    if (!same) {
      this.numbers = null // another network's: nothing to paint until this one's come
      this.release()
    }
    this.shade = this.shading()
    const style = getComputedStyle(this.root.host ?? this.root)
    this.ground = style.getPropertyValue("--st-background-color") || "white"
    this.ink = style.getPropertyValue("--st-text-color") || "black"
    if (same && this.layers) this.paint()
    else this.arrange()
  }

  // colours of each byte of a tile: negative, positive; and of each output, its class's
  shading() {
    const { zero, colors } = this.scene
    const scale = (low, high) => {
      const table = new Uint8ClampedArray(4 * 256)
      for (let value = 0; value < 256; value++) {
        const size = Math.min(1, Math.abs(value - zero) / 127)
        table.set([...(value < zero ? low : high), 255 * size ** 0.8], 4 * value)
      }
      return new Uint32Array(table.buffer)
    }
    const low = rgb(colors.negative), high = rgb(colors.positive)
    return { units: scale(low, high), outputs: colors.outputs.map((color) => scale(low, rgb(color))) }
  }

  // where everything goes
  arrange() {
    if (!this.scene || !this.sheet.clientWidth) return
    const { layers, columns, rows } = this.scene
    const width = this.sheet.clientWidth, height = this.sheet.clientHeight
    const most = Math.max(...layers.map((layer) => layer.units.length))
    const narrow = width < 420, left = narrow ? 26 : 30
    const right = (this.right = Math.min(narrow ? 92 : 124, Math.max(narrow ? 46 : 58, 14 + this.longest())))
    const top = 24, bottom = layers.some((layer) => layer.note) ? 46 : 6
    const across = (width - left - right) / layers.length
    const room = height - top - bottom, gap = (room) => Math.max(3, 0.12 * room)
    const size = (n) => Math.max(8, Math.min(54, room / n - gap(room / n), (across * 0.6 * rows) / columns))
    this.tall = size(most)
    this.layers = layers.map((layer, l) => {
      const tall = size(layer.units.length), wide = (tall * columns) / rows
      const x = left + across * (l + 0.5) - (0.5 - l / (layers.length - 1)) * (across - wide)
      const pitch = Math.min(room / layer.units.length, tall * 1.5)
      const first = top + (room - pitch * (layer.units.length - 1)) / 2
      return layer.units.map((unit, i) => ({ layer: l, unit, i, name: layer.names[i], x, y: first + pitch * i, wide, tall }))
    })
    const ratio = window.devicePixelRatio || 1
    this.canvas.width = width * ratio
    this.canvas.height = height * ratio
    this.atlas.width = columns
    this.atlas.height = rows * this.layers.flat().length
    this.label()
    this.paint()
  }

  // how wide the longest name of an output is, pixels
  longest() {
    const pen = this.canvas.getContext("2d")
    pen.font = `12px ${getComputedStyle(this.sheet).fontFamily}`
    return Math.max(...this.scene.layers.at(-1).names.map((name) => pen.measureText(name).width))
  }

  // heads over the layers, and a button over each unit; one of them takes the Tab key, arrows go on from there
  label() {
    const { layers, words } = this.scene
    const heads = this.sheet.querySelector(".heads"), units = this.sheet.querySelector(".units")
    const head = (text, x, name) => {
      const span = document.createElement("span")
      span.textContent = text
      span.className = name
      span.style.left = `${x}px`
      heads.append(span)
      return span
    }
    heads.replaceChildren()
    layers.forEach((layer, l) => {
      const { x } = this.layers[l][0], crowded = layers.length > 5 && this.sheet.clientWidth < 420
      const title = this.sheet.clientWidth / layers.length < 90 ? layer.title.split(" · ")[0] : layer.title
      if (!crowded || l === 0 || l === layers.length - 1) head(title, x, "")
      if (layer.note) head(layer.note, x, "note").style.width = `${Math.max(90, this.sheet.clientWidth / layers.length - 8)}px`
    })
    units.setAttribute("aria-label", words.diagram)
    const focused = this.sheet.getRootNode().activeElement?.place
    this.buttons = this.layers.map((layer, l) =>
      layer.map((place) => {
        const button = document.createElement("button")
        button.type = "button"
        button.className = `unit ${l === layers.length - 1 ? "output" : ""}`
        button.place = place
        button.setAttribute("aria-label", place.name)
        button.tabIndex = l === 1 && place.i === 0 ? 0 : -1
        Object.assign(button.style, {
          left: `${place.x - place.wide / 2}px`, top: `${place.y - place.tall / 2}px`, width: `${place.wide}px`, height: `${place.tall}px`,
        })
        if (l === 0 || l === layers.length - 1) {
          const name = document.createElement("span")
          name.textContent = button.title = place.name
          if (l) name.style.maxWidth = `${this.right - 10}px`
          button.append(name)
        }
        return button
      }),
    )
    units.replaceChildren(...this.buttons.flat())
    if (focused) this.buttons[focused.layer]?.[focused.i]?.focus()
  }

  // a frame's numbers, layer by layer
  read(frame) {
    const numbers = new Float32Array(bytes(frame.numbers).buffer)
    let at = 0
    const next = (n) => numbers.subarray(at, (at += n))
    const sizes = this.scene.layers.map((layer) => layer.units.length)
    return sizes.map((n, l) =>
      l ? { scales: next(n), biases: next(n), biasGradients: next(n), weights: next(n * sizes[l - 1]), gradients: next(n * sizes[l - 1]) } : {},
    )
  }

  byLayer(values) {
    let at = 0
    return this.scene.layers.map(({ units }) => values.subarray(at, (at += units.length)))
  }

  show(frame, epoch) {
    if (!frame || !this.scene) return
    this.epoch = epoch
    this.numbers = this.read(frame)
    this.tiles = bytes(frame.tiles)
    this.passed = frame.passed ? this.byLayer(new Float32Array(bytes(frame.passed).buffer)) : null
    this.mark()
    this.paint()
    this.inspector.show()
  }

  // the unit that fills the large picture
  mark() {
    const picked = this.stage.data.picked?.join()
    for (const button of this.buttons.flat()) {
      button.setAttribute("aria-pressed", String([button.place.layer, button.place.unit].join() === picked))
      if (!this.stage.data.playing) button.setAttribute("aria-label", this.inspector.sentence(button.place))
    }
  }

  paint() {
    if (!this.numbers || !this.layers) return
    const pen = this.canvas.getContext("2d"), ratio = window.devicePixelRatio || 1
    pen.setTransform(ratio, 0, 0, ratio, 0, 0)
    pen.clearRect(0, 0, this.canvas.width, this.canvas.height)
    this.edges(pen)
    this.pictures(pen)
    this.canvas.dataset.epoch = this.epoch
  }

  // what connections show: weights; where a point is followed, what they carry of it
  carried() {
    return this.numbers.slice(1).map(({ weights }, l) => {
      const passed = this.passed?.[l]
      return passed ? weights.map((weight, k) => weight * passed[k % passed.length]) : weights
    })
  }

  // curves from unit to unit: width and strength by size, colour by sign
  edges(pen) {
    const { colors } = this.scene, { about } = this.inspector, carried = this.carried()
    const largest = Math.max(1e-9, ...carried.map((sizes) => sizes.reduce((top, size) => Math.max(top, Math.abs(size)), 0)))
    const deep = this.layers.length > 5, thin = deep ? 0.6 : 1 // many layers stand close: their edges must not blot
    const widest = Math.min(deep ? 3 : 7, Math.max(2.5, this.tall / 5))
    const bundles = new Map()
    for (let l = 1; l < this.layers.length; l++) {
      const before = this.layers[l - 1], weights = carried[l - 1]
      this.layers[l].forEach((target, i) =>
        before.forEach((source, j) => {
          const weight = weights[i * before.length + j], size = Math.abs(weight) / largest
          if (!(size > 0.004)) return
          const dim = about && !this.touches(about, target, source)
          const key = (weight < 0 ? -1 : 1) * (1 + Math.min(LEVELS - 1, Math.floor(size * LEVELS)) + (dim ? 100 : 0))
          if (!bundles.has(key)) bundles.set(key, [])
          bundles.get(key).push(source, target)
        }),
      )
    }
    for (const key of [...bundles.keys()].sort((a, b) => (Math.abs(a) % 100) - (Math.abs(b) % 100))) {
      const size = ((Math.abs(key) % 100) - 0.5) / LEVELS, ends = bundles.get(key)
      pen.beginPath()
      for (let e = 0; e < ends.length; e += 2) this.curve(pen, ends[e], ends[e + 1])
      pen.strokeStyle = key < 0 ? colors.negative : colors.positive
      pen.globalAlpha = thin * (0.2 + 0.7 * size ** 0.7) * (Math.abs(key) > 100 ? 0.12 : 1)
      pen.lineWidth = 0.6 + widest * size
      pen.stroke()
    }
    pen.globalAlpha = 1
  }

  // its x grows evenly along it, so that the point under the hand is quickly found
  curve(pen, source, target) {
    const from = source.x + source.wide / 2, to = target.x - target.wide / 2, third = (to - from) / 3
    pen.moveTo(from, source.y)
    pen.bezierCurveTo(from + third, source.y, to - third, target.y, to, target.y)
  }

  touches(about, target, source) {
    const same = (place) => place.layer === about.layer && place.unit === about.unit
    if (about.source === undefined || about.source === null) return same(target) || same(source)
    return same(target) && source.unit === about.source
  }

  pictures(pen) {
    const { columns, rows } = this.scene, places = this.layers.flat()
    const image = new ImageData(columns, rows * places.length), pixels = new Uint32Array(image.data.buffer)
    const size = columns * rows, n_inputs = this.layers[0].length
    places.forEach((place, p) => {
      const tile = p < n_inputs ? this.inputs.subarray(p * size) : this.tiles.subarray((p - n_inputs) * size)
      const table = place.layer === this.layers.length - 1 ? this.shade.outputs[place.i] : this.shade.units
      for (let row = 0; row < rows; row++) {
        const from = (rows - 1 - row) * columns, to = (p * rows + row) * columns // the bottom row comes first
        for (let column = 0; column < columns; column++) {
          pixels[to + column] = table[tile[from + column]]
        }
      }
    })
    this.atlas.getContext("2d").putImageData(image, 0, 0)
    places.forEach((place, p) => this.tile(pen, place, p))
  }

  tile(pen, place, p) {
    const { columns, rows, colors } = this.scene, { x, y, wide, tall, layer, i } = place
    const output = layer === this.layers.length - 1
    pen.save()
    pen.beginPath()
    pen.roundRect(x - wide / 2, y - tall / 2, wide, tall, Math.min(6, tall / 5))
    pen.fillStyle = this.ground
    pen.fill()
    pen.clip()
    // half a cell is left out on each side, so that cells stand where their points are
    pen.drawImage(this.atlas, 0.5, p * rows + 0.5, columns - 1, rows - 1, x - wide / 2, y - tall / 2, wide, tall)
    pen.strokeStyle = output ? colors.outputs[i] : this.ink
    pen.globalAlpha = output ? 1 : 0.35
    pen.lineWidth = output ? 4 : 2
    pen.stroke()
    pen.restore()
    if (this.passed && this.scene.point) this.spot(pen, place)
    if (layer) this.bias(pen, place)
  }

  // where the point that is followed lies
  spot(pen, { x, y, wide, tall }) {
    const { point } = this.scene
    pen.beginPath()
    pen.arc(x + (point.x - 0.5) * wide, y + (point.y - 0.5) * tall, Math.max(2, Math.min(4, tall / 9)), 0, 7)
    pen.fillStyle = this.ink
    pen.strokeStyle = this.ground
    pen.lineWidth = 1.5
    pen.fill()
    pen.stroke()
  }

  // a dot at the unit's lower corner: as wide as the bias is large, coloured by its sign
  bias(pen, { layer, i, x, y, wide, tall }) {
    const { biases } = this.numbers[layer], { colors } = this.scene
    const largest = Math.max(1e-9, ...this.numbers.slice(1).map((part) => part.biases.reduce((top, b) => Math.max(top, Math.abs(b)), 0)))
    const size = Math.abs(biases[i]) / largest
    pen.beginPath()
    pen.arc(x - wide / 2 + 1, y + tall / 2 - 1, (0.25 + 0.75 * Math.sqrt(size || 0)) * Math.min(6, tall / 5), 0, 7)
    pen.fillStyle = biases[i] < 0 ? colors.negative : colors.positive
    pen.strokeStyle = this.ground
    pen.lineWidth = 1.5
    pen.fill()
    pen.stroke()
  }

  // the bias, the unit or the connection under the hand
  found({ clientX, clientY }) {
    if (!this.layers) return null
    const box = this.sheet.getBoundingClientRect(), x = clientX - box.left, y = clientY - box.top
    for (const place of this.layers.flat()) {
      const dx = Math.abs(x - place.x), dy = Math.abs(y - place.y)
      if (place.layer && Math.hypot(x - place.x + place.wide / 2, y - place.y - place.tall / 2) < Math.min(8, place.tall / 3)) {
        return { ...place, source: null }
      }
      if (dx <= place.wide / 2 && dy <= place.tall / 2) return place
    }
    const next = this.layers.findIndex((layer) => layer[0].x - layer[0].wide / 2 > x)
    if (next < 1 || !this.numbers) return null
    const before = this.layers[next - 1], layer = this.layers[next]
    const from = before[0].x + before[0].wide / 2, to = layer[0].x - layer[0].wide / 2, t = (x - from) / (to - from)
    if (t < 0) return null
    const rise = 3 * t ** 2 - 2 * t ** 3
    let best = null, least = 6
    layer.forEach((target, i) =>
      before.forEach((source, j) => {
        const weight = Math.abs(this.numbers[next].weights[i * before.length + j])
        const far = Math.abs(source.y + (target.y - source.y) * rise - y) - Math.min(2, weight)
        if (far < least) [best, least] = [{ ...target, source: source.unit, j }, far]
      }),
    )
    return best
  }

  point(about) {
    const key = (a) => a && [a.layer, a.unit, a.source].join()
    if (key(about) === key(this.inspector.about)) return
    this.inspector.look(about)
    this.sheet.style.cursor = about ? "pointer" : ""
    this.paint()
  }

  click(event) {
    const about = event.detail ? this.found(event) : event.target.place // the keyboard's clicks have no place of their own
    if (!about) return this.release()
    if (about.source === undefined) this.stage.pick(about.layer, about.unit)
    this.inspector.hold(about.layer ? about : null)
  }

  release() {
    this.inspector.hold(null)
    if (this.numbers && this.layers) this.paint()
  }

  // arrows walk from unit to unit
  walk(event) {
    const place = event.target.place, way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key]
    if (!place || !way) return
    const layer = this.buttons[place.layer + way[0]]
    const next = layer?.[way[0] ? Math.min(layer.length - 1, place.i) : place.i + way[1]]
    if (!next) return
    event.preventDefault()
    event.target.tabIndex = -1
    next.tabIndex = 0
    next.focus()
  }

  close() {
    this.watch.disconnect()
    this.hand.abort()
  }
}

export default function ({ data, parentElement }) {
  const diagram = (parentElement.moonsDiagram ??= new Diagram(parentElement))
  parentElement.querySelector(".diagram").style.height = `min(${data.height}px, 115vw)`
  window.moonsDiagram = diagram // where the live component finds it
  return () => {
    diagram.close()
    delete parentElement.moonsDiagram
  }
}
