"""What training is told (TrainSpec), carries (State) and tells (Chunk). Both engines speak these three."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moons.fields import N_, FieldError, Spec, between, choice

MAX_EPOCHS = 100_000

# name -> how many numbers the optimiser remembers for each parameter
OPTIMIZERS: dict[str, int] = {"sgd": 0, "momentum": 1, "nesterov": 1, "rmsprop": 1, "adam": 2, "adamw": 2}
SCHEDULES = ("constant", "step", "cosine", "warmup", "exponential")

TRAINED = "epochs"  # reasons for the end of a run, as Chunk.ended has them
NOT_FINITE = "not finite"


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
        help=N_("Pulls every weight towards 0, so that the boundary stays simple."),
    )
    l1: float = between(
        0.0,
        low=0.0,
        high=10.0,
        step=1e-4,
        label=N_("L1"),
        help=N_("Pulls every weight towards 0 by the same amount, so that many become exactly small."),
    )
    clip_norm: float | None = between(
        None,
        low=1e-3,
        high=1e3,
        step=1e-3,
        label=N_("Clip gradient norm"),
        help=N_("Shortens a gradient that is longer than this. A guard against exploding gradients."),
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


@dataclass(frozen=True, eq=False)
class State:
    """All that training carries from one update to the next. Never written to once made."""

    epoch: int  # epochs done
    step: int  # updates done
    parameters: NDArray[np.float32]  # (n_parameters,), in the order of model.parameters(), each row by row
    moments: NDArray[np.float32]  # (what the optimiser remembers, n_parameters)

    def __post_init__(self) -> None:
        self.parameters.flags.writeable = self.moments.flags.writeable = False

    @property
    def nbytes(self) -> int:
        """Memory held by the arrays, bytes."""
        return self.parameters.nbytes + self.moments.nbytes


@dataclass(frozen=True)
class Scores:
    """How a network does on both splits: loss is mean cross-entropy in nats per point, accuracy a share."""

    train_loss: float
    test_loss: float
    train_accuracy: float
    test_accuracy: float


@dataclass(frozen=True, eq=False)
class Chunk:
    """Epochs [start, stop) of a run."""

    start: int
    stop: int
    train_loss: NDArray[np.float32]  # (stop - start,), mean nats per point, each batch before its own update
    test_loss: NDArray[np.float32]  # (stop - start,), before the epoch's first update
    state: State  # after `stop` epochs
    scores: Scores  # of that state
    ended: str | None  # TRAINED or NOT_FINITE in the last chunk, else None
