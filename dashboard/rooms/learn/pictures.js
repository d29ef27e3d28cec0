// The other pictures of an opened step: the points, the price of a probability, losses over updates.

// the training points over what the network says now; tells the row of the point that is pressed
function drawMap(canvas, { map }, ink) {
  const { extent, columns, rows } = map
  const context = canvas.getContext("2d")
  const [left, right, bottom, top] = extent
  const place = (x, y) => [((x - left) / (right - left)) * canvas.width, ((top - y) / (top - bottom)) * canvas.height]
  const labels = Uint8Array.from(atob(map.labels), (letter) => letter.charCodeAt(0))
  const ground = Object.assign(document.createElement("canvas"), { width: columns, height: rows })
  const cells = ground.getContext("2d")
  labels.forEach((label, cell) => {
    cells.fillStyle = map.ground[label]
    cells.fillRect(cell % columns, rows - 1 - Math.floor(cell / columns), 1, 1)
  })
  context.clearRect(0, 0, canvas.width, canvas.height)
  context.globalAlpha = 0.3
  context.drawImage(ground, 0, 0, canvas.width, canvas.height)
  const batch = new Set(map.batch)
  map.row.forEach((row, k) => {
    const [x, y] = place(map.x[k], map.y[k])
    context.globalAlpha = (map.point === null || map.point === row) && (!batch.size || batch.has(row)) ? 1 : 0.45
    context.fillStyle = map.color[k]
    context.beginPath()
    context.arc(x, y, row === map.point ? 6 : 3.4, 0, 7)
    context.fill()
    if (row !== map.point) return
    context.lineWidth = 2.5
    context.strokeStyle = ink
    context.stroke()
  })
  return (clientX, clientY) => {
    const box = canvas.getBoundingClientRect()
    const [x, y] = [((clientX - box.left) / box.width) * canvas.width, ((clientY - box.top) / box.height) * canvas.height]
    const far = map.row.map((_row, k) => Math.hypot(place(map.x[k], map.y[k])[0] - x, place(map.x[k], map.y[k])[1] - y))
    return map.row[far.indexOf(Math.min(...far))]
  }
}

// softmax as bars, and what −ln asks for the true class's probability
function drawPrice(host, { answers, classCost, short, colors, words, single, loss, chance }, width) {
  const height = 330, across = single ? Math.min(230, width * 0.4) : 0
  const drawing = svg("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "img" })
  if (single) {
    const n = answers.probabilities.length, gap = Math.min(74, (height - 60) / n)
    const first = 40 + (height - 60 - gap * n) / 2
    drawing.append(svg("text", { class: "title", x: 8, y: 14 }, words.softmax))
    answers.probabilities.forEach((p, label) => {
      const y = first + gap * label, mine = label === answers.y[0]
      const bar = { x: 8, y: y + 18, width: Math.max(1, (across - 20) * (p ?? 0)), height: 16, rx: 3, fill: colors[label] }
      drawing.append(svg("rect", { ...bar, width: across - 20, "fill-opacity": 0.12 }), svg("rect", bar))
      const name = fill(words.names.logit, { n: short[label] }) + ` = ${say(answers.logits[label])}`
      drawing.append(svg("text", { x: 8, y: y + 12 }, name))
      const text = `${say(p)}${mine ? ` ← ${words.ofTrue}` : ""}`
      drawing.append(svg("text", { class: mine ? "mine" : "", x: 8, y: y + 48 }, text))
    })
  }
  const left = across + 44, right = width - 16, top = 24, bottom = height - 40
  const tallest = Math.min(5, Math.ceil(Math.max(...classCost.cost)))
  const x = (p) => left + p * (right - left), y = (cost) => bottom - (Math.min(cost, tallest) / tallest) * (bottom - top)
  let d = ""
  classCost.p.forEach((p, k) => (d += `${d ? "L" : "M"}${x(p)},${y(classCost.cost[k])}`))
  drawing.append(svg("path", { d, class: "curve" }))
  drawing.append(svg("path", { d: `M${left},${top}V${bottom}H${right}`, class: "axis" }))
  drawing.append(svg("text", { class: "title", x: left, y: 14 }, words.loss))
  drawing.append(svg("text", { class: "title", x: right, y: height - 8, "text-anchor": "end" }, words.probability))
  for (const p of [0, 0.5, 1]) drawing.append(svg("text", { x: x(p), y: bottom + 15, "text-anchor": "middle" }, p))
  for (let cost = 0; cost < Math.max(2, tallest); cost++) drawing.append(svg("text", { x: left - 8, y: y(cost) + 4, "text-anchor": "end" }, cost))
  const guess = 1 / answers.logits.length
  const mark = { x1: left, x2: x(guess), y1: y(classCost.guess), y2: y(classCost.guess), class: "guess", stroke: chance }
  drawing.append(svg("line", mark))
  const where = { x: left + 4, y: y(classCost.guess) - 5, class: "title" }
  drawing.append(svg("text", where, `${words.chance}: ${say(classCost.guess, 3)}`))
  answers.true.forEach((p, k) => {
    const dot = { cx: x(p ?? 0), cy: y(classCost.points[k] ?? tallest), r: single ? 7 : 4, fill: colors[answers.y[k]] }
    drawing.append(svg("circle", { ...dot, "fill-opacity": single ? 1 : 0.6 }))
  })
  if (!single)
    drawing.append(svg("line", { x1: left, x2: right, y1: y(loss ?? tallest), y2: y(loss ?? tallest), class: "mean" }))
  host.replaceChildren(drawing)
}

// what an error costs in a regression, and what the points' errors are
function drawErrors(host, { answers, price, words, single, colors }, width) {
  const errors = answers.predicted.map((value, k) => (value ?? 0) - answers.y[k])
  const [widest, dearest] = [price.error[price.error.length - 1], Math.max(...price.cost)]
  const height = 330, left = 56, right = width - 18, top = 24, bottom = height - 40
  const x = (error) => left + ((error + widest) / (2 * widest)) * (right - left)
  const y = (cost) => bottom - (cost / dearest) * (bottom - top)
  const costOf = (error) => price.cost[Math.round(((error + widest) / (2 * widest)) * (price.cost.length - 1))]
  const drawing = svg("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "img" })
  drawing.append(svg("path", { d: `M${left},${top}V${bottom}H${right}`, class: "axis" }))
  drawing.append(svg("path", { d: price.error.map((error, k) => `${k ? "L" : "M"}${x(error)},${y(price.cost[k])}`).join(""), class: "curve" }))
  drawing.append(svg("text", { class: "title", x: left, y: 14 }, words.loss))
  drawing.append(svg("text", { class: "title", x: right, y: height - 8, "text-anchor": "end" }, words.error))
  for (const error of [-widest, 0, widest]) drawing.append(svg("text", { x: x(error), y: bottom + 15, "text-anchor": "middle" }, say(error, 2)))
  for (const cost of [0, dearest]) drawing.append(svg("text", { x: left - 8, y: y(cost) + 4, "text-anchor": "end" }, say(cost, 2)))
  for (const error of errors) drawing.append(svg("circle", { cx: x(error), cy: y(costOf(error)), r: single ? 7 : 4, fill: colors[0], "fill-opacity": single ? 1 : 0.6 }))
  host.replaceChildren(drawing)
}

// lines over a common axis: [{ x, y, color, dash, name }], with a dot at `dot`
function drawLines(host, { lines, dot, across, up }, width) {
  const height = 280, left = 56, right = width - 18, top = 26, bottom = height - 40
  const finite = lines.flatMap((line) => line.y).filter((value) => value !== null)
  const tallest = Math.max(...finite, 1e-9) * 1.12
  const last = Math.max(1, ...lines.flatMap((line) => line.x))
  const x = (value) => left + (value / last) * (right - left)
  const y = (value) => bottom - (Math.min(value ?? Infinity, tallest) / tallest) * (bottom - top)
  const drawing = svg("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "img" })
  drawing.append(svg("path", { d: `M${left},${top}V${bottom}H${right}`, class: "axis" }))
  drawing.append(svg("text", { class: "title", x: left, y: 14 }, up))
  drawing.append(svg("text", { class: "title", x: right, y: height - 8, "text-anchor": "end" }, across))
  for (const share of [0, 0.5, 1])
    drawing.append(svg("text", { x: left - 8, y: y(share * tallest) + 4, "text-anchor": "end" }, say(share * tallest, 2)))
  for (const at of new Set([0, Math.round(last / 2), last])) {
    const anchor = at === last ? "end" : "middle"
    drawing.append(svg("text", { x: x(at), y: bottom + 15, "text-anchor": anchor }, at.toLocaleString("en")))
  }
  for (const { x: xs, y: ys, color, dash } of lines) {
    const d = ys.map((value, k) => `${k ? "L" : "M"}${x(xs[k])},${y(value)}`).join("")
    drawing.append(svg("path", { d, class: "line", stroke: color, "stroke-dasharray": dash }))
  }
  let from = left + 24
  for (const { color, name, dash } of lines.filter((line) => line.name)) {
    drawing.append(svg("line", { x1: from, x2: from + 24, y1: top + 8, y2: top + 8, stroke: color, class: "line", "stroke-dasharray": dash }))
    drawing.append(svg("text", { x: from + 30, y: top + 12 }, name))
    from += 60 + 7 * name.length
  }
  if (dot) drawing.append(svg("circle", { cx: x(dot[0]), cy: y(dot[1]), r: 6, fill: lines[0].color }))
  host.replaceChildren(drawing)
}
