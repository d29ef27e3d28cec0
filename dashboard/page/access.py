"""What the page has for those who listen to it or use its keys alone, where Streamlit has nothing of its own."""

from html import escape
from pathlib import Path

import streamlit as st

from dashboard.page import component
from dashboard.page.language import _
from moons.fields import N_

_STYLE = Path(__file__).with_name("access.css")
# Streamlit's own English words on the page
_OWN = (
    N_("Fullscreen"), N_("Main menu"), N_("Skip to main content"), N_("Upload"), N_("Close"), N_("Link to heading"),
    N_("Space"),
)  # fmt: skip


def headings(page: str | None, room: str) -> None:
    """The page's name, where it isn't on the screen, and the room's: heard, not seen."""
    names = "" if page is None else f"<h1>{escape(page)}</h1>"
    with st.container(key="heard"):
        st.html(f"{names}<h2>{escape(room)}</h2>")


def draw() -> None:
    """The script that mends Streamlit's elements, and the style that goes with it."""
    st.html(_STYLE)
    words = {
        "skip": _("Skip to Train"),
        "said": {own: _(own) for own in _OWN},
        "help": _("Help for {name}"),
        "limit": _("{size} per file"),
        "shortcut": _("Shortcut {key}"),
    }
    mount = component.component("access", "access.js", html="<i hidden></i>")
    mount(key="access", data=words, width="content", height="content", on_theme_change=_nothing)


def _nothing() -> None:
    """The run of the script that follows draws everything in the new theme."""
