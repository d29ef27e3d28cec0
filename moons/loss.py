"""What training makes small, and the score that people read beside it."""

import math
from collections.abc import Callable

import torch
from torch import Tensor, nn

from moons.data import Dataset
from moons.progress import TrainSpec

Loss = Callable[[Tensor, Tensor], Tensor]  # outputs (n, outputs), targets (n,) -> mean over the points, ()


def make_loss(spec: TrainSpec, n_classes: int) -> Loss:
    """Mean cross-entropy of classes, nats per point; of a regression (0 classes) what `spec` says, in y's units."""
    if n_classes:
        return nn.CrossEntropyLoss()
    rule = nn.MSELoss() if spec.regression_loss == "mse" else nn.HuberLoss()
    return lambda outputs, y: rule(outputs.squeeze(dim=1), y)


def hits(outputs: Tensor, y: Tensor, n_classes: int) -> Tensor:
    """What a score sums over points, (): right answers of classes, squared errors of a regression."""
    if n_classes:
        return (outputs.argmax(dim=1) == y).sum()
    return (outputs.squeeze(dim=1) - y).square().sum()


def score(mean_hits: float, y: Tensor, n_classes: int) -> float:
    """Accuracy of classes, a share; R² of a regression (as sklearn.metrics.r2_score, 0 where all targets agree)."""
    if n_classes:
        return mean_hits
    variance = (y - y.mean()).square().mean().item()
    return 1 - mean_hits / variance if variance else 0.0


def guessing_loss(dataset: Dataset, spec: TrainSpec) -> float:
    """The loss without looking at the points: all classes alike, ln(n_classes); of numbers, always their mean."""
    if dataset.n_classes:
        return math.log(dataset.n_classes)
    y = torch.from_numpy(dataset.y_train)
    return make_loss(spec, 0)(y.mean().expand(len(y), 1), y).item()
