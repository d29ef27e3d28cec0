"""What can be wrong with a run, and how it is undone: one entry for each cause, the most particular first."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from moons.data import INTACT, SCRAMBLED, Dataset
from moons.features import PLAIN
from moons.fields import N_, default_of
from moons.inspection.health.diagnosis import is_rare
from moons.inspection.health.remedy import (
    ACTIVATION,
    ADAM,
    ADAPTIVE,
    CROSS_ENTROPY,
    RATE,
    ROOM,
    STANDARDISE,
    STANDARDISE_ALL,
    USUAL_RATE,
    Remedy,
    change,
)
from moons.inspection.health.signs import Signs
from moons.progress import HIGH_SCORE, LOW_TEST_LOSS, LOW_TRAIN_LOSS, NO_IMPROVEMENT
from moons.run import Experiment
from moons.train_spec import MAX_EPOCHS, TrainSpec

WIDE = 64  # the widest layer that is tried: wider ones take long
FEW_UPDATES = 1_000
SHORT_RUN = 10_000  # updates: five times as many are soon tried
EARLY_ENDS = (LOW_TRAIN_LOSS, LOW_TEST_LOSS, HIGH_SCORE, NO_IMPROVEMENT)


@dataclass(frozen=True)
class Case:
    """All that a cause looks at."""

    experiment: Experiment
    signs: Signs
    dataset: Dataset
    condition: str  # what the rules say
    described: bool  # whether the dataset is what the experiment's data say, so that these can change
    ended: str | None  # why the run ended
    best_epoch: int  # with the smallest held-out loss

    @property
    def training(self) -> TrainSpec:
        """How it trains now."""
        return self.experiment.training_now

    @property
    def goes_on(self) -> bool:
        """Whether the run hasn't come to its end yet."""
        return self.signs.epoch < self.experiment.epochs and self.ended is None


Undo = Callable[[Case], Iterator[Remedy | None]]


@dataclass(frozen=True)
class Cause:
    """One thing that can be wrong. `condition` is None where the rules know better what it looks like."""

    sentence: str  # untranslated, to be filled with the remedy's values
    condition: str | None
    undo: Undo  # what may mend it: None is skipped
    likely: Callable[[Case], bool] = lambda case: True


def _transfer(case: Case) -> Iterator[Remedy | None]:
    if case.described and case.experiment.data.transfer == SCRAMBLED:
        yield change(case.experiment, N_("Transfer the points intact"), "data", transfer=INTACT)


def _labels(case: Case) -> Iterator[Remedy | None]:
    if case.described and case.experiment.data.label_noise > 0 and case.condition == "shuffled":
        yield change(case.experiment, N_("Give every point its true class"), "data", label_noise=0.0)


def _by_hand(case: Case) -> Iterator[Remedy | None]:
    now = replace(case.experiment, training=case.training, changes=(), edits=())
    if case.experiment.edits:
        yield Remedy(N_("Train without the weights set by hand"), {}, now)


def _stopping(case: Case) -> Iterator[Remedy | None]:
    if case.ended in EARLY_ENDS:
        off = {"stop_train_loss": None, "stop_test_loss": None, "stop_score": None, "patience": None}
        yield change(case.experiment, N_("Train to the last epoch"), "training", **off)


def _features(case: Case) -> Iterator[Remedy | None]:
    features = tuple(dict.fromkeys((*PLAIN, *case.experiment.model.features)))
    yield change(case.experiment, N_("Give it both x0 and x1"), "model", features=features)


def _start(case: Case) -> Iterator[Remedy | None]:
    if case.experiment.model.init == "zeros" or case.experiment.model.init_scale != 1:
        init = "pytorch" if case.experiment.model.init == "zeros" else case.experiment.model.init
        label = N_("Start from random weights of the usual size")
        yield change(case.experiment, label, "model", init=init, init_scale=1.0)


def _clip(case: Case) -> Iterator[Remedy | None]:
    yield change(case.experiment, N_("Train without clipping"), "training", clip_norm=None)


def _penalty(case: Case) -> Iterator[Remedy | None]:
    yield change(case.experiment, N_("Train without a penalty"), "training", l1=0.0, weight_decay=0.0)


def _dropout(case: Case) -> Iterator[Remedy | None]:
    yield change(case.experiment, N_("Train without dropout"), "training", dropout=0.0)


def _bend(case: Case) -> Iterator[Remedy | None]:
    model = case.experiment.model
    if not model.hidden:
        yield change(case.experiment, N_("Add a hidden layer of 16 units"), "model", hidden=(ROOM,))
    elif set(model.layer_activations) == {"linear"}:
        yield change(case.experiment, ACTIVATION, "model", activation="relu", activations=())


def _balance(case: Case) -> Iterator[Remedy | None]:
    if case.described and is_rare(case.signs):
        even = default_of(type(case.experiment.data), "balance")
        yield change(case.experiment, N_("Draw equally many points of each class"), "data", balance=even)


def _standardise(case: Case) -> Iterator[Remedy | None]:
    if case.described:
        yield change(case.experiment, STANDARDISE, "data", standardise=True)


def _target(case: Case) -> Iterator[Remedy | None]:
    if case.described and case.signs.unscaled_target and not case.signs.unscaled:
        yield change(case.experiment, STANDARDISE_ALL, "data", standardise=True)


def _early_stop(case: Case) -> Iterator[Remedy | None]:
    if 0 < case.best_epoch < 0.9 * case.signs.epoch:
        yield change(case.experiment, N_("Stop at epoch {epochs:,}"), "training", epochs=case.best_epoch)


def _penalise(case: Case) -> Iterator[Remedy | None]:
    if _overfits(case) and not case.training.weight_decay:
        yield change(case.experiment, N_("Train with an L2 penalty of {weight_decay:g}"), "training", weight_decay=0.01)


def _rates(case: Case, factors: tuple[float, ...]) -> Iterator[Remedy | None]:
    now = case.training.learning_rate
    rates = [now * factor for factor in factors]
    usual = USUAL_RATE if case.training.optimizer in ADAPTIVE else 10 * USUAL_RATE
    if (factors[0] > 1) == (now < usual) and not 0.3 < usual / now < 3:
        rates.append(usual)
    for rate in sorted({float(f"{rate:.3g}") for rate in rates}, key=lambda rate: abs(np.log(rate / now))):
        yield change(case.experiment, RATE, "training", learning_rate=rate)


def _activation(case: Case) -> Iterator[Remedy | None]:
    now = set(case.experiment.model.layer_activations)
    for name in ("leaky_relu", "tanh"):
        if case.experiment.model.hidden and now != {"linear"} and name not in now:
            yield change(case.experiment, ACTIVATION, "model", activation=name, activations=())


def _wider(case: Case) -> Iterator[Remedy | None]:
    for least in (ROOM, WIDE):
        if case.experiment.model.hidden and min(case.experiment.model.hidden) < least:
            wide = tuple(max(units, least) for units in case.experiment.model.hidden)
            remedy = change(case.experiment, N_("Give each hidden layer at least {units} units"), "model", hidden=wide)
            yield remedy and replace(remedy, values={"units": least})


def _deeper(case: Case) -> Iterator[Remedy | None]:
    model = case.experiment.model
    if 0 < len(model.hidden) < 3:
        added = max(ROOM, min(WIDE, model.hidden[-1]))
        activations = (*model.activations, model.activations[-1]) if model.activations else ()
        label = N_("Add a hidden layer of {units} units")
        remedy = change(case.experiment, label, "model", hidden=(*model.hidden, added), activations=activations)
        yield remedy and replace(remedy, values={"units": added})


def _schedule(case: Case) -> Iterator[Remedy | None]:
    yield change(case.experiment, N_("Keep the learning rate constant"), "training", schedule="constant")


def _loss(case: Case) -> Iterator[Remedy | None]:
    if case.signs.n_classes:
        yield change(case.experiment, CROSS_ENTROPY, "training", class_loss="cross_entropy")


def _batch(case: Case) -> Iterator[Remedy | None]:
    yield change(case.experiment, N_("Use all points in each update"), "training", batch_size=None)


def _adam(case: Case) -> Iterator[Remedy | None]:
    label = ADAM
    if case.training.optimizer not in ("adam", "adamw"):
        yield change(case.experiment, label, "training", optimizer="adam", learning_rate=USUAL_RATE)


def _longer(case: Case) -> Iterator[Remedy | None]:
    if case.goes_on:
        return
    factors = (2, 5, 20) if case.signs.updates < FEW_UPDATES else (2, 5) if case.signs.updates < SHORT_RUN else (2,)
    for factor in factors:
        epochs = min(factor * case.experiment.epochs, MAX_EPOCHS)
        yield change(case.experiment, N_("Train for {epochs:,} epochs"), "training", epochs=epochs)


def _seed(case: Case) -> Iterator[Remedy | None]:
    yield change(
        case.experiment, N_("Start from other weights"), "model", seed=(case.experiment.model.seed + 1) % 10_000
    )


def _overfits(case: Case) -> bool:
    return case.condition == "overfitting" or case.signs.train_score - case.signs.test_score > 0.05


def _throws(case: Case) -> bool:
    return case.condition in ("diverging", "exploding", "saturated", "dead")


# key -> cause, the most particular first: where several changes close the same gap, the first of these is named
CAUSES: dict[str, Cause] = {
    "transfer": Cause(N_("The transfer mixes up the points."), "shuffled", _transfer),
    "labels": Cause(N_("Too many points have a wrong class."), "shuffled", _labels),
    "by_hand": Cause(N_("Weights were set by hand."), None, _by_hand),
    "stopping": Cause(N_("A condition that you set ends the run too early."), "unfinished", _stopping),
    "features": Cause(N_("An input is missing."), "underfitting", _features),
    "init": Cause(N_("The initial weights are of the wrong size."), None, _start),
    "clip": Cause(N_("Clipping makes the updates too short."), None, _clip),
    "dropout": Cause(N_("Too many units sit out: the dropout is too high."), None, _dropout),
    "penalty": Cause(N_("The penalty pulls the weights towards 0 too strongly."), None, _penalty),
    "bend": Cause(
        N_("Without a hidden layer and an activation that bends, the answer is straight."), "underfitting", _bend
    ),
    "target": Cause(N_("The number to predict is not standardised."), "unscaled", _target,
        lambda case: case.signs.unscaled_target),
    "standardise": Cause(
        N_("Inputs are not standardised."), "unscaled", _standardise, lambda case: case.signs.unscaled
    ),
    "balance": Cause(N_("The classes are unbalanced."), "unbalanced", _balance),
    "rate_down": Cause(N_("The learning rate is too large."), None, lambda c: _rates(c, (0.1, 0.01)), _throws),
    "early_stop": Cause(N_("It trains for too long, and memorises."), "overfitting", _early_stop, _overfits),
    "longer": Cause(
        N_("It ends too early."), "unfinished", _longer, lambda case: case.signs.updates < FEW_UPDATES
    ),
    "rate_up": Cause(N_("The learning rate is too small."), None, lambda c: _rates(c, (10.0, 100.0))),
    "activation": Cause(
        N_("The activation passes on too little of the gradient."), None, _activation,
        lambda case: case.condition in ("vanishing", "dead"),
    ),
    "wider": Cause(N_("The hidden layers have too few units."), "underfitting", _wider),
    "deeper": Cause(N_("There are too few hidden layers."), "underfitting", _deeper),
    "schedule": Cause(N_("The schedule makes the learning rate too small."), None, _schedule),
    "loss": Cause(N_("This loss has too little slope to follow."), None, _loss),
    "batch": Cause(N_("The batches are too small for this rate."), None, _batch),
    "adam": Cause(N_("Plain steps of one length are too slow here."), None, _adam),
    "penalise": Cause(N_("Nothing keeps it from memorising."), "overfitting", _penalise),
    "seed": Cause(N_("The initial weights were unlucky."), None, _seed),
    "several": Cause(N_("Several settings stand in its way at once."), None, lambda case: iter(())),
}  # fmt: skip


def remedies_of(case: Case) -> list[tuple[str, Remedy]]:
    """What to try, likely causes first; each experiment once."""
    found: list[tuple[str, Remedy]] = []
    for likely in (True, False):
        for key, cause in CAUSES.items():
            if cause.likely(case) is likely:
                found += [(key, remedy) for remedy in cause.undo(case) if remedy is not None]
    seen: dict[Experiment, tuple[str, Remedy]] = {}
    for key, remedy in found:
        seen.setdefault(remedy.experiment, (key, remedy))
    return list(seen.values())
