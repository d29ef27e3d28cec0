"""Rules for a run that does well: it is there, or on its way."""

from moons.fields import N_
from moons.inspection.health.diagnosis import SOLVED, Diagnosis, reached, stands_still, stuck, told
from moons.inspection.health.remedy import longer
from moons.inspection.health.signs import Signs
from moons.run import Experiment


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
    return Diagnosis(
        "learning",
        told(
            signs,
            N_("It learns: the loss is {loss:.3f}, down from {start:.2f}; guessing would give {guess:.2f}."),
            N_("It learns: the loss is {loss:.3g}, down from {start:.2f}; always the mean would give {guess:.2f}."),
        ),
        told(
            signs,
            N_("Accuracy is {score:.1%}, and since epoch {half:,} the loss fell by {drop:.0%}."),
            N_("R² is {score:.3f}, and since epoch {half:,} the loss fell by {drop:.0%}."),
        ),
        {
            "loss": signs.train_loss,
            "start": signs.start_loss,
            "guess": signs.guess_loss,
            "score": signs.train_score,
            "half": signs.half,
            "drop": signs.drop,
        },
        longer(experiment) if signs.epoch == experiment.epochs else None,
    )
