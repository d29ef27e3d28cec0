// A button that copies a text, a link or a frame, with the epoch that is on the screen; and says that it did.
export default function ({ data, parentElement }) {
  const [button, field] = ["button", "input"].map((name) => parentElement.querySelector(name))
  const shown = () => {
    const roots = [...document.querySelectorAll(".st-key-stage *")].map((host) => host.shadowRoot)
    const epoch = roots.find((root) => root)?.querySelector("[data-say=epoch]")?.textContent.replace(/\D/g, "")
    return Number(epoch ?? data.epoch) // a room without the stage: nothing moves
  }
  const fill = () => {
    const epoch = data.fixed ? 0 : shown()
    field.value = data.begin + (epoch ? data.mark + epoch : "") + data.end
  }
  fill()
  field.style.minWidth = data.fixed ? "0" : ""
  field.setAttribute("aria-label", data.words.link)
  button.textContent = data.words.copy
  button.onclick = async () => {
    fill()
    try {
      await navigator.clipboard.writeText(field.value)
    } catch {
      field.select() // a page without https, or in a frame, may not be allowed to: then the person copies
      document.execCommand("copy")
    }
    button.textContent = data.words.copied
    setTimeout(() => (button.textContent = data.words.copy), 2000)
  }
  field.onfocus = () => {
    fill()
    field.select()
  }
}
