"""A network's loss and score on both splits."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from moons.data import Dataset
from moons.device import to_device
from moons.loss import Loss, make_loss, score_of_mean, score_sum
from moons.model import NaiveNet
from moons.progress import Scores
from moons.train_spec import TrainSpec


class Split:
    """One split's points on a device."""

    def __init__(self, X: NDArray[np.float32], y: NDArray[np.generic], n_classes: int, device: torch.device) -> None:
        self.X, self.y, self.n_classes = to_device(X, device), to_device(y, device), n_classes

    def score(self, score_mean: float) -> float:
        """Accuracy, or R² of a regression."""
        return score_of_mean(score_mean, self.y, self.n_classes)


@torch.no_grad()
def loss_and_score_mean(outputs: Tensor, split: Split, loss_function: Loss) -> tuple[float, float]:
    """Means over a split's points."""
    total = score_sum(outputs, split.y, split.n_classes).item()
    return loss_function(outputs, split.y).item(), total / len(split.y)


@torch.no_grad()
def scores_on(model: NaiveNet, train: Split, test: Split, loss_function: Loss) -> Scores:
    """Of a network on the splits' device."""
    (train_loss, train_score_mean), (test_loss, test_score_mean) = (
        loss_and_score_mean(model(split.X), split, loss_function) for split in (train, test)
    )
    return Scores(train_loss, test_loss, train.score(train_score_mean), test.score(test_score_mean))


def scores_of(model: NaiveNet, dataset: Dataset, spec: TrainSpec) -> Scores:
    """Of a network on the CPU."""
    splits = (dataset.X_train, dataset.y_train), (dataset.X_test, dataset.y_test)
    train, test = (Split(X, y, dataset.n_classes, torch.device("cpu")) for X, y in splits)
    return scores_on(model, train, test, make_loss(spec, dataset.n_classes))
