"""A class sheet in a real browser: from the student's link to the teacher's printed table."""

from playwright.sync_api import expect

from moons import DataSpec, Experiment, ModelSpec, TrainSpec
from moons.answer import answer_from
from moons.assignment import Assignment
from tests.browser import assert_soon, open_page

START = Experiment(DataSpec(n_points=60), ModelSpec((8,)), TrainSpec(epochs=400, learning_rate=0.3))
SHEET = Assignment("Reach 80 %", goal=0.8, max_units=8, start=START)


def test_a_student_hands_in_a_code_that_the_teacher_checks_and_prints(context, address):
    page = open_page(context, f"{address}/?view.sheet={SHEET.code}")
    transport = page.locator(".st-key-transport")
    page.get_by_text("When the goal is reached, a code to hand in is here.").wait_for()
    before = transport.bounding_box()["y"]
    page.locator(".st-key-train button").first.click()
    page.get_by_text("Goal reached.").wait_for()
    assert transport.bounding_box()["y"] == before  # what is said has a place of its own
    page.get_by_placeholder("Your name, if you like").fill("Mina")
    page.keyboard.press("Enter")
    code = page.locator(".st-key-copy_answer input")
    assert_soon(page, lambda: answer_from(code.input_value(), SHEET).name == "Mina")
    text = code.input_value()
    page.goto(f"{address}/?view.room=classroom&view.sheet={SHEET.code}")
    page.get_by_label("Codes", exact=True).fill(text)
    page.keyboard.press("Control+Enter")
    page.get_by_role("button", name="Check", exact=True).click()
    table = page.locator("table").filter(has_text="Mina")
    expect(table).to_contain_text("reached", timeout=20_000)
    expect(page.locator(".st-key-sheet_printed")).to_be_hidden()
    page.emulate_media(media="print")
    expect(page.get_by_label("Codes", exact=True)).to_be_hidden()
    expect(page.locator(".st-key-sheet_printed")).to_contain_text(f"view.sheet={SHEET.code}")
    expect(page.locator(".st-key-sheet_printed")).to_be_visible()
    expect(table).to_be_visible()
    assert page.errors == []
    page.close()
