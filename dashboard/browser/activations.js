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

/**
 * GLSL functions that expressions here and in features.js call. Its own `exp`, `tanh`, `sin` and `cos` may be as coarse
 * as 2⁻¹¹ (GLSL ES 3.00 leaves it to the processor), so these are series after a reduction of the argument.
 */
export const GLSL = `
float power(float x) {
  float n = round(clamp(x, -87.0, 88.0) * ${Math.LOG2E});
  float r = clamp(x, -87.0, 88.0) - n * 0.693359375 + n * 2.12194440e-4;
  float sum = 1.0 + r * (1.0 + r * (0.5 + r * (${1 / 6} + r * (${1 / 24} + r * (${1 / 120} + r * ${1 / 720})))));
  return sum * intBitsToFloat((int(n) + 127) << 23);
}
float hyperbolic(float x) {
  float tail = 2.0 / (power(2.0 * min(abs(x), 20.0)) + 1.0);
  return x < 0.0 ? tail - 1.0 : 1.0 - tail;
}
float wave(float x, int turn) {
  float n = round(x * ${2 / Math.PI});
  float r = x - n * 1.5703125 - n * 4.83826794897e-4;
  float s = r * r;
  int quarter = (int(n) + turn) & 3;
  float sine = r * (1.0 - s * (${1 / 6} - s * (${1 / 120} - s * (${1 / 5040} - s * ${1 / 362880}))));
  float cosine = 1.0 - s * (0.5 - s * (${1 / 24} - s * (${1 / 720} - s * ${1 / 40320})));
  float value = (quarter & 1) == 0 ? sine : cosine;
  return quarter > 1 ? -value : value;
}
float sine(float x) { return wave(x, 0); }
float cosine(float x) { return wave(x, 1); }
float erf(float x) {
  float t = 1.0 / (1.0 + ${P} * abs(x));
  float tail = ((((${A5} * t + ${A4}) * t + ${A3}) * t + ${A2}) * t + ${A1}) * t * power(-x * x);
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
    glsl: "x < 0.0 ? power(x) - 1.0 : x",
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
    glsl: "x / (1.0 + power(-x))",
  },
  softplus: {
    apply: (v, start, stop) => {
      for (let k = start; k < stop; k++) if (!(v[k] > 20)) v[k] = Math.log1p(Math.exp(v[k]))
    },
    glsl: "x > 20.0 ? x : log(1.0 + power(x))",
  },
  tanh: {
    apply: (v, start, stop) => {
      for (let k = start; k < stop; k++) v[k] = Math.tanh(v[k])
    },
    glsl: "hyperbolic(x)",
  },
  sigmoid: {
    apply: (v, start, stop) => {
      for (let k = start; k < stop; k++) v[k] = 1 / (1 + Math.exp(-v[k]))
    },
    glsl: "1.0 / (1.0 + power(-x))",
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
