"""From the description of points to the points."""

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from moons.data.alterations import balanced, scrambled, standardised, with_wrong_labels
from moons.data.dataset import Dataset
from moons.data.generators import GENERATORS, Points
from moons.data.spec import SCRAMBLED, TEST_SEED, DataSpec
from moons.data.table import Table
from moons.fields import default_of


def make_dataset(spec: DataSpec) -> Dataset:
    """The points that `spec` describes: those of scikit-learn under the same seed, as float32.

    Generated points get a fresh draw as their test set; a person's own are split, by the same seed.
    """
    (X_train, y_train), (X_test, y_test) = _split(spec, spec.own) if spec.own else _drawn(spec)
    if spec.label_noise and spec.class_count:
        y_train = with_wrong_labels(y_train, spec.label_noise, spec.class_count, spec.seed)
    if spec.standardise:
        X_train, X_test = standardised(X_train, X_test)
    dataset = Dataset(
        X_train=np.ascontiguousarray(X_train, dtype=np.float32),
        y_train=_typed(y_train, spec.class_count),
        X_test=np.ascontiguousarray(X_test, dtype=np.float32),
        y_test=_typed(y_test, spec.class_count),
        n_classes=spec.class_count,
        **_names(spec.own),
    )
    return scrambled(dataset) if spec.transfer == SCRAMBLED else dataset


def _drawn(spec: DataSpec) -> tuple[Points, Points]:
    generator = GENERATORS[spec.kind]
    options = {"n_classes": spec.n_classes} if generator.any_n_classes else {}

    def draw(n_points: int, seed: int) -> Points:
        points: partial[Points] = partial(generator.draw, noise=spec.noise, seed=seed, **options)
        if spec.balance == default_of(DataSpec, "balance") or not spec.class_count:
            return points(n_points)
        return balanced(points, n_points, spec.class_count, spec.balance)

    return draw(spec.n_points, spec.seed), draw(spec.n_test, spec.seed + TEST_SEED)


def _split(spec: DataSpec, table: Table) -> tuple[Points, Points]:
    X, y, test = table.X, np.array(table.y), table.test_mask(spec.held_out, spec.seed)
    return (X[~test], y[~test]), (X[test], y[test])


def _typed(y: NDArray[Any], n_classes: int) -> NDArray[Any]:
    return y.astype(np.int64 if n_classes else np.float32)


def _names(table: Table | None) -> dict[str, Any]:
    return {"columns": table.columns, "class_names": table.class_names} if table else {}
