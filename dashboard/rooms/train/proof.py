"""What was tried to make the run better: each change with what it gives, the best first, and a button that takes it."""

from functools import partial
from typing import Literal

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from dashboard.app import events as e
from dashboard.app.names import score_text
from dashboard.app.proving import Proving
from dashboard.app.runs import Run
from dashboard.app.state import Cursor, Looked, Notice, RunId
from dashboard.app.status import remedy, trying
from dashboard.page import session, settings, timer
from dashboard.page.language import _
from moons.digits import Digits
from moons.export.frames import level_colors, point_colors
from moons.inspection.boundary import PROBABILITY, boundary, make_grid
from moons.inspection.health import LEARNERS, Trial
from moons.run import History

LOOK_EVERY = 1.0  # seconds, while more is tried
COLUMNS, ROWS = 100, 80
WIDTH = 120  # pixels of a picture
CARD = 205  # pixels


def draw() -> None:
    """The list; it grows while changes are tried."""
    proving = session.served().proving
    running = proving is not None and proving.running
    timer.draw(partial(_list, running), LOOK_EVERY if running else None)


def take(trial: Trial) -> None:
    """Make a trial's run, which is trained already, the one looked at; the one before can be had back."""
    run = Run(RunId(trial.history.experiment, session.state().looked.run.device), trial.history)
    session.served().put_run(run)
    notice = Notice(lambda _: _("The changed run is on the page now."), undo=True)
    settings.send(e.RunOpened(Looked(run.id, Cursor(trial.history.n_epochs)), notice))


def take_remedy() -> None:
    """Take what the status offers: a run that was tried, or else an experiment to be trained."""
    proving, player = session.served().proving, session.player()
    found = remedy(player, proving)
    if proving is not None and proving.best is not None:
        take(proving.best)
    elif found is not None:
        settings.change(found.experiment)


def _list(running: bool) -> None:
    """`running`: whether this looks again by a timer."""
    proving = session.served().proving
    if running and (proving is None or not proving.running):
        st.rerun()  # the timer must go
    if proving is None or proving.proof is None:
        st.caption(
            _(
                "Once a run is paused or finished, the page tries changes of its settings and lists "
                "here what each gives."
            )
        )
        return
    st.caption(
        _(
            "Each card is this run with one thing changed, or several where no single one is enough. The best come "
            "first, by points held out for the comparison; the figures are those of the test points."
        )
    )
    if running:
        share = proving.proof.tried / max(1, proving.proof.planned)
        st.progress(min(1.0, share), trying(proving, _))
    elif proving.paused:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(trying(proving, _), width="content")
            st.button(_("Try the others too"), key="try_on", on_click=session.served().prove_on)
    _ceiling(proving)
    with st.container(horizontal=True, gap="small", key="tried"):
        _card(proving.proof.base, proving)
        for trial in proving.proof.trials:
            _card(trial, proving)


def _ceiling(proving: Proving) -> None:
    proof = proving.proof
    if proof is None or proof.ceiling is None:
        return
    n_classes = proving.run.history.dataset.n_classes
    said = _("Another learner, {learner}, is right for {score} of the points held out.")
    if not n_classes:
        said = _("Another learner, {learner}, has an R² of {score} on the points held out.")
    score = score_text(proof.ceiling.score, n_classes)
    st.caption(said.format(learner=_(LEARNERS[proof.ceiling.learner]), score=score))


def _card(trial: Trial, proving: Proving) -> None:
    """One change: its picture, its figures, and a button; the run itself has none."""
    assert proving.proof is not None
    base, best = proving.proof.base, proving.best
    n_classes = trial.history.dataset.n_classes
    label = _label(trial, base)
    with st.container(border=True, width=CARD, gap="xsmall"):
        st.markdown(f"**{label}**")
        if trial.remedy.parts:
            st.caption(trial.remedy.part_words(_))
        st.image(
            _picture(trial, proving), width=WIDTH, alt=_("The answer over the plane: {change}.").format(change=label)
        )
        score, loss = trial.scores.test_score, trial.scores.test_loss
        said = _("Accuracy {score}") if n_classes else _("R² {score}")
        difference = "" if trial is base else f"  \n{_difference(score - base.scores.test_score, n_classes)}"
        loss_said = _("Test loss {loss}").format(loss=f"{Digits(loss):.4f}")
        st.markdown(f"{said.format(score=score_text(score, n_classes))}{difference}  \n{loss_said}")
        if trial is not base:
            kind: Literal["primary", "secondary"] = "primary" if trial is best else "secondary"
            st.button(_("Take this run"), key=f"tried_{trial.place}", type=kind, on_click=take, args=(trial,))


def _label(trial: Trial, base: Trial) -> str:
    if trial is base:
        return _("As it is")
    return trial.remedy.words(_) if trial.remedy.label else _("Train to the last epoch")


def _difference(gain: float, n_classes: int) -> str:
    """Of accuracies in percentage points."""
    said = _("{gain:+.1f} points").format(gain=100 * gain) if n_classes else f"{gain:+.4f}"
    return said.replace("-", "−")


def _picture(trial: Trial, proving: Proving) -> NDArray[np.uint8]:
    """(rows, columns, 4): the answer under the training points, each made once."""
    memory = session.browser().memory
    if memory.get("tried", (None,))[0] is not proving:
        memory["tried"] = proving, {}
    pictures: dict[tuple[History, int], NDArray[np.uint8]] = memory["tried"][1]
    key = trial.history, trial.epoch
    if key not in pictures:
        pictures[key] = _painted(*key)
    return pictures[key]


def _painted(history: History, epoch: int) -> NDArray[np.uint8]:
    dataset = history.dataset
    grid = make_grid(dataset, COLUMNS, ROWS)
    answer = boundary(history.model_at(epoch), grid, PROBABILITY)
    image = level_colors(answer.n_classes)[answer.values]
    columns, rows = ((dataset.X_train - (grid.x0, grid.y0)) / (grid.dx, grid.dy)).round().astype(int).T
    inside = (columns >= 0) & (columns < COLUMNS) & (rows >= 0) & (rows < ROWS)
    image[rows[inside], columns[inside], :3] = point_colors(dataset, dataset.y_train[inside])
    image[rows[inside], columns[inside], 3] = 255
    flipped: NDArray[np.uint8] = np.ascontiguousarray(image[::-1])
    return flipped
