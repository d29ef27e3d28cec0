"""One training step, opened: every number of the loop's six lines, as PyTorch's autograd has it."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from moons.dropout import Dropout, in_training
from moons.fields import Between
from moons.loss import make_loss
from moons.model import LayerValues, NaiveNet
from moons.run import History
from moons.task import Task
from moons.train import BACKWARD, PENALTIES, batches_of_epoch, make_optimizer, step_phases, train_step
from moons.train_spec import TrainSpec

Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Parameter:
    """A layer's weights (units, inputs) or biases (units,), and what the step does to them. All of one shape."""

    before: Floats
    gradient: Floats  # of the loss, as `loss.backward()` leaves it
    used: Floats  # what the optimiser is handed: the same, with the L1 penalty's gradient and clipped, where set
    without_zero_grad: Floats  # what `backward` would leave if the step before had not been cleared away
    after: Floats


@dataclass(frozen=True, eq=False)
class Layer:
    """One linear layer and the activation after it, for the m points of the step."""

    inputs: Floats  # (m, inputs)
    z: Floats  # (m, units), the weighted sums: pre-activations
    h: Floats  # (m, units), activations; of the last layer z itself, the logits
    mask: Floats  # (m, units), what dropout multiplies h by on its way to the next layer; 1 where there is none
    slope: Floats  # (m, units), of the activation at z; 1 in the last layer
    dz: Floats  # (m, units), gradient of the loss by z
    dh: Floats  # (m, units), gradient of the loss by h
    weight: Parameter
    bias: Parameter


@dataclass(frozen=True, eq=False)
class Step:
    """The step that a run takes after `epoch` epochs. Losses are the mean per point: see loss.make_loss."""

    epoch: int
    points: NDArray[np.int64]  # (m,), rows of the training set
    X: Floats  # (m, 2)
    y: NDArray[Any]  # (m,), int64 classes; float32 targets of a regression
    layers: tuple[Layer, ...]
    probabilities: Floats  # (m, n_classes), softmax of the logits; (m, 0) of a regression
    n_classes: int  # 0 for regression
    loss_name: str  # a key of CLASS_LOSSES or REGRESSION_LOSSES
    loss: float
    rate: float
    optimizer: str
    loss_after: float  # on the same points and by the same masks, with the new weights
    dropout: float  # the share of hidden units that sit out

    @property
    def task(self) -> Task:
        """Classes, or a number to predict."""
        return Task.of(self.n_classes)

    @property
    def logits(self) -> Floats:
        """(m, n_classes), the last layer's sums; of a regression the predictions, (m, 1)."""
        return self.layers[-1].z

    @property
    def true_probability(self) -> Floats:
        """(m,), the probability given to each point's own class; cross-entropy is the mean of −ln of it."""
        true: Floats = self.probabilities[np.arange(len(self.y)), self.y]
        return true


def open_step(history: History, epoch: int, point: int | None = None) -> Step:
    """The step that follows `epoch` epochs of a run.

    With `point` None it is the run's own: its next batch, which is the first of that epoch's shuffle, or all points
    if the run takes full batches. With a row of the training set it is the step which that point alone would cause.
    The run's rate, moments, L1, L2, clipping and dropout apply to both. At the end of a run it is the step that would
    follow.

    Raises FieldError for an epoch that isn't trained yet or a point that isn't there.
    """
    leftover = _gradients_before(history, epoch, point)
    model, optimizer, spec = replayed(history, epoch)
    rows = batches_of(history, epoch, point)[0]
    X, y = points_at(history, rows)

    layers = model.activations_of(X, Dropout(spec, epoch).mask if spec.dropout else None)
    logits = layers[-1].activations
    loss_function = make_loss(spec, history.dataset.n_classes)
    loss = loss_function(logits, y)
    flow = [_flow(layer, loss) for layer in layers]
    before = [_numbers(p) for p in model.parameters()]
    gradients = {phase: _gradients(model) for phase in step_phases(model, loss, optimizer, spec)}
    after = [_numbers(p) for p in model.parameters()]

    parameters = [
        Parameter(b, gradient, u, gradient + rest, a)
        for b, gradient, u, rest, a in zip(
            before, gradients[BACKWARD], gradients[PENALTIES], leftover, after, strict=True
        )
    ]
    with torch.no_grad():
        loss_after = loss_function(in_training(model, spec, epoch)(X), y).item()
    return Step(
        epoch=epoch,
        points=rows,
        X=_numbers(X),
        y=y.numpy(),
        layers=tuple(map(Layer, *zip(*flow, strict=True), parameters[::2], parameters[1::2])),
        probabilities=_numbers(logits.softmax(dim=1)[:, : history.dataset.n_classes]),
        n_classes=history.dataset.n_classes,
        loss_name=spec.class_loss if history.dataset.n_classes else spec.regression_loss,
        loss=loss.item(),
        rate=optimizer.param_groups[0]["lr"],
        optimizer=spec.optimizer,
        loss_after=loss_after,
        dropout=spec.dropout,
    )


def replayed(history: History, epoch: int) -> tuple[NaiveNet, torch.optim.Optimizer, TrainSpec]:
    """Network, optimiser and settings as the run has them after `epoch` epochs."""
    spec, _end = history.experiment.segment(epoch)
    model = history.model_at(epoch)
    return model, make_optimizer(model, spec, history.state_at(epoch)), spec


def batches_of(history: History, epoch: int, point: int | None) -> list[NDArray[np.int64]]:
    """The rows of each update of an epoch: the run's own batches, or the one point."""
    n_points = len(history.dataset.y_train)
    if point is not None:
        Between(0, n_points - 1, 1).check("point", point)
        return [np.array([point])]
    spec, _end = history.experiment.segment(epoch)
    every = torch.arange(n_points)
    return [every[batch].numpy() for batch in batches_of_epoch(spec, epoch, n_points)]


def points_at(history: History, rows: NDArray[np.int64]) -> tuple[Tensor, Tensor]:
    return torch.from_numpy(history.dataset.X_train[rows]), torch.from_numpy(history.dataset.y_train[rows])


def _gradients_before(history: History, epoch: int, point: int | None) -> list[Floats]:
    """What the step before left behind: the run's last one in the epoch before, or that of the same point there."""
    if epoch == 0:
        return [np.zeros(p.shape, np.float32) for p in history.model_at(0).parameters()]
    model, optimizer, spec = replayed(history, epoch - 1)
    network = in_training(model, spec, epoch - 1)
    for rows in batches_of(history, epoch - 1, point):
        X, y = points_at(history, rows)
        train_step(model, make_loss(spec, history.dataset.n_classes)(network(X), y), optimizer, spec)
    return _gradients(model)


def _flow(layer: LayerValues, loss: Tensor) -> tuple[Floats, ...]:
    """A layer's inputs, z, h, mask, slope, dz and dh: to be read before the weights change under them."""
    inputs, z, h, mask = layer
    (slope,) = torch.autograd.grad(h.sum(), z, retain_graph=True)
    dz, dh = torch.autograd.grad(loss, (z, h), retain_graph=True)
    mask = torch.ones_like(h) if mask is None else mask
    return tuple(map(_numbers, (inputs, z, h, mask, slope, dz, dh)))


def _gradients(model: NaiveNet) -> list[Floats]:
    return [_numbers(p.grad) for p in model.parameters() if p.grad is not None]


def _numbers(tensor: Tensor) -> Floats:
    return tensor.detach().numpy().copy()
