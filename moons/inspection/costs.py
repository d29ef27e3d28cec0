"""The points that make the most of the loss."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from moons.loss import make_loss
from moons.run import History
from moons.task import Task


@dataclass(frozen=True, eq=False)
class Dearest:
    """The training points with the largest losses, the largest first."""

    rows: NDArray[np.int64]  # (k,), of the training set
    X: NDArray[np.float32]  # (k, 2)
    y: NDArray[Any]  # (k,)
    answers: NDArray[np.float32]  # (k,), the probability of y; of a regression the prediction
    costs: NDArray[np.float32]  # (k,), each point's own loss
    loss: float  # the mean over all points


def most_expensive(history: History, epoch: int, count: int) -> Dearest:
    """The `count` costliest training points after `epoch` epochs. Raises FieldError for an epoch not trained yet."""
    spec, _end = history.experiment.segment(epoch)
    dataset = history.dataset
    loss_function = make_loss(spec, dataset.n_classes)
    model, y = history.model_at(epoch), torch.from_numpy(dataset.y_train)  # which may have to train: with gradients
    with torch.no_grad():
        outputs = model(torch.from_numpy(dataset.X_train))
        costs = torch.stack([loss_function(outputs[k : k + 1], y[k : k + 1]) for k in range(len(y))]).numpy()
    rows = np.argsort(-costs, kind="stable")[:count]
    answers = outputs.softmax(dim=1)[torch.arange(len(y)), y] if dataset.task is Task.CLASSIFICATION else outputs[:, 0]
    return Dearest(
        rows,
        dataset.X_train[rows],
        dataset.y_train[rows],
        answers.numpy()[rows],
        costs[rows],
        float(costs.mean(dtype=float)),
    )
