"""The cells of a sweep, each with its boundary: the browser shows the one under the hand beside the heatmap."""

from collections.abc import Sequence
from typing import Any

import torch

from dashboard.app.exploring import ManyRuns
from dashboard.app.names import score_text
from dashboard.page import component, session
from dashboard.page.language import _, ngettext
from moons.digits import Digits
from moons.explore.outcome import COLUMNS, LEVELS, ROWS, Outcome, plane_of
from moons.explore.settings import SETTINGS
from moons.explore.sweep import Axis, Sweep
from moons.export.frames import level_colors
from moons.inspection.boundary import PROBABILITY, Grid, boundary_of
from moons.plots.sweep import setting_text

KEY = "sweep_cells"
FEW = 64  # cells: of more, every other column and row of a picture is sent

Cell = tuple[int, int]  # row and column


def draw(found: ManyRuns, summary: Sweep, chosen: Cell | None, *, chart: str) -> None:
    """The cell under the hand on the chart of that key, else the chosen one."""
    rows, columns = summary.done.shape
    grid, step = plane_of(found.asked.experiment).grid, 1 if rows * columns <= FEW else 2
    places = [(row, column) for row in range(rows) for column in range(columns)]
    n_classes = found.asked.experiment.data.class_count
    data = {
        "chart": chart,
        "chosen": None if chosen is None else _place(chosen),
        "columns": len(range(0, COLUMNS, step)),
        "rows": len(range(0, ROWS, step)),
        "levels": component.text(level_colors(n_classes)),
        "cells": {_place(cell): _said(found, summary, cell, grid, step) for cell in places},
        "nothing": _("Point at a cell for its boundary; click to choose it."),
    }
    html = '<div class="cell"><b></b><canvas role="img"></canvas><p></p></div>'
    mount = component.component("cells", "cells.js", css="cells.css", html=html)
    mount(key=KEY, data=data, **session.hear(KEY, {"pick": _pick}))


def _pick(said: Sequence[int]) -> None:
    """A click on a cell."""
    row, column = map(int, said)
    session.explore(sweep_cell=(row, column))


def outcomes_in(found: ManyRuns, axes: Sequence[Axis], n_seeds: int, cell: Cell) -> list[Outcome]:
    """The finished runs of a cell."""
    first = (cell[0] * len(axes[0].values) + cell[1]) * n_seeds
    return [found.outcomes[index] for index in range(first, first + n_seeds) if index in found.outcomes]


def name_of(axes: Sequence[Axis], cell: Cell) -> str:
    """The values of a cell."""
    values = [axis.values[place] for axis, place in zip(axes, cell[::-1], strict=False)]
    named = zip(axes, values, strict=True)
    return ", ".join(f"{_(SETTINGS[one.setting].name)} {setting_text(one.setting, value, _)}" for one, value in named)


def _place(cell: Cell) -> str:
    return ",".join(map(str, cell))


def _said(found: ManyRuns, summary: Sweep, cell: Cell, grid: Grid, step: int) -> dict[str, Any]:
    """A cell's name, its first run's boundary, and its scores."""
    n_seeds, n_classes = found.asked.settings[1], found.asked.experiment.data.class_count
    assert isinstance(n_seeds, int)
    name, outcomes = name_of(summary.axes, cell), outcomes_in(found, summary.axes, n_seeds, cell)
    if not outcomes:
        said = _("This cell has no finished run.")
        return {"name": name, "says": said, "alt": said, "z": ""}
    lines = []
    done, diverged = int(summary.done[cell]), int(summary.diverged[cell])
    if diverged < done:
        score = _("Accuracy {score}") if n_classes else _("R² {score}")
        lines.append(score.format(score=score_text(float(summary.test_score[cell]), n_classes)))
        lines.append(_("Test loss {loss}").format(loss=f"{Digits(float(summary.test_loss[cell])):.4f}"))
    if diverged:
        said = ngettext("{diverged} of {n} run diverged.", "{diverged} of {n} runs diverged.", done)
        lines.append(said.format(diverged=diverged, n=done))
    return {
        "name": name,
        "says": "\n".join(lines),
        "alt": _("The answer over the plane: {change}.").format(change=name),
        "z": component.text(_levels(outcomes[0], grid)[::step, ::step]),
    }


def _levels(one: Outcome, grid: Grid) -> Any:
    """(rows, columns) uint8, the kept answer as everywhere."""
    return boundary_of(torch.from_numpy(one.answers).float() / LEVELS, grid, PROBABILITY).values
