/** Evaluates networks on a thread of its own: with typed arrays, and with WebGL2 where a worker has it. */

import { forward } from "./forward.js"
import { openWebgl } from "./webgl.js"

/** @typedef {import("./evaluator.js").Job} Job */
/** @typedef {import("./forward.js").Network} Network */

const webgl = openWebgl()

/** @param {MessageEvent<{ id: number, backend: string, network: Network, jobs: Job[] }>} event */
function answer({ data: { id, backend, network, jobs } }) {
  try {
    const engine = backend === "webgl" && webgl ? webgl : { forward }
    const passes = jobs.map(({ place, wanted }) => engine.forward(network, place, wanted))
    const arrays = passes.flatMap(({ activations, sums }) => [...activations, ...sums])
    const transfer = new Set(arrays.flatMap((values) => (values ? [values.buffer] : [])))
    postMessage({ id, passes }, { transfer: [...transfer] })
  } catch (error) {
    postMessage({ id, error: String(error) })
  }
}

addEventListener("message", answer)
postMessage({ ready: webgl ? ["worker", "webgl"] : ["worker"] })
