"""What the network answers at every point of the plane."""

import math
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from moons.data import Dataset
from moons.fields import N_, FieldError
from moons.model import NaiveNet

COLUMNS, ROWS = 125, 100
TOP = 250  # level at the high end of a regression's targets
LABEL, PROBABILITY, UNCERTAINTY, CHANGE, UNIT = "label", "probability", "uncertainty", "change", "unit"
VIEWS = (LABEL, PROBABILITY, UNCERTAINTY)
ZERO = 128  # the byte of no change


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
    In the view "uncertainty": the probabilities' entropy, in percent of what guessing has. Of a regression (0 classes)
    these views hold the predicted number: 0 at the low end of `span`, `TOP` at its high. In the view "change": see
    `change`. In the view "unit": one unit's activation, as bytes around ZERO.
    """

    grid: Grid
    view: str
    n_classes: int
    values: NDArray[np.uint8]  # (rows, columns), bottom row first
    span: tuple[float, float] = (0.0, 1.0)  # of a regression: the targets' range
    label: int = 1  # in the view "unit": the class whose colour stands for values above ZERO


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
    """The answer of `model` (on the CPU) on `grid`, in one of VIEWS. Raises FieldError for an unknown view."""
    if view not in VIEWS:
        raise FieldError(
            N_("{field} must be one of {options}, got {value}"),
            field="view",
            options=", ".join(VIEWS),
            value=repr(view),
        )
    if view == LABEL and model.sizes[-1] > 1:
        return Boundary(grid, view, model.sizes[-1], _drawn(model.predict(grid.points), grid))
    return boundary_of(answers(model, grid), grid, view)


def boundary_of(answers: torch.Tensor, grid: Grid, view: str = LABEL) -> Boundary:
    """The same of any predictor's answers: probabilities (rows * columns, n_classes), or numbers as `shares`."""
    n_classes = answers.shape[1]
    if n_classes == 1:
        return Boundary(grid, view, 0, _drawn(TOP * answers, grid), grid.span)
    if view == LABEL:
        return Boundary(grid, view, n_classes, _drawn(answers.argmax(dim=1), grid))
    values = _levels(answers) if view == PROBABILITY else 100 * _entropy(answers) / math.log(n_classes)
    return Boundary(grid, view, n_classes, _drawn(values, grid))


def change(model: NaiveNet, before: torch.Tensor, grid: Grid) -> Boundary:
    """How the answer of `model` differs from an earlier network's, whose `answers` on `grid` are `before`.

    For two classes, ZERO + 127 · the rise of class 1's probability; for a regression, of the number as a share of the
    targets' range; for more classes, ZERO + 127 · the total variation distance, half the sum of what all moved.
    """
    moved = answers(model, grid) - before
    n_outputs = model.sizes[-1]
    values = ZERO + 127 * (moved.abs().sum(dim=1) / 2 if n_outputs > 2 else moved[:, -1])
    return Boundary(grid, CHANGE, n_outputs if n_outputs > 1 else 0, _drawn(values, grid))


@torch.no_grad()
def answers(model: NaiveNet, grid: Grid) -> torch.Tensor:
    """Softmax at every point of the grid: (rows * columns, n_classes); guessing where it isn't finite.

    Of a regression the predicted number as a share of the targets' range, from 0 to 1: (rows * columns, 1).
    """
    outputs: torch.Tensor = model(grid.points)
    if model.sizes[-1] > 1:
        return outputs.softmax(dim=1).nan_to_num(1 / model.sizes[-1])
    return shares(outputs, grid)


def shares(numbers: torch.Tensor, grid: Grid) -> torch.Tensor:
    """Predicted numbers as a share of the targets' range, from 0 to 1; half where they aren't finite."""
    low, high = grid.span
    return ((numbers - low) / max(high - low, 1e-12)).nan_to_num(0.5).clamp(0, 1)


def _drawn(values: torch.Tensor, grid: Grid) -> NDArray[np.uint8]:
    image: NDArray[np.uint8] = values.round().to(torch.uint8).view(grid.rows, grid.columns).numpy()
    return image


def _entropy(probability: torch.Tensor) -> torch.Tensor:
    entropy: torch.Tensor = torch.special.entr(probability).sum(dim=1)
    return entropy


def _levels(probability: torch.Tensor) -> torch.Tensor:
    n_classes = probability.shape[1]
    if n_classes == 2:
        return probability[:, 1] * 100
    top, label = probability.max(dim=1)
    certainty = (top - 1 / n_classes) / (1 - 1 / n_classes)
    levels = band(n_classes)
    level: torch.Tensor = label * levels + (certainty * (levels - 1)).round()
    return level
