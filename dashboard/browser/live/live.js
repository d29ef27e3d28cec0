/** The live component: mounted once as the stage beside the charts, and once as the diagram's place. */

import { whenGone } from "../mount.js"
import { MARKUP } from "./markup.js"
import { Stage } from "./stage.js"

/** @type {Stage | null} one page has one stage; the diagram's place finds it here, whichever is mounted first */
let stage = null
/** @type {HTMLElement | null} */
let place = null

/**
 * @param {{ data: any, parentElement: HTMLElement, setTriggerValue: (word: string, value: any) => void }} mount
 */
export default function ({ data, parentElement, setTriggerValue }) {
  if (!data) return undefined
  return data.place === "diagram" ? mountDiagram(parentElement) : mountStage(data, parentElement, setTriggerValue)
}

/**
 * @param {any} data
 * @param {HTMLElement} root
 * @param {(word: string, value: any) => void} tell
 */
function mountStage(data, root, tell) {
  if (stage?.root !== root) {
    stage?.close()
    const element = /** @type {HTMLElement} */ (root.querySelector(".place"))
    element.innerHTML = MARKUP
    stage = new Stage(root, tell)
    stage.setDiagram(place)
  }
  stage.words.send = tell
  stage.receive(data)
  return whenGone(root, () => {
    if (stage?.root !== root) return
    stage.close()
    stage = null
  })
}

/**
 * @param {HTMLElement} root
 */
function mountDiagram(root) {
  const element = /** @type {HTMLElement} */ (root.querySelector(".place"))
  element.classList.add("diagram")
  if (place !== element) {
    place = element
    stage?.setDiagram(element)
  }
  return whenGone(root, () => {
    if (place !== element) return
    stage?.setDiagram(null)
    place = null
  })
}
