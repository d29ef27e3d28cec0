"""The plane as a hidden layer sees it: bent by the layers before, two directions at a time."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from moons.data import Dataset
from moons.fields import Between
from moons.model import NaiveNet

Floats = NDArray[np.float32]

LINES = 17, 13  # upright and level lines of the plane's grid
ALONG = 120  # points on a line


@dataclass(frozen=True, eq=False)
class HiddenSpace:
    """A grid over the plane and the training points, where a hidden layer puts them."""

    grid: Floats  # (k, 2); NaN ends a line
    points: Floats  # (n, 2), of the training points
    units: tuple[int, int] | None  # whose answers the axes are; None: the two principal components
    share: float  # of the points' variance that the picture shows


@torch.no_grad()
def hidden_space(model: NaiveNet, dataset: Dataset, layer: int, units: tuple[int, int] | None = None) -> HiddenSpace:
    """What hidden layer `layer` (from 1) of `model` (on the CPU) makes of the plane.

    `units` picks two units for axes; without, the points' two principal components are (K. Pearson, 1901), each
    turned so that its largest loading is positive. A layer of one unit has one direction: the other axis is 0.

    Raises FieldError for a layer or a unit that isn't there.
    """
    n_hidden = len(model.sizes) - 2
    Between(1, n_hidden, 1).check("layer", layer)
    for unit in units or ():
        Between(0, model.sizes[layer] - 1, 1).check("unit", unit)
    lines = _answers(model, torch.from_numpy(_lines(dataset)), layer)
    points = _answers(model, torch.from_numpy(dataset.X_train), layer)
    middle = points.mean(axis=0)
    directions = _principal(points - middle) if units is None else np.eye(model.sizes[layer])[list(units)]
    origin = middle if units is None else np.zeros_like(middle)
    spread = points.var(axis=0).sum()
    seen = (points - middle) @ directions.T
    distinct = len({*units}) if units is not None else 2
    shown = seen[:, :distinct].var(axis=0).sum()
    return HiddenSpace(
        grid=((lines - origin) @ directions.T).astype(np.float32),
        points=((points - origin) @ directions.T).astype(np.float32),
        units=units,
        share=float(shown / spread) if spread > 0 else 1.0,
    )


def _lines(dataset: Dataset) -> Floats:
    """The plane's grid, line after line, NaN between them: (k, 2)."""
    left, right, bottom, top = dataset.extent()
    upright, level = LINES
    lines = [
        np.stack([np.full(ALONG, x), np.linspace(bottom, top, ALONG)], 1) for x in np.linspace(left, right, upright)
    ]
    lines += [
        np.stack([np.linspace(left, right, ALONG), np.full(ALONG, y)], 1) for y in np.linspace(bottom, top, level)
    ]
    end = np.full((1, 2), np.nan)
    return np.concatenate([part for line in lines for part in (line, end)]).astype(np.float32)


def _answers(model: NaiveNet, X: Tensor, layer: int) -> NDArray[np.float64]:
    """What the layer's units answer: (n, units)."""
    layers = model.activations_of(X)
    h = layers[layer - 1].activations if layer else layers[0].inputs
    return h.numpy().astype(np.float64)


def _principal(centred: NDArray[np.float64]) -> NDArray[np.float64]:
    """The two directions of largest variance: (2, units); zeros where there is only one, or where nothing is finite."""
    directions = np.zeros((2, centred.shape[1]))
    if np.isfinite(centred).all():
        found = np.linalg.svd(centred, full_matrices=False)[2][:2]
        largest = found[np.arange(len(found)), np.abs(found).argmax(axis=1)]
        directions[: len(found)] = found * np.where(largest < 0, -1, 1)[:, None]
    return directions
