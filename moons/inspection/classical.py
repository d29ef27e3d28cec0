"""Classical models on the points that a network learned from, measured on those held out."""

import math
import operator
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from warnings import catch_warnings

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning
from threadpoolctl import threadpool_limits
from torch import Tensor

from moons.classical import ClassicalModel, models_for
from moons.data import Dataset
from moons.features import compute_features
from moons.loss import score_of_mean
from moons.model import NaiveNet
from moons.task import Task

NETWORK = "network"
LARGE = 2.0  # standard errors that chance seldom makes

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Fit:
    """A fitted model: how it does, and what it answers."""

    key: str  # of the registry, or NETWORK
    train_score: float  # accuracy, or R²
    test_score: float
    seconds: float | None  # of fitting, on this machine; None: the network is untrained
    n_points: int  # that it learned from
    errors: Floats  # (m,), of each test point: 1 where its class is wrong, else 0; squared errors of numbers
    answers: NDArray[np.float32]  # (k, n_classes) probabilities at the places asked about; (k, 1) numbers


@dataclass(frozen=True)
class LeftOut:
    """A model that isn't fitted, and why."""

    key: str
    most_classes: int | None = None  # with more classes it takes too long; None: scikit-learn refused
    reason: str = ""  # scikit-learn's words


@dataclass(frozen=True)
class Worth:
    """The network against the classical models, on the same test points."""

    network: float  # test score
    best: str  # the classical model with the best test score,
    best_score: float
    lead: float  # mean error that the network makes less than the best of them, per test point,
    chance: float  # and how far chance alone takes that: LARGE standard errors of the mean of paired differences
    quickest: str | None  # the one that is fitted fastest of those that are as good as the network, or better

    @property
    def network_ahead(self) -> bool:
        """Whether the network does better than all of them, by more than chance explains."""
        return self.lead > self.chance

    @property
    def network_behind(self) -> bool:
        """Whether one of them does better, by more than chance explains; also than a network that has diverged."""
        return not self.lead >= -self.chance


@dataclass(frozen=True, eq=False)
class Comparison:
    """A network beside the classical models fitted so far."""

    network: Fit
    fits: tuple[Fit, ...]  # in the registry's order
    left_out: tuple[LeftOut, ...]
    planned: int  # models in all

    @property
    def share(self) -> float:
        """How much of it is done."""
        return (len(self.fits) + len(self.left_out)) / self.planned

    @property
    def worth(self) -> Worth | None:
        """The network against those fitted so far; None before the first."""
        return worth(self.network, self.fits) if self.fits else None


def compare(
    model: NaiveNet,
    dataset: Dataset,
    inputs: tuple[str, ...],
    places: Tensor,
    *,
    seconds: float | None = 0.0,
    random_state: int = 0,
) -> Iterator[Comparison]:
    """A network (on the CPU, trained in so many seconds) beside all classical models, one more at each yield."""
    network, fits, left_out = network_fit(model, dataset, places, seconds), list[Fit](), list[LeftOut]()
    planned = len(models_for(dataset.task))
    yield Comparison(network, (), (), planned)
    for found in fit_each(dataset, inputs, places, random_state=random_state):
        if isinstance(found, Fit):
            fits.append(found)
        else:
            left_out.append(found)
        yield Comparison(network, tuple(fits), tuple(left_out), planned)


def fit_each(
    dataset: Dataset, inputs: tuple[str, ...], places: Tensor, *, random_state: int = 0
) -> Iterator[Fit | LeftOut]:
    """Fit each model of the dataset's task; yields each as it is fitted, in the registry's order. See `fit_model`."""
    for key in models_for(dataset.task):
        yield fit_model(key, dataset, inputs, places, random_state=random_state)


def fit_model(
    key: str, dataset: Dataset, inputs: tuple[str, ...], places: Tensor, *, random_state: int = 0
) -> Fit | LeftOut:
    """Fit one model to the training points.

    `inputs` names the features that it is given, as the network is; `places` (k, 2) is where `Fit.answers` are wanted.
    The same arguments give the same fit, but for its seconds.
    """
    entry = models_for(dataset.task)[key]
    if entry.most_classes is not None and dataset.n_classes > entry.most_classes:
        return LeftOut(key, entry.most_classes)
    X_train, X_test, at = (_inputs(X, inputs) for X in (dataset.X_train, dataset.X_test, places.numpy()))
    rows, model = rows_for(entry, dataset), entry.build(random_state)
    try:
        with (
            threadpool_limits(1),  # on a busy machine several threads take twenty times as long
            catch_warnings(action="ignore", category=ConvergenceWarning),  # its score tells all the same
        ):
            began = time.perf_counter()
            model.fit(X_train[rows], dataset.y_train[rows])
            seconds = time.perf_counter() - began
            predictions = model.predict(X_train), model.predict(X_test)
            answers = _answers(model, at, dataset.n_classes)
    except ValueError as error:
        return LeftOut(key, reason=str(error))
    return _fit(key, dataset, predictions, seconds, len(rows), answers)


@torch.no_grad()
def network_fit(model: NaiveNet, dataset: Dataset, places: Tensor, seconds: float | None) -> Fit:
    """The network (on the CPU), measured as the classical models are; `seconds` of training, None before any."""
    predictions = [model.predict(torch.from_numpy(X)).numpy() for X in (dataset.X_train, dataset.X_test)]
    outputs = model(places)
    answers = outputs.softmax(dim=1) if dataset.task is Task.CLASSIFICATION else outputs
    return _fit(NETWORK, dataset, (predictions[0], predictions[1]), seconds, len(dataset.y_train), answers.numpy())


def worth(network: Fit, others: Sequence[Fit]) -> Worth:
    """Whether the network does better than the others, at least one of them, by more than chance explains."""
    best = max(others, key=lambda fit: fit.test_score)
    lead, chance = _lead(network, best)
    as_good = [fit for fit in others if not operator.gt(*_lead(network, fit))]
    quickest = min(as_good, key=lambda fit: fit.seconds or 0.0, default=None)
    return Worth(network.test_score, best.key, best.test_score, lead, chance, quickest.key if quickest else None)


def rows_for(entry: ClassicalModel, dataset: Dataset) -> NDArray[np.int64]:
    """The training points that a model learns from: all, or `most_points` spread evenly over the sorted answers."""
    n = len(dataset.y_train)
    if entry.most_points is None or n <= entry.most_points:
        return np.arange(n)
    spread = np.linspace(0, n - 1, entry.most_points).round().astype(np.int64)
    rows: NDArray[np.int64] = np.sort(np.argsort(dataset.y_train, kind="stable")[spread])
    return rows


def _inputs(X: NDArray[Any], names: tuple[str, ...]) -> Floats:
    """In double precision, in which scikit-learn computes."""
    return compute_features(torch.from_numpy(X).double(), names).numpy()


def _fit(
    key: str,
    dataset: Dataset,
    predictions: tuple[NDArray[Any], NDArray[Any]],
    seconds: float | None,
    n_points: int,
    answers: NDArray[Any],
) -> Fit:
    on_train, on_test = (
        _errors(predicted, y, dataset.task)
        for predicted, y in zip(predictions, (dataset.y_train, dataset.y_test), strict=True)
    )
    scores = [
        _score(errors, y, dataset.n_classes) for errors, y in ((on_train, dataset.y_train), (on_test, dataset.y_test))
    ]
    return Fit(key, scores[0], scores[1], seconds, n_points, on_test, answers.astype(np.float32))


def _errors(predicted: NDArray[Any], y: NDArray[Any], task: Task) -> Floats:
    with np.errstate(over="ignore", invalid="ignore"):  # a network that explodes, in the precision of its other scores
        wrong_or_far = predicted != y if task is Task.CLASSIFICATION else np.square(predicted - y)
    return np.asarray(wrong_or_far, np.float64)


def _score(errors: Floats, y: NDArray[Any], n_classes: int) -> float:
    mean = float(errors.mean())
    return score_of_mean(1 - mean if n_classes else mean, torch.from_numpy(y), n_classes)


def _answers(model: Any, at: Floats, n_classes: int) -> NDArray[Any]:
    """What a model answers there. A class that it has not met has no probability; one without probabilities is sure."""
    if not n_classes:
        numbers: NDArray[Any] = model.predict(at)[:, None]
        return numbers
    answers = np.zeros((len(at), n_classes))
    if hasattr(model, "predict_proba"):
        answers[:, model.classes_] = model.predict_proba(at)
    else:
        answers[np.arange(len(at)), model.predict(at)] = 1
    return answers


def _lead(network: Fit, other: Fit) -> tuple[float, float]:
    """By how much the other errs more per test point, and how large that gets by chance."""
    differences = other.errors - network.errors
    with np.errstate(invalid="ignore"):  # infinite errors have no deviation
        return float(differences.mean()), LARGE * float(differences.std()) / math.sqrt(len(differences))
