/** The activation functions of moons/model.py with PyTorch's defaults, for arrays and for shaders. */

/**
 * @typedef {object} Activation
 * @property {(v: Float64Array, start: number, stop: number) => void} apply in place, from `start` to before `stop`
 * @property {string} glsl an expression of `x`
 */

// The error function: C. Hastings, "Approximations for Digital Computers", 1955 (Abramowitz and Stegun 7.1.26); to 1.5e-7.
const [A1, A2, A3, A4, A5] = [0.254829592, -0.284496736, 1.421413741, -1.453152027, 1.061405429]
const P = 0.3275911

/** @param {number} x */
function erf(x) {
  const t = 1 / (1 + P * Math.abs(x))
  const tail = ((((A5 * t + A4) * t + A3) * t + A2) * t + A1) * t * Math.exp(-x * x)
  return x < 0 ? tail - 1 : 1 - tail
}

/** GLSL functions that the expressions below call. */
export const GLSL = `
float erf(float x) {
  float t = 1.0 / (1.0 + ${P} * abs(x));
  float tail = ((((${A5} * t + ${A4}) * t + ${A3}) * t + ${A2}) * t + ${A1}) * t * exp(-x * x);
  return x < 0.0 ? tail - 1.0 : 1.0 - tail;
}`

// Each has a loop of its own: a function handed to one common loop would be called for every number.
/** @type {Record<string, Activation>} */
export const ACTIVATIONS = {
  relu: {
    apply: (v, start, stop) => {
      for (let k = start; k < stop; k++) if (v[k] < 0) v[k] = 0
    },
    glsl: "x < 0.0 ? 0.0 : x",
  },
  leaky_relu: {
    apply: (v, start, stop) => {
      for (let k = start; k < stop; k++) if (v[k] < 0) v[k] *= 0.01
    },
    glsl: "x < 0.0 ? 0.01 * x : x",
  },
  elu: {
    apply: (v, start, stop) => {
      for (let k = start; k < stop; k++) if (v[k] < 0) v[k] = Math.expm1(v[k])
    },
    glsl: "x < 0.0 ? exp(x) - 1.0 : x",
  },
  gelu: {
    apply: (v, start, stop) => {
      for (let k = start; k < stop; k++) v[k] *= 0.5 * (1 + erf(v[k] * Math.SQRT1_2))
    },
    glsl: `0.5 * x * (1.0 + erf(x * ${Math.SQRT1_2}))`,
  },
  silu: {
    apply: (v, start, stop) => {
      for (let k = start; k < stop; k++) v[k] /= 1 + Math.exp(-v[k])
    },
    glsl: "x / (1.0 + exp(-x))",
  },
  softplus: {
    apply: (v, start, stop) => {
      for (let k = start; k < stop; k++) if (!(v[k] > 20)) v[k] = Math.log1p(Math.exp(v[k]))
    },
    glsl: "x > 20.0 ? x : log(1.0 + exp(x))",
  },
  tanh: {
    apply: (v, start, stop) => {
      for (let k = start; k < stop; k++) v[k] = Math.tanh(v[k])
    },
    glsl: "tanh(clamp(x, -15.0, 15.0))",
  },
  sigmoid: {
    apply: (v, start, stop) => {
      for (let k = start; k < stop; k++) v[k] = 1 / (1 + Math.exp(-v[k]))
    },
    glsl: "1.0 / (1.0 + exp(-x))",
  },
  linear: { apply: () => {}, glsl: "x" },
}

/**
 * @param {string} name
 * @returns {Activation}
 */
export function activationOf(name) {
  const found = ACTIVATIONS[name]
  if (!found) throw new RangeError(`activation must be one of ${Object.keys(ACTIVATIONS).join(", ")}, got ${name}`)
  return found
}
