"""Keys for what can be clicked, and the sheet that lists them."""

from dataclasses import dataclass

import streamlit as st

from dashboard.page import component, session
from dashboard.page.language import _
from moons.fields import N_


@dataclass(frozen=True)
class Key:
    """What a key does: it clicks inside the element of this Streamlit key."""

    does: str  # untranslated
    name: str
    place: int = 0  # which of the things to click there


KEYS: dict[str, Key] = {
    "s": Key(N_("Step"), "step"),
    "x": Key(N_("Reset"), "reset"),
    "b": Key(N_("Play backwards"), "backwards"),
    "z": Key(N_("Undo"), "undo_last"),
    "i": Key(N_("Instant on or off"), "instant"),
    "n": Key(N_("Look inside the network, or not"), "network"),
    "g": Key(N_("Log scale on or off"), "log"),
    "1": Key(N_("Watch"), "room", 0),
    "2": Key(N_("Learn"), "room", 1),
    "3": Key(N_("Compare"), "room", 2),
    "4": Key(N_("Explore"), "room", 3),
    "5": Key(N_("Data"), "room", 4),
    "6": Key(N_("Take away"), "room", 5),
    "?": Key(N_("This sheet"), "keys"),
}


def draw() -> None:
    """The sheet."""
    with st.popover(_("Keys"), icon=":material/keyboard:", type="tertiary", key="keys", on_change="rerun") as sheet:
        if not sheet.open:
            return
        rows = {_("Space"): _("Train or pause"), **{key.upper(): _(what.does) for key, what in KEYS.items()}}
        st.markdown("  \n".join(f"`{key}` {does}" for key, does in rows.items()))
        st.caption(_("Tab moves from control to control; the arrow keys move a slider that has the focus."))


def listen() -> None:
    """Hear the keys, wherever on the page they are pressed."""
    keys = {key: {"name": what.name, "place": what.place} for key, what in KEYS.items()}
    mount = component.component("keys", "keys.js", html="<i hidden></i>")
    mount(key="listener", data={"keys": keys, "language": session.language()}, width="content", height="content")
