// A button that copies a link, and says that it did.
export default function ({ data, parentElement }) {
  const [button, field] = ["button", "input"].map((name) => parentElement.querySelector(name))
  field.value = data.link
  field.setAttribute("aria-label", data.words.link)
  button.textContent = data.words.copy
  button.onclick = async () => {
    try {
      await navigator.clipboard.writeText(data.link)
    } catch {
      field.select() // a page without https, or in a frame, may not be allowed to: then the person copies
      document.execCommand("copy")
    }
    button.textContent = data.words.copied
    setTimeout(() => (button.textContent = data.words.copy), 2000)
  }
  field.onfocus = () => field.select()
}
