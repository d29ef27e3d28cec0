"""What training carries from step to step (State) and yields (Chunk). Both engines use these."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moons.train_spec import MAX_EPOCHS, TrainSpec  # noqa: F401 - their old place

# reasons for the end of a run, as Chunk.ended has them
TRAINED = "epochs"
NOT_FINITE = "not finite"
LOW_TRAIN_LOSS = "train loss"
LOW_TEST_LOSS = "test loss"
HIGH_SCORE = "score"
NO_IMPROVEMENT = "no improvement"


Stop = Callable[[], bool]  # asked between two batches: whether to stop now


class Stopped(Exception):  # noqa: N818 - nothing has failed
    """A `stop` condition was true before there was a result."""


@dataclass(frozen=True, eq=False)
class PartialEpoch:
    """An epoch of which some batches are done: with it, training goes on bit for bit as if it hadn't been stopped."""

    before: "State"  # at the epoch's start; a run whose loss isn't finite goes back to it
    batches: int  # done, at least 1
    loss_sum: float  # over their points, each batch before its own update; with dropout
    score_sum: float  # of the same outputs: right answers, or squared errors of a regression
    test_loss: float  # at the epoch's start, mean per point
    test_score_mean: float


@dataclass(frozen=True, eq=False)
class State:
    """All that training carries from one update to the next. Never written to once made."""

    epoch: int  # epochs done
    step: int  # updates done
    parameters: NDArray[np.float32]  # (n_parameters,), in the order of model.parameters(), each row by row
    moments: NDArray[np.float32]  # (what the optimiser remembers, n_parameters)
    best_loss: float = math.inf  # the smallest test loss so far, where the spec has patience
    best_epoch: int = 0  # and its epoch
    partial: PartialEpoch | None = None  # what is done of the next epoch, where training stopped inside it

    def __post_init__(self) -> None:
        self.parameters.flags.writeable = self.moments.flags.writeable = False

    @property
    def whole(self) -> "State":
        """The same state without an unfinished epoch: as it was after `epoch` epochs."""
        return self.partial.before if self.partial else self

    @property
    def nbytes(self) -> int:
        """Memory held by the arrays, bytes."""
        return self.parameters.nbytes + self.moments.nbytes


@dataclass(frozen=True)
class Scores:
    """A network's loss and score on both splits. Loss is the mean per point: cross-entropy in nats for classes.

    A score is scikit-learn's: the accuracy for classes, R² for a regression.
    """

    train_loss: float
    test_loss: float
    train_score: float
    test_score: float


@dataclass(frozen=True, eq=False)
class Chunk:
    """Epochs [start, stop) of a run."""

    start: int
    stop: int
    train_loss: NDArray[np.float32]  # (stop - start,), mean per point, each batch before its own update; with dropout
    test_loss: NDArray[np.float32]  # (stop - start,), before the epoch's first update
    train_score: NDArray[np.float32]  # (stop - start,), of the same outputs as the losses; see Scores
    test_score: NDArray[np.float32]
    state: State  # after `stop` epochs, and perhaps some batches of the next one
    measured: Scores | None  # of that state; None where training was stopped before the chunk's end
    ended: str | None  # why the run ends, in its last chunk: TRAINED, NOT_FINITE, LOW_TRAIN_LOSS, …

    @property
    def scores(self) -> Scores:
        """Of the chunk's state. Raises ValueError where training was stopped before the chunk's end."""
        if self.measured is None:
            raise ValueError(f"a chunk that was stopped (after epoch {self.stop}) has no scores: see train.scores_of")
        return self.measured
