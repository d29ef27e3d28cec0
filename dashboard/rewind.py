"""The current run once more, with one other setting: what stands ready to be pressed, and what it does."""

from dataclasses import replace
from functools import partial
from typing import Literal

import streamlit as st

from dashboard import session
from dashboard.language import _
from dashboard.names import what_differs
from dashboard.player import Player
from dashboard.session import Notice
from moons import Experiment, History
from moons.inspection.variations import rewound, variations

PATIENCE = 3.0  # seconds that a run may take to its end; what takes longer is trained in the room Train


def draw() -> None:
    """One click: the current run from its initial weights, with one other setting."""
    with st.container(key="rewind", horizontal=True, vertical_alignment="center", gap="xsmall"):
        st.markdown(
            _("Once more, but with"),
            width="content",
            help=_("The current run again, from the same weight seed and with this one other setting. Both are kept."),
        )
        for place in range(len(_others())):
            _button(place)


def invite() -> None:
    """The same to someone who has nothing to compare with yet: one thing to press, the others below it."""
    with st.container(border=True, key="rewind_first", gap="medium"):
        st.markdown(f"#### {_('What does one setting change?')}")
        st.markdown(
            _(
                "Train this run once more with the same points and the same weight seed, but one other setting. Both "
                "then stand side by side: move the epoch and see where they part."
            )
        )
        others = _others()
        if not others:
            return
        _button(0, first=True)
        st.caption(_("Or with another one:"))
        with st.container(key="rewind", horizontal=True, gap="xsmall"):
            for place in range(1, len(others)):
                _button(place)


def _others() -> tuple[Experiment, ...]:
    return variations(session.player().history.experiment)


def _button(place: int, *, first: bool = False) -> None:
    now, other = session.player().history.experiment, _others()[place]
    name = what_differs(replace(other, edits=()), replace(rewound(now), edits=()))
    if first:
        name = _("Compare with: {setting}").format(setting=name)
    kind: Literal["primary", "secondary"] = "primary" if first else "secondary"
    st.button(name, key=f"rewind{place}", type=kind, on_click=_again, args=(other,))


def _again(other: Experiment) -> None:
    """Train it to its end, and the current run too; make it the current one. Both stay on the shelf."""
    now, shelf = session.player(), session.get("shelf")
    player = Player(History(other, device=now.history.asked_device, dataset=now.history.dataset))
    notice = None
    with now.turn(wait=True):
        now.pause()
        if not now.history.n_epochs:
            now.finish(PATIENCE)
    if not player.finish(PATIENCE):
        notice = Notice(partial(_so_far, player.history.n_epochs, other.epochs))
    for kept in (now, player):
        shelf.keep(kept, stays=True)
    session.look_at(player, notice)


def _so_far(known: int, epochs: int) -> str:
    sentence = _("Trained so far: {n} of {epochs} epochs. The room Train goes on.")
    return sentence.format(n=f"{known:,}", epochs=f"{epochs:,}")
