"""The shapes that points are drawn from. A new one is one more entry: the page, links, exports and tests read it here.

Where scikit-learn has a generator it is used; xor, gaussians, spirals, plane and gaussian have the formulas of
TensorFlow Playground's dataset.ts, in its units. A draw function may be written out into an exported program:
it stands at the top of this module and uses ordinary imports only.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn import datasets

from moons.fields import N_
from moons.task import Task

CLASSIFICATION, REGRESSION = Task.CLASSIFICATION, Task.REGRESSION
Points = tuple[NDArray[np.float64], NDArray[Any]]  # X (n, 2), y (n,): whole numbers 0, 1, … or targets


@dataclass(frozen=True)
class Generator:
    """How to draw points of one kind."""

    label: str
    draw: Callable[..., Points]  # (n_points, noise, seed) -> X (n, 2), y (n,)
    n_classes: int = 2  # 0 for regression
    any_n_classes: bool = False  # whether `draw` takes another number of classes, as `n_classes`

    @property
    def task(self) -> Task:
        """Classes, or a number to predict."""
        return Task.of(self.n_classes)


def _moons(n_points: int, noise: float, seed: int) -> Points:
    X, y = datasets.make_moons(n_points, noise=noise, random_state=seed)
    return X, y


def _circles(n_points: int, noise: float, seed: int) -> Points:
    X, y = datasets.make_circles(n_points, noise=noise, random_state=seed, factor=0.5)
    return X, y


def _xor(n_points: int, noise: float, seed: int) -> Points:
    rng = np.random.default_rng(seed)
    X = rng.uniform(-5, 5, (n_points, 2))
    X += np.where(X > 0, 0.3, -0.3)
    y = (X[:, 0] * X[:, 1] >= 0).astype(np.int64)
    return X + rng.normal(0, noise, X.shape), y


def _gaussians(n_points: int, noise: float, seed: int) -> Points:
    width = math.sqrt(0.5 + 7 * noise)
    X, y = datasets.make_blobs(n_points, centers=[[-2, -2], [2, 2]], cluster_std=width, random_state=seed)
    return X, y


def _spirals(n_points: int, noise: float, seed: int) -> Points:
    rng = np.random.default_rng(seed)
    place = rng.permutation(n_points)
    y, along = place % 2, place // 2 / (n_points / 2)
    angle = 3.5 * np.pi * along + np.pi * (1 - y)
    X = 5 * along[:, None] * np.column_stack([np.sin(angle), np.cos(angle)])
    return X + rng.normal(0, noise, X.shape), y


def _checkerboard(n_points: int, noise: float, seed: int) -> Points:
    rng = np.random.default_rng(seed)
    X = rng.uniform(-4, 4, (n_points, 2))
    y = np.floor(X / 2).sum(axis=1).astype(np.int64) % 2
    return X + rng.normal(0, noise, X.shape), y


def _rings(n_points: int, noise: float, seed: int) -> Points:
    rng = np.random.default_rng(seed)
    y = rng.permutation(n_points) % 3
    angle = rng.uniform(0, 2 * np.pi, n_points)
    X = (1 + y[:, None]) * np.column_stack([np.cos(angle), np.sin(angle)])
    return X + rng.normal(0, noise, X.shape), y


def _blobs(n_points: int, noise: float, seed: int, n_classes: int = 3) -> Points:
    angle = 2 * np.pi * np.arange(n_classes) / n_classes
    centers = 4 * np.column_stack([np.sin(angle), np.cos(angle)])
    X, y = datasets.make_blobs(n_points, centers=centers, cluster_std=0.5 + noise, random_state=seed)
    return X, y


def _heart(n_points: int, noise: float, seed: int) -> Points:
    rng = np.random.default_rng(seed)
    X = rng.uniform(-1.35, 1.35, (n_points, 2))
    x0, x1 = X.T
    y = ((x0**2 + x1**2 - 1) ** 3 < x0**2 * x1**3).astype(np.int64)
    return 3 * X + rng.normal(0, noise, X.shape), y


def _plane(n_points: int, noise: float, seed: int) -> Points:
    rng = np.random.default_rng(seed)
    X = rng.uniform(-6, 6, (n_points, 2))
    return X, X.sum(axis=1) / 10 + rng.normal(0, noise, n_points)


def _gaussian(n_points: int, noise: float, seed: int) -> Points:
    rng = np.random.default_rng(seed)
    X = rng.uniform(-6, 6, (n_points, 2))
    centers = np.array([[-4, 2.5], [0, 2.5], [4, 2.5], [-4, -2.5], [0, -2.5], [4, -2.5]])
    signs = np.array([1, -1, 1, -1, 1, -1])
    distance = np.linalg.norm(X[:, None] - centers, axis=2)
    heights = signs * np.clip(1 - distance / 2, 0, None)
    return X, heights.sum(axis=1) + rng.normal(0, noise, n_points)


GENERATORS: dict[str, Generator] = {
    "moons": Generator(N_("Two moons"), _moons),
    "circles": Generator(N_("Circles"), _circles),
    "xor": Generator(N_("XOR"), _xor),
    "gaussians": Generator(N_("Two Gaussians"), _gaussians),
    "spirals": Generator(N_("Spirals"), _spirals),
    "checkerboard": Generator(N_("Checkerboard"), _checkerboard),
    "rings": Generator(N_("Three rings"), _rings, n_classes=3),
    "blobs": Generator(N_("Blobs"), _blobs, n_classes=3, any_n_classes=True),
    "heart": Generator(N_("Heart"), _heart),
    "plane": Generator(N_("Plane"), _plane, n_classes=0),
    "gaussian": Generator(N_("Hills"), _gaussian, n_classes=0),
}
