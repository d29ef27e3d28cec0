"""A sweep as a heatmap, and as a line for each value of its second setting."""

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from moons.explore.settings import SETTINGS, Value, option_label
from moons.explore.sweep import Sweep
from moons.plots import palette
from moons.plots.words import Translate, untranslated

FEW_POWERS = 4  # of ten; of more, 2 and 5 are not marked
_MARGIN = {"l": 8, "r": 8, "t": 8, "b": 8}


def sweep_figure(
    found: Sweep, measure: str, n_classes: int, *, chosen: tuple[int, int] | None = None, _: Translate = untranslated
) -> go.Figure:
    """A cell for each pair of values, by the median of `measure`, "score" or "loss"; a × where every run diverged."""
    values = found.test_score if measure == "score" else found.test_loss
    percent = measure == "score" and n_classes > 0
    shown = 100 * values if percent else values
    x, *others = ([setting_text(axis.setting, value, _) for value in axis.values] for axis in found.axes)
    y = others[0] if others else [""]
    colors, marks = _colors(np.where(np.isfinite(shown), shown, np.nan), measure, n_classes)
    figure = go.Figure(
        go.Heatmap(
            x=x,
            y=y,
            colorscale="viridis",
            reversescale=measure == "loss",
            colorbar={"title": {"text": measure_text(measure, n_classes, _), "side": "right"}, "thickness": 14} | marks,
            **colors,
            text=_cells(found, shown, percent),
            texttemplate="%{text}",
            hovertemplate="%{x}, %{y}: %{text}<extra></extra>",
            xgap=2,
            ygap=2,
        )
    )
    if chosen is not None:
        figure.add_shape(
            type="rect", x0=chosen[1] - 0.5, x1=chosen[1] + 0.5, y0=chosen[0] - 0.5, y1=chosen[0] + 0.5,
            line={"color": palette.TEST, "width": 3},
        )  # fmt: skip
    figure.update_layout(margin=_MARGIN)
    figure.update_xaxes(title=_(SETTINGS[found.axes[0].setting].name), type="category")
    figure.update_yaxes(
        title=_(SETTINGS[found.axes[1].setting].name) if len(found.axes) > 1 else "",
        type="category",
        showticklabels=len(found.axes) > 1,
    )
    return figure


def _colors(shown: NDArray[np.float64], measure: str, n_classes: int) -> tuple[dict[str, object], dict[str, object]]:
    """What colours the cells, and marks at the colour bar.

    A loss on a log scale; R² from 0 on, below which a network is no better than the mean.
    """
    known = shown[np.isfinite(shown)]
    if measure == "score":
        if n_classes and known.size and known.min() == known.max():  # of one value Plotly's range goes over 100 %
            return {"z": shown, "zmin": max(0.0, known.max() - 1), "zmax": max(1.0, known.max())}, {}
        worse = not n_classes and (known < 0).any() and (known > 0).any()
        return {"z": shown} | ({"zmin": 0, "zmax": known.max()} if worse else {}), {}
    if not (known > 0).any():
        return {"z": shown}, {}
    low, high = known[known > 0].min(), known.max()
    powers = np.arange(np.floor(np.log10(low)), np.ceil(np.log10(high)) + 1)
    mantissas = (1, 2, 5) if len(powers) < FEW_POWERS else (1,)
    ticks = [m * 10**power for power in powers.tolist() for m in mantissas if low <= m * 10**power <= high]
    marks = {"tickvals": [*map(float, np.log10(ticks))], "ticktext": [f"{tick:g}" for tick in ticks]} if ticks else {}
    return {"z": np.log10(np.maximum(shown, low))}, marks


def measure_text(measure: str, n_classes: int, _: Translate) -> str:
    """What a sweep's colour is."""
    if measure == "loss":
        return _("Test loss")
    return _("Test accuracy, %") if n_classes else _("R² on the test points")


def setting_text(name: str, value: Value, _: Translate) -> str:
    """A setting's value as the page says it: an option by its own name."""
    if SETTINGS[name].options:
        return _(option_label(name, value))
    if value is None:
        return _("all") if name == "batch_size" else _("none")
    return f"{value:,.6g}"


def lines_figure(found: Sweep, *, own: Value = None, _: Translate = untranslated) -> go.Figure:
    """The test loss over the first setting, a line for each value of the second; `own`: the value that is marked.

    A value at which every run diverged is marked at the top.
    """
    first, second = found.axes[0], found.axes[1] if len(found.axes) > 1 else None
    figure, x = go.Figure(), np.array(first.values, float)
    known = found.test_loss[np.isfinite(found.test_loss)]
    top = float(known.max(initial=1e-12))
    for row, losses in enumerate(found.test_loss):
        color = palette.RUNS[row % len(palette.RUNS)] if second else palette.TEST
        name = setting_text(second.setting, second.values[row], _) if second else _("test loss")
        figure.add_scatter(
            x=x, y=losses, mode="lines+markers", name=name, line={"color": color, "width": 2.2},
            hovertemplate="%{x:~g}: %{y:.4~g}",
        )  # fmt: skip
        lost = (found.done[row] > 0) & (found.diverged[row] == found.done[row])
        if lost.any():
            figure.add_scatter(
                x=x[lost], y=np.full(int(lost.sum()), top), mode="markers",
                name=_("{name}: diverged").format(name=name),
                marker={"symbol": "x", "color": color, "size": 9}, hovertemplate="%{x:~g}",
            )  # fmt: skip
    if isinstance(own, int | float):
        figure.add_vline(x=own, line={"color": palette.TRAIN, "width": 2, "dash": "dot"})
    figure.update_layout(
        margin=_MARGIN, legend={"orientation": "h", "x": 1, "y": 1, "xanchor": "right", "yanchor": "bottom"}
    )
    log = SETTINGS[first.setting].log
    figure.update_xaxes(
        title=_(SETTINGS[first.setting].name), type="log" if log else "linear", tickvals=x, tickformat="~g"
    )
    figure.update_yaxes(title=_("Test loss"), type="log", tickformat="~g")
    return figure


def _cells(found: Sweep, shown: NDArray[np.float64], percent: bool) -> list[list[str]]:
    """The text in each cell: its number, × for each share of runs that diverged, nothing where none is finished."""

    def text(value: float, done: int, diverged: int) -> str:
        if not done:
            return ""
        if done == diverged:
            return "×"
        return (f"{value:.0f}" if percent else f"{value:.2g}") + f"<br>{diverged}/{done} ×" * (diverged > 0)

    rows = zip(shown.tolist(), found.done.tolist(), found.diverged.tolist(), strict=True)
    return [[text(*cell) for cell in zip(*row, strict=True)] for row in rows]
