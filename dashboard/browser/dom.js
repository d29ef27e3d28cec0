/** Elements in one expression. */

/** Fields in which a person writes. */
export const WRITES = "input:not([type=range], [type=checkbox]), textarea, [contenteditable=true]"

/**
 * @template {keyof HTMLElementTagNameMap} Name
 * @param {Name} name
 * @param {Record<string, string>} [attributes]
 * @param {(Node | string)[]} children
 * @returns {HTMLElementTagNameMap[Name]}
 */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name)
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value)
  made.append(...children)
  return made
}

/**
 * @param {string} name
 * @param {Record<string, string | number>} [attributes]
 * @param {(Node | string)[]} children
 * @returns {SVGElement}
 */
export function svg(name, attributes = {}, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name)
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value))
  made.append(...children)
  return made
}

/**
 * A sentence with elements in the places of its {names}, as `fill` does with texts.
 * @template Content
 * @param {string} template
 * @param {Record<string, Content | string | (Content | string)[]>} values
 * @returns {(Content | string)[]}
 */
export const filled = (template, values) =>
  template
    .split(/\{(\w+)\}/)
    .flatMap((part, i) => (i % 2 ? (values[part] ?? "") : part))
    .filter((part) => part !== "")

/**
 * Change a text only where it differs: screen readers and selections stay calm.
 * @param {Element} place
 * @param {string} text
 */
export function say(place, text) {
  if (place.textContent !== text) place.textContent = text
}

/**
 * Give an element so many children, each as `make` makes it; those that are there stay.
 * @param {Element} parent
 * @param {number} count
 * @param {() => Element} make
 */
export function fitChildren(parent, count, make) {
  while (parent.childElementCount > count) parent.lastElementChild?.remove()
  while (parent.childElementCount < count) parent.append(make())
}
