"""Points as a network gets them."""

from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate
from typing import Any
from unicodedata import east_asian_width

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from moons.data.cells import LONGEST_NAME, guarded, split_name
from moons.task import Task

Extent = tuple[float, float, float, float]

NATURAL_ASPECT = 5.0  # axes whose points spread differently by more than this have units of their own


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

    @property
    def all_class_names(self) -> list[str]:
        """What each class is called; none for regression."""
        return [self.class_name(label) for label in range(self.n_classes)]

    def to_frame(self) -> pd.DataFrame:
        """The training points as a table with columns x0, x1, y, or a person's own names for them."""
        return self._frame(self.X_train, self.y_train)

    def to_csv(self) -> str:
        """The training points as CSV text; reading it back gives the same float32 values.

        Text that a spreadsheet would run as a formula is made inert, here and in `all_to_csv`.
        """
        return _csv(self.to_frame())

    def all_to_csv(self) -> str:
        """All points as CSV text, with a last column that says "train" or "test".

        `read_csv` gives the same dataset back.
        """
        parts = {"train": self.to_frame(), "test": self._frame(self.X_test, self.y_test)}
        split = split_name(self.columns)
        return _csv(pd.concat([part.assign(**{split: name}) for name, part in parts.items()], ignore_index=True))

    def extent(self, margin: float = 0.12, aspect: float = 1.25) -> Extent:
        """A box (x0 low, x0 high, x1 low, x1 high) around all points, as `extent_of` draws it."""
        return extent_of(np.concatenate([self.X_train, self.X_test]), margin, aspect)

    @property
    def same_units(self) -> bool:
        """Whether both axes can have the same scale, as lengths on a map do."""
        spread = np.ptp(np.concatenate([self.X_train, self.X_test]).astype(float), axis=0)
        return bool(spread.max() <= NATURAL_ASPECT * spread.min())

    def _frame(self, X: NDArray[np.float32], y: NDArray[Any]) -> pd.DataFrame:
        names = np.array(self.class_names, dtype=object)
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
    size = np.maximum((high - low) * (1 + 2 * margin), 1e-6)
    if size.max() <= NATURAL_ASPECT * size.min():
        size = np.maximum(size, size[::-1] * np.array([aspect, 1 / aspect]))
    middle = (low + high) / 2
    (left, bottom), (right, top) = middle - size / 2, middle + size / 2
    return float(left), float(right), float(bottom), float(top)


def _csv(frame: pd.DataFrame) -> str:
    texts = {str(k): cells.map(guarded) for k, cells in frame.items() if not pd.api.types.is_numeric_dtype(cells)}
    return str(frame.assign(**texts).rename(columns=guarded).to_csv(index=False, lineterminator="\n"))
