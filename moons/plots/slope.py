"""The loss along one weight, and along the gradient."""

import numpy as np
import plotly.graph_objects as go

from moons.inspection.slope import Rates, Valley
from moons.inspection.step import Uncleared
from moons.plots import palette
from moons.plots.words import Translate, untranslated

MARGIN = {"l": 8, "r": 8, "t": 8, "b": 8}


def valley_figure(valley: Valley, *, theme: str = "light", _: Translate = untranslated) -> go.Figure:
    """The loss for other values of one weight, its slope at the present one, and which way is down."""
    reach = 0.25 * np.ptp(valley.values)
    ends = valley.at + np.array([-reach, reach])
    figure = go.Figure(
        [
            _line(valley.values, valley.losses, _("loss")),
            go.Scatter(
                x=ends,
                y=valley.loss + valley.gradient * (ends - valley.at),
                mode="lines",
                name=_("slope: the gradient"),
                line={"color": palette.INK[theme], "width": 1.5, "dash": "dash"},
                hoverinfo="skip",
            ),
            _here(valley.at, valley.loss, _("now"), theme),
        ]
    )
    return _laid_out(figure, _("value of the weight"), _("Loss (mean per point)"))


def rates_figure(rates: Rates, *, rate: float, theme: str = "light", _: Translate = untranslated) -> go.Figure:
    """The loss after one step, over the learning rate; a mark at the run's own."""
    top = 2 * max(rates.loss, float(np.min(rates.losses)))
    losses = np.where(rates.losses < 4 * top, rates.losses, 4 * top)  # a diverged step has no place on the page
    after = float(np.interp(np.log(rate), np.log(rates.rates), losses))
    figure = go.Figure(
        [_line(rates.rates, losses, _("loss after the step")), _here(rate, after, _("your rate"), theme)]
    )
    figure.add_hline(rates.loss, line={"color": palette.GUESSING, "width": 1.5, "dash": palette.DOTTED})
    _laid_out(figure, _("learning rate"), _("Loss (mean per point)"))
    figure.update_xaxes(type="log", dtick=1, exponentformat="none")
    return figure.update_yaxes(range=[0, top])


def piled_figure(piled: Uncleared, *, theme: str = "light", _: Translate = untranslated) -> go.Figure:
    """The length of the gradient over the next updates, cleared before each or not."""
    cleared, piled_up = (_line(np.arange(len(y)), y, "") for y in (piled.cleared, piled.piled_up))
    cleared.update(name=_("with zero_grad"))
    piled_up.update(name=_("without"), line={"color": palette.INK[theme], "dash": "dash"})
    return _laid_out(go.Figure([cleared, piled_up]), _("updates from here"), _("length of the gradient"))


def _line(x: np.ndarray, y: np.ndarray, name: str) -> go.Scatter:
    style = {"color": palette.TRAIN, "width": 2}
    return go.Scatter(x=x, y=y, mode="lines", name=name, line=style, hovertemplate="%{y:.4f}")


def _here(x: float, y: float, name: str, theme: str) -> go.Scatter:
    marker = {"color": palette.TRAIN, "size": 11, "line": {"color": palette.INK[theme], "width": 1.5}}
    return go.Scatter(x=[x], y=[y], mode="markers", name=name, marker=marker, hovertemplate="%{y:.4f}")


def _laid_out(figure: go.Figure, across: str, up: str) -> go.Figure:
    legend = {"orientation": "h", "x": 1, "y": 1, "xanchor": "right", "yanchor": "bottom"}
    figure.update_layout(margin=MARGIN, legend=legend)
    figure.update_xaxes(title=across, zeroline=False)
    return figure.update_yaxes(title=up, zeroline=False)
