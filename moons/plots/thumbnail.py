"""A run as a small picture: the boundary under the points, and the loss below."""

import base64
import io
import math

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from moons.data import Dataset
from moons.inspection.boundary import Boundary
from moons.inspection.curve import Line
from moons.plots import palette

WIDTH, HEIGHT, CURVE = 160, 128, 30
MOST_POINTS = 120


def thumbnail(answer: Boundary, dataset: Dataset, line: Line) -> str:
    """SVG of an answer in the view "label": what it says, some training points, and the loss with that of guessing."""
    left, right, bottom, top = dataset.extent()
    x = (dataset.X_train[:MOST_POINTS, 0] - left) / (right - left) * WIDTH
    y = (top - dataset.X_train[:MOST_POINTS, 1]) / (top - bottom) * HEIGHT
    points = "".join(
        f'<circle cx="{cx:.1f}" cy="{cy:.1f}" r="2.2" fill="{palette.class_color(label)}"/>'
        for cx, cy, label in zip(x, y, dataset.y_train[:MOST_POINTS].tolist(), strict=True)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT + CURVE + 4}">'
        f'<image href="{_ground(answer)}" width="{WIDTH}" height="{HEIGHT}" preserveAspectRatio="none"/>'
        f"{points}{_curve(line, math.log(answer.n_classes))}</svg>"
    )


def _ground(answer: Boundary) -> str:
    """The answer as a PNG, see-through so that it lies on both themes."""
    colors = [palette.class_color(label) for label in range(answer.n_classes)]
    table = np.array([[*(int(color[i : i + 2], 16) for i in (1, 3, 5)), 97] for color in colors], np.uint8)
    picture = io.BytesIO()
    Image.fromarray(table[answer.values[::-1]]).save(picture, "PNG")
    return f"data:image/png;base64,{base64.b64encode(picture.getvalue()).decode()}"


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
