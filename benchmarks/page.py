"""What the live page costs: start, refresh, smoothness, memory, and a slider's way to its picture."""

import logging
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dashboard.app import events as e
from dashboard.app.message import Listener, message
from dashboard.app.session import Session
from dashboard.app.sessions import Sessions
from moons import DataSpec, Experiment, ModelSpec, TrainSpec
from tests.browser import browser, epoch, open_page, seen, server, slider, watch

SLOW = (
    "data.n_points=5000&data.n_test=5000&model.hidden=256-256-256-256-256-256&training.batch_size=1"
    "&training.optimizer=adamw&training.epochs=100000&view.epoch=3"
)  # one epoch takes tens of seconds


def main() -> None:
    """Print every figure."""
    logging.disable(logging.WARNING)  # Streamlit would warn that no page runs in this process
    messages()
    seeks()
    cancels()
    in_the_browser()


@contextmanager
def looking_at(experiment: Experiment) -> Iterator[Session]:
    """A session whose run of `experiment` is finished."""
    sessions = Sessions()
    session = sessions.new()
    session.send(e.SettingsChanged(experiment, "cpu"))
    session.look()
    assert session.player.wait(120)
    yield session
    sessions.runner.close()


def messages() -> None:
    """Server time and bytes of a state that is pushed to a browser while a run plays."""
    print("a state in a live message:")
    for name, spec in (("16 units", ModelSpec()), ("6 × 16 units", ModelSpec(hidden=(16,) * 6))):
        with looking_at(Experiment(model=spec)) as session:
            listener, seconds, size, n_states = Listener(), 0.0, 0, 0
            session.send(e.Sought(0))
            session.send(e.TrainPressed())
            until = time.perf_counter() + 3
            while time.perf_counter() < until:
                time.sleep(0.03)
                session.look()
                began = time.perf_counter()
                news = message(session, listener, 0.03)
                if news:
                    seconds, size = seconds + time.perf_counter() - began, size + len(news)
                    n_states += int.from_bytes(news[28:32], "little")  # as the message's header has it
            print(f"  {name:<13} {1000 * seconds / n_states:5.2f} ms {size / n_states / 1000:6.2f} kB")


def seeks() -> None:
    """From a seek to its state, in a run whose epochs take long (9.6 s while the page's tick trained)."""
    experiment = Experiment(
        DataSpec(n_points=1_000), ModelSpec(hidden=(64,) * 6), TrainSpec(epochs=400, optimizer="adam")
    )
    with looking_at(experiment) as session:
        times = []
        for n in range(20):
            began = time.perf_counter()
            session.send(e.Sought(37 * (n + 1) % 400))
            session.look()
            assert session.player.wait(60)
            times.append(time.perf_counter() - began)
    print(f"seek, 6 × 64 units: median {1000 * statistics.median(times):.0f} ms, longest {1000 * max(times):.0f} ms")


def cancels() -> None:
    """From a change of settings inside an epoch that takes tens of seconds to the finished run of the new ones."""
    long = Experiment(
        DataSpec(n_points=5_000),
        ModelSpec(hidden=(256,) * 6),
        TrainSpec(epochs=1_000, batch_size=1, optimizer="adamw"),
    )
    short, times = Experiment(training=TrainSpec(epochs=1)), []
    with looking_at(short) as session:
        for _change in range(5):
            session.send(e.SettingsChanged(long, "cpu"))
            session.look()
            time.sleep(1)
            began = time.perf_counter()
            session.send(e.SettingsChanged(short, "cpu"))
            session.look()
            assert session.player.wait(60)
            times.append(time.perf_counter() - began)
    print(f"a change inside a slow epoch, to its own run: median {1000 * statistics.median(times):.0f} ms")


def in_the_browser() -> None:
    """The page as a person meets it, browser and server on this machine."""
    began = time.perf_counter()
    with server() as (address, process):
        print(f"process start to a page that answers: {time.perf_counter() - began:.1f} s")
        with browser() as chromium:
            page = open_page(chromium.new_context(locale="en-US", viewport={"width": 1400, "height": 900}), address)
            print(f"process start to a drawn page:        {time.perf_counter() - began:.1f} s")
            page.wait_for_timeout(8_000)  # the engine is loaded in the background
            idle = f"{memory(process.pid)}, idle"
            for switched in (False, True):
                if page.locator(".sheet").is_visible() is not switched:
                    page.locator("[class*=st-key-network] label:visible", has_text="Look inside").click()
                    page.wait_for_timeout(1_500)
                print("with the network diagram:" if switched else "without the network diagram:")
                smoothness(page, process.pid)
            lens(page)
            scrub(page)
            for _run in range(10):
                page.get_by_role("button", name="New points").click()
                page.wait_for_timeout(600)
            recovery(page)
            began = time.perf_counter()
            open_page(page.context, f"{address}?{SLOW}")
            print(f"the page of a slow run's link: {time.perf_counter() - began:.1f} s to its picture (105 s before)")
            print(f"server memory: {idle}; after ten more runs {memory(process.pid)}")


def smoothness(page: Any, pid: int) -> None:
    """Pictures a second while training, and the server's share of one core."""
    page.locator(".st-key-reset button").click()
    page.wait_for_timeout(1_000)
    page.locator(".st-key-train button").click()
    page.wait_for_timeout(2_000)
    watch(page)
    cpu, began = cpu_seconds(pid), time.perf_counter()
    page.wait_for_timeout(8_000)
    counts, passed = seen(page), time.perf_counter() - began
    share = (cpu_seconds(pid) - cpu) / passed
    rate = counts["pictures"] / counts["seconds"]
    print(
        f"live: {rate:.1f} pictures/s, {counts['frames'] / counts['seconds']:.0f} browser frames/s, "
        f"{counts['blank']} blank, {counts['dim']} dimmed, server at {share:.0%} of a core, epoch {epoch(page):,}"
    )
    page.locator(".st-key-reset button").click()  # so that the run doesn't end meanwhile
    page.wait_for_timeout(1_000)
    page.locator(".st-key-train button").click()
    page.wait_for_timeout(1_000)
    page.evaluate(PAUSES)
    for _pause in range(5):
        page.locator(".st-key-pause button").click()
        page.wait_for_timeout(700)
        page.locator(".st-key-train button").click()
        page.wait_for_timeout(700)
    page.locator(".st-key-pause button").click()
    page.locator(".st-key-train button").wait_for()
    print(f"click on Pause to its effect: median {statistics.median(page.evaluate('() => window.pauses')):.0f} ms")


PAUSES = """() => {
  window.pauses = []
  const look = (clicked) => {
    if (document.body.dataset.moves === 'true') requestAnimationFrame(() => look(clicked))
    else window.pauses.push(performance.now() - clicked)
  }
  const hear = (event) => event.target.closest?.('.st-key-pause') && look(event.timeStamp)
  addEventListener('pointerdown', hear, true)
}"""
LENS = """() => {
  window.lens = []
  let moved = null
  const host = [...document.querySelectorAll('.st-key-stage *')].find((e) => e.shadowRoot)
  const painted = () => {
    if (moved !== null) window.lens.push(performance.now() - moved)
    moved = null
  }
  new MutationObserver(() => requestAnimationFrame(() => setTimeout(painted))).observe(
    host.shadowRoot.querySelector('.strip'), { attributes: true, attributeFilter: ['data-painted'] })
  new MutationObserver(() => (moved ??= performance.now())).observe(
    document.querySelector('[data-testid=stSidebar]'), { subtree: true, attributeFilter: ['aria-valuetext'] })
}"""


def lens(page: Any) -> None:
    """From a slider's move under the hand to the painted picture of its finished run."""
    page.evaluate(LENS)
    box = slider(page, "training-learning_rate").locator("..").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    for move in range(40):
        page.mouse.move(x - 60 + 4 * move, y)
        page.wait_for_timeout(150)
    page.mouse.up()
    page.wait_for_timeout(500)
    times = page.evaluate("() => window.lens")
    print(f"slider move to painted picture: median {statistics.median(times):.0f} ms over {len(times)} pictures")


SCRUB = """() => {
  window.scrub = []
  let moved = null
  const host = [...document.querySelectorAll('.st-key-stage *')].find((e) => e.shadowRoot)
  const painted = () => {
    if (moved !== null) window.scrub.push(performance.now() - moved)
    moved = null
  }
  new MutationObserver(() => requestAnimationFrame(() => setTimeout(painted))).observe(
    host.shadowRoot.querySelector('.strip'), { attributes: true, attributeFilter: ['data-painted'] })
  host.shadowRoot.querySelector('.timeline input').addEventListener('input', () => (moved ??= performance.now()))
}"""


def scrub(page: Any) -> None:
    """From the timeline's move under the hand to the painted picture of that epoch, all of a finished run's length."""
    page.locator(".st-key-speed").get_by_role("combobox").click()
    page.get_by_role("option", name="all at once").click()
    page.locator(".st-key-train button").click()
    page.get_by_text("Finished.").wait_for()
    page.wait_for_timeout(1_000)
    page.evaluate(SCRUB)
    box = page.locator(".timeline input").bounding_box()
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] - 8, y)
    page.mouse.down()
    for move in range(60):
        page.mouse.move(box["x"] + 10 + (37 * move % 60) / 60 * (box["width"] - 20), y)  # near and far leaps
        page.wait_for_timeout(150)
    page.mouse.up()
    page.wait_for_timeout(500)
    times = page.evaluate("() => window.scrub")
    print(f"timeline move to painted picture: median {statistics.median(times):.0f} ms over {len(times)} pictures")


def recovery(page: Any) -> None:
    """From a reload to the run that was looked at (epoch 0 before)."""
    before, began = epoch(page), time.perf_counter()
    page.reload()
    page.wait_for_selector(".strip[data-painted]")
    while epoch(page) != before:
        page.wait_for_timeout(20)
    print(f"reload to epoch {before:,} again: {time.perf_counter() - began:.1f} s")


def memory(pid: int) -> str:
    """What a process holds: in all, and what is its own rather than a file that is mapped."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="utf-8").splitlines()[1:]
    except OSError:
        return "unknown"
    kilobytes = {name: int(size.split()[0]) for name, _colon, size in (line.partition(":") for line in lines)}
    return f"{kilobytes['Rss'] / 1024:.0f} MB, of which {kilobytes['Anonymous'] / 1024:.0f} MB are its own"


def cpu_seconds(pid: int) -> float:
    """Processor time that a process has used; NaN where the system doesn't say."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return float("nan")
    return (int(fields[11]) + int(fields[12])) / 100  # clock ticks, 100 a second on Linux


if __name__ == "__main__":
    main()
