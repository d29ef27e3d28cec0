import assert from "node:assert/strict"
import test from "node:test"
import { Words } from "../words.js"

/** Words to a page that answers when told to, at a time that is set by hand. */
function conversation() {
  /** @type {string[]} */
  const sent = []
  const clock = { now: 0 }
  const words = new Words(
    (word, value) => sent.push(`${word} ${value}`),
    () => clock.now,
  )
  words.hear(1)
  return { words, sent, clock }
}

test("two words that must arrive are sent one by one, in their order", () => {
  const { words, sent } = conversation()
  words.say("pick", "a")
  words.say("edit", "b")
  assert.deepEqual(sent, ["pick a"])
  words.hear(2)
  assert.deepEqual(sent, ["pick a", "edit b"])
})

test("of what is wanted meanwhile only the latest is sent, and nothing once it is forgotten", () => {
  const { words, sent } = conversation()
  for (const value of ["a", "b", "c"]) words.want("preview", value)
  words.hear(2)
  words.want("preview", "d")
  words.forget()
  words.hear(3)
  assert.deepEqual(sent, ["preview a", "preview c"])
})

test("a word that must arrive doesn't wait for one that may be lost, and goes before it", () => {
  const { words, sent } = conversation()
  words.want("trace", "a")
  words.want("trace", "b")
  words.say("pick", "c")
  assert.deepEqual(sent, ["trace a", "pick c"])
  words.hear(2)
  assert.deepEqual(sent, ["trace a", "pick c", "trace b"])
})

test("a page that doesn't answer is spoken to again after a while", () => {
  const { words, sent, clock } = conversation()
  words.say("pick", "a")
  words.say("pick", "b")
  clock.now = 1_999
  words.next()
  assert.deepEqual(sent, ["pick a"])
  clock.now = 2_001
  words.next()
  assert.deepEqual(sent, ["pick a", "pick b"])
})

test("a word without a value carries the answer that it follows, so that no two are alike", () => {
  const { words, sent } = conversation()
  words.say("undo")
  words.hear(2)
  words.say("undo")
  assert.deepEqual(sent, ["undo 1", "undo 2"])
})
