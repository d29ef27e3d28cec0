"""A class on one server: `make load N=100`. Visitors over Streamlit's own websocket and the live socket, on loopback.

With `FALLBACK=1` they don't open the live socket: then the page's timers carry what moves.
"""

import argparse
import asyncio
import http.cookiejar
import statistics
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.visitor import Tally, Visitor

ROOT = Path(__file__).parents[1]
MOST_VISITORS, LONGEST = 500, 900  # visitors, seconds
TICKS = 100  # of the processor's clock in a second: Linux's USER_HZ
SAMPLES = 10  # of memory and processor, over the whole time


def main() -> None:
    """Run what the command line says, and print every figure."""
    arguments = _arguments()
    if arguments.at:
        asyncio.run(_visit(arguments, arguments.at, arguments.pid))
        return
    address = f"http://127.0.0.1:{arguments.port}"
    with _server(arguments.port, arguments.script) as process:
        asyncio.run(_visit(arguments, address, [process.pid]))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-n", "--visitors", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=120.0, help="from the first visitor on")
    parser.add_argument("--arrive", type=float, default=30.0, help="seconds over which they come")
    parser.add_argument("--fallback", action="store_true", help="no live socket")
    parser.add_argument("--port", type=int, default=8599)
    parser.add_argument("--script", default="streamlit_app.py", help="what Streamlit starts")
    parser.add_argument("--at", default="", help="a server that runs, on loopback; starts none")
    parser.add_argument("--pid", type=int, nargs="*", default=[], help="its processes")
    arguments = parser.parse_args()
    if not 1 <= arguments.visitors <= MOST_VISITORS or not 1 <= arguments.seconds <= LONGEST:
        parser.error(f"at most {MOST_VISITORS} visitors and {LONGEST} seconds")
    if arguments.at and urlsplit(arguments.at).hostname not in {"127.0.0.1", "localhost"}:
        parser.error("only a server on this machine")
    return arguments


@contextmanager
def _server(port: int, script: str) -> Iterator[subprocess.Popen[bytes]]:
    """The server as `make run` starts it."""
    command = [sys.executable, "-m", "streamlit", "run", script, "--server.port", str(port)]
    options = ["--server.headless", "true", "--server.fileWatcherType", "none", "--server.address", "127.0.0.1"]
    began = time.perf_counter()
    process = subprocess.Popen(command + options, cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        while not _answers(f"http://127.0.0.1:{port}"):
            if process.poll() is not None or time.perf_counter() - began > 60:
                sys.exit("The server doesn't start.")
            time.sleep(0.05)
        print(f"process start to a server that answers: {time.perf_counter() - began:.1f} s")
        yield process
    finally:
        process.terminate()
        process.wait(20)


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/_stcore/health", timeout=2):
            return True
    except OSError:
        return False


async def _visit(arguments: argparse.Namespace, address: str, pids: list[int]) -> None:
    began = time.perf_counter()
    until = began + arguments.seconds
    visitors = [Visitor(address, number, fallback=arguments.fallback) for number in range(arguments.visitors)]
    watching = asyncio.create_task(_watch(pids, arguments.seconds))

    async def come(number: int, visitor: Visitor) -> None:
        await asyncio.sleep(arguments.arrive * number / len(visitors))
        await visitor.visit(await asyncio.to_thread(_cookies, address), until)

    # asyncio's own ending of hung visitors: nobody stays for longer than a last click's patience
    async with asyncio.timeout(arguments.seconds + 120):
        await asyncio.gather(*(come(number, visitor) for number, visitor in enumerate(visitors)))
    samples = await watching
    _report([visitor.tally for visitor in visitors], time.perf_counter() - began, fallback=arguments.fallback)
    print("memory over time, MB:   " + " ".join(f"{memory:.0f}" for _when, _cpu, memory in samples))
    print("server, % of a core:    " + " ".join(f"{100 * cpu:.0f}" for _when, cpu, _memory in samples))


def _cookies(address: str) -> str:
    """What the page sets in a browser, as it comes back in a header."""
    jar = http.cookiejar.CookieJar()
    with urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar)).open(address, timeout=60) as answer:
        answer.read()
    return "; ".join(f"{cookie.name}={cookie.value}" for cookie in jar)


async def _watch(pids: list[int], seconds: float) -> list[tuple[float, float, float]]:
    """When, the cores in use since the sample before, and the MB in memory."""
    samples, began = [], time.perf_counter()
    used, when = _processor(pids), began
    for _sample in range(SAMPLES if pids else 0):
        await asyncio.sleep(seconds / SAMPLES)
        now = time.perf_counter()
        after = _processor(pids)
        samples.append((now - began, (after - used) / (now - when), _memory(pids)))
        used, when = after, now
    return samples


def _processor(pids: Iterable[int]) -> float:
    """Seconds of processor time that they have taken."""
    fields = [Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split() for pid in pids]
    return sum(int(one[11]) + int(one[12]) for one in fields) / TICKS


def _memory(pids: Iterable[int]) -> float:
    """MB in memory."""
    lines = [line for pid in pids for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()]
    return sum(int(line.split()[1]) for line in lines if line.startswith("VmRSS:")) / 1024


def _report(tallies: list[Tally], seconds: float, *, fallback: bool) -> None:
    rates = sorted(tally.pictures / tally.playing for tally in tallies if tally.playing > 1)
    print(f"visitors:               {len(tallies)}, {seconds:.0f} s, {'by timer' if fallback else 'live socket'}")
    if rates:
        print(
            f"pictures/s a session:   median {statistics.median(rates):.1f}, least {rates[0]:.1f}, "
            f"{sum(rate >= 20 for rate in rates)} of {len(rates)} at 20 or more"
        )
    rate = [tally.bytes / seconds / 1000 for tally in tallies]
    print(f"kB/s a session:         mean {statistics.mean(rate):.1f}, most {max(rate):.1f}")
    _times("tick of the stage", [one for tally in tallies for one in tally.tick])
    _times("between two messages", [one for tally in tallies for one in tally.gaps])
    sizes = [size for tally in tallies for size in tally.sizes]
    if sizes:
        print(f"live messages:          {len(sizes)}, {statistics.mean(sizes) / 1000:.1f} kB each")
    kinds = sorted({kind for tally in tallies for kind in tally.clicks})
    for kind in kinds:
        _times(f"click: {kind}", [one for tally in tallies for one in tally.clicks.get(kind, [])])
    effects = [one for tally in tallies for kind, some in tally.clicks.items() if kind != "open" for one in some]
    _times("click to effect, all", effects)
    errors: Counter[str] = sum((tally.errors for tally in tallies), Counter())
    print(f"errors:                 {dict(errors) or 'none'}")


def _times(name: str, seconds: list[float]) -> None:
    if seconds:
        seconds = sorted(seconds)
        p50, p95 = (seconds[int(share * (len(seconds) - 1))] for share in (0.5, 0.95))
        print(f"{name + ':':<23} p50 {p50:.3f} s, p95 {p95:.3f} s, most {seconds[-1]:.3f} s, {len(seconds)} times")


if __name__ == "__main__":
    main()
