"""Where the network is watched as it learns: transport, figures strip, boundary and loss, the notebook's outputs."""

import streamlit as st

from dashboard.rooms.train import filmstrip, notebook, stage, transport, welcome


def draw() -> None:
    """The room."""
    welcome.draw()
    transport.draw()
    stage.draw()
    if st.context.is_embedded:
        return  # a frame has room for what moves
    with st.container(key="timeline", horizontal=True, vertical_alignment="center"):
        with st.container(width="stretch"):
            filmstrip.draw()
        transport.travel()
    notebook.draw()
