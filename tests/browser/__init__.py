"""The real page in a real browser, for tests and benchmarks."""

import os
import shutil
import socket
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.request import urlopen

from playwright.sync_api import Error, sync_playwright

ROOT = Path(__file__).parents[2]
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


@contextmanager
def server(*options, script=ROOT / "streamlit_app.py"):
    """The page on a free local port: (address, process)."""
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "streamlit",
        "run",
        str(script),
        "--server.headless",
        "true",
        "--server.fileWatcherType",
        "none",
    ]
    process = subprocess.Popen(
        [*command, "--server.port", str(port), *options],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"PYTHONWARNINGS": "default", "PYTHONPATH": str(ROOT)},
    )
    address = f"http://localhost:{port}"
    try:
        wait_until_up(address, process)
        yield address, process
    finally:
        process.terminate()
        process.wait()


def wait_until_up(address, process, seconds=60):
    for _try in range(seconds * 20):
        assert process.poll() is None, "the server has stopped"
        try:
            with urlopen(f"{address}/_stcore/health", timeout=5):
                return
        except OSError:
            time.sleep(0.05)
    raise TimeoutError(address)


@contextmanager
def browser():
    """Chromium. Pages of one of its contexts share a cache."""
    with sync_playwright() as playwright:
        chromium = launch(playwright.chromium, FLAGS)
        yield chromium
        chromium.close()


def launch(kind, flags):
    """A browser of this kind: the system's, else Playwright's own."""
    names = ("chromium", "chromium-browser", "google-chrome")
    path = next((path for name in names if (path := shutil.which(name))), None)
    return kind.launch(executable_path=path, args=flags)


def open_page(context, address):
    """A page that has come to rest. Errors in its console are kept in `page.errors`."""
    page = context.new_page()
    page.set_default_timeout(30_000)
    page.errors = []
    page.on("pageerror", lambda error: page.errors.append(str(error)))
    page.on("console", lambda message: page.errors.append(message.text) if message.type == "error" else None)
    page.goto(address)
    page.wait_for_selector("[data-testid=stApp][data-test-connection-state=CONNECTED]", timeout=60_000)
    for chart in ("loss", "boundary"):
        page.wait_for_selector(f".st-key-{chart} .js-plotly-plot .subplot", state="attached", timeout=60_000)
    page.wait_for_selector(".strip[data-painted]", timeout=60_000)
    return page


class Tab:
    """One page for many tests: opening one takes longer than most of them."""

    def __init__(self, context, address, link):
        self.context, self.address, self.link, self.page = context, address, link, None

    def fresh(self):
        """The page as the link opens it, its run untrained. It is loaded anew where a test has left it broken."""
        for _try in range(2 if self.page else 0):
            with suppress(Error):
                self._again()
                self.page.errors.clear()
                return self.page
        self.close()
        self.page = open_page(self.context, self.address + self.link)
        return self.page

    def _again(self):
        """Go to the link as the browser's Back does, and reset the run."""
        self.page.bring_to_front()
        self.page.set_viewport_size({"width": 1400, "height": 900})
        self.page.mouse.move(0, 0)
        self.page.keyboard.press("Escape")
        self.page.evaluate(GO, self.link)
        self.page.locator(".st-key-train button").wait_for(timeout=5_000)
        self.page.wait_for_selector(".strip[data-painted]", timeout=5_000)
        moved = figures(self.page)["epoch"] != "0"
        self.page.locator(".st-key-reset button").click(timeout=5_000)
        self.page.wait_for_function(AT_START, arg=self.link, timeout=5_000)
        self.page.wait_for_timeout(
            700 if moved else 200
        )  # the page follows a run that rests, and what was clicked last
        self.page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]", timeout=5_000)
        self.page.evaluate("document.activeElement.blur()")

    def close(self):
        if self.page:
            self.page.close()


GO = """link => {
  history.pushState({}, '', link)
  dispatchEvent(new PopStateEvent('popstate', { state: {} }))
}"""
AT_START = """link => {
  const host = [...document.querySelectorAll('.st-key-stage *')].find((e) => e.shadowRoot)
  const settings = new URL(link, location).search.split('&view')[0].replace('?', '')
  return location.search.split('&view')[0].replace('?', '') === settings
    && host?.shadowRoot.querySelector('[data-say=epoch]').textContent === '0'
}"""


def assert_soon(page, met, seconds=20):
    """Look at the page until `met()` holds: what a person does reaches its parts one after the other."""
    for _look in range(10 * seconds):
        if met():
            return
        page.wait_for_timeout(100)
    assert met()


def figures(page):
    """The figures strip: {"epoch": "1,234", "loss-train": …}."""
    return dict(page.locator(".strip [data-say]").evaluate_all("all => all.map(e => [e.dataset.say, e.textContent])"))


def epoch(page):
    """The epoch that the page shows."""
    return int(figures(page)["epoch"].replace(",", ""))


def slider(page, key):
    """The slider of a setting, for the keyboard."""
    return page.locator(f".st-key-{key} input[type=range]").first


WATCH = """() => {
  const seen = { updates: { loss: 0, boundary: 0 }, blank: 0, dim: 0, pictures: 0, frames: 0, began: performance.now() }
  window.seen = seen
  const last = {}
  const host = [...document.querySelectorAll('.st-key-stage *')].find((e) => e.shadowRoot)
  const strip = host.shadowRoot.querySelector('.strip')
  new MutationObserver(() => seen.pictures++).observe(strip, { attributes: true, attributeFilter: ['data-painted'] })
  for (const name of ['loss', 'boundary']) {
    const gd = document.querySelector(`.st-key-${name} .js-plotly-plot`)
    gd.on('plotly_restyle', () => seen.updates[name]++)
  }
  const opacity = (e) => (e ? Number(getComputedStyle(e).opacity) * opacity(e.parentElement) : 1)
  const look = () => {
    seen.frames++
    for (const name of ['loss', 'boundary']) {
      const plot = document.querySelector(`.st-key-${name} .js-plotly-plot .subplot`)
      if (!plot || !plot.childElementCount) seen.blank++
      else if (opacity(plot) < 0.99) seen.dim++
    }
    if (opacity(host) < 0.99) seen.dim++
    seen.timer = requestAnimationFrame(look)
  }
  look()
}"""


def watch(page):
    """Start to count, in the browser: chart updates, pictures, blank and dimmed frames."""
    page.evaluate(WATCH)


def seen(page):
    """What was counted since `watch`, with the seconds that passed."""
    return page.evaluate("() => ({ ...window.seen, seconds: (performance.now() - window.seen.began) / 1000 })")
