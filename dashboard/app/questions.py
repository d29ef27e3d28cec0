"""A beginner's questions on the first page, each with the place that answers it."""

from dataclasses import dataclass, replace
from typing import Any

from dashboard.app.state import PageState
from moons.fields import N_

BACKWARD = 4  # the line of an opened step


@dataclass(frozen=True)
class Question:
    """A question in the learner's own words, and what is to be opened."""

    words: str  # untranslated
    room: str
    lesson: str = ""
    screen: tuple[tuple[str, Any], ...] = ()  # fields of Lessons


QUESTIONS: dict[str, Question] = {
    "logit": Question(N_("What is a logit?"), "learn", "network", (("screen_network", 1),)),
    "backward": Question(
        N_("What does backward do?"), "learn", "step", (("opened_line", BACKWARD), ("opened_of", "point"))
    ),
    "stuck": Question(N_("Why is my loss stuck at 0.69?"), "learn", "mystery", (("screen_mystery", 0),)),
    "own": Question(N_("Bring my own data"), "data"),
}


def answered(state: PageState, key: str) -> PageState:
    """The state that shows the answer to one of QUESTIONS."""
    question = QUESTIONS[key]
    view = replace(state.view, room=question.room, lesson=question.lesson or state.view.lesson)
    return replace(state, view=view, lessons=replace(state.lessons, **dict(question.screen)))
