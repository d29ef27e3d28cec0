"""The tabs under the charts: the log, what was tried, the data, the network and its numbers."""

from typing import Any

import numpy as np
import pandas as pd
import streamlit as st
import torch
from numpy.typing import NDArray

from dashboard.page import session
from dashboard.page.language import _
from dashboard.rooms.train import anatomy, measures, proof
from dashboard.rooms.train.diagram import LONGEST
from moons.data import Dataset
from moons.data.cells import unique
from moons.device import why_device
from moons.digits import Digits
from moons.inspection.points import a_few_rows

# the five points that the notebook puts through its network
SAMPLES = ((0.9066, 0.5052), (-0.2024, 1.1226), (1.0685, 0.2809), (0.6720, 0.5097), (0.8548, 0.5122))
MORE = 4  # training points
COLUMNS = ("x0", "x1", "y")  # of points that nobody has named
LOG_EVERY = 1_000  # epochs


def draw() -> None:
    """Tabs; only the open one is drawn."""
    drawers = {
        "log": (_("Log"), _log),
        "tried": (_("Tried"), proof.draw),
        "metrics": (_("Metrics"), measures.draw),
        "layers": (_("Layers"), anatomy.draw_layers),
        "space": (_("Hidden space"), anatomy.draw_space),
        "point": (_("One point"), anatomy.draw_path),
        "dataset": (_("Dataset"), _data),
        "structure": (_("Structure"), _network),
        "samples": (_("Sample points"), _sample_points),
        "device": (_("Device"), _device),
    }
    labels = {key: label for key, (label, _drawer) in drawers.items()}
    session.begin_tabs(labels)
    tabs = st.tabs(list(labels.values()), key="tabs", on_change="rerun")
    for tab, (key, (_label, drawer)) in zip(tabs, drawers.items(), strict=True):
        if tab.open:
            session.end_tabs(key)
            with tab:
                drawer()


def _print(text: str) -> None:
    """Text as a notebook prints it. Not `st.code`, which loads 1.5 MB of grammars to colour none of it."""
    with st.container(key="printed"):
        st.text(text)


def _log() -> None:
    player = session.player()
    losses = player.run.history.train_loss
    epochs = list(range(0, min(player.epoch + 1, len(losses)), LOG_EVERY))
    last = min(player.epoch, len(losses) - 1)  # a run of 300 epochs has noted 0 to 299
    if epochs and last != epochs[-1]:
        epochs.append(last)
    lines = [
        _("epoch {epoch}: loss {loss}").format(epoch=f"{epoch:>7,}", loss=f"{Digits(losses[epoch]):.4f}")
        for epoch in epochs
    ]
    _print("\n".join(lines) or _("Nothing yet."))
    # what is drawn here can lie behind the run: the browser moves the charts alone
    said = _("A line for every {n} epochs; what is new appears when the run pauses or ends.").format(n=f"{LOG_EVERY:,}")
    before = _("The loss of an epoch is the one before its update, so epoch 0 is the untrained network.")
    st.caption(f"{said} {before}")


def _data() -> None:
    dataset = session.player().run.history.dataset
    frame = dataset.to_frame()
    _print(f"X {dataset.X_train.shape} {dataset.X_train.dtype}\ny {dataset.y_train.shape} {dataset.y_train.dtype}")
    st.dataframe(frame, height=240, hide_index=True)
    st.download_button(
        _("Download as CSV"), dataset.to_csv(), "moons.csv", "text/csv", icon=":material/download:", on_click="ignore"
    )


def _network() -> None:
    model = session.player().run.history.model_at(0)
    _print(str(model))
    n_parameters = sum(parameter.numel() for parameter in model.parameters())
    st.caption(_("{n} numbers are learned: the weights and biases.").format(n=f"{n_parameters:,}"))


def _sample_points() -> None:
    player = session.player()
    model = player.model()
    dataset = player.run.history.dataset
    points, inputs, answers = _samples(dataset)
    with torch.no_grad():
        outputs = model(inputs).numpy()
    table = pd.DataFrame(points, columns=unique([dataset.column_name(place, LONGEST) for place in (0, 1)]))
    for label, name in enumerate(logit_names(dataset)):
        table[name] = outputs[:, label].astype(np.float64)
    predicted = model.predict(inputs)
    table[_("true class") if dataset.n_classes else dataset.column_name(2, LONGEST)] = answers
    table[_("predict")] = (
        index_column(dataset, predicted) if dataset.n_classes else dataset.y_to_units(predicted.numpy())
    )
    st.dataframe(table, hide_index=True)
    sentence = _("At epoch {epoch}. forward gives one logit a class; predict gives the class of the largest one.")
    if not dataset.n_classes:
        sentence = _("At epoch {epoch}. forward gives one number; predict gives the same.")
    if not dataset.n_classes and not dataset.scaling.keeps_y:
        sentence = _(
            "At epoch {epoch}. forward gives a standardised number; predict gives it in the units of the data."
        )
    st.caption(sentence.format(epoch=f"{player.epoch:,}"))


def _samples(dataset: Dataset) -> tuple[NDArray[Any], torch.Tensor, list[str]]:
    """Points in a person's own units, and as the network gets them; their right answers.

    Some training points, of every class; before them the notebook's, which lie on one moon, where they may stand.
    """
    rows = a_few_rows(dataset, MORE)
    X, y = dataset.train_in_units()
    points, inputs = X[rows], dataset.X_train[rows]
    answers = [f"{answer:.4g}" for answer in y[rows]]
    if dataset.n_classes:
        answers = [str(answer) for answer in index_column(dataset, torch.from_numpy(y[rows]))]
    if not dataset.class_names and dataset.columns == COLUMNS and dataset.scaling.is_identity:
        points, inputs = np.concatenate([SAMPLES, points]), np.concatenate([np.array(SAMPLES, np.float32), inputs])
        answers = ["–"] * len(SAMPLES) + answers
    return points, torch.from_numpy(inputs), answers


def logit_names(dataset: Dataset) -> list[str]:
    """The heads of a table's columns of outputs."""
    return [_("logit {n}").format(n=name) for name in dataset.all_class_names] or [_("Output")]


def index_column(dataset: Dataset, predicted: torch.Tensor) -> list[Any]:
    """Answers of `predict` for a table, each index with the name of its class where it has one."""
    if not dataset.class_names:
        return predicted.tolist()
    return [f"{label} = {dataset.class_name(label)}" for label in predicted.tolist()]


def _device() -> None:
    history = session.player().run.history
    st.write(_(why_device(history.asked_device)).format(device=f"**{history.device.type}**"))
    st.write(_("Engine:"), _(history.choice.why))
