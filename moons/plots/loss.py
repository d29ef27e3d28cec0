"""The loss over the epochs."""

from typing import Any

import plotly.graph_objects as go

from moons.digits import Digits
from moons.inspection.curve import Line, LossCurve
from moons.loss import IN_NATS
from moons.plots import palette
from moons.plots.spec import Spec, Trace
from moons.plots.words import Translate, axis_title, untranslated
from moons.task import Task

GUESSING, AHEAD, TRAIN, TEST, NOW = range(5)  # the figure's traces
LAST = 2_000  # in the legend, where all else has 1,000


def loss_figure(curve: LossCurve, **drawing: Any) -> go.Figure:
    """What `loss_spec` draws, as Plotly's object."""
    return go.Figure(loss_spec(curve, **drawing))


def loss_spec(
    curve: LossCurve, *, epoch: int, loss: float, log: bool = False, theme: str = "light", _: Translate = untranslated
) -> Spec:
    """Both splits' losses up to `epoch`, with a dot there; faintly what is known beyond it; the loss of guessing."""
    told = _guessing(curve, _)
    train = _("train, with dropout") if curve.dropout else _("train")
    numbers = {"tickformat": ",d", "hoverformat": ",d", "ticklabeloverflow": "allow"}
    layout = {
        # what Plotly would come to by itself, after drawing the chart a second time; right: the last epoch's number
        "margin": {"l": 56, "r": 24, "t": 41, "b": 46},
        "legend": {"orientation": "h", "x": 1, "y": 1, "xanchor": "right", "yanchor": "bottom", "font": {"size": 11}},
        "hovermode": "x unified",
        "uirevision": "loss",  # the zoom lasts through every change
        "shapes": [_mark(at, "dash") for at in curve.changes] + [_mark(at, "solid") for at in curve.edits],
        "xaxis": {
            "title": axis_title(_("Epoch"), standoff=5),
            "automargin": False,
            "range": [0, curve.epochs],
            "zeroline": False,
            **numbers,
        },
        "yaxis": {
            "title": axis_title(_(curve.unit)),
            "type": "log" if log else "linear",
            **({"tickformat": "~g"} if log else {}),  # else a tick at 0.05 would say 5
            "rangemode": "normal" if log else "tozero",
            "autorangeoptions": {"include": 1.05 * curve.guessing},
            "zeroline": False,
        },
    }
    traces = [
        {
            "type": "scatter",
            "meta": "guessing",
            "x": [0, curve.epochs],
            "y": [curve.guessing] * 2,
            "mode": "lines",
            "name": told.format(n=curve.n_classes, loss=Digits(curve.guessing)),
            "line": {"color": palette.GUESSING, "width": 1.5, "dash": palette.DOTTED},
            "legendrank": LAST,
            "hoverinfo": "skip",
        },
        {
            "type": "scatter",
            "meta": "ahead",
            "x": curve.train.epoch,
            "y": curve.train.loss,
            "mode": "lines",
            "line": {"color": palette.faded(palette.TRAIN, 0.3), "width": 1.5},
            "showlegend": False,
            "hoverinfo": "skip",
        },
        _line("train", curve.train, epoch, palette.TRAIN, train, dash="solid"),
        _line("test", curve.test, epoch, palette.TEST, _("test"), dash="dash"),
        {
            "type": "scatter",
            "meta": "now",
            "x": [epoch],
            "y": [loss],
            "mode": "markers",
            "marker": {"color": palette.TRAIN, "size": 9, "line": {"color": palette.INK[theme], "width": 1.5}},
            "cliponaxis": False,
            "showlegend": False,
            "hoverinfo": "skip",
        },
    ]
    return {"data": traces, "layout": layout}


def _guessing(curve: LossCurve, _: Translate) -> str:
    if curve.task is Task.REGRESSION:
        return _("always the mean: {loss:.3f}")
    return _("guessing: ln {n} = {loss:.3f}") if curve.unit == IN_NATS else _("guessing: {loss:.3f}")


def _line(meta: str, line: Line, epoch: int, color: str, name: str, *, dash: str) -> Trace:
    known = int(line.epoch.searchsorted(epoch, side="right"))
    return {
        "type": "scatter",
        "meta": meta,
        "x": line.epoch[:known],
        "y": line.loss[:known],
        "mode": "lines",
        "name": name,
        "line": {"color": color, "width": 2, "dash": dash},
        "hovertemplate": "%{y:.4~g}",
    }


def _mark(epoch: int, dash: str) -> dict[str, object]:
    """A thin line where settings were changed while training (dashed), or weights set by hand (solid)."""
    line = {"color": palette.GUESSING, "width": 1, "dash": dash}
    return {"type": "line", "x0": epoch, "x1": epoch, "y0": 0, "y1": 1, "yref": "paper", "line": line}
