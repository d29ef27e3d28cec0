/**
 * The live message, little-endian. Header of 40 bytes: u8 version, u8 flags, u16 reserved, u32 scene, u32 known,
 * u32 cursor, u32 curve_from, u32 n_train, u32 n_test, u32 n_states, u32 n_parameters, f32 pace. Then the states
 * (u32 epoch, four f32 scores, f32 parameters), then both curves' new points (f32 epoch, f32 loss).
 */

export const VERSION = 1
const HEADER = 40
const PLAYING = 1
const ENDED = 2
const MORE = 4
const BACKWARDS = 8

/**
 * @typedef {object} Scores
 * @property {number} trainLoss mean per point
 * @property {number} testLoss
 * @property {number} trainScore accuracy, or R² of a regression
 * @property {number} testScore
 *
 * @typedef {object} State
 * @property {number} epoch
 * @property {Scores} scores
 * @property {Float32Array} parameters in the order of the model's parameters
 *
 * @typedef {{ epochs: Float32Array, losses: Float32Array }} CurvePart
 *
 * @typedef {object} Message
 * @property {boolean} playing
 * @property {boolean} ended
 * @property {boolean} more whether there is more to come though nothing plays: something is being computed
 * @property {boolean} backwards
 * @property {number} scene
 * @property {number} known epochs trained
 * @property {number} cursor the epoch looked at
 * @property {number} curveFrom curve points from this epoch on are replaced
 * @property {number} pace epochs per second
 * @property {number} nParameters
 * @property {State[]} states
 * @property {CurvePart} train
 * @property {CurvePart} test
 */

/**
 * @param {ArrayBuffer} buffer
 * @returns {Message}
 */
export function decode(buffer) {
  const view = new DataView(buffer)
  if (buffer.byteLength < HEADER)
    throw new RangeError(`a message has at least ${HEADER} bytes, got ${buffer.byteLength}`)
  if (view.getUint8(0) !== VERSION) throw new RangeError(`version must be ${VERSION}, got ${view.getUint8(0)}`)
  const flags = view.getUint8(1)
  const [scene, known, cursor, curveFrom, nTrain, nTest, nStates, nParameters] = new Uint32Array(buffer, 4, 8)
  const length = HEADER + nStates * (20 + 4 * nParameters) + 8 * (nTrain + nTest)
  if (buffer.byteLength !== length)
    throw new RangeError(`this message must have ${length} bytes, got ${buffer.byteLength}`)
  let at = HEADER
  const states = Array.from({ length: nStates }, () => {
    const state = readState(view, at, nParameters)
    at += 20 + 4 * nParameters
    return state
  })
  const train = readCurve(buffer, at, nTrain)
  const test = readCurve(buffer, at + 8 * nTrain, nTest)
  return {
    playing: Boolean(flags & PLAYING),
    ended: Boolean(flags & ENDED),
    more: Boolean(flags & MORE),
    backwards: Boolean(flags & BACKWARDS),
    ...{ scene, known, cursor, curveFrom, nParameters, states, train, test },
    pace: view.getFloat32(36, true),
  }
}

/**
 * @param {Message} message
 * @returns {ArrayBuffer}
 */
export function encode(message) {
  const { states, train, test, nParameters } = message
  const points = train.epochs.length + test.epochs.length
  const buffer = new ArrayBuffer(HEADER + states.length * (20 + 4 * nParameters) + 8 * points)
  const view = new DataView(buffer)
  view.setUint8(0, VERSION)
  const { playing, ended, more, backwards } = message
  view.setUint8(1, (playing ? PLAYING : 0) | (ended ? ENDED : 0) | (more ? MORE : 0) | (backwards ? BACKWARDS : 0))
  const counts = [train.epochs.length, test.epochs.length, states.length, nParameters]
  new Uint32Array(buffer, 4, 8).set([message.scene, message.known, message.cursor, message.curveFrom, ...counts])
  view.setFloat32(36, message.pace, true)
  let at = HEADER
  for (const { epoch, scores, parameters } of states) {
    view.setUint32(at, epoch, true)
    const { trainLoss, testLoss, trainScore, testScore } = scores
    new Float32Array(buffer, at + 4).set([trainLoss, testLoss, trainScore, testScore, ...parameters])
    at += 20 + 4 * nParameters
  }
  const curves = new Float32Array(buffer, at)
  const pairs = [train, test].flatMap(({ epochs, losses }) => [...epochs].flatMap((epoch, k) => [epoch, losses[k]]))
  curves.set(pairs)
  return buffer
}

/**
 * @param {DataView<ArrayBuffer>} view
 * @param {number} at
 * @param {number} nParameters
 * @returns {State}
 */
function readState(view, at, nParameters) {
  const [trainLoss, testLoss, trainScore, testScore] = new Float32Array(view.buffer, at + 4, 4)
  const parameters = new Float32Array(view.buffer, at + 20, nParameters)
  return { epoch: view.getUint32(at, true), scores: { trainLoss, testLoss, trainScore, testScore }, parameters }
}

/**
 * @param {ArrayBuffer} buffer
 * @param {number} at
 * @param {number} n
 * @returns {CurvePart}
 */
function readCurve(buffer, at, n) {
  const pairs = new Float32Array(buffer, at, 2 * n)
  return {
    epochs: Float32Array.from({ length: n }, (_, k) => pairs[2 * k]),
    losses: Float32Array.from({ length: n }, (_, k) => pairs[2 * k + 1]),
  }
}
