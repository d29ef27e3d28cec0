"""Real data sets to start from, as scikit-learn ships them: ready sheets, with their source and licence."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn import datasets

from moons.data.options import ReadOptions
from moons.data.sheet import Sheet
from moons.fields import N_

_CC_BY = "CC BY 4.0"


@dataclass(frozen=True)
class Sample:
    """A data set, and where it is from."""

    label: str
    source: str  # who made it, and where it is kept; no sentence to translate
    licence: str
    load: Callable[[], Sheet]


def _sheet(X: NDArray[Any], names: list[str], label: list[str], label_name: str, source: str) -> Sheet:
    rows = [[*(f"{value:.10g}" for value in row), word] for row, word in zip(X.tolist(), label, strict=True)]
    columns = (*names, label_name)
    options = ReadOptions(decimal=".", thousands="", header=1, first_row=2)
    return Sheet(columns, rows, first_row=2, options=options, full_names=columns, strict=False, source=source)


def _classes(load: Callable[[], Any], label: str, source: str) -> Sheet:
    bunch = load()
    names = [str(name) for name in bunch.feature_names]
    words = [str(bunch.target_names[place]) for place in bunch.target]
    return _sheet(bunch.data, names, words, label, source)


def _digits() -> Sheet:
    """The first two principal components, with a sign that does not depend on the machine."""
    bunch = datasets.load_digits()
    X = bunch.data - bunch.data.mean(axis=0)
    _u, _s, directions = np.linalg.svd(X, full_matrices=False)
    directions = directions[:2] * np.sign(directions[:2][np.arange(2), np.abs(directions[:2]).argmax(axis=1)])[:, None]
    points = np.round(X @ directions.T, 4)
    return _sheet(
        points, ["component 1", "component 2"], [str(place) for place in bunch.target], "digit", _SOURCES["digits"]
    )


def _diabetes() -> Sheet:
    bunch = datasets.load_diabetes(scaled=False)
    labels = [f"{value:g}" for value in bunch.target]
    return _sheet(bunch.data, [str(name) for name in bunch.feature_names], labels, "progression", _SOURCES["diabetes"])


_SOURCES = {
    "iris": "R. A. Fisher, 1936; UCI Machine Learning Repository, doi:10.24432/C56C76",
    "wine": "S. Aeberhard and M. Forina, 1991; UCI Machine Learning Repository, doi:10.24432/C5PC7J",
    "breast_cancer": "W. Wolberg and others, 1993; UCI Machine Learning Repository, doi:10.24432/C5DW2B",
    "digits": "E. Alpaydin and C. Kaynak, 1998; UCI Machine Learning Repository, doi:10.24432/C50P49",
    "diabetes": "B. Efron, T. Hastie, I. Johnstone and R. Tibshirani, 2004: Least Angle Regression; scikit-learn",
}
SAMPLES: dict[str, Sample] = {
    "iris": Sample(
        N_("Iris flowers"), _SOURCES["iris"], _CC_BY, lambda: _classes(datasets.load_iris, "species", _SOURCES["iris"])
    ),
    "wine": Sample(
        N_("Wines"), _SOURCES["wine"], _CC_BY, lambda: _classes(datasets.load_wine, "cultivar", _SOURCES["wine"])
    ),
    "breast_cancer": Sample(
        N_("Breast cancer"),
        _SOURCES["breast_cancer"],
        _CC_BY,
        lambda: _classes(datasets.load_breast_cancer, "diagnosis", _SOURCES["breast_cancer"]),
    ),
    "digits": Sample(N_("Handwritten digits"), _SOURCES["digits"], _CC_BY, _digits),
    "diabetes": Sample(N_("Diabetes progression"), _SOURCES["diabetes"], "BSD 3-Clause, as scikit-learn", _diabetes),
}
