"""From the description of points to the points."""

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from moons.data.alterations import balanced, scrambled, with_wrong_labels
from moons.data.dataset import Dataset
from moons.data.generators import GENERATORS, Points
from moons.data.scaling import Scaling, needed, standard
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
    scaling = _scaling(spec, X_train, y_train)
    units = np.column_stack([np.concatenate([X_train, X_test]), np.concatenate([y_train, y_test])]).astype(np.float64)
    scaled_y = (lambda y: y) if spec.class_count else scaling.y_from_units
    dataset = Dataset(
        X_train=np.ascontiguousarray(scaling.from_units(X_train), dtype=np.float32),
        y_train=_typed(scaled_y(y_train), spec.class_count),
        X_test=np.ascontiguousarray(scaling.from_units(X_test), dtype=np.float32),
        y_test=_typed(scaled_y(y_test), spec.class_count),
        n_classes=spec.class_count,
        scaling=scaling,
        units=units if spec.own or not scaling.is_identity else None,
        **_names(spec.own),
    )
    return scrambled(dataset) if spec.transfer == SCRAMBLED else dataset


def _scaling(spec: DataSpec, X: NDArray[Any], y: NDArray[Any]) -> Scaling:
    """Mean 0 and standard deviation 1 if asked for; else a shift, where float32 has no room for the points.

    Targets are scaled with them if they are a person's own; generated ones are of the size that a network likes.
    """
    targets = y if spec.own and not spec.class_count else None
    if spec.standardise:
        return standard(X, targets)
    return needed(X, targets) if spec.own else Scaling()


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
