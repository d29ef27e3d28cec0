/**
 * The forward pass on a graphics processor: one rendering pass a layer. A texel holds four units of one sample; samples
 * lie in tiles of WIDE columns, a tile for each four units, one over the other.
 */

import { activationOf, GLSL } from "./activations.js"
import { featureOf } from "./features.js"
import { emptyForward, isKept, layersOf } from "./forward.js"
import { coordinates } from "./samples.js"

/**
 * @typedef {import("./forward.js").Forward} Forward
 * @typedef {import("./forward.js").Layer} Layer
 * @typedef {import("./forward.js").Network} Network
 * @typedef {import("./forward.js").Wanted} Wanted
 * @typedef {import("./samples.js").Mesh} Mesh
 * @typedef {import("./samples.js").Points} Points
 * @typedef {{ texture: WebGLTexture, wide: number, tall: number }} Sheet
 */

const WIDE = 256
const HEAD = `#version 300 es
precision highp float;
precision highp int;
precision highp sampler2D;
uniform int tall;
out vec4 answer;`
const CORNERS = `#version 300 es
void main() { gl_Position = vec4(vec2((gl_VertexID << 1) & 2, gl_VertexID & 2) * 2.0 - 1.0, 0.0, 1.0); }`

/** @param {string[]} features */
const featuresShader = (features) => `${HEAD}
uniform sampler2D points;
${GLSL}
float feature(int unit, vec2 p) {
  ${features.map((name, unit) => `if (unit == ${unit}) return ${featureOf(name).glsl};`).join("\n  ")}
  return 0.0;
}
void main() {
  ivec2 at = ivec2(gl_FragCoord.xy);
  vec2 p = texelFetch(points, ivec2(at.x, at.y % tall), 0).xy;
  int unit = 4 * (at.y / tall);
  answer = vec4(feature(unit, p), feature(unit + 1, p), feature(unit + 2, p), feature(unit + 3, p));
}`

/** @param {string} activation */
const layerShader = (activation) => `${HEAD}
uniform sampler2D units, weights;
uniform int groups;
${GLSL}
float activate(float x) { return ${activationOf(activation).glsl}; }
void main() {
  ivec2 at = ivec2(gl_FragCoord.xy);
  int row = at.y / tall;
  vec4 sum = texelFetch(weights, ivec2(4 * groups, row), 0);
  for (int group = 0; group < groups; group++) {
    vec4 unit = texelFetch(units, ivec2(at.x, at.y % tall + group * tall), 0);
    sum += unit.x * texelFetch(weights, ivec2(4 * group, row), 0) + unit.y * texelFetch(weights, ivec2(4 * group + 1, row), 0)
      + unit.z * texelFetch(weights, ivec2(4 * group + 2, row), 0) + unit.w * texelFetch(weights, ivec2(4 * group + 3, row), 0);
  }
  answer = vec4(activate(sum.x), activate(sum.y), activate(sum.z), activate(sum.w));
}`

/**
 * Weights four outputs a texel, a row of texels for each four outputs; the last of a row are the biases.
 * @param {Layer} layer
 */
function packWeights({ weights, biases, inputs, outputs }) {
  const wide = 4 * Math.ceil(inputs / 4) + 1
  const tall = Math.ceil(outputs / 4)
  const texels = new Float32Array(4 * wide * tall)
  for (let unit = 0; unit < outputs; unit++) {
    const row = 4 * wide * (unit >> 2) + (unit & 3)
    for (let i = 0; i < inputs; i++) texels[row + 4 * i] = weights[unit * inputs + i]
    texels[row + 4 * (wide - 1)] = biases[unit]
  }
  return { texels, wide, tall }
}

/**
 * Units of a sheet, unit by unit.
 * @param {Float32Array} texels
 * @param {number} tall rows of a tile
 * @param {Float32Array} into (units · count,)
 * @param {number} count
 */
function unpack(texels, tall, into, count) {
  for (let unit = 0; unit * count < into.length; unit++) {
    const from = 4 * WIDE * tall * (unit >> 2) + (unit & 3)
    const to = unit * count
    for (let k = 0; k < count; k++) into[to + k] = texels[from + 4 * k]
  }
}

export class WebglEngine {
  /** @type {Map<string, WebGLProgram>} */
  #programs = new Map()
  /** @type {WebGLTexture[]} */
  #free = []
  #gl
  #frame

  /** @param {WebGL2RenderingContext} gl with EXT_color_buffer_float */
  constructor(gl) {
    this.#gl = gl
    this.#frame = gl.createFramebuffer()
    gl.bindVertexArray(gl.createVertexArray())
    gl.bindFramebuffer(gl.FRAMEBUFFER, this.#frame)
  }

  /**
   * Evaluate `network` at every point of `place`, as forward.js does.
   * @param {Network} network
   * @param {Mesh | Points} place
   * @param {Wanted} [wanted]
   * @returns {Forward}
   */
  forward(network, place, wanted = {}) {
    if (this.#gl.isContextLost()) throw new Error("the graphics processor's context is lost")
    const layers = layersOf(network)
    const points = coordinates(place)
    const sizes = [network.features.length, ...layers.map((layer) => layer.outputs)]
    const result = emptyForward(sizes, points.x.length, wanted)
    const tall = Math.ceil(result.count / WIDE)
    let units = this.#features(network.features, points, tall)
    this.#read(units, tall, result.activations[0], result.count)
    this.#read(units, tall, result.sums[0], result.count)
    layers.forEach((layer, l) => {
      const weights = packWeights(layer)
      const table = this.#upload(weights.texels, weights.wide, weights.tall)
      if (wanted.sums && isKept(wanted, l + 1, layers.length)) {
        const sums = this.#layer({ ...layer, activation: "linear" }, units, table, tall)
        this.#read(sums, tall, result.sums[l + 1], result.count)
        this.#release(sums)
      }
      const next = this.#layer(layer, units, table, tall)
      this.#release(units)
      this.#release(table)
      units = next
      this.#read(units, tall, result.activations[l + 1], result.count)
    })
    this.#release(units)
    return result
  }

  /** Give the graphics processor's memory back. */
  close() {
    this.#gl.getExtension("WEBGL_lose_context")?.loseContext()
  }

  /**
   * @param {string[]} names
   * @param {Points} points
   * @param {number} tall
   */
  #features(names, points, tall) {
    const texels = new Float32Array(4 * WIDE * tall)
    for (let k = 0; k < points.x.length; k++) {
      texels[4 * k] = points.x[k]
      texels[4 * k + 1] = points.y[k]
    }
    const places = this.#upload(texels, WIDE, tall)
    const sheet = this.#sheet(tall * Math.ceil(names.length / 4))
    this.#draw(
      this.#program(names.join(), () => featuresShader(names)),
      sheet,
      { tall },
      { points: places },
    )
    this.#release(places)
    return sheet
  }

  /**
   * @param {Layer} layer
   * @param {Sheet} units
   * @param {Sheet} weights
   * @param {number} tall
   */
  #layer({ activation, inputs, outputs }, units, weights, tall) {
    const sheet = this.#sheet(tall * Math.ceil(outputs / 4))
    const program = this.#program(`layer ${activation}`, () => layerShader(activation))
    this.#draw(program, sheet, { tall, groups: Math.ceil(inputs / 4) }, { units, weights })
    return sheet
  }

  /**
   * @param {WebGLProgram} program
   * @param {Sheet} into
   * @param {Record<string, number>} numbers
   * @param {Record<string, Sheet>} sheets
   */
  #draw(program, into, numbers, sheets) {
    const gl = this.#gl
    gl.useProgram(program)
    for (const [name, value] of Object.entries(numbers)) gl.uniform1i(gl.getUniformLocation(program, name), value)
    Object.entries(sheets).forEach(([name, { texture }], unit) => {
      gl.activeTexture(gl.TEXTURE0 + unit)
      gl.bindTexture(gl.TEXTURE_2D, texture)
      gl.uniform1i(gl.getUniformLocation(program, name), unit)
    })
    gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, into.texture, 0)
    gl.viewport(0, 0, into.wide, into.tall)
    gl.drawArrays(gl.TRIANGLES, 0, 3)
  }

  /**
   * @param {Sheet} sheet
   * @param {number} tall
   * @param {Float32Array | null} into
   * @param {number} count
   */
  #read(sheet, tall, into, count) {
    if (!into) return
    const gl = this.#gl
    const texels = new Float32Array(4 * WIDE * sheet.tall)
    gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, sheet.texture, 0)
    gl.readPixels(0, 0, WIDE, sheet.tall, gl.RGBA, gl.FLOAT, texels)
    unpack(texels, tall, into, count)
  }

  /** @param {number} tall */
  #sheet(tall) {
    return this.#upload(null, WIDE, tall)
  }

  /**
   * @param {Float32Array | null} texels
   * @param {number} wide
   * @param {number} tall
   * @returns {Sheet}
   */
  #upload(texels, wide, tall) {
    const gl = this.#gl
    if (tall > gl.getParameter(gl.MAX_TEXTURE_SIZE))
      throw new RangeError(`too many units and samples for a texture: ${tall}`)
    const texture = this.#free.pop() ?? /** @type {WebGLTexture} */ (gl.createTexture())
    gl.activeTexture(gl.TEXTURE0)
    gl.bindTexture(gl.TEXTURE_2D, texture)
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST)
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.NEAREST)
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA32F, wide, tall, 0, gl.RGBA, gl.FLOAT, texels)
    return { texture, wide, tall }
  }

  /** @param {Sheet} sheet */
  #release({ texture }) {
    this.#free.push(texture)
  }

  /**
   * @param {string} name
   * @param {() => string} source
   */
  #program(name, source) {
    const known = this.#programs.get(name)
    if (known) return known
    const gl = this.#gl
    const program = /** @type {WebGLProgram} */ (gl.createProgram())
    for (const [kind, text] of /** @type {[number, string][]} */ ([
      [gl.VERTEX_SHADER, CORNERS],
      [gl.FRAGMENT_SHADER, source()],
    ])) {
      const shader = /** @type {WebGLShader} */ (gl.createShader(kind))
      gl.shaderSource(shader, text)
      gl.compileShader(shader)
      gl.attachShader(program, shader)
    }
    gl.linkProgram(program)
    if (!gl.getProgramParameter(program, gl.LINK_STATUS)) throw new Error(gl.getProgramInfoLog(program) ?? name)
    this.#programs.set(name, program)
    return program
  }
}

/**
 * An engine where the browser has WebGL2 with float textures to render to; else null. Also in a worker.
 * @returns {WebglEngine | null}
 */
export function openWebgl() {
  if (typeof OffscreenCanvas === "undefined") return null
  const gl = new OffscreenCanvas(1, 1).getContext("webgl2", { antialias: false, depth: false })
  return gl?.getExtension("EXT_color_buffer_float") ? new WebglEngine(gl) : null
}
