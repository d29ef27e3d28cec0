"""The loss that training minimises, and the score shown beside it."""

from functools import lru_cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from moons.data import Dataset
from moons.fields import N_
from moons.losses import CLASS_LOSSES, REGRESSION_LOSSES, Loss, LossEntry
from moons.task import Task
from moons.train_spec import TrainSpec

TINY = 1e-12  # keeps an empty class from ln 0
FACTORS = np.arange(0.0, 2.0, 1 / 16)  # of the logarithms of the classes' shares
PROPER = ("cross_entropy", "squared_error")  # smallest where the probabilities are the classes' shares

IN_NATS, MEAN = N_("Loss (nats per point)"), N_("Loss (mean per point)")
STANDARDISED = N_("Loss (standardised)")

__all__ = [
    "Loss",
    "constant_loss",
    "guessing_loss",
    "loss_entry",
    "loss_unit",
    "make_loss",
    "score",
    "score_of_mean",
    "score_sum",
]


def loss_entry(spec: TrainSpec, n_classes: int) -> LossEntry:
    """The registry's entry of the loss that `spec` names."""
    return (
        CLASS_LOSSES[spec.class_loss]
        if Task.of(n_classes) is Task.CLASSIFICATION
        else REGRESSION_LOSSES[spec.regression_loss]
    )


def make_loss(spec: TrainSpec, n_classes: int) -> Loss:
    """Mean loss per point, as `spec` has it: of classes, or of a regression (0 classes), in units of y."""
    return loss_entry(spec, n_classes).of_outputs(classes=Task.of(n_classes) is Task.CLASSIFICATION)


def loss_unit(spec: TrainSpec, dataset: Dataset) -> str:
    """What an axis of losses is called, untranslated."""
    if loss_entry(spec, dataset.n_classes).in_nats:
        return IN_NATS
    return MEAN if dataset.n_classes or dataset.scaling.keeps_y else STANDARDISED


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
    """The loss of a constant prediction: equal probabilities (ln n in nats); for numbers, their mean."""
    loss = make_loss(spec, dataset.n_classes)
    if dataset.task is Task.CLASSIFICATION:
        return loss(torch.zeros(1, dataset.n_classes, dtype=torch.float64), torch.zeros(1, dtype=torch.int64)).item()
    y = torch.from_numpy(dataset.y_train)
    return loss(y.mean().expand(len(y), 1), y).item()


def constant_loss(shares: NDArray[np.float64], spec: TrainSpec) -> float:
    """The smallest loss of the same logits for every point, where the classes have these shares (n_classes,).

    For cross-entropy and the squared error the probabilities that are the shares, exactly. For others the best of
    many: the shares' logarithms times a factor, or one class ahead of the others by 1.
    """
    return _constant_loss(tuple(shares.tolist()), spec.class_loss)


@lru_cache(maxsize=64)  # asked for at every look at a run
def _constant_loss(shares: tuple[float, ...], class_loss: str) -> float:
    n_classes, weights = len(shares), torch.tensor(shares, dtype=torch.float64)
    logs = np.log(np.maximum(shares, TINY))
    tried = [logs] if class_loss in PROPER else [*(factor * logs for factor in FACTORS), *np.eye(n_classes)]
    logits, y = torch.from_numpy(np.array(tried)), torch.arange(n_classes)
    loss = CLASS_LOSSES[class_loss].of_outputs(classes=True)
    of_class = torch.stack([torch.stack([loss(row[None], y[k : k + 1]) for k in range(n_classes)]) for row in logits])
    return (of_class @ weights).min().item()
