"""How a run is doing, in one or two sentences: signs measured once, then rules in a fixed order; the first speaks."""

from collections.abc import Callable, Iterator

from moons.inspection.health import course, network, stuck, success
from moons.inspection.health.causes import CAUSES, Cause
from moons.inspection.health.ceiling import LEARNERS, Ceiling
from moons.inspection.health.diagnosis import CONDITIONS, HEALTHY, MEANINGS, Diagnosis, Rule
from moons.inspection.health.heldout import Figures
from moons.inspection.health.proof import Proof
from moons.inspection.health.proof import steps as _steps
from moons.inspection.health.remedy import Remedy, largest_steady_rate
from moons.inspection.health.signs import Signs, measure
from moons.inspection.health.verdict import Trial
from moons.run import Experiment, History

__all__ = [
    "CAUSES",
    "CONDITIONS",
    "HEALTHY",
    "LEARNERS",
    "MEANINGS",
    "RULES",
    "Cause",
    "Ceiling",
    "Diagnosis",
    "Figures",
    "Proof",
    "Remedy",
]
__all__ += ["Signs", "Trial", "diagnose", "diagnose_signs", "largest_steady_rate", "measure", "prove", "prove_steps"]

RULES: tuple[Rule, ...] = (
    # what makes all else meaningless
    course.untrained,
    course.set_by_hand,
    stuck.unscaled,  # no rate is right for inputs in such units
    course.exploding,
    course.not_finite,
    network.saturated,  # says what a throw of the loss has done to the units
    course.thrown,
    success.scarce,
    course.just_started,
    course.contradictory,
    course.shuffled,
    course.unbalanced,
    course.overfitting,
    stuck.pulled,
    course.rising,
    # it does well
    success.converged,
    network.straight,
    success.learning,
    # it is stuck
    network.unseen,
    network.alike,
    network.dead,
    network.vanishing,
    stuck.penalised,
    stuck.clipped,
    stuck.thinned,
    stuck.swinging,
    network.narrow,
    stuck.slow,
    stuck.flat,
)


def diagnose(history: History, epoch: int | None = None) -> Diagnosis:
    """How a run is doing after `epoch` epochs (None: at its end). Raises FieldError for one that isn't trained yet.

    The finding's `key` names what is seen (see CONDITIONS; those in HEALTHY need no remedy), `cause` says why, most
    likely, and `remedy` holds a changed experiment to try. It is the rules' first word; `prove` tries what it says.
    """
    return diagnose_signs(measure(history, history.n_epochs if epoch is None else epoch), history.experiment)


def diagnose_signs(signs: Signs, experiment: Experiment) -> Diagnosis:
    """What the first rule says that applies; the last one always does."""
    return next(found for rule in RULES if (found := rule(signs, experiment)) is not None)


def prove_steps(
    history: History,
    *,
    epoch: int | None = None,
    seconds: float | None = None,
    stop: Callable[[], bool] | None = None,
) -> Iterator[Proof]:
    """What is wrong with a run, by trying: the same experiment with one thing changed, likely causes first.

    Where no single change closes most of the gap to another learner, several are tried at once, and those that aren't
    needed are taken back.

    Yields a Proof after each change, and the same one again while a long change is tried, so that whoever wants it can
    do other things meanwhile; the last one is complete. `epoch` is the one judged (None: the last trained).
    `seconds` bounds the work (None: all is tried, a second or so for the notebook's sizes), `stop()` is asked often and
    ends it at once. Each change is compared on points held out for that, generated anew or folds of a person's own
    training points, never on the test set; what looks best is tried again under other weight seeds. Raises FieldError
    for an epoch that isn't trained yet.
    """
    epoch = history.n_epochs if epoch is None else epoch
    signs = measure(history, epoch)
    found = diagnose_signs(signs, history.experiment)
    otherwise = next(d for rule in RULES if rule is not course.shuffled and (d := rule(signs, history.experiment)))
    return _steps(history, signs, found, otherwise, seconds, stop)


def prove(
    history: History,
    *,
    epoch: int | None = None,
    seconds: float | None = None,
    stop: Callable[[], bool] | None = None,
) -> Proof:
    """The last of `prove_steps`."""
    *_, last = prove_steps(history, epoch=epoch, seconds=seconds, stop=stop)
    return last


judge = diagnose_signs  # deprecated name
