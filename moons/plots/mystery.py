"""The notebook's loss curve, as its author saw it and as it should have been drawn."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go
from numpy.typing import NDArray

from moons.inspection.curve import Line
from moons.plots import palette
from moons.plots.words import Translate, literal, untranslated

MARGIN = {"l": 8, "r": 8, "t": 8, "b": 8}


def printed_figure(
    line: Line, printed: Mapping[int, float], *, honest: bool, theme: str = "light", _: Translate = untranslated
) -> go.Figure:
    """Our loss as a line, the notebook's prints as crosses; `honest`: from 0 up, with the loss of guessing."""
    figure = go.Figure(
        [
            go.Scatter(
                x=line.epoch,
                y=line.loss,
                mode="lines",
                name=_("this run"),
                line={"color": palette.TRAIN, "width": 2},
                hovertemplate="%{y:.4f}",
            ),
            go.Scatter(
                x=list(printed),
                y=list(printed.values()),
                mode="markers",
                name=_("the notebook's prints"),
                marker={"symbol": "x-thin", "size": 9, "line": {"width": 2, "color": palette.INK[theme]}},
                hovertemplate="%{y:.4f}",
            ),
        ]
    )
    if honest:
        guessing = _("guessing: ln {n} = {loss:.3f}").format(n=2, loss=math.log(2))
        figure.add_hline(
            math.log(2),
            line={"color": palette.GUESSING, "width": 1.5, "dash": palette.DOTTED},
            annotation={"text": guessing, "font": {"color": palette.GUESSING}, "yshift": -12},
            annotation_position="bottom right",
        )
    figure.update_layout(
        margin=MARGIN,
        legend={"orientation": "h", "x": 1, "y": 1, "xanchor": "right", "yanchor": "bottom"},
        hovermode="x unified",
    )
    figure.update_xaxes(title=_("Epoch"), tickformat=",d", hoverformat=",d", zeroline=False)
    figure.update_yaxes(title=_("Loss (nats per point)"), rangemode="tozero" if honest else "normal", zeroline=False)
    return figure


def cloud_figure(
    X: NDArray[Any],
    colors: list[str],
    marked: Sequence[int] = (),
    names: tuple[str, str] = ("x0", "x1"),
    *,
    same: bool = True,
) -> go.Figure:
    """Points (n, 2), each in its colour; nothing else. Of some `marked` rows also their numbers, the others faint.

    `names` are the axes'; with `same` both have one scale.
    """
    marker = {"color": colors, "size": 6, "opacity": 0.25 if len(marked) else 1}
    figure = go.Figure(go.Scatter(x=X[:, 0], y=X[:, 1], mode="markers", marker=marker, hoverinfo="x+y"))
    if len(marked):
        inked = {"color": [colors[row] for row in marked], "size": 10}
        x, y = X[list(marked)].T
        text = [f"<b>{row}</b>" for row in marked]
        said = {"text": text, "textposition": "top center", "hoverinfo": "x+y"}
        figure.add_scatter(x=x, y=y, mode="markers+text", marker=inked, **said)
    figure.update_layout(margin=MARGIN, showlegend=False)
    figure.update_xaxes(title=literal(names[0]), zeroline=False, exponentformat="none")
    scale = {"scaleanchor": "x"} if same else {}
    return figure.update_yaxes(title=literal(names[1]), zeroline=False, exponentformat="none", **scale)
