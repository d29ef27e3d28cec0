"""The Learn room in a real browser: the opened step by keys and hand, and a walk through every screen."""

import pytest
from playwright.sync_api import expect

from dashboard.app.translate import translator
from dashboard.rooms.learn import LESSONS, data, luck, mystery, network, training
from moons.data import Table
from moons.plots import palette
from tests.browser import assert_soon, open_page

SECTIONS = {"data": data, "network": network, "training": training, "luck": luck, "mystery": mystery}


@pytest.fixture
def page(context, address):
    """The Learn room, as it opens."""
    page = learn(context, address, "Learn")
    yield page
    assert page.errors == []
    page.close()


def learn(context, address, name):
    page = open_page(context, f"{address}/?v=1&training.epochs=200")
    page.get_by_role("radio", name=name, exact=True).click()
    page.locator(".opened .now").wait_for()
    return page


def now(page):
    """The line that is open."""
    return page.locator(".opened .now").text_content().strip()


def choose(page, name):
    page.get_by_role("radio", name=name).first.click()


def test_a_button_on_a_screen_leads_to_another_lesson_and_back(page):
    choose(page, "3.2 Network")
    page.get_by_role("button", name="See it with a point's own numbers").click()
    page.locator(".opened .now").wait_for()
    expect(page.get_by_role("radio", name="One step, opened")).to_be_checked()
    page.get_by_role("button", name="loss.backward()").click()
    page.get_by_role("button", name="More in the lessons: gradient").click()
    expect(page.get_by_role("radio", name="2 · backward, gradient")).to_be_checked()
    page.locator("summary", has_text="gradient").click()
    meaning = page.locator(".terms [open] p").bounding_box()
    onward = page.locator(".st-key-screen_next").bounding_box()
    assert meaning["y"] > onward["y"] + onward["height"]  # a term's meaning covers nothing


def test_keys_turn_the_lines_and_the_last_leads_to_the_next_epoch(page):
    lines = [now(page)]
    for _line in range(5):
        page.keyboard.press("ArrowRight")
        lines.append(now(page))
    assert lines[0] == "y_logits = model(X)"
    assert lines[1:] == [
        "loss = loss_function(y_logits, y)", "losses.append(loss.item())", "optimizer.zero_grad()", "loss.backward()",
        "optimizer.step()",
    ]  # fmt: skip
    choose(page, "All 256 points")
    page.get_by_role("button", name="losses.append(loss.item())").click()
    page.get_by_text("Epoch 0: the loss 0.7497 is recorded.").wait_for()
    page.get_by_role("button", name="optimizer.step()").click()
    page.get_by_role("button", name="Next epoch").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".opened .now")).to_have_text(lines[0], timeout=20_000)
    assert "1" in page.locator(".st-key-opened_epoch").text_content()
    page.keyboard.press("ArrowLeft")  # already at the first line: nothing happens
    assert now(page) == lines[0]
    page.get_by_role("button", name="loss.backward()").click()
    assert now(page) == "loss.backward()"


def test_a_weight_pointed_at_lights_its_path_and_tells_its_chain(page):
    page.get_by_role("button", name="loss.backward()").click()
    panel = page.locator(".opened .panel")
    before = panel.locator("select").input_value()
    lit = page.locator(".opened .edge.lit")
    assert lit.count() == 3  # one into the unit, one to each logit
    other = "0-5-1" if before != "0-5-1" else "0-6-0"
    panel.locator("select").select_option(other)
    assert lit.count() == 3
    boxes = [float(text.replace("−", "-")) for text in panel.locator(".box b").all_text_contents()]
    product = boxes[0] * boxes[1] * boxes[2]
    assert product == pytest.approx(boxes[3], abs=2e-3)
    panel.locator(".check").click()
    proof = panel.locator(".proof")
    proof.wait_for()
    assert "Autograd says" in proof.text_content()


def test_a_line_of_the_program_pointed_at_lights_what_it_computes(page):
    page.get_by_role("button", name="optimizer.zero_grad()").click()
    page.get_by_role("button", name="nn.Linear(16, 2),").hover()
    assert page.locator(".opened .edge.lit").count() == 32
    assert "34 numbers" in page.locator(".opened .panel").text_content()
    page.get_by_role("button", name="nn.ReLU(),").focus()
    assert page.locator(".opened .unit.lit").count() == 16
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="nn.ReLU(),")).to_be_focused()  # its picture stays, and so does the place
    assert page.locator(".opened .unit.lit").count() == 16
    page.get_by_role("button", name="optimizer.zero_grad()").press("Enter")
    page.get_by_role("button", name="optimizer.zero_grad()").blur()
    page.locator(".opened .which").hover()
    assert page.locator(".opened .edge").count() == 0  # the line that is open draws curves


CONTRASTS = """() => {
  const pen = document.createElement("canvas").getContext("2d", { willReadFrequently: true })
  const luminance = (color) => {
    pen.fillStyle = color
    pen.fillRect(0, 0, 1, 1)
    const linear = [...pen.getImageData(0, 0, 1, 1).data.slice(0, 3)].map((byte) => {
      const share = byte / 255
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
    })
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
  }
  const root = [...document.querySelectorAll("*")].find((e) => e.shadowRoot?.querySelector(".opened")).shadowRoot
  const unit = root.querySelector(".unit:has(.id)")
  const on = (name, value) => {
    unit.style.setProperty(name, value)
    const [text, circle] = [".on", "circle"].map((part) => luminance(getComputedStyle(unit.querySelector(part)).fill))
    unit.style.removeProperty(name)
    return (Math.max(text, circle) + 0.05) / (Math.min(text, circle) + 0.05)
  }
  const shades = [...Array(101).keys()].map((percent) => on("--lit", percent / 100))
  return [...shades, ...COLORS.map((color) => on("--fill", color))]
}"""


def room_before_lines(page):
    """Pixels between the first hidden unit's value and where the lines to the outputs begin."""
    value = page.locator(".opened .unit:has(.id) text:not(.id)").first
    starts = page.locator(".opened .picture .edge").evaluate_all(
        "all => all.slice(-32).map((e) => e.ownerSVGElement.getBoundingClientRect().x + e.getPointAtLength(0).x)"
    )
    return min(starts) - value.evaluate("e => e.getBoundingClientRect().right")


def test_a_unit_s_number_can_be_read_on_every_shade_and_no_line_crosses_its_value(page):
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        assert min(page.evaluate(CONTRASTS.replace("COLORS", str(list(palette.CLASSES))))) >= 4.5
    assert_soon(page, lambda: room_before_lines(page) >= 0)


def test_a_press_on_the_map_opens_that_points_step(page):
    which = page.locator(".opened .which")
    before = which.text_content()
    box = page.locator(".opened .map").bounding_box()
    page.mouse.click(box["x"] + 0.2 * box["width"], box["y"] + 0.4 * box["height"])
    expect(which).not_to_have_text(before)
    assert which.text_content().startswith("Point ")


def test_the_network_shrinks_with_its_room(page):
    place = page.locator(".opened .picture")

    def is_cut():
        return place.evaluate("e => e.scrollWidth > e.clientWidth || e.getBoundingClientRect().right > innerWidth")

    try:
        page.set_viewport_size({"width": 1900, "height": 900})
        assert_soon(page, lambda: place.bounding_box()["width"] > 900 and not is_cut())
    finally:
        page.set_viewport_size({"width": 1400, "height": 900})
    assert_soon(page, lambda: place.bounding_box()["width"] < 900 and not is_cut())


def test_the_whole_network_fits_a_phone(context, address):
    page = open_page(context, f"{address}/?v=1&training.epochs=200")
    page.set_viewport_size({"width": 400, "height": 900})
    choose(page, "Learn")
    page.locator(".opened .now").wait_for()
    assert_soon(page, lambda: page.evaluate("document.querySelector('.stMain').scrollWidth") <= 400)
    drawing = page.locator(".opened .picture svg").bounding_box()
    assert drawing["x"] >= 0
    assert drawing["x"] + drawing["width"] <= 400
    page.close()


@pytest.mark.parametrize("locale", ["en-US", "ko-KR"])
def test_a_walk_through_all_sections(context, address, locale):
    own = context.browser.new_context(locale=locale, viewport={"width": 1400, "height": 900})
    language = locale[:2]
    page = learn(own, address, translator(language)("Learn"))
    assert page.evaluate("document.documentElement.lang") == language
    for lesson in SECTIONS:
        walk(page, lesson, language)
    assert page.errors == []
    own.close()


def walk(page, lesson, language):
    """Turn every screen of a section, each with its title in the browser's language and nothing beyond its edge."""
    words = translator(language)
    choose(page, words(LESSONS[lesson].label))
    for number, screen in enumerate(SECTIONS[lesson].SCREENS, start=1):
        title = page.get_by_role("radio", name=f"{number} · {words(screen.title)}", exact=True)
        expect(title).to_be_checked(timeout=20_000)
        page.locator(".st-key-screen").wait_for()
        assert page.locator("[data-testid=stException]").count() == 0
        assert page.evaluate("document.querySelector('.stMain').scrollWidth") <= 1400
        if number < len(SECTIONS[lesson].SCREENS):
            onward = words("Next: {title}").format(title=words(SECTIONS[lesson].SCREENS[number].title))
            page.get_by_role("button", name=onward, exact=True).click()
    expect(page.locator(".st-key-screen_next")).to_have_count(0, timeout=20_000)


def test_the_mystery_is_fixed_and_learns_before_ones_eyes(page):
    choose(page, LESSONS["mystery"].label)
    choose(page, "The fix")
    page.locator(".st-key-mystery_suspect").get_by_role("radio").first.click()  # the cause waits for a guess
    page.get_by_role("button", name="Fix it and watch it learn").click()
    page.wait_for_function(
        """() => {
          const host = [...document.querySelectorAll('.st-key-stage *')].find((e) => e.shadowRoot)
          const text = host?.shadowRoot.querySelector('[data-say=loss-train]')?.textContent
          return text && Number(text) < 0.3
        }""",
        timeout=60_000,
    )


def test_an_exhibit_of_the_museum_is_a_press_away(page):
    choose(page, LESSONS["museum"].label)
    page.locator(".st-key-museum_overshoot_before button").click(timeout=60_000)
    page.wait_for_selector(".st-key-boundary .js-plotly-plot .subplot", state="attached", timeout=30_000)
    page.get_by_text("Diverging:").wait_for(timeout=30_000)


def test_a_class_s_name_is_text_in_every_picture_of_a_step_whatever_it_says(context, address):
    name = "<img src=x> $& {z}"
    table = Table((0, 1, 2, 3), (0, 1, 3, 2), (0, 1, 0, 1), ("cat", name))
    page = open_page(context, f"{address}/?v=1&training.epochs=200&data.kind=own&data.table={table.link}")
    page.get_by_role("radio", name="Learn", exact=True).click()
    page.locator(".opened .now").wait_for()
    expect(page.locator(".picture svg")).to_contain_text("<img src=x>…")
    page.locator(".picture .unit").last.hover()
    expect(page.locator(".panel .sum")).to_contain_text(f"Logit of class {name}: ")
    for _line in range(4):
        page.keyboard.press("ArrowRight")
    choice = page.locator(".picker select")
    expect(choice).to_contain_text("logit <img src=x>… ← unit 1")
    choice.select_option(label="logit <img src=x>… ← unit 1")
    expect(page.locator(".chain")).to_contain_text(f"probability of class {name}, ")
    assert page.locator(".opened img").count() == 0
    assert page.errors == []
    page.close()


def test_the_line_about_a_run_that_goes_on_comes_and_goes_and_moves_nothing(context, address):
    page = open_page(context, f"{address}/?v=1&training.epochs=40000")
    page.keyboard.press("2")
    choose(page, "3.2 Network")
    choose(page, "4 · Count them")
    line, steps = (page.locator(f".st-key-{key}") for key in ("under_way", "steps"))
    expect(page.get_by_role("radio", name="4 · Count them")).to_be_checked()
    expect(line).to_have_text("")
    before = steps.bounding_box()
    page.keyboard.press("1")
    page.locator(".st-key-train button").click()
    page.keyboard.press("2")
    expect(line).to_contain_text("of 40,000. This screen doesn't follow it.")
    said = line.text_content()
    expect(line).not_to_have_text(said)  # it goes on by itself
    assert steps.bounding_box() == before
    page.keyboard.press("1")
    page.locator(".st-key-pause button").click()
    page.keyboard.press("2")
    expect(line).to_have_text("")
    assert steps.bounding_box() == before
    assert page.errors == []
    page.close()
