"""Explore under the hand: each study leads to a run, or to an epoch of the run. A sweep does so in test_sweep.py."""

from playwright.sync_api import expect

LINK = "view.room=explore&view.seeds=2&view.search_runs=10"
TINY = "training.epochs=20&training.learning_rate=10&data.n_points=40"  # its runs diverge
SLOW = 30_000  # milliseconds
# of the middle of a run's path: where it is on the screen, and its epoch
MIDDLE = """(gd) => {
  const { xaxis, yaxis } = gd._fullLayout, { left, top } = gd.getBoundingClientRect()
  const path = gd._fullData.find((trace) => trace.type === "scatter" && trace.customdata?.length > 9)
  const k = path.x.length >> 1, [epoch] = path.customdata[k]
  return [left + xaxis._offset + xaxis.d2p(path.x[k]), top + yaxis._offset + yaxis.d2p(path.y[k]), epoch]
}"""


def begin(page, study):
    page.locator(".st-key-room").get_by_role("radio", name="Explore").click(timeout=SLOW)
    page.locator(".st-key-panel").get_by_role("radio", name=study, exact=True).click(timeout=SLOW)
    page.locator(".st-key-begin_study button").click(timeout=SLOW)


def open_run(page, button):
    """Press a study's button: the whole page is the study's run, its address too."""
    before = page.evaluate("location.search.split('&').filter((part) => !part.includes('view.')).join()")
    page.locator(f"[class*=st-key-{button}] button").first.click(timeout=SLOW)
    expect(page.locator(".st-key-notice")).to_contain_text("The run of the study is on the page now.", timeout=SLOW)
    expect(page.locator(".st-key-room [aria-checked=true]")).to_have_text("Watch", timeout=SLOW)
    changed = "(before) => location.search.split('&').filter((part) => !part.includes('view.')).join() !== before"
    page.wait_for_function(changed, arg=before, timeout=SLOW)


def test_each_study_leads_to_a_run_of_its_own(context, address):
    page = context.new_page()
    page.goto(f"{address}/?{LINK}&{TINY}")
    begin(page, "Seeds")
    open_run(page, "stuck_")
    begin(page, "Search")
    open_run(page, "open_best")
    page.locator(".st-key-room").get_by_role("radio", name="Explore").click()
    page.locator(".st-key-panel").get_by_role("radio", name="Landscape").click(timeout=SLOW)
    chart = page.locator(".st-key-landscape_map .js-plotly-plot")
    page.wait_for_function("(gd) => gd._fullData?.length > 2", arg=chart.element_handle(timeout=SLOW), timeout=SLOW)
    x, y, epoch = page.evaluate(MIDDLE, chart.element_handle())
    page.mouse.click(x, y)
    expect(page.locator(".st-key-landscape_epoch")).to_contain_text(f"{epoch:.0f}", timeout=SLOW)
    page.close()
