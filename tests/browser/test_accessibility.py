"""The page for those who listen to it or use its keys alone: axe-core finds nothing to complain of."""

import pytest
from playwright.sync_api import expect

from tests.browser import ROOT, open_page

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
ROOMS = ("train", "learn", "compare", "explore", "data", "takeaway")
BREACHES = """async () => (await axe.run(document, { resultTypes: ["violations"] })).violations.flatMap((rule) =>
  rule.nodes.map((node) => `${rule.id}: ${node.target.flat().join(" ")} ${node.any[0]?.message ?? ""}`))"""


def breaches(page):
    """What axe finds, once the room is all there."""
    for _look in range(20):
        page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
        found = page.evaluate(BREACHES)
        if not found:
            break
        page.wait_for_timeout(200)
    return found


@pytest.mark.parametrize("locale", ["en-US", "ko-KR"])
def test_no_room_breaks_a_rule_of_axe(chromium, address, locale):
    context = chromium.new_context(locale=locale, viewport={"width": 1400, "height": 900})
    page = open_page(context, address)
    page.locator("a.skip").wait_for(state="attached")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".st-key-train button")).to_be_focused()  # past the rooms and the settings
    page.locator("[data-say=loss-label]").hover()
    expect(page.get_by_role("tooltip").filter(has_text="−ln")).to_be_visible()  # what the label's term means
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = {}
    for key, room in enumerate(ROOMS):
        page.locator(".st-key-room").get_by_role("radio").nth(key).click()
        expect(page.locator("h1")).to_have_count(1)
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme)
            found[room, theme] = breaches(page)
    assert {where: what for where, what in found.items() if what} == {}
    assert page.errors == []
    context.close()


def test_what_streamlit_says_of_a_number_and_a_key_is_in_the_page_s_language(chromium, address):
    context = chromium.new_context(locale="ko-KR", viewport={"width": 1400, "height": 900})
    page = open_page(context, address)
    key = page.locator(".st-key-train kbd")
    expect(key).to_have_text("스페이스바")
    expect(key).to_have_attribute("aria-label", "단축키 스페이스바")
    field = page.locator(".st-key-training-epochs")
    field.locator("input").fill("0")
    expect(field).to_contain_text("Enter 키로 적용")
    page.keyboard.press("Enter")
    expect(field.get_by_role("alert")).to_have_text("오류: 1에서 100000 사이의 값을 입력하세요.")
    page.locator(".st-key-languages button").first.click()
    page.locator("[data-testid=stPopoverBody]").get_by_text("English").click()
    expect(key).to_have_text("Space")
    context.close()
