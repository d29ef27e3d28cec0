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


@dataclass(frozen=True)
class Measure:
    """What one point costs by one measure, and how that changes with the logit of its true class."""

    cost: float
    slope: float


def measures(logits: NDArray[np.float32], label: int) -> dict[str, Measure]:
    """One point of true class `label` by three measures of its logits (n_classes,).

    "cross_entropy" is −ln of the true class's probability, "squared_error" the sum of (probability − y)² over the
    classes, "accuracy" 1 where another class is predicted and 0 where not: it is flat, so its slope is 0.
    """
    scores = torch.from_numpy(np.asarray(logits, np.float64)).requires_grad_()
    probabilities = scores.softmax(dim=0)
    target = torch.zeros_like(probabilities)
    target[label] = 1
    costs = {
        "cross_entropy": -scores.log_softmax(dim=0)[label],
        "squared_error": (probabilities - target).square().sum(),
    }
    found = {
        name: Measure(cost.item(), torch.autograd.grad(cost, scores, retain_graph=True)[0][label].item())
        for name, cost in costs.items()
    }
    return found | {"accuracy": Measure(float(int(scores.argmax()) != label), 0.0)}


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
