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
  // Streamlit's own shortcut for Space takes it from whatever has the focus: a focused button keeps it
  const keep = (event) => {
    const button = event.target.closest?.("button, a[href], [role=button], summary")
    if (event.key === " " && button && !button.closest(".st-key-train, .st-key-pause")) event.stopPropagation()
  }
  document.addEventListener("keydown", press)
  document.body.addEventListener("keydown", keep)
  return () => {
    document.removeEventListener("keydown", press)
    document.body.removeEventListener("keydown", keep)
  }
}
