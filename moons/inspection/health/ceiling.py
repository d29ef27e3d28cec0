"""What other learners reach with the same points: about what noise leaves to be learned."""

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from moons.data import Dataset
from moons.fields import N_
from moons.inspection.health.heldout import FOLDS, Split, score_of

MOST_TO_FIT = 1_000  # points that the other learners get: more would keep a person waiting
MOST_TO_PROCESS = 200  # the same of a Gaussian process, which takes the cube of it
NEIGHBOURS = (1, 5, 11, 25)
SCALES, NOISES = (0.2, 0.5, 1.0, 2.0), (1e-3, 0.03, 0.3)  # of a Gaussian process, in standard deviations
LEARNERS = {
    "neighbours": N_("nearest neighbours"),
    "support vectors": N_("support vectors"),
    "process": N_("a Gaussian process"),
}
Predict = Callable[[NDArray[np.float64]], NDArray[Any]]  # X (n, 2) -> classes, or numbers, (n,)


@dataclass(frozen=True)
class Ceiling:
    """The best held-out score that another learner reaches with the same points, and which one it is."""

    score: float
    learner: str  # a key of LEARNERS


def ceiling_of(splits: tuple[Split, ...], by_class: bool) -> Generator[None, None, Ceiling]:
    """The best of a few of scikit-learn's learners on the held-out points; yields after each."""
    scores: dict[str, list[float]] = {}
    for split in splits:
        for name, predict in _fitted(split.dataset):
            answers = predict(split.X[:MOST_TO_FIT].astype(float))
            found = score_of(split.y[:MOST_TO_FIT], answers, split.dataset.n_classes, by_class)
            scores.setdefault(name, []).append(found)
            yield
    return max((Ceiling(float(np.mean(found)), name) for name, found in scores.items()), key=lambda c: c.score)


def _fitted(dataset: Dataset) -> Iterator[tuple[str, Predict]]:
    """Learners fitted to the training points, standardised, by name."""
    X, y = dataset.X_train[:MOST_TO_FIT].astype(float), dataset.y_train[:MOST_TO_FIT]
    if not dataset.n_classes:
        middle, width = float(y.mean()), float(y.std()) or 1.0
        for name, predict in _of_numbers(X, (y - middle) / width):
            yield name, _in_units(predict, middle, width)
    elif len(np.unique(y)) == 1:
        yield "neighbours", lambda points: np.full(len(points), y[0])
    else:
        yield from _of_classes(X, y)


def _of_classes(X: NDArray[np.float64], y: NDArray[Any]) -> Iterator[tuple[str, Predict]]:
    from sklearn.neighbors import KNeighborsClassifier  # noqa: PLC0415 - loaded when a proof is asked for
    from sklearn.svm import SVC  # noqa: PLC0415

    neighbours = KNeighborsClassifier(1)
    yield "neighbours", _fit(_best_number(neighbours, y) if np.bincount(y).min() >= FOLDS else neighbours, X, y)
    yield "support vectors", _fit(SVC(C=10.0, gamma=1.0), X, y)


def _of_numbers(X: NDArray[np.float64], y: NDArray[Any]) -> Iterator[tuple[str, Predict]]:
    from sklearn.gaussian_process import GaussianProcessRegressor  # noqa: PLC0415
    from sklearn.gaussian_process.kernels import RBF  # noqa: PLC0415
    from sklearn.neighbors import KNeighborsRegressor  # noqa: PLC0415
    from sklearn.preprocessing import StandardScaler  # noqa: PLC0415
    from sklearn.svm import SVR  # noqa: PLC0415

    yield "neighbours", _fit(_best_number(KNeighborsRegressor(1), y), X, y)
    yield "support vectors", _fit(SVR(C=10.0, gamma=1.0), X, y)
    X, y = X[:MOST_TO_PROCESS], y[:MOST_TO_PROCESS]
    near = StandardScaler().fit(X)
    processes = [
        GaussianProcessRegressor(RBF(scale), alpha=noise, optimizer=None).fit(near.transform(X), y)
        for scale in SCALES
        for noise in NOISES
    ]
    likeliest = max(processes, key=lambda process: process.log_marginal_likelihood_value_)
    yield "process", lambda points: likeliest.predict(near.transform(points))


def _best_number(neighbours: Any, y: NDArray[Any]) -> Any:
    """Of neighbours that are asked: by folds of the points, where these are enough."""
    from sklearn.model_selection import GridSearchCV  # noqa: PLC0415

    few = {"n_neighbors": [k for k in NEIGHBOURS if 3 * k <= len(y)] or [1]}
    return GridSearchCV(neighbours, few, cv=FOLDS) if len(y) > 2 * FOLDS else neighbours


def _fit(learner: Any, X: NDArray[np.float64], y: NDArray[Any]) -> Predict:
    from sklearn.pipeline import make_pipeline  # noqa: PLC0415
    from sklearn.preprocessing import StandardScaler  # noqa: PLC0415

    predict: Predict = make_pipeline(StandardScaler(), learner).fit(X, y).predict
    return predict


def _in_units(predict: Predict, middle: float, width: float) -> Predict:
    return lambda points: middle + width * predict(points)
