"""The current run once more, with one other setting: what stands ready to be pressed, and what it does."""

from dataclasses import replace
from typing import Literal

import streamlit as st

from dashboard.app import events as e
from dashboard.app.names import what_differs
from dashboard.app.state import Cursor, Looked, RunId
from dashboard.page import session, settings
from dashboard.page.language import _
from moons import Experiment
from moons.inspection.variations import rewound, variations


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
        st.subheader(_("What does one setting change?"), anchor=False)
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
    return variations(session.state().experiment)


def _button(place: int, *, first: bool = False) -> None:
    now, other = session.state().experiment, _others()[place]
    name = what_differs(replace(other, edits=()), _, replace(rewound(now), edits=()))
    if first:
        name = _("Compare with: {setting}").format(setting=name)
    kind: Literal["primary", "secondary"] = "primary" if first else "secondary"
    st.button(name, key=f"rewind{place}", type=kind, on_click=_again, args=(other,))


def _again(other: Experiment) -> None:
    """Train it to its end, and make it the current one. The run before stays on the shelf, trained to its end too."""
    now, served = session.state(), session.served()
    if not now.progress.known:
        served.send(e.Sought(now.experiment.epochs))
        served.settle(session.BLINK)
        now = session.state()
    served.shelf.keep(served.player.run, now.looked, stays=True)
    run = RunId(other, now.looked.run.device)
    settings.send(e.RunOpened(Looked(run, Cursor(other.epochs), by_hand=True)))
