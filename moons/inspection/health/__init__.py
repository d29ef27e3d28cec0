"""How a run is doing, in one or two sentences: signs measured once, then rules in a fixed order; the first speaks."""

from moons.inspection.health import course, stuck, success
from moons.inspection.health.diagnosis import CONDITIONS, HEALTHY, Diagnosis, Rule
from moons.inspection.health.remedy import Remedy, largest_steady_rate
from moons.inspection.health.signs import Signs, measure
from moons.run import Experiment, History

__all__ = ["CONDITIONS", "HEALTHY", "RULES", "Diagnosis", "Remedy", "Signs", "diagnose", "judge"]
__all__ += ["largest_steady_rate", "measure"]

RULES: tuple[Rule, ...] = (
    # what makes all else meaningless
    course.untrained,
    course.set_by_hand,
    course.exploding,
    course.not_finite,
    stuck.saturated,  # says what a throw of the loss has done to the units
    course.thrown,
    course.just_started,
    course.shuffled,
    course.unbalanced,
    course.overfitting,
    course.rising,
    # it does well
    success.converged,
    stuck.straight,
    success.learning,
    # it is stuck
    stuck.unseen,
    stuck.alike,
    stuck.dead,
    stuck.vanishing,
    stuck.penalised,
    stuck.clipped,
    stuck.swinging,
    stuck.slow,
    stuck.narrow,
    stuck.flat,
)


def diagnose(history: History, epoch: int) -> Diagnosis:
    """How a run is doing after `epoch` epochs. Raises FieldError for an epoch that isn't trained yet."""
    return judge(measure(history, epoch), history.experiment)


def judge(signs: Signs, experiment: Experiment) -> Diagnosis:
    """What the first rule says that applies; the last one always does."""
    return next(found for rule in RULES if (found := rule(signs, experiment)) is not None)
