"""The epoch that the lessons look at: the same one that every room looks at."""

from dataclasses import replace

import streamlit as st

from dashboard.app import events as e
from dashboard.app.player import Player
from dashboard.page import session
from dashboard.page.language import _


def draw(player: Player) -> None:
    """A slider over the epochs trained so far; before that, a button that trains."""
    session.served().settle(session.BLINK)
    if session.needs_whole_run():
        st.rerun()  # what stands around the fragment, and whether a timer draws it again, follows too
    n_epochs = player.run.history.n_epochs
    if n_epochs:
        session.show_while_drawing(e.Chosen(replace(session.state().lessons, opened_epoch=player.epoch)))
        st.slider(_("Epoch"), 0, n_epochs, key="opened_epoch", on_change=_seek)
    else:
        st.button(_("Train the whole run"), key="opened_train", type="primary", on_click=_train)
        st.caption(_("Nothing is trained yet: these are random weights."), width="stretch")


def _seek() -> None:
    session.try_send(e.Sought(session.state().lessons.opened_epoch))


def _train() -> None:
    session.try_send(e.Sought(session.state().experiment.epochs))
