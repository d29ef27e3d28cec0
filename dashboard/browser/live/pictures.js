/** From a state of the run to all that is drawn of it: one evaluation of the network, in the browser. */

import { answers, boundary, contours, hinges, misclassified, unitTiles } from "../boundary.js"
import { networkFrame } from "../network_frame.js"

/**
 * @typedef {import("../evaluator.js").Evaluator} Evaluator
 * @typedef {import("../forward.js").Forward} Forward
 * @typedef {import("../forward.js").Network} Network
 * @typedef {import("../samples.js").Mesh} Mesh
 * @typedef {import("../samples.js").Points} Points
 * @typedef {import("../protocol.js").State} State
 * @typedef {import("../lines.js").Path} Path
 *
 * @typedef {object} Look What a person wants to see.
 * @property {"label" | "areas" | "probability" | "uncertainty" | "change"} view
 * @property {[number, number] | null} unit layer and unit that fill the large picture instead
 * @property {boolean} contours
 * @property {boolean} hinges
 * @property {boolean} network the diagram
 * @property {number} crossesFrom the first epoch at which misclassified points are crossed
 *
 * @typedef {object} Scene What stays while a run is looked at.
 * @property {Omit<Network, "parameters">} network
 * @property {Mesh} mesh of the large picture
 * @property {Mesh} lineMesh of contour and hinge lines
 * @property {Mesh} tileMesh of a unit's tile
 * @property {number[][]} shown of each layer the units that the diagram shows
 * @property {Points} points all that are judged
 * @property {ArrayLike<number>} classes theirs
 * @property {Look} look
 * @property {Float32Array | null} since the parameters that the view of change compares with
 * @property {Points | null} followed the training point that is followed
 *
 * @typedef {object} Picture
 * @property {number} epoch
 * @property {import("../protocol.js").Scores} scores
 * @property {Float32Array} parameters
 * @property {Uint8Array} z (rows · columns,), bottom row first
 * @property {Mesh} mesh
 * @property {Path} wrong misclassified points
 * @property {Path | null} contours
 * @property {Path | null} hinges
 * @property {import("../network_types.js").Frame | null} diagram
 */

const NONE = { x: new Float32Array(), y: new Float32Array() }

export class Pictures {
  /** @type {Scene | null} */
  #scene = null
  /** @type {Map<string, Float32Array>} the earlier network's answers, by the mesh's size */
  #before = new Map()

  /** @param {Evaluator} evaluator */
  constructor(evaluator) {
    this.evaluator = evaluator
  }

  /** @param {Scene} scene */
  setScene(scene) {
    this.#scene = scene
    this.#before.clear()
  }

  /**
   * @param {State} state
   * @param {{ moving?: boolean, look?: Partial<Look> }} [how]
   * @returns {Promise<Picture | null>} null where the scene has changed meanwhile
   */
  async make(state, { moving = false, look: other = {} } = {}) {
    const scene = this.#scene
    if (!scene) return null
    const network = /** @type {Network} */ ({ ...scene.network, parameters: state.parameters })
    const look = { ...scene.look, ...other }
    const jobs = this.#jobs(scene, look)
    const { passes, places } = await this.evaluator.evaluate(network, Object.values(jobs), { moving })
    const named = Object.fromEntries(Object.keys(jobs).map((name, i) => [name, { pass: passes[i], place: places[i] }]))
    if (scene !== this.#scene) return null
    const mesh = /** @type {Mesh} */ (named.plane.place)
    const before = look.view === "change" && !look.unit ? await this.#earlier(scene, mesh) : undefined
    const { points, lines, tiles } = named
    const lineMesh = lines && /** @type {Mesh} */ (lines.place)
    const hinged = look.unit ? [look.unit] : null
    const z = look.unit
      ? unitTiles(named.plane.pass, network, look.unit[0], [look.unit[1]]).tiles
      : boundary(look.view, named.plane.pass, network, { before, columns: mesh.columns })
    return {
      epoch: state.epoch,
      scores: state.scores,
      parameters: state.parameters,
      z,
      mesh,
      wrong: state.epoch < look.crossesFrom ? NONE : misclassified(points.pass, network, scene.points, scene.classes),
      contours: look.contours && !look.unit && lines ? contours(lines.pass, network, lineMesh) : null,
      hinges: lines && (look.hinges || hinged) ? hinges(lines.pass, lineMesh, traced(scene, look)) : null,
      diagram: tiles
        ? networkFrame({
            epoch: state.epoch,
            network,
            shown: scene.shown,
            pass: tiles.pass,
            pointPass: named.followed?.pass ?? null,
          })
        : null,
    }
  }

  /**
   * @param {Scene} scene
   * @param {Look} look
   * @returns {Record<string, import("../evaluator.js").Job>}
   */
  #jobs(scene, look) {
    const last = scene.network.layers.length
    const hinged = look.unit ? look.unit[0] > 0 && look.unit[0] < last : look.hinges
    /** @type {Record<string, import("../evaluator.js").Job>} */
    const jobs = {
      plane: { place: scene.mesh, wanted: { keep: look.unit ? [look.unit[0]] : "outputs" }, coarsen: true },
      points: { place: scene.points },
    }
    if (hinged || (look.contours && !look.unit))
      jobs.lines = { place: scene.lineMesh, wanted: { sums: hinged, keep: hinged ? "all" : "outputs" } }
    if (look.network) {
      jobs.tiles = { place: scene.tileMesh, wanted: { keep: "all" } }
      if (scene.followed) jobs.followed = { place: scene.followed, wanted: { keep: "all" } }
    }
    return jobs
  }

  /**
   * @param {Scene} scene
   * @param {Mesh} mesh
   */
  async #earlier(scene, mesh) {
    const key = `${mesh.columns}×${mesh.rows}`
    const known = this.#before.get(key)
    if (known || !scene.since) return known
    const network = /** @type {Network} */ ({ ...scene.network, parameters: scene.since })
    const { passes } = await this.evaluator.evaluate(network, [{ place: mesh }])
    const made = answers(passes[0], network)
    this.#before.set(key, made)
    return made
  }
}

/**
 * Of each layer, inputs and outputs included, the units whose hinge lines are drawn.
 * @param {Scene} scene
 * @param {Look} look
 * @returns {number[][]}
 */
function traced(scene, look) {
  const last = scene.network.layers.length
  return scene.shown.map((units, layer) => {
    if (layer === 0 || layer === last) return []
    if (!look.unit) return units
    return look.unit[0] === layer ? [look.unit[1]] : []
  })
}
