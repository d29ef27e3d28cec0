"""The loss around where the weights are: along one of them, and along the gradient for each learning rate."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from moons.fields import Between
from moons.loss import make_loss
from moons.model import NaiveNet, set_parameters
from moons.run import History

STEPS = 61
SPAN = 1.5  # to each side of a weight


@dataclass(frozen=True, eq=False)
class Valley:
    """The loss of all training points when one parameter takes other values; the rest stays."""

    values: NDArray[np.float32]  # (k,), of the parameter
    losses: NDArray[np.float32]  # (k,), mean per point
    at: float  # where it is now
    loss: float
    gradient: float  # autograd's


@dataclass(frozen=True, eq=False)
class Rates:
    """The loss after one plain step against the gradient, for each learning rate."""

    rates: NDArray[np.float64]  # (k,)
    losses: NDArray[np.float32]  # (k,), mean per point
    loss: float  # before


def along_weight(history: History, epoch: int, parameter: int) -> Valley:
    """Walk one parameter (by its place among all) from SPAN below to SPAN above where it is.

    Raises FieldError for an epoch that isn't trained yet or a parameter that isn't there.
    """
    model, flat = history.model_at(epoch), torch.tensor(history.weights_at(epoch))
    Between(0, len(flat) - 1, 1).check("parameter", parameter)
    loss_of = _loss_of(model, history, epoch)
    loss, gradient = _now(model, loss_of)
    values = flat[parameter].item() + np.linspace(-SPAN, SPAN, STEPS)
    tried = flat.repeat(STEPS, 1)
    tried[:, parameter] = torch.from_numpy(values)
    losses = np.array([loss_of(weights).item() for weights in tried], np.float32)
    return Valley(values.astype(np.float32), losses, flat[parameter].item(), loss, gradient[parameter].item())


def along_gradient(history: History, epoch: int) -> Rates:
    """Take the same step with rates from 0.001 to 100. Raises FieldError for an epoch that isn't trained yet."""
    model, flat = history.model_at(epoch), torch.tensor(history.weights_at(epoch))
    loss_of = _loss_of(model, history, epoch)
    loss, gradient = _now(model, loss_of)
    rates = np.logspace(-3, 2, STEPS)
    losses = [loss_of(flat - rate * gradient).item() for rate in rates]
    return Rates(rates, np.array(losses, np.float32), loss)


def _loss_of(model: NaiveNet, history: History, epoch: int) -> Callable[[Tensor | None], Tensor]:
    """The loss of all training points with other weights in `model`, or with those it has."""
    X, y = torch.from_numpy(history.dataset.X_train), torch.from_numpy(history.dataset.y_train)
    spec, _end = history.experiment.segment(epoch)
    loss_function = make_loss(spec, history.dataset.n_classes)

    def loss_of(weights: Tensor | None) -> Tensor:
        if weights is not None:
            set_parameters(model, weights.numpy())
        return loss_function(model(X), y)

    return loss_of


def _now(model: NaiveNet, loss_of: Callable[[Tensor | None], Tensor]) -> tuple[float, Tensor]:
    """The loss, and its gradient by all parameters: (n_parameters,)."""
    loss = loss_of(None)
    gradients = torch.autograd.grad(loss, tuple(model.parameters()))
    return loss.item(), torch.cat([gradient.reshape(-1) for gradient in gradients])
