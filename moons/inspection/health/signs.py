"""The signs of a run's health, measured once: what the rules judge by."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.neighbors import NearestNeighbors
from torch import Tensor, nn

from moons.data import Dataset
from moons.model import NaiveNet
from moons.progress import NOT_FINITE
from moons.run import History

NEIGHBOURS = 9  # odd, so that two classes never tie; few, so that they lie within one moon
LAST = 50  # epochs in which the loss is watched for swings
TINY = 1e-12  # keeps a loss of exactly 0 from being divided by, and an empty class from ln 0
SATURATED_SLOPE = 0.05  # of the activation's steepest slope: a gradient shrinks twentyfold in such a unit
# the activations that saturate: their slope, as a function of their answer, and the steepest it gets
SLOPES: dict[str, Callable[[Tensor], Tensor]] = {"tanh": lambda h: 1 - h * h, "sigmoid": lambda h: h * (1 - h)}
STEEPEST = {"tanh": 1.0, "sigmoid": 0.25}


@dataclass(frozen=True, eq=False)
class Signs:
    """A run after `epoch` epochs. Losses are mean cross-entropy, nats per point; accuracies and shares are 0 to 1."""

    epoch: int
    updates: int  # steps of the optimiser so far
    finite: bool  # False if training ended here because the loss isn't a finite number any more
    train_loss: float
    test_loss: float
    start_loss: float  # of the untrained network
    peak_loss: float  # the largest so far
    peak_epoch: int
    best_test_loss: float  # the smallest so far
    best_test_epoch: int
    drop: float  # by how much the training loss fell over the second half of the epochs so far, as a share
    swing: float  # the training loss's mean change from one epoch to the next, of late, as a share of it
    n_points: int  # of the training set, as the accuracies that follow
    train_accuracy: float
    test_accuracy: float
    recalls: NDArray[np.float64]  # (n_classes,), share of each class's training points that is put in it
    shares: NDArray[np.float64]  # (n_classes,), of the training points
    guess_loss: float  # ln(n_classes): all classes alike
    chance_loss: float  # entropy of `shares`: the best that the same answer everywhere can do
    neighbour_accuracy: float  # of asking the nearest other training points: what the data allows, about
    line_accuracy: float  # of the best straight boundary, by least squares
    dead: float  # share of ReLU units that give 0 on every training point, in the hidden layer with the most of them
    saturated: float  # share of a hidden layer's tanh or sigmoid answers where the slope is nearly 0, likewise
    gradient_norms: tuple[float, ...]  # Euclidean, of the loss by each layer's weights, all training points; in order
    start_norms: tuple[float, ...]  # the same of the untrained network

    @property
    def attainable(self) -> float:
        """The training accuracy that the points themselves allow, about: by asking neighbours, or by a line."""
        return max(self.neighbour_accuracy, self.line_accuracy)


@dataclass(frozen=True)
class DataSigns:
    """What can be known about a dataset without a network."""

    neighbour_accuracy: float
    line_accuracy: float


def measure(history: History, epoch: int) -> Signs:
    """Measure a run after `epoch` epochs. Raises FieldError for an epoch that isn't trained yet."""
    dataset, untrained, model = history.dataset, history.model_at(0), history.model_at(epoch)
    X, y = torch.from_numpy(dataset.X_train), torch.from_numpy(dataset.y_train)
    norms, y_logits = _gradient_norms(model, X, y)
    if not np.isfinite(norms).all() and epoch > 0:  # the end of a run that diverged: what led there still has numbers
        norms, _logits = _gradient_norms(history.model_at(epoch - 1), X, y)
    train_loss = nn.functional.cross_entropy(y_logits, y).item()
    right = (y_logits.argmax(dim=1) == y).numpy()
    test_loss, test_accuracy = _test_scores(model, dataset)
    counts = np.bincount(dataset.y_train, minlength=dataset.n_classes)
    shares = counts / counts.sum()
    losses = _finite(np.append(history.train_loss[:epoch], train_loss))
    test_losses = _finite(np.append(history.test_loss[:epoch], test_loss))
    peak, best = int(losses.argmax()), int(test_losses.argmin())
    from_data = data_signs(dataset)
    return Signs(
        epoch=epoch,
        updates=history.state_at(epoch).step,
        finite=history.ended != NOT_FINITE or epoch < history.n_epochs,
        train_loss=train_loss,
        test_loss=test_loss,
        start_loss=float(losses[0]),
        peak_loss=float(losses[peak]),
        peak_epoch=peak,
        best_test_loss=float(test_losses[best]),
        best_test_epoch=best,
        drop=_drop(losses),
        swing=_swing(losses),
        n_points=len(y),
        train_accuracy=float(right.mean()),
        test_accuracy=test_accuracy,
        recalls=np.bincount(dataset.y_train, right, minlength=dataset.n_classes) / np.maximum(counts, 1),
        shares=shares,
        guess_loss=math.log(dataset.n_classes),
        chance_loss=float(-(shares * np.log(np.maximum(shares, TINY))).sum()),
        neighbour_accuracy=from_data.neighbour_accuracy,
        line_accuracy=from_data.line_accuracy,
        dead=_dead(model, X),
        saturated=_saturated(model, X),
        gradient_norms=norms,
        start_norms=_gradient_norms(untrained, X, y)[0],
    )


@lru_cache(maxsize=16)  # by identity: a Dataset never changes
def data_signs(dataset: Dataset) -> DataSigns:
    """How well the training points' classes can be told from where they lie: by their neighbours, and by a line.

    Each point is judged by its nearest other points (leave one out), and by the straight boundary that least squares
    fits to one column per class (T. Hastie, R. Tibshirani and J. Friedman, The Elements of Statistical Learning, 4.2).
    """
    X, y = dataset.X_train.astype(float), dataset.y_train
    k = min(NEIGHBOURS, len(y) - 1)
    neighbours = NearestNeighbors(n_neighbors=k).fit(X).kneighbors(return_distance=False)
    classes = np.eye(dataset.n_classes)
    by_neighbours = classes[y[neighbours]].sum(axis=1).argmax(axis=1)
    with_one = np.column_stack([X, np.ones(len(X))])
    by_line = (with_one @ np.linalg.lstsq(with_one, classes[y])[0]).argmax(axis=1)
    return DataSigns(float((by_neighbours == y).mean()), float((by_line == y).mean()))


def _finite(losses: NDArray[np.float32]) -> NDArray[np.float64]:
    """Without the last one, which alone may not be a finite number: training ends there."""
    return losses[np.isfinite(losses)].astype(np.float64)


def _drop(losses: NDArray[np.float64]) -> float:
    """1 − end / middle, each the mean over a twentieth of the epochs, so that batches' noise evens out."""
    width = 1 + len(losses) // 20
    middle = (len(losses) + width) // 2
    return float(1 - losses[-width:].mean() / max(losses[middle - width : middle].mean(), TINY))


def _swing(losses: NDArray[np.float64]) -> float:
    late = losses[-LAST - 1 :]
    return float(np.abs(np.diff(late)).mean() / max(late.mean(), TINY)) if len(late) > 1 else 0.0


def _gradient_norms(model: NaiveNet, X: Tensor, y: Tensor) -> tuple[tuple[float, ...], Tensor]:
    """The Euclidean norm of the loss's gradient by each layer's weights; and the logits, as they are there anyway."""
    y_logits = model(X)
    weights = [p for p in model.parameters() if p.dim() == 2]
    gradients = torch.autograd.grad(nn.functional.cross_entropy(y_logits, y), weights)
    return tuple(g.norm().item() for g in gradients), y_logits.detach()


@torch.no_grad()
def _test_scores(model: NaiveNet, dataset: Dataset) -> tuple[float, float]:
    y_logits, y = model(torch.from_numpy(dataset.X_test)), torch.from_numpy(dataset.y_test)
    accuracy = (y_logits.argmax(dim=1) == y).float().mean().item()
    return nn.functional.cross_entropy(y_logits, y).item(), accuracy


@torch.no_grad()
def _dead(model: NaiveNet, X: Tensor) -> float:
    shares = ((h == 0).all(dim=0).float().mean().item() for name, h in _hidden(model, X) if name == "relu")
    return max(shares, default=0.0)


@torch.no_grad()
def _saturated(model: NaiveNet, X: Tensor) -> float:
    shares = (
        (SLOPES[name](h) < SATURATED_SLOPE * STEEPEST[name]).float().mean().item()
        for name, h in _hidden(model, X)
        if name in STEEPEST
    )
    return max(shares, default=0.0)


def _hidden(model: NaiveNet, X: Tensor) -> Iterator[tuple[str, Tensor]]:
    """Each hidden layer's activation, and what it gives for the points: (n, units)."""
    parts = list(model.layers)
    X = model.features(X)
    for name, linear, activation in zip(model.activations, parts[0::2], parts[1::2], strict=False):
        X = activation(linear(X))
        yield name, X
