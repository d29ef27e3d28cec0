"""Good settings, found by trying: each run's are chosen by those before."""

from collections.abc import Callable, Iterator
from functools import partial

import pandas as pd
import streamlit as st

from dashboard.app.exploring import Steps
from dashboard.app.names import score_text
from dashboard.page import session
from dashboard.page.language import _
from dashboard.rooms.explore import steps, study
from moons import Experiment
from moons.digits import Digits
from moons.explore.search import MOST_RUNS, Search, Tried, search, search_seconds
from moons.explore.settings import SETTINGS
from moons.explore.table import search_csv
from moons.plots import explore as plots
from moons.plots.sweep import setting_text

CHART = {"displayModeBar": False}
FEWEST_RUNS = 10
SHOWN = 10  # rows of the table


def draw() -> None:
    """The number of runs, and what they found."""
    view = session.state().view
    st.slider(_("Runs"), FEWEST_RUNS, MOST_RUNS, key="search_runs", step=10, width=260)
    st.caption(
        _(
            "Learning rate, optimiser, activation, units, layers, initial scale and L2 are searched. Runs are compared "
            "on points held out for that, so the test points stay unseen."
        )
    )
    wanted = study.asked("search", view.search_runs)
    make = partial(_found, wanted.experiment, view.search_runs)
    run = session.player().run
    known = run.experiment, run.history.n_epochs, run.seconds
    seconds = search_seconds(wanted.experiment, view.search_runs, *known)
    label = _("Search with {n} runs").format(n=view.search_runs)
    steps.draw(
        wanted, make, view.search_runs, label, _show,
        complete=_complete, seconds=seconds, by_itself=False, stays=True,
    )  # fmt: skip


def _found(experiment: Experiment, n_runs: int, stop: Callable[[], bool]) -> Iterator[Search]:
    return search(experiment, n_runs, stop=stop)


def _complete(found: Steps) -> bool:
    return found.done == found.planned


def _show(study_found: Steps) -> None:
    study.progress(study_found)
    found = study_found.results[-1] if study_found.results else None
    if not isinstance(found, Search):
        return
    n_classes = study_found.asked.experiment.data.class_count
    best = found.best
    if best is None:
        st.info(_("Every run so far has diverged."))
        return
    st.markdown(found_text(found, n_classes))
    st.button(_("Open the best run"), key="open_best", on_click=study.open_run, args=(best.experiment,))
    history, importance = st.columns([3, 2], gap="medium")
    with history:
        st.markdown(f"**{_('Run after run')}**")
        alt = _("The score of each run on held-out points, and the best so far.")
        st.plotly_chart(
            plots.search_figure(found, n_classes, _=_), key="search_history", height=320, config=CHART, alt=alt
        )
    with importance:
        st.markdown(f"**{_('Importance')}**", help=_("How much a setting decides whether a run is among the best."))
        if found.importance:
            alt = _("The importance of each setting as a bar.")
            figure = plots.importance_figure(found, _=_)
            st.plotly_chart(figure, key="search_importance", height=320, config=CHART, alt=alt)
        else:
            st.caption(_("Shown after 20 runs."))
    st.dataframe(_table(found, n_classes), hide_index=True)
    study.take_away(partial(search_csv, found), "search.csv")


def found_text(found: Search, n_classes: int) -> str:
    """What was found, in a sentence with numbers."""
    first, best = found.tried[0], found.best
    assert best is not None
    assert best.figures is not None
    score = score_text(best.figures.score, n_classes)
    if best is first:
        return _("Of {n} runs none is better than yours: {score} on held-out points.").format(
            n=len(found.tried), score=score
        )
    own = score_text(first.figures.score, n_classes) if first.figures else _("diverged")
    return _("The best of {n} runs: **{score}** on held-out points, yours: {own}. Its settings: {settings}.").format(
        n=len(found.tried), score=score, own=own, settings=_settings(best)
    )


def _settings(tried: Tried) -> str:
    return ", ".join(f"{_(SETTINGS[name].name)} {setting_text(name, value, _)}" for name, value in tried.values)


def _table(found: Search, n_classes: int) -> pd.DataFrame:
    """The best runs, a row each."""
    rows = []
    for one in found.ranked[:SHOWN]:
        assert one.figures is not None
        row = {_(SETTINGS[name].name): setting_text(name, value, _) for name, value in one.values}
        scores = {
            _("Accuracy") if n_classes else "R²": score_text(one.figures.score, n_classes),
            _("Loss"): f"{Digits(one.figures.loss):.4f}",
        }
        rows.append(scores | row)
    return pd.DataFrame(rows)
