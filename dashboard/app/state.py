"""The page's state: one frozen value. `update.update` is the only place that makes the next one."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from dashboard.app.importing import AUTO, Reading, Upload
from dashboard.app.notes import Notes
from dashboard.app.view import View
from moons import Experiment
from moons.assignment import Assignment
from moons.data import Table
from moons.data.dataset import Extent
from moons.fields import ruled_fields
from moons.plots.words import Translate

SPEEDS = (1, 5, 20, 100, 500, 100_000)  # epochs per picture; the last is all at once
STEPS = (1, 10, 100, 1_000)
LANGUAGES = {"en": "English", "ko": "한국어"}


def memory(default: Any) -> Any:
    """A field that no widget holds."""
    return field(default=default, metadata={"memory": True})


@dataclass(frozen=True)
class Notice:
    """A sentence for the person. `undo`: with a button that brings the run before it back."""

    say: Callable[[Translate], str]
    undo: bool = False
    error: bool = False


@dataclass(frozen=True)
class RunId:
    """Which run: two equal ones are the same run."""

    experiment: Experiment = field(default_factory=Experiment)
    device: str = "auto"


class Motion(Enum):
    """How the epoch looked at moves."""

    REST = "rest"
    FORWARD = "forward"
    BACKWARD = "backward"


@dataclass(frozen=True)
class Cursor:
    """The epoch looked at.

    At rest it may lie beyond what is trained: the run is then computed up to it at full speed. A `goal` ends a motion
    forward; None is the end of the run. At rest the run is computed up to the `goal` too, where that lies further on.
    """

    epoch: int = 0
    motion: Motion = Motion.REST
    goal: int | None = None
    paused: bool = False  # at rest since Pause: the run may be trained a little further than it was seen

    @property
    def wanted(self) -> int:
        """The epoch up to which the run must be trained, at rest."""
        return max(self.epoch, self.goal or 0)


@dataclass(frozen=True)
class Looked:
    """A run as it is looked at. Changed settings hold from its `origin` on; at 0 they need a new run."""

    run: RunId = RunId()
    cursor: Cursor = Cursor()
    origin: int = 0
    by_hand: bool = False  # whether a person has made it move


@dataclass(frozen=True)
class Progress:
    """How far the run looked at is trained."""

    known: int = 0  # epochs
    ended: str | None = None  # why it can't go on: see Chunk.ended


@dataclass(frozen=True)
class Place:
    """A bias, or the weight from `source`, of a unit; layers count from the inputs (0)."""

    layer: int
    unit: int
    source: int | None = None

    def fits(self, sizes: tuple[int, ...]) -> bool:
        """Whether a network of these layer sizes has such a place."""
        return (
            1 <= self.layer < len(sizes)
            and 0 <= self.unit < sizes[self.layer]
            and 0 <= (self.source or 0) < sizes[self.layer - 1]
        )


@dataclass(frozen=True)
class HandEdit:
    """The last weight set by hand: the run with it, the one before it, and a sentence about it."""

    run: RunId
    before: Looked
    epoch: int
    parameter: int
    was: float  # the value before
    say: Callable[[Translate], str]


@dataclass(frozen=True)
class Tour:
    """Where a person is on the guided path: see tour.STOPS."""

    stop: int = 0
    done: bool = False  # whether what the stop asks for was done
    epoch: int = 0  # where the stop began
    point: int | None = None  # of the training set, followed last
    place: Place | None = None  # pointed at, as the stop asked


@dataclass(frozen=True)
class Transport:
    """What the widgets beside Train say. Field names are the widgets' keys, here and in the classes below."""

    speed: int = 20  # epochs per picture
    step_size: int = 1  # epochs
    instant: bool = True


@dataclass(frozen=True)
class Inside:
    """What is looked at of the network's inside."""

    space_layer: int = 1
    space_axes: str = "principal"
    space_across: int = 0
    space_up: int = 1
    path_point: int = 0  # of the training set


@dataclass(frozen=True)
class Lessons:
    """What the lessons' widgets say, and what the lessons remember."""

    opened_of: str = "point"
    screen_data: int = 0
    screen_network: int = 0
    screen_training: int = 0
    screen_luck: int = 0
    screen_mystery: int = 0
    xor_a0: float = 1.0  # as in moons.inspection.xor.Weights
    xor_a1: float = 1.0
    xor_a_bias: float = 0.0
    xor_b0: float = 1.0
    xor_b1: float = 1.0
    xor_b_bias: float = 0.0
    xor_out_a: float = 1.0
    xor_out_b: float = 1.0
    xor_out_bias: float = 0.0
    mystery_guess: str | None = None
    mystery_suspect: str | None = None
    valley_source: int = 0
    valley_unit: int | None = None
    opened_epoch: int = 0
    opened_point: int = memory(0)  # of the training set
    opened_line: int = memory(0)  # of the loop, at which the opened step begins
    opened_check: tuple[RunId, int, int | None, str] | None = memory(None)  # run, epoch, point, parameter's name
    mystery_found: frozenset[str] = memory(frozenset())  # clues
    mystery_guessed: bool = memory(False)
    mystery_watched: bool = memory(False)


@dataclass(frozen=True)
class DataRoom:
    """What the room Data's widgets say, and what it remembers."""

    upload_x0: int = 0
    upload_x1: int = 1
    upload_label: int = 2
    upload_task: str = AUTO
    upload_encoding: str | None = None  # how the file is read, as in ReadOptions
    upload_delimiter: str | None = None
    upload_decimal: str | None = None
    upload_thousands: str | None = None
    upload_header: int = 1
    upload_first_row: int = 2
    upload_comment: str | None = None
    upload_text: str = ""  # pasted cells
    upload: Upload | None = memory(None)
    reading: Reading | None = memory(None)  # what takes a while
    uploads: int = memory(0)  # so far: each has questions of its own
    notice: Notice | None = memory(None)  # what came of the last change
    origins: tuple[tuple[Table, Upload], ...] = memory(())  # points, and the table that was brought and gave them
    version: int = memory(0)  # of the points: their table's widget starts afresh with each
    waiting: tuple[tuple[str, ...], ...] = memory(())  # new rows of the table with cells still empty, as they are now
    waiting_shown: tuple[tuple[str, ...], ...] = memory(())  # and as they were when its widget started
    box: tuple[str, Extent] | None = memory(None)  # the kind of data, and the plane shown
    edits_heard: int = memory(0)  # the last edit in the picture


@dataclass(frozen=True)
class Comparison:
    """What the room Compare's widgets say, and what it remembers."""

    compared: tuple[int, ...] = ()  # numbers of kept runs
    compared_first: str = "A"  # of the two runs on the map of where they disagree
    against: str = "B"
    compared_with: int = memory(0)  # the number of the current run when it joined
    compared_epoch: int | None = memory(None)  # None: the end


@dataclass(frozen=True)
class Exploration:
    """What the room Explore's widgets say, but for what a link holds."""

    seeds_split: str = "train"  # whose loss the band shows
    sweep_measure: str = "score"
    sweep_cell: tuple[int, int] | None = memory(None)  # row and column
    landscape_epoch: int = 0


@dataclass(frozen=True)
class Shared:
    """What the widgets at the top say."""

    language: str = "en"
    hidden_in_link: tuple[str, ...] = ()
    only_in_link: bool = False
    task_in_link: str = ""


@dataclass(frozen=True)
class Classroom:
    """What the widgets of class sheets say: the teacher's form and the codes to check; the student's name."""

    sheet_task: str = ""
    sheet_metric: str = "test_score"
    sheet_goal: float = 0.95
    sheet_max_units: int | None = None
    sheet_max_epochs: int | None = None
    sheet_fixed: tuple[str, ...] = ()
    sheet_by_hand: bool = False
    sheet_codes: str = ""
    answer_name: str = ""

    @classmethod
    def of(cls, sheet: Assignment) -> "Classroom":
        """The form filled in as `sheet` says."""
        return cls(**{f"sheet_{f.name}": getattr(sheet, f.name) for f, _rule in ruled_fields(Assignment)})

    def sheet(self, start: Experiment) -> Assignment:
        """What the form says, beginning with `start`. Raises FieldError for what isn't allowed."""
        names = [f.name for f, _rule in ruled_fields(Assignment)]
        return Assignment(**{name: getattr(self, f"sheet_{name}") for name in names}, start=start)


@dataclass(frozen=True)
class PageState:
    """Everything that decides what the page shows."""

    looked: Looked = Looked()
    progress: Progress = Progress()
    past: tuple[Looked, ...] = ()  # what Undo brings back, the last change's last
    notice: Notice | None = None
    hand_edit: HandEdit | None = None
    pointed_at: Place | None = None  # a weight or bias of the diagram
    followed: int | None = None  # a training point, whose way through the network is shown
    surface: bool = False  # whether the 3-D surface was asked for
    tour: Tour | None = None
    notes: Notes = Notes()
    view: View = View()
    transport: Transport = Transport()
    inside: Inside = Inside()
    lessons: Lessons = Lessons()
    data_room: DataRoom = DataRoom()
    comparison: Comparison = Comparison()
    exploration: Exploration = Exploration()
    shared: Shared = Shared()
    classroom: Classroom = Classroom()

    @property
    def experiment(self) -> Experiment:
        """The experiment of the run looked at."""
        return self.looked.run.experiment

    @property
    def before(self) -> Looked | None:
        """The run before the last change, whatever that was."""
        return self.past[-1] if self.past else None

    @property
    def epoch(self) -> int:
        """The epoch that can be shown now."""
        return min(self.looked.cursor.epoch, self.progress.known)

    @property
    def playing(self) -> bool:
        """Whether the epoch looked at moves."""
        return self.looked.cursor.motion is not Motion.REST

    @property
    def computing(self) -> bool:
        """Whether the epoch wanted is not trained yet."""
        return not self.playing and self.progress.ended is None and self.looked.cursor.wanted > self.progress.known

    @property
    def busy(self) -> bool:
        """Whether it plays or computes: then it can be paused."""
        return self.playing or self.computing


Part = View | Transport | Inside | Lessons | DataRoom | Comparison | Exploration | Shared | Classroom
