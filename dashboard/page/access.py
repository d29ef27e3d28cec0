"""What the page has for those who listen to it or use its keys alone, where Streamlit has nothing of its own."""

from html import escape
from pathlib import Path

import streamlit as st

from dashboard.page import component
from dashboard.page.language import _
from moons.fields import N_

_STYLE = Path(__file__).with_name("access.css")
_ERROR = N_("Error")
# Streamlit's own English words on the page, with a name in braces for what it fills in
_OWN = (
    N_("Fullscreen"), N_("Main menu"), N_("Skip to main content"), N_("Upload"), N_("Close"), N_("Link to heading"),
    N_("Space"), N_("Press Enter to apply"), N_("Press Ctrl+Enter to apply"), N_("Press ⌘+Enter to apply"),
    N_("Decrement"), N_("Increment"), N_("File must be {size} or smaller."), _ERROR,
)  # fmt: skip
_OWN_ERRORS = (
    N_("Number is outside the allowed range. Please enter a value between {low} and {high}."),
    N_("Number is below the allowed range. Please enter a value greater than or equal to {low}."),
)


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
        "said": _said(),
        "help": _("Help for {name}"),
        "limit": _("{size} per file"),
        "shortcut": _("Shortcut {key}"),
    }
    mount = component.component("access", "access.js", html="<i hidden></i>")
    mount(key="access", data=words, width="content", height="content", on_theme_change=_nothing)


def _said() -> dict[str, str]:
    """Streamlit's English -> the page's language. An error follows its name: in one text, or in bold before it."""
    said = {own: _(own) for own in _OWN}
    for own in _OWN_ERRORS:
        said[f": {own}"] = f": {_(own)}"
        said[f"{_ERROR}: {own}"] = f"{_(_ERROR)}: {_(own)}"
    return said


def _nothing() -> None:
    """The run of the script that follows draws everything in the new theme."""
