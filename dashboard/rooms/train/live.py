"""What travels to the live component: a scene when something else is looked at, and between two scenes what is new."""

import base64
import math
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dashboard.app.message import WIDEST
from dashboard.app.player import Player
from dashboard.page import chart, session
from dashboard.page.language import _
from dashboard.rooms.train import diagram, live_component
from dashboard.rooms.train.scene import Camera, Frame, Look
from moons.data import Dataset
from moons.inspection.boundary import Grid
from moons.inspection.curve import Line, LossCurve
from moons.model import NaiveNet
from moons.plots import palette
from moons.plots.boundary import hover_names
from moons.plots.points import MOST, drawn_rows
from moons.plots.spec import Spec
from moons.progress import Scores

Payload = dict[str, Any]


def show(data: Payload, heard: Mapping[str, Callable[[Any], None]]) -> None:
    """Mount the component, or hand it its next payload. `heard`: what to do for each of the browser's words."""
    live_component.mount()(key="live", data=data, **session.hear("live", heard))


def is_wide(player: Player) -> bool:
    """Whether the network is too large for a browser: then the server makes the pictures that move."""
    return player.state.parameters.size > WIDEST


def scene(
    player: Player, camera: Camera, figures: Mapping[str, Spec], curve: LossCurve, network: Payload | None
) -> Payload:
    """All that stays while a run is looked at."""
    return {
        "figures": {name: chart.spec(figure) for name, figure in figures.items()},
        "network": _network(camera.model, camera.dataset),
        "mesh": _mesh(camera.grid),
        "lineMesh": _mesh(camera.line_grid),
        "tileMesh": _mesh(camera.tile_grid or camera.grid),
        "shown": [units.tolist() for units in camera.shown],
        "look": _look(camera.look),
        "since": None if camera.since is None else text(camera.since.parameters),
        "points": _points(camera.dataset),
        "units": _units(camera.dataset),
        "wide": is_wide(player),
        "diagram": network,
        "train": _line(curve.train),
        "test": _line(curve.test),
        "epochs": curve.epochs,
        "classes": curve.n_classes,
        "classNames": hover_names(camera.dataset),
        "colors": {"train": palette.TRAIN, "test": palette.TEST},
        "palette": {"classes": list(palette.CLASSES), "guessing": palette.GUESSING, "numbers": list(palette.NUMBERS)},
        "words": _words(curve.n_classes),
    }


def state(shown: Frame, parameters: NDArray[np.float32]) -> Payload:
    """The network of one epoch, and how it does."""
    return {"epoch": shown.epoch, "scores": _scores(shown.scores), "parameters": text(parameters)}


def frame(shown: Frame) -> Payload:
    """A picture that the server has made."""
    return {
        "epoch": shown.epoch,
        "scores": _scores(shown.scores),
        "z": text(shown.image),
        "contours": _path(shown.lines.contours),
        "hinges": _path(shown.lines.hinges),
        "wrong": _path(shown.wrong),
        "diagram": shown.inside and diagram.frame(shown.inside),
    }


def text(values: NDArray[Any]) -> str:
    """An array's bytes, row by row, as the browser reads them."""
    return base64.b64encode(np.ascontiguousarray(values).tobytes()).decode("ascii")


def _network(model: NaiveNet, dataset: Dataset) -> Payload:
    sizes, activations = model.sizes, (*model.activations, "linear")
    layers = [
        {"activation": activation, "inputs": inputs, "outputs": outputs}
        for activation, inputs, outputs in zip(activations, sizes, sizes[1:], strict=False)
    ]
    features = list(model.inputs) if model.inputs else ["x0", "x1"]
    span = [float(dataset.y_train.min()), float(dataset.y_train.max())]
    return {"features": features, "layers": layers, "nClasses": dataset.n_classes, "span": span}


def _mesh(grid: Grid) -> Payload:
    return {"x0": grid.x0, "dx": grid.dx, "columns": grid.columns, "y0": grid.y0, "dy": grid.dy, "rows": grid.rows}


def _look(look: Look) -> Payload:
    return {
        "view": look.view,
        "unit": look.unit,
        "contours": look.contours,
        "hinges": look.hinges,
        "network": look.network,
        "crossesFrom": look.crosses_from,
    }


def _points(dataset: Dataset) -> Payload:
    """The points that are drawn, the training set first, and the class of each."""
    train, test = drawn_rows(len(dataset.X_train), MOST), drawn_rows(len(dataset.X_test), MOST)
    X = np.concatenate([dataset.X_train[train], dataset.X_test[test]]).astype("<f4")
    y = np.concatenate([dataset.y_train[train], dataset.y_test[test]]) if dataset.n_classes else np.zeros(len(X))
    return {"X": text(X), "classes": text(y.astype(np.uint8))}


def _units(dataset: Dataset) -> Payload | None:
    """From the network's numbers to a person's own units, in which the plane is drawn; None: they are the same."""
    scaling = dataset.scaling
    return None if scaling.is_identity else {"shift": scaling.shift, "scale": scaling.scale}


def _scores(scores: Scores) -> dict[str, float | None]:
    return {name: score if math.isfinite(score) else None for name, score in asdict(scores).items()}


def _line(line: Line) -> dict[str, str]:
    return {"x": text(line.epoch.astype("<f4")), "y": text(line.loss.astype("<f4"))}


def _path(line: NDArray[np.float32] | None) -> dict[str, str] | None:
    return None if line is None else {"x": text(line[:, 0].astype("<f4")), "y": text(line[:, 1].astype("<f4"))}


def _words(n_classes: int) -> dict[str, str]:
    return {
        "epoch": _("Epoch"),
        "loss": _("Loss"),
        "score": _("Accuracy") if n_classes else "R²",
        "pace": _("Epochs per second"),
        "train": _("train"),
        "test": _("test"),
        "timeline": _("Timeline: the epoch looked at"),
        "progress": _("Share of all epochs done"),
    }
