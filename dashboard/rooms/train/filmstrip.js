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

// While a run is pushed, the page is asked now and then for what stands here, as far as it is on the screen.
const follow = (film, every, tell) => {
  film.ask = () => {
    if (Date.now() - film.asked < every || film.getBoundingClientRect().top >= innerHeight) return
    film.asked = Date.now()
    tell("follow", film.asked)
  }
  if (film.asks) return
  film.asked = Date.now()
  film.asks = () => film.ask()
  document.addEventListener("moons:moved", film.asks)
}

export default function ({ data, parentElement, setTriggerValue }) {
  if (!data) return
  const film = parentElement.querySelector(".film")
  show(film, data, setTriggerValue)
  follow(film, data.every, setTriggerValue)
  return () => document.removeEventListener("moons:moved", film.asks)
}
