"""Runs beside the person's own: trained as far as a person waits, and kept for the next look."""

import time
from functools import lru_cache

from moons import Experiment, History, make_dataset
from moons.data import Dataset
from moons.inspection.points import evaluate
from moons.progress import Scores
from moons.run import CHUNK_EPOCHS

PATIENCE = 4.0  # seconds; the notebook's run takes less than a tenth of one


def train_out(history: History, seconds: float = PATIENCE) -> History:
    """Train a run to its end, or as far as `seconds` go."""
    began = None  # the first chunk may have to wait for the engine to be compiled
    if history.ended is None:
        for _chunk in history.play(history.last, CHUNK_EPOCHS):
            began = began or time.perf_counter()
            if time.perf_counter() - began > seconds:
                break
    return history


@lru_cache(maxsize=24)
def beside(experiment: Experiment, dataset: Dataset) -> History:
    """The trained run of `experiment` on `dataset`; the same object each time, so only to be read."""
    return train_out(History(experiment, device="cpu", dataset=dataset))


@lru_cache(maxsize=32)
def points_of(experiment: Experiment) -> Dataset:
    """The points of an experiment, the same object each time."""
    return make_dataset(experiment.data)


def scores_of(history: History) -> Scores:
    """How a run does at the end of what is trained."""
    return evaluate(history.model_at(history.n_epochs), history.dataset, history.experiment.training_now).scores
