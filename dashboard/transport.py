"""The buttons that make things happen: Train or Pause, Step, Reset, and how fast."""

from functools import partial
from typing import Any

import streamlit as st

from dashboard import session
from dashboard.language import _, error_sentence, ngettext
from dashboard.player import Player
from dashboard.session import Notice
from moons import History
from moons.device import TransferError
from moons.inspection.variations import rewound


def draw() -> None:
    """The transport row."""
    player, drawn = session.player(), (session.get("drawn"),)
    big: dict[str, Any] = {"type": "primary", "shortcut": "Space"}
    with st.container(key="transport", horizontal=True, vertical_alignment="bottom", gap="xsmall"):
        # two buttons, not one that changes: a click that Streamlit runs twice must not undo itself
        if player.playing:
            st.button(_("Pause"), key="pause", icon=":material/pause:", on_click=_pause, **big)
        else:
            st.button(_("Train"), key="train", icon=":material/play_arrow:", on_click=_train, **big)
        st.button(_("Step"), key="step", icon=":material/skip_next:", on_click=_step, args=drawn)
        st.selectbox(
            _("Epochs a step"),
            session.STEPS,
            key="step_size",
            format_func=lambda epochs: ngettext("{n} epoch", "{n} epochs", epochs).format(n=f"{epochs:,}"),
            label_visibility="collapsed",
            width=130,
        )
        st.button(_("Reset"), key="reset", icon=":material/replay:", on_click=_reset)
        st.selectbox(
            _("Speed"),
            session.SPEEDS,
            key="speed",
            format_func=_speed_text,
            label_visibility="collapsed",
            width=180,
            help=_("How many epochs pass from one picture to the next."),
        )
        st.toggle(
            _("Instant"),
            key="instant",
            help=_("Any change of a setting shows the finished run at once. Train then plays it from the start."),
        )
        st.toggle(_("Network"), key="network", help=_("Look into the network: what every unit sees, live."))


def travel() -> None:
    """The buttons beside the run's pictures: back through it, and off from it."""
    player = session.player()
    with st.container(key="travel", width=190, gap="xsmall"):
        st.button(
            _("Play backwards"), key="backwards", icon=":material/fast_rewind:", on_click=_back, width="stretch",
            disabled=player.playing or player.epoch == 0, help=_("Back to the start, at the speed chosen."),
        )  # fmt: skip
        st.button(
            _("Train on from here"), key="branch", icon=":material/call_split:", on_click=_branch, width="stretch",
            disabled=player.playing or not 0 < player.epoch < player.history.n_epochs,
            help=_("Train on from the epoch looked at, with other settings if you like. Both runs are kept."),
        )  # fmt: skip


def _speed_text(epochs: int) -> str:
    if epochs == session.SPEEDS[-1]:
        return _("all at once")
    return ngettext("{n} epoch a picture", "{n} epochs a picture", epochs).format(n=epochs)


def _train() -> None:
    player = session.player()
    with player.turn(wait=True):
        player.play()
    session.put(notice=None)


def _back() -> None:
    player = session.player()
    with player.turn(wait=True):
        player.play(backwards=True)
    session.put(notice=None)


def _branch() -> None:
    """A run of its own from the epoch looked at, with the settings that held there."""
    player = session.player()
    if player.origin == player.epoch:
        return  # Streamlit runs the click a second time
    with player.turn(wait=True):
        training, _end = player.history.experiment.stretch(player.epoch)
        other = player.branch(player.epoch, training)
    other.origin = other.epoch
    session.get("shelf").keep(player, stays=True)
    session.look_at(other, Notice(partial(_branch_text, other.epoch), undo=True))


def _branch_text(epoch: int) -> str:
    sentence = _(
        "A branch at epoch {epoch}: change a training setting, or press Train. The run it leaves is kept in Compare."
    )
    return sentence.format(epoch=f"{epoch:,}")


def _pause() -> None:
    session.player().pause()


def _step(drawn: int) -> None:
    if not session.is_new("step", drawn):
        return
    player, notice = session.player(), None
    player.pause()
    with player.turn(wait=True):
        try:
            player.step(session.get("step_size"))
        except TransferError as error:
            notice = Notice(partial(error_sentence, error), error=True)
    session.put(notice=notice)


def _reset() -> None:
    """The same experiment from the same initial weights; what was changed on the way holds from the start."""
    now = session.player().history
    experiment = rewound(now.experiment)
    notice = None
    if len(experiment.edits) < len(now.experiment.edits):
        notice = Notice(lambda: _("Back at the initial weights, without those that you set by hand."), undo=True)
    session.look_at(Player(History(experiment, device=now.asked_device, dataset=now.dataset)), notice)
