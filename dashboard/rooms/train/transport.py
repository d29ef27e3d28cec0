"""The buttons that make things happen: Train or Pause, Step, Reset, and how fast."""

from typing import Any

import streamlit as st

from dashboard.app import events as e
from dashboard.app.state import SPEEDS, STEPS
from dashboard.page import session, settings
from dashboard.page.glossary import SWITCHES
from dashboard.page.language import _, ngettext


def draw() -> None:
    """The transport row."""
    drawn = (session.drawn(),)
    big: dict[str, Any] = {"type": "primary", "shortcut": "Space"}
    with st.container(key="transport", horizontal=True, vertical_alignment="bottom", gap="xsmall"):
        # two buttons, not one that changes: a click that Streamlit runs twice must not undo itself. The live component
        # shows one of them; where its socket is open, it tells the server of a press on any button of this row
        st.button(_("Pause"), key="pause", icon=":material/pause:", on_click=_pause, **big)
        st.button(_("Train"), key="train", icon=":material/play_arrow:", on_click=_train, **big)
        st.button(_("Step"), key="step", icon=":material/skip_next:", on_click=_step, args=drawn)
        st.selectbox(
            _("Epochs a step"),
            STEPS,
            key="step_size",
            format_func=lambda epochs: ngettext("{n} epoch", "{n} epochs", epochs).format(n=f"{epochs:,}"),
            label_visibility="collapsed",
            width=130,
        )
        st.button(_("Reset"), key="reset", icon=":material/replay:", on_click=settings.send, args=(e.ResetPressed(),))
        st.selectbox(
            _("Speed"),
            SPEEDS,
            key="speed",
            format_func=_speed_text,
            label_visibility="collapsed",
            width=180,
            help=_("How many epochs pass from one picture to the next."),
        )
        st.toggle(_("Instant"), key="instant", help=_(SWITCHES["Instant"]))
        _network()


def _network() -> None:
    """Shows the network or hides it. Where nobody has chosen, page.css knows whether there is room for it.

    It then shows one of two toggles: the server knows no width, and to ask for it would draw the page twice.
    """
    said = _(SWITCHES["Look inside"])
    if session.state().view.network is not None:
        st.toggle(_("Look inside"), key="network", help=said)
        return
    for key, shown in (("network_wide", True), ("network_narrow", False)):
        st.toggle(_("Look inside"), shown, key=key, help=said, on_change=_choose_network, args=(not shown,))


def _choose_network(shown: bool) -> None:
    session.look(network=shown)


def travel() -> None:
    """The buttons beside the run's pictures: back through it, and off from it."""
    now = session.state()
    with st.container(key="travel", width=190, gap="xsmall"):
        st.button(
            _("Play backwards"), key="backwards", icon=":material/fast_rewind:", on_click=_back, width="stretch",
            disabled=now.busy or now.epoch == 0, help=_("Back to the start, at the speed chosen."),
        )  # fmt: skip
        st.button(
            _("Train on from here"), key="branch", icon=":material/call_split:", on_click=_branch, width="stretch",
            disabled=now.busy or not 0 < now.epoch < now.progress.known,
            help=_("Train on from the epoch looked at, with other settings if you like. Both runs are kept."),
        )  # fmt: skip


def _speed_text(epochs: int) -> str:
    if epochs == SPEEDS[-1]:
        return _("all at once")
    return ngettext("{n} epoch a picture", "{n} epochs a picture", epochs).format(n=epochs)


def _train() -> None:
    session.try_send(e.TrainPressed())


def _pause() -> None:
    session.try_send(e.PausePressed())


def _back() -> None:
    session.try_send(e.TrainPressed(backwards=True))


def _step(drawn: int) -> None:
    if session.is_new("step", drawn):
        session.try_send(e.StepPressed(session.state().transport.step_size))


def _branch() -> None:
    """A run of its own from the epoch looked at, with the settings that held there."""
    now, served = session.state(), session.served()
    served.shelf.keep(served.player.run, now.looked, stays=True)
    settings.send(e.BranchPressed())
