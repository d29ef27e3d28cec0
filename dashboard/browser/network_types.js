/** What the network renderer is given (network.js). Layers count from the inputs (0) to the outputs. */

/**
 * @typedef {object} SceneLayer
 * @property {string} title
 * @property {number[]} units those shown, in order
 * @property {string[]} names of the units shown
 * @property {number} [more] how many units aren't shown
 * @property {string} [note] a sentence about them
 *
 * @typedef {object} Scene What stays through a run.
 * @property {SceneLayer[]} layers
 * @property {number} columns of a unit's picture, cells
 * @property {number} rows
 * @property {{ negative: string, positive: string, outputs: string[] }} colors
 * @property {Record<string, string>} words see WORDS
 * @property {"pictures" | "values"} [look] of a unit: a picture, or a disc with a number
 * @property {boolean} [dashed] whether negative connections are dashed
 * @property {boolean} [perLayer] whether a connection's width is relative to its own layer's largest
 * @property {{ number: number, x: number, y: number, said: string } | null} [point] the point that is followed, in
 *   shares of a picture from its top left
 *
 * @typedef {object} Frame A moment. Arrays hold the units shown alone, layer by layer; those of the inputs may be null.
 * @property {number} epoch
 * @property {(Uint8Array | null)[]} tiles (units · cells,) each; for the look "pictures"
 * @property {(Float32Array | null)[]} scales (units,), an activation in full colour
 * @property {(Float32Array | null)[]} weights (units · units of the layer before,)
 * @property {(Float32Array | null)[]} biases (units,)
 * @property {(Float32Array | null)[]} [weightGradients]
 * @property {(Float32Array | null)[]} [biasGradients]
 * @property {(Float32Array | null)[]} [lines] what connections show, if not the weights
 * @property {Float32Array[] | null} [passed] (units,), what units give for the point that is followed
 * @property {string[][]} [labels] texts beside the units; for the look "values"
 *
 * @typedef {object} Place Where a unit is drawn, pixels.
 * @property {number} layer
 * @property {number} unit its number in the network
 * @property {number} index its number among those shown
 * @property {string} name
 * @property {number} x of its middle
 * @property {number} y
 * @property {number} wide
 * @property {number} tall
 *
 * @typedef {object} About A unit; with `source` a connection into it, from a unit of the layer before or (null) its bias.
 * @property {number} layer
 * @property {number} unit
 * @property {number | null} [source]
 *
 * @typedef {object} Callbacks
 * @property {(about: About | null) => void} [onHover] what is pointed at, at once: a unit fills the large picture
 * @property {(about: About) => void} [onPick] a unit is clicked
 * @property {(about: About) => void} [onWeight] a connection or bias is clicked
 * @property {(about: About, value: number, done: boolean) => void} [onEdit] a weight or bias gets another value;
 *   done: the hand has let go
 * @property {(about: About) => void} [onFollow] what is pointed at for a while: its course over the epochs is wanted
 * @property {() => void} [onUndo]
 */

/** The words that a scene brings, translated; {names} are filled in. */
export const WORDS = [
  ...["diagram", "rest", "set", "undo", "from", "slide", "close", "weight", "bias", "gradient", "largest"],
  ...["connection", "here", "unit_now", "negative", "positive", "over_epochs"],
]
