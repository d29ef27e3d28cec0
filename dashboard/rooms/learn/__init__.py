"""Learn: the notebook's sections, answered with the numbers of the person's own run."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from dashboard.page import session
from dashboard.page.language import _
from dashboard.rooms.learn import data, luck, museum, mystery, network, step, training, under_way
from dashboard.rooms.learn.screens import Screen
from moons.fields import N_

_STYLE = Path(__file__).with_name("learn.css")


@dataclass(frozen=True)
class Lesson:
    """A part of the room."""

    label: str  # untranslated
    draw: Callable[[], None]
    screens: tuple[Screen, ...] = ()
    follows_alone: bool = False  # a run that moves, without screens

    def follows(self) -> bool:
        """Whether what is open shows a run that moves."""
        if not self.screens:
            return self.follows_alone
        at: int = getattr(session.state().lessons, f"screen_{session.state().view.lesson}")
        screen = self.screens[at if at in range(len(self.screens)) else 0]
        return screen.follows or screen.is_live()


LESSONS: dict[str, Lesson] = {
    "step": Lesson(N_("One step, opened"), step.draw, follows_alone=True),
    "data": Lesson(N_("3.1 Data"), data.draw, data.SCREENS),
    "network": Lesson(N_("3.2 Network"), network.draw, network.SCREENS),
    "training": Lesson(N_("3.3 Training"), training.draw, training.SCREENS),
    "luck": Lesson(N_("Is it luck?"), luck.draw, luck.SCREENS),
    "mystery": Lesson(N_("Why did the loss stop at 0.674?"), mystery.draw, mystery.SCREENS),
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
    lesson = LESSONS[session.state().view.lesson]
    under_way.draw(follows=lesson.follows())
    lesson.draw()
