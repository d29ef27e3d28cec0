// What is said, in numbers, under the picture of an opened step.

// a person's own words among the marks of HTML
const inert = (text) => String(text).replace(/[&<>"']/g, (mark) => `&#${mark.charCodeAt(0)};`)
const box = (value, label, kind = "") => `<span class="box ${kind}"><b>${value}</b><small>${inert(label)}</small></span>`
const sign = (text) => `<i>${text}</i>`

// as a factor: a negative number in brackets
const factor = (value) => (value < 0 ? `(${say(value)})` : say(value))

const legend = (words, line) => `<p class="legend">${line}
  <svg width="30" height="8"><path d="M0,4H30" class="edge" stroke-width="2.5"/></svg> ${words.positive}
  <svg width="30" height="8"><path d="M0,4H30" class="edge" stroke-width="2.5" stroke-dasharray="5 3"/></svg> ${words.negative}</p>`

// what a unit is called: x0, unit 3, logit 1; plain text
function nameOf(data, column, unit) {
  const { words, columns } = data
  if (column === 0) return data.inputs[unit]
  if (column === columns.length - 1) return fill(words.names.logit, { n: data.short[unit] })
  if (columns.length === 3) return fill(words.names.unit, { n: unit })
  return fill(words.names.unitOf, { n: unit, layer: column })
}

const nameOfWeight = (data, { layer, unit, source }) =>
  fill(data.words.ofWeight, {
    to: nameOf(data, layer + 1, unit),
    from: source === null ? data.words.bias : nameOf(data, layer, source),
  })

// the list of weights, for keys and for fingers: a thin line is hard to press
function picker(data, chosen) {
  const options = data.weights.map(
    (weight) => `<option value="${weight.way}" ${weight.way === chosen.way ? "selected" : ""}>${inert(nameOfWeight(data, weight))}</option>`,
  )
  return `<label class="picker">${data.words.weight} <select>${options.join("")}</select></label>`
}

function panelModel(data, hovered) {
  const { words, columns, weights, single } = data
  const shape = `<p class="shape">${words.shapes} ${data.shapes.map((size) => `<code>${size}</code>`).join(" → ")}</p>`
  let { unit, layer } = hovered
  if (hovered.way) ({ unit, layer } = weights.find((weight) => weight.way === hovered.way))
  const column = columns[layer + 1], place = column.units.indexOf(unit), last = layer === columns.length - 2
  const values = { unit: last ? inert(data.classes[unit]) : unit, z: say(column.z[place]), h: say(column.h[place]), on: `${Math.round(100 * column.on[place])} %` }
  const incoming = weights.filter((weight) => weight.layer === layer && weight.unit === unit)
  const terms = incoming.map((weight) => {
    if (weight.source === null) return `<span class="term">${factor(weight.before)}</span>`
    const from = columns[layer].h[columns[layer].units.indexOf(weight.source)]
    return `<span class="term">${factor(weight.before)} · ${factor(from)}</span>`
  })
  const hidden = columns[layer].total - columns[layer].units.length
  if (hidden) terms.push("…")
  const template = last ? (single ? words.logit : words.logitMean) : single ? words.unit : words.unitMean
  return `${shape}${legend(words, words.line)}<p class="sum">${fill(template, { ...values, terms: terms.join(" + ") })}</p><p class="led">${words.hint}</p>`
}

// what a line of the network's class computes
function panelLine(data, { code, say: said }) {
  return `<p class="shape"><code>${inert(code.trim())}</code></p><p class="sum">${inert(said)}</p>`
}

function panelLoss(data) {
  const { words, single, answers, points, loss } = data
  if (data.price) {
    const values = { predicted: say(answers.predicted[0]), y: say(answers.y[0]), error: say((answers.predicted[0] ?? 0) - answers.y[0]) }
    const mean = fill(single ? words.itsCost : words.meanCost, { n: points.toLocaleString("en"), loss: say(loss) })
    return `${single ? `<p>${fill(words.miss, values)}</p>` : ""}<p class="big">${mean}</p>`
  }
  const ofOne = data.classCost.name === "cross_entropy" ? words.cost : words.itsCost
  const text = single ? fill(ofOne, { p: say(answers.true[0]), loss: say(loss) }) : fill(words.meanCost, { n: points.toLocaleString("en"), loss: say(loss) })
  const power = (logit) => `<span class="term">e<sup>${say(logit)}</sup></span>`
  const values = { power: power(answers.logits[answers.y[0]]), powers: answers.logits.map(power).join(" + "), p: say(answers.true[0]) }
  return `${single && data.classCost.name !== "hinge" ? `<p>${fill(words.share, values)}</p>` : ""}<p class="big">${text}</p>`
}

function panelZero(data, weight) {
  const { words, left } = data
  if (left.nothing) return `<p>${words.leftNone}</p>`
  const all = fill(words.leftAll, { times: say(left.piledNorm / left.norm, 1), turned: left.turned, total: left.total })
  const values = { left: say(weight.unclear - weight.gradient), gradient: say(weight.gradient), unclear: say(weight.unclear) }
  return `<p>${all}</p>${picker(data, weight)}<p>${fill(words.left, values)}</p>`
}

// where the gradient begins: probability − y at each logit
function starts(data) {
  const { words } = data
  const parts = data.starts.map(({ label, p, y, dz }) => {
    const name = inert(fill(words.names.logit, { n: data.short[label] }))
    return `<span class="term">${fill(words.start, { name, p: say(p), y, dz: say(dz) })}</span>`
  })
  return `<p class="led starts">${words.starts} ${parts.join(" · ")}</p>`
}

function panelBackward(data, weight) {
  const { words, ways, checked } = data
  const found = ways[weight.way]
  let made
  if (found.factors) {
    const boxes = found.factors.map(({ name, value }) => box(say(value), name)).join(sign("×"))
    made = `<div class="chain">${boxes}${sign("=")}${box(say(weight.gradient), words.gradient, "result")}</div>`
    const terms = found.sources.map((way) => `<span class="term">${factor(way.gradient)} · ${factor(way.weight)}</span>`)
    if (found.more) terms.push(`${say(found.rest)} (${fill(words.rest, { n: found.more })})`)
    const n = found.sources.length + found.more
    if (terms.length) made += `<p class="led">${n > 1 ? fill(words.ledBack, { n }) : words.ledBackOne} ${terms.join(" + ")} = ${say(found.factors[0].value)}</p>`
    if (data.starts) made = starts(data) + made
  } else {
    const boxes = found.parts.map(({ row, value }) => box(say(value), fill(words.row, { row })))
    boxes.push(box(say(found.rest), fill(words.rest, { n: found.more.toLocaleString("en") })))
    made = `<p>${words.parts}</p><div class="chain">${boxes.join(sign("+"))}${sign("=")}${box(say(weight.gradient), words.gradient, "result")}</div>`
  }
  let proof = `<button type="button" class="check">${words.check}</button>`
  if (checked?.way === weight.way) {
    const { h, below, above, slope } = checked
    const values = { h: say(h), below: say(below, 9), above: say(above, 9), slope: say(slope, 6), gradient: say(weight.gradient, 6) }
    proof = `<p class="proof">${fill(words.checked, values)}</p>`
  }
  return `${legend(words, words.lineGradient)}${picker(data, weight)}${made}${proof}`
}

function panelStep(data, weight) {
  const { words, optimizer, rate, loss, lossAfter } = data
  const { before, gradient, used, after } = weight
  const plain = optimizer === "sgd"
  const from = box(say(before, 6), words.old), to = box(say(after, 6), words.new, "result")
  const moved = plain
    ? `${sign("−")}${box(say(rate), words.rate)}${sign("×")}${box(say(used, 6), words.gradient)}`
    : `${sign("+")}${box(say(after - before, 6), words.update)}`
  const notes = []
  if (used !== gradient) notes.push(fill(words.changed, { used: say(used) }))
  if (!plain) notes.push(fill(words.other, { optimizer: data.words.optimizer }))
  const rule = plain ? `<code class="rule">${words.rule}</code>` : ""
  const fall = `<div class="chain">${box(say(loss), words.lossBefore)}${sign("→")}${box(say(lossAfter), words.lossAfter, "result")}</div>`
  return `${legend(words, words.lineChange)}${picker(data, weight)}${rule}<div class="chain">${from}${moved}${sign("=")}${to}</div><p>${notes.join(" ")}</p>${fall}`
}

function panelAppend(data) {
  const { words, curve, epoch, single } = data
  if (curve.recorded === null) return `<p>${words.notYet}</p>`
  const text = fill(words.noted, { epoch: epoch.toLocaleString("en"), loss: say(curve.recorded) })
  return `<p class="big">${text}</p>${single ? `<p>${fill(words.notRun, { loss: say(curve.recorded) })}</p>` : ""}`
}
