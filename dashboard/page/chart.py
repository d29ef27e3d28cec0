"""A chart that is drawn into again and again without a blink; st.plotly_chart would mount it anew for new data."""

import json
from typing import Any

import plotly.graph_objects as go
import streamlit as st

from dashboard.page import component, session
from moons.plots.spec import Spec, to_plain


class Still(go.Figure):  # type: ignore[misc]  # plotly has no types
    """A figure that stays as it is: what is sent of it is made once."""

    _sent: dict[str, Any]

    def __init__(self, figure: Spec) -> None:
        super().__init__(figure, _validate=False)

    def to_dict(self) -> dict[str, Any]:
        """Plotly's, kept."""
        if "_sent" not in self.__dict__:
            self.__dict__["_sent"] = super().to_dict()
        kept: dict[str, Any] = self.__dict__["_sent"]
        return kept


def draw(figure: go.Figure, *, key: str, height: int, alt: str) -> None:
    """Show a figure, `height` pixels tall. `alt`: what it shows, for those who can't see it."""
    if session.browser().memory.get("plain"):  # there is no Plotly in reach
        st.plotly_chart(figure, key=key, height=height, config={"displayModeBar": False}, alt=alt)
        return
    html = '<div class="chart" role="img"></div>'
    mount = component.component("chart", "chart.js", html=html, isolate_styles=False)  # Plotly's rules are the page's
    mount(key=key, data={"figure": spec(figure), "height": height, "alt": alt})


def spec(figure: go.Figure | Spec) -> Spec:
    """The figure as JSON has it, without its template: the chart takes that from the page's theme."""
    spec = json.loads(str(figure.to_json())) if isinstance(figure, go.Figure) else to_plain(figure)
    layout = {"shapes": []} | spec["layout"]  # none, rather than those of the figure before
    layout.pop("template", None)
    return {"data": spec["data"], "layout": layout}
