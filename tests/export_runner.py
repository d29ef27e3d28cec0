"""Runs programs in a process that has no `moons`: takes paths, line by line, and answers each with a line of JSON."""

import contextlib
import io
import json
import sys
import traceback
from pathlib import Path

import matplotlib.pyplot as plt


def answer(path):
    names, printed = {"__name__": "__main__"}, io.StringIO()
    try:
        with contextlib.redirect_stdout(printed):
            exec(compile(Path(path).read_text(encoding="utf-8"), path, "exec"), names)
    except Exception:
        return {"error": traceback.format_exc()}
    return {"losses": names["losses"], "printed": printed.getvalue(), "figures": len(plt.get_fignums())}


if __name__ == "__main__":
    sys.modules["moons"] = sys.modules["dashboard"] = None  # type: ignore[assignment]  # installed, and not to be found
    for line in sys.stdin:
        print(json.dumps(answer(line.strip())), flush=True)
        plt.close("all")
