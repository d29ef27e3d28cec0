"""What runs are called: by what differs from the notebook, or as a person has named them."""

from collections.abc import Sequence

from dashboard.app.shelf import Kept
from dashboard.app.words import value_text
from moons import Experiment
from moons.digits import Digits
from moons.fields import label_of
from moons.inspection.comparison import Course, Difference, differences
from moons.plots.words import Translate
from moons.share import is_loaded

LETTERS = "ABCDEF"  # of runs beside each other
MOST_NAMED = 3  # differences in a name; the table shows all
MOST_TOLD = 5  # in a name beside others


def run_name(kept: Kept, _: Translate) -> str:
    """A kept run's name, with its number."""
    return f"{kept.number} · {kept.name or what_differs(kept.run.experiment, _)}"


def names_beside(runs: Sequence[Kept], _: Translate) -> list[str]:
    """What runs that stand beside each other are called: by what tells them apart, each with its number."""
    found = differences([kept.run.experiment for kept in runs])
    apart = sorted(found, key=lambda difference: -len(set(difference.courses)))  # those that tell most runs apart first
    names = []
    for place, kept in enumerate(runs):
        changes = [
            f"{field_name(difference, _)} {course_text(difference, place, _)}" for difference in apart[:MOST_TOLD]
        ]
        name = kept.name or ", ".join(changes) or what_differs(kept.run.experiment, _)
        names.append(f"{kept.number} · {name}")
    return names


def what_differs(experiment: Experiment, _: Translate, usual: Experiment | None = None) -> str:
    """In what an experiment differs from the usual one: the notebook's, if none is given."""
    found = differences((usual or Experiment(), experiment))
    named = [f"{field_name(difference, _)} {course_text(difference, 1, _)}" for difference in found[:MOST_NAMED]]
    if len(found) > MOST_NAMED:
        named.append(_("and {n} more").format(n=len(found) - MOST_NAMED))
    if is_loaded(experiment):
        named.append(_("loaded weights"))
    elif experiment.edits:
        named.append(_("weights set by hand: {n}").format(n=len(experiment.edits)))
    return ", ".join(named) or _("The notebook")


def field_name(difference: Difference, _: Translate) -> str:
    """The setting, as its widget calls it."""
    return _(label_of(difference.spec, difference.name))


def course_text(difference: Difference, run: int, _: Translate) -> str:
    """The setting's values in one of the runs."""
    course: Course = difference.courses[run]
    first, *later = [(epoch, value_text(value, difference.name, _)) for epoch, value in course]
    words = [_("{value} from epoch {epoch}").format(value=value, epoch=f"{epoch:,}") for epoch, value in later]
    return " → ".join([first[1], *words])


def score_text(score: float, n_classes: int) -> str:
    """Accuracy in percent; of a regression (0 classes) R²."""
    return f"{score:.1%}" if n_classes else f"{Digits(score):.4f}"
