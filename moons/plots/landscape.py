"""The loss over a plane of weights, as a map and as a surface, with the paths that runs take over it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from moons.digits import Digits
from moons.inspection.landscape import PathOnPlane, Plane, Spot, Surface
from moons.plots import palette
from moons.plots.words import Translate, axis_title, untranslated

LOG_FROM = 10.0  # how many times the smallest loss the largest one is, from where the scale is logarithmic
HIGHEST = 3.0  # heights are cut off at so many times the largest loss of a path: a mountain beside it hides it
ARROW = 0.16  # length of an arrow, as a share of the map's size
FEW_DECADES, MANY_DECADES = 3, 7  # up to the first also 2 and 5 are marked; from the second on not every power of ten
LEVELS = 24  # contour lines, about
RELIEF = {
    "light": ("#FFFFFF", "#5B6270"),
    "dark": ("#14181F", "#AEB5C2"),
}  # low and high: grey, so that paths stand out
DOWNHILL = palette.CLASSES[1]


@dataclass(frozen=True, eq=False)
class DrawnPath:
    """A path with its name."""

    name: str  # in the reader's language
    path: PathOnPlane
    own: bool = False  # the run looked at; the others have colours of their own


@dataclass(frozen=True)
class _Heights:
    """How losses become heights and colours."""

    log: bool
    low: float
    top: float

    def of(self, losses: NDArray[Any]) -> NDArray[Any]:
        shown = np.where(np.isfinite(losses), np.clip(losses, self.low, self.top), self.top)
        return np.log10(shown) if self.log else shown

    @property
    def bar(self) -> dict[str, Any]:
        """The colour bar: losses at round heights."""
        if not self.log:
            return {"thickness": 10, "tickformat": ".3~g"}
        first, last = math.floor(math.log10(self.low)), math.ceil(math.log10(self.top))
        mantissas = (1, 2, 5) if last - first <= FEW_DECADES else (1,)
        powers = range(first, last + 1, 1 + (last - first) // MANY_DECADES)
        marks = [mantissa * 10.0**power for power in powers for mantissa in mantissas]
        inside = [mark for mark in marks if self.low <= mark <= self.top]
        return {
            "thickness": 10,
            "tickvals": [math.log10(mark) for mark in inside],
            "ticktext": [f"{mark:g}" for mark in inside],
        }


def map_figure(
    surface: Surface,
    plane: Plane,
    paths: Sequence[DrawnPath],
    spot: Spot | None,
    *,
    theme: str = "light",
    _: Translate = untranslated,
) -> go.Figure:
    """Contour lines of the loss, the paths over it, and at `spot` the way downhill and the next step."""
    heights = _heights(surface, paths)
    figure = go.Figure(
        go.Contour(
            x=surface.across,
            y=surface.up,
            z=heights.of(surface.losses),
            customdata=surface.losses,
            colorscale=_relief(theme),
            ncontours=LEVELS,
            line={"width": 0.6, "color": palette.faded(palette.INK[theme], 0.3)},
            colorbar={**heights.bar, "title": {"text": _("Loss"), "side": "right"}},
            hovertemplate=_("loss") + " %{customdata:.4~g}<extra></extra>",
        )
    )
    for number, drawn in enumerate(paths):
        figure.add_traces(_path_on_map(drawn, _line(paths, number), theme, _))
    if spot is not None:
        size = np.array([np.ptp(surface.across), np.ptp(surface.up)])
        figure.add_traces(_spot(spot, size, theme, _))
    across, up = _axis_titles(plane, _)
    figure.update_xaxes(title=axis_title(across), zeroline=False, range=[surface.across[0], surface.across[-1]])
    figure.update_yaxes(title=axis_title(up), zeroline=False, range=[surface.up[0], surface.up[-1]])
    figure.update_layout(
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        legend={"orientation": "h", "x": 0, "y": 1.01, "xanchor": "left", "yanchor": "bottom"},
        hovermode="closest",
    )
    return figure


def relief_figure(
    surface: Surface,
    plane: Plane,
    paths: Sequence[DrawnPath],
    spot: Spot | None,
    *,
    theme: str = "light",
    _: Translate = untranslated,
) -> go.Figure:
    """The same in three dimensions: the paths lie on the surface."""
    heights = _heights(surface, paths)
    figure = go.Figure(
        go.Surface(
            x=surface.across,
            y=surface.up,
            z=heights.of(surface.losses),
            customdata=surface.losses,
            colorscale=_relief(theme),
            showscale=False,
            opacity=0.95,
            contours={"z": {"show": True, "color": palette.faded(palette.INK[theme], 0.35), "width": 1}},
            hovertemplate=_("loss") + " %{customdata:.4~g}<extra></extra>",
        )
    )
    for number, drawn in enumerate(paths):
        path = drawn.path
        figure.add_scatter3d(
            x=path.places[:, 0],
            y=path.places[:, 1],
            z=heights.of(path.losses_on_plane),
            mode="lines",
            name=drawn.name,
            line={**_line(paths, number), "width": 7 if drawn.own else 4},
            customdata=np.column_stack([path.epochs, path.losses]),
            hovertemplate=_path_hover(drawn, _),
        )
    if spot is not None:
        figure.add_scatter3d(
            x=spot.place[:1],
            y=spot.place[1:],
            z=heights.of(np.array([spot.loss_on_plane])),
            mode="markers",
            name=_("epoch {epoch}").format(epoch=f"{spot.epoch:,}"),
            marker={"color": palette.TRAIN, "size": 7, "line": {"color": palette.INK[theme], "width": 2}},
            hoverinfo="name",
        )
    across, up = _axis_titles(plane, _)
    figure.update_layout(
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
        legend={"orientation": "h", "x": 0, "y": 1, "xanchor": "left", "yanchor": "top"},
        scene={
            "xaxis": {"title": across},
            "yaxis": {"title": up},
            "zaxis": {"title": _("Loss"), **_ticks(heights)},
            "aspectmode": "manual",
            "aspectratio": {"x": 1.25, "y": 1, "z": 0.6},
            "camera": {"eye": {"x": -1.0, "y": -1.25, "z": 0.8}, "center": {"x": 0, "y": 0, "z": -0.15}},
        },
        uirevision="relief",  # it stays as it was turned
    )
    return figure


def _heights(surface: Surface, paths: Sequence[DrawnPath]) -> _Heights:
    seen = np.concatenate([surface.losses.ravel(), *(drawn.path.losses_on_plane for drawn in paths)])
    known = seen[np.isfinite(seen)]
    walked = np.concatenate([known[:0], *(drawn.path.losses_on_plane for drawn in paths)])
    walked = walked[np.isfinite(walked)]
    low = max(float(known.min(initial=np.inf)), 1e-12) if len(known) else 1e-12
    top = float(known.max(initial=low))
    if len(walked):
        top = min(top, max(HIGHEST * float(walked.max()), low * LOG_FROM))
    return _Heights(top >= LOG_FROM * low, low, max(top, low * (1 + 1e-6)))


def _ticks(heights: _Heights) -> dict[str, Any]:
    bar = heights.bar
    return {key: bar[key] for key in ("tickvals", "ticktext", "tickformat") if key in bar}


def _relief(theme: str) -> list[tuple[float, str]]:
    return list(enumerate(RELIEF[theme]))


def _line(paths: Sequence[DrawnPath], number: int) -> dict[str, str]:
    """The run's own path has the colour of training; the others those of runs, in order, then dashed."""
    if paths[number].own:
        return {"color": palette.TRAIN, "dash": "solid"}
    place = sum(not drawn.own for drawn in paths[:number])
    dash = ("solid", "dash", "dot")[place // len(palette.RUNS) % 3]
    return {"color": palette.RUNS[place % len(palette.RUNS)], "dash": dash}


def _path_hover(drawn: DrawnPath, _: Translate) -> str:
    return (
        drawn.name
        + "<br>"
        + _("epoch {epoch}, loss {loss}").format(epoch="%{customdata[0]:,d}", loss="%{customdata[1]:.4~g}")
        + "<extra></extra>"
    )


def _path_on_map(drawn: DrawnPath, drawn_as: dict[str, str], theme: str, _: Translate) -> list[go.Scatter]:
    path, color = drawn.path, drawn_as["color"]
    line = go.Scatter(
        x=path.places[:, 0],
        y=path.places[:, 1],
        mode="lines+markers",
        name=drawn.name,
        legendgroup=drawn.name,
        line={**drawn_as, "width": 3 if drawn.own else 2},
        marker={"color": color, "size": 4 if drawn.own else 3},
        selected={"marker": {"opacity": 1}},
        unselected={"marker": {"opacity": 1}},  # a click chooses an epoch; it hides no other
        customdata=np.column_stack([path.epochs, path.losses]),
        hovertemplate=_path_hover(drawn, _),
    )
    ends = go.Scatter(
        x=path.places[[0, -1], 0],
        y=path.places[[0, -1], 1],
        mode="markers",
        legendgroup=drawn.name,
        showlegend=False,
        marker={
            "color": color,
            "size": [9, 11],
            "symbol": ["circle-open", "star"],
            "line": {"color": [color, palette.INK[theme]], "width": [2, 0.8]},
        },
        selected={"marker": {"opacity": 1}},
        unselected={"marker": {"opacity": 1}},
        customdata=np.column_stack([path.epochs, path.losses])[[0, -1]],
        hovertemplate=_path_hover(drawn, _),
    )
    return [line, ends]


def _spot(spot: Spot, size: NDArray[np.float64], theme: str, _: Translate) -> list[go.Scatter]:
    """Where the run is; a wide arrow downhill, and a narrow one over it along the step."""
    arrows = [_arrow(spot.place, spot.downhill, size, _("downhill"), DOWNHILL, 7)]
    if spot.step is not None:
        arrows.append(_arrow(spot.place, spot.step, size, _("next step"), palette.INK[theme], 2))
    here = go.Scatter(
        x=spot.place[:1],
        y=spot.place[1:],
        mode="markers",
        name=_("epoch {epoch}").format(epoch=f"{spot.epoch:,}"),
        marker={"color": palette.TRAIN, "size": 13, "line": {"color": palette.INK[theme], "width": 2}},
        hovertemplate=_("loss") + f" {Digits(spot.loss):.4f}<extra></extra>",
    )
    return [*arrows, here]


def _arrow(
    place: NDArray[np.float64], way: NDArray[np.float64], size: NDArray[np.float64], name: str, color: str, width: int
) -> go.Scatter:
    """Only its direction counts: true lengths would differ by orders of magnitude."""
    length = float(np.linalg.norm(way / size))
    end = place + way * (ARROW / length if length > 0 else 0.0)
    return go.Scatter(
        x=[place[0], end[0]],
        y=[place[1], end[1]],
        mode="lines+markers",
        name=name,
        line={"color": color, "width": width},
        marker={"color": color, "size": [0, 8 + width], "symbol": "arrow", "angleref": "previous"},
        hoverinfo="name",
    )


def _axis_titles(plane: Plane, _: Translate) -> tuple[str, str]:
    if plane.shares is None:
        return _("first random direction"), _("second random direction")
    first, second = (f"{share:.1%}" for share in plane.shares)
    return (
        _("first principal direction: {share} of the variance").format(share=first),
        _("second principal direction: {share}").format(share=second),
    )
