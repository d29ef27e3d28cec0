/** Arrays that travel as base64 text. */

/**
 * @typedef {object} Packed An array as plotly.js reads it.
 * @property {string} dtype "u1" or "f4"
 * @property {string} [shape] sizes, as "rows, columns"
 * @property {string} bdata base64 of the little-endian values
 */

/**
 * The bytes of a base64 text.
 * @param {string} text
 */
export const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))

/**
 * The float32 values of a base64 text.
 * @param {string} text
 */
export const floats = (text) => new Float32Array(bytes(text).buffer)

/**
 * The base64 text of an array's bytes.
 * @param {Uint8Array | Float32Array} values
 */
export function base64(values) {
  const raw = new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
  let letters = ""
  for (let start = 0; start < raw.length; start += 8192) {
    letters += String.fromCharCode(...raw.subarray(start, start + 8192))
  }
  return btoa(letters)
}

/**
 * An array for plotly.js.
 * @param {Uint8Array | Float32Array} values
 * @param {number[]} [shape]
 * @returns {Packed}
 */
export function pack(values, shape = [values.length]) {
  return { dtype: values instanceof Uint8Array ? "u1" : "f4", shape: shape.join(", "), bdata: base64(values) }
}

/**
 * The values of a packed array.
 * @param {Packed} packed
 */
export function unpack({ dtype, bdata }) {
  if (dtype === "u1") return bytes(bdata)
  if (dtype === "f4") return floats(bdata)
  throw new RangeError(`dtype must be u1 or f4, got ${dtype}`)
}
