"""What to try: the experiment with one thing changed."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import cast

from moons.data import Dataset
from moons.fields import N_, Between, FieldError, rule_of
from moons.loss import guessing_loss
from moons.progress import NOT_FINITE
from moons.run import Experiment, History
from moons.train_spec import TrainSpec

TRIAL_EPOCHS = 300  # of a rate that is tried: a run that diverges does so in its first few dozen
FEWEST_EPOCHS = 50  # that say anything
TRIAL_COST = 2e9  # epochs times points times parameters that a person waits for
JUMP = 2.0  # times the starting loss or guessing's, the larger: no update that follows the slope leads up there
USUAL_RATE = 0.01  # the notebook's, and Adam's for a network of this size
ADAPTIVE = ("adam", "adamw", "rmsprop")  # the others want longer steps
ROOM = 16  # units in a layer that has room to spare: the notebook's
ACTIVATION = N_("Try the activation {activation}")
ADAM = N_("Try Adam, which lengthens its steps where it is level")
CROSS_ENTROPY = N_("Train with cross-entropy")
STANDARDISE = N_("Standardise the inputs")
STANDARDISE_ALL = N_("Standardise the inputs and the number to predict")  # one switch does both for a person's own
RATE = N_("Try a learning rate of {learning_rate:g}")
RATES = (5.0, 2.0, 1.0)  # the rates tried in each power of ten


@dataclass(frozen=True)
class Remedy:
    """A changed experiment, and the words of the button that starts it: a template, untranslated, and its values."""

    label: str
    values: dict[str, object]
    experiment: Experiment
    parts: tuple["Remedy", ...] = ()  # where several things change at once: each of them, on its own

    def words(self, translate: Callable[[str], str]) -> str:
        """The words of the button, in a person's language."""
        return translate(self.label).format(**self.values)

    def part_words(self, translate: Callable[[str], str]) -> str:
        """What changes, where that is several things."""
        return " + ".join(part.words(translate) for part in self.parts)

    def all_words(self, translate: Callable[[str], str]) -> str:
        """Both."""
        return ": ".join(filter(None, (self.words(translate), self.part_words(translate))))


def change(experiment: Experiment, label: str, part: str, **fields: object) -> Remedy | None:
    """The experiment as it trains now, with these fields of one part set; None if that isn't allowed or no change.

    `label` may name the fields: "Try {epochs:,} epochs".
    """
    now = replace(experiment, training=experiment.training_now, changes=(), edits=())
    try:
        changed = replace(now, **{part: replace(getattr(now, part), **fields)})
    except FieldError:
        return None
    return None if changed == now else Remedy(label, fields, changed)


def scale_rate(experiment: Experiment, factor: float) -> Remedy | None:
    """A learning rate that many times as large, within what is allowed."""
    rule = cast(Between, rule_of(TrainSpec, "learning_rate"))
    rate = min(max(experiment.training_now.learning_rate * factor, rule.low), rule.high)
    return change(experiment, RATE, "training", learning_rate=float(f"{rate:.3g}"))


def longer(experiment: Experiment) -> Remedy | None:
    """Twice the epochs."""
    return change(experiment, N_("Train for {epochs:,} epochs"), "training", epochs=2 * experiment.epochs)


def largest_steady_rate(history: History) -> Remedy | None:
    """The largest smaller learning rate (of 1, 2, 5 times a power of ten) at which the run doesn't diverge.

    Each is tried for the run's first 300 epochs at most: tens of milliseconds for the notebook's network, so this
    is to be asked when a person wants to know. Larger networks are tried for fewer epochs. None if the smallest
    allowed rate diverges too, or if trying would take too long.
    """
    epochs = min(TRIAL_EPOCHS, int(TRIAL_COST / (len(history.dataset.y_train) * history.weights_at(0).size)))
    if epochs < FEWEST_EPOCHS:
        return None
    rule = cast(Between, rule_of(TrainSpec, "learning_rate"))
    rates = (float(f"{digit}e{power}") for power in range(0, -6, -1) for digit in RATES)
    for rate in rates:
        if rule.low <= rate < history.experiment.training_now.learning_rate:
            remedy = change(history.experiment, RATE, "training", learning_rate=rate)
            if remedy is not None and _is_steady(remedy.experiment, history.dataset, epochs):
                return remedy
    return None


def is_thrown(loss: float, start_loss: float, guess_loss: float) -> bool:
    """Whether a loss (nats per point) is so large that updates must have overshot."""
    return not loss <= JUMP * max(start_loss, guess_loss)


def _is_steady(experiment: Experiment, dataset: Dataset, epochs: int) -> bool:
    trial = History(experiment, dataset=dataset)
    chunk = next(trial.play(trial.last, epochs))
    if chunk.ended == NOT_FINITE:
        return False
    guess_loss = guessing_loss(dataset, experiment.training)
    return not is_thrown(float(chunk.train_loss.max()), float(chunk.train_loss[0]), guess_loss)
