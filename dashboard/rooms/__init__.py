"""The rooms of the page. They all look at the same current run and epoch."""

from collections.abc import Callable
from dataclasses import dataclass

from dashboard.rooms import classroom, compare, data, explore, learn, takeaway, train
from moons.fields import N_


@dataclass(frozen=True)
class Room:
    """A part of the page with a purpose of its own."""

    label: str  # untranslated
    draw: Callable[[], None]


ROOMS: dict[str, Room] = {
    "train": Room(N_("Watch"), train.draw),
    "learn": Room(N_("Learn"), learn.draw),
    "compare": Room(N_("Compare"), compare.draw),
    "explore": Room(N_("Explore"), explore.draw),
    "data": Room(N_("Data"), data.draw),
    "takeaway": Room(N_("Take away"), takeaway.draw),
    "classroom": Room(N_("Class sheet"), classroom.draw),
}
VISIBLE = ("train", "learn", "compare", "explore", "data", "takeaway")  # the way to the others is elsewhere
