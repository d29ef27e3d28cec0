/** Shows one run's state everywhere at once: the figures strip, both charts, the diagram. */

import { bytes, floats } from "../decode.js"
import { Evaluator } from "../evaluator.js"
import { decode } from "../protocol.js"
import { pointsOf } from "../samples.js"
import { Words } from "../words.js"
import { Charts } from "./charts.js"
import { Diagram } from "./diagram.js"
import { watchHand } from "./hand.js"
import { KnownStates } from "./known.js"
import { Pictures } from "./pictures.js"
import { Playback } from "./playback.js"
import { followedOf, scoresOf, served } from "./scene.js"
import { LiveSocket, socketAddress } from "./socket.js"
import { Strip } from "./strip.js"

/**
 * @typedef {import("../protocol.js").State} State
 * @typedef {import("./pictures.js").Picture} Picture
 */

const ALONE = 400 // milliseconds at rest elsewhere than the page was drawn, after which the page must follow
const MOVED = 1_000 // and in motion, where more of the page moves along
const LOST = 50 // looks without charts to patch, a fifth of a second each, after which the page draws them itself

export class Stage {
  /** @type {any} what the page said last */
  data = null
  /** @type {any} the scene at hand: see live.py */
  scene = null
  number = 0 // of the scene's run
  /** @type {Picture | null} */
  shown = null
  /** @type {[number, number] | null} the unit that it shows large */
  large = null
  /** @type {LiveSocket | null} */
  socket = null
  playback = /** @type {Playback<any>} */ (new Playback())
  known = new KnownStates()
  rest = { playing: false, more: false, known: 0, pace: 0 }
  frozen = false // Pause was pressed, and the page does not say so yet
  /** @type {[number, number] | null | undefined} a unit under the hand; undefined: none was looked at */
  hovered
  busy = false // a picture is being made
  /** @type {State | null} to be shown as soon as it isn't */
  next = null
  missing = 0
  ground = "" // the page's background, by which a change of theme is seen
  apart = 0 // since when the run is elsewhere than the page was drawn
  lastAct = 0 // the number of what was done last over the socket; 0: nothing that the page must follow
  looked = 0 // when what stands below the charts was told last that the run moves

  /**
   * @param {HTMLElement} root
   * @param {(word: string, value: any) => void} send says a word to the page
   */
  constructor(root, send) {
    this.root = root
    this.words = new Words(send)
    this.evaluator = new Evaluator()
    this.pictures = new Pictures(this.evaluator)
    this.strip = new Strip(root, {
      seek: (epoch) => this.seek(epoch),
      settle: (epoch) => this.settle(epoch),
      remedy: () => this.words.say("remedy"),
    })
    this.charts = new Charts({
      settle: (epoch) => this.settle(Math.min(epoch, this.rest.known)),
      point: (row) => this.followPoint(row),
    })
    this.diagram = new Diagram({
      pick: (layer, unit) => this.words.say("pick", { layer, unit }),
      hover: (place) => this.hover(place),
      edit: (place, value, done) => this.edit(place, value, done),
      trace: (place) => this.words.want("trace", place),
      undo: () => this.words.say("undo"),
      appear: () => this.refresh(),
    })
    this.hand = watchHand({
      slide: (slider, value) =>
        !this.moves && this.data?.sliders.includes(slider) && this.words.want("preview", { slider, value }),
      press: (button) => this.press(button),
      release: () => this.words.forget(),
      dismiss: () => this.dismiss(),
    })
    this.watch = setInterval(() => this.mend(), 200)
    this.visible = () => this.socket?.say({ do: "hidden", hidden: document.hidden })
    document.addEventListener("visibilitychange", this.visible)
    this.ticker = requestAnimationFrame((now) => this.tick(now))
  }

  /** Whether the run moves. */
  get moves() {
    return this.rest.playing || this.rest.more
  }

  /** @param {HTMLElement | null} place */
  setDiagram(place) {
    this.diagram.setPlace(place)
    if (place && this.scene?.diagram) this.refresh()
  }

  /**
   * The page's next word.
   * @param {any} data
   */
  receive(data) {
    if (this.data?.serial === data.serial) return
    this.data = data
    this.connect(data.token)
    if (data.scene) this.setScene(data)
    else if (data.number !== this.number) this.words.say("resync")
    if (data.message) this.hear(bytes(data.message).buffer)
    for (const frame of data.frames ?? []) this.playback.push([served(frame, this.scene)], performance.now())
    this.label()
    this.strip.tell(data.status)
    this.diagram.tell(data)
    this.words.hear(data.serial)
  }

  /** @param {any} data */
  setScene(data) {
    const { scene, now } = data
    const overtaken = this.acted && data.number === this.number // it was elsewhere when the page was drawn
    this.scene = scene
    if (data.number !== this.number) this.known.clear()
    this.number = data.number
    this.apart = 0
    this.playback.clear()
    if (!overtaken) {
      this.frozen = false
      this.rest = { playing: data.playing, more: data.computing, known: data.known, pace: data.pace }
    }
    this.pictures.setScene({
      ...scene,
      points: pointsOf(floats(scene.points.X)),
      classes: bytes(scene.points.classes),
      since: scene.since && floats(scene.since),
      followed: followedOf(scene),
    })
    this.strip.setScene({ ...scene, language: data.language })
    this.charts.setScene({ ...scene, language: data.language }, data.number, data.known)
    this.diagram.setScene(scene.diagram, scene, now.epoch)
    const state = scene.wide
      ? served(now, scene)
      : { epoch: now.epoch, scores: scoresOf(now.scores), parameters: floats(now.parameters) }
    if (!scene.wide) this.known.add(/** @type {State} */ (state))
    if (!overtaken) this.last = state
    this.shown = null
    this.present(this.last, { served: !overtaken })
    this.socket?.say({ do: "since", ...this.since() }) // what was pushed while the page drew may be lost
  }

  /** What is known already of the run at hand. */
  since() {
    return { scene: this.number, known: this.charts.end }
  }

  /** @param {string} token */
  connect(token) {
    if (!token || this.socket?.token === token) return
    this.socket?.close()
    this.socket = new LiveSocket(socketAddress(document.baseURI), token, {
      onBinary: (buffer) => this.hear(buffer),
      onWords: ({ status, busy }) => {
        // words on their way while the page came to rest are of a moment that is over
        if (status && busy === this.moves && !this.data.preview) this.strip.tell(status)
      },
      onState: (open) => this.opened(open),
      since: () => this.since(),
    })
  }

  /**
   * The socket is open, or not: the page goes on without it by a timer.
   * @param {boolean} open
   */
  opened(open) {
    this.strip.strip.dataset.socket = open ? "open" : "closed"
    if (this.data && open !== this.data.pushed && this.moves) this.words.say("route", open)
  }

  /**
   * A live message.
   * @param {ArrayBufferLike} buffer
   */
  hear(buffer) {
    const message = decode(/** @type {ArrayBuffer} */ (buffer))
    if (message.scene !== this.number || !this.scene) return this.miss()
    const { playing, more, known, pace } = message
    this.rest = { playing, more, known, pace }
    if (!playing && !more) this.frozen = false
    this.label()
    this.charts.grow(message)
    for (const state of message.states) this.known.add(state)
    if (this.frozen || this.scene.wide) return
    this.playback.push(message.states, performance.now())
  }

  /** Another run than that at hand is pushed: the page brings it, but for one that it doesn't know of. */
  miss() {
    if (!this.acted || !this.scene) return
    this.lastAct = 0
    this.words.say("resync")
  }

  /** @param {number} now */
  tick(now) {
    this.ticker = requestAnimationFrame((next) => this.tick(next))
    if (!this.scene) return
    const state = this.moves ? this.playback.next(now) : this.playback.drain()
    if (state && !this.frozen) {
      this.last = state
      this.present(state)
    }
    this.follow(now)
    this.words.next()
    this.look(now)
  }

  /**
   * The run is where the page was not drawn: the page must follow, once for all that was done meanwhile.
   * @param {number} now
   */
  follow(now) {
    const { data } = this
    const drawn = data?.playing || data?.computing
    const there = this.moves ? drawn || !data?.follows : !drawn && !this.acted && data?.epoch === this.last?.epoch
    if (there || data?.preview || this.strip.held || this.socket?.isOpen !== true) this.apart = 0
    else if (!this.apart) this.apart = now
    else if (now - this.apart > (this.moves ? MOVED : ALONE) && !this.words.waits) {
      this.apart = now + 2_000
      this.lastAct = 0
      this.words.want("follow")
    }
  }

  /**
   * What stands below the charts follows a run that is pushed: it hears so from here.
   * @param {number} now
   */
  look(now) {
    const asks = this.moves && !this.scene.wide && this.socket?.isOpen === true
    if (!asks || now - this.looked < MOVED) return
    this.looked = now
    document.dispatchEvent(new Event("moons:moved"))
  }

  /** Train or Pause: both stand on the page, and page.css shows one. */
  label() {
    const moves = String(this.moves && !this.frozen)
    const { body } = document
    if (body.dataset.moves === moves) return
    const focused = document.activeElement?.closest(".st-key-train, .st-key-pause")
    body.dataset.moves = moves
    const shown = `.st-key-${moves === "true" ? "pause" : "train"} button`
    if (focused) /** @type {HTMLElement | null} */ (document.querySelector(shown))?.focus()
  }

  /**
   * Show a state; while a picture is being made, the newest of those that come waits.
   * @param {any} state
   * @param {{ served?: boolean }} [how] served: the charts show the server's own picture of it already
   */
  present(state, { served = false } = {}) {
    if (this.busy) {
      this.next = state
      return
    }
    this.busy = true
    const { scene, hovered } = this // which may be others once it is made
    this.picture(state)
      .then((picture) => {
        if (picture && scene === this.scene) this.paint(picture, served, hovered)
      })
      .catch((error) => console.error(error))
      .finally(() => {
        this.busy = false
        const { next } = this
        this.next = null
        if (next) this.present(next)
      })
  }

  /** @param {any} state */
  picture(state) {
    if (state.z) return Promise.resolve(state)
    const moving = this.moves
    const look = { ...(this.hovered === undefined ? {} : { unit: this.hovered }), network: this.diagram.isThere }
    return this.pictures.make(state, { moving, look })
  }

  /**
   * @param {Picture} picture
   * @param {boolean} served
   * @param {[number, number] | null | undefined} hovered the unit under the hand that it shows
   */
  paint(picture, served, hovered) {
    if (this.frozen && this.shown && picture.epoch !== this.shown.epoch) return
    this.shown = picture
    this.large = hovered ?? null
    const own = served && hovered === undefined
    this.charts.show(picture, { moving: this.moves, own, unit: this.large })
    this.diagram.show(picture)
    this.strip.show({ ...picture, pace: this.rest.pace, known: Math.max(this.rest.known, picture.epoch) })
  }

  /** The same state once more, as something else is wanted of it. */
  refresh() {
    if (this.last) this.present(this.last)
  }

  /**
   * A button of the transport is pressed. Returns whether the server was told at once; else the page tells it.
   * @param {import("./hand.js").Button} button
   */
  press(button) {
    if (!this.scene || this.data.preview) return false
    if (button === "pause") return this.pause()
    if (this.scene.wide) return false // whose pictures come by the page's timer
    const backwards = button === "backwards"
    if (!this.do({ do: backwards ? "train" : button, backwards })) return false
    this.frozen = false
    if (button === "train" || backwards) this.rest = { ...this.rest, playing: true }
    this.label()
    return true
  }

  /** Pause, at once, at what is on the screen, not at what is being painted. */
  pause() {
    if (this.frozen) return true // a press is heard twice: as the hand comes down, and as it lets go
    if (!this.moves || !this.do({ do: "pause", epoch: (this.shown ?? this.last)?.epoch ?? 0 })) return false
    this.frozen = true
    this.next = null
    this.playback.clear()
    this.label()
    return true
  }

  /**
   * Let something happen to the run, over the socket: whatever the page must show of it follows. Returns whether it does.
   * @param {Record<string, unknown>} word
   */
  do(word) {
    const act = performance.timeOrigin + performance.now()
    const said = this.socket?.say({ ...word, scene: this.number, act }) ?? false
    if (said) this.lastAct = act
    return said
  }

  /** Whether something was done over the socket that the page did not know of when it was drawn. */
  get acted() {
    return this.lastAct > 0 && this.data?.act !== this.lastAct
  }

  /**
   * The timeline is dragged: the nearest state that is known at once, the exact one from the server.
   * @param {number} epoch
   */
  seek(epoch) {
    const at = Math.max(0, Math.min(Math.round(epoch), this.rest.known))
    const near = this.known.nearest(at)
    this.playback.clear()
    if (near && !this.scene.wide) this.present(near)
    if (near?.epoch === at) this.last = near
    else if (!this.scene.wide && this.do({ do: "seek", epoch: at })) return
    else this.words.want("seek", at)
  }

  /**
   * The hand has let go of the timeline, or has clicked on the loss chart.
   * @param {number} epoch
   */
  settle(epoch) {
    if (this.scene.wide || !this.do({ do: "seek", epoch })) this.words.say("settle", epoch)
  }

  /**
   * A unit is pointed at: it fills the large picture, without asking anyone.
   * @param {[number, number] | null} place
   */
  hover(place) {
    if (this.scene.wide) return
    this.hovered = place ?? undefined
    this.refresh()
  }

  /**
   * A weight or bias gets another value; while the hand is on it the pictures follow at once.
   * @param {{ layer: number, unit: number, source: number | null, parameter: number }} place
   * @param {number} value
   * @param {boolean} done
   */
  edit(place, value, done) {
    const said = { layer: place.layer, unit: place.unit, source: place.source, value, done }
    if (done) this.words.say("edit", said)
    else if (this.last?.parameters && !this.rest.playing) {
      const parameters = this.last.parameters.slice()
      parameters[place.parameter] = value
      this.present({ ...this.last, parameters })
    }
  }

  /**
   * A training point's way through the network is shown, or no longer.
   * @param {number} point
   */
  followPoint(point) {
    this.words.say("point", { point, seen: this.diagram.isThere })
  }

  /** What was picked, or followed, goes. */
  dismiss() {
    this.hover(null) // a unit under a hand that rests is shown again once it moves
    if (this.data?.picked) this.words.say("pick", { layer: this.data.picked[0], unit: this.data.picked[1] })
    else if (this.scene?.diagram?.point) this.followPoint(this.scene.diagram.point.number)
  }

  /** Streamlit redraws a chart from its own, older figure when it resizes or changes theme: draw ours again. */
  mend() {
    if (!this.scene) return
    const { there, drawn } = this.charts.mend()
    if (drawn && this.shown) this.charts.show(this.shown, { moving: false, own: false, unit: this.large })
    const ground = getComputedStyle(this.strip.strip).getPropertyValue("--st-background-color")
    if (this.ground && ground !== this.ground) this.words.say("theme", ground)
    this.ground = ground
    this.missing = there || document.hidden ? 0 : this.missing + 1
    if (this.missing === LOST) this.words.say("plain", true)
    this.stale = this.hand.holds || !this.data.preview ? 0 : (this.stale ?? 0) + 1
    if (this.stale === 3) this.words.say("resync") // let go where it was taken, a slider says nothing
  }

  close() {
    cancelAnimationFrame(this.ticker)
    clearInterval(this.watch)
    document.removeEventListener("visibilitychange", this.visible)
    this.hand.close()
    this.socket?.close()
    this.strip.close()
    this.diagram.close()
    this.evaluator.close()
  }
}
