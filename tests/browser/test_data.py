"""The Data room in a real browser: files, drops and pastes become points within three clicks."""

import pytest

from tests.browser import Tab, assert_soon
from tests.test_data_tables import workbook

ROWS = [(i * 0.37 % 5, i * i % 7, "ab"[i % 2]) for i in range(40)]
TSV = "length\twidth\tkind\n" + "".join(f"{x}\t{y}\t{kind}\n" for x, y, kind in ROWS)
CLASS_FIRST = "Class,Alcohol,Acid\n" + "".join(f"{1 + (kind == 'b')},{x:.3f},{y}\n" for x, y, kind in ROWS)
CP1252 = "temp °C;size µm;class\n" + "".join(f"{x:.3f};{y};{kind}\n" for x, y, kind in ROWS)


@pytest.fixture(scope="module")
def tab(context, address):
    tab = Tab(context, address, "/?v=1&training.epochs=200")
    yield tab
    tab.close()


@pytest.fixture
def page(tab):
    """The Data room."""
    page = tab.fresh()
    page.locator(".st-key-room").get_by_text("Data", exact=True).click()
    page.locator(".st-key-upload_file input").wait_for(state="attached")
    yield page
    assert page.errors == []


@pytest.mark.parametrize("kind", ["class first", "workbook", "Windows-1252"])
def test_a_file_is_trained_on_three_clicks_after_the_page_has_opened(page, tmp_path, kind):
    path = tmp_path / ("points.xlsx" if kind == "workbook" else "points.csv")
    written = {
        "class first": CLASS_FIRST.encode(),
        "workbook": workbook([["length", "width", "kind"], *([f"{x:.3f}", str(y), name] for x, y, name in ROWS)]),
        "Windows-1252": CP1252.encode("cp1252"),
    }
    path.write_bytes(written[kind])
    page.locator(".st-key-upload_file input").set_input_files(path)  # the first click was the room's
    page.get_by_role("button", name="Use these points").click()
    page.get_by_text("40 points, 10 of them held out").wait_for()
    page.locator(".st-key-room").get_by_text("Watch", exact=True).click()  # only to look at what is trained already
    page.get_by_text("200", exact=True).first.wait_for()


def test_a_file_that_is_dropped_anywhere_in_the_room_is_read(page):
    page.evaluate(
        """text => {
          const held = new DataTransfer()
          held.items.add(new File([text], "dropped.tsv"))
          const at = document.querySelector(".st-key-sketch")
          for (const name of ["dragover", "drop"])
            at.dispatchEvent(new DragEvent(name, { dataTransfer: held, bubbles: true, cancelable: true }))
        }""",
        TSV,
    )
    page.get_by_text("dropped.tsv", exact=True).first.wait_for()
    page.get_by_text("40 points: a 20, b 20.").wait_for()


def test_cells_that_are_pasted_in_the_room_are_read(page):
    page.evaluate(
        """text => {
          const held = new DataTransfer()
          held.setData("text/plain", text)
          document.body.dispatchEvent(new ClipboardEvent("paste", { clipboardData: held, bubbles: true }))
        }""",
        TSV,
    )
    page.get_by_text("40 points: a 20, b 20.").wait_for()


@pytest.mark.parametrize("width", [1400, 400])
def test_the_import_step_is_no_wider_than_the_screen(page, width):
    page.set_viewport_size({"width": width, "height": 900})
    page.locator(".st-key-upload_file input").set_input_files(
        {"name": "points.tsv", "mimeType": "text/plain", "buffer": TSV.encode()}
    )
    page.get_by_role("button", name="Use these points").wait_for()
    assert_soon(page, lambda: page.evaluate("() => document.documentElement.scrollWidth") <= width)
