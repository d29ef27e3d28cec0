"""What stands in a row fits in it, in both languages."""

import pytest

from tests.browser import assert_soon, open_page

WIDTHS = (1024, 1180, 1262, 1341, 1400)
# a row begins where something stands further left than what comes before it
ROWS = """selector => {
  const seen = [...document.querySelector(selector).children].map((e) => e.getBoundingClientRect())
  return seen.filter((r) => r.width).filter((box, place, all) => !place || box.left < all[place - 1].left).length
}"""
CUT = (
    """selector => Math.max(0, ...[...document.querySelectorAll(selector)].map((e) => e.scrollWidth - e.clientWidth))"""
)


@pytest.fixture(scope="module", params=["en-US", "ko-KR"])
def page(request, chromium, address):
    context = chromium.new_context(locale=request.param, viewport={"width": 1400, "height": 900})
    yield open_page(context, address)
    context.close()


def assert_one_row(page, row, parts):
    """At each width, once the sidebar has taken its own."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert_soon(
            page, lambda: page.evaluate(ROWS, row) == 1 and page.evaluate(CUT, f"{row} {parts}") == 0, seconds=5
        )


def test_the_transport_is_one_row_at_rest_and_while_a_run_trains(page):
    assert_one_row(page, ".st-key-transport", "[role=combobox]")
    page.locator(".st-key-train button").click()
    page.wait_for_selector("body[data-moves=true]", state="attached")
    assert_one_row(page, ".st-key-transport", "[role=combobox]")
    page.locator(".st-key-pause button").click()


def test_the_questions_leave_room_for_the_pictures(page):
    page.set_viewport_size({"width": 1400, "height": 900})
    assert_soon(page, lambda: page.evaluate(ROWS, ".st-key-questions") == 2)

    def is_seen(chart):
        box = page.locator(f"[class*=st-key-{chart}_chart]").bounding_box()
        return box["y"] + box["height"] <= 900

    assert_soon(page, lambda: is_seen("boundary") and is_seen("loss"))
    page.set_viewport_size({"width": 400, "height": 800})
    questions, one = (page.locator(f".st-key-{key}") for key in ("questions", "ask_logit"))
    assert_soon(page, lambda: questions.bounding_box()["height"] < 1.5 * one.bounding_box()["height"])  # to be pushed


def test_the_class_sheet_is_one_room_more_in_the_row_of_rooms(page):
    page.set_viewport_size({"width": 1400, "height": 900})
    page.locator(".st-key-share button").first.click()
    page.locator(".st-key-make_sheet button:visible").first.click()
    page.locator(".st-key-sheet_form").wait_for()
    assert page.locator(".st-key-room").get_by_role("radio").count() == 7
    assert_one_row(page, ".st-key-room [role=radiogroup]", "")
    name, rooms = (page.locator(place).bounding_box() for place in ("h1", ".st-key-room"))
    assert rooms["y"] < name["y"] + name["height"]  # beside the page's name, as elsewhere


def test_a_long_diagnosis_does_not_move_the_pictures(chromium, address):
    context = chromium.new_context(locale="ko-KR", viewport={"width": 1400, "height": 900})
    page = open_page(context, f"{address}/?view.hide=welcome")
    picture, status = (page.locator(place).first for place in ("[class*=st-key-boundary_chart]", ".status"))
    before = picture.bounding_box()["y"]
    page.goto(
        f"{address}/?v=1&view.hide=welcome&data.kind=gaussian&model.init_scale=10&training.learning_rate=1"
        "&training.epochs=60&view.epoch=60"
    )
    status.get_by_role("button").wait_for()  # the remedy, after all that is said before it
    assert len(status.text_content()) > 200
    assert picture.bounding_box()["y"] == before
    context.close()
