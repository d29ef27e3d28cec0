"""The museum of failures: each fault as a card, before and after, a press away from the page."""

from functools import lru_cache, partial

import streamlit as st

from dashboard.app import events as e
from dashboard.app.beside import Training
from dashboard.app.state import Cursor, Looked, Notice, RunId
from dashboard.page import session, settings
from dashboard.page.glossary import explain
from dashboard.page.language import _
from dashboard.rooms.learn.runs import beside, points_of, trained
from moons import Experiment, History
from moons.inspection.boundary import boundary, make_grid
from moons.inspection.curve import thin
from moons.inspection.health import CONDITIONS, diagnose
from moons.inspection.health.museum import EXHIBITS, Exhibit
from moons.inspection.metrics import measure_classes
from moons.plots.thumbnail import thumbnail
from moons.plots.words import Translate

COLUMNS = 3
PIXELS = (60, 48)
SIDES = ("before", "after")


def draw() -> None:
    """The cards."""
    st.markdown(_("Every way to fail that the diagnosis knows, and what cures it. Open one and look around in it."))
    st.caption(
        _(
            "Each picture shows the boundary under the training points, and below it the loss; the dotted "
            "line is the loss of guessing. The percentage is the accuracy on fresh points, averaged over the "
            "classes."
        )
    )
    keys = list(EXHIBITS)
    trained(*(_training(key, which) for key in keys for which in SIDES))
    for start in range(0, len(keys), COLUMNS):
        for column, key in zip(st.columns(COLUMNS), keys[start : start + COLUMNS], strict=False):
            with column, st.container(border=True, height="stretch"):
                _card(key, EXHIBITS[key])
    explain("loss", "chance", "learning_rate", "overfitting", "underfitting", "dead_relu", "saturation", "vanishing")


def _card(key: str, exhibit: Exhibit) -> None:
    st.markdown(f"**{_(exhibit.title)}**")
    if not all(_training(key, which).done for which in SIDES):
        return
    sides = {"before": _("Before: {share:.0%} right"), "after": _("After: {share:.0%} right")}
    with st.container(horizontal=True, gap="small"):
        for which, said in sides.items():
            label = said.format(share=_found(key, which))
            st.image(_picture(key, which), caption=label, alt=f"{label}: {_(exhibit.title)}", width=130)
    found = diagnose(_run(key, "before"), _run(key, "before").n_epochs)
    st.markdown(f"**{_(CONDITIONS[found.condition])}.** {_(exhibit.wrong)}")
    st.markdown(_("The cure: {cure}").format(cure=_(exhibit.right)))
    with st.container(horizontal=True, gap="small"):
        for which, label in (("before", _("Open before")), ("after", _("Open after"))):
            st.button(label, key=f"museum_{key}_{which}", on_click=_show, args=(key, which))


def _experiment(key: str, which: str) -> Experiment:
    return EXHIBITS[key].before if which == "before" else EXHIBITS[key].after


def _training(key: str, which: str) -> Training:
    experiment = _experiment(key, which)
    return beside(experiment, points_of(experiment))


def _run(key: str, which: str) -> History:
    return _training(key, which).run.history


def _found(key: str, which: str) -> float:
    """The mean recall on test points: where a class is rare, accuracy hides that it is missed."""
    history = _run(key, which)
    measured = measure_classes(history.model_at(history.n_epochs), history.dataset.X_test, history.dataset.y_test)
    return float(measured.recall.mean())


@lru_cache(maxsize=2 * len(EXHIBITS))
def _picture(key: str, which: str) -> str:
    history = _run(key, which)
    answer = boundary(history.model_at(history.n_epochs), make_grid(history.dataset, *PIXELS))
    return thumbnail(answer, history.dataset, thin(history.train_loss, 80))


def _show(key: str, which: str) -> None:
    """Put an exhibit on the page, at its end; the person's own run can be had back."""
    experiment = _experiment(key, which)
    looked = Looked(RunId(experiment), Cursor(experiment.epochs))
    settings.send(e.RunOpened(looked, Notice(partial(_shown, key), undo=True)))
    session.open_room("train")


def _shown(key: str, _: Translate) -> str:
    return _("On the page now: {title}.").format(title=_(EXHIBITS[key].title))
