"""A component's ES modules reach the browser as files and can import each other."""

from playwright.sync_api import expect
from streamlit.testing.v1 import AppTest

from dashboard.page import component
from tests.browser import server

MODULES = {
    "index.js": """
import { next } from "./inner/count.js"
export default ({ parentElement, data }) => {
  parentElement.innerHTML = `<p class="told">${data} ${next()}</p>`
}""",
    "inner/count.js": """
import { step } from "../step.js"
let count = 0
export const next = () => (count += step)""",
    "step.js": "export const step = 10",
}
SCRIPT = """
import sys, streamlit as st
from pathlib import Path
from dashboard.page import component
component.FOLDER = Path({folder!r})
for name, data in (("twice", "first"), ("twice", "second"), ("once", "third")):
    component.component(name, "index.js")(key=data, data=data)
st.write("drawn")
"""


def script(tmp_path):
    """The path of a page that mounts three components: two of one name."""
    for name, text in MODULES.items():
        file = tmp_path / "browser" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    path = tmp_path / "page.py"
    path.write_text(SCRIPT.format(folder=str(tmp_path / "browser")), encoding="utf-8")
    return path


def test_modules_import_each_other_and_mounts_of_one_name_share_them(chromium, tmp_path):
    with server(script=script(tmp_path)) as (address, _process):
        page = chromium.new_page()
        page.goto(address)
        expect(page.locator(".told")).to_have_count(3, timeout=30_000)
        words = [text.split() for text in page.locator(".told").all_inner_texts()]
        assert [place for place, _count in words] == ["first", "second", "third"]
        counts = [int(count) for _place, count in words]
        assert sorted(counts[:2]) == [10, 20]
        assert counts[2] == 10


def test_a_page_under_test_finds_them_every_time(tmp_path, monkeypatch):
    monkeypatch.setattr(component, "FOLDER", component.FOLDER)  # the script sets it in this process
    for _page in range(2):
        page = AppTest.from_file(script(tmp_path), default_timeout=30).run()
        assert not page.exception
        assert page.markdown[0].value == "drawn"
