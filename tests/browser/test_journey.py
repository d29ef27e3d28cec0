"""The journey in a real browser: open, train, watch it fall, pause, step, reset, run to the end."""

import re
from urllib.parse import quote

import numpy as np
import pytest

from moons.data import Table
from tests.browser import Tab, assert_soon, epoch, figures, open_page, seen, slider, watch


@pytest.fixture(scope="module")
def default(context, address):
    """The page as a beginner finds it."""
    tab = Tab(context, address, "/")
    yield tab
    tab.close()


@pytest.fixture
def page(default):
    """That page, untrained."""
    page = default.fresh()
    yield page
    assert page.errors == []


@pytest.fixture(scope="module")
def tab(context, address):
    """A page with a run so short that it is instant on any machine."""
    tab = Tab(context, address, "/?v=1&training.epochs=200")
    yield tab
    tab.close()


@pytest.fixture
def short(tab):
    """That page, with its default settings, untrained."""
    page = tab.fresh()
    yield page
    assert page.errors == []


def press(page, name):
    """Press a button of the transport row; the one with a shortcut is named "Train Shortcut Space"."""
    page.get_by_role("button", name=re.compile(f"^{name}( Shortcut Space)?$")).click()


def wait_for_button(page, name):
    page.get_by_role("button", name=re.compile(f"^{name}( Shortcut Space)?$")).wait_for()


def wait_for_epoch(page, condition):
    """Wait until the strip's epoch `e` meets a condition in JavaScript."""
    page.wait_for_function(
        """() => {
          const host = [...document.querySelectorAll('.st-key-stage *')].find((e) => e.shadowRoot)
          const e = Number(host.shadowRoot.querySelector('[data-say=epoch]').textContent.replaceAll(',', ''))
          return CONDITION
        }""".replace("CONDITION", condition),
        timeout=20_000,
    )


def wait_for_loss(page, condition):
    """Wait until the strip's training `loss`, as text, meets a condition in JavaScript."""
    page.wait_for_function(
        """() => {
          const host = [...document.querySelectorAll('.st-key-stage *')].find((e) => e.shadowRoot)
          const loss = host?.shadowRoot.querySelector('[data-say=loss-train]')?.textContent
          return loss && CONDITION
        }""".replace("CONDITION", f"({condition})")
    )


def chart_data(page, name, trace, axis):
    return page.evaluate(
        """([name, trace, axis]) => Array.from(
          document.querySelector(`.st-key-${name} .js-plotly-plot`)._fullData[trace][axis])""",
        [name, trace, axis],
    )


def large_picture(page):
    """The cells of the boundary's heatmap, row by row."""
    rows = "Array.from(document.querySelector('.st-key-boundary .js-plotly-plot')._fullData[0].z, (row) => [...row])"
    return page.evaluate(f"() => {rows}")


def test_the_journey(context, address):
    page = open_page(context, address)
    assert figures(page)["epoch"] == "0"
    assert figures(page)["loss-train"] == "0.7497"
    press(page, "Train")
    wait_for_epoch(page, "e > 300")
    assert float(figures(page)["loss-train"]) < 0.7
    press(page, "Pause")
    wait_for_button(page, "Train")
    page.wait_for_timeout(700)
    stopped = epoch(page)
    page.wait_for_timeout(700)
    assert epoch(page) == stopped

    press(page, "Step")
    wait_for_epoch(page, f"e == {stopped + 1}")
    press(page, "Reset")
    wait_for_epoch(page, "e == 0")
    assert figures(page)["loss-train"] == "0.7497"

    page.locator(".st-key-speed").get_by_role("combobox").click()
    page.get_by_role("option", name="all at once").click()
    page.keyboard.press("Escape")
    press(page, "Train")
    wait_for_epoch(page, "e == 15000")
    page.get_by_text("Finished.").wait_for()
    wait_for_button(page, "Train")
    assert float(figures(page)["loss-train"]) < 0.1
    assert chart_data(page, "loss", 2, "x")[-1] == 14_999
    assert page.errors == []
    page.close()


def test_no_click_on_step_is_lost(page):
    for _click in range(10):
        press(page, "Step")
        page.wait_for_timeout(100)
    wait_for_epoch(page, "e == 10")


def test_the_space_bar_trains_and_pauses(page):
    page.keyboard.press("Space")
    wait_for_button(page, "Pause")
    page.keyboard.press("Space")
    wait_for_button(page, "Train")


def test_the_space_bar_presses_the_button_that_the_keyboard_has_come_to(short):
    short.keyboard.press("Tab")  # from here on the focus is seen
    short.get_by_role("button", name="Step", exact=True).focus()
    short.keyboard.press("Space")
    wait_for_epoch(short, "e == 1")
    short.get_by_role("button", name="Reset", exact=True).focus()
    short.keyboard.press("Space")
    wait_for_epoch(short, "e == 0")
    wait_for_button(short, "Train")


def test_the_space_bar_pauses_whatever_was_clicked_before(context, address):
    page = open_page(context, f"{address}/?v=1&training.epochs=100000")
    press(page, "Train")
    for room in ("Learn", "Watch"):
        page.locator(".st-key-room").get_by_text(room, exact=True).click()
        page.wait_for_function("room => location.search.includes('room=learn') === (room === 'Learn')", arg=room)
    page.locator(".st-key-pause button").wait_for()
    page.wait_for_selector(".strip[data-painted]")
    page.keyboard.press("Space")
    wait_for_button(page, "Train")
    assert "room=learn" not in page.url
    page.close()


@pytest.mark.parametrize("after", [1_100, 1_450])  # ms; it meets Streamlit's own change of theme in one or the other
def test_another_theme_reaches_the_charts_while_training(context, address, after):
    page = open_page(context, address)
    press(page, "Train")
    page.wait_for_timeout(after)
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(
        """() => ['loss', 'boundary'].every((name) => {
          const gd = document.querySelector(`.st-key-${name} .js-plotly-plot`)
          return gd?._fullLayout && gd._fullLayout.paper_bgcolor !== '#FFFFFF' && gd.data === gd.moonsData
        })"""
    )
    assert page.errors == []
    page.close()


def test_both_charts_are_live_without_a_blank_or_dimmed_frame(page):
    press(page, "Train")
    wait_for_epoch(page, "e > 20")
    watch(page)
    page.wait_for_function("() => Math.min(...Object.values(window.seen.updates)) >= 40", timeout=60_000)
    counts = seen(page)
    assert counts["blank"] == 0
    assert counts["dim"] == 0
    assert counts["updates"]["loss"] == pytest.approx(counts["updates"]["boundary"], abs=2)


EMPTY = """async () => {
  const chart = document.querySelector('.chart')
  const shown = () => chart.querySelectorAll('.subplot .point').length
  let empty = 0, looks = 0
  const first = chart.data
  while (looks < 400 && chart.data === first) {
    await new Promise(requestAnimationFrame)
    looks++
    if (!shown()) empty++
  }
  return [empty, looks, chart.data !== first]
}"""


def test_the_charts_under_the_tabs_are_live_too(page):
    page.get_by_role("tab", name="Layers").click()
    page.wait_for_selector(".chart .subplot .point", state="attached")
    press(page, "Train")
    wait_for_epoch(page, "e > 20")
    page.locator(".chart").first.scroll_into_view_if_needed()  # what can't be seen isn't drawn anew
    for _look in range(2):
        empty, looks, other = page.evaluate(EMPTY)
        assert other
        assert empty == 0
        assert looks > 0


TWICE = """async () => {
  const gd = document.querySelector('.st-key-boundary .js-plotly-plot')
  while (!gd.querySelector('.moons-marks')) await new Promise(requestAnimationFrame) // between two drawings
  const shown = () => gd.querySelector('.heatmaplayer image').getAttributeNS('http://www.w3.org/1999/xlink', 'href')
  const ours = shown(), marks = gd.querySelector('.moons-marks').getAttribute('d').split('M').length - 1
  const crosses = gd.data[5].x.length
  window.Plotly.restyle(gd, { z: [gd.data[0].z] }, [0])
  const plotlys = shown() // now: the next picture may be painted while these are read
  const pixels = async (url) => {
    const picture = new Image()
    picture.src = url
    await picture.decode()
    const canvas = new OffscreenCanvas(picture.width, picture.height)
    const pen = canvas.getContext('2d')
    pen.fillStyle = 'white'
    pen.fillRect(0, 0, picture.width, picture.height)
    pen.drawImage(picture, 0, 0)
    const { width, height } = picture
    return [width, height, ...pen.getImageData(0, 0, width, height).data]
  }
  return [await pixels(ours), await pixels(plotlys), marks, crosses]
}"""


@pytest.mark.parametrize("picture", ["label", "probability"])
def test_while_training_the_picture_is_the_one_that_plotly_would_draw(context, address, picture):
    page = open_page(context, f"{address}/?v=1&view.picture={picture}")
    press(page, "Train")
    wait_for_epoch(page, "e > 200")
    page.wait_for_selector(".st-key-boundary .moons-marks", state="attached")
    ours, plotlys, marks, crosses = page.evaluate(TWICE)
    assert marks == crosses > 0
    assert ours[:2] == plotlys[:2]
    assert np.abs(np.subtract(ours, plotlys)).max() <= 3  # of 255; half-transparent colours are rounded
    assert page.errors == []
    page.close()


def test_zoom_lasts_while_training(page):
    plot = page.locator(".st-key-boundary .nsewdrag").first.bounding_box()
    middle = plot["x"] + plot["width"] / 2, plot["y"] + plot["height"] / 2
    page.mouse.move(*middle)
    page.mouse.down()
    page.mouse.move(middle[0] + 80, middle[1] + 60, steps=5)
    page.mouse.up()
    zoomed = axis_range(page)
    assert zoomed[1] - zoomed[0] < 2
    press(page, "Train")
    wait_for_epoch(page, "e > 100")
    assert axis_range(page) == pytest.approx(zoomed)
    page.mouse.dblclick(*middle)
    assert_soon(page, lambda: axis_range(page)[1] - axis_range(page)[0] > 2)


def axis_range(page):
    return page.evaluate("() => document.querySelector('.st-key-boundary .js-plotly-plot')._fullLayout.xaxis.range")


def test_moving_sliders_while_training_raises_nothing(page):
    press(page, "Train")
    wait_for_epoch(page, "e > 20")
    for key in ("data-noise", "training-learning_rate", "width0", "n_layers"):
        slider(page, key).focus()
        for _press in range(3):
            page.keyboard.press("ArrowRight")
    page.locator(".st-key-notice").get_by_role("button", name="Undo").wait_for()
    wait_for_epoch(page, "e > 20")
    assert page.locator("[data-testid=stException]").count() == 0
    wait_for_button(page, "Pause")


def test_a_changed_setting_shows_the_finished_run_and_its_curve(short):
    slider(short, "training-learning_rate").focus()
    short.keyboard.press("ArrowRight")
    wait_for_epoch(short, "e == 200")
    assert chart_data(short, "loss", 2, "x")[-1] == 199


def test_a_dragged_slider_shows_its_run_before_it_is_let_go(short):
    box = slider(short, "training-learning_rate").locator("..").bounding_box()
    short.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    short.mouse.down()
    short.mouse.move(box["x"] + 20, box["y"] + box["height"] / 2, steps=4)
    wait_for_epoch(short, "e == 200")
    short.get_by_text("Preview").wait_for()
    short.mouse.up()
    short.get_by_text("Finished.").wait_for()


@pytest.mark.parametrize("pause", [5, 20])  # ms; let go while its last preview is asked for, made, or shown
def test_a_slider_let_go_in_the_middle_of_a_preview_leaves_it(short, pause):
    box = slider(short, "training-learning_rate").locator("..").bounding_box()
    short.mouse.move(box["x"], box["y"])
    short.mouse.down()
    short.mouse.move(box["x"] - 40, box["y"], steps=8)
    short.wait_for_timeout(pause)
    short.mouse.up()
    short.get_by_text("Finished.").wait_for()


def test_a_slider_let_go_where_it_was_taken_changes_nothing(short):
    before = slider(short, "training-learning_rate").input_value()
    box = slider(short, "training-learning_rate").locator("..").bounding_box()
    short.mouse.move(box["x"], box["y"])
    short.mouse.down()
    short.mouse.move(box["x"] - 40, box["y"], steps=4)
    short.get_by_text("Preview").wait_for()
    short.mouse.move(box["x"], box["y"], steps=4)
    short.mouse.up()
    short.get_by_text("Untrained.").wait_for()
    wait_for_epoch(short, "e == 0")
    assert slider(short, "training-learning_rate").input_value() == before


def test_back_and_forward_go_through_what_was_looked_at(short):
    losses = {short.url: figures(short)["loss-train"]}
    for _change in range(2):
        before = short.url
        slider(short, "training-learning_rate").focus()
        short.keyboard.press("ArrowRight")
        rate = slider(short, "training-learning_rate").get_attribute("aria-valuetext")
        short.wait_for_url(f"**learning_rate={rate}&view.epoch=200**")
        wait_for_loss(short, f"loss !== '{losses[before]}'")
        losses[short.url] = figures(short)["loss-train"]
    _start, first, second = losses
    short.get_by_role("radio", name="Learn").click()
    short.wait_for_url("**view.room=learn**")
    for move, url in (("back", second), ("back", first), ("forward", second)):
        short.evaluate(f"() => history.{move}()")
        short.wait_for_url(url)
        wait_for_loss(short, f"loss === '{losses[url]}'")
        rate = slider(short, "training-learning_rate").get_attribute("aria-valuetext")
        assert f"learning_rate={rate}&" in url
    assert short.url == second


@pytest.mark.parametrize("width", [1400, 1024, 400])
def test_nothing_is_wider_than_the_screen_and_the_transport_is_one_row_beside_the_settings(page, width):
    page.set_viewport_size({"width": width, "height": 900})
    assert_soon(page, lambda: page.evaluate("() => document.documentElement.scrollWidth") <= width)
    all_wide = """() => [...document.querySelectorAll('.stMain *')]
      .filter((e) => !e.closest('svg, [role=tablist], .st-key-room, .st-key-questions, .stDataFrame')) // these scroll
      .filter((e) => e.getBoundingClientRect().right > innerWidth + 1).map((e) => e.className)"""
    assert_soon(page, lambda: page.evaluate(all_wide) == [])
    if width > 640:
        bottoms = (
            "all => new Set(all.map((e) => e.getBoundingClientRect()).filter((b) => b.width).map((b) => b.bottom)).size"
        )
        assert page.locator(".st-key-transport > *").evaluate_all(bottoms) == 1


def test_a_phone_shows_the_button_the_figures_and_the_boundary_without_scrolling(page):
    page.set_viewport_size({"width": 400, "height": 850})
    bottom = "(all) => Math.max(...all.map((element) => element.getBoundingClientRect().bottom))"
    for shown in (".st-key-train button", ".strip", ".st-key-boundary .plot .heatmaplayer image"):
        assert_soon(page, lambda shown=shown: page.locator(shown).evaluate_all(bottom) < 850)
    tops = page.locator(".st-key-top :is(h1, .st-key-aside), .stMainMenu").evaluate_all(
        "(all) => all.map((element) => element.getBoundingClientRect().top)"
    )
    assert max(tops) < 40, "title, share and the like, and the menu stand in one row"


def test_a_link_opens_to_the_same_figures_in_another_browser(short, context):
    slider(short, "training-learning_rate").focus()
    short.keyboard.press("ArrowRight")
    wait_for_epoch(short, "e == 200")
    short.wait_for_url("**view.epoch=200**")
    stranger = context.browser.new_context(viewport={"width": 1400, "height": 900}, locale="en-US")
    other = open_page(stranger, short.url)
    wait_for_epoch(other, "e == 200")
    for figure in ("loss-train", "loss-test", "score-train", "score-test"):
        assert figures(other)[figure] == figures(short)[figure]
    assert_soon(other, lambda: np.array_equal(large_picture(other), large_picture(short)))
    stranger.close()


def test_a_link_that_is_copied_while_training_says_the_epoch_on_the_screen(page):
    page.locator(".st-key-share button").first.click()
    link, frame = (page.get_by_role("textbox", name=name, exact=True) for name in ("Link", "Frame"))
    assert link.input_value().endswith("?v=1")
    page.keyboard.press("Escape")
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")  # else it would close the next one
    press(page, "Train")
    wait_for_epoch(page, "e > 100")
    page.locator(".st-key-share button").first.click()
    for field, button in ((link, "Copy link"), (frame, "Copy frame")):
        page.wait_for_timeout(700)
        before = epoch(page)
        page.get_by_role("button", name=button).click()
        copied, after = int(re.search(r"view\.epoch=(\d+)", field.input_value())[1]), epoch(page)
        assert 100 < before <= copied <= after
    assert "&amp;view.epoch=" in frame.input_value()


def test_the_timeline_shows_any_trained_epoch(short):
    slider(short, "training-learning_rate").focus()
    short.keyboard.press("ArrowRight")
    wait_for_epoch(short, "e == 200")
    short.locator(".timeline input").focus()
    short.keyboard.press("Home")
    wait_for_epoch(short, "e == 0")
    assert figures(short)["loss-train"] == "0.7497"
    short.keyboard.press("End")
    wait_for_epoch(short, "e == 200")


def test_the_charts_follow_the_hand_before_it_lets_the_timeline_go(short):
    slider(short, "training-learning_rate").focus()
    short.keyboard.press("ArrowRight")
    wait_for_epoch(short, "e == 200")
    box = short.locator(".timeline input").bounding_box()
    y = box["y"] + box["height"] / 2
    short.mouse.move(box["x"] + box["width"] - 8, y)
    short.mouse.down()
    short.mouse.move(box["x"] + box["width"] / 2, y, steps=4)
    wait_for_epoch(short, "e > 80 && e < 120")
    short.wait_for_function(
        "() => Math.abs(document.querySelector('.st-key-loss .js-plotly-plot')._fullData[4].x[0] - 100) < 20"
    )
    short.mouse.up()


def test_charts_say_what_they_show_now(page):
    press(page, "Step")
    wait_for_epoch(page, "e == 1")
    alt = page.locator(".st-key-loss [role=img]").first.get_attribute("aria-label")
    assert alt.startswith("Loss at epoch 1:")


def test_a_browser_hears_of_the_pictures_modules_before_the_script_runs(page):
    early = page.context.request.get(page.url).headers["link"]
    assert "moons.live/live/stage.js>; rel=modulepreload" in early


def test_the_remedy_is_one_click_away(short):
    slider(short, "training-learning_rate").focus()
    short.keyboard.press("End")
    wait_for_epoch(short, "e == 200")
    short.locator(".status button").click()  # there once trying has shown what helps
    short.wait_for_function(
        "() => document.querySelector('.st-key-training-learning_rate input').getAttribute('aria-valuetext') !== '10'"
    )
    wait_for_epoch(short, "e == 200")


def two_runs_compared(page):
    """Two finished runs in the room Compare."""
    slider(page, "training-learning_rate").focus()
    page.keyboard.press("ArrowRight")
    wait_for_epoch(page, "e == 200")
    page.get_by_text("Compare", exact=True).first.click()
    page.get_by_role("button", name="Optimiser Adam").click()
    page.locator(".pictures figure").nth(2).wait_for()


def test_two_runs_are_tied_in_time_by_one_slider(short):
    two_runs_compared(short)
    pictures = "all => all.map(canvas => canvas.toDataURL())"
    at_end = short.locator(".pictures canvas").evaluate_all(pictures)
    short.locator(".timeline input").focus()
    short.keyboard.press("Home")
    short.locator(".pictures[data-epoch='0']").wait_for()
    at_start = short.locator(".pictures canvas").evaluate_all(pictures)
    assert at_start[0] == at_start[1], "both start from the same weights"
    assert len({*at_end[:2], at_start[0]}) == 3
    assert "0 of 256 training points" in short.locator("p.map").text_content()
    short.wait_for_function(
        "() => document.querySelector('.st-key-compared_losses .js-plotly-plot').layout.shapes[0].x0 === 0"
    )
    assert short.evaluate("() => document.documentElement.scrollWidth") <= 1400


def test_the_pictures_of_a_run_of_two_epochs_are_as_wide_as_those_of_a_long_one(context, address):
    widths = {}
    for epochs, pictures in ((2, 3), (15_000, 10)):
        page = open_page(context, f"{address}/?v=1&training.epochs={epochs}")
        canvases = page.locator(".st-key-filmstrip canvas")
        canvases.nth(pictures - 1).wait_for()
        widths[epochs] = [box["width"] for box in (canvas.bounding_box() for canvas in canvases.all())]
        assert len(widths[epochs]) == pictures
        page.close()
    np.testing.assert_allclose(widths[2], widths[15_000][0], atol=1)


def test_a_loss_that_four_decimals_would_hide_is_shown(context, address):
    x0 = tuple(place / 20 for place in range(20))
    points = Table(x0, x0[::-1], tuple(0.002 * x for x in x0)).link
    link = f"?v=1&data.kind=own&data.table={quote(points)}&training.optimizer=adam&training.epochs=2000&view.epoch=2000"
    page = open_page(context, f"{address}/{link}")
    wait_for_epoch(page, "e == 2000")
    assert 0 < float(figures(page)["loss-train"]) < 5e-5
    page.close()


def test_a_picture_of_the_filmstrip_leads_to_its_epoch(short):
    slider(short, "training-learning_rate").focus()
    short.keyboard.press("ArrowRight")
    wait_for_epoch(short, "e == 200")
    short.get_by_role("button", name="Look at epoch 0", exact=True).click()
    wait_for_epoch(short, "e == 0")
    assert figures(short)["loss-train"] == "0.7497"


def enter(page, room):
    page.locator(".st-key-room").get_by_text(room, exact=True).click()


def test_a_program_is_run_and_compared_where_it_is_taken_away(short):
    press(short, "Train")
    wait_for_epoch(short, "e == 200")
    enter(short, "Take away")
    short.get_by_role("button", name="Run the program here and compare").click()
    short.get_by_text("over all 200 epochs").wait_for()  # measured in a process of its own, followed by a timer
    enter(short, "Watch")


def stroke(page, picture):
    """Drag the hand over an empty part of the picture."""
    box = picture.bounding_box()
    page.mouse.move(box["x"] + 120, box["y"] + 30)
    page.mouse.down()
    page.mouse.move(box["x"] + 260, box["y"] + 30, steps=4)
    page.mouse.up()


def test_a_click_adds_a_point_of_the_chosen_class_and_the_run_follows(short):
    enter(short, "Data")
    short.get_by_role("button", name="Edit these points").click()
    short.get_by_text("512 points, 256 of them held out").wait_for()
    picture = short.locator(".st-key-sketch svg")
    short.locator(".st-key-sketch").get_by_role("button", name="1").click()
    for step in range(3):  # faster than the server answers
        picture.click(position={"x": 440 - 30 * step, "y": 40})
    short.get_by_text("515 points").wait_for()
    short.locator(".st-key-sketch").get_by_role("button", name="Erase").click()
    picture.click(position={"x": 440, "y": 40})
    short.get_by_text("514 points").wait_for()
    short.locator(".st-key-undo_points button").click()
    short.get_by_text("515 points").wait_for()
    short.locator(".st-key-sketch").get_by_role("button", name="1").click()
    stroke(short, picture)
    short.get_by_text("515 points").wait_for(state="detached")
    short.locator(".st-key-sketch").get_by_role("button", name="Erase").click()
    stroke(short, picture)  # over the very points that it added
    short.get_by_text("515 points").wait_for()
    short.locator(".st-key-undo_points button").click()  # each stroke is one change
    short.get_by_text("515 points").wait_for(state="detached")
    short.locator(".st-key-undo_points button").click()
    short.get_by_text("515 points").wait_for()
    enter(short, "Watch")
    short.locator(".strip[data-painted]").wait_for()
    wait_for_epoch(short, "e == 200")
    short.wait_for_function(
        "() => document.querySelector('.st-key-boundary .js-plotly-plot')?._fullData?.[4]?.x?.length === 259"
    )
    assert chart_data(short, "boundary", 4, "customdata")[-3:] == ["1", "1", "1"]


@pytest.mark.parametrize("width", [1400, 400])
def test_the_data_room_is_no_wider_than_the_screen(page, width):
    page.set_viewport_size({"width": width, "height": 900})
    enter(page, "Data")
    page.locator(".st-key-sketch svg rect").wait_for()
    assert_soon(page, lambda: page.evaluate("() => document.documentElement.scrollWidth") <= width)
    cut = """() => [...document.querySelectorAll('.st-key-tiles button p')].filter((text) => {
      const tile = text.closest('[class*=st-key-tile_], [class*=st-key-chosen_]')
      return text.getBoundingClientRect().right > tile.getBoundingClientRect().right
    }).map((text) => text.textContent)"""
    assert_soon(page, lambda: page.evaluate(cut) == [])


def test_a_key_does_its_thing_once_whatever_the_language_was_before(context, address):
    page = open_page(context, address)
    for language in ("한국어", "English"):
        page.locator(".st-key-languages button").first.click()
        page.locator(".st-key-language").get_by_text(language, exact=True).click()
        page.wait_for_function(
            "language => document.documentElement.lang === language[0]", arg=["ko" if language == "한국어" else "en"]
        )
        page.keyboard.press("Escape")
        page.locator(".st-key-language").wait_for(state="hidden")
    page.keyboard.press("x")
    assert_soon(page, lambda: epoch(page) == 0)
    page.keyboard.press("s")
    assert_soon(page, lambda: epoch(page) > 0)
    page.wait_for_timeout(500)  # what is done twice is done at once
    assert epoch(page) == 1
    page.close()
