/** What the page says of a scene and its states, as it is drawn. */

import { bytes, floats } from "../decode.js"
import { diagramOf } from "./diagram.js"

/** @param {Record<string, number | null>} scores */
export function scoresOf({ train_loss, test_loss, train_score, test_score }) {
  const number = (/** @type {number | null} */ value) => value ?? Number.NaN
  return {
    trainLoss: number(train_loss),
    testLoss: number(test_loss),
    trainScore: number(train_score),
    testScore: number(test_score),
  }
}

/**
 * The training point that is followed.
 * @param {any} scene
 * @returns {import("../samples.js").Points | null}
 */
export function followedOf(scene) {
  const inputs = scene.diagram?.point?.inputs
  return inputs ? { x: Float32Array.of(inputs[0]), y: Float32Array.of(inputs[1]) } : null
}

/**
 * A picture that the server has made.
 * @param {any} frame
 * @param {any} scene
 */
export function served(frame, scene) {
  const path = (/** @type {any} */ line) => line && { x: floats(line.x), y: floats(line.y) }
  return {
    epoch: frame.epoch,
    scores: scoresOf(frame.scores),
    z: bytes(frame.z),
    mesh: scene.mesh,
    wrong: path(frame.wrong),
    contours: path(frame.contours),
    hinges: path(frame.hinges),
    diagram: frame.diagram && diagramOf(frame.diagram, frame.epoch),
  }
}
