import assert from "node:assert/strict"
import test from "node:test"
import { Evaluator } from "../evaluator.js"
import { forward } from "../forward.js"
import { LEAST, measured, milliseconds, plan, work } from "../plan.js"

const mesh = { x0: -1, dx: 0.02, columns: 100, y0: -1, dy: 0.02, rows: 80 }
const small = { work: 256, fixed: 0, mesh: 8000, moving: true }
const wide = { ...small, work: 330_000 }
const speeds = { inline: { fixed: 0, rate: 1 }, worker: { fixed: 0.4, rate: 1 }, webgl: { fixed: 3, rate: 0.002 } }

const network = {
  features: ["x0", "x1"],
  layers: [
    { activation: "tanh", inputs: 2, outputs: 8 },
    { activation: "linear", inputs: 8, outputs: 2 },
  ],
  parameters: Float32Array.from({ length: 42 }, (_, k) => Math.sin(k)),
  nClasses: 2,
}

/**
 * Answers as worker.js does, on this thread.
 * @param {{ breaks?: boolean }} [how]
 */
function fakeWorker({ breaks = false } = {}) {
  /** @type {any} */
  const worker = {
    terminate: () => {},
    postMessage: (/** @type {any} */ { id, network, jobs }) => {
      const passes = jobs.map((/** @type {any} */ { place, wanted }) => forward(network, place, wanted))
      queueMicrotask(() => worker.onmessage({ data: breaks ? { id, error: "broken" } : { id, passes } }))
    },
  }
  queueMicrotask(() => worker.onmessage({ data: { ready: ["worker"] } }))
  return /** @type {Worker} */ (worker)
}

test("a layer's work is its weights and its activations", () => {
  assert.equal(work(network), 8 * (2 + 10) + 2 * (8 + 10))
})

test("a small network is evaluated where it is, a wide one where it is quickest", () => {
  assert.deepEqual(plan({ ...small, speeds }), { backend: "inline", share: 1 })
  assert.deepEqual(plan({ ...wide, speeds: { ...speeds, webgl: { fixed: 3, rate: 0.001 } } }), {
    backend: "webgl",
    share: 1,
  })
})

test("while it moves a picture takes at most its budget, at rest the mesh is fine", () => {
  for (const amount of [500, 5_000, 50_000]) {
    const { backend, share } = plan({ ...small, work: amount, speeds: { worker: speeds.worker } })
    assert.equal(backend, "worker")
    if (share > LEAST) assert.ok(milliseconds(speeds.worker, amount * share * 8000) <= 8.001)
    assert.equal(plan({ ...small, work: amount, moving: false, speeds: { worker: speeds.worker } }).share, 1)
  }
})

test("the page's own thread is not kept busy where there is another", () => {
  const both = { inline: speeds.inline, worker: speeds.worker }
  assert.equal(plan({ ...small, work: 5_000, moving: false, speeds: both }).backend, "worker")
  assert.equal(plan({ ...small, work: 5_000, moving: false, speeds: { inline: speeds.inline } }).backend, "inline")
  assert.throws(() => plan({ ...small, speeds: {} }), /at least one backend/)
})

test("a measured speed approaches what was measured", () => {
  let speed = { fixed: 1, rate: 10 }
  for (let k = 0; k < 30; k++) speed = measured(speed, 1e6, 3)
  assert.ok(Math.abs(speed.rate - 2) < 0.01)
  assert.equal(measured(speed, 10, 5), speed)
})

test("without a worker all is evaluated on the page's thread", async () => {
  const evaluator = new Evaluator({
    open: () => {
      throw new Error("no workers here")
    },
  })
  await evaluator.ready
  const { passes, backend } = await evaluator.evaluate(network, [{ place: mesh }])
  assert.equal(backend, "inline")
  assert.deepEqual(passes[0].outputs, forward(network, mesh).outputs)
})

test("a worker gives what the page's thread gives, and stays usable", async () => {
  const evaluator = new Evaluator({ open: fakeWorker })
  await evaluator.ready
  for (const _time of [1, 2]) {
    const { passes } = await evaluator.evaluate(network, [{ place: mesh, wanted: { keep: "all" } }], {
      backend: "worker",
    })
    assert.deepEqual(passes[0].activations, forward(network, mesh, { keep: "all" }).activations)
  }
  assert.equal(network.parameters.length, 42)
})

test("a worker that fails is not asked again", async () => {
  const evaluator = new Evaluator({ open: () => fakeWorker({ breaks: true }) })
  await evaluator.ready
  assert.deepEqual(Object.keys(evaluator.speeds), ["inline"])
  const { passes } = await evaluator.evaluate(network, [{ place: mesh }])
  assert.equal(passes[0].count, 8000)
})

test("only meshes that may be coarser are", async () => {
  const evaluator = new Evaluator({ open: fakeWorker })
  await evaluator.ready
  const jobs = [{ place: mesh, coarsen: true }, { place: mesh }]
  const { places, passes } = await evaluator.evaluate(network, jobs, { moving: true, budget: 0 })
  assert.ok(passes[0].count < 8000)
  assert.equal(passes[1].count, 8000)
  assert.equal(places[1], mesh)
  const resting = await evaluator.evaluate(network, jobs, { budget: 0 })
  assert.equal(resting.passes[0].count, 8000)
})
