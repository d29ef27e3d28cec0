// Reads networks from standard input as JSON and answers with what the browser's modules make of them.
// tests/test_browser_modules.py compares the answers with the server's.

import { readFileSync } from "node:fs"
import { answers, boundary, contours, hinges, misclassified, unitTiles } from "../boundary.js"
import { boundaryScale } from "../colors.js"
import { base64, floats } from "../decode.js"
import { forward } from "../forward.js"
import { gradient } from "../gradient.js"
import { pointsOf } from "../samples.js"

const { cases, palette } = JSON.parse(readFileSync(0, "utf8"))
/** @param {import("../lines.js").Path} path */
const line = ({ x, y }) => ({ x: base64(x), y: base64(y) })

/** @param {any} asked */
const answer = ({ network, before, mesh, lineMesh, X, y, numbers, shown }) => {
  const now = { ...network, parameters: floats(network.parameters) }
  const earlier = { ...network, parameters: floats(before) }
  const pass = forward(now, mesh, { keep: "all" })
  const past = forward(earlier, mesh)
  const fine = forward(now, lineMesh, { keep: "all", sums: true })
  const points = pointsOf(floats(X))
  /** @type {("label" | "areas" | "probability" | "uncertainty" | "change")[]} */
  const views = ["label", "areas", "probability", "uncertainty", "change"]
  const more = { before: answers(past, earlier), columns: mesh.columns }
  /** @type {import("../gradient.js").Loss[]} */
  const losses = network.nClasses ? ["cross_entropy", "squared_error", "focal", "hinge"] : ["mse", "huber"]
  return {
    losses: losses.map((loss) => {
      const found = gradient(now, points, network.nClasses ? y : floats(numbers), loss)
      return { loss: found.loss, gradient: base64(found.gradient) }
    }),
    outputs: base64(pass.outputs),
    pictures: Object.fromEntries(views.map((view) => [view, base64(boundary(view, pass, now, more))])),
    scales: Object.fromEntries(
      [...views, "unit"].map((view) => [view, boundaryScale(view, network.nClasses, palette)]),
    ),
    tiles: shown.map((/** @type {number[]} */ units, /** @type {number} */ layer) => {
      const { tiles, scales } = unitTiles(pass, now, layer, units)
      return { tiles: base64(tiles), scales: base64(scales) }
    }),
    contours: line(contours(fine, now, lineMesh)),
    hinges: line(hinges(fine, lineMesh, shown)),
    wrong: line(misclassified(forward(now, points), now, points, y)),
  }
}

process.stdout.write(JSON.stringify(cases.map(answer)))
