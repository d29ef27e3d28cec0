"""Several runs' losses on one axis."""

from collections.abc import Sequence

import plotly.graph_objects as go

from moons.inspection.curve import Line, LossCurve
from moons.loss import MEAN
from moons.plots import palette
from moons.plots.words import Translate, untranslated

NOW = 0  # the shape that marks the epoch looked at


def losses_figure(
    curves: Sequence[LossCurve],
    letters: Sequence[str],
    *,
    epoch: int,
    log: bool = False,
    theme: str = "light",
    _: Translate = untranslated,
) -> go.Figure:
    """A colour for each run; training solid, test dashed. A thin line marks `epoch`; diamonds mark changed settings."""
    figure = go.Figure()
    for curve, letter, color in zip(curves, letters, palette.RUNS, strict=False):
        train = _("{run} train, with dropout") if curve.dropout else _("{run} train")
        figure.add_traces(
            [
                _line(curve.test, _("{run} test").format(run=letter), palette.faded(color, 0.55), dash="dash"),
                _line(curve.train, train.format(run=letter), color, dash="solid"),
                _changes(curve, color),
            ]
        )
    figure.update_layout(
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        legend={"orientation": "h", "x": 1, "y": 1, "xanchor": "right", "yanchor": "bottom"},
        hovermode="x unified",
        shapes=[_mark(epoch, palette.INK[theme])],
    )
    longest = max(curve.epochs for curve in curves)
    figure.update_xaxes(title=_("Epoch"), range=[0, longest], tickformat=",d", hoverformat=",d", zeroline=False)
    figure.update_yaxes(
        title=_(curves[0].unit if len({curve.unit for curve in curves}) == 1 else MEAN),
        type="log" if log else "linear",
        tickformat="~g" if log else None,  # else a tick at 0.05 would say 5
        rangemode="normal" if log else "tozero",
        zeroline=False,
    )
    return figure


def _line(line: Line, name: str, color: str, *, dash: str) -> go.Scatter:
    return go.Scatter(
        x=line.epoch,
        y=line.loss,
        mode="lines",
        name=name,
        line={"color": color, "width": 2 if dash == "solid" else 1.4, "dash": dash},
        showlegend=dash == "solid",
        hovertemplate="%{y:.4~g}",
    )


def _changes(curve: LossCurve, color: str) -> go.Scatter:
    """A mark on the training loss wherever settings were changed."""
    at = curve.train.epoch.searchsorted(curve.changes).clip(max=len(curve.train.epoch) - 1)
    return go.Scatter(
        x=curve.train.epoch[at],
        y=curve.train.loss[at],
        mode="markers",
        marker={"color": color, "size": 8, "symbol": "diamond"},
        showlegend=False,
        hoverinfo="skip",
    )


def _mark(epoch: int, color: str) -> dict[str, object]:
    line = {"color": color, "width": 1.2}
    return {"type": "line", "x0": epoch, "x1": epoch, "y0": 0, "y1": 1, "yref": "paper", "line": line}
