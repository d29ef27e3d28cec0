/** The live component: mounted once as the stage beside the charts, and once as the diagram's place. */

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
  return data.place === "diagram" ? mountDiagram(data, parentElement) : mountStage(data, parentElement, setTriggerValue)
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
  stage.tell = tell
  stage.receive(data)
  return () => {
    stage?.close()
    stage = null
  }
}

/**
 * @param {any} data
 * @param {HTMLElement} root
 */
function mountDiagram(data, root) {
  const element = /** @type {HTMLElement} */ (root.querySelector(".place"))
  element.style.height = `min(${data.height}px, 115vw)`
  if (place !== element) {
    place = element
    stage?.setDiagram(element)
  }
  return () => {
    stage?.setDiagram(null)
    place = null
  }
}
