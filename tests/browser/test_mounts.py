"""Components as Streamlit calls them: again for new data, with a cleanup of the first call while they stand."""

import numpy as np
import pytest

from dashboard.page.component import FOLDER, text
from tests.test_learn import learn, opened

# What an act makes a component tell: while it stands, and once it has left the page.
MOUNT = """async ({ address, js, html, data, act }) => {
  const { default: component } = await import(`${address}/${js}`)
  const host = document.body.appendChild(document.createElement("div"))
  const parentElement = host.attachShadow({ mode: "open" })
  parentElement.innerHTML = html
  const told = []
  const call = () => component({ data, parentElement, setTriggerValue: (word) => told.push(word) })
  const tell = (word) => told.push(word)
  const acts = new Function("tell", act)
  const overtaken = call()
  const cleanup = call()
  overtaken()
  acts(tell)
  const standing = [...told]
  host.remove()
  cleanup()
  acts(tell)
  return { standing, gone: told.slice(standing.length) }
}"""
FILM = {
    "pictures": [{"epoch": 0, "z": None, "label": "0"}],
    "epoch": 0,
    "every": 0,
    "most": 1,
    "columns": 2,
    "rows": 2,
    "levels": text(np.zeros(1024, np.uint8)),
    "language": "en",
    "words": {"film": "film"},
}
PASTE = """
document.querySelector(".st-key-upload_file")?.remove()
document.body.insertAdjacentHTML("beforeend", `<div class="st-key-upload_file">
  <div data-testid="stFileUploaderDropzone"><input type="file"></div></div>`)
document.querySelector("input[type=file]").onchange = () => tell("file")
const clipboardData = new DataTransfer()
clipboardData.setData("text/plain", "a\\tb")
document.body.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }))
"""
TURN = "for (let n = 0; n < 6; n++) dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight' }))"


@pytest.fixture(scope="module")
def page(modules):
    return modules


def mount(page, js, html, data, act):
    return page.evaluate(MOUNT, {"address": page.address, "js": js, "html": html, "data": data, "act": act})


def test_the_film_strip_asks_for_pictures_as_long_as_it_stands(page):
    act = "document.dispatchEvent(new Event('moons:moved'))"
    found = mount(page, "filmstrip.js", '<div class="film"></div>', FILM, act)
    assert found == {"standing": ["follow"], "gone": []}


def test_a_table_that_is_pasted_is_given_once_as_long_as_the_room_stands(page):
    assert mount(page, "drop.js", "<div></div>", {"word": "Drop"}, PASTE) == {"standing": ["file"], "gone": []}


def test_a_key_turns_one_line_of_an_opened_step_as_long_as_it_stands(page):
    html = (FOLDER / "step" / "opened.html").read_text(encoding="utf-8")
    found = mount(page, "step/opened.js", html, opened(learn("step")), TURN)
    assert found == {"standing": ["onward"], "gone": []}
