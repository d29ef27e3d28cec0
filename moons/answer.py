"""What is handed in for a class sheet: an experiment and an epoch, as a short code, and how it does.

No figure is handed in: whoever checks an answer computes the figure anew, so that none can be made up.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from moons.assignment import FIXABLE, VERSION, Assignment, Text
from moons.fields import N_, FieldError, Spec, between, ruled
from moons.packed import FIRST_LETTERS, pack, unpack
from moons.progress import Scores
from moons.run import Experiment, History
from moons.scores import scores_of
from moons.share import from_query, n_parameters, to_query
from moons.train_spec import MAX_EPOCHS

TOO_LARGE = N_("so large a run takes too long to be checked: use fewer epochs or units")
MOST_COST = 1e11  # epochs times points times parameters of a run that is checked: about a minute


@dataclass(frozen=True)
class Answer(Spec):
    """What is handed in: a run, looked at after `epoch` epochs."""

    name: str = ruled("", Text(40), label=N_("Name"), help=N_("As the teacher knows you. It stands in the code only."))
    epoch: int = between(0, low=0, high=MAX_EPOCHS, label=N_("Epoch"), help=N_("The epoch that is handed in."))
    experiment: Experiment = field(default_factory=Experiment)

    def code(self, assignment: Assignment) -> str:
        """The answer as text. Its points are the assignment's, so they aren't in it."""
        query = {key: text for key, text in to_query(self.experiment).items() if not key.startswith("data.")}
        return pack([VERSION, assignment.key, self.epoch, self.name, query])


def is_answer(code: str) -> bool:
    """Whether a text is a whole code, for whichever task."""
    if not code.startswith(FIRST_LETTERS):
        return False
    try:
        _parts(code)
    except FieldError:
        return False
    return True


def answer_from(code: str, assignment: Assignment) -> Answer:
    """The answer of a code that was handed in for `assignment`. Raises FieldError for any other text."""
    key, epoch, name, query = _parts(code)
    if key != assignment.key:
        raise FieldError(N_("this code was handed in for another task"))
    points = {key: text for key, text in to_query(assignment.start).items() if key.startswith("data.")}
    settings = {str(key): str(text) for key, text in query.items() if not str(key).startswith("data.")}
    experiment, errors = from_query({**settings, **points})
    if errors:
        raise errors[0]
    return Answer(name, epoch, experiment)


def _parts(code: str) -> tuple[Any, Any, Any, dict[Any, Any]]:
    """The assignment's key, the epoch, the name and the query of a code. Raises FieldError for any other text."""
    try:
        version, key, epoch, name, query = unpack(code)
        if version != VERSION or not isinstance(query, dict):
            raise ValueError(code)
    except (ValueError, TypeError):
        raise FieldError(N_("this is no code of a class sheet, or a part of it is missing")) from None
    return key, epoch, name, query


@dataclass(frozen=True)
class Result:
    """How a run does at a task, after `epoch` epochs."""

    epoch: int
    value: float  # of the goal's metric
    reached: bool
    broken: tuple[FieldError, ...]  # a sentence for each limit that isn't kept

    @property
    def met(self) -> bool:
        """Whether the goal is reached within all limits."""
        return self.reached and not self.broken


def broken_limits(assignment: Assignment, experiment: Experiment, epoch: int) -> tuple[FieldError, ...]:
    """What a run may not be or do at this epoch, and is or does."""
    return tuple(_broken(assignment, experiment, epoch))


def result_of(assignment: Assignment, experiment: Experiment, epoch: int, scores: Scores) -> Result:
    """The result of a run whose network has these scores after `epoch` epochs."""
    value = float(getattr(scores, assignment.metric))
    return Result(epoch, value, assignment.reached(value), broken_limits(assignment, experiment, epoch))


def result_from(assignment: Assignment, history: History, epoch: int) -> Result:
    """The result of a run that is trained so far."""
    scores = scores_of(history.model_at(epoch), history.dataset, history.experiment.training_now)
    return result_of(assignment, history.experiment, epoch, scores)


def first_epoch(assignment: Assignment, history: History) -> int | None:
    """The first recorded epoch at which the goal was reached within the limit of epochs, about; None if at none.

    Training figures are recorded batch by batch and with dropout, so that the network after the epoch may differ.
    """
    curve = getattr(history, assignment.metric)
    if assignment.max_epochs is not None:
        curve = curve[: assignment.max_epochs + 1]
    good = curve >= assignment.goal if assignment.higher else curve <= assignment.goal
    return int(good.argmax()) if good.any() else None


def _broken(assignment: Assignment, experiment: Experiment, epoch: int) -> Iterator[FieldError]:
    if experiment.data != assignment.start.data:
        yield FieldError(N_("the points aren't those of the task"))
    units = sum(experiment.model.hidden)
    if assignment.max_units is not None and units > assignment.max_units:
        template = N_("at most {high} hidden units are allowed, and it has {value}")
        yield FieldError(template, high=f"{assignment.max_units:,}", value=f"{units:,}")
    if assignment.max_epochs is not None and epoch > assignment.max_epochs:
        template = N_("at most {high} epochs are allowed, and this is epoch {value}")
        yield FieldError(template, high=f"{assignment.max_epochs:,}", value=f"{epoch:,}")
    for place in assignment.fixed:
        if _values(experiment, place) != _values(assignment.start, place)[:1]:
            spec, name = FIXABLE[place]
            error = FieldError(N_("{field} must stay as it was"), field=name)
            error.spec = spec
            yield error
    if experiment.edits and not assignment.by_hand:
        yield FieldError(
            N_("no weight may be set by hand or loaded, and {value} are"), value=f"{len(experiment.edits):,}"
        )
    if is_too_large(experiment, epoch):
        yield FieldError(TOO_LARGE)


def is_too_large(experiment: Experiment, epoch: int) -> bool:
    """Whether checking a run would take too long."""
    return epoch * experiment.data.n_train * n_parameters(experiment) > MOST_COST


def _values(experiment: Experiment, place: str) -> list[Any]:
    """The values of a setting over a run, each once."""
    part, _dot, name = place.partition(".")
    if part == "model":
        return [experiment.model.layer_activations if name == "activation" else getattr(experiment.model, name)]
    stages = [experiment.training, *(change.training for change in experiment.changes)]
    return list(dict.fromkeys(getattr(stage, name) for stage in stages))
