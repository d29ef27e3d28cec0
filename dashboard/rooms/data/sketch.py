"""The points as a picture that can be drawn in: the component, what it is told, and what it says back."""

from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from streamlit.components.v2.types import ComponentRenderer

from dashboard.app import events as e
from dashboard.page import component, session
from dashboard.page.language import _
from dashboard.rooms.data import own
from moons import Dataset
from moons.data import OWN, DataSpec, Table
from moons.data.dataset import Extent, extent_of
from moons.plots.scatter import point_colors

ASPECT = 452 / 358  # of the plane in the picture
WIDER = 1.6  # than the points need: then the plane is drawn anew
MOST_EDITS = 1_000  # that one message may bring


def draw(spec: DataSpec) -> None:
    """The picture; a person's own points can be changed in it."""
    table = spec.own
    X = table.X if table is not None else _points(spec, table, own.shown(spec))[0]
    note = _("The network gets them standardised.") if table and spec.standardise else ""
    told = _told(spec, _box(X, spec.kind)) | {"editable": table is not None}
    told |= {"heard": session.state().data_room.edits_heard, "words": told["words"] | {"note": note}}
    _component()(key="sketch", data=told, **session.hear("sketch", {"edits": _edited}))


def preview(spec: DataSpec) -> None:
    """The picture of points that aren't the data yet."""
    table = spec.own
    assert table is not None
    _component()(key="preview", data=_told(spec, extent_of(table.X, aspect=ASPECT)))


def _component() -> ComponentRenderer:
    return component.component("sketch", "sketch/sketch.js", css="sketch/sketch.css", html="sketch/sketch.html")


def _told(spec: DataSpec, box: Extent) -> dict[str, Any]:
    """What the picture shows, not to be changed."""
    dataset = own.shown(spec)
    X, y, test = _points(spec, spec.own, dataset)
    names = dataset.all_class_names
    return {
        "points": [
            [*point, label, held] for point, label, held in zip(X.tolist(), y.tolist(), test.tolist(), strict=True)
        ],
        "box": box,
        "columns": dataset.columns[:2],
        "names": names,
        "colors": point_colors(len(names) + 1 if names else 0),  # one more, for a class just being made
        "number": None if names else _span(y),
        "editable": False,
        "heard": 0,
        "language": session.language(),
        "words": _words(dataset, names) | {"note": ""},
    }


def _points(spec: DataSpec, table: Table | None, dataset: Dataset) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """X, y and which are held out; a person's own in the order of the table."""
    if table is not None:
        return table.X, np.array(table.y), table.test_mask(spec.held_out, spec.seed)
    y = np.concatenate([dataset.y_train, dataset.y_test])
    return np.concatenate([dataset.X_train, dataset.X_test]), y, np.arange(len(y)) >= len(dataset.y_train)


def _span(y: NDArray[Any]) -> dict[str, float]:
    low, high = float(y.min()), float(y.max())
    return {"low": low, "high": high, "middle": round((low + high) / 2, 3)}


def _box(X: NDArray[Any], kind: str) -> Extent:
    """The plane that is shown. It stays while points are added within it: the ground must not move under the hand."""
    fresh = extent_of(X, aspect=ASPECT)
    room = session.state().data_room
    kept_kind, kept = room.box or (None, fresh)
    left, right, bottom, top = kept
    holds = left <= X[:, 0].min() and X[:, 0].max() <= right and bottom <= X[:, 1].min() and X[:, 1].max() <= top
    near = right - left < WIDER * (fresh[1] - fresh[0]) and top - bottom < WIDER * (fresh[3] - fresh[2])
    box = kept if kind == kept_kind == OWN and holds and near else fresh
    session.show_while_drawing(e.Chosen(replace(room, box=(kind, box))))
    return box


def _words(dataset: Dataset, names: list[str]) -> dict[str, str]:
    alt = _("{train} training points, filled, and {test} test points, outlined, coloured by class or number.")
    return {
        "alt": alt.format(train=f"{len(dataset.y_train):,}", test=f"{len(dataset.y_test):,}"),
        "splits": _("Filled: training points. Outlined: test points."),
        "add_hint": _("Click or drag in the picture to add points."),
        "move_hint": _("Drag a point to move it."),
        "erase_hint": _("Click on a point, or drag over several, to erase them."),
        "pens": _("What the pen does"),
        "number": _("Number"),
        "new": _("New class"),
        "born": _new_name(names),
        "move": _("Move"),
        "erase": _("Erase"),
    }


def _new_name(names: list[str]) -> str:
    """A name for one more class, in the manner of the others."""
    if all(name.isdigit() for name in names):
        return str(max(map(int, names), default=-1) + 1)
    candidates = (_("class {n}").format(n=n) for n in range(len(names) + 1, 2 * len(names) + 2))
    return next(name for name in candidates if name not in names)


def _edited(said: list[dict[str, Any]]) -> None:
    """What the hand has done since the last time that it was heard."""
    room = session.state().data_room
    edits = [edit for edit in said[:MOST_EDITS] if edit["id"] > room.edits_heard]
    if edits:
        session.choose(replace(room, edits_heard=edits[-1]["id"]))
        own.change(partial(_apply, edits))


def _apply(edits: list[dict[str, Any]], rows: own.Rows) -> None:
    for edit in edits:
        place = [edit.get("x0"), edit.get("x1")]
        if edit["act"] == "add":
            rows.append([*place, edit["label"], False])
        elif edit["act"] == "move":
            rows[edit["index"]][:2] = place
        else:
            del rows[edit["index"]]
