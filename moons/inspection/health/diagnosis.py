"""What a diagnosis is, and the questions that several rules ask."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from moons.digits import Digits
from moons.fields import N_
from moons.inspection.health.remedy import Remedy, is_thrown
from moons.inspection.health.signs import Signs
from moons.run import Experiment

# All thresholds here and in the rules were set on the default experiment under 100 seeds, where none may alarm, and
# on runs with each fault.
REACHED = 0.03  # below the attainable score that still counts as there: a few points of 256
FLAT = 0.02  # share by which the loss fell over the second half: 0.033 or more in default runs
RISING = -0.1  # the same, for a loss that climbs more than a batch's noise would make it
RARE = 0.4  # of an equal share: a class with 20 % of the points where two share them
HIGH_DROPOUT = 0.3  # share of units that sit out
SOLVED = 0.01  # loss in units of Signs.scale: the right class gets a probability of 99 %
STEEP = 0.02  # norm of the largest gradient: a slope that can be followed, if the steps are long enough
AT_CHANCE = 0.97  # of the loss that the same answer everywhere has

# condition -> what it is called
CONDITIONS: dict[str, str] = {
    "diverging": N_("Diverging"),
    "exploding": N_("Exploding gradients"),
    "untrained": N_("Untrained"),
    "shuffled": N_("Labels look shuffled"),
    "unbalanced": N_("Classes unbalanced"),
    "data": N_("Too little in the data"),
    "unscaled": N_("Unscaled"),
    "overfitting": N_("Overfitting"),
    "converged": N_("Converged"),
    "learning": N_("Learning"),
    "unfinished": N_("Unfinished"),
    "underfitting": N_("Underfitting"),
    "dead": N_("Dead ReLUs"),
    "saturated": N_("Saturated units"),
    "vanishing": N_("Vanishing gradients"),
    "at_chance": N_("At chance level"),
    "plateau": N_("Plateau"),
}
# condition that isn't healthy -> what it means, where nothing else is said of the run
MEANINGS: dict[str, str] = {
    "diverging": N_("the loss went far up and stayed there"),
    "exploding": N_("gradients grew by orders of magnitude"),
    "shuffled": N_("the points say nothing about their labels"),
    "unbalanced": N_("a class with few points is hardly ever predicted"),
    "data": N_("there are too few points, or none to test a class"),
    "unscaled": N_("numbers lie far from 0, or spread much more or less than 1"),
    "overfitting": N_("it memorises the training points: the test loss rises"),
    "unfinished": N_("the loss still falls at the last epoch, with more to learn"),
    "underfitting": N_("the network can't follow the pattern"),
    "dead": N_("ReLU units give 0 for every point"),
    "saturated": N_("units stay where their activation is flat"),
    "vanishing": N_("hardly any gradient reaches the first layers"),
    "at_chance": N_("it is no better than guessing"),
    "plateau": N_("the loss stands still, with more to learn"),
}
HEALTHY = ("untrained", "learning", "converged")


@dataclass(frozen=True)
class Diagnosis:
    """How a run is doing. Sentence and cause are templates, untranslated, to be filled with `values`."""

    condition: str  # a key of CONDITIONS
    sentence: str  # what is seen, with the numbers
    cause: str  # why, most likely; for a healthy run what to watch or do next
    values: Mapping[str, float | int | str]  # the evidence: losses in nats per point, accuracies and shares from 0 to 1
    remedy: Remedy | None  # None if no setting helps, or nothing needs help
    measured: str = ""  # what trying has shown, a template likewise; empty: nothing was tried

    @property
    def key(self) -> str:
        """The condition: a key of CONDITIONS."""
        return self.condition

    def said(self, sentence: str) -> str:
        """One of the two, or what a translator made of it, with the evidence in it."""
        return sentence.format(**{k: Digits(v) if isinstance(v, float) else v for k, v in self.values.items()})

    @property
    def healthy(self) -> bool:
        """Whether nothing is wrong."""
        return self.condition in HEALTHY


Rule = Callable[[Signs, Experiment], Diagnosis | None]


def reached(signs: Signs) -> bool:
    """Whether the training score is about what the points allow."""
    return signs.train_score >= signs.attainable - REACHED


def told(signs: Signs, of_classes: str, of_numbers: str) -> str:
    """The sentence for a classification, or that for a regression: both name the score, accuracy or R²."""
    return of_classes if signs.n_classes else of_numbers


def at_chance(signs: Signs) -> bool:
    """Whether the loss is no better than that of the same answer everywhere."""
    return signs.train_loss >= AT_CHANCE * signs.chance_loss


def was_thrown(signs: Signs) -> bool:
    """Whether an update threw the loss far up, and it has not come down to half of chance since."""
    jumped = is_thrown(signs.peak_loss, signs.start_loss, signs.guess_loss)
    return jumped and signs.train_loss >= signs.chance_loss / 2


def is_rare(signs: Signs) -> bool:
    """Whether a class has far fewer points than the others."""
    return signs.n_classes > 0 and float(signs.shares.min()) < RARE / signs.n_classes


def stands_still(signs: Signs) -> bool:
    """Whether the loss hardly changed over the second half of the epochs."""
    return RISING < signs.drop < FLAT


def stuck(signs: Signs) -> bool:
    """Whether the loss stands still, or never got below chance."""
    return stands_still(signs) or at_chance(signs)


def standing(signs: Signs, cause: str, evidence: dict[str, float | int], remedy: Remedy | None) -> Diagnosis:
    """A run that doesn't move: at chance level, or on a plateau below what the points allow."""
    values = {
        "loss": signs.train_loss,
        "score": signs.train_score,
        "chance": signs.chance_loss,
        "neighbours": signs.neighbour_score,
        "drop": signs.drop,
    }
    if at_chance(signs):
        sentence = told(
            signs,
            N_("The loss is {loss:.3f}, and guessing has {chance:.3f}: no better than chance, so far."),
            N_("The loss is {loss:.3g}, and always predicting the mean gives {chance:.3g}: no better, so far."),
        )
        return Diagnosis("at_chance", sentence, cause, values | evidence, remedy)
    return Diagnosis("plateau", standstill(signs), cause, values | evidence, remedy)


def standstill(signs: Signs) -> str:
    return told(
        signs,
        N_(
            "The loss stands at {loss:.3f}, and {score:.0%} of the points are right; nearest neighbours get "
            "{neighbours:.0%} right."
        ),
        N_("The loss stands at {loss:.3g}, with an R² of {score:.2f}; nearest neighbours have {neighbours:.2f}."),
    )
