"""The exported program's own lines beside an opened step, each with what it computes there."""

from functools import lru_cache
from typing import Any

import numpy as np

from dashboard.page.language import _
from dashboard.rooms.learn.wording import PARTS
from moons import History
from moons.export.excerpt import Line, excerpt
from moons.inspection.step import Step

MODEL = PARTS.index("forward")


def lines(history: History, step: Step) -> list[dict[str, Any]]:
    """Each line of the program as the browser shows it.

    `line`: the picture it opens, None for none; `column`: of the network's drawing, what it lights; `say`: its numbers.
    """
    return [_line(line, step) for line in _excerpt(history, history.ended)]


@lru_cache(maxsize=16)
def _excerpt(history: History, _ended: str | None) -> list[Line]:
    return excerpt(history)


def _line(line: Line, step: Step) -> dict[str, Any]:
    said: dict[str, Any] = {"code": line.text, "line": None, "loop": line.in_loop, "column": None, "say": ""}
    if line.part in PARTS:
        return said | {"line": PARTS.index(line.part)}
    if line.part in ("layer", "activation"):
        incoming = line.part == "layer"
        say = _of_layer(line, step) if incoming else _of_activation(line, step)
        return said | {"line": MODEL, "column": line.layer, "incoming": incoming, "say": say}
    return said


def _of_layer(line: Line, step: Step) -> str:
    layer = step.layers[line.layer - 1]
    n_units, n_inputs = layer.weight.before.shape
    sentence = _(
        "Units: {units}, each with {inputs} weights and a bias, so {count} numbers that training changes. Their sums "
        "at epoch {epoch} lie between {low} and {high}."
    )
    values = {"units": n_units, "inputs": n_inputs, "count": f"{n_units * (n_inputs + 1):,}"}
    return sentence.format(epoch=f"{step.epoch:,}", **values, **_range(layer.z))


def _of_activation(line: Line, step: Step) -> str:
    layer = step.layers[line.layer - 1]
    passed = layer.h * layer.mask
    sentence = _(
        "It takes each sum by itself. What comes out at epoch {epoch} lies between {low} and {high}; "
        "{zeros} of {all} numbers are 0."
    )
    counts = {"zeros": f"{int((passed == 0).sum()):,}", "all": f"{passed.size:,}"}
    return sentence.format(epoch=f"{step.epoch:,}", **counts, **_range(passed))


def _range(values: np.ndarray[Any, Any]) -> dict[str, str]:
    return {"low": f"{values.min():.4g}", "high": f"{values.max():.4g}"}
