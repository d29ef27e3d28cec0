"""Explore: what only many runs can show. Each panel asks for a study, which streams in and goes on in every room."""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from dashboard.page import session
from dashboard.page.language import _
from dashboard.rooms.explore import curve, landscape, models, search, seeds, sweep
from moons.fields import N_


@dataclass(frozen=True)
class Panel:
    """A part of the room: a question, and what draws its answer."""

    label: str  # untranslated
    question: str  # untranslated
    draw: Callable[[], None]


PANELS: dict[str, Panel] = {
    "seeds": Panel(N_("Seeds"), N_("How much of this result is luck?"), seeds.draw),
    "sweep": Panel(N_("Sweep"), N_("Which settings work?"), sweep.draw),
    "search": Panel(N_("Search"), N_("Which settings are best?"), search.draw),
    "curve": Panel(N_("Learning curve"), N_("Would more points help?"), curve.draw),
    "models": Panel(N_("Other models"), N_("When is a network worth it?"), models.draw),
    "landscape": Panel(N_("Landscape"), N_("What does the loss look like around this run?"), landscape.draw),
}


def draw() -> None:
    """The choice of a panel, and the panel."""
    st.segmented_control(
        _("Study"),
        PANELS,
        key="panel",
        format_func=lambda panel: _(PANELS[panel].label),
        required=True,
        label_visibility="collapsed",
        width="stretch",
    )
    panel = PANELS[session.state().view.panel]
    st.subheader(_(panel.question), anchor=False)
    panel.draw()
