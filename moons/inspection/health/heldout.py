"""Points held out for comparisons: neither those learned from nor the test set, which stays unseen."""

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from moons.data import INTACT, SCRAMBLED, Dataset, DataSpec, make_dataset, scramble
from moons.data.alterations import standardised
from moons.loss import guessing_loss, make_loss, score
from moons.model import NaiveNet
from moons.train_spec import TrainSpec

FRESH = 2_000  # held-out points of a generated dataset: an accuracy of 0.9 has a standard error of 0.007
AWAY = 5_000  # from the data seed to that of the held-out draw
FOLDS = 3  # of a person's own training points
FOLD_SEED = 77
LOSS_WEIGHT = 0.25  # of the loss beside the score: breaks ties, and shows what memorising does to probabilities
WORST_LOSS = 1.25  # in units of guessing's: beyond it a loss says nothing more


@dataclass(frozen=True, eq=False)
class Split:
    """What a trial learns from, and the held-out points it is judged by."""

    dataset: Dataset
    X: NDArray[np.float32]  # (m, 2)
    y: NDArray[Any]  # (m,)


@dataclass(frozen=True)
class Figures:
    """A network on held-out points. The merit is what trials are compared by: see `merit_of`."""

    loss: float  # mean per point, in nats or in the target's units
    score: float  # accuracy, or R²
    compared: float  # the same; where a class is rare the mean of each class's accuracy
    merit: float


def describes(spec: DataSpec, dataset: Dataset) -> bool:
    """Whether the dataset is the one of `spec`, so that changes of it, and fresh points, can be made."""
    drawn = make_dataset(spec)
    return np.array_equal(drawn.X_train, dataset.X_train) and np.array_equal(drawn.y_train, dataset.y_train)


def splits_of(spec: DataSpec, dataset: Dataset) -> tuple[Split, ...]:
    """One split with a fresh draw for generated points; for a person's own, folds of the training points."""
    fresh = not spec.own and describes(spec, dataset)
    return (Split(dataset, *_fresh(spec)),) if fresh else _folds(dataset)


def _fresh(spec: DataSpec) -> tuple[NDArray[np.float32], NDArray[Any]]:
    """Points of another test seed, in the units and through the transfer of `spec`."""
    plain = replace(spec, standardise=False, transfer=INTACT)
    drawn = make_dataset(replace(plain, seed=(spec.seed + AWAY) % (2 * AWAY), n_test=FRESH))
    X = drawn.X_test
    if spec.standardise:
        X = standardised(make_dataset(plain).X_train, X)[1].astype(np.float32)
    return np.ascontiguousarray(scramble(X) if spec.transfer == SCRAMBLED else X), drawn.y_test


def _folds(dataset: Dataset) -> tuple[Split, ...]:
    """Each fold in turn held out, every class dealt evenly over the folds."""
    n = len(dataset.y_train)
    order = np.random.default_rng(FOLD_SEED).permutation(n)
    if dataset.n_classes:
        order = order[np.argsort(dataset.y_train[order], kind="stable")]
    fold = np.empty(n, int)
    fold[order] = np.arange(n) % min(FOLDS, n)
    splits = []
    for k in range(min(FOLDS, n)):
        X, y = dataset.X_train[fold == k], dataset.y_train[fold == k]
        rest = replace(dataset, X_train=dataset.X_train[fold != k], y_train=dataset.y_train[fold != k])
        splits.append(Split(replace(rest, X_test=X, y_test=y), X, y))
    return tuple(splits)


@torch.no_grad()
def figures_of(model: NaiveNet, split: Split, spec: TrainSpec, by_class: bool) -> Figures:
    """A network on a split's held-out points. `by_class` counts every class alike, however rare."""
    outputs, y = model(torch.from_numpy(split.X)), torch.from_numpy(split.y)
    n_classes = split.dataset.n_classes
    loss_function = make_loss(spec, n_classes)
    loss = loss_function(outputs, y).item()
    if not math.isfinite(loss):
        return Figures(loss, 0.0, 0.0, merit_of(math.inf, 0.0, 1.0))
    answers = outputs.argmax(dim=1).numpy() if n_classes else outputs[:, 0].double().numpy()
    shown = score_of(split.y, answers, n_classes, False)
    compared = score_of(split.y, answers, n_classes, by_class)
    even = loss
    if by_class:  # rare points cost more: the loss of one mixture of classes says nothing of another's
        even = float(np.mean([loss_function(outputs[y == k], y[y == k]).item() for k in y.unique()]))
    return Figures(loss, shown, compared, merit_of(even, compared, guessing_loss(split.dataset, spec)))


def score_of(y: NDArray[Any], answers: NDArray[Any], n_classes: int, by_class: bool) -> float:
    """Accuracy, or with `by_class` the mean of each class's; of a regression R²."""
    if not n_classes:
        return score(float(((answers - y) ** 2).sum()), torch.from_numpy(y.astype(np.float64)), 0)
    right = answers == y
    return float(np.mean([right[y == k].mean() for k in np.unique(y)]) if by_class else right.mean())


def merit_of(loss: float, score: float, guess_loss: float) -> float:
    """What trials are compared by: the score, less a quarter of the loss in units of guessing's, at most 1.25."""
    return max(score, -1.0) - LOSS_WEIGHT * min(loss / max(guess_loss, 1e-12), WORST_LOSS)


def mean_of(figures: list[Figures]) -> Figures:
    """The mean over folds."""
    return Figures(
        *(float(np.mean([getattr(f, name) for f in figures])) for name in ("loss", "score", "compared", "merit"))
    )
