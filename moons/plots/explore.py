"""Many runs in one figure: bands of losses, scores, maps over the plane, searches, learning curves."""

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from moons.explore.learning_curve import LearningCurve
from moons.explore.outcome import Outcome
from moons.explore.search import Search
from moons.explore.seeds import Seeds
from moons.explore.settings import SETTINGS
from moons.inspection.boundary import Grid
from moons.plots import palette
from moons.plots.words import Translate, literal, untranslated

WHOLE_LINES = 60  # of more runs, a line has fewer points
FEWEST_BINS = 8  # that a histogram has room for
_MARGIN = {"l": 8, "r": 8, "t": 8, "b": 8}


def band_figure(
    found: Seeds, *, split: str = "train", log: bool = False, theme: str = "light", _: Translate = untranslated
) -> go.Figure:
    """The loss of all runs on a split, "train" or "test": extremes, quartiles and median, and a thin line for each."""
    figure, on_train = go.Figure(), split == "train"
    color = palette.TRAIN if on_train else palette.TEST
    low, lower, middle, upper, high = found.train_loss if on_train else found.test_loss
    figure.add_traces(
        [
            *_between(found.epochs, low, high, palette.faded(color, 0.14), _("least to largest")),
            *_between(found.epochs, lower, upper, palette.faded(color, 0.3), _("middle half")),
        ]
    )
    step = -(-len(found.outcomes) // WHOLE_LINES)
    for one in found.outcomes:
        figure.add_scatter(
            x=one.epochs[::step],
            y=(one.train_loss if on_train else one.test_loss)[::step],
            mode="lines",
            line={"color": palette.faded(palette.INK[theme], 0.25), "width": 0.8},
            name=seed_text(one, _),
            hovertemplate="%{y:.4~g}",
            showlegend=False,
        )
    figure.add_scatter(
        x=found.epochs,
        y=middle,
        mode="lines",
        line={"color": color, "width": 2.4},
        name=_("median"),
        hovertemplate="%{y:.4~g}",
    )
    figure.update_layout(
        margin=_MARGIN,
        hovermode="closest",
        legend={"orientation": "h", "x": 1, "y": 1, "xanchor": "right", "yanchor": "bottom"},
    )
    figure.update_xaxes(title=_("Epoch"), tickformat=",d", zeroline=False)
    figure.update_yaxes(
        title=_("Training loss") if on_train else _("Test loss"),
        type="log" if log else "linear",
        tickformat="~g" if log else None,
        rangemode="normal" if log else "tozero",
        zeroline=False,
    )
    return figure


def seed_text(one: Outcome, _: Translate) -> str:
    """What a run's line is called."""
    model, data = one.experiment.model.seed, one.experiment.data.seed
    return _("weight seed {model}, data seed {data}").format(model=model, data=data)


def scores_figure(found: Seeds, n_classes: int, *, own: float | None = None, _: Translate = untranslated) -> go.Figure:
    """A histogram of the final test scores; `own`: the one that is marked."""
    scores = 100 * found.finite_scores if n_classes else found.finite_scores
    least, most = (0.0, 100.0) if n_classes else (-np.inf, 1.0)
    edges = _edges(scores, 0.5 if n_classes else 0.0005, least, most)
    counts, _same = np.histogram(scores, edges)  # not Plotly's: its last bin leaves its end out, and that is 100 %
    figure = go.Figure(
        go.Bar(
            x=(edges[:-1] + edges[1:]) / 2,
            y=counts,
            width=0.94 * np.diff(edges),
            customdata=np.stack([edges[:-1], edges[1:]], axis=1),
            marker={"color": palette.TEST},
            hovertemplate=_("{runs} runs at {score}").format(
                runs="%{y}", score="%{customdata[0]:.4~g} – %{customdata[1]:.4~g}"
            )
            + "<extra></extra>",
        )
    )
    if own is not None and np.isfinite(own):
        figure.add_vline(x=100 * own if n_classes else own, line={"color": palette.TRAIN, "width": 4, "dash": "dot"})
    figure.update_layout(margin=_MARGIN | {"r": 16})  # room for the half of "100" that lies beyond the axis
    figure.update_xaxes(
        title=_("Test accuracy, %") if n_classes else _("R² on the test points"), ticklabeloverflow="allow"
    )
    if scores.size:
        size = edges[1] - edges[0]
        aside = max(0.0, FEWEST_BINS * size - (edges[-1] - edges[0])) / 2 + size / 2  # so that a single bar is no wall
        figure.update_xaxes(range=_shifted(edges[0] - aside, edges[-1] + aside, least, most))
    figure.update_yaxes(title=_("Runs"), tickformat=",d", rangemode="tozero")
    return figure


def _edges(scores: NDArray[np.float64], smallest: float, least: float, most: float) -> NDArray[np.float64]:
    """(bins + 1,), the edges of about 20 bins, or as few as are `smallest` wide; none beyond what a score can be."""
    if not scores.size:
        return np.array([0.0, smallest])
    low, high = float(scores.min()), float(scores.max())
    size = max((high - low) / 20, smallest)
    low -= size / 2
    count = int((high - low) / size) + 1
    low, high = _shifted(low, low + count * size, least, most)
    return np.linspace(low, high, count + 1)


def _shifted(low: float, high: float, least: float, most: float) -> tuple[float, float]:
    """The range moved to where scores can be, and cut to it where it is longer."""
    below, above = max(0.0, least - low), max(0.0, high - most)
    return max(least, low + below - above), min(most, high + below - above)


def mean_figure(
    found: Seeds, grid: Grid, columns: tuple[str, str], *, label: int = 1, _: Translate = untranslated
) -> go.Figure:
    """The mean answer of all runs over the plane: the probability of a class, or the share of the number's range."""
    several = found.mean_answers.shape[1] > 1
    values = found.mean_answers[:, label if several else 0]
    ends = (
        (palette.class_color(0 if label == 1 else 1), palette.class_color(label)) if several else palette.NUMBERS[::2]
    )
    scale = [(0.0, ends[0]), (0.5, palette.GUESSING), (1.0, ends[1])]
    title = _("mean probability") if several else _("mean, share of the range")
    return _plane(values, grid, columns, {"colorscale": scale, "zmin": 0, "zmax": 1}, title)


def disagreement_figure(
    found: Seeds, grid: Grid, columns: tuple[str, str], *, _: Translate = untranslated
) -> go.Figure:
    """Where the runs disagree: the share outside the majority, or the standard deviation of their numbers."""
    several = found.mean_answers.shape[1] > 1
    title = _("share of runs outside the majority") if several else _("standard deviation, share of the range")
    scale = [(0.0, "rgba(140,140,140,0.08)"), (1.0, palette.TEST)]
    top = 0.5 if several else max(0.05, float(found.disagreement.max()))
    return _plane(found.disagreement, grid, columns, {"colorscale": scale, "zmin": 0, "zmax": top}, title)


def search_figure(found: Search, n_classes: int, *, _: Translate = untranslated) -> go.Figure:
    """The held-out score of each run of a search, and the best so far."""
    factor = 100 if n_classes else 1
    scores = [None if one.figures is None else factor * max(one.figures.score, -1.0) for one in found.tried]
    runs = np.arange(1, len(scores) + 1)
    figure = go.Figure()
    figure.add_scatter(
        x=runs, y=scores, mode="markers", name=_("a run"), hovertemplate="%{y:.4~g}", cliponaxis=False,
        marker={"size": 6, "color": palette.faded(palette.TRAIN, 0.55)},
    )  # fmt: skip
    figure.add_scatter(
        x=runs, y=factor * found.best_so_far, mode="lines", name=_("best so far"), hovertemplate="%{y:.4~g}",
        cliponaxis=False, line={"color": palette.TEST, "width": 2.4, "shape": "hv"},
    )  # fmt: skip
    figure.update_layout(
        margin=_MARGIN, legend={"orientation": "h", "x": 1, "y": 1.02, "xanchor": "right", "yanchor": "bottom"}
    )
    figure.update_xaxes(title=_("Runs"), tickformat=",d")
    title = _("Accuracy on held-out points, %") if n_classes else _("R² on held-out points")
    figure.update_yaxes(title=title, **_bounds(n_classes))
    return figure


def importance_figure(found: Search, *, _: Translate = untranslated) -> go.Figure:
    """A bar for each setting of a search, the most important on top."""
    names = [_(SETTINGS[name].name) for name, _share in found.importance][::-1]
    shares = [100 * share for _name, share in found.importance][::-1]
    figure = go.Figure(
        go.Bar(
            x=shares,
            y=names,
            orientation="h",
            marker={"color": palette.TEST},
            hovertemplate="%{x:.0f} %<extra></extra>",
        )
    )
    figure.update_layout(margin=_MARGIN)
    figure.update_xaxes(title=_("Importance, %"), rangemode="tozero")
    return figure


def learning_figure(found: LearningCurve, n_classes: int, *, _: Translate = untranslated) -> go.Figure:
    """The score on training and test points against the number of training points, with the draws' middle half."""
    figure, factor = go.Figure(), 100 if n_classes else 1
    for name, scores, color in (
        (_("training"), found.train_score, palette.TRAIN),
        (_("test"), found.test_score, palette.TEST),
    ):
        _low, lower, middle, upper, _high = factor * scores
        figure.add_traces(_between(found.sizes, lower, upper, palette.faded(color, 0.22), ""))
        figure.add_scatter(
            x=found.sizes,
            y=middle,
            mode="lines+markers",
            name=name,
            line={"color": color, "width": 2.2},
            hovertemplate="%{y:.4~g}",
            cliponaxis=False,
        )
    figure.update_layout(
        margin=_MARGIN,
        hovermode="x unified",
        legend={"orientation": "h", "x": 1, "y": 1.02, "xanchor": "right", "yanchor": "bottom"},
    )
    figure.update_xaxes(title=_("Training points"), type="log", tickvals=found.sizes, tickformat=",d")
    figure.update_yaxes(title=_("Accuracy, %") if n_classes else "R²", **_bounds(n_classes))
    return figure


def _bounds(n_classes: int) -> dict[str, float]:
    """How far an axis of scores can reach: Plotly leaves room beyond the points, above 100 % too."""
    return {"minallowed": 0, "maxallowed": 100} if n_classes else {"maxallowed": 1}


def _between(
    x: NDArray[np.int64], low: NDArray[np.float64], high: NDArray[np.float64], color: str, name: str
) -> list[go.Scatter]:
    """A filled band: two invisible lines, the second filled down to the first."""
    line = {"width": 0}
    return [
        go.Scatter(x=x, y=low, mode="lines", line=line, hoverinfo="skip", showlegend=False),
        go.Scatter(
            x=x,
            y=high,
            mode="lines",
            line=line,
            fill="tonexty",
            fillcolor=color,
            hoverinfo="skip",
            name=name,
            showlegend=bool(name),
        ),
    ]


def _plane(
    values: NDArray[np.float64], grid: Grid, columns: tuple[str, str], colors: dict[str, object], title: str
) -> go.Figure:
    figure = go.Figure(
        go.Heatmap(
            z=values.reshape(grid.rows, grid.columns),
            x0=grid.x0,
            dx=grid.dx,
            y0=grid.y0,
            dy=grid.dy,
            zsmooth="best",
            colorbar={"title": {"text": title, "side": "right"}, "thickness": 14},
            hovertemplate="%{x:.2f}, %{y:.2f}: %{z:.2f}<extra></extra>",
            **colors,
        )
    )
    figure.update_layout(margin=_MARGIN)
    figure.update_xaxes(title=literal(columns[0]), zeroline=False)
    figure.update_yaxes(title=literal(columns[1]), zeroline=False)
    return figure
