/**
 * What a component keeps from one call of its function to the next. Streamlit calls it for each change of its data, and
 * cleans up nothing before; of a call that the next one has overtaken it cleans up at once, though the component stands.
 */

/** @typedef {{ close: () => void }} Kept */

/** @type {WeakMap<Node, Kept>} by the component's root */
const all = new WeakMap()

/**
 * What `make` has made for a root at its first call.
 * @template {Kept} T
 * @param {Node} root
 * @param {() => T} make
 * @returns {T}
 */
export function mounted(root, make) {
  const kept = /** @type {T | undefined} */ (all.get(root)) ?? make()
  all.set(root, kept)
  return kept
}

/**
 * The cleanup of a component: it ends once its root has left the page.
 * @param {Node} root
 * @param {() => void} [close] ends what `mounted` keeps, or what is given
 */
export function whenGone(root, close = () => all.get(root)?.close()) {
  return () => {
    if (root.isConnected) return
    close()
    all.delete(root)
  }
}
