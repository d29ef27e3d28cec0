"""What the network answers at every point of the plane."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from moons.data import Dataset
from moons.fields import N_, FieldError
from moons.model import NaiveNet

COLUMNS, ROWS = 125, 100
TOP = 250  # level at the high end of a regression's targets
LABEL, PROBABILITY = "label", "probability"
VIEWS = (LABEL, PROBABILITY)


@dataclass(frozen=True, eq=False)
class Grid:
    """Evenly spaced points over the plane, row by row from the bottom left."""

    x0: float
    dx: float
    y0: float
    dy: float
    columns: int
    rows: int
    points: torch.Tensor  # (rows * columns, 2) float32
    span: tuple[float, float]  # the smallest and the largest training target


@dataclass(frozen=True, eq=False)
class Boundary:
    """The network's answer on a grid.

    `values` is what a heatmap shows. In the view "label": the class that `model.predict` says, 0 … n_classes − 1.
    In the view "probability": for two classes the softmax probability of class 1 in percent; for more, bands of
    `band(n_classes)` levels, one for each predicted class, by how far its probability lies above 1 / n_classes.
    Of a regression (0 classes) both views hold the predicted number: 0 at the low end of `span`, `TOP` at its high.
    """

    grid: Grid
    view: str
    n_classes: int
    values: NDArray[np.uint8]  # (rows, columns), bottom row first
    span: tuple[float, float] = (0.0, 1.0)  # of a regression: the targets' range


def make_grid(dataset: Dataset, columns: int = COLUMNS, rows: int = ROWS) -> Grid:
    """A grid over the dataset's extent; at least 2 × 2."""
    left, right, bottom, top = dataset.extent()
    x, y = np.linspace(left, right, columns), np.linspace(bottom, top, rows)
    xx, yy = np.meshgrid(x, y)
    points = torch.from_numpy(np.stack([xx.ravel(), yy.ravel()], axis=1).astype(np.float32))
    span = float(dataset.y_train.min()), float(dataset.y_train.max())
    return Grid(left, x[1] - x[0], bottom, y[1] - y[0], columns, rows, points, span)


def band(n_classes: int) -> int:
    """Levels per class in the probability view of more than two classes; all fit one byte."""
    return TOP // n_classes


def boundary(model: NaiveNet, grid: Grid, view: str = LABEL) -> Boundary:
    """The answer of `model` (on the CPU) on `grid`. Raises FieldError for an unknown view."""
    if view not in VIEWS:
        raise FieldError(
            N_("{field} must be one of {options}, got {value}"),
            field="view",
            options=", ".join(VIEWS),
            value=repr(view),
        )
    if model.sizes[-1] == 1:
        return Boundary(grid, view, 0, _numbers(model, grid), grid.span)
    n_classes = model.sizes[-1]
    values = model.predict(grid.points) if view == LABEL else _levels(model, grid.points, n_classes)
    image = values.to(torch.uint8).view(grid.rows, grid.columns).numpy()
    return Boundary(grid, view, n_classes, image)


def _numbers(model: NaiveNet, grid: Grid) -> NDArray[np.uint8]:
    """A regression's answer, as a share of the targets' range in 250 levels."""
    low, high = grid.span
    share = ((model.predict(grid.points) - low) / max(high - low, 1e-12)).nan_to_num(0.5).clamp(0, 1)
    image: NDArray[np.uint8] = (share * TOP).round().to(torch.uint8).view(grid.rows, grid.columns).numpy()
    return image


@torch.no_grad()
def _levels(model: NaiveNet, points: torch.Tensor, n_classes: int) -> torch.Tensor:
    probability: torch.Tensor = model(points).softmax(dim=1).nan_to_num(1 / n_classes)
    if n_classes == 2:
        return (probability[:, 1] * 100).round()
    top, label = probability.max(dim=1)
    certainty = (top - 1 / n_classes) / (1 - 1 / n_classes)
    levels = band(n_classes)
    level: torch.Tensor = label * levels + (certainty * (levels - 1)).round()
    return level
