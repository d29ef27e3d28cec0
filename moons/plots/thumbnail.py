"""A run as a small picture: the boundary under the points, and the loss below."""

import base64
import io
import math

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from moons.data import Dataset
from moons.inspection.boundary import TOP, Boundary
from moons.inspection.curve import Line
from moons.plots import palette

WIDTH, HEIGHT, CURVE = 160, 128, 30
MOST_POINTS = 120


def thumbnail(answer: Boundary, dataset: Dataset, line: Line) -> str:
    """SVG of an answer in the view "label": what it says, some training points, and the loss with that of guessing."""
    return _svg(HEIGHT + CURVE + 4, _ground(answer), _points(dataset), _curve(line, math.log(answer.n_classes)))


def small_boundary(answer: Boundary, dataset: Dataset, wrong_test: NDArray[np.bool_] | None = None) -> str:
    """SVG of an answer in the view "label", or of numbers: some training points, and crosses at wrong test points."""
    crosses = "" if wrong_test is None else _crosses(dataset, dataset.X_test[wrong_test])
    return _svg(HEIGHT, _ground(answer), _points(dataset), crosses)


def _svg(height: int, *parts: str) -> str:
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}">{"".join(parts)}</svg>'


def _ground(answer: Boundary) -> str:
    """The answer as a picture, see-through so that it lies on both themes."""
    picture = io.BytesIO()
    Image.fromarray(_colors(answer.n_classes)[answer.values[::-1]]).save(picture, "PNG")
    source = f"data:image/png;base64,{base64.b64encode(picture.getvalue()).decode()}"
    return f'<image href="{source}" width="{WIDTH}" height="{HEIGHT}" preserveAspectRatio="none"/>'


def _colors(n_classes: int) -> NDArray[np.uint8]:
    """(k, 4), the colour of each class; of numbers (0 classes) that of each level from 0 to TOP."""
    if n_classes:
        return np.array([_rgba(palette.class_color(label), 97) for label in range(n_classes)], np.uint8)
    stops = np.array([_rgba(color, opacity) for color, opacity in zip(palette.NUMBERS, (190, 64, 190), strict=True)])
    levels = np.linspace(0, 2, TOP + 1)
    return np.column_stack([np.interp(levels, (0, 1, 2), channel) for channel in stops.T]).astype(np.uint8)


def _rgba(color: str, opacity: int) -> tuple[int, ...]:
    return (*(int(color[i : i + 2], 16) for i in (1, 3, 5)), opacity)


def _points(dataset: Dataset) -> str:
    y = dataset.y_train[:MOST_POINTS]
    colors = [palette.class_color(label) for label in y.tolist()] if dataset.n_classes else _number_colors(dataset, y)
    return "".join(
        f'<circle cx="{cx:.1f}" cy="{cy:.1f}" r="2.2" fill="{color}"/>'
        for (cx, cy), color in zip(_places(dataset, dataset.X_train[:MOST_POINTS]), colors, strict=True)
    )


def _number_colors(dataset: Dataset, y: NDArray[np.floating]) -> list[str]:
    low, high = float(dataset.y_train.min()), float(dataset.y_train.max())
    shares = ((y - low) / max(high - low, 1e-12)).tolist()
    first, middle, last = palette.NUMBERS
    return [
        palette.mixed(middle, first, 2 * share) if share < 0.5 else palette.mixed(last, middle, 2 * share - 1)
        for share in shares
    ]


def _crosses(dataset: Dataset, X: NDArray[np.float32]) -> str:
    """Dark, on a lighter edge: to be seen on both themes."""
    lines = "".join(f"M{x - 2.2:.1f},{y - 2.2:.1f}l4.4,4.4m0,-4.4l-4.4,4.4" for x, y in _places(dataset, X))
    strokes = (palette.INK["dark"], 2.6), (palette.INK["light"], 1.2)
    return "".join(f'<path d="{lines}" stroke="{color}" stroke-width="{width}"/>' for color, width in strokes)


def _places(dataset: Dataset, X: NDArray[np.float32]) -> list[tuple[float, float]]:
    """Where points are in the picture."""
    left, right, bottom, top = dataset.extent()
    across, down = (X[:, 0] - left) / (right - left) * WIDTH, (top - X[:, 1]) / (top - bottom) * HEIGHT
    return list(zip(across.tolist(), down.tolist(), strict=True))


def _curve(line: Line, guessing: float) -> str:
    top = 1.6 * guessing
    foot = HEIGHT + CURVE + 2

    def height(loss: float | NDArray[np.float32]) -> NDArray[np.float64]:
        return np.asarray(foot - np.clip(np.nan_to_num(loss, nan=top), 0, top) / top * CURVE)

    x = line.epoch / max(1, int(line.epoch[-1])) * WIDTH
    path = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x, height(line.loss), strict=True))
    chance = float(height(guessing))
    return (
        f'<line x1="0" x2="{WIDTH}" y1="{chance:.1f}" y2="{chance:.1f}" stroke="{palette.GUESSING}" '
        f'stroke-dasharray="2 3"/><polyline points="{path}" fill="none" stroke="{palette.TRAIN}" stroke-width="1.6"/>'
    )
