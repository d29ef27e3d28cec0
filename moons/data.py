"""The points: drawn from a generator, as a training set and a fresh test set."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn import datasets

from moons.fields import N_, Spec, between, choice

TEST_SEED = 10_000  # added to the seed for the test draw; above every seed, so that no two draws coincide

Points = tuple[NDArray[np.float64], NDArray[np.int64]]


def _moons(n_points: int, noise: float, seed: int) -> Points:
    X, y = datasets.make_moons(n_points, noise=noise, random_state=seed)
    return X, y


@dataclass(frozen=True)
class Generator:
    """How to draw points of one kind."""

    label: str
    draw: Callable[[int, float, int], Points]  # (n_points, noise, seed) -> X (n, 2), y (n,)
    n_classes: int


GENERATORS: dict[str, Generator] = {"moons": Generator(N_("Two moons"), _moons, n_classes=2)}


@dataclass(frozen=True)
class DataSpec(Spec):
    """Which points to draw."""

    kind: str = choice("moons", GENERATORS, label=N_("Dataset"), help=N_("The shape that the points are drawn from."))
    n_points: int = between(
        256,
        low=20,
        high=5_000,
        step=2,
        label=N_("Points"),
        help=N_("How many points the network learns from."),
    )
    noise: float = between(
        0.1,
        low=0.0,
        high=1.0,
        step=0.01,
        label=N_("Noise"),
        help=N_("How far points stray from their shape: a standard deviation, in units of the axes."),
    )
    seed: int = between(
        0,
        low=0,
        high=TEST_SEED - 1,
        label=N_("Data seed"),
        help=N_("Decides which points are drawn. The same seed gives the same points."),
    )
    n_test: int = between(
        256,
        low=20,
        high=5_000,
        step=2,
        label=N_("Test points"),
        help=N_("Fresh points that the network never learns from: they tell whether it understood or memorised."),
    )


@dataclass(frozen=True, eq=False)
class Dataset:
    """Points with their classes. The test set is a fresh draw of the same kind."""

    X_train: NDArray[np.float32]  # (n, 2), row by row in memory
    y_train: NDArray[np.int64]  # (n,), classes 0, 1, …
    X_test: NDArray[np.float32]  # (m, 2)
    y_test: NDArray[np.int64]  # (m,)
    n_classes: int

    def to_frame(self) -> pd.DataFrame:
        """The training points as a table with columns x0, x1, y."""
        return pd.DataFrame({"x0": self.X_train[:, 0], "x1": self.X_train[:, 1], "y": self.y_train})

    def to_csv(self) -> str:
        """The training points as CSV text; reading it back gives the same float32 values."""
        return str(self.to_frame().to_csv(index=False))

    def extent(self, margin: float = 0.12, aspect: float = 1.25) -> tuple[float, float, float, float]:
        """A box (x0 low, x0 high, x1 low, x1 high) around all points, `aspect` times as wide as high.

        `margin` is left free on each side, as a share of the points' own width or height.
        """
        points = np.concatenate([self.X_train, self.X_test])
        low, high = points.min(axis=0).astype(float), points.max(axis=0).astype(float)
        size = np.maximum((high - low) * (1 + 2 * margin), 1e-6)
        size = np.maximum(size, size[::-1] * np.array([aspect, 1 / aspect]))
        middle = (low + high) / 2
        (left, bottom), (right, top) = middle - size / 2, middle + size / 2
        return float(left), float(right), float(bottom), float(top)


def make_dataset(spec: DataSpec) -> Dataset:
    """Draw the points that `spec` describes: those of scikit-learn under the same seed, as float32."""
    generator = GENERATORS[spec.kind]
    X_train, y_train = generator.draw(spec.n_points, spec.noise, spec.seed)
    X_test, y_test = generator.draw(spec.n_test, spec.noise, spec.seed + TEST_SEED)
    return Dataset(
        X_train=np.ascontiguousarray(X_train, dtype=np.float32),
        y_train=y_train.astype(np.int64),
        X_test=np.ascontiguousarray(X_test, dtype=np.float32),
        y_test=y_test.astype(np.int64),
        n_classes=generator.n_classes,
    )
