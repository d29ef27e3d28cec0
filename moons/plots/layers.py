"""Each layer's weights, gradients and gradient norms."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from moons.inspection.layers import GradientNorms, Histogram, Layer
from moons.plots import palette
from moons.plots.words import Translate, untranslated

DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot", "solid")


def histograms_figure(layers: Sequence[Layer], *, _: Translate = untranslated) -> go.Figure:
    """Weights above their gradients, a column for each layer; blue where negative, orange where positive."""
    titles = [_("Layer {number}").format(number=number) for number in range(1, len(layers) + 1)]
    figure = make_subplots(2, len(layers), column_titles=titles, vertical_spacing=0.2, horizontal_spacing=0.03)
    for column, layer in enumerate(layers, start=1):
        figure.add_trace(_bars(layer.weights), 1, column)
        figure.add_trace(_bars(layer.gradients), 2, column)
    figure.update_layout(margin={"l": 8, "r": 8, "t": 28, "b": 8}, showlegend=False, bargap=0.02)
    figure.update_xaxes(nticks=4, tickformat="~g")
    figure.update_yaxes(showticklabels=False, showgrid=False)
    figure.update_yaxes(title=_("Weights"), row=1, col=1)
    figure.update_yaxes(title=_("Gradients"), row=2, col=1)
    return figure


def norms_figure(norms: GradientNorms, *, _: Translate = untranslated) -> go.Figure:
    """The length of each layer's gradient over the epochs, on a logarithmic scale."""
    lines = [
        go.Scatter(
            x=norms.epochs,
            y=np.where(norm > 0, norm, np.nan),
            name=_("Layer {number}").format(number=number),
            mode="lines",
            line={"color": palette.TRAIN, "width": 1 + number / 2, "dash": DASHES[(number - 1) % len(DASHES)]},
            hovertemplate="%{y:.3g}",
        )
        for number, norm in enumerate(norms.norms, start=1)
    ]
    figure = go.Figure(lines)
    figure.update_layout(
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        legend={"orientation": "h", "x": 1, "y": 1, "xanchor": "right", "yanchor": "bottom"},
        hovermode="x unified",
    )
    figure.update_xaxes(title=_("Epoch"), tickformat=",d", hoverformat=",d", zeroline=False)
    figure.update_yaxes(title=_("Gradient norm"), type="log", dtick="D2", tickformat="~g", zeroline=False)
    return figure


def _bars(histogram: Histogram) -> go.Bar:
    middles = (histogram.edges[:-1] + histogram.edges[1:]) / 2
    width = histogram.edges[1] - histogram.edges[0]
    # the middle bin holds what is nearly 0
    shades = np.select(
        [middles < -width / 2, middles > width / 2], [palette.class_color(0), palette.class_color(1)], palette.GUESSING
    )
    return go.Bar(
        x=middles,
        y=histogram.counts,
        width=width,
        marker={"color": shades},
        hovertemplate="%{x:.3g}: %{y}<extra></extra>",
    )
