"""A chart that is drawn into again and again without a blink; st.plotly_chart would mount it anew for new data."""

import json
from pathlib import Path
from typing import Any

import plotly.graph_objects as go
import streamlit as st

from dashboard.page import session

_component = st.components.v2.component(
    "moons_chart",
    html='<div class="chart" role="img"></div>',
    js=Path(__file__).with_suffix(".js").read_text(encoding="utf-8"),
    isolate_styles=False,  # Plotly's own rules of style stand in the page
)


def draw(figure: go.Figure, *, key: str, height: int, alt: str) -> None:
    """Show a figure, `height` pixels tall. `alt`: what it shows, for those who can't see it."""
    if session.browser().memory.get("plain"):  # there is no Plotly in reach
        st.plotly_chart(figure, key=key, height=height, config={"displayModeBar": False}, alt=alt)
        return
    _component(key=key, data={"figure": spec(figure), "height": height, "alt": alt})


def spec(figure: go.Figure) -> dict[str, Any]:
    """The figure without its template: the chart takes that from the page's theme."""
    said: dict[str, Any] = json.loads(str(figure.to_json()))
    said["layout"].pop("template", None)
    said["layout"].setdefault("shapes", [])  # none, rather than those of the figure before
    return {"data": said["data"], "layout": said["layout"]}
