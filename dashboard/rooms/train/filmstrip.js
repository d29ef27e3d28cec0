// The run in small pictures; a click looks at the epoch.

const show = (film, data, tell) => {
  film.setAttribute("aria-label", data.words.film)
  film.style.setProperty("--most", data.most) // a short run's pictures are no larger
  while (film.childElementCount > data.pictures.length) film.lastElementChild.remove()
  while (film.childElementCount < data.pictures.length) {
    const button = document.createElement("button")
    button.type = "button"
    button.innerHTML = "<canvas></canvas><span></span>"
    film.append(button)
  }
  const nearest = data.pictures.findLast(({ epoch }) => epoch <= data.epoch)?.epoch
  data.pictures.forEach(({ epoch, z, label }, i) => {
    const button = film.children[i], canvas = button.querySelector("canvas")
    button.disabled = z === null
    button.title = label
    button.setAttribute("aria-current", String(epoch === nearest))
    button.setAttribute("aria-label", label)
    button.querySelector("span").textContent = epoch.toLocaleString(data.language)
    button.onclick = () => tell("look", epoch)
    canvas.width = 2 * data.columns
    canvas.height = 2 * data.rows
    if (z !== null) paint(canvas, z, data.levels, data.columns, data.rows)
  })
}

export default function ({ data, parentElement, setTriggerValue }) {
  if (data) show(parentElement.querySelector(".film"), data, setTriggerValue)
}
