"""ROC, calibration, and predicted against true numbers."""

from collections.abc import Mapping

import plotly.graph_objects as go

from moons.inspection.metrics import Curve, NumberMetrics
from moons.plots import palette
from moons.plots.words import Translate, literal, untranslated

SPLITS = {"train": (palette.TRAIN, "solid"), "test": (palette.TEST, "dash")}


def roc_figure(curves: Mapping[str, Curve], areas: Mapping[str, float], *, _: Translate = untranslated) -> go.Figure:
    """Both splits' ROC; `curves` and `areas` by "train" and "test"."""
    names = {split: _("{split}, area {area:.3f}").format(split=_(split), area=areas[split]) for split in curves}
    figure = _unit_square(_("false positive rate"), _("true positive rate"), _("guessing"))
    for split, curve in curves.items():
        figure.add_trace(_line(curve, split, names[split], mode="lines"))
    return figure


def calibration_figure(curves: Mapping[str, Curve], *, _: Translate = untranslated) -> go.Figure:
    """Both splits' calibration; `curves` by "train" and "test"."""
    figure = _unit_square(_("probability given"), _("share that came true"), _("perfect"))
    for split, curve in curves.items():
        figure.add_trace(_line(curve, split, _(split), mode="lines+markers"))
    return figure


def numbers_figure(metrics: Mapping[str, NumberMetrics], name: str = "y", *, _: Translate = untranslated) -> go.Figure:
    """Predicted against true numbers of both splits, which are called `name`; the diagonal is right."""
    low = min(float(m.true.min()) for m in metrics.values())
    high = max(float(m.true.max()) for m in metrics.values())
    figure = _framed(
        go.Figure(_diagonal(low, high, _("right"))),
        _("true {name}").format(name=literal(name)),
        _("predicted {name}").format(name=literal(name)),
    )
    figure.update_xaxes(exponentformat="none")
    figure.update_yaxes(exponentformat="none")
    for split, measured in metrics.items():
        color, _dash = SPLITS[split]
        marker = {"color": color, "size": 5, "opacity": 0.6, "symbol": "circle" if split == "train" else "circle-open"}
        figure.add_trace(
            go.Scatter(x=measured.true, y=measured.predicted, mode="markers", name=_(split), marker=marker)
        )
    return figure


def _unit_square(x: str, y: str, diagonal: str) -> go.Figure:
    figure = _framed(go.Figure(_diagonal(0, 1, diagonal)), x, y)
    figure.update_xaxes(range=[-0.02, 1.02])
    return figure.update_yaxes(range=[-0.02, 1.02])


def _framed(figure: go.Figure, x: str, y: str) -> go.Figure:
    legend = {"x": 0.98, "y": 0.04, "xanchor": "right", "yanchor": "bottom"}
    figure.update_layout(margin={"l": 8, "r": 8, "t": 8, "b": 8}, legend=legend)
    figure.update_xaxes(title=x, zeroline=False)
    return figure.update_yaxes(title=y, zeroline=False)


def _diagonal(low: float, high: float, name: str) -> go.Scatter:
    line = {"color": palette.GUESSING, "width": 1.5, "dash": palette.DOTTED}
    return go.Scatter(x=[low, high], y=[low, high], mode="lines", name=name, line=line, hoverinfo="skip")


def _line(curve: Curve, split: str, name: str, *, mode: str) -> go.Scatter:
    color, dash = SPLITS[split]
    line = {"color": color, "width": 2, "dash": dash}
    return go.Scatter(x=curve.x, y=curve.y, mode=mode, name=name, line=line, hovertemplate="%{x:.2f}, %{y:.2f}")
