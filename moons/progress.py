"""What training is told (TrainSpec), carries (State) and tells (Chunk). Both engines speak these three."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moons.fields import N_, FieldError, Spec, between, choice
from moons.losses import CLASS_LOSSES, REGRESSION_LOSSES
from moons.optimizers import OPTIMIZERS
from moons.schedules import SCHEDULES

MAX_EPOCHS = 100_000
FIRST_DROPOUT_SEED = 1_000_000_000  # above every shuffle's

# reasons for the end of a run, as Chunk.ended has them
TRAINED = "epochs"
NOT_FINITE = "not finite"
LOW_TRAIN_LOSS = "train loss"
LOW_TEST_LOSS = "test loss"
HIGH_SCORE = "score"
NO_IMPROVEMENT = "no improvement"


@dataclass(frozen=True)
class TrainSpec(Spec):
    """How to train: the notebook's loop, and every choice in it."""

    epochs: int = between(
        15_000,
        low=1,
        high=MAX_EPOCHS,
        label=N_("Epochs"),
        help=N_("How often the network sees the whole training set. More epochs, more time to learn."),
    )
    learning_rate: float = between(
        1e-2,
        low=1e-5,
        high=10.0,
        step=1e-5,
        log=True,
        label=N_("Learning rate"),
        help=N_("How far each update moves the weights. Too small learns nothing, too large jumps about."),
    )
    batch_size: int | None = between(
        None,
        low=1,
        high=5_000,
        label=N_("Batch size"),
        help=N_("How many points each update looks at. The notebook takes all of them at once."),
    )
    seed: int = between(
        0,
        low=0,
        high=9_999,
        label=N_("Shuffle seed"),
        help=N_("Decides how the points are dealt into batches in each epoch."),
    )
    optimizer: str = choice(
        "sgd",
        OPTIMIZERS,
        label=N_("Optimiser"),
        help=N_("The rule that turns gradients into updates. SGD is the plainest."),
    )
    schedule: str = choice(
        "constant",
        SCHEDULES,
        label=N_("Schedule"),
        help=N_("How the learning rate changes from the first epoch to the last."),
    )
    weight_decay: float = between(
        0.0,
        low=0.0,
        high=10.0,
        step=1e-4,
        label=N_("L2 (weight decay)"),
        help=N_("Pulls every weight towards 0. Coupled to the gradient; with AdamW decoupled from it."),
    )
    l1: float = between(
        0.0,
        low=0.0,
        high=10.0,
        step=1e-4,
        label=N_("L1"),
        help=N_("Pulls every weight towards 0 by the same amount, so that many become exactly small."),
    )
    dropout: float = between(
        0.0,
        low=0.0,
        high=0.9,
        step=0.05,
        label=N_("Dropout"),
        help=N_(
            "The chance that a hidden unit sits out, drawn anew for each point and update; the rest count for more. "
            "In training only: against learning by heart."
        ),
    )
    clip_norm: float | None = between(
        None,
        low=1e-3,
        high=1e3,
        step=1e-3,
        label=N_("Clip gradient norm"),
        help=N_("Shortens a gradient that is longer than this. A guard against exploding gradients."),
    )
    class_loss: str = choice(
        "cross_entropy",
        CLASS_LOSSES,
        label=N_("Loss of classes"),
        help=N_("What training makes small. Cross-entropy is the usual one; try another to see why."),
    )
    regression_loss: str = choice(
        "mse",
        REGRESSION_LOSSES,
        label=N_("Loss of a regression"),
        help=N_("mse squares each error; huber counts large ones less."),
    )
    stop_train_loss: float | None = between(
        None,
        low=0.0,
        high=100.0,
        step=0.01,
        label=N_("Stop at a training loss below"),
        help=N_("Ends the run after the first epoch whose training loss is below this."),
    )
    stop_test_loss: float | None = between(
        None,
        low=0.0,
        high=100.0,
        step=0.01,
        label=N_("Stop at a test loss below"),
        help=N_("Ends the run after the first epoch whose test loss is below this."),
    )
    stop_score: float | None = between(
        None,
        low=0.0,
        high=1.0,
        step=0.01,
        label=N_("Stop at a test accuracy of"),
        help=N_(
            "Ends the run after the first epoch with at least this share of the test points right; R² for numbers."
        ),
    )
    patience: int | None = between(
        None,
        low=1,
        high=MAX_EPOCHS,
        label=N_("Stop without improvement for"),
        help=N_("Ends the run when the test loss has not been lower than its best for this many epochs."),
    )

    def steps_per_epoch(self, n_points: int) -> int:
        """Updates in one epoch over `n_points` training points. Raises FieldError if a batch can't be filled."""
        if self.batch_size is None:
            return 1
        if self.batch_size > n_points:
            raise FieldError(
                N_("{field} must be at most the number of training points ({n_points}), got {value}"),
                field="batch_size",
                n_points=n_points,
                value=self.batch_size,
            )
        return -(-n_points // self.batch_size)

    def shuffle_seed(self, epoch: int) -> int:
        """The seed of this epoch's shuffle: its own, so that any epoch can be replayed without the ones before."""
        return self.seed * MAX_EPOCHS + epoch

    def dropout_seed(self, epoch: int) -> int:
        """The seed of this epoch's dropout: its own likewise, and no shuffle's."""
        return FIRST_DROPOUT_SEED + self.shuffle_seed(epoch)


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
    """How a network does on both splits. Loss is the mean per point: see loss.make_loss.

    A score is what scikit-learn calls so: of classes the accuracy, a share; of a regression R².
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
