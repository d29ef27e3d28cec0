"""Why did the notebook's loss stop at 0.674? Its run as it happened, and the clues that give it away.

The notebook sent column-major memory to an Apple GPU, and that PyTorch release read it as if it were row-major: the
coordinates arrived mixed between the points, the labels unchanged.
"""

import math
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from moons.data import Dataset
from moons.device import checksum
from moons.run import History

# epoch -> the loss that the notebook printed there
PRINTED = {0: 0.7603, 1_000: 0.6888, 2_000: 0.6864, 5_000: 0.6816, 10_000: 0.6768, 14_000: 0.6741}


@dataclass(frozen=True, eq=False)
class Clues:
    """What gives the fault away, each found without knowing the cause."""

    sent: NDArray[np.float32]  # (k, 2), the first points as they were sent
    received: NDArray[np.float32]  # (k, 2), the same rows as the device holds them
    labels: NDArray[np.int64]  # (k,), of these rows; the same on both sides
    sent_checksum: int  # CRC-32 of all training points, row by row
    received_checksum: int
    moved: float  # share of the training points that arrived somewhere else
    accuracy: float  # of the network on the points it was trained with, a share
    chance_accuracy: float  # of always saying the commonest class
    chance_loss: float  # ln(n_classes), nats per point
    losses: tuple[tuple[int, float, float | None], ...]  # (epoch, the notebook's, this run's or None if not yet there)

    @property
    def intact(self) -> bool:
        """Whether the device holds what was sent to it."""
        return self.sent_checksum == self.received_checksum


def clues(sent: Dataset, history: History, epoch: int, rows: int = 5) -> Clues:
    """The clues after `epoch` epochs of a run whose own dataset is what the device received of `sent`.

    A run on `sent` itself is the fixed one: then the clues say so. Raises FieldError for an epoch not trained yet.
    """
    received = history.dataset
    predicted = history.model_at(epoch).predict(torch.from_numpy(received.X_train)).numpy()
    reached = history.train_loss
    return Clues(
        sent=sent.X_train[:rows].copy(),
        received=received.X_train[:rows].copy(),
        labels=sent.y_train[:rows].copy(),
        sent_checksum=checksum(sent.X_train),
        received_checksum=checksum(received.X_train),
        moved=float((sent.X_train != received.X_train).any(axis=1).mean()),
        accuracy=float((predicted == received.y_train).mean()),
        chance_accuracy=float(np.bincount(sent.y_train).max() / len(sent.y_train)),
        chance_loss=math.log(sent.n_classes),
        losses=tuple((at, loss, float(reached[at]) if at < len(reached) else None) for at, loss in PRINTED.items()),
    )
