// Files that are dropped anywhere in the room, and cells that are pasted there, go to the room's uploader.

const INPUT = '[data-testid="stFileUploaderDropzone"] input[type="file"]'
const WRITES = "input, textarea, select, [contenteditable=true], [data-testid=stDataFrame]"

const give = (file) => {
  const input = document.querySelector(`.st-key-upload_file ${INPUT}`)
  if (!input || !file) return false
  const held = new DataTransfer()
  held.items.add(file)
  input.files = held.files
  input.dispatchEvent(new Event("change", { bubbles: true }))
  return true
}

const brings = (event) => [...(event.dataTransfer?.items ?? [])].some((item) => item.kind === "file")

const isUploader = (event) => event.target.closest?.('[data-testid="stFileUploaderDropzone"]')

const over = (event) => {
  if (!brings(event)) return
  event.preventDefault()
  document.documentElement.classList.add("moons-drop")
}

const leave = (event) => {
  if (!event.relatedTarget) document.documentElement.classList.remove("moons-drop")
}

const drop = (event) => {
  document.documentElement.classList.remove("moons-drop")
  if (!brings(event) || isUploader(event)) return
  event.preventDefault()
  give(event.dataTransfer.files[0])
}

const paste = (event) => {
  if (event.target.closest?.(WRITES) || !event.clipboardData) return
  const file = event.clipboardData.files[0]
  const text = event.clipboardData.getData("text/plain")
  const isTable = /[\t\n]/.test(text.trim())
  if (isTable) give(new File([text], "pasted.tsv", { type: "text/tab-separated-values" }))
  else if (file) give(file)
  else return
  event.preventDefault()
}

export default function ({ data, parentElement }) {
  document.documentElement.style.setProperty("--moons-drop", JSON.stringify(data.word))
  if (parentElement.moonsDrop) return parentElement.moonsDrop
  const listeners = { dragover: over, dragleave: leave, drop, paste }
  for (const [name, listener] of Object.entries(listeners)) document.addEventListener(name, listener)
  parentElement.moonsDrop = () => {
    for (const [name, listener] of Object.entries(listeners)) document.removeEventListener(name, listener)
    document.documentElement.classList.remove("moons-drop")
    delete parentElement.moonsDrop
  }
  return parentElement.moonsDrop
}
