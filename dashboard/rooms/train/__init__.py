"""Where the network is watched as it learns: transport, figures strip, boundary and loss, the notebook's outputs."""

import streamlit as st

from dashboard.app.turns import turns
from dashboard.page import session, settings, tasks, timer
from dashboard.rooms.train import filmstrip, stage, tabs, transport, welcome


def draw() -> None:
    """The room: a fragment, as most clicks in it change nothing around it."""
    st.fragment(_room, key=session.TRAIN_ROOM)()


def _room() -> None:
    with turns().take():
        _draw()


def _draw() -> None:
    alone = not session.runs_whole()
    if alone:
        _follow()
    tasks.draw()
    welcome.draw()
    with st.container(key="watch"):
        transport.draw()
        stage.draw()
        if not st.context.is_embedded:  # a frame has room for what moves
            every = filmstrip.every() if stage.is_timed() else None
            timer.draw(_below, every, key=session.BELOW, is_look=_is_look)
    if alone:
        session.end_drawing()


def _is_look() -> bool:
    """Whether nobody waits for what stands below: the browser asks for it by itself."""
    return stage.follows_below() or filmstrip.is_asked()


def _below() -> None:
    """What follows a run that trains with one timer for all of it: each look costs as much as a click."""
    with st.container(key="timeline", horizontal=True, vertical_alignment="center"):
        with st.container(width="stretch"):
            filmstrip.draw()
        transport.travel()
    tabs.draw()


def _follow() -> None:
    """What precedes the drawing where the page isn't drawn; the page is, where the click has changed more."""
    session.settle()
    if settings.overtaken() or session.needs_page():
        st.rerun()
    session.write_link()
    session.begin_drawing()
