/** What the browser is told of an opened step (dashboard/rooms/learn/opened.py). Layers count from the first hidden one. */

/**
 * @typedef {number | null} Value null: not finite
 *
 * @typedef {object} Column The inputs, a hidden layer or the logits. Of a batch, values are means over its points.
 * @property {number[]} units those drawn
 * @property {number} total units
 * @property {Value[]} h what they give
 * @property {Value[]} [z] their sums; of all but the inputs
 * @property {Value[]} [on] the share of points for which they give more than 0
 *
 * @typedef {object} Weight A weight or bias between units that are drawn.
 * @property {string} way its id
 * @property {number} layer
 * @property {number} unit
 * @property {number | null} source null: a bias
 * @property {Value} before the step
 * @property {Value} gradient
 * @property {Value} used the gradient after penalties and clipping
 * @property {Value} unclear the gradient without zero_grad
 * @property {Value} after the step
 *
 * @typedef {object} Line One of the program.
 * @property {string} code
 * @property {number | null} line of the loop, whose picture it opens
 * @property {boolean} loop whether it is in the loop itself
 * @property {number | null} column of the network, that it lights
 * @property {boolean} [incoming] whether what comes in there is lit too
 * @property {string} say what it computes
 *
 * @typedef {object} Chain Where one point's gradient comes from.
 * @property {{ name: string, value: Value }[]} factors
 * @property {{ gradient: Value, weight: Value }[]} sources of the first factor
 * @property {number} more sources than these
 * @property {Value} rest what they add
 *
 * @typedef {object} Spread Where a batch's gradient comes from.
 * @property {{ row: number, value: Value }[]} parts of its points, the largest
 * @property {number} more
 * @property {Value} rest
 *
 * @typedef {object} Answers
 * @property {Value[]} logits of the first point
 * @property {Value[]} x of the first point
 * @property {number[]} y classes or numbers
 * @property {Value[]} [probabilities] of the first point
 * @property {Value[]} [true] probability of each point's class
 * @property {Value[]} [predicted] numbers
 *
 * @typedef {object} ClassCost What a point costs by the probability of its class.
 * @property {Value[]} p
 * @property {Value[]} cost
 * @property {Value[]} points the points' own costs
 * @property {Value} guess what guessing costs
 * @property {string} name of the loss
 *
 * @typedef {object} PointMap
 * @property {[number, number, number, number]} extent left, right, bottom, top
 * @property {number} columns
 * @property {number} rows
 * @property {string} labels bytes as base64
 * @property {string[]} ground their colours
 * @property {number | null} point the row that is opened
 * @property {number[]} row
 * @property {number[]} x
 * @property {number[]} y
 * @property {string[]} color
 * @property {number[]} batch rows; empty: all
 *
 * @typedef {Record<"mark" | "back" | "next" | "again" | "keys" | "point" | "batch" | "pick" | "moreUnits" | "shapes"
 *   | "more" | "unit" | "unitMean" | "logit" | "logitMean" | "bias" | "hint" | "line" | "lineGradient" | "lineChange"
 *   | "positive" | "negative" | "softmax" | "share" | "ofTrue" | "cost" | "meanCost" | "itsCost" | "miss" | "error"
 *   | "probability" | "chance" | "loss" | "left" | "leftAll" | "leftNone" | "length" | "with" | "without" | "updates"
 *   | "weight" | "ofWeight" | "gradient" | "starts" | "start" | "ledBackOne" | "ledBack" | "rest" | "parts" | "row"
 *   | "check" | "checked" | "rule" | "old" | "rate" | "new" | "update" | "optimizer" | "other" | "changed"
 *   | "lossBefore" | "lossAfter" | "noted" | "notRun" | "notYet" | "epoch", string>} Sentences
 * @typedef {Sentences & { lines: string[], lessons: string[], names: Record<"unit" | "unitOf" | "logit", string>,
 *   titles: { inputs: string, hidden: string[], logits: string } }} Words
 *
 * @typedef {object} Step
 * @property {boolean} single whether it is the step of one point
 * @property {number} line of the loop, to open first
 * @property {number} epoch
 * @property {number} points
 * @property {string} optimizer
 * @property {Value} rate
 * @property {Value} loss
 * @property {Value} lossAfter
 * @property {Column[]} columns
 * @property {string[]} shapes
 * @property {Weight[]} weights
 * @property {Line[]} program
 * @property {Record<string, Chain | Spread>} ways by weight
 * @property {{ label: number, p: Value, y: number, dz: Value }[] | null} starts
 * @property {string[]} inputs
 * @property {Answers} answers
 * @property {string[]} classes names
 * @property {string[]} short names
 * @property {{ error: number[], cost: number[] } | null} price what an error costs; null: there are classes
 * @property {ClassCost | null} classCost null: there are none
 * @property {{ cleared: Value[], piledUp: Value[] }} piled
 * @property {{ total: number, turned: number, norm: number, piledNorm: number, nothing: boolean }} left
 * @property {{ epoch: number[], loss: Value[], recorded: Value }} curve
 * @property {PointMap} map
 * @property {{ way: string, h: number, below: number, above: number, slope: number } | null} checked
 * @property {string[]} colors
 * @property {string} train its colour
 * @property {string} chance the colour of guessing
 * @property {Words} words
 *
 * @typedef {{ way: string } | { layer: number, unit: number }} Pointed a weight or unit under the hand
 */

/** The lines of the loop. */
export const LINE = { model: 0, loss: 1, append: 2, zero: 3, backward: 4, step: 5 }
