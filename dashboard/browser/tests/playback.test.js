import assert from "node:assert/strict"
import test from "node:test"
import { Playback } from "../live/playback.js"

const FRAME = 1_000 / 60

/**
 * States that come in batches of three, twenty times a second: how many are shown, each in a frame of its own.
 * @param {Playback<number>} playback
 * @param {number} seconds
 */
function shown(playback, seconds) {
  let state = 0
  let count = 0
  for (let frame = 0; frame < 60 * seconds; frame++) {
    const now = 1_000 + frame * FRAME
    if (frame % 3 === 0) playback.push([++state, ++state, ++state], now)
    if (playback.next(now) !== null) count++
  }
  return count
}

test("batches are played state by state", () => {
  assert.ok(shown(new Playback(), 4) > 0.8 * 4 * 60)
})

test("two batches in one moment don't spoil what follows", () => {
  /** @type {Playback<number>} */
  const playback = new Playback()
  playback.push([0, 0, 0, 0], 900)
  playback.push([0, 0, 0, 0], 900.01)
  for (let frame = 0; frame < 6; frame++) playback.next(900 + frame * FRAME)
  assert.ok(shown(playback, 4) > 0.8 * 4 * 60)
})

test("a batch that comes after a pause is played too, and nothing is shown twice", () => {
  /** @type {Playback<number>} */
  const playback = new Playback()
  playback.push([1, 2, 3], 1_000)
  const seen = Array.from({ length: 30 }, (_, frame) => playback.next(1_000 + frame * FRAME)).filter((one) => one)
  assert.equal(seen.at(-1), 3)
  assert.equal(new Set(seen).size, seen.length)
  assert.equal(playback.next(9_000), null)
})
