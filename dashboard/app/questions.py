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
    "forward": Question(N_("What is forward?"), "learn", "network", (("screen_network", 0),)),
    "logit": Question(N_("What is a logit?"), "learn", "network", (("screen_network", 1),)),
    "argmax": Question(N_("Why argmax?"), "learn", "network", (("screen_network", 2),)),
    "cross_entropy": Question(N_("Why cross-entropy?"), "learn", "training", (("screen_training", 0),)),
    "backward": Question(N_("What does backward do?"), "learn", "training", (("screen_training", 1),)),
    "stuck": Question(N_("Why is my loss stuck at 0.69?"), "learn", "mystery", (("screen_mystery", 0),)),
    "own": Question(N_("Bring my own data"), "data"),
}


def _lesson(lesson: str, screen: int) -> Question:
    return Question("", "learn", lesson, ((f"screen_{lesson}", screen),))


# a term of the glossary -> the screen that shows it with the run's own numbers
SHOWN: dict[str, Question] = {
    "dataset": _lesson("data", 0),
    "tensor": _lesson("data", 1),
    "dtype": _lesson("data", 1),
    "device": _lesson("data", 2),
    "checksum": _lesson("data", 2),
    "forward": _lesson("network", 0),
    "logit": _lesson("network", 1),
    "softmax": _lesson("network", 1),
    "argmax": _lesson("network", 2),
    "parameter": _lesson("network", 3),
    "loss": _lesson("training", 0),
    "gradient": _lesson("training", 1),
    "backpropagation": Question("", "learn", "step", (("opened_line", BACKWARD), ("opened_of", "point"))),
    "zero_grad": _lesson("training", 2),
    "step": _lesson("training", 3),
    "learning_rate": _lesson("training", 3),
    "epoch": _lesson("training", 4),
    "landscape": _lesson("training", 5),
    "seed": _lesson("luck", 0),
    "adam": _lesson("luck", 2),
    "chance": QUESTIONS["stuck"],
}


def answered(state: PageState, key: str) -> PageState:
    """The state that shows the answer to one of QUESTIONS, or a term of SHOWN."""
    question = QUESTIONS.get(key) or SHOWN[key]
    view = replace(state.view, room=question.room, lesson=question.lesson or state.view.lesson)
    return replace(state, view=view, lessons=replace(state.lessons, **dict(question.screen)))
