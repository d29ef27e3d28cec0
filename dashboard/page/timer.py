"""A part of the page that draws itself anew by a timer, while there is something to see."""

from collections.abc import Callable

import streamlit as st

from dashboard.app.turns import CLICK, LOOK, turns


def draw(
    part: Callable[[], None],
    every: float | None,
    key: str | None = None,
    is_look: Callable[[], bool] = lambda: False,
) -> None:
    """Draw it, and again each `every` seconds; None: no more. `key`: the scope of an `st.rerun` that draws it.

    `is_look`: whether the browser asks for it by itself; then those go first for whom a person waits.

    With a timer it is another fragment than without: inside a fragment Streamlit ends a timer only with its fragment.
    """

    def timed() -> None:
        with turns().take(LOOK):
            part()

    def untimed() -> None:
        with turns().take(LOOK if is_look() else CLICK):
            part()

    st.fragment(timed if every else untimed, run_every=every, key=key)()
