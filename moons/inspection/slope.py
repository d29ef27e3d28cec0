"""The loss around where the weights are: along one of them, and along the gradient for each learning rate."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from moons.fields import Between
from moons.model import NaiveNet
from moons.run import History

STEPS = 61
SPAN = 1.5  # to each side of a weight


@dataclass(frozen=True, eq=False)
class Valley:
    """The loss of all training points when one parameter takes other values; the rest stays."""

    values: NDArray[np.float32]  # (k,), of the parameter
    losses: NDArray[np.float32]  # (k,), nats per point
    at: float  # where it is now
    loss: float
    gradient: float  # autograd's


@dataclass(frozen=True, eq=False)
class Rates:
    """The loss after one plain step against the gradient, for each learning rate."""

    rates: NDArray[np.float64]  # (k,)
    losses: NDArray[np.float32]  # (k,), nats per point
    loss: float  # before


def along_weight(history: History, epoch: int, parameter: int) -> Valley:
    """Walk one parameter (by its place among all) from SPAN below to SPAN above where it is.

    Raises FieldError for an epoch that isn't trained yet or a parameter that isn't there.
    """
    model, flat = history.model_at(epoch), torch.tensor(history.weights_at(epoch))
    Between(0, len(flat) - 1, 1).check("parameter", parameter)
    loss, gradient = _loss_and_gradient(model, history)
    values = flat[parameter].item() + np.linspace(-SPAN, SPAN, STEPS)
    tried = flat.repeat(STEPS, 1)
    tried[:, parameter] = torch.from_numpy(values)
    losses = np.array([_loss_with(model, history, weights) for weights in tried], np.float32)
    return Valley(values.astype(np.float32), losses, flat[parameter].item(), loss, gradient[parameter].item())


def along_gradient(history: History, epoch: int) -> Rates:
    """Take the same step with rates from 0.001 to 100. Raises FieldError for an epoch that isn't trained yet."""
    model, flat = history.model_at(epoch), torch.tensor(history.weights_at(epoch))
    loss, gradient = _loss_and_gradient(model, history)
    rates = np.logspace(-3, 2, STEPS)
    losses = [_loss_with(model, history, flat - rate * gradient) for rate in rates]
    return Rates(rates, np.array(losses, np.float32), loss)


def _loss_and_gradient(model: NaiveNet, history: History) -> tuple[float, Tensor]:
    X, y = torch.from_numpy(history.dataset.X_train), torch.from_numpy(history.dataset.y_train)
    loss = nn.functional.cross_entropy(model(X), y)
    gradients = torch.autograd.grad(loss, tuple(model.parameters()))
    return loss.item(), torch.cat([gradient.reshape(-1) for gradient in gradients])


@torch.no_grad()
def _loss_with(model: NaiveNet, history: History, weights: Tensor) -> float:
    X, y = torch.from_numpy(history.dataset.X_train), torch.from_numpy(history.dataset.y_train)
    nn.utils.vector_to_parameters(weights, model.parameters())
    return nn.functional.cross_entropy(model(X), y).item()
