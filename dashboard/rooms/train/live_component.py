"""The live component: one set of modules, mounted as the stage beside the charts and as the diagram's place."""

from streamlit.components.v2.types import ComponentRenderer

from dashboard.page import component

_HTML = (component.FOLDER / "live" / "live.html").read_text(encoding="utf-8")


def mount() -> ComponentRenderer:
    """What mounts it: call it with a key and data."""
    return component.component("live", "live/live.js", css="live/live.css", html=_HTML)
