"""How the network sees the points it is trained and tested on."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from moons.data import Dataset
from moons.loss import make_loss, score, score_sum
from moons.model import NaiveNet
from moons.progress import Scores
from moons.train_spec import TrainSpec


@dataclass(frozen=True, eq=False)
class Verdicts:
    """Which points are put in the wrong class (of a regression none), and the scores that follow."""

    wrong_train: NDArray[np.bool_]  # (n,)
    wrong_test: NDArray[np.bool_]  # (m,)
    scores: Scores


@torch.no_grad()
def evaluate(model: NaiveNet, dataset: Dataset, training: TrainSpec) -> Verdicts:
    """Put every point through `model` (on the CPU). `training` says which loss a regression has."""
    loss_function, n_classes = make_loss(training, dataset.n_classes), dataset.n_classes
    wrong, losses, scores = [], [], []
    for X, y in ((dataset.X_train, dataset.y_train), (dataset.X_test, dataset.y_test)):
        outputs, targets = model(torch.from_numpy(X)), torch.from_numpy(y)
        misses = outputs.argmax(dim=1) != targets if n_classes else torch.zeros(len(y), dtype=torch.bool)
        wrong.append(misses.numpy())
        losses.append(loss_function(outputs, targets).item())
        scores.append(score(score_sum(outputs, targets, n_classes).item(), targets, n_classes))
    return Verdicts(wrong[0], wrong[1], Scores(losses[0], losses[1], scores[0], scores[1]))


def a_few_rows(dataset: Dataset, count: int) -> NDArray[np.int64]:
    """Rows of `count` training points in their order: the first of every class in turn; of a regression the first."""
    place = np.arange(len(dataset.y_train))
    for label in range(dataset.n_classes):
        rows = np.flatnonzero(dataset.y_train == label)
        place[rows] = np.arange(len(rows))
    return np.sort(np.argsort(place, kind="stable")[:count])


judge = evaluate  # deprecated name
