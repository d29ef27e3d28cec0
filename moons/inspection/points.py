"""How the network sees the points it is trained and tested on."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from moons.data import Dataset
from moons.model import NaiveNet
from moons.progress import Scores


@dataclass(frozen=True, eq=False)
class Verdicts:
    """Which points are put in the wrong class, and the scores that follow."""

    wrong_train: NDArray[np.bool_]  # (n,)
    wrong_test: NDArray[np.bool_]  # (m,)
    scores: Scores


@torch.no_grad()
def judge(model: NaiveNet, dataset: Dataset) -> Verdicts:
    """Put every point through `model` (on the CPU). Losses are mean cross-entropy, nats per point."""
    wrong, losses = [], []
    for X, y in ((dataset.X_train, dataset.y_train), (dataset.X_test, dataset.y_test)):
        y_logits, labels = model(torch.from_numpy(X)), torch.from_numpy(y)
        wrong.append((y_logits.argmax(dim=1) != labels).numpy())
        losses.append(torch.nn.functional.cross_entropy(y_logits, labels).item())
    accuracies = [1 - float(w.mean()) for w in wrong]
    return Verdicts(wrong[0], wrong[1], Scores(losses[0], losses[1], accuracies[0], accuracies[1]))
