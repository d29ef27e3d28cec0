/** The live socket: opens, opens again, and says what it has when it does. */

const PROTOCOL = "moons.1"
const PATIENCE = 1_000 // milliseconds until it counts as closed to us
const WAITS = [250, 500, 1_000, 2_000, 5_000] // milliseconds between tries

/**
 * @typedef {object} Listener
 * @property {(data: ArrayBuffer) => void} onBinary
 * @property {(words: any) => void} onWords
 * @property {(open: boolean) => void} onState
 * @property {() => object} since what is known already, said at each opening
 */

/**
 * The address of the socket beside a page: `/live` under the page's own path.
 * @param {string} page
 */
export function socketAddress(page) {
  const url = new URL("live", new URL(".", page))
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:"
  return url.href
}

export class LiveSocket {
  /** @type {WebSocket | null} */
  #socket = null
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer
  #tries = 0
  #closed = false

  /**
   * @param {string} address
   * @param {string} token
   * @param {Listener} listener
   * @param {{ Socket?: typeof WebSocket }} [options]
   */
  constructor(address, token, listener, { Socket = WebSocket } = {}) {
    this.address = address
    this.token = token
    this.listener = listener
    this.Socket = Socket
    this.#open()
  }

  get isOpen() {
    return this.#socket?.readyState === 1
  }

  /**
   * Say a word; lost where the socket isn't open. Returns whether it was said.
   * @param {object} word
   */
  say(word) {
    if (!this.isOpen) return false
    this.#socket?.send(JSON.stringify(word))
    return true
  }

  close() {
    this.#closed = true
    clearTimeout(this.#timer)
    this.#socket?.close()
  }

  #open() {
    const socket = new this.Socket(this.address, [PROTOCOL, this.token])
    this.#socket = socket
    socket.binaryType = "arraybuffer"
    this.#timer = setTimeout(() => this.listener.onState(this.isOpen), PATIENCE)
    socket.onopen = () => {
      this.#tries = 0
      clearTimeout(this.#timer)
      this.say({ do: "since", ...this.listener.since() })
      this.listener.onState(true)
    }
    socket.onmessage = ({ data }) => {
      if (typeof data === "string") this.listener.onWords(JSON.parse(data))
      else this.listener.onBinary(data)
    }
    socket.onclose = () => {
      clearTimeout(this.#timer)
      if (this.#closed) return
      this.listener.onState(false)
      this.#timer = setTimeout(() => this.#open(), WAITS[Math.min(this.#tries++, WAITS.length - 1)])
    }
  }
}
