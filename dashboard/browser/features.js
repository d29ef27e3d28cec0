/** What a network is given of a point: the features of moons/features.py, for arrays and for shaders. */

/**
 * @typedef {object} Feature
 * @property {(x0: number, x1: number) => number} value
 * @property {string} glsl an expression of the point `p`
 */

/** @type {Record<string, Feature>} */
export const FEATURES = {
  x0: { value: (x0) => x0, glsl: "p.x" },
  x1: { value: (_x0, x1) => x1, glsl: "p.y" },
  x0_squared: { value: (x0) => x0 * x0, glsl: "p.x * p.x" },
  x1_squared: { value: (_x0, x1) => x1 * x1, glsl: "p.y * p.y" },
  x0_x1: { value: (x0, x1) => x0 * x1, glsl: "p.x * p.y" },
  sin_x0: { value: (x0) => Math.sin(x0), glsl: "sine(p.x)" },
  sin_x1: { value: (_x0, x1) => Math.sin(x1), glsl: "sine(p.y)" },
  cos_x0: { value: (x0) => Math.cos(x0), glsl: "cosine(p.x)" },
  cos_x1: { value: (_x0, x1) => Math.cos(x1), glsl: "cosine(p.y)" },
}

/**
 * @param {string} name
 * @returns {Feature}
 */
export function featureOf(name) {
  const found = FEATURES[name]
  if (!found) throw new RangeError(`feature must be one of ${Object.keys(FEATURES).join(", ")}, got ${name}`)
  return found
}
