"""The network's answer as a landscape over the plane."""

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from moons.data import Dataset
from moons.digits import decimals
from moons.inspection.boundary import Grid
from moons.plots import palette
from moons.plots.words import Translate, column_title, literal, untranslated, where_text
from moons.task import Task

SHORT = 14  # letters of a class's name on the axis


def surface_figure(
    grid: Grid, height: NDArray[np.float32], dataset: Dataset, label: int, *, _: Translate = untranslated
) -> go.Figure:
    """`height` (points of the grid,) is class `label`'s probability, or the number as the network has it.

    Drawn in a person's own units. The training points stand where they should be: at 1 or 0, or at their number.
    """
    classes = dataset.task is Task.CLASSIFICATION
    points, y = dataset.train_in_units()
    z = height if classes else dataset.y_to_units(height)
    corner, step = dataset.to_units(np.array([grid.x0, grid.y0])), np.array([grid.dx, grid.dy]) * dataset.scaling.scale
    low = palette.GUESSING if dataset.n_classes > 2 else palette.class_color(0)
    scale = [(0.0, low), (0.5, palette.GUESSING), (1.0, palette.class_color(label))]
    colors = [palette.class_color(point) for point in y.tolist()] if classes else palette.GUESSING
    number = ":.3f" if classes else f":.{decimals(float(np.ptp(y)), digits=4)}f"
    figure = go.Figure(
        [
            go.Surface(
                x=corner[0] + step[0] * np.arange(grid.columns),
                y=corner[1] + step[1] * np.arange(grid.rows),
                z=z.reshape(grid.rows, grid.columns),
                colorscale=scale,
                cmin=0.0 if classes else y.min(),
                cmax=1.0 if classes else y.max(),
                showscale=False,
                opacity=0.9,
                hovertemplate=f"{where_text(dataset, digits=3)}: %{{z{number}}}<extra></extra>",
            ),
            go.Scatter3d(
                x=points[:, 0],
                y=points[:, 1],
                z=(y == label).astype(np.float32) if classes else y,
                mode="markers",
                marker={"size": 2.5, "color": colors},
                hoverinfo="skip",
            ),
        ]
    )
    called = literal(dataset.class_name(label, SHORT)) if classes else ""
    x0, x1, label_name = (column_title(dataset, place) for place in range(3))
    title = (
        _("probability of class {label}").format(label=called)
        if classes
        else _("predicted {name}").format(name=label_name)
    )
    figure.update_layout(
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
        showlegend=False,
        scene={
            "xaxis": {"title": x0, "exponentformat": "none"},
            "yaxis": {"title": x1, "exponentformat": "none"},
            "zaxis": {"title": title, "exponentformat": "none"},
            "aspectmode": "manual",
            "aspectratio": {"x": 1.25, "y": 1, "z": 0.6},
            "camera": {"eye": {"x": -1.0, "y": -1.25, "z": 0.8}, "center": {"x": 0, "y": 0, "z": -0.15}},
        },
        uirevision="surface",  # it stays as it was turned
    )
    return figure
