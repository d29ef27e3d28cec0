// Shows one run's state everywhere at once: the figures strip in this component, and the two charts that Streamlit
// has mounted, patched in place. Streamlit itself would mount a chart anew for new data: a blank frame, zoom lost.

const CHARTS = ["loss", "boundary"]
const HEATMAP = 0, CONTOURS = 1, HINGES = 2, TRAIN_POINTS = 4, WRONG = 5 // traces of the boundary figure
const TRAIN = 2, TEST = 3, NOW = 4 // traces of the loss figure

const chart = (name) =>
  [...document.querySelectorAll(`.st-key-${name} .js-plotly-plot`)].find((gd) => gd.offsetParent && gd._fullLayout)

const until = (line, epoch) => {
  let low = 0, high = line.x.length
  while (low < high) {
    const middle = (low + high) >> 1
    line.x[middle] <= epoch ? (low = middle + 1) : (high = middle)
  }
  return { x: line.x.slice(0, low), y: line.y.slice(0, low) }
}

class Stage {
  constructor(root) {
    this.root = root
    this.frames = []
    this.painted = 0
    this.missing = 0
    this.stale = 0
    this.watch = setInterval(() => (this.mend(), this.leavePreview()), 200)
    this.lens = new MutationObserver((changes) => changes.forEach(({ target }) => this.dragged(target)))
    this.lens.observe(document.body, { subtree: true, attributeFilter: ["aria-valuetext"] })
    this.hand = new AbortController()
    const signal = this.hand.signal
    addEventListener("pointerdown", ({ target }) => (this.held = target), { capture: true, signal })
    addEventListener("pointerup", () => (this.held = this.wanted = null), { capture: true, signal })
    root.querySelector("button").addEventListener("click", () => this.tell("remedy", this.serial), { signal })
    addEventListener("keydown", ({ key }) => key === "Escape" && this.dismiss(), { signal })
    this.timeline = root.querySelector("input")
    this.timeline.addEventListener("input", () => this.seek(Number(this.timeline.value)), { signal })
    this.timeline.addEventListener("change", () => this.tell("settle", Number(this.timeline.value)), { signal })
  }

  // a slider moves under the hand: ask for its picture, one at a time, always the latest
  dragged(input) {
    const widget = input.closest("[class*=st-key-]")
    const slider = [...(widget?.classList ?? [])].find((name) => name.startsWith("st-key-"))
    if (!this.held || !widget?.contains(this.held) || !this.data?.sliders.includes(slider.slice(7))) return
    this.want("preview", { slider: slider.slice(7), value: Number(input.value) })
  }

  // the timeline, or a click on the loss chart: look at another epoch that is trained
  seek(epoch) {
    this.want("seek", Math.max(0, Math.min(Math.round(epoch), this.data.known)))
  }

  want(...words) {
    this.wanted = words
    this.ask()
  }

  ask() {
    if (!this.wanted || this.asked === this.serial) return
    this.asked = this.serial
    this.tell(...this.wanted)
    this.wanted = null
  }

  receive(data, tell) {
    if (!data || data.serial === this.serial) return this.strip(data && this.frame)
    this.tell = tell
    this.serial = data.serial
    this.data = data
    if (data.figures) {
      this.figures = data.figures
      this.network = data.network
      this.scene = data.scene
      this.last = null
      this.queue(data.frames)
      CHARTS.forEach((name) => this.draw(name))
      this.drawNetwork()
      this.count()
    } else if (data.scene === this.scene) {
      this.queue(data.frames.length ? data.frames : [data.now]) // at rest: the epoch under the hand
    } else {
      tell("resync", data.serial) // the payload with this scene's figures was overtaken
    }
    this.strip(data.now)
    this.diagram()?.inspector.show()
    this.ask()
    for (const [name, text] of Object.entries(data.alts)) chart(name)?.setAttribute("aria-label", text)
  }

  // play a tick's frames evenly over the tick
  queue(frames) {
    cancelAnimationFrame(this.playing)
    if (this.frames.length) this.show(this.frames[this.frames.length - 1])
    this.frames = frames
    const began = performance.now()
    const every = this.data.interval / Math.max(1, frames.length)
    const next = (time) => {
      const due = Math.min(frames.length, 1 + Math.floor((time - began) / every))
      const done = frames.length - this.frames.length
      if (due > done) {
        this.frames = frames.slice(due)
        this.show(frames[due - 1])
      }
      if (this.frames.length) this.playing = requestAnimationFrame(next)
    }
    if (frames.length) next(began)
  }

  show(frame) {
    this.last = frame
    this.patch("boundary", frame)
    this.patch("loss", frame)
    if (this.diagram()) window.moonsDiagram.show(frame.network, frame.epoch)
    this.strip(frame)
    this.count()
  }

  // pictures shown so far, for whoever measures
  count() {
    this.root.querySelector(".strip").dataset.painted = ++this.painted
  }

  patch(name, frame) {
    const gd = chart(name)
    if (!gd || gd.moons !== this.scene) return
    if (name === "boundary") {
      const { z, contours, hinges, wrong } = frame, traces = [HEATMAP, WRONG]
      if (this.data.playing && !contours && !hinges && quick(gd, frame, HEATMAP, WRONG)) return
      gd.querySelector(".moons-marks")?.remove()
      const x = [undefined, wrong.x], y = [undefined, wrong.y]
      for (const [trace, line] of [[CONTOURS, contours], [HINGES, hinges]]) {
        if (line) traces.push(trace), x.push(line.x), y.push(line.y)
      }
      window.Plotly.restyle(gd, { z: [z, ...traces.slice(1).map(() => undefined)], x, y }, traces)
    } else {
      const train = until(this.data.train, frame.epoch), test = until(this.data.test, frame.epoch)
      const x = [train.x, test.x, [frame.epoch]], y = [train.y, test.y, [frame.scores.train_loss]]
      window.Plotly.restyle(gd, { x, y }, [TRAIN, TEST, NOW])
    }
  }

  // a whole figure, in the theme that Streamlit gave the chart; uirevision keeps zoom
  draw(name) {
    const gd = chart(name)
    if (!window.Plotly || !gd) return false
    const { data, layout } = structuredClone(this.figures[name])
    const kept = (({ template, width, height, autosize, font }) => ({ template, width, height, autosize, font }))(gd.layout)
    gd.moons = this.scene
    gd.querySelector(".moons-marks")?.remove()
    window.Plotly.react(gd, data, { ...kept, ...layout, height: this.fit(gd, layout, kept.height) })
    if (name === "loss" && !gd.moonsClicks) {
      gd.moonsClicks = true
      gd.on("plotly_click", ({ points }) => this.tell("settle", Math.min(points[0].x, this.data.known)))
    }
    if (name === "boundary" && !gd.moonsClicks) {
      gd.moonsClicks = true
      gd.on("plotly_click", ({ points }) => {
        const point = points.find(({ curveNumber }) => curveNumber === TRAIN_POINTS)
        if (point) this.tell("point", point.pointNumber)
      })
    }
    gd.moonsData = gd.data
    if (this.last) this.patch(name, this.last)
    return true
  }

  // on a phone a plane of equal scales can't fill a chart's height: give back what would stay empty
  fit(gd, { yaxis }, height) {
    const spare = innerWidth <= 640 && yaxis.scaleanchor, fitting = spare ? Math.min(height, 0.75 * innerWidth) : height
    gd.closest(".stElementContainer").style.flexBasis = spare ? `${fitting}px` : ""
    return fitting
  }

  // the diagram has a place and a component of its own
  diagram() {
    const diagram = window.moonsDiagram
    return diagram?.root.isConnected && diagram.number === this.scene ? diagram : null
  }

  drawNetwork() {
    if (!this.network || !window.moonsDiagram?.root.isConnected) return
    window.moonsDiagram.set(this.scene, this.network, this)
    const frame = this.last ?? this.data.now
    window.moonsDiagram.show(frame.network, frame.epoch)
  }

  // what was picked in it or for it goes
  dismiss() {
    if (this.data?.picked) this.pick(...this.data.picked)
    else if (this.network?.point) this.tell("point", this.network.point.number)
  }

  // a unit of it fills the large picture, or, picked again, leaves it
  pick(layer, unit) {
    this.tell("pick", { layer, unit })
  }

  // a weight or bias of it gets another value; while the hand is on it the pictures follow, at rest
  edit({ layer, unit, source }, value, done) {
    const said = { layer, unit, source: source ?? null, value, done }
    if (done) this.tell("edit", said)
    else if (!this.data.playing) this.want("edit", said)
  }

  // what is pointed at in it: ask for its course
  follow({ layer, unit, source }) {
    this.want("trace", { layer, unit, source: source ?? null })
  }

  // let go where it was taken, a slider has nothing to say to Streamlit: ask for this run's own figures again
  leavePreview() {
    this.stale = this.held || !this.data?.preview ? 0 : this.stale + 1
    if (this.stale === 3) this.tell("resync", this.serial)
  }

  // Streamlit redraws a chart from its own, older figure when it resizes or changes theme: draw ours again
  mend() {
    if (!this.figures) return
    let there = true
    for (const name of CHARTS) {
      const gd = chart(name)
      if (!window.Plotly || !gd) there = false
      else if (gd.moons !== this.scene || gd.data !== gd.moonsData) this.draw(name)
    }
    if (!this.diagram()) this.drawNetwork()
    this.missing = there || document.hidden ? 0 : this.missing + 1
    if (this.missing === 50) this.tell("plain", true) // ten seconds without a chart to patch
  }

  // the figures strip: what is looked at now, in numbers
  strip(frame) {
    if (!frame) return
    const { words, language, epochs } = this.data
    const number = (value, digits) => {
      if (!Number.isFinite(value)) return "–"
      if (value && Math.abs(value) < 0.5 * 10 ** -digits) return value.toExponential(1) // decimals would all be 0
      return value.toLocaleString(language, { minimumFractionDigits: digits, maximumFractionDigits: digits })
    }
    const percent = (value) => (Number.isFinite(value) ? number(100 * value, 1) + "%" : "–")
    const share = this.data.classes ? percent : (value) => number(value, 4) // of a regression it is R²
    const { train_loss, test_loss, train_score, test_score } = frame.scores
    const say = {
      "epoch-label": words.epoch, epoch: number(frame.epoch, 0), "epoch-of": `/ ${number(epochs, 0)}`,
      "loss-label": words.loss, "loss-train": number(train_loss, 4), "loss-test": number(test_loss, 4),
      "score-label": words.score, "score-train": share(train_score), "score-test": share(test_score),
      "pace-label": words.pace, pace: frame.pace ? number(frame.pace, 0) : "–", "pace-of": words.per_second,
      title: this.data.status.title, status: this.data.status.text, remedy: this.data.status.remedy,
    }
    for (const [name, text] of Object.entries(say)) {
      const element = this.root.querySelector(`[data-say="${name}"]`)
      if (element && element.textContent !== text) element.textContent = text
    }
    for (const element of this.root.querySelectorAll("[data-split]")) element.textContent = words[element.dataset.split]
    this.root.querySelector("button").hidden = !this.data.status.remedy
    const status = this.root.querySelector(".status")
    status.dataset.tone = this.data.status.tone
    status.setAttribute("aria-live", this.data.status.quiet ? "off" : "polite")
    const strip = this.root.querySelector(".strip"), bar = this.root.querySelector("[role=progressbar]")
    for (const [split, color] of Object.entries(this.data.colors)) strip.style.setProperty(`--${split}`, color)
    bar.setAttribute("aria-valuenow", String(Math.round((100 * frame.epoch) / epochs)))
    bar.setAttribute("aria-label", words.progress)
    bar.firstElementChild.style.transform = `scaleX(${this.data.known / epochs})`
    bar.lastElementChild.style.transform = `scaleX(${frame.epoch / epochs})`
    this.timeline.max = epochs
    this.timeline.setAttribute("aria-label", words.timeline)
    this.timeline.setAttribute("aria-valuetext", `${words.epoch} ${number(frame.epoch, 0)}`)
    if (!this.held || this.timeline.getRootNode().activeElement !== this.timeline) this.timeline.value = frame.epoch
  }

  close() {
    clearInterval(this.watch)
    this.lens.disconnect()
    this.hand.abort()
    cancelAnimationFrame(this.playing)
  }
}

export default function ({ data, parentElement, setStateValue, setTriggerValue }) {
  const stage = (parentElement.moonsStage ??= new Stage(parentElement))
  stage.receive(data, setTriggerValue)
  return () => {
    stage.close()
    delete parentElement.moonsStage
  }
}
