"""The epoch that the lessons look at: the same one that every room looks at."""

import streamlit as st

from dashboard import session
from dashboard.language import _
from dashboard.player import Player
from dashboard.rooms.learn.runs import train_out


def draw(player: Player) -> None:
    """A slider over the epochs trained so far; before that, a button that trains."""
    n_epochs = player.history.n_epochs
    if n_epochs:
        session.put(opened_epoch=player.epoch)
        st.slider(_("Epoch"), 0, n_epochs, key="opened_epoch", on_change=_seek)
    else:
        st.button(_("Train the whole run"), key="opened_train", type="primary", on_click=_train)
        st.caption(_("Nothing is trained yet: these are random weights."), width="stretch")


def _seek() -> None:
    player = session.player()
    with player.turn(wait=True):
        player.seek(min(int(session.get("opened_epoch")), player.history.n_epochs))


def _train() -> None:
    player = session.player()
    with player.turn(wait=True):
        train_out(player.history)
