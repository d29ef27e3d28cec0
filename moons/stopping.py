"""Early stopping: at a loss or score that is good enough, or without progress."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from moons.progress import HIGH_SCORE, LOW_TEST_LOSS, LOW_TRAIN_LOSS, NO_IMPROVEMENT, Chunk, State, Stop
from moons.train_spec import TrainSpec

Engine = Callable[[State, int, Stop | None], Iterator[Chunk]]  # (start, epochs in a chunk, stop) -> chunks


def can_stop(spec: TrainSpec) -> bool:
    """Whether any condition is set."""
    return any(
        limit is not None for limit in (spec.stop_train_loss, spec.stop_test_loss, spec.stop_score, spec.patience)
    )


def until_stop(
    engine: Engine, start: State, chunk_epochs: int, spec: TrainSpec, stop: Stop | None = None
) -> Iterator[Chunk]:
    """The engine's chunks up to the first epoch that meets a condition of `spec`, which is the last one done.

    Conditions look at what each epoch has recorded, so a run cut into chunks anywhere ends in the same epoch.
    """
    best = start.best_loss, start.best_epoch
    state = start
    for chunk in engine(start, chunk_epochs, stop):
        met = _first_met(chunk, spec, *best)
        if met is not None and (met[0] + 1 < chunk.stop or chunk.measured is None):
            chunk = next(engine(state, met[0] + 1 - chunk.start, None))  # noqa: PLW2901 - the same epochs, cut short
        best = _best(chunk, *best)
        state = replace(chunk.state, best_loss=best[0], best_epoch=best[1])
        yield replace(chunk, state=state, ended=met[1] if met else chunk.ended)
        if met:
            return


def _first_met(chunk: Chunk, spec: TrainSpec, best_loss: float, best_epoch: int) -> tuple[int, str] | None:
    """The first epoch of the chunk that ends the run, and why; None if none does."""
    found = [
        (chunk.start + int(epochs.argmax()), why)
        for why, epochs in _conditions(chunk, spec, best_loss, best_epoch)
        if epochs.any()
    ]
    return min(found, key=lambda end: end[0], default=None)


def _conditions(
    chunk: Chunk, spec: TrainSpec, best_loss: float, best_epoch: int
) -> Iterator[tuple[str, NDArray[np.bool_]]]:
    """For each condition that is set, which epochs of the chunk meet it."""
    if spec.stop_train_loss is not None:
        yield LOW_TRAIN_LOSS, chunk.train_loss < spec.stop_train_loss
    if spec.stop_test_loss is not None:
        yield LOW_TEST_LOSS, chunk.test_loss < spec.stop_test_loss
    if spec.stop_score is not None:
        yield HIGH_SCORE, chunk.test_score >= np.float32(spec.stop_score)
    if spec.patience is not None:
        epochs = np.arange(chunk.start, chunk.stop)
        before = np.minimum.accumulate(np.append(np.float32(best_loss), chunk.test_loss))[:-1]
        last_best = np.maximum.accumulate(np.where(chunk.test_loss < before, epochs, best_epoch))
        yield NO_IMPROVEMENT, epochs - last_best >= spec.patience


def _best(chunk: Chunk, best_loss: float, best_epoch: int) -> tuple[float, int]:
    """The smallest test loss up to the chunk's end, and its epoch."""
    if chunk.stop == chunk.start or chunk.test_loss.min() >= best_loss:
        return best_loss, best_epoch
    return float(chunk.test_loss.min()), chunk.start + int(chunk.test_loss.argmin())
