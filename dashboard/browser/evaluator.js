/** One interface to all backends: evaluates a network where it is quickest, and learns how quick each is. */

import { forward } from "./forward.js"
import { BUDGET, measured, plan, work } from "./plan.js"
import { coarser } from "./samples.js"

/**
 * @typedef {import("./forward.js").Forward} Forward
 * @typedef {import("./forward.js").Network} Network
 * @typedef {import("./forward.js").Wanted} Wanted
 * @typedef {import("./plan.js").Backend} Backend
 * @typedef {import("./plan.js").Speeds} Speeds
 * @typedef {import("./samples.js").Mesh} Mesh
 * @typedef {import("./samples.js").Points} Points
 *
 * @typedef {object} Job One forward pass.
 * @property {Mesh | Points} place
 * @property {Wanted} [wanted]
 * @property {boolean} [coarsen] whether a mesh may be coarser while the picture moves
 *
 * @typedef {object} Evaluated
 * @property {Forward[]} passes one for each job
 * @property {(Mesh | Points)[]} places where they were made: coarser meshes than asked for, perhaps
 * @property {Backend} backend
 * @property {number} took milliseconds
 */

/** @type {Required<Speeds>} guesses, until measured */
const GUESSES = { inline: { fixed: 0, rate: 2 }, worker: { fixed: 0.4, rate: 2 }, webgl: { fixed: 3, rate: 1 } }

/** @type {Network} what an unknown backend is first measured with */
const PROBE = {
  features: ["x0", "x1"],
  layers: [
    { activation: "relu", inputs: 2, outputs: 64 },
    { activation: "relu", inputs: 64, outputs: 64 },
    { activation: "linear", inputs: 64, outputs: 2 },
  ],
  parameters: new Float32Array(4482).fill(0.01),
  nClasses: 2,
}
/** @type {Job[]} */
const PROBE_JOBS = [{ place: { x0: 0, dx: 0.01, columns: 64, y0: 0, dy: 0.01, rows: 32 } }]

/**
 * A worker from a file beside this one; from a blob that imports it where a page may not start it directly.
 * @returns {Worker}
 */
export function openWorker() {
  const url = new URL("./worker.js", import.meta.url)
  try {
    return new Worker(url, { type: "module" })
  } catch {
    const blob = new Blob([`import ${JSON.stringify(url.href)}`], { type: "text/javascript" })
    return new Worker(URL.createObjectURL(blob), { type: "module" })
  }
}

export class Evaluator {
  /** @type {Speeds} */
  #speeds = { inline: GUESSES.inline }
  /** @type {Worker | null} */
  #worker = null
  /** @type {Map<number, { resolve: (passes: Forward[]) => void, reject: (error: Error) => void }>} */
  #waiting = new Map()
  #last = 0

  /** Resolves when every backend has been tried. @type {Promise<void>} */
  ready

  /** @param {{ open?: () => Worker }} [options] `open` starts the worker */
  constructor({ open = openWorker } = {}) {
    this.ready = new Promise((resolve) => {
      try {
        const worker = open()
        worker.onmessage = ({ data }) =>
          data.ready ? this.#join(worker, data.ready).then(resolve) : this.#receive(data)
        worker.onerror = () => {
          this.#leave()
          resolve()
        }
      } catch {
        resolve() // no workers here
      }
    })
  }

  /** The backends that are there, with their measured speeds. */
  get speeds() {
    return { ...this.#speeds }
  }

  /**
   * Evaluate `network` for each job. Await one call before the next: what is shown is always the newest.
   * @param {Network} network
   * @param {Job[]} jobs
   * @param {{ moving?: boolean, budget?: number, backend?: Backend }} [how] moving: time matters more than detail
   * @returns {Promise<Evaluated>}
   */
  async evaluate(network, jobs, { moving = false, budget = BUDGET, backend: asked } = {}) {
    const sizes = jobs.map(({ place, coarsen }) => ({
      samples: samplesOf(place),
      coarsen: Boolean(coarsen) && "rows" in place,
    }))
    const sum = (/** @type {boolean} */ mesh) =>
      sizes.reduce((n, { samples, coarsen }) => n + (coarsen === mesh ? samples : 0), 0)
    const request = { work: work(network), fixed: sum(false), mesh: sum(true), moving, speeds: this.#speeds, budget }
    const { backend, share } = asked ? { backend: asked, share: 1 } : plan(request)
    const resized = jobs.map((job) =>
      job.coarsen && "rows" in job.place ? { ...job, place: coarser(job.place, share) } : job,
    )
    const began = performance.now()
    try {
      const passes = await this.#run(backend, network, resized)
      const took = performance.now() - began
      const amount = request.work * resized.reduce((n, { place }) => n + samplesOf(place), 0)
      const speed = this.#speeds[backend]
      if (speed) this.#speeds[backend] = measured(speed, amount, took)
      return { passes, places: resized.map(({ place }) => place), backend, took }
    } catch (error) {
      if (backend === "inline" || asked) throw error
      delete this.#speeds[backend] // it has failed: never again
      return this.evaluate(network, jobs, { moving, budget })
    }
  }

  /** Stop the worker. */
  close() {
    this.#leave()
  }

  /**
   * @param {Backend} backend
   * @param {Network} network
   * @param {Job[]} jobs
   * @returns {Promise<Forward[]>}
   */
  #run(backend, network, jobs) {
    const worker = this.#worker
    if (backend === "inline") return Promise.resolve(jobs.map(({ place, wanted }) => forward(network, place, wanted)))
    if (!worker) return Promise.reject(new Error(`there is no ${backend}`))
    const id = ++this.#last
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject })
      worker.postMessage({ id, backend, network: { ...network, parameters: network.parameters.slice() }, jobs })
    })
  }

  /** @param {{ id: number, passes?: Forward[], error?: string }} answer */
  #receive({ id, passes, error }) {
    const asked = this.#waiting.get(id)
    this.#waiting.delete(id)
    if (passes) asked?.resolve(passes)
    else asked?.reject(new Error(error))
  }

  /**
   * @param {Worker} worker
   * @param {Backend[]} backends
   */
  async #join(worker, backends) {
    this.#worker = worker
    for (const backend of backends) {
      try {
        await this.evaluate(PROBE, PROBE_JOBS, { backend }) // the first time, shaders are compiled
        const { took, passes } = await this.evaluate(PROBE, PROBE_JOBS, { backend })
        const { fixed } = GUESSES[backend]
        const rate = (1e6 * Math.max(0.2, took - fixed)) / (work(PROBE) * passes[0].count)
        this.#speeds[backend] = { fixed, rate }
      } catch {
        // it is there but doesn't work: it is never asked again
      }
    }
  }

  #leave() {
    this.#worker?.terminate()
    this.#worker = null
    this.#speeds = { inline: this.#speeds.inline }
    for (const { reject } of this.#waiting.values()) reject(new Error("the worker has stopped"))
    this.#waiting.clear()
  }
}

/** @param {Mesh | Points} place */
const samplesOf = (place) => ("x" in place ? place.x.length : place.columns * place.rows)
