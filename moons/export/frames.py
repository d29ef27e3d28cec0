"""The boundary over the run, as frames: what the animation and the report show."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from moons.data import Dataset
from moons.inspection.boundary import PROBABILITY, TOP, band, boundary, make_grid
from moons.inspection.points import evaluate
from moons.plots import palette
from moons.progress import Scores
from moons.run import History

STRENGTH = 0.6  # opacity of a class's colour where the network is sure
UNSURE = 0.3  # share of it that the middle of a regression's numbers has


@dataclass(frozen=True, eq=False)
class Frames:
    """What the network answers on a grid, and how it does, after each of some epochs."""

    epochs: tuple[int, ...]  # (k,), log-spaced, from 0 to the last one trained
    scores: tuple[Scores, ...]  # (k,)
    images: NDArray[np.uint8]  # (k, rows, columns), bottom row first; levels as in Boundary's view "probability"
    extent: tuple[float, float, float, float]  # x0 low, x0 high, x1 low, x1 high
    colors: NDArray[np.uint8]  # (256, 4): the colour of each level, with its opacity


def spaced_epochs(n_epochs: int, count: int) -> tuple[int, ...]:
    """At most `count` epochs from 0 to `n_epochs`, evenly spaced in the logarithm: most happens early."""
    steps = np.expm1(np.linspace(0, np.log1p(n_epochs), count)).round().astype(int)
    return tuple(np.unique(steps).tolist())


def boundary_frames(history: History, *, count: int, columns: int, rows: int) -> Frames:
    """The answers of a run, trained or not, over its epochs so far."""
    dataset, training = history.dataset, history.experiment.training_now
    grid = make_grid(dataset, columns, rows)
    epochs = spaced_epochs(history.n_epochs, count)
    models = [history.model_at(epoch) for epoch in epochs]
    return Frames(
        epochs=epochs,
        scores=tuple(evaluate(model, dataset, training).scores for model in models),
        images=np.stack([boundary(model, grid, PROBABILITY).values for model in models]),
        extent=dataset.extent(),
        colors=level_colors(dataset.n_classes),
    )


def rgb(color: str) -> NDArray[np.float64]:
    """Red, green and blue of "#0072B2": (3,), from 0 to 255."""
    return np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)], np.float64)


def level_colors(n_classes: int) -> NDArray[np.uint8]:
    """(256, 4), the colour of each level of Boundary's view "probability", with its opacity.

    Sure answers in the class's colour, unsure ones see-through. Levels that don't occur are black."""
    table = np.zeros((256, 4))
    if not n_classes:
        for level in range(TOP + 1):
            share = abs(2 * level / TOP - 1)  # of the way from the middle of the targets' range to an end
            end = palette.NUMBERS[0 if level < TOP / 2 else 2]
            color = share * rgb(end) + (1 - share) * rgb(palette.GUESSING)
            table[level] = *color, 255 * STRENGTH * max(share, UNSURE)
    elif n_classes == 2:
        for level in range(101):
            table[level] = *rgb(palette.class_color(int(level > 50))), 255 * STRENGTH * abs(level - 50) / 50
    else:
        levels = band(n_classes)
        for level in range(n_classes * levels):
            label, certainty = level // levels, level % levels / (levels - 1)
            table[level] = *rgb(palette.class_color(label)), 255 * STRENGTH * certainty
    return table.round().astype(np.uint8)


def point_colors(dataset: Dataset, y: NDArray[Any]) -> NDArray[np.uint8]:
    """(k, 3), a colour for each of the answers `y` (k,): that of the class, or by the number between two classes'."""
    if dataset.n_classes:
        return np.array([rgb(palette.class_color(label)) for label in y.tolist()]).astype(np.uint8).reshape(-1, 3)
    stops = np.array([rgb(color) for color in palette.NUMBERS])
    low, high = dataset.y_train.min(), dataset.y_train.max()
    place = np.clip((y - low) / max(high - low, 1e-12), 0, 1)
    return np.stack([np.interp(place, (0, 0.5, 1), stops[:, channel]) for channel in range(3)], axis=1).astype(np.uint8)
