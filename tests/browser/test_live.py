"""The live page by its two ways: pushed over the socket, and by a timer where no socket opens."""

import re

import pytest

from tests.browser import ROOT, assert_soon, epoch, figures, open_page, server, slider

HEAVY = (
    "?data.n_points=5000&data.n_test=5000&model.hidden=256-256-256-256-256-256&training.batch_size=1"
    "&training.optimizer=adamw&training.epochs=100000&view.epoch=3"
)


@pytest.fixture(scope="module")
def ticking(tmp_path_factory):
    """The page as a script alone, as a host that knows no socket of ours serves it."""
    script = tmp_path_factory.mktemp("page") / "page.py"
    script.write_text(f"import runpy\nrunpy.run_path({str(ROOT / 'streamlit_app.py')!r}, run_name='__main__')\n")
    with server(script=script) as (address, _process):
        yield address


@pytest.fixture
def context(chromium):
    """A browser that has never been here."""
    context = chromium.new_context(locale="en-US", viewport={"width": 1400, "height": 900})
    yield context
    context.close()


BLANKS = """() => {  // looks, one a frame, at which the strip says no epoch
  window.blanks = 0
  const look = () => {
    const host = [...document.querySelectorAll('.st-key-live *')].find((e) => e.shadowRoot)
    window.blanks += !host?.shadowRoot.querySelector('[data-say=epoch]')?.textContent
    requestAnimationFrame(look)
  }
  look()
}"""


def press(page, name):
    page.get_by_role("button", name=re.compile(f"^{name}( Shortcut Space)?$")).click()


def status(page):
    return page.locator(".status").first.text_content()


def socket_of(page):
    return page.locator(".strip").first.get_attribute("data-socket")


def test_a_run_is_pushed_and_pause_holds_what_was_on_the_screen(context, address):
    page = open_page(context, address)
    assert_soon(page, lambda: socket_of(page) == "open")
    press(page, "Train")
    assert_soon(page, lambda: epoch(page) > 500)
    press(page, "Pause")
    frozen = epoch(page)
    page.locator(".st-key-train button").wait_for()
    assert_soon(page, lambda: "Paused." in status(page))
    assert epoch(page) == frozen
    assert page.errors == []


def test_where_no_socket_opens_a_timer_brings_the_same(context, ticking):
    page = open_page(context, ticking)
    assert_soon(page, lambda: socket_of(page) == "closed")
    press(page, "Train")
    assert_soon(page, lambda: epoch(page) > 500, seconds=30)
    press(page, "Pause")
    page.locator(".st-key-train button").wait_for()
    assert_soon(page, lambda: "Paused." in status(page))
    assert float(figures(page)["loss-train"]) < 0.7
    assert all("/live" in error or "WebSocket" in error for error in page.errors)


def test_a_reload_goes_on_where_it_was_and_keeps_the_runs(context, address):
    page = open_page(context, address)
    press(page, "Train")
    assert_soon(page, lambda: epoch(page) > 1_000)
    before = epoch(page)
    page.reload()
    page.wait_for_selector(".strip[data-painted]")
    assert_soon(page, lambda: epoch(page) > before)
    press(page, "Pause")
    page.locator(".st-key-train button").wait_for()
    assert_soon(page, lambda: "Paused." in status(page))
    stopped = epoch(page)
    page.reload()
    page.wait_for_selector(".strip[data-painted]")
    assert_soon(page, lambda: epoch(page) == stopped)
    page.get_by_text("Compare", exact=True).first.click()
    page.locator(".st-key-run0").wait_for()


def test_another_person_finds_nothing_of_it(chromium, context, address):
    mine = open_page(context, f"{address}/?v=1&training.epochs=200")
    slider(mine, "training-learning_rate").focus()
    mine.keyboard.press("ArrowRight")
    assert_soon(mine, lambda: epoch(mine) == 200)
    other = chromium.new_context(locale="en-US", viewport={"width": 1400, "height": 900})
    page = open_page(other, address)
    page.get_by_text("Compare", exact=True).first.click()
    page.get_by_text("No run is kept yet.").wait_for()
    other.close()


def test_training_goes_on_in_every_room(context, address):
    page = open_page(context, f"{address}/?v=1&training.epochs=100000")
    press(page, "Train")
    assert_soon(page, lambda: epoch(page) > 200)
    before = epoch(page)
    for room in ("Learn", "Compare", "Data", "Take away"):
        page.locator(".st-key-room").get_by_text(room, exact=True).click()
        page.wait_for_timeout(300)
    page.locator(".st-key-room").get_by_text("Watch", exact=True).click()
    page.locator(".st-key-pause button").wait_for()
    page.wait_for_selector(".strip[data-painted]")
    page.evaluate(BLANKS)
    assert_soon(page, lambda: epoch(page) > before + 500)
    assert page.evaluate("window.blanks") == 0
    press(page, "Pause")


def test_a_link_to_a_run_that_takes_long_shows_a_page_that_says_so_and_can_be_left(context, address):
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.goto(f"{address}/{HEAVY}")
    page.wait_for_selector(".strip[data-painted]")
    assert_soon(page, lambda: "Computing" in status(page), seconds=30)
    page.locator(".st-key-pause button").click()
    page.locator(".st-key-train button").wait_for()
    assert_soon(page, lambda: "Computing" not in status(page), seconds=30)


def test_pointing_at_a_unit_shows_it_large_and_leaving_it_gives_the_boundary_back(context, address):
    page = open_page(context, f"{address}/?v=1&view.network=true&view.epoch=300")
    picture = "() => document.querySelector('.st-key-boundary .heatmaplayer image').href.baseVal"
    assert_soon(page, lambda: epoch(page) == 300)
    page.wait_for_timeout(500)  # until the page's own picture is there
    boundary = page.evaluate(picture)
    page.locator(".st-key-diagram .unit").nth(3).hover()
    assert_soon(page, lambda: page.evaluate(picture) != boundary)
    unit = page.evaluate(picture)
    page.mouse.move(700, 20)
    assert_soon(page, lambda: page.evaluate(picture) != unit)


def test_a_unit_clicked_just_before_another_room_is_opened_leaves_no_error(context, address):
    page = open_page(context, f"{address}/?v=1&view.network=true")
    page.locator(".st-key-diagram .unit").nth(4).click()
    page.keyboard.press("2")
    page.locator(".st-key-lesson").wait_for()
    assert page.locator("[data-testid=stException]").count() == 0
    assert page.errors == []
