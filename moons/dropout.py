"""Dropout: in training each hidden unit is left out at random, and the others are scaled up.

Source: N. Srivastava et al., "Dropout: A Simple Way to Prevent Neural Networks from Overfitting", JMLR 15, 2014. What
stays is scaled at once, as in torch.nn.Dropout, so that the trained network is used as it is.
"""

from collections.abc import Callable

import torch
from torch import Tensor

from moons.model import NaiveNet
from moons.train_spec import TrainSpec


class Dropout:
    """The masks of one epoch, drawn batch by batch, layer by layer."""

    def __init__(self, spec: TrainSpec, epoch: int, drawn: int = 0) -> None:
        """`drawn` numbers of the epoch are skipped: one for each point and hidden unit that had its turn."""
        self._share = spec.dropout
        self._generator = torch.Generator().manual_seed(spec.dropout_seed(epoch))
        torch.rand(drawn, generator=self._generator)

    def mask(self, h: Tensor) -> Tensor:
        """What to multiply the activations h (m, units) of a hidden layer by: 0, or 1 / (1 − the share)."""
        numbers = torch.rand(h.T.shape, generator=self._generator).T  # unit by unit, as the compiled engine has them
        return ((numbers >= self._share) / (1 - self._share)).to(h.device)


def in_training(model: NaiveNet, spec: TrainSpec, epoch: int, points_done: int = 0) -> Callable[[Tensor], Tensor]:
    """`model` as it is trained in an epoch: x (m, 2) -> outputs.

    To be called with the epoch's batches in order, after those with the first `points_done` points.
    """
    if spec.dropout == 0:
        return model
    dropout = Dropout(spec, epoch, points_done * sum(model.sizes[1:-1]))

    return lambda x: model.activations_of(x, dropout.mask)[-1].activations
