"""A line about the run that moves while a lesson is read."""

from functools import partial
from html import escape

import streamlit as st

from dashboard.page import session, timer
from dashboard.page.language import _


def draw(*, follows: bool) -> None:
    """Say how far the run is, and whether the lesson `follows` it; the place stays where nothing moves (learn.css)."""
    every = session.every(1.0, share=0.05) if session.state().busy else None
    with st.container(key="under_way"):
        timer.draw(partial(_tell, follows), every)


def _tell(follows: bool) -> None:
    now = session.state()
    if not now.busy:
        if not session.runs_whole():
            st.rerun()  # the timer must go
        st.html("<p></p>")
        return
    said = _("Your run goes on: epoch {epoch} of {all}.").format(
        epoch=f"{now.epoch if now.playing else now.progress.known:,}", all=f"{now.experiment.epochs:,}"
    )
    also = _("This screen follows it.") if follows else _("This screen doesn't follow it.")
    st.html(f"<p>{escape(said)} {escape(also)}</p>")
