"""Runs the program on standard input in this process, and writes the growth of its `losses` to standard output.

A line of JSON about four times a second: the new losses, the seconds since the first one, whether the program has
ended, and its traceback if it broke off. Started by `proof.py`; it needs nothing of this package, as the program does.
"""

import contextlib
import io
import json
import os
import sys
import threading
import time
import traceback
from typing import Any, TextIO

TICK = 0.25  # seconds


def write_growth(names: dict[str, Any], ended: threading.Event, error: list[str], output: TextIO) -> None:
    """Write what is new in `names["losses"]` until the program has ended."""
    sent, began, last = 0, 0.0, False
    while not last:
        last = ended.wait(TICK)
        losses = names.get("losses", [])
        began = began or (time.monotonic() if losses else 0.0)
        known = len(losses) - (not last)  # a program takes back a loss that isn't finite: its last one
        line = {
            "losses": losses[sent:known],
            "seconds": time.monotonic() - began if losses else 0.0,
            "ended": last,
            "error": "".join(error),
        }
        sent = max(sent, known)
        print(json.dumps(line), file=output, flush=True)


def main() -> None:
    """Run the program; its own prints are dropped."""
    if hasattr(os, "nice"):
        os.nice(10)
    program, output, ended = sys.stdin.read(), sys.stdout, threading.Event()
    names: dict[str, Any] = {"__name__": "__main__"}
    error: list[str] = []
    writer = threading.Thread(target=write_growth, args=(names, ended, error, output))
    writer.start()
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            exec(compile(program, "<program>", "exec"), names)
    except Exception:
        error.append(traceback.format_exc())
    ended.set()
    writer.join()


if __name__ == "__main__":
    main()
