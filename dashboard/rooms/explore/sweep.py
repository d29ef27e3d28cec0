"""One or two settings over a grid."""

from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import streamlit as st

from dashboard.app import events as e
from dashboard.app.exploring import ManyRuns
from dashboard.app.view import SWEEP_BOUND, View
from dashboard.app.words import error_sentence
from dashboard.page import session
from dashboard.page.language import _
from dashboard.rooms.explore import cells, study
from moons import FieldError
from moons.explore.settings import SETTINGS, settings_for
from moons.explore.sweep import MOST_SEEDS, MOST_VALUES, Axis, axis, sweep_csv, sweep_experiments
from moons.explore.sweep import sweep as summarise
from moons.plots.sweep import measure_text, sweep_figure

NOTHING = "nothing"
MEASURES = ("score", "loss")


def draw() -> None:
    """The choice of settings, and what came of them."""
    offered = settings_for(session.state().experiment.data)
    view = _fitted(session.state().view, offered)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        with _together():
            _axis("sweep_x", list(offered))
        with _together():
            _axis("sweep_y", [NOTHING, *(name for name in offered if name != view.sweep_x)])
        with _together():
            st.slider(_("Values each"), 2, MOST_VALUES, key="sweep_count", width=160)
            st.slider(_("Seeds per cell"), 1, MOST_SEEDS, key="sweep_seeds", width=160)
    try:
        axes = _axes(view)
    except FieldError as error:
        st.error(error_sentence(error, _))
        return
    runs = int(np.prod([len(one.values) for one in axes])) * view.sweep_seeds
    wanted = study.asked("sweep", axes, view.sweep_seeds)
    study.draw(
        wanted,
        lambda: sweep_experiments(wanted.experiment, axes, view.sweep_seeds),
        _("Run {n} experiments").format(n=f"{runs:,}"),
        _show,
    )


def _together() -> Any:
    """A group that begins a new line before it is broken."""
    return st.container(horizontal=True, vertical_alignment="bottom", width="content")


def _fitted(view: View, offered: tuple[str, ...]) -> View:
    """The view with two different settings that mean something for the points."""
    across = view.sweep_x if view.sweep_x in offered else offered[0]
    up = view.sweep_y if view.sweep_y in offered and view.sweep_y != across else NOTHING
    if (across, up) != (view.sweep_x, view.sweep_y):
        return session.show_while_drawing(e.Chosen(replace(view, sweep_x=across, sweep_y=up))).view
    return view


def _axis(key: str, names: list[str]) -> None:
    """A setting, its bounds and the spacing of its values."""
    chosen = st.selectbox(
        _("Across") if key == "sweep_x" else _("Up"),
        names,
        key=key,
        format_func=lambda name: _("none at all") if name == NOTHING else _(SETTINGS[name].name),
        on_change=partial(_reset, key),
        width=190,
    )
    if chosen != NOTHING and not SETTINGS[chosen].options:
        for bound, label in (("low", _("from")), ("high", _("to"))):
            usual = f"{getattr(SETTINGS[chosen], bound):g}"
            st.number_input(
                label, 0.0, SWEEP_BOUND, key=f"{key}_{bound}", format="%g", width=110, step=None, placeholder=usual
            )
        st.selectbox(
            _("Spacing"),
            (False, True),
            key=f"{key}_log",
            format_func=_spacing,
            placeholder=_spacing(SETTINGS[chosen].log),
            width=150,
        )


def _spacing(log: bool) -> str:
    return _("logarithmic") if log else _("even")


def _reset(key: str) -> None:
    """Another setting begins with its own bounds and spacing."""
    session.look(**{f"{key}_low": None, f"{key}_high": None, f"{key}_log": None})
    session.explore(sweep_cell=None)


def _axes(view: View) -> tuple[Axis, ...]:
    found = [_axis_of(view.sweep_x, view.sweep_x_low, view.sweep_x_high, view.sweep_count, view.sweep_x_log)]
    if view.sweep_y != NOTHING:
        found.append(_axis_of(view.sweep_y, view.sweep_y_low, view.sweep_y_high, view.sweep_count, view.sweep_y_log))
    return tuple(found)


def _axis_of(name: str, low: float | None, high: float | None, count: int, log: bool | None) -> Axis:
    setting = SETTINGS[name]
    return axis(name, setting.low if low is None else low, setting.high if high is None else high, count, log=log)


def _show(found: ManyRuns) -> None:
    axes, n_seeds = found.asked.settings
    assert isinstance(axes, tuple)
    assert isinstance(n_seeds, int)
    summary = summarise(axes, n_seeds, found.outcomes)
    n_classes, measure = found.asked.experiment.data.class_count, session.state().exploration.sweep_measure
    chosen = session.state().exploration.sweep_cell or (None if found.running else summary.best)
    if chosen is not None and (chosen[0] >= summary.done.shape[0] or chosen[1] >= summary.done.shape[1]):
        chosen = summary.best  # of another sweep
    picture, cell = st.columns([5, 3], gap="medium")
    with picture:
        st.segmented_control(
            _("Colour"),
            MEASURES,
            key="sweep_measure",
            format_func=lambda one: measure_text(one, n_classes, _),
            required=True,
            label_visibility="collapsed",
        )
        figure = sweep_figure(summary, measure, n_classes, chosen=chosen, _=_)
        alt = _("A cell for each combination of values: the median over its seeds on the test points.")
        st.plotly_chart(figure, key="sweep_chart", height=420, config={"displayModeBar": False}, alt=alt)
        st.caption(
            _("Median over the seeds that stayed finite. ×: runs that diverged. Empty: not finished, or impossible.")
        )
    with cell:
        cells.draw(found, summary, chosen, chart="sweep_chart")
        outcomes = [] if chosen is None else cells.outcomes_in(found, axes, n_seeds, chosen)
        if outcomes:
            st.button(_("Open this run"), key="open_cell", on_click=study.open_run, args=(outcomes[0].experiment,))
        study.take_away(partial(sweep_csv, axes, found.outcomes), "sweep.csv")
