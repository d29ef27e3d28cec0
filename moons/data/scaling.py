"""Between a person's own units and the numbers that a network gets."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.preprocessing import StandardScaler

ROUGH = 1e-5  # of a column's standard deviation: float32 that errs by more is shifted first


@dataclass(frozen=True)
class Scaling:
    """What is subtracted from each column, and what it then is divided by: 0 and 1 for the numbers as they are."""

    shift: tuple[float, float] = (0.0, 0.0)  # of the two inputs, in a person's own units
    scale: tuple[float, float] = (1.0, 1.0)
    y_shift: float = 0.0  # of the number to predict
    y_scale: float = 1.0

    @property
    def is_identity(self) -> bool:
        """Whether nothing is changed."""
        return self == Scaling()

    @property
    def keeps_y(self) -> bool:
        """Whether the number to predict is what it was."""
        return (self.y_shift, self.y_scale) == (0.0, 1.0)

    def to_units(self, X: NDArray[Any]) -> NDArray[np.float64]:
        """Points (…, 2) of the network in a person's own units."""
        return np.asarray(X, np.float64) * self.scale + self.shift

    def from_units(self, X: NDArray[Any]) -> NDArray[np.float64]:
        """Points (…, 2) in a person's own units as the network gets them."""
        return (np.asarray(X, np.float64) - self.shift) / self.scale

    def y_to_units(self, y: NDArray[Any]) -> NDArray[np.float64]:
        """Targets or predictions of any shape in a person's own units."""
        return np.asarray(y, np.float64) * self.y_scale + self.y_shift

    def y_from_units(self, y: NDArray[Any]) -> NDArray[np.float64]:
        """Targets of any shape in a person's own units as the network learns them."""
        return (np.asarray(y, np.float64) - self.y_shift) / self.y_scale


def standard(X: NDArray[Any], y: NDArray[Any] | None = None) -> Scaling:
    """Mean 0 and standard deviation 1 for the points (n, 2), as scikit-learn scales, and for targets (n,)."""
    scaler = StandardScaler().fit(X)
    shift, scale = tuple(map(float, scaler.mean_)), tuple(map(float, scaler.scale_))
    if y is None:
        return Scaling((shift[0], shift[1]), (scale[0], scale[1]))
    target = StandardScaler().fit(np.asarray(y, np.float64)[:, None])
    return Scaling((shift[0], shift[1]), (scale[0], scale[1]), float(target.mean_[0]), float(target.scale_[0]))


def needed(X: NDArray[Any], y: NDArray[Any] | None = None) -> Scaling:
    """The shifts without which float32 would merge or move points far from 0; mostly none."""
    shifts = [_needed_shift(column) for column in np.asarray(X, np.float64).T]
    return Scaling((shifts[0], shifts[1]), y_shift=0.0 if y is None else _needed_shift(np.asarray(y, np.float64)))


def _needed_shift(column: NDArray[np.float64]) -> float:
    error = np.abs(column.astype(np.float32).astype(np.float64) - column).max()
    return float(column.mean()) if error > ROUGH * column.std() > 0 else 0.0
