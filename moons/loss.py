"""The loss that training minimises, and the score shown beside it."""

import math

import torch
from torch import Tensor

from moons.data import Dataset
from moons.losses import CLASS_LOSSES, REGRESSION_LOSSES, Loss, LossEntry
from moons.task import Task
from moons.train_spec import TrainSpec

__all__ = ["Loss", "guessing_loss", "loss_entry", "make_loss", "score", "score_of_mean", "score_sum"]


def loss_entry(spec: TrainSpec, n_classes: int) -> LossEntry:
    """The registry's entry of the loss that `spec` names."""
    return (
        CLASS_LOSSES["cross_entropy"]
        if Task.of(n_classes) is Task.CLASSIFICATION
        else REGRESSION_LOSSES[spec.regression_loss]
    )


def make_loss(spec: TrainSpec, n_classes: int) -> Loss:
    """Mean loss per point: of classes cross-entropy, nats; of a regression (0 classes) `spec`'s, in units of y."""
    return loss_entry(spec, n_classes).of_outputs(classes=Task.of(n_classes) is Task.CLASSIFICATION)


def score_sum(outputs: Tensor, y: Tensor, n_classes: int) -> Tensor:
    """What a score sums over points, (): right answers of classes, squared errors of a regression."""
    if Task.of(n_classes) is Task.CLASSIFICATION:
        return (outputs.argmax(dim=1) == y).sum()
    return (outputs.squeeze(dim=1) - y).square().sum()


hits = score_sum  # deprecated name


def score(score_total: float, y: Tensor, n_classes: int) -> float:
    """Accuracy of classes, a share; R² of a regression (as sklearn.metrics.r2_score, 0 where all targets agree)."""
    return score_of_mean(score_total / len(y), y, n_classes)


def score_of_mean(score_mean: float, y: Tensor, n_classes: int) -> float:
    """The same, by the mean of what `score_sum` sums."""
    if Task.of(n_classes) is Task.CLASSIFICATION:
        return score_mean
    variance = (y - y.mean()).square().mean().item()
    return 1 - score_mean / variance if variance else 0.0


def guessing_loss(dataset: Dataset, spec: TrainSpec) -> float:
    """The loss of a constant prediction: equal probabilities, ln(n_classes); for numbers, their mean."""
    if dataset.task is Task.CLASSIFICATION:
        return math.log(dataset.n_classes)
    y = torch.from_numpy(dataset.y_train)
    return make_loss(spec, 0)(y.mean().expand(len(y), 1), y).item()
