"""How good a network is on one split, in the measures that people report; scikit-learn's throughout."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.calibration import calibration_curve
from sklearn.metrics import auc as area_under
from sklearn.metrics import (
    confusion_matrix,
    mean_absolute_error,
    precision_recall_fscore_support,
    r2_score,
    roc_curve,
    root_mean_squared_error,
)

from moons.data import Scaling
from moons.model import NaiveNet

AS_WRITTEN = Scaling()
BINS = 10  # of the calibration curve

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Curve:
    """A line to draw."""

    x: Floats  # (k,)
    y: Floats  # (k,)


@dataclass(frozen=True, eq=False)
class ClassMetrics:
    """Of a classification."""

    confusion: NDArray[np.int64]  # (n_classes, n_classes), rows the true class, columns the predicted one
    precision: Floats  # (n_classes,), share of the points put in a class that belong there; 0 if none was put there
    recall: Floats  # (n_classes,), share of a class's points that are put in it
    roc: Curve | None  # false against true positive rate of class 1; None unless there are two classes, both present
    auc: float  # area under it; NaN without one
    calibration: Curve  # probability given against the share that came true, in up to `BINS` bins


@dataclass(frozen=True, eq=False)
class NumberMetrics:
    """Of a regression."""

    r2: float
    mae: float  # mean absolute error, in the target's own units
    rmse: float  # root mean squared error, in the target's own units
    predicted: Floats  # (n,), in the target's own units
    true: Floats  # (n,)


@torch.no_grad()
def measure_classes(model: NaiveNet, X: NDArray[np.float32], y: NDArray[np.generic]) -> ClassMetrics:
    """The measures on points X (n, 2) with classes y (n,), by the model (on the CPU)."""
    probability = model(torch.from_numpy(X)).double().softmax(dim=1).nan_to_num(1 / model.sizes[-1]).numpy()
    labels = np.arange(probability.shape[1])
    predicted = probability.argmax(axis=1)
    precision, recall, *_rest = precision_recall_fscore_support(y, predicted, labels=labels, zero_division=0.0)
    two = len(labels) == 2 and len(np.unique(y)) == 2
    roc, auc = _roc(y, probability[:, 1]) if two else (None, float("nan"))
    came_true, given = (y == 1, probability[:, 1]) if two else (y == predicted, probability.max(axis=1))
    share, bin_mean = calibration_curve(came_true, given, n_bins=BINS)
    confusion = confusion_matrix(y, predicted, labels=labels)
    return ClassMetrics(confusion, precision, recall, roc, auc, Curve(bin_mean, share))


def measure_numbers(
    model: NaiveNet, X: NDArray[np.float32], y: NDArray[np.generic], scaling: Scaling = AS_WRITTEN
) -> NumberMetrics:
    """The measures on points X (n, 2) with targets y (n,), by the model (on the CPU), in the units of `scaling`."""
    true = scaling.y_to_units(y)
    predicted = scaling.y_to_units(np.nan_to_num(model.predict(torch.from_numpy(X)).double().numpy()))
    rmse = root_mean_squared_error(true, predicted)
    return NumberMetrics(r2_score(true, predicted), mean_absolute_error(true, predicted), rmse, predicted, true)


def _roc(y: NDArray[np.generic], probability: Floats) -> tuple[Curve, float]:
    false_positive, true_positive, _thresholds = roc_curve(y, probability)
    return Curve(false_positive, true_positive), float(area_under(false_positive, true_positive))
