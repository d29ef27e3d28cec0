"""A class sheet: a task with limits and a goal, as a value and as a short code."""

from dataclasses import dataclass, field
from typing import Any

from moons.data import table
from moons.fields import (
    N_,
    Choice,
    FieldError,
    Spec,
    between,
    choice,
    fields_of,
    label_of,
    ruled,
    ruled_fields,
    several,
    switch,
)
from moons.model import ModelSpec
from moons.packed import digest, pack, unpack
from moons.run import Experiment
from moons.share import TURNS, from_query, to_query
from moons.train_spec import MAX_EPOCHS, TrainSpec

VERSION = 1
_UNREADABLE = N_("the class sheet in this link can't be read: a part of the link may be missing")


@dataclass(frozen=True)
class Metric:
    """What a goal is about."""

    of_classes: str  # untranslated
    of_numbers: str  # untranslated
    higher: bool  # whether more is better


METRICS: dict[str, Metric] = {
    "test_score": Metric(N_("Accuracy on test points"), N_("R² on test points"), higher=True),
    "train_score": Metric(N_("Accuracy on training points"), N_("R² on training points"), higher=True),
    "test_loss": Metric(N_("Loss on test points"), N_("Loss on test points"), higher=False),
    "train_loss": Metric(N_("Loss on training points"), N_("Loss on training points"), higher=False),
}
# part and field of each setting that a task can fix
FIXABLE: dict[str, tuple[type[Spec], str]] = {
    **{f"model.{name}": (ModelSpec, name) for name in ("hidden", "activation", "features", "init", "seed")},
    **{
        f"training.{name}": (TrainSpec, name)
        for name in ("learning_rate", "batch_size", "optimizer", "schedule", "weight_decay", "l1", "dropout")
    },
    "training.class_loss": (TrainSpec, "class_loss"),
}


@dataclass(frozen=True)
class Text:
    """The rule of a text of at most `longest` characters, on one line."""

    longest: int

    def check(self, name: str, value: Any) -> None:
        if not isinstance(value, str) or len(value) > self.longest or not (value.isprintable()):
            raise FieldError(
                N_("{field} must be one line of at most {high} characters, got {value}"),
                field=name,
                high=self.longest,
                value=repr(value)[:80],
            )

    def parse(self, name: str, text: str) -> str:
        return text


@dataclass(frozen=True)
class Assignment(Spec):
    """A task: reach a goal within limits, from a first experiment on. Its points are those of `start`, always."""

    task: str = ruled("", Text(300), label=N_("Task"), help=N_("What to do, in a sentence or two."))
    metric: str = choice("test_score", METRICS, label=N_("Goal"), help=N_("What the goal is about."))
    goal: float = between(
        0.95,
        low=0.0,
        high=1_000.0,
        step=0.01,
        label=N_("To reach"),
        help=N_("An accuracy or R² of at least this (0.95 is 95%), or a loss of at most this."),
    )
    max_units: int | None = between(
        None,
        low=0,
        high=6 * 256,
        label=N_("Hidden units, at most"),
        help=N_("All hidden layers together."),
    )
    max_epochs: int | None = between(
        None, low=1, high=MAX_EPOCHS, label=N_("Epochs, at most"), help=N_("Up to the epoch that is handed in.")
    )
    fixed: tuple[str, ...] = several(
        (),
        Choice(tuple(FIXABLE)),
        fewest=0,
        most=len(FIXABLE),
        label=N_("Settings that stay as they are"),
        help=N_("All others may be changed, but for the points."),
    )
    by_hand: bool = switch(
        False,
        label=N_("Weights may be set by hand"),
        help=N_("Loaded weights count as set by hand, so that a trained network could be handed in."),
    )
    start: Experiment = field(default_factory=Experiment)

    @property
    def higher(self) -> bool:
        """Whether more is better."""
        return METRICS[self.metric].higher

    def reached(self, value: float) -> bool:
        """Whether a figure of the goal's metric is good enough. NaN isn't."""
        return value >= self.goal if self.higher else value <= self.goal

    @property
    def code(self) -> str:
        """The sheet as text, for a link. Raises FieldError if its points are too many for one."""
        return pack(self._document)

    @property
    def key(self) -> str:
        """Tells sheets from one another: eight characters."""
        return digest(self._document)

    @property
    def _document(self) -> list[Any]:
        query = to_query(self.start)
        if TURNS in query or query.get("data.table") == table.LEFT_OUT:
            raise FieldError(N_("this run has more points, changes or weights set by hand than a link can hold"))
        said = {f.name: getattr(self, f.name) for f, _rule in ruled_fields(Assignment)}
        usual = {f.name: f.default for f, _rule in ruled_fields(Assignment)}
        return [VERSION, {k: v for k, v in said.items() if v != usual[k]}, query]

    def __str__(self) -> str:
        return self.code


def label_of_setting(place: str) -> str:
    """What a setting that can be fixed is called, untranslated."""
    return label_of(*FIXABLE[place])


def assignment_from(code: str) -> Assignment:
    """The sheet of a code. Raises FieldError for anything else."""
    try:
        version, said, query = unpack(code)
        start, errors = from_query({str(key): str(text) for key, text in query.items()})
        if version != VERSION or errors:
            raise ValueError(code)
        values: dict[str, Any] = {
            key: tuple(value) if isinstance(value, list) else value for key, value in said.items()
        }
    except (ValueError, TypeError, AttributeError, KeyError):
        raise FieldError(_UNREADABLE) from None
    try:
        with fields_of(Assignment):
            return Assignment(**values, start=start)
    except TypeError:
        raise FieldError(_UNREADABLE) from None


@dataclass(frozen=True)
class AssignmentRule:
    """The rule of a field that holds a class sheet, or None."""

    def check(self, name: str, value: Any) -> None:
        if not (value is None or isinstance(value, Assignment)):
            raise FieldError(N_("{field} must be a class sheet, got {value}"), field=name, value=repr(value)[:80])

    def parse(self, name: str, text: str) -> Assignment:
        return assignment_from(text)
