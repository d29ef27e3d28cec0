"""What the live page costs: start, refresh, smoothness, memory, and a slider's way to its picture."""

import json
import logging
import statistics
import time
from itertools import islice
from pathlib import Path
from typing import Any

import torch

from dashboard.app.status import Status
from dashboard.rooms.train import live
from dashboard.rooms.train.scene import Camera, Look
from moons import Experiment, History, ModelSpec
from moons.inspection.curve import loss_curve
from tests.browser import browser, epoch, open_page, seen, server, slider, watch


def main() -> None:
    """Print every figure."""
    logging.disable(logging.WARNING)  # Streamlit would warn that no page runs in this process
    refresh()
    in_the_browser()


def refresh() -> None:
    """Server time and bytes of one tick of eight pictures, without Streamlit's own share."""
    torch.set_num_threads(1)  # as the page does
    network_16 = ModelSpec()
    network_96 = ModelSpec(hidden=(16,) * 6)
    print("page refresh, a picture (before compression):")
    for name, spec, look in (
        ("boundary and loss", network_16, Look()),
        ("with the diagram", network_16, Look(network=True)),
        ("6 × 16 units", network_96, Look()),
        ("with the diagram", network_96, Look(network=True)),
    ):
        milliseconds, kilobytes = _picture(Experiment(model=spec), look)
        print(f"  {name:<18} {milliseconds:5.1f} ms {kilobytes:6.1f} kB")


def _picture(experiment: Experiment, look: Look) -> tuple[float, float]:
    """Milliseconds and kB of a picture, the training of its 20 epochs left out."""
    history = History(experiment)
    next(history.play(history.last, 100))
    camera = Camera(experiment.model, experiment.training, history.dataset, look)
    camera.choose_units(history.last)
    seconds, size = [], 0
    for _tick in range(20):
        states = [chunk.state for chunk in islice(history.play(history.last, 20), 8)]
        began = time.perf_counter()
        frames = [camera.frame(camera.moment(state), 0.0) for state in states]
        curve = loss_curve(history)
        data = live.payload(
            serial=0, scene=0, figures=None, network=None, frames=frames, now=frames[0], curve=curve, known=0,
            interval=0.3, status=Status(""), alts={}, language="en", sliders=[], trace=None, picked=None,
            playing=True, preview=False, by_hand="",
        )  # fmt: skip
        size = len(json.dumps(data))
        seconds.append(time.perf_counter() - began)
    return 1000 * statistics.median(seconds) / 8, size / 8000


def in_the_browser() -> None:
    """The page as a person meets it, browser and server on this machine."""
    began = time.perf_counter()
    with server() as (address, process):
        print(f"process start to a page that answers: {time.perf_counter() - began:.1f} s")
        with browser() as chromium:
            page = open_page(chromium.new_context(locale="en-US", viewport={"width": 1400, "height": 900}), address)
            print(f"process start to a drawn page:        {time.perf_counter() - began:.1f} s")
            page.wait_for_timeout(8_000)  # the engine is loaded in the background
            idle = memory(process.pid)
            for switched in (False, True):
                if page.locator(".st-key-network input").is_checked() is not switched:
                    page.locator(".st-key-network label").click()
                    page.wait_for_timeout(1_500)
                print("with the network diagram:" if switched else "without the network diagram:")
                smoothness(page, process.pid)
            lens(page)
            scrub(page)
            for _run in range(10):
                page.get_by_role("button", name="New points").click()
                page.wait_for_timeout(600)
            print(f"server memory: {idle:.0f} MB idle, {memory(process.pid):.0f} MB after ten more runs")


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
    page.evaluate(PAUSES)
    for _pause in range(5):
        page.locator(".st-key-pause button").click()
        page.wait_for_timeout(1_000)
        page.locator(".st-key-train button").click()
        page.wait_for_timeout(1_000)
    page.locator(".st-key-pause button").click()
    page.locator(".st-key-train button").wait_for()
    print(f"click on Pause to its effect: median {statistics.median(page.evaluate('() => window.pauses')):.0f} ms")


PAUSES = """() => {
  window.pauses = []
  let clicked = null
  const hear = (event) => event.target.closest('.st-key-pause') && (clicked = performance.now())
  document.addEventListener('click', hear, true)
  new MutationObserver(() => {
    if (clicked === null || !document.querySelector('.st-key-train button')) return
    window.pauses.push(performance.now() - clicked)
    clicked = null
  }).observe(document.body, { subtree: true, childList: true })
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


def memory(pid: int) -> float:
    """Resident memory of a process, MB; NaN where the system doesn't say."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    except OSError:
        return float("nan")
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


def cpu_seconds(pid: int) -> float:
    """Processor time that a process has used; NaN where the system doesn't say."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return float("nan")
    return (int(fields[11]) + int(fields[12])) / 100  # clock ticks, 100 a second on Linux


if __name__ == "__main__":
    main()
