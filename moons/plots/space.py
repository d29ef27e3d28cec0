"""The plane as a hidden layer sees it."""

from typing import Any

import numpy as np
import plotly.graph_objects as go

from moons.data import Dataset
from moons.inspection.space import HiddenSpace
from moons.plots import palette
from moons.plots.words import Translate, column_title, literal, untranslated

GRID, POINTS = range(2)  # the figure's traces


def space_figure(
    space: HiddenSpace, dataset: Dataset, *, theme: str = "light", _: Translate = untranslated
) -> go.Figure:
    """The bent grid under the training points of `dataset`, in their classes' colours or their numbers'."""
    y = dataset.train_in_units()[1]
    names = np.array([literal(name) for name in dataset.class_names])
    figure = go.Figure(
        [
            go.Scatter(
                x=space.grid[:, 0],
                y=space.grid[:, 1],
                mode="lines",
                line={"color": palette.faded(palette.INK[theme], 0.25), "width": 1},
                hoverinfo="skip",
            ),
            go.Scatter(
                x=space.points[:, 0],
                y=space.points[:, 1],
                mode="markers",
                marker={
                    **palette.point_marks(y, (float(y.min()), float(y.max()))),
                    "size": 7,
                    "line": {"width": 0.8, "color": "white"},
                },
                customdata=names[y] if len(names) else y,
                hovertemplate=f"%{{x:.3f}}, %{{y:.3f}}, {column_title(dataset, 2)} %{{customdata}}<extra></extra>",
            ),
        ]
    )
    across, up = _("first principal component"), _("second principal component")
    if space.units is not None:
        across, up = (_("unit {unit}").format(unit=unit) for unit in space.units)
    figure.update_layout(margin={"l": 8, "r": 8, "t": 8, "b": 8}, showlegend=False, hovermode="closest")
    axis: dict[str, Any] = {"showgrid": False, "zeroline": False, "ticks": "outside", "ticklen": 4}
    figure.update_xaxes(title=across, **axis)
    figure.update_yaxes(title=up, **axis)
    return figure
