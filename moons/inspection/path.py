"""One point's way through the network."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from moons.data import Dataset
from moons.fields import Between
from moons.loss import make_loss
from moons.model import NaiveNet
from moons.task import Task
from moons.train_spec import TrainSpec

Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Path:
    """What a training point becomes on its way from the inputs to its loss."""

    point: int  # row of the training set
    x: Floats  # (2,)
    y: float  # its class, or its number
    inputs: Floats  # (features,)
    sums: tuple[Floats, ...]  # (units,) of each layer: what its activation function is given; the last: the outputs
    answers: tuple[Floats, ...]  # (units,) of each hidden layer: activations
    probabilities: Floats | None  # (n_classes,), softmax of the outputs; None in a regression
    loss: float  # nats, or in a regression what `training` says


@torch.no_grad()
def path(model: NaiveNet, training: TrainSpec, dataset: Dataset, point: int) -> Path:
    """Follow a training point through `model` (on the CPU). Raises FieldError for a point that isn't there."""
    Between(0, len(dataset.y_train) - 1, 1).check("point", point)
    X, y = torch.from_numpy(dataset.X_train[[point]]), torch.from_numpy(dataset.y_train[[point]])
    layers = model.activations_of(X)
    outputs = layers[-1].activations
    loss = make_loss(training, dataset.n_classes)(outputs, y).item()
    return Path(
        point=point,
        x=dataset.X_train[point].copy(),
        y=float(dataset.y_train[point]),
        inputs=_row(layers[0].inputs),
        sums=tuple(_row(layer.sums) for layer in layers),
        answers=tuple(_row(layer.activations) for layer in layers[:-1]),
        probabilities=_row(outputs.softmax(dim=1)) if dataset.task is Task.CLASSIFICATION else None,
        loss=loss,
    )


def _row(values: Tensor) -> Floats:
    return values[0].numpy().copy()
