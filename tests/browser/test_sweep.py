"""A sweep under the hand: pointing at a cell shows its boundary, a click chooses it."""

from playwright.sync_api import expect

from tests.browser import assert_soon

LINK = "view.room=explore&view.panel=sweep&view.sweep_y=nothing&view.sweep_count=3&training.epochs=20&data.n_points=40"
CELL = ".st-key-sweep_cells .cell"


def test_the_cell_under_the_hand_is_shown_and_a_click_chooses_it(context, address):
    page = context.new_page()
    page.goto(f"{address}/?{LINK}")
    page.locator(".st-key-begin_study button").click(timeout=60_000)
    expect(page.locator(".st-key-begin_study, .st-key-stop_study")).to_have_count(0, timeout=30_000)  # all three done
    cell, area = page.locator(CELL), page.locator(".st-key-sweep_chart .nsewdrag").first
    chart = page.locator(".st-key-sweep_chart .js-plotly-plot")
    page.wait_for_function("(chart) => chart._fullLayout", arg=chart.element_handle(), timeout=30_000)
    best = cell.get_attribute("data-place")
    other = next(column for column in (0, 2) if best != f"0,{column}")
    box = area.bounding_box()
    place = box["x"] + (other + 0.5) * box["width"] / 3, box["y"] + box["height"] / 2

    def points_at_the_other():  # again from outside: the cell listens to the chart a moment after it is drawn
        page.mouse.move(box["x"], box["y"] - 60)
        page.mouse.move(place[0] + 3, place[1])
        page.mouse.move(*place)
        page.wait_for_timeout(200)
        return cell.get_attribute("data-place") == f"0,{other}"

    assert_soon(page, points_at_the_other)
    assert "Accuracy" in cell.locator("p").inner_text()
    assert page.evaluate(
        """() => {
          const host = [...document.querySelectorAll(".st-key-sweep_cells *")].find((e) => e.shadowRoot)
          const canvas = host.shadowRoot.querySelector("canvas")
          return canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.some((value) => value)
        }"""
    )
    page.mouse.move(box["x"], box["y"] - 60)
    expect(cell).to_have_attribute("data-place", best)
    page.mouse.move(*place)
    page.mouse.click(*place)
    page.mouse.move(box["x"], box["y"] - 60)
    expect(cell).to_have_attribute("data-place", f"0,{other}", timeout=20_000)
    rate = cell.locator("b").inner_text().split()[-1]
    page.locator(".st-key-open_cell button").click(timeout=20_000)
    expect(page.locator(".st-key-room [aria-checked=true]")).to_have_text("Watch", timeout=20_000)
    expect(page.locator(".st-key-training-learning_rate")).to_contain_text(rate, timeout=20_000)
    page.close()
