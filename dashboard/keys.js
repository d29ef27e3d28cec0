// Keys for what can be clicked: each stands for the element of that CSS class. Never while a person types.
export default function ({ data }) {
  document.documentElement.lang = data.language // for screen readers, line breaks and the browser's own fonts
  const press = (event) => {
    const typing = event.target.closest?.("input:not([type=range], [type=checkbox]), textarea, [contenteditable=true]")
    const key = data.keys[event.key.toLowerCase()]
    if (!key || typing || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return
    const all = document.querySelectorAll(`.st-key-${key.name} :is(button, input)`)
    all[key.place ?? 0]?.click()
  }
  document.addEventListener("keydown", press)
  return () => document.removeEventListener("keydown", press)
}
