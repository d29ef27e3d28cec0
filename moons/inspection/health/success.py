"""Rules for a run that does well: it is there, or on its way."""

from moons.fields import N_
from moons.inspection.health.diagnosis import FLAT, HIGH_DROPOUT, SOLVED, Diagnosis, reached, stands_still, stuck, told
from moons.inspection.health.remedy import longer
from moons.inspection.health.signs import Signs
from moons.run import Experiment

FEWEST = 8  # training points, below which each may stand for a part of the pattern
UNFINISHED = 0.08  # of the score below what the points allow: default runs end within 0.05
FAR = 0.16  # the same, however fast the loss still falls
SLOW = 0.1  # fall of the loss over the second half: twice as many epochs would not make up for the gap
SWINGING = 0.05  # mean change per epoch: more epochs at this rate don't settle

# what a healthy finding says -> its figures alone, for where trying has shown that it isn't healthy
FIGURES = {
    N_("It has learned what there is to learn: accuracy {score:.1%}, {test:.1%} on fresh points."): N_(
        "Accuracy is {score:.1%}, {test:.1%} on fresh points."
    ),
    N_("It has learned what there is to learn: R² is {score:.3f}, {test:.3f} on fresh points."): N_(
        "R² is {score:.3f}, {test:.3f} on fresh points."
    ),
    N_("It learns: the loss is {loss:.3f}, down from {start:.2f}; guessing would give {guess:.2f}."): N_(
        "The loss is {loss:.3f}, down from {start:.2f}; guessing would give {guess:.2f}."
    ),
    N_("It learns: the loss is {loss:.3g}, down from {start:.2f}; always the mean would give {guess:.2f}."): N_(
        "The loss is {loss:.3g}, down from {start:.2f}; always the mean would give {guess:.2f}."
    ),
    N_("It learns: the loss is {loss:.3g}, down from {start:.2g} at epoch {since:,}."): N_(
        "The loss is {loss:.3g}, down from {start:.2g} at epoch {since:,}."
    ),
}


def converged(signs: Signs, experiment: Experiment) -> Diagnosis | None:
    """It does as well as the points allow, and there is next to nothing left to gain."""
    if not reached(signs) or not (stands_still(signs) or signs.train_loss < SOLVED * signs.scale):
        return None
    return Diagnosis(
        "converged",
        told(
            signs,
            N_("It has learned what there is to learn: accuracy {score:.1%}, {test:.1%} on fresh points."),
            N_("It has learned what there is to learn: R² is {score:.3f}, {test:.3f} on fresh points."),
        ),
        N_("The loss is {loss:.3g}: there is next to nothing left to gain from more epochs."),
        {"score": signs.train_score, "test": signs.test_score, "loss": signs.train_loss},
        None,
    )


def learning(signs: Signs, experiment: Experiment) -> Diagnosis | None:
    """The loss still falls, or the accuracy is there already. At the end of a run, the remedy is a longer one."""
    if stuck(signs) and not reached(signs):
        return None
    if signs.epoch == experiment.epochs and _is_unfinished(signs):
        return None if experiment.training_now.dropout >= HIGH_DROPOUT else _unfinished(signs, experiment)
    return Diagnosis(
        "learning",
        told(
            signs,
            N_("It learns: the loss is {loss:.3f}, down from {start:.2f}; guessing would give {guess:.2f}."),
            N_("It learns: the loss is {loss:.3g}, down from {start:.2f}; always the mean would give {guess:.2f}."),
        )
        if not signs.since
        else N_("It learns: the loss is {loss:.3g}, down from {start:.2g} at epoch {since:,}."),
        told(
            signs,
            N_("Accuracy is {score:.1%}, and since epoch {half:,} the loss fell by {drop:.0%}."),
            N_("R² is {score:.3f}, and since epoch {half:,} the loss fell by {drop:.0%}."),
        ),
        {
            "loss": signs.train_loss,
            "start": signs.start_loss,
            "since": signs.since,
            "guess": signs.guess_loss,
            "score": signs.train_score,
            "half": signs.half,
            "drop": signs.drop,
        },
        longer(experiment) if signs.epoch == experiment.epochs and _gains(signs) else None,
    )


def _gains(signs: Signs) -> bool:
    """Whether more epochs still make the test loss smaller."""
    return signs.test_drop > FLAT and signs.swing < SWINGING


def _is_unfinished(signs: Signs) -> bool:
    gap = signs.attainable - signs.train_score
    return gap > FAR or (gap > UNFINISHED and signs.drop < SLOW)


def _unfinished(signs: Signs, experiment: Experiment) -> Diagnosis:
    """The loss still falls where the run ends, and far more can be learned."""
    return Diagnosis(
        "unfinished",
        told(
            signs,
            N_(
                "The run has ended with {score:.0%} of the points right, where nearest neighbours get "
                "{neighbours:.0%} right."
            ),
            N_("The run has ended with an R² of {score:.2f}, where nearest neighbours have {neighbours:.2f}."),
        ),
        N_("The loss still falls, by {drop:.0%} since epoch {half:,}: it needs more epochs, or longer steps."),
        {"score": signs.train_score, "neighbours": signs.attainable, "drop": signs.drop, "half": signs.half},
        longer(experiment),
    )


def scarce(signs: Signs, experiment: Experiment) -> Diagnosis | None:
    """It has learned its points, but they are too few, or the test set misses a class."""
    if not reached(signs) or not (signs.n_points < FEWEST or signs.untested):
        return None
    if signs.n_points >= FEWEST:
        return Diagnosis(
            "data",
            N_("Class {untested} has no test point: the test accuracy says nothing about it."),
            N_("Hold out a larger share, or bring more points of that class."),
            {"untested": signs.class_names[signs.untested[0]]},
            None,
        )
    return Diagnosis(
        "data",
        N_("The network learns from {n:,} points only, and is tested on points that are as rare."),
        N_("What is held out may be a part of the pattern that it never sees, as one corner of XOR's four."),
        {"n": signs.n_points},
        None,
    )
