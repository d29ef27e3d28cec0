"""What the network answers at every point of the plane."""

import math
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import torch
from numpy.typing import NDArray

from moons.data import Dataset
from moons.fields import N_, FieldError
from moons.model import NaiveNet

COLUMNS, ROWS = 125, 100
TOP = 250  # level at the high end of a regression's targets
LABEL, PROBABILITY, UNCERTAINTY, CHANGE, UNIT = "label", "probability", "uncertainty", "change", "unit"
AREAS = "areas"
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
    `change`. In the view "areas": see `areas`. In the view "unit": one unit's activation, as bytes around ZERO.
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
def areas(model: NaiveNet, grid: Grid) -> Boundary:
    """The predicted class with an anti-aliased edge, for a picture of the classes' areas without steps.

    How far a point lies inside its class's area is measured in cells of the grid, at most 1: by how much the class's
    output exceeds the largest other, divided by that margin's slope. Each pair of classes has `edge_levels(n_classes)`
    levels, in the order of `pairs`: from the first one's area, over the edge in the middle, to the second one's. More
    classes than a byte has such levels for get the view "label".
    """
    n_classes = model.sizes[-1]
    levels = edge_levels(n_classes)
    if not levels:
        return boundary(model, grid)
    outputs, label = model(grid.points).numpy().astype(np.float64), model.predict(grid.points).numpy()
    others = np.where(np.arange(n_classes) == label[:, None], -np.inf, outputs)
    inside, middle = _inside(outputs, label, grid), levels // 2
    depth = np.rint((middle - 1) * inside).astype(np.int64)
    other = np.where(depth < middle - 1, others.argmax(axis=1), label == 0)  # well inside any other will do
    first, second = np.minimum(label, other), np.maximum(label, other)
    pair = first * (2 * n_classes - first - 1) // 2 + second - first - 1
    values = levels * pair + np.where(label == second, middle + depth, middle - 1 - depth)
    return Boundary(grid, AREAS, n_classes, values.astype(np.uint8).reshape(grid.rows, grid.columns))


def pairs(n_classes: int) -> list[tuple[int, int]]:
    """All pairs of classes, in the order of the view "areas"."""
    return list(combinations(range(n_classes), 2))


def edge_levels(n_classes: int) -> int:
    """Levels per pair of classes in the view "areas", an even number; all fit one byte. 0: there are too many pairs."""
    n_pairs = n_classes * (n_classes - 1) // 2
    return min(100, TOP // n_pairs // 2 * 2) if n_pairs else 0


def labels_of(areas: NDArray[np.uint8], n_classes: int) -> NDArray[np.uint8]:
    """The predicted classes that `areas` shows."""
    levels = edge_levels(n_classes)
    if not levels:
        return areas
    sides = np.array(pairs(n_classes), np.uint8)
    return sides[areas // np.uint8(levels), (areas % np.uint8(levels) >= levels // 2).astype(np.uint8)]


def _inside(outputs: NDArray[np.float64], label: NDArray[np.int64], grid: Grid) -> NDArray[np.float64]:
    """The distance of each point from the edge of its class's area, in cells, at most 1; 1 where there is no slope."""
    every = np.arange(len(label))
    row, column = np.divmod(every, grid.columns)

    def margin_at(rows: NDArray[np.int64], columns: NDArray[np.int64]) -> NDArray[np.float64]:
        there = outputs[rows * grid.columns + columns]
        own = there[every, label]
        there[every, label] = -np.inf
        margin: NDArray[np.float64] = own - there.max(axis=1)
        return margin

    left, right = np.maximum(column - 1, 0), np.minimum(column + 1, grid.columns - 1)
    below, above = np.maximum(row - 1, 0), np.minimum(row + 1, grid.rows - 1)
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        across = (margin_at(row, right) - margin_at(row, left)) / (right - left)
        up = (margin_at(above, column) - margin_at(below, column)) / (above - below)
        distance = margin_at(row, column) / np.sqrt(across**2 + up**2)
    inside: NDArray[np.float64] = np.clip(np.nan_to_num(distance, nan=1.0), 0.0, 1.0)
    return inside


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
