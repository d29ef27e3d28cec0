"""What can happen to the page: a person's acts, the browser's words, the worker's news."""

from collections.abc import Callable
from dataclasses import dataclass

from dashboard.app.notes import Notes
from dashboard.app.state import Looked, Notice, Part, Place, Progress
from dashboard.app.view import View
from moons import Experiment
from moons.plots.words import Translate


@dataclass(frozen=True)
class Opened:
    """A link: the page's first, or one that Back or Forward brings."""

    experiment: Experiment
    view: View
    notice: Notice | None = None


@dataclass(frozen=True)
class Moved:
    """How far the run has come since the last event."""

    looked: Looked
    progress: Progress


@dataclass(frozen=True)
class SettingsChanged:
    """The sidebar asks for another experiment or device."""

    wanted: Experiment
    device: str
    notice: Notice | None = None  # says more about the change than the settings do


@dataclass(frozen=True)
class TrainPressed:
    """Train, or Play backwards."""

    backwards: bool = False


@dataclass(frozen=True)
class PausePressed:
    """Pause. `epoch`: the one on the screen by then; None is the run's own."""

    epoch: int | None = None


@dataclass(frozen=True)
class StepPressed:
    """Move on by so many epochs."""

    epochs: int


@dataclass(frozen=True)
class ResetPressed:
    """Back to the initial weights."""


@dataclass(frozen=True)
class BranchPressed:
    """Train on from the epoch looked at, as a run of its own."""


@dataclass(frozen=True)
class Sought:
    """Look at another epoch, trained or still to be."""

    epoch: int


@dataclass(frozen=True)
class RunOpened:
    """Make another run the current one."""

    looked: Looked
    notice: Notice | None = None


@dataclass(frozen=True)
class Undone:
    """Bring the run before the last change back."""


@dataclass(frozen=True)
class WeightSet:
    """A weight or bias gets another value from the epoch looked at on."""

    place: Place
    parameter: int  # the place, counted in the order of model.parameters()
    value: float
    was: float  # the value that Undo brings back
    say: Callable[[Translate], str]


@dataclass(frozen=True)
class WeightRestored:
    """The run before the last edit again."""


@dataclass(frozen=True)
class WeightPointedAt:
    """A weight or bias is pointed at in the diagram."""

    place: Place | None


@dataclass(frozen=True)
class UnitPicked:
    """A unit fills the large picture; picked again, or (), it leaves it."""

    unit: tuple[int, ...]


@dataclass(frozen=True)
class PointFollowed:
    """A training point's way through the network is shown; followed again, it isn't."""

    point: int


@dataclass(frozen=True)
class SurfaceAsked:
    """Show the answer as a 3-D surface, or no longer."""

    shown: bool = True


@dataclass(frozen=True)
class TourMoved:
    """The guided path at a stop; None ends it."""

    stop: int | None


@dataclass(frozen=True)
class Asked:
    """One of the questions on the first page."""

    question: str


@dataclass(frozen=True)
class WelcomeShown:
    """The questions on the first page are shown, or closed for good."""

    shown: bool


@dataclass(frozen=True)
class Guessed:
    """What came of the guess in an exercise."""

    exercise: str
    right: bool


@dataclass(frozen=True)
class Remembered:
    """What the browser has kept from earlier visits."""

    notes: Notes


@dataclass(frozen=True)
class Chosen:
    """A part of the state says something else."""

    part: Part


@dataclass(frozen=True)
class Said:
    """There is something to tell the person, or nothing any more."""

    notice: Notice | None


@dataclass(frozen=True)
class Failed:
    """The run can't go on: the error is in the notice."""

    notice: Notice


Event = (
    Opened | Moved | SettingsChanged | TrainPressed | PausePressed | StepPressed | ResetPressed | BranchPressed | Sought
    | RunOpened | Undone | WeightSet | WeightRestored | WeightPointedAt | UnitPicked | PointFollowed | SurfaceAsked
    | TourMoved | Asked | WelcomeShown | Guessed | Remembered | Chosen | Said | Failed
)  # fmt: skip
