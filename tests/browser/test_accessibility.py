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
