"""A dataset as a small picture, to be chosen by."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from moons.data import Dataset
from moons.data.dataset import Extent
from moons.plots import palette

WIDTH, HEIGHT = 60, 48  # the units of the picture; it scales
LEVELS = 11  # colours for a number to predict


def scatter(dataset: Dataset) -> str:
    """The training points as SVG, each in its class's colour."""
    box = dataset.extent(margin=0.06, aspect=WIDTH / HEIGHT)
    return _picture(dataset.X_train, box, color_places(dataset.y_train, dataset.n_classes), dataset.n_classes)


def pair(X: NDArray[Any], y: NDArray[Any], n_classes: int) -> str:
    """Points (n, 2) in the columns' own units as SVG, each axis filled; y (n,) are classes, or numbers (0 classes)."""
    low, high = X.min(axis=0), X.max(axis=0)
    margin = 0.06 * np.where(high > low, high - low, 1.0)
    (left, bottom), (right, top) = low - margin, high + margin
    return _picture(X, (left, right, bottom, top), color_places(y, n_classes), n_classes)


def _picture(X: NDArray[Any], box: Extent, places: list[int], n_classes: int) -> str:
    left, right, bottom, top = box
    x = (X[:, 0] - left) / (right - left) * WIDTH
    y = (top - X[:, 1]) / (top - bottom) * HEIGHT
    colors = point_colors(n_classes)
    marks = [
        f'<circle cx="{a:.1f}" cy="{b:.1f}" r="1.5" fill="{colors[place]}"/>'
        for a, b, place in zip(x, y, places, strict=True)
    ]
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}">{"".join(marks)}</svg>'


def point_colors(n_classes: int) -> list[str]:
    """The colour of each class; for a number to predict, of each of LEVELS from the lowest to the highest."""
    if n_classes:
        return [palette.class_color(label) for label in range(n_classes)]
    halves = np.abs(np.linspace(-1, 1, LEVELS))
    ends = [palette.CLASSES[0]] * (LEVELS // 2) + [palette.CLASSES[1]] * (LEVELS - LEVELS // 2)
    return [palette.mixed(end, palette.GUESSING, float(share)) for end, share in zip(ends, halves, strict=True)]


def color_places(y: NDArray[Any], n_classes: int) -> list[int]:
    """Which of `point_colors` each point has."""
    if n_classes:
        return [int(label) for label in y]
    spread = max(float(np.ptp(y)), 1e-12)
    return [int(level) for level in np.rint((y - y.min()) / spread * (LEVELS - 1))]
