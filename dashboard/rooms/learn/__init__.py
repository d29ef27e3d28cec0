"""Learn: the notebook's sections, answered with the numbers of the person's own run."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from dashboard.page import session
from dashboard.page.language import _
from dashboard.rooms.learn import data, luck, museum, mystery, network, step, training
from moons.fields import N_

_STYLE = Path(__file__).with_name("learn.css")


@dataclass(frozen=True)
class Lesson:
    """A part of the room."""

    label: str  # untranslated
    draw: Callable[[], None]


LESSONS: dict[str, Lesson] = {
    "step": Lesson(N_("One step, opened"), step.draw),
    "data": Lesson(N_("3.1 Data"), data.draw),
    "network": Lesson(N_("3.2 Network"), network.draw),
    "training": Lesson(N_("3.3 Training"), training.draw),
    "luck": Lesson(N_("Is it luck?"), luck.draw),
    "mystery": Lesson(N_("Why did the loss stop at 0.674?"), mystery.draw),
    "museum": Lesson(N_("Museum of failures"), museum.draw),
}


def draw() -> None:
    """The way from lesson to lesson, and the one that is open."""
    st.html(_STYLE)
    if "lessons" not in session.state().view.hidden:
        st.segmented_control(
            _("Lesson"),
            LESSONS,
            key="lesson",
            format_func=lambda lesson: _(LESSONS[lesson].label),
            required=True,
            label_visibility="collapsed",
            width="stretch",
        )
    LESSONS[session.state().view.lesson].draw()
