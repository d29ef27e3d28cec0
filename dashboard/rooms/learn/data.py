"""3.1: what a dataset, a tensor, a dtype and a device are; here are yours."""

import numpy as np
import streamlit as st

from dashboard.page import session
from dashboard.page.language import _, error_sentence
from dashboard.rooms.learn import exercises
from dashboard.rooms.learn.screens import Screen, cloud, open_lesson, turn
from moons.data import Dataset
from moons.device import TransferError, checksum, to_device, why_device
from moons.fields import N_


def draw() -> None:
    """The section."""
    turn("data", SCREENS)


def _dataset() -> Dataset:
    return session.player().run.history.dataset


def _what() -> None:
    dataset = _dataset()
    said = _(
        "A dataset is a list of examples with their right answers. Yours has {n} points to learn from and {m} fresh "
        "ones to test on. Each point is two numbers, x0 and x1, and its class y."
    )
    if not dataset.n_classes:
        said = _(
            "A dataset is a list of examples with their right answers. Yours has {n} points to learn from and {m} "
            "fresh ones to test on. Each point is two numbers, x0 and x1, and a third one to predict: y."
        )
    st.markdown(said.format(n=f"{len(dataset.y_train):,}", m=f"{len(dataset.y_test):,}"))
    table, chart = st.columns([2, 3])
    with table:
        st.dataframe(dataset.to_frame().style.format(precision=4), height=320, hide_index=True)
        st.caption(_("One row is one point."))
    with chart:
        cloud(dataset, "what_cloud", 320)
        st.caption(_("The same rows as a picture: each dot is one point, and its colour is y, the answer."))
    st.markdown(
        _(
            "The network is given a point's two numbers and must find its colour, even for points "
            "that it has never seen."
        )
    )


def _tensor() -> None:
    X, y = _dataset().X_train, _dataset().y_train
    st.markdown(
        _("A tensor is a block of numbers of one kind, with a shape. PyTorch computes with tensors only. Yours:")
    )
    lines = [
        f"{name}  {array.shape!s:10}{array.dtype!s:10}" + _("{n} bytes").format(n=f"{array.nbytes:,}")
        for name, array in (("X", X), ("y", y))
    ]
    st.code("\n".join(lines), language=None)
    said = _(
        "The dtype is the kind of number. Weights and points are float32: a rounded number in 4 bytes. "
        "Classes are int64: whole numbers, since there is no class 0.5."
    )
    if not _dataset().n_classes:
        said = _(
            "The dtype is the kind of number. Weights and points are float32: a rounded number in 4 bytes. "
            "So are the numbers to predict."
        )
    st.markdown(said)
    row = st.slider(_("Point"), 0, len(y) - 1, key="tensor_row")
    value = X[row, 0]
    following = np.nextafter(value, np.float32(np.inf))
    first, second, third = st.columns(3)
    first.metric(_("x0 of this point, as float32 holds it"), f"{float(value):.12f}")
    second.metric(_("the next number float32 can hold"), f"{float(following):.12f}")
    third.metric(_("numbers in between"), _("none at all"))
    said = _("The gap is {gap:.1e}: about seven digits are kept. For learning that is plenty, and it is fast.")
    st.caption(said.format(gap=float(following) - float(value)))


def _device() -> None:
    history = session.player().run.history
    st.markdown(_("A device stores tensors and computes with them: the CPU or a GPU. Your run uses:"))
    device = _(why_device(history.asked_device)).format(device=f"**{history.device.type}**")
    st.markdown(f"- {device}\n- {_(history.choice.why)}")
    st.markdown(_("Before training, the points are sent there. Do they arrive as they were? Here is the check:"))
    sent = history.dataset.X_train
    try:
        arrived = to_device(sent, history.device).cpu().numpy()
    except TransferError as error:
        st.error(error_sentence(error))
        return
    with st.container(horizontal=True):
        st.metric(_("checksum of what was sent"), f"{checksum(sent):08x}")
        st.metric(_("checksum of what arrived"), f"{checksum(arrived):08x}")
    st.success(_("The same: every number is in its place."), icon=":material/check:")
    st.markdown(_("In the notebook's first run they were not the same, and nobody checked."))
    st.button(_("See what happened"), key="to_mystery", on_click=open_lesson, args=("mystery",))


SCREENS = (
    Screen(N_("A dataset"), _what, ("dataset", "feature", "label", "training_set", "test_set")),
    Screen(N_("A tensor"), _tensor, ("tensor", "dtype")),
    Screen(N_("A device"), _device, ("device", "checksum")),
    Screen(
        N_("Exercises"),
        lambda: exercises.draw("data"),
        ("test_set", "loss", "accuracy", "overfitting"),
    ),
)
