import assert from "node:assert/strict"
import test from "node:test"
import { mounted, whenGone } from "../mount.js"

/** A component's root, and what the component keeps there. */
function component() {
  const root = /** @type {Node & { isConnected: boolean }} */ (/** @type {unknown} */ ({ isConnected: true }))
  const closed = { times: 0 }
  const make = () => ({ close: () => closed.times++ })
  return { root, make, closed }
}

test("a component that is called again keeps what it has", () => {
  const { root, make } = component()
  assert.equal(mounted(root, make), mounted(root, make))
})

test("a cleanup ends nothing as long as the component stands", () => {
  const { root, make, closed } = component()
  const kept = mounted(root, make)
  whenGone(root)()
  assert.equal(closed.times, 0)
  assert.equal(mounted(root, make), kept)
})

test("a cleanup ends what a component keeps once it has left the page, once", () => {
  const { root, make, closed } = component()
  mounted(root, make)
  root.isConnected = false
  whenGone(root)()
  whenGone(root)()
  assert.equal(closed.times, 1)
})

test("a cleanup of its own is called only then", () => {
  const { root } = component()
  let closed = 0
  const clean = whenGone(root, () => closed++)
  clean()
  root.isConnected = false
  clean()
  assert.equal(closed, 1)
})
