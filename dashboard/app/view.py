"""How a link says what is looked at: which room, which epoch, which picture; and what is hidden from a class."""

from dataclasses import dataclass, replace
from typing import Any

from moons import FieldError, History
from moons.assignment import Assignment, AssignmentRule, Text
from moons.explore.learning_curve import MOST_SEEDS as MOST_DRAWS
from moons.explore.search import MOST_RUNS as MOST_SEARCHED
from moons.explore.seeds import MOST, VARIED
from moons.explore.settings import SETTINGS
from moons.explore.sweep import MOST_SEEDS, MOST_VALUES
from moons.fields import N_, Between, Choice, Spec, between, choice, fields_of, ruled, several, switch
from moons.inspection.boundary import CHANGE, LABEL, PROBABILITY, UNCERTAINTY
from moons.inspection.landscape import OWN, PLANES, SEEDED
from moons.optimizers import OPTIMIZERS
from moons.train_spec import MAX_EPOCHS

ROOMS = ("train", "learn", "compare", "explore", "data", "takeaway", "classroom")
PANELS = ("seeds", "sweep", "search", "curve", "models", "landscape")
TABS = ("log", "tried", "metrics", "layers", "space", "point", "dataset", "structure", "samples", "device")
LESSONS = ("step", "data", "network", "training", "luck", "mystery", "museum")
SWEEP_BOUND = 1e5  # of the values of a sweep
TURNED = ("data", "network", "training", "luck", "mystery")  # lessons of several screens

# what a teacher can hide from a class -> what it is called
HIDEABLE: dict[str, str] = {
    "rooms": N_("The other rooms"),
    "welcome": N_("Questions and tour"),
    "presets": N_("Presets"),
    "data": N_("Data"),
    "network": N_("Network"),
    "training": N_("Training"),
    "more": N_("Everything under “More about”"),
    "diagnosis": N_("The diagnosis"),
}


def _bound(label: str) -> Any:
    """Where an axis of the sweep begins or ends."""
    said = N_("Where this axis of the sweep begins or ends. Empty: the setting's usual bound.")
    return between(None, low=0.0, high=SWEEP_BOUND, step=1e-5, label=label, help=said)


def _log(label: str) -> Any:
    """How the values of an axis of the sweep are spaced."""
    said = N_("Whether the values have equal ratios instead of equal distances. Empty: as is usual for the setting.")
    return switch(None, label=label, help=said)


@dataclass(frozen=True)
class View(Spec):
    """What is looked at. Field names are the session's own keys, but for the epoch."""

    epoch: int = between(0, low=0, high=MAX_EPOCHS, label=N_("Epoch"), help=N_("The epoch looked at."))
    room: str = choice("train", ROOMS, label=N_("Room"), help=N_("The part of the page."))
    lesson: str = choice("step", LESSONS, label=N_("Lesson"), help=N_("The part of Learn."))
    tab: str = choice("log", TABS, label=N_("Tab"), help=N_("The tab that is open under the charts."))
    panel: str = choice("seeds", PANELS, label=N_("Study"), help=N_("The part of Explore."))
    seeds: int = between(20, low=2, high=MOST, label=N_("Runs"), help=N_("How many seeds are tried."))
    varied: str = choice("weights", VARIED, label=N_("What varies"), help=N_("What the seeds decide."))
    sweep_x: str = choice("learning_rate", SETTINGS, label=N_("Across"), help=N_("The setting along the x axis."))
    sweep_y: str = choice(
        "width", ("nothing", *SETTINGS), label=N_("Up"), help=N_("The setting along the y axis; it may be left out.")
    )
    sweep_x_low: float | None = _bound(N_("Across, from"))
    sweep_x_high: float | None = _bound(N_("Across, to"))
    sweep_x_log: bool | None = _log(N_("Across, logarithmic"))
    sweep_y_low: float | None = _bound(N_("Up, from"))
    sweep_y_high: float | None = _bound(N_("Up, to"))
    sweep_y_log: bool | None = _log(N_("Up, logarithmic"))
    sweep_count: int = between(
        7, low=2, high=MOST_VALUES, label=N_("Values each"), help=N_("How many values each setting has.")
    )
    sweep_seeds: int = between(
        1, low=1, high=MOST_SEEDS, label=N_("Seeds per cell"), help=N_("A cell shows the median of as many runs.")
    )
    curve_seeds: int = between(
        5, low=1, high=MOST_DRAWS, label=N_("Draws per size"), help=N_("How many draws of the points each size has.")
    )
    search_runs: int = between(
        100, low=10, high=MOST_SEARCHED, label=N_("Runs"), help=N_("How many settings are tried.")
    )
    plane: str = choice(OWN, PLANES, label=N_("Plane"), help=N_("The plane of weights over which the loss is drawn."))
    race: tuple[str, ...] = several(
        (),
        Choice(OPTIMIZERS),
        fewest=0,
        most=len(OPTIMIZERS),
        label=N_("From the same start"),
        help=N_("Other optimisers that set out from the run's initial weights."),
    )
    race_seeds: tuple[str, ...] = several(
        (),
        Choice(SEEDED),
        fewest=0,
        most=len(SEEDED),
        label=N_("Other seeds"),
        help=N_("What the seeds of other runs on the same plane decide."),
    )
    relief: bool = switch(False, label=N_("In 3-D"), help=N_("Whether the landscape is drawn in three dimensions."))
    picture: str = choice(
        PROBABILITY,
        (PROBABILITY, LABEL, UNCERTAINTY, CHANGE),
        label=N_("Picture"),
        help=N_("What the large picture shows."),
    )
    since: int = between(
        0,
        low=0,
        high=MAX_EPOCHS,
        label=N_("Since epoch"),
        help=N_("The epoch from which on the large picture shows the change."),
    )
    unit: tuple[int, ...] = several(
        (),
        Between(0, MAX_EPOCHS, 1),
        fewest=0,
        most=2,
        label=N_("Unit"),
        help=N_("Layer and number, from 0 on, of the unit that fills the large picture."),
    )
    network: bool | None = switch(
        None,
        label=N_("Look inside"),
        help=N_("Whether the network's insides are shown; if not given, where there is room."),
    )
    contours: bool = switch(False, label=N_("Contour lines"), help=N_("Whether contour lines are drawn."))
    hinges: bool = switch(False, label=N_("Hinge lines"), help=N_("Whether each unit's hinge line is drawn."))
    test_points: bool = switch(True, label=N_("Test points"), help=N_("Whether test points are drawn."))
    misclassified: bool = switch(
        True, label=N_("Misclassified points"), help=N_("Whether misclassified points are crossed.")
    )
    log: bool = switch(False, label=N_("Log scale"), help=N_("Whether the loss has a log scale."))
    screen: int = between(0, low=0, high=20, label=N_("Screen"), help=N_("The lesson's screen, from 1 on; 0: any."))
    task: str = ruled("", Text(300), label=N_("What to do"), help=N_("A sentence or two at the top of the page."))
    only: bool = switch(
        False,
        label=N_("Only this"),
        help=N_("Shows this room, lesson and screen alone: the ways to others are hidden, and in Learn the settings."),
    )
    sheet: Assignment | None = ruled(
        None, AssignmentRule(), label=N_("Class sheet"), help=N_("A task with a goal that the page checks.")
    )
    hide: tuple[str, ...] = several(
        (), Choice(tuple(HIDEABLE)), fewest=0, most=len(HIDEABLE), label=N_("Hide"), help=N_("Groups that are hidden.")
    )

    @property
    def hidden(self) -> frozenset[str]:
        """All groups that are hidden."""
        alone = {"rooms", "welcome", "presets", "lessons"} if self.only else set()
        settings = {"data", "network", "training"} if self.only and self.room == "learn" else set()
        given = {"welcome", "data", "presets", "diagnosis"} if self.sheet else set()  # whose remedy would be the answer
        return frozenset(self.hide) | alone | settings | given


def has_unit(sizes: tuple[int, ...], unit: tuple[int, ...]) -> bool:
    """Whether a network of these layer sizes, inputs and outputs included, has such a (layer, number)."""
    return len(unit) == 2 and 0 <= unit[0] < len(sizes) and 0 <= unit[1] < sizes[unit[0]]


def fitted(view: View, history: History) -> tuple[View, list[FieldError]]:
    """The view, at its defaults where the run has no such thing; and what it has not."""
    errors = []
    if not history.dataset.n_classes and view.picture in {LABEL, UNCERTAINTY}:
        view = replace(view, picture=PROBABILITY)  # a number to predict has one picture, and is neither sure nor unsure
    try:
        with fields_of(View):
            Between(0, history.experiment.epochs, 1).check("since", view.since)
    except FieldError as error:
        errors.append(error)
        view = replace(view, since=0)
    if view.unit and not has_unit(history.sizes, view.unit):
        sentence = N_("{field} must be a layer and a unit of this network, like 1-3, got {value}")
        errors.append(FieldError(sentence, field="unit", value="-".join(map(str, view.unit))))
        errors[-1].spec = View
        view = replace(view, unit=())
    return view, errors
