/**
 * What the browser remembers of a person's runs: the token that finds them on the server, and the experiments
 * themselves, from which a server that has lost them computes them anew; and notes: what was closed, how guesses came
 * out. Nothing of it leaves this browser and its page.
 */

const TAB = "moons.tab" // sessionStorage: this tab's token, which a reload keeps
const LAST = "moons.last" // localStorage: the token of the tab used last
const RUNS = "moons.runs" // localStorage: experiments, as JSON texts
const NOTES = "moons.notes" // localStorage: a JSON text of the page's own
const MOST = 2_000_000 // characters

/** @param {Storage} storage @param {string} key */
const read = (storage, key) => {
  try {
    return storage.getItem(key)
  } catch {
    return null // a browser that remembers nothing
  }
}

/** @param {Storage} storage @param {string} key @param {string | null} value */
const write = (storage, key, value) => {
  try {
    if (value === null) storage.removeItem(key)
    else storage.setItem(key, value)
  } catch {
    // full, or forbidden: then a reload starts afresh
  }
}

/**
 * The experiments that fit, newest last.
 * @param {string[]} runs
 */
export function fitting(runs) {
  let room = MOST
  let first = runs.length
  while (first > 0 && runs[first - 1].length <= room) {
    first -= 1
    room -= runs[first].length
  }
  return runs.slice(first)
}

/** Whether this page was loaded anew, in its own tab: a duplicated tab has the same storage, but is another one. */
const isReload = () =>
  /** @type {PerformanceNavigationTiming} */ (performance.getEntriesByType("navigation")[0])?.type === "reload"

let noted = false // whether this page was told its notes
let asked = "" // the token that this page has reported

/**
 * @param {object} mount
 * @param {{ token: string, runs: string[] | null, wanted: string, notes: string, forget: boolean }} mount.data
 *   token: of the session that serves this tab; wanted: a token whose session is gone, whose runs are asked for; notes: empty, unless there is
 *   something to keep
 * @param {(word: string, value: any) => void} mount.setTriggerValue
 */
export default function ({ data, setTriggerValue }) {
  if (!data) return
  const { token, runs, wanted, notes, forget } = data
  const before = noted ? null : read(localStorage, NOTES)
  noted = true
  if (before) setTriggerValue("notes", before)
  else if (notes) write(localStorage, NOTES, notes)
  const own = read(sessionStorage, TAB)
  const known = own ?? read(localStorage, LAST)
  if (forget) {
    for (const key of [LAST, RUNS]) write(localStorage, key, null)
    write(localStorage, NOTES, notes || null)
    write(sessionStorage, TAB, token)
    asked = token
    return
  }
  if (known && known !== token && asked !== known) {
    asked = known
    setTriggerValue("found", { token: known, own: own !== null, reload: isReload() })
    return
  }
  if (wanted && asked === wanted) {
    asked = token
    setTriggerValue("runs", { runs: JSON.parse(read(localStorage, RUNS) ?? "[]") })
    return
  }
  asked = token
  write(sessionStorage, TAB, token)
  write(localStorage, LAST, token)
  if (runs) write(localStorage, RUNS, JSON.stringify(fitting(runs)))
}
