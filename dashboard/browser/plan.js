/** Which backend evaluates a network, and on how fine a mesh, by what each was measured to take. */

/** @typedef {import("./forward.js").Network} Network */

/**
 * @typedef {object} Speed
 * @property {number} fixed milliseconds a request takes whatever the network
 * @property {number} rate nanoseconds for each multiplication (see `work`)
 *
 * @typedef {"inline" | "worker" | "webgl"} Backend inline: on the page's own thread
 * @typedef {Partial<Record<Backend, Speed>>} Speeds of the backends that are there
 *
 * @typedef {object} Plan
 * @property {Backend} backend
 * @property {number} share of the mesh's points, 0 to 1
 */

export const BUDGET = 8 // milliseconds for a picture that moves
const BLOCKING = 4 // milliseconds that the page's own thread may be busy
const ACTIVATION = 10 // multiplications that an activation is worth
export const LEAST = 0.15 // share of a mesh, below which a picture is no longer one
const INERTIA = 0.7 // of a measured rate against a new measurement

/**
 * Multiplications for one sample.
 * @param {Pick<Network, "layers">} network
 */
export const work = ({ layers }) =>
  layers.reduce((sum, { inputs, outputs }) => sum + outputs * (inputs + ACTIVATION), 0)

/**
 * @param {Speed} speed
 * @param {number} amount multiplications
 */
export const milliseconds = ({ fixed, rate }, amount) => fixed + (rate * amount) / 1e6

/**
 * The quickest backend; while the picture moves, so few of the mesh's points that it takes at most `budget`.
 * @param {object} request
 * @param {number} request.work multiplications for one sample
 * @param {number} request.fixed samples that must be evaluated
 * @param {number} request.mesh samples of the mesh that may be coarser
 * @param {boolean} request.moving
 * @param {Speeds} request.speeds
 * @param {number} [request.budget] milliseconds
 * @returns {Plan}
 */
export function plan({ work, fixed, mesh, moving, speeds, budget = BUDGET }) {
  const options = Object.entries(speeds).map(([name, speed]) => {
    const most = name === "inline" ? Math.min(budget, BLOCKING) : budget
    const room = (most - milliseconds(speed, work * fixed)) / ((speed.rate * work * mesh) / 1e6)
    const share = moving && mesh ? Math.max(LEAST, Math.min(1, room)) : 1
    const takes = milliseconds(speed, work * (fixed + share * mesh))
    return { backend: /** @type {Backend} */ (name), share, takes, blocks: name === "inline" && takes > BLOCKING }
  })
  if (!options.length) throw new RangeError("speeds must hold at least one backend, got none")
  const { backend, share } = options.reduce((best, option) => (isBetter(option, best) ? option : best))
  return { backend, share }
}

/**
 * The page stays free, the mesh fine, the time short: in this order.
 * @typedef {{ share: number, takes: number, blocks: boolean }} Option
 * @param {Option} a
 * @param {Option} b
 */
function isBetter(a, b) {
  if (a.blocks !== b.blocks) return b.blocks
  return a.share === b.share ? a.takes < b.takes : a.share > b.share
}

/**
 * A backend's speed after it took `took` milliseconds.
 * @param {Speed} speed
 * @param {number} amount multiplications
 * @param {number} took
 * @returns {Speed}
 */
export function measured(speed, amount, took) {
  if (amount < 1e5) return speed // says more about the clock than about the backend
  const rate = (1e6 * Math.max(0, took - speed.fixed)) / amount
  return { ...speed, rate: INERTIA * speed.rate + (1 - INERTIA) * rate }
}
