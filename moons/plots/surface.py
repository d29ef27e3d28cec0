"""The network's answer as a landscape over the plane."""

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from moons.data import Dataset
from moons.inspection.boundary import Grid
from moons.plots import palette
from moons.plots.words import Translate, literal, untranslated
from moons.task import Task

SHORT = 14  # letters of a class's name on the axis


def surface_figure(
    grid: Grid, height: NDArray[np.float32], dataset: Dataset, label: int, *, _: Translate = untranslated
) -> go.Figure:
    """`height` (points of the grid,) is the probability of class `label`, or a regression's number.

    The training points stand where they should be: at 1 or 0, or at their number.
    """
    classes = dataset.task is Task.CLASSIFICATION
    y = dataset.y_train
    low = palette.GUESSING if dataset.n_classes > 2 else palette.class_color(0)
    scale = [(0.0, low), (0.5, palette.GUESSING), (1.0, palette.class_color(label))]
    colors = [palette.class_color(point) for point in y.tolist()] if classes else palette.GUESSING
    figure = go.Figure(
        [
            go.Surface(
                x=grid.x0 + grid.dx * np.arange(grid.columns),
                y=grid.y0 + grid.dy * np.arange(grid.rows),
                z=height.reshape(grid.rows, grid.columns),
                colorscale=scale,
                cmin=0.0 if classes else grid.span[0],
                cmax=1.0 if classes else grid.span[1],
                showscale=False,
                opacity=0.9,
                hovertemplate="x0 %{x:.2f}, x1 %{y:.2f}: %{z:.3f}<extra></extra>",
            ),
            go.Scatter3d(
                x=dataset.X_train[:, 0],
                y=dataset.X_train[:, 1],
                z=(y == label).astype(np.float32) if classes else y,
                mode="markers",
                marker={"size": 2.5, "color": colors},
                hoverinfo="skip",
            ),
        ]
    )
    called = literal(dataset.class_name(label, SHORT)) if classes else ""
    title = _("probability of class {label}").format(label=called) if classes else _("predicted number")
    figure.update_layout(
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
        showlegend=False,
        scene={
            "xaxis": {"title": "x0"},
            "yaxis": {"title": "x1"},
            "zaxis": {"title": title},
            "aspectmode": "manual",
            "aspectratio": {"x": 1.25, "y": 1, "z": 0.6},
            "camera": {"eye": {"x": -1.0, "y": -1.25, "z": 0.8}, "center": {"x": 0, "y": 0, "z": -0.15}},
        },
        uirevision="surface",  # it stays as it was turned
    )
    return figure
