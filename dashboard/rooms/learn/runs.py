"""Runs beside the person's own: trained in the background, and kept for the next look."""

import time
from collections.abc import Sequence
from functools import lru_cache

import streamlit as st

from dashboard.app.beside import Training
from dashboard.app.turns import turns
from dashboard.app.words import failure_sentence
from dashboard.page import session, timer
from dashboard.page.language import _
from moons import Experiment, History, make_dataset
from moons.data import Dataset
from moons.inspection.points import evaluate
from moons.progress import Scores

LOOK, SHARE = 0.5, 0.2  # seconds between two looks at what is trained; of a look of one of many
MARGIN = 2.0  # seconds that a look may be late


def beside(experiment: Experiment, dataset: Dataset) -> Training:
    """The run of `experiment` on `dataset`, under way or done."""
    return session.served().beside(experiment, dataset, 2 * _every() + MARGIN)


def trained(*trainings: Training) -> bool:
    """Whether all are trained to their end, after a blink. If not, how far they are or what is wrong stands here."""
    until = time.monotonic() + session.BLINK
    if not all(training.done for training in trainings):
        with turns().aside():
            for training in trainings:
                training.wait(max(0.0, until - time.monotonic()))
    n_done = sum(training.done for training in trainings)
    if n_done < len(trainings):
        timer.draw(lambda: _follow(trainings, n_done), _every())
    failure = next((training.failure for training in trainings if training.failure is not None), None)
    if failure is not None:
        st.error(failure_sentence(failure, _))
    return n_done == len(trainings) and failure is None


def _every() -> float:
    return session.every(LOOK, share=SHARE)


def _follow(trainings: Sequence[Training], n_done: int) -> None:
    for training in trainings:
        if not training.done:
            beside(training.run.experiment, training.run.history.dataset)
    if sum(training.done for training in trainings) > n_done:
        st.rerun()
    epochs = [(training.run.history.n_epochs, training.run.experiment.epochs) for training in trainings]
    done, planned = map(sum, zip(*epochs, strict=True))
    said = _("Training … {done} of {epochs} epochs").format(done=f"{done:,}", epochs=f"{planned:,}")
    st.progress(done / planned, said)


@lru_cache(maxsize=32)
def points_of(experiment: Experiment) -> Dataset:
    """The points of an experiment, the same object each time."""
    return make_dataset(experiment.data)


def scores_of(history: History) -> Scores:
    """How a run does at the end of what is trained."""
    return evaluate(history.model_at(history.n_epochs), history.dataset, history.experiment.training_now).scores
