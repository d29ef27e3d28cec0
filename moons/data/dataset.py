"""Points as a network gets them."""

from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import Any
from unicodedata import east_asian_width

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from moons.data.cells import LONGEST_NAME, guarded, split_name
from moons.data.scaling import Scaling
from moons.data.table import NATURAL_ASPECT
from moons.task import Task

Extent = tuple[float, float, float, float]
Points = tuple[NDArray[Any], NDArray[Any]]


@dataclass(frozen=True, eq=False)
class Dataset:
    """Points with their classes, or with a number to predict. The test set is never learned from."""

    X_train: NDArray[np.float32]  # (n, 2), row by row in memory
    y_train: NDArray[Any]  # (n,), int64 classes 0, 1, …; float32 targets for regression
    X_test: NDArray[np.float32]  # (m, 2)
    y_test: NDArray[Any]  # (m,), as y_train
    n_classes: int  # 0 for regression
    columns: tuple[str, ...] = ("x0", "x1", "y")
    class_names: tuple[str, ...] = ()  # of a person's own points; empty: the classes' numbers are their names
    scaling: Scaling = Scaling()  # between a person's own units and X, y
    units: NDArray[np.float64] | None = None  # (n + m, 3), x0, x1, y of all points as they were written; None: as X, y

    @property
    def task(self) -> Task:
        """Classes, or a number to predict."""
        return Task.of(self.n_classes)

    @property
    def n_outputs(self) -> int:
        """How many numbers a network gives for a point: a logit for each class, or the prediction."""
        return self.n_classes or 1

    def class_name(self, label: int, most: int = 2 * LONGEST_NAME) -> str:
        """What a class is called, at most `most` letters wide: plain text that a person may have written, no markup."""
        return _shortened(self.class_names[label] if self.class_names else str(label), most)

    def column_name(self, place: int, most: int = 2 * LONGEST_NAME) -> str:
        """What a column, 0 to 2, is called, at most `most` letters wide: as a class's name."""
        return _shortened(self.columns[place], most)

    @property
    def all_class_names(self) -> list[str]:
        """What each class is called; none for regression."""
        return [self.class_name(label) for label in range(self.n_classes)]

    def to_units(self, X: NDArray[Any]) -> NDArray[Any]:
        """Points (…, 2) of the network in a person's own units."""
        return np.asarray(X) if self.scaling.is_identity else self.scaling.to_units(X)

    def y_to_units(self, y: NDArray[Any]) -> NDArray[Any]:
        """Targets or predictions in a person's own units; classes as they are."""
        return np.asarray(y) if self.n_classes or self.scaling.is_identity else self.scaling.y_to_units(y)

    def train_in_units(self) -> Points:
        """X (n, 2) and y (n,) of the training points in a person's own units, as they were written."""
        return self._in_units(test=False)

    def test_in_units(self) -> Points:
        """X (m, 2) and y (m,) of the test points in a person's own units, as they were written."""
        return self._in_units(test=True)

    def to_frame(self) -> pd.DataFrame:
        """The training points, in a person's own units, as a table with columns x0, x1, y, or their names for them."""
        return self._frame(test=False)

    def to_csv(self) -> str:
        """The training points as CSV text; reading it back gives the same values.

        Text that a spreadsheet would run as a formula is made inert, here and in `all_to_csv`.
        """
        return _csv(self.to_frame())

    def all_to_csv(self) -> str:
        """All points as CSV text, with a last column that says "train" or "test".

        `read_table` gives the same dataset back, with the same settings for it.
        """
        parts = {"train": self.to_frame(), "test": self._frame(test=True)}
        split = split_name(self.columns)
        return _csv(pd.concat([part.assign(**{split: name}) for name, part in parts.items()], ignore_index=True))

    def extent(self, margin: float = 0.12, aspect: float = 1.25) -> Extent:
        """The box of `extent_in_units` in the network's numbers."""
        left, right, bottom, top = self.extent_in_units(margin, aspect)
        if self.scaling.is_identity:
            return left, right, bottom, top
        (left, bottom), (right, top) = self.scaling.from_units(np.array([[left, bottom], [right, top]])).tolist()
        return left, right, bottom, top

    def extent_in_units(self, margin: float = 0.12, aspect: float = 1.25) -> Extent:
        """A box (x0 low, x0 high, x1 low, x1 high) around all points, as `extent_of` draws it."""
        return extent_of(self._all_in_units, margin, aspect)

    @property
    def same_units(self) -> bool:
        """Whether both axes can have the same scale, as lengths on a map do."""
        spread = np.ptp(self._all_in_units.astype(float), axis=0)
        return bool(spread.max() <= NATURAL_ASPECT * spread.min())

    @cached_property
    def _all_in_units(self) -> NDArray[Any]:
        return np.concatenate([self.train_in_units()[0], self.test_in_units()[0]])

    def _in_units(self, *, test: bool) -> Points:
        X, y = (self.X_test, self.y_test) if test else (self.X_train, self.y_train)
        if self.units is None:
            return self.to_units(X), self.y_to_units(y)
        n = len(self.y_train)
        part = self.units[n:] if test else self.units[:n]
        return part[:, :2], y if self.n_classes else part[:, 2]

    def _frame(self, *, test: bool) -> pd.DataFrame:
        names = np.array(self.class_names, dtype=object)
        X, y = self._in_units(test=test)
        x0, x1, label = self.columns
        return pd.DataFrame({x0: X[:, 0], x1: X[:, 1], label: names[y] if len(names) else y})


def _shortened(text: str, most: int) -> str:
    """`text`, at most `most` letters wide; Hangul and the like are as wide as two."""
    ends = list(accumulate(1 + (east_asian_width(sign) in "WF") for sign in text))
    return text if ends[-1] <= most else text[: bisect_right(ends, most - 1)] + "…"


def extent_of(points: NDArray[Any], margin: float = 0.12, aspect: float = 1.25) -> Extent:
    """A box (x0 low, x0 high, x1 low, x1 high) around `points` (n, 2), `aspect` times as wide as high.

    `margin` is left free on each side, as a share of the points' own width or height. Where one column spreads more
    than NATURAL_ASPECT times as far as the other, the box has the points' own shape instead.
    """
    low, high = points.min(axis=0).astype(float), points.max(axis=0).astype(float)
    size = (high - low) * (1 + 2 * margin)
    size = np.where(size > 0, size, size.max() or 1.0)  # points on a line
    if size.max() <= NATURAL_ASPECT * size.min():
        size = np.maximum(size, size[::-1] * np.array([aspect, 1 / aspect]))
    middle = (low + high) / 2
    (left, bottom), (right, top) = middle - size / 2, middle + size / 2
    return float(left), float(right), float(bottom), float(top)


def _csv(frame: pd.DataFrame) -> str:
    texts = {str(k): cells.map(guarded) for k, cells in frame.items() if not pd.api.types.is_numeric_dtype(cells)}
    label = frame.columns[2]
    if pd.api.types.is_float_dtype(frame[label]) and (frame[label] % 1 == 0).all():
        # whole numbers to predict, in a writing that no reader takes for classes
        texts[str(label)] = frame[label].map(lambda number: np.format_float_scientific(number, trim="0"))
    return str(frame.assign(**texts).rename(columns=guarded).to_csv(index=False, lineterminator="\n"))
