"""The network diagram: a place on the page for it, and what travels to it. The live component plays its frames."""

import base64
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from dashboard.page.language import _, value_text
from dashboard.rooms.train import live_component
from moons.data import Dataset
from moons.digits import Digits, decimals
from moons.features import PLAIN, input_label
from moons.inspection.boundary import Grid
from moons.inspection.neurons import Neurons, Shown
from moons.model import NaiveNet
from moons.plots import palette

LONGEST = 24  # letters of a class's name


def draw() -> None:
    """The place. It never changes: the live component hands it what to show."""
    with st.container(key="diagram"):
        live_component.mount()(key="network_diagram", data={"place": "diagram"}, height="content")


def scene(
    model: NaiveNet,
    dataset: Dataset,
    shown: Shown,
    grid: Grid,
    epoch: int,
    point: Mapping[str, Any] | None,
) -> dict[str, Any]:
    """What stays through a run: layers and their names, the inputs' tiles, colours, words."""
    low, high = palette.CLASSES[:2]
    layers = [
        {
            "title": _layer_title(model, layer),
            "more": model.sizes[layer] - len(units),
            "note": _folded_note(model.sizes[layer] - len(units), epoch),
            "units": units.tolist(),
            "names": [unit_name(model, dataset, layer, unit) for unit in units.tolist()],
        }
        for layer, units in enumerate(shown)
    ]
    return {
        "layers": layers,
        "columns": grid.columns,
        "rows": grid.rows,
        "colors": {
            "negative": low,
            "positive": high,
            "outputs": [palette.class_color(label) for label in shown[-1].tolist()] if model.sizes[-1] > 1 else [high],
        },
        "point": point,
        "words": _words(),
    }


def frame(seen: Neurons) -> dict[str, Any]:
    """A moment of it, layer by layer: tiles as bytes, all else as float32. The inputs have no weights."""
    return {
        "tiles": _texts(seen.tiles),
        "scales": _texts(seen.scales),
        "weights": [None, *_texts(seen.weights)],
        "biases": [None, *_texts(seen.biases)],
        "passed": None if seen.passed is None else _texts(seen.passed),
        **gradients(seen),
    }


def gradients(seen: Neurons) -> dict[str, Any]:
    """Of the mean loss, which a browser doesn't compute by itself."""
    return {
        "weightGradients": [None, *_texts(seen.weight_gradients)],
        "biasGradients": [None, *_texts(seen.bias_gradients)],
    }


def point_scene(dataset: Dataset, point: int) -> dict[str, Any]:
    """The training point that is followed: its inputs, its place on a tile from the top left, what to say of it."""
    left, right, bottom, top = dataset.extent()
    x0, x1 = dataset.X_train[point].tolist()
    if dataset.n_classes:
        sentence = _("Point {point} of class {y}. Connections are as wide as what they carry: weight × activation.")
    else:
        sentence = _(
            "Point {point} with the number {y}. Connections are as wide as what they carry: weight × activation."
        )
    return {
        "number": point,
        "inputs": [x0, x1],
        "x": (x0 - left) / (right - left),
        "y": (top - x1) / (top - bottom),
        "said": sentence.format(point=point, y=answer_text(dataset, dataset.train_in_units()[1][point])),
    }


def answer_text(dataset: Dataset, y: float) -> str:
    """A class's name, or a number in a person's own units, to so many decimals as the points' span asks for."""
    if dataset.n_classes:
        return dataset.class_name(int(y))
    return f"{Digits(y):,.{decimals(float(np.ptp(dataset.train_in_units()[1])), digits=5)}f}"


def _texts(layers: Iterable[NDArray[Any]]) -> list[str]:
    """Each layer's array, row by row, as the browser reads it."""
    return [base64.b64encode(np.ascontiguousarray(values).tobytes()).decode() for values in layers]


def _layer_title(model: NaiveNet, layer: int) -> str:
    if layer == 0:
        return _("Inputs")
    if layer == len(model.sizes) - 1:
        return _("Outputs") if model.sizes[-1] > 1 else _("Output")
    activation = value_text(model.activations[layer - 1])
    return _("Layer {number} · {activation}").format(number=layer, activation=activation)


def unit_name(model: NaiveNet, dataset: Dataset, layer: int, unit: int) -> str:
    """What a unit is called, in plain text; layers count from the inputs (0)."""
    if layer == 0:
        columns = [dataset.column_name(place, LONGEST) for place in (0, 1)]
        return input_label(model.inputs[unit] if model.inputs else PLAIN[unit], columns)
    if layer == len(model.sizes) - 1:
        name = dataset.class_name(unit, LONGEST)
        return _("class {label}").format(label=name) if dataset.n_classes else _("prediction")
    return _("Layer {number}, unit {unit}").format(number=layer, unit=unit)


def _folded_note(n_more: int, epoch: int) -> str:
    if not n_more:
        return ""
    sentence = _("{n} more, with less effect on the next layer at epoch {epoch}")
    return sentence.format(n=f"{n_more:,}", epoch=f"{epoch:,}")


def _words() -> dict[str, str]:
    return {
        "diagram": _("The network: inputs, every unit as a picture of its activation over the plane, outputs."),
        "rest": _("Point at a unit or a connection. A click shows the unit large, or lets you set the weight."),
        "set": _("Which number to set"),
        "undo": _("Undo"),
        "from": _("weight from {source}"),
        "slide": _("Value"),
        "close": _("Close"),
        "weight": _("Weight"),
        "bias": _("Bias"),
        "gradient": _("Gradient"),
        "largest": _("Largest activation"),
        "connection": _("{source} → {target}"),
        "here": _("{value} at point {point}"),
        "unit_now": _("{name}: bias {bias}, largest activation {largest}"),
        "negative": _("negative"),
        "positive": _("positive"),
        "over_epochs": _("over the epochs"),
    }
