"""What the notebook printed: sizes, the data as a table, the network, five points through it, the log, the device."""

from typing import Any

import numpy as np
import pandas as pd
import streamlit as st
import torch

from dashboard.page import session
from dashboard.page.language import _
from dashboard.rooms.train import anatomy, measures, proof
from moons.data import Dataset
from moons.device import why_device
from moons.digits import Digits

# the five points that the notebook puts through its network
SAMPLES = ((0.9066, 0.5052), (-0.2024, 1.1226), (1.0685, 0.2809), (0.6720, 0.5097), (0.8548, 0.5122))
LOG_EVERY = 1_000  # epochs


def draw() -> None:
    """Tabs; only the open one is drawn."""
    tabs = {
        _("Log"): _log,
        _("Tried"): proof.draw,
        _("Metrics"): measures.draw,
        _("Layers"): anatomy.draw_layers,
        _("Hidden space"): anatomy.draw_space,
        _("One point"): anatomy.draw_path,
        _("Data"): _data,
        _("Network"): _network,
        _("Five points"): _five_points,
        _("Device"): _device,
    }
    for tab, drawer in zip(st.tabs(list(tabs), key="notebook", on_change="rerun"), tabs.values(), strict=True):
        if tab.open:
            with tab:
                drawer()


def _log() -> None:
    player = session.player()
    losses = player.run.history.train_loss
    lines = [
        _("epoch {epoch}: loss {loss}").format(epoch=f"{epoch:>7,}", loss=f"{Digits(losses[epoch]):.4f}")
        for epoch in range(0, min(player.epoch + 1, len(losses)), LOG_EVERY)
    ]
    st.code("\n".join(lines) or _("Nothing yet: press Train."), language=None)
    st.caption(_("The loss of an epoch is the one before its update, so epoch 0 is the untrained network."))


def _data() -> None:
    dataset = session.player().run.history.dataset
    frame = dataset.to_frame()
    st.code(f"X {dataset.X_train.shape} {dataset.X_train.dtype}\ny {dataset.y_train.shape} {dataset.y_train.dtype}")
    st.dataframe(frame, height=240, hide_index=True)
    st.download_button(
        _("Download as CSV"), dataset.to_csv(), "moons.csv", "text/csv", icon=":material/download:", on_click="ignore"
    )


def _network() -> None:
    model = session.player().run.history.model_at(0)
    st.code(str(model))
    n_parameters = sum(parameter.numel() for parameter in model.parameters())
    st.caption(_("{n} numbers are learned: the weights and biases.").format(n=f"{n_parameters:,}"))


def _five_points() -> None:
    player = session.player()
    model = player.model()
    points = torch.tensor(SAMPLES)
    with torch.no_grad():
        y_logits = model(points).numpy()
    table = pd.DataFrame(SAMPLES, columns=["x0", "x1"])
    for label, name in enumerate(logit_names(player.run.history.dataset)):
        table[name] = y_logits[:, label].astype(np.float64)
    table[_("predict")] = index_column(player.run.history.dataset, model.predict(points))
    st.dataframe(table, hide_index=True)
    sentence = _("At epoch {epoch}. forward gives one logit a class; predict says which is largest.")
    if not player.run.history.dataset.n_classes:
        sentence = _("At epoch {epoch}. forward gives one number; predict gives the same.")
    st.caption(sentence.format(epoch=f"{player.epoch:,}"))


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
