"""What the loop does when `optimizer.zero_grad()` is left out."""

from dataclasses import dataclass
from itertools import count, islice

import numpy as np
from numpy.typing import NDArray
from torch import nn

from moons.dropout import in_training
from moons.fields import Between
from moons.inspection.step.opened import batches_of, points_at, replayed
from moons.loss import make_loss
from moons.run import History
from moons.train import PENALTIES, step_phases

MOST = 1_000  # updates


@dataclass(frozen=True, eq=False)
class Uncleared:
    """How long the gradient is at each of the next updates (its Euclidean norm), with and without `zero_grad`."""

    cleared: NDArray[np.float32]  # (updates,)
    piled_up: NDArray[np.float32]  # (updates,), where each gradient is added to all that came before


def uncleared(history: History, epoch: int, point: int | None, updates: int) -> Uncleared:
    """Go on from `epoch` in both ways, at the rate of that epoch. `point` as in `open_step`.

    Raises FieldError for an epoch or a point that isn't there, and unless updates is between 1 and 1,000.
    """
    Between(1, MOST, 1).check("updates", updates)
    ways = [_norms(history, epoch, point, updates, clear=clear) for clear in (True, False)]
    return Uncleared(*(np.array(way, np.float32) for way in ways))


def _norms(history: History, epoch: int, point: int | None, updates: int, *, clear: bool) -> list[float]:
    model, optimizer, spec = replayed(history, epoch)
    epochs = ((in_training(model, spec, later), batches_of(history, later, point)) for later in count(epoch))
    batches = ((network, rows) for network, dealt in epochs for rows in dealt)
    norms = []
    for network, rows in islice(batches, updates):
        X, y = points_at(history, rows)
        loss = make_loss(spec, history.dataset.n_classes)(network(X), y)
        for phase in step_phases(model, loss, optimizer, spec, clear=clear):
            if phase == PENALTIES:
                gradients = [p.grad for p in model.parameters() if p.grad is not None]
                norms.append(nn.utils.get_total_norm(gradients).item())
    return norms
