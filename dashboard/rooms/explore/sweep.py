"""One or two settings over a grid."""

from functools import partial
from typing import Any

import numpy as np
import streamlit as st
import torch

from dashboard.app.exploring import ManyRuns
from dashboard.app.names import score_text
from dashboard.app.words import error_sentence
from dashboard.page import session
from dashboard.page.language import _
from dashboard.rooms.explore import study
from moons import FieldError
from moons.digits import Digits
from moons.explore.outcome import LEVELS, Outcome, plane_of
from moons.explore.sweep import MOST_VALUES, SETTINGS, Axis, axis, sweep_csv, sweep_experiments
from moons.explore.sweep import sweep as summarise
from moons.export.frames import level_colors
from moons.inspection.boundary import PROBABILITY, boundary_of
from moons.plots import explore as plots

NOTHING = "nothing"
MEASURES = ("score", "loss")


def draw() -> None:
    """The choice of settings, and what came of them."""
    view = session.state().view
    with st.container(horizontal=True, vertical_alignment="bottom"):
        _axis("sweep_x", list(SETTINGS))
        _axis("sweep_y", [NOTHING, *(name for name in SETTINGS if name != view.sweep_x)])
        st.slider(_("Values each"), 2, MOST_VALUES, key="sweep_count", width=160)
        st.slider(_("Seeds per cell"), 1, 10, key="sweep_seeds", width=160)
    try:
        axes = _axes()
    except FieldError as error:
        st.error(error_sentence(error, _))
        return
    cells = int(np.prod([len(one.values) for one in axes]))
    runs = cells * view.sweep_seeds
    wanted = study.asked("sweep", axes, view.sweep_seeds)
    study.draw(
        wanted,
        lambda: sweep_experiments(wanted.experiment, axes, view.sweep_seeds),
        _("Run {n} experiments").format(n=f"{runs:,}"),
        _show,
    )


def _axis(key: str, names: list[str]) -> None:
    """A setting and its bounds."""
    chosen = st.selectbox(
        _("Across") if key == "sweep_x" else _("Up"),
        names,
        key=key,
        format_func=lambda name: _("none at all") if name == NOTHING else _(SETTINGS[name].name),
        on_change=partial(_reset, key),
        width=190,
    )
    if chosen != NOTHING and not SETTINGS[chosen].options:
        st.number_input(_("from"), key=f"{key}_low", format="%g", width=110, step=None)
        st.number_input(_("to"), key=f"{key}_high", format="%g", width=110, step=None)


def _reset(key: str) -> None:
    """Another setting begins with its own bounds."""
    name = getattr(session.state().view, key)
    if name != NOTHING:
        bounds: dict[str, Any] = {f"{key}_low": float(SETTINGS[name].low), f"{key}_high": float(SETTINGS[name].high)}
        session.explore(**bounds, sweep_cell=None)


def _axes() -> tuple[Axis, ...]:
    view, now = session.state().view, session.state().exploration
    found = [axis(view.sweep_x, now.sweep_x_low, now.sweep_x_high, now.sweep_count)]
    if view.sweep_y not in (NOTHING, view.sweep_x):
        found.append(axis(view.sweep_y, now.sweep_y_low, now.sweep_y_high, now.sweep_count))
    return tuple(found)


def _show(found: ManyRuns) -> None:
    axes, n_seeds = found.asked.settings
    assert isinstance(axes, tuple)
    assert isinstance(n_seeds, int)
    summary = summarise(axes, n_seeds, found.outcomes)
    n_classes, measure = found.asked.experiment.data.class_count, session.state().exploration.sweep_measure
    chosen = session.state().exploration.sweep_cell or (None if found.running else summary.best)
    picture, cell = st.columns([5, 3], gap="medium")
    with picture:
        st.segmented_control(
            _("Colour"),
            MEASURES,
            key="sweep_measure",
            format_func=lambda one: plots.measure_text(one, n_classes, _),
            required=True,
            label_visibility="collapsed",
        )
        figure = plots.sweep_figure(summary, measure, n_classes, chosen=chosen, _=_)
        alt = _("A cell for each combination of values: the median over its seeds on the test points.")
        st.plotly_chart(
            figure, key="sweep_chart", height=420, config={"displayModeBar": False}, alt=alt, on_select=_pick,
            selection_mode="points",
        )  # fmt: skip
        st.caption(_("Median over the seeds. ×: every run diverged. Empty: not finished, or impossible."))
    with cell:
        if chosen is not None:
            _cell(found, axes, n_seeds, chosen, n_classes)
        st.download_button(
            _("Table (CSV)"), partial(sweep_csv, axes, found.outcomes), "sweep.csv", "text/csv", on_click="ignore"
        )


def _pick() -> None:
    """A click on a cell."""
    picked = (session.heard("selection", "sweep_chart") or {}).get("points") or []
    if picked and picked[0].get("customdata"):
        row, column = picked[0]["customdata"]
        session.explore(sweep_cell=(int(row), int(column)))


def _cell(found: ManyRuns, axes: tuple[Axis, ...], n_seeds: int, cell: tuple[int, int], n_classes: int) -> None:
    """One cell: its settings, its first run's boundary and scores, and the way to its run."""
    row, column = cell
    first = (row * len(axes[0].values) + column) * n_seeds
    outcomes = [found.outcomes[index] for index in range(first, first + n_seeds) if index in found.outcomes]
    if not outcomes:
        st.caption(_("This cell has no finished run."))
        return
    one = outcomes[0]
    values = [(axes[0], axes[0].values[column]), *([(axes[1], axes[1].values[row])] if len(axes) > 1 else [])]
    name = ", ".join(f"{_(SETTINGS[each.setting].name)} {plots.value_text(value, _)}" for each, value in values)
    st.markdown(f"**{name}**")
    st.image(_picture(one, found), width=260, alt=_("The answer over the plane: {change}.").format(change=name))
    score = _("Accuracy {score}") if n_classes else _("R² {score}")
    st.markdown(
        f"{score.format(score=score_text(one.scores.test_score, n_classes))}  \n"
        + _("Test loss {loss}").format(loss=f"{Digits(one.scores.test_loss):.4f}")
    )
    st.button(_("Open this run"), key="open_cell", on_click=study.open_run, args=(one.experiment,))


def _picture(one: Outcome, found: ManyRuns) -> Any:
    """(rows, columns, 4): the kept answer, coloured as everywhere."""
    grid, n_classes = plane_of(found.asked.experiment).grid, one.answers.shape[1]
    answers = torch.from_numpy(one.answers).float() / LEVELS
    values = boundary_of(answers, grid, PROBABILITY).values
    image = level_colors(n_classes if n_classes > 1 else 0)[values]
    return np.ascontiguousarray(image[::-1])
