"""The plane as the network divides it, under the points."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from moons.data import Dataset
from moons.digits import decimals, evenly
from moons.inspection.boundary import (
    AREAS,
    CHANGE,
    LABEL,
    PROBABILITY,
    TOP,
    UNCERTAINTY,
    UNIT,
    ZERO,
    Boundary,
    band,
    edge_levels,
    labels_of,
    pairs,
)
from moons.inspection.points import Verdicts
from moons.plots import palette
from moons.plots.points import drawn_rows
from moons.plots.spec import Spec, Trace
from moons.plots.words import Translate, axis_title, column_title, literal, untranslated, where_text
from moons.task import Task

HEATMAP, CONTOURS, HINGES, TEST_POINTS, TRAIN_POINTS, WRONG = range(6)  # the figure's traces; `meta` names them
_VALIDATE = False  # plotly would check every point's colour by itself: seconds for thousands of points


@dataclass(frozen=True, eq=False)
class Lines:
    """Lines over the picture: (k, 2) coordinates, NaN between pieces; None: not drawn."""

    contours: NDArray[np.float32] | None = None
    hinges: NDArray[np.float32] | None = None


@dataclass(frozen=True)
class Shows:
    """Which marks of points are drawn; training points always are."""

    test_points: bool = True
    misclassified: bool = True
    most: int | None = None  # of each set: see `drawn_rows`


def boundary_figure(answer: Boundary, dataset: Dataset, verdicts: Verdicts, **drawing: Any) -> go.Figure:
    """What `boundary_spec` draws, as Plotly's object."""
    return go.Figure(boundary_spec(answer, dataset, verdicts, **drawing), _validate=_VALIDATE)


def boundary_spec(
    answer: Boundary,
    dataset: Dataset,
    verdicts: Verdicts,
    *,
    lines: Lines = Lines(),
    shows: Shows = Shows(),
    theme: str = "light",
    _: Translate = untranslated,
) -> Spec:
    """Heatmap of the answer and lines; training points filled, test points outlined, misclassified ones crossed.

    Axes, hover texts and the colour bar are in a person's own units, under the names of their columns.
    """
    left, right, bottom, top = dataset.extent_in_units()
    axis = {
        "exponentformat": "none",
        "showgrid": False,
        "zeroline": False,
        "ticks": "outside",
        "ticklen": 4,
        "constrain": "domain",
        "showline": True,
        "mirror": True,
        "linecolor": "rgba(128,128,128,0.35)",  # a frame, as an unsure network leaves no colour
    }
    scale = {"scaleanchor": "x"} if dataset.same_units else {}
    layout = {
        "margin": {"l": 8, "r": 8, "t": 8, "b": 8, "pad": 0},
        "showlegend": False,
        "uirevision": f"{left},{right},{bottom},{top}",  # the zoom lasts as long as the data
        "hovermode": "closest",
        "xaxis": {"title": axis_title(column_title(dataset, 0, most=60), standoff=5), "range": [left, right], **axis},
        "yaxis": {
            "title": axis_title(column_title(dataset, 1, most=40), standoff=5),
            "range": [bottom, top],
            "constraintoward": "top",
            **scale,
            **axis,
        },
    }
    traces = [
        _heatmap(answer, dataset, _),
        _lines("contours", dataset, lines.contours, theme, width=1.3, opacity=0.9),
        _lines("hinges", dataset, lines.hinges, theme, width=0.9, opacity=0.55),
        _points(dataset, _("test point"), shows, _, filled=False, visible=shows.test_points),
        _points(dataset, _("training point"), shows, _, filled=True),
        _wrong(dataset, verdicts, shows, theme, _),
    ]
    return {"data": traces, "layout": layout}


def wrong_points(dataset: Dataset, verdicts: Verdicts, most: int | None = None) -> NDArray[np.float32]:
    """The coordinates of the misclassified points among those drawn, in the network's numbers: (k, 2)."""
    sets = ((dataset.X_train, verdicts.wrong_train), (dataset.X_test, verdicts.wrong_test))
    drawn = [(X, wrong, drawn_rows(len(X), most)) for X, wrong in sets]
    return np.concatenate([X[rows[wrong[rows]]] for X, wrong, rows in drawn])


def _heatmap(answer: Boundary, dataset: Dataset, _: Translate) -> Trace:
    grid, n_classes = answer.grid, answer.n_classes
    scale, bottom, top = _colors(answer)
    low, high = dataset.y_to_units(np.array(answer.span)).tolist() if not n_classes else answer.span
    x0, y0 = dataset.to_units(np.array([grid.x0, grid.y0])).tolist()
    dx, dy = (np.array([grid.dx, grid.dy]) * dataset.scaling.scale).tolist()
    where = f"{where_text(dataset, digits=3)}<br>"
    if not n_classes:
        hover = where + "<extra></extra>"
    elif answer.view in {LABEL, AREAS}:
        hover = where + _("predicted class") + " %{customdata}<extra></extra>"
    elif answer.view == UNCERTAINTY:
        hover = where + _("uncertainty") + ": %{z} %<extra></extra>"
    elif answer.view == PROBABILITY and n_classes == 2:
        told = _("probability of class {label}").format(label=literal(dataset.class_name(1)))
        hover = where + told + ": %{z} %<extra></extra>"
    else:
        hover = where + "<extra></extra>"
    classes = {"customdata": _classes(answer, dataset)} if n_classes and answer.view in {LABEL, AREAS} else {}
    return {
        "type": "heatmap",
        "meta": "picture",
        **classes,
        "z": answer.values,
        "x0": x0,
        "dx": dx,
        "y0": y0,
        "dy": dy,
        "zmin": bottom,
        "zmax": top,
        "colorscale": scale,
        "showscale": not n_classes and answer.view not in {UNIT, CHANGE},
        "colorbar": {
            "title": {"text": _bar_title(dataset), "font": {"size": 12}},
            "thickness": 10,
            "tickvals": [0, top / 2, top],
            "ticktext": evenly((low, (low + high) / 2, high)),
        },
        "zsmooth": "fast",
        "hovertemplate": hover,
    }


def _bar_title(dataset: Dataset) -> str:
    return "" if dataset.columns[2] == "y" else column_title(dataset, 2)


def _classes(answer: Boundary, dataset: Dataset) -> NDArray[Any]:
    """What the predicted class of each cell is called."""
    labels = labels_of(answer.values, answer.n_classes) if answer.view == AREAS else answer.values
    return np.array(hover_names(dataset))[labels] if dataset.class_names else labels


def hover_names(dataset: Dataset) -> list[str]:
    """What each class is called in a line that appears under the hand."""
    return [literal(name) for name in dataset.all_class_names]


def _colors(answer: Boundary) -> tuple[list[tuple[float, str]], int, int]:
    """A colour scale and the values at its ends. Colours are see-through, so both themes can lie behind them."""
    view, n_classes = answer.view, answer.n_classes
    if view in {UNIT, CHANGE}:
        low, high = palette.class_color(0), palette.class_color(answer.label)
        if view == CHANGE and n_classes > 2:
            low = high = palette.GUESSING
        return _two_hues(low, high, 0.0, 0.95), ZERO - 127, ZERO + 127
    if not n_classes:
        stops = zip((0.0, 0.5, 1.0), palette.NUMBERS, (0.75, 0.25, 0.75), strict=True)
        return [(at, palette.faded(color, opacity)) for at, color, opacity in stops], 0, TOP
    if view == UNCERTAINTY:
        return [(end, palette.faded(palette.GUESSING, 0.85 * end)) for end in (0.0, 1.0)], 0, 100
    scale, top = _answer_colors(view, n_classes)
    return scale, 0, top


def _two_hues(low: str, high: str, middle: float, ends: float) -> list[tuple[float, str]]:
    stops = [(0.0, low, ends), (0.5, low, middle), (0.5, high, middle), (1.0, high, ends)]
    return [(at, palette.faded(color, opacity)) for at, color, opacity in stops]


def _answer_colors(view: str, n_classes: int) -> tuple[list[tuple[float, str]], int]:
    colors = [palette.class_color(label) for label in range(n_classes)]
    levels = edge_levels(n_classes)
    if view == AREAS and levels:
        top = levels * len(pairs(n_classes)) - 1
        ends = [
            (levels * k + side * (levels - 1), pair[side]) for k, pair in enumerate(pairs(n_classes)) for side in (0, 1)
        ]
        return [(at / top, palette.faded(colors[label], 0.38)) for at, label in ends], top
    if view in {LABEL, AREAS}:
        top = n_classes - 1
        return [(label / top, palette.faded(color, 0.38)) for label, color in enumerate(colors)], top
    if n_classes == 2:
        return _two_hues(colors[0], colors[1], 0.0, 0.6), 100
    levels = band(n_classes)
    top = n_classes * levels - 1
    scale = []
    for label, color in enumerate(colors):
        first = label * levels
        scale += [(first / top, palette.faded(color, 0.05)), ((first + levels - 1) / top, palette.faded(color, 0.6))]
    return scale, top


def _lines(
    meta: str, dataset: Dataset, line: NDArray[np.float32] | None, theme: str, *, width: float, opacity: float
) -> Trace:
    points = dataset.to_units(np.empty((0, 2), np.float32) if line is None else line)
    return {
        "type": "scatter",
        "meta": meta,
        "x": points[:, 0],
        "y": points[:, 1],
        "mode": "lines",
        "line": {"color": palette.faded(palette.INK[theme], opacity), "width": width},
        "hoverinfo": "skip",
    }


def _points(dataset: Dataset, name: str, shows: Shows, _: Translate, *, filled: bool, visible: bool = True) -> Trace:
    X, y = dataset.train_in_units() if filled else dataset.test_in_units()
    n_points, rows = len(X), drawn_rows(len(X), shows.most)
    X, y = X[rows], y[rows]
    names = np.array(hover_names(dataset) if dataset.class_names else [])
    all_y = dataset.train_in_units()[1]
    low, high = all_y.min(), all_y.max()
    classes = dataset.task is Task.CLASSIFICATION
    number = "" if classes else f":.{decimals(float(high - low), digits=4)}f"
    title = _("class") if classes and dataset.columns[2] == "y" else column_title(dataset, 2)
    answer = f"{title} %{{customdata{number}}}"
    line = {"width": 0.8, "color": "white"} if filled else {"width": 1.4}
    return {
        "type": "scatter",
        "x": X[:, 0],
        "y": X[:, 1],
        **({"ids": rows.astype(str)} if len(rows) < n_points else {}),
        "mode": "markers",
        "meta": "training points" if filled else "test points",
        "name": name,
        "visible": visible,
        "customdata": names[y] if len(names) else y,
        "marker": {
            **palette.point_marks(y, (float(low), float(high)), outlined=not filled),
            "size": 7.5 if filled else 6.5,
            "opacity": 1 if filled else 0.8,
            "line": line,
        },
        "hovertemplate": f"{name}<br>{where_text(dataset, digits=5)}, {answer}<extra></extra>",
    }


def _wrong(dataset: Dataset, verdicts: Verdicts, shows: Shows, theme: str, _: Translate) -> Trace:
    points = dataset.to_units(wrong_points(dataset, verdicts, shows.most))
    return {
        "type": "scatter",
        "x": points[:, 0],
        "y": points[:, 1],
        "mode": "markers",
        "meta": "wrong",
        "name": _("misclassified"),
        "visible": shows.misclassified,
        "marker": {
            "size": 5,
            "symbol": "x-thin",
            "opacity": 0.75,
            "line": {"width": 1.1, "color": palette.INK[theme]},
        },
        "hoverinfo": "skip",
    }
