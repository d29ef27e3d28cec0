"""The sharpness of the loss along a run, beside what its learning rate bears."""

import numpy as np
import plotly.graph_objects as go

from moons.inspection.landscape import Sharpness
from moons.plots import palette
from moons.plots.words import Translate, axis_title, untranslated


def sharpness_figure(
    sharpness: Sharpness, n_epochs: int, epoch: int, *, theme: str = "light", _: Translate = untranslated
) -> go.Figure:
    """The largest eigenvalue over the epochs, the limit where it is known, and a thin line at `epoch`."""
    line = {"color": palette.TRAIN, "width": 2.5}
    hover = "%{y:.4~g}"
    largest = go.Scatter(
        x=sharpness.epochs,
        y=np.where(sharpness.largest > 0, sharpness.largest, np.nan),
        mode="lines+markers",
        name=_("largest eigenvalue"),
        line=line,
        marker={"size": 5},
        hovertemplate=hover,
    )
    figure = go.Figure(largest)
    if np.isfinite(sharpness.limits).any():
        figure.add_scatter(
            x=sharpness.epochs,
            y=np.where(sharpness.limits > 0, sharpness.limits, np.nan),
            mode="lines",
            name=_("stability limit at this learning rate"),
            line={"color": palette.TEST, "width": 2, "dash": "dash"},
            hovertemplate=hover,
        )
    figure.add_vline(epoch, line={"color": palette.INK[theme], "width": 1.2})
    figure.update_layout(
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        legend={"orientation": "h", "x": 0, "y": 1, "xanchor": "left", "yanchor": "bottom"},
        hovermode="x unified",
    )
    figure.update_xaxes(title=axis_title(_("Epoch")), range=[0, n_epochs], tickformat=",d", zeroline=False)
    figure.update_yaxes(
        title=axis_title(_("Curvature")), type="log", dtick="D2", minorloglabels="complete", zeroline=False
    )
    return figure
