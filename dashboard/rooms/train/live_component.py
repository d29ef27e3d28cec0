"""The live component: one set of modules, mounted as the stage beside the charts and as the diagram's place."""

from streamlit.components.v2.types import ComponentRenderer

from dashboard.page import component


def mount() -> ComponentRenderer:
    """What mounts it: call it with a key and data."""
    return component.component("live", "live/live.js", css="live/live.css", html='<div class="place"></div>')
