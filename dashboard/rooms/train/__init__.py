"""Where the network is watched as it learns: transport, figures strip, boundary and loss, the notebook's outputs."""

import streamlit as st

from dashboard.page import session, settings
from dashboard.rooms.train import filmstrip, notebook, stage, transport


def draw() -> None:
    """The room: a fragment, as most clicks in it change nothing around it."""
    st.fragment(_room, key=session.TRAIN_ROOM)()


def _room() -> None:
    alone = not session.runs_whole()
    if alone:
        _follow()
    transport.draw()
    stage.draw()
    if not st.context.is_embedded:  # a frame has room for what moves
        with st.container(key="timeline", horizontal=True, vertical_alignment="center"):
            with st.container(width="stretch"):
                filmstrip.draw()
            transport.travel()
        notebook.draw()
    if alone:
        session.end_drawing()


def _follow() -> None:
    """What precedes the drawing where the page isn't drawn; the page is, where the click has changed more."""
    session.served().settle(session.BLINK)
    if settings.overtaken() or session.needs_page():
        st.rerun()
    session.write_link()
    session.begin_drawing()
