"""Several faults at once: everything is set right together, then what isn't needed is taken back."""

from dataclasses import dataclass, replace
from typing import Any

from moons.features import PLAIN
from moons.fields import N_
from moons.inspection.health.causes import EARLY_ENDS, Case
from moons.inspection.health.remedy import (
    ACTIVATION,
    ADAPTIVE,
    CROSS_ENTROPY,
    RATE,
    ROOM,
    STANDARDISE,
    USUAL_RATE,
    Remedy,
    change,
)
from moons.run import Experiment
from moons.train_spec import MAX_EPOCHS

ENOUGH_UPDATES = 2_000  # of Adam, for networks of the usual sizes
KEEPS = 0.9  # of the gain: what is left of it where a part isn't needed
SEVERAL = "several"  # the cause, a key of CAUSES


@dataclass(frozen=True)
class Part:
    """One thing that is set right."""

    cause: str  # a key of CAUSES
    label: str  # see Remedy
    spec: str  # the experiment's: data, model or training
    fields: tuple[tuple[str, Any], ...]

    def remedy(self, experiment: Experiment) -> Remedy | None:
        """The experiment with it; None where it isn't allowed, or is so already."""
        return change(experiment, self.label, self.spec, **dict(self.fields))


def parts_of(case: Case) -> tuple[Part, ...]:
    """What differs from settings that suit most points, the likeliest to matter last."""
    model, now = case.experiment.model, case.training
    updates = max(1, case.signs.updates // max(1, case.signs.epoch))
    epochs = min(MAX_EPOCHS, max(case.experiment.epochs, ENOUGH_UPDATES // updates))
    usual = model.layer_activations[0] if model.hidden else model.activation
    layers = tuple(max(ROOM, units) for units in (*model.hidden, ROOM, ROOM)[: max(2, len(model.hidden))])
    parts = [
        _part("schedule", N_("Keep the learning rate constant"), "training", schedule="constant"),
        _part("dropout", N_("Train without dropout"), "training", dropout=0.0),
        _part("penalty", N_("Train without a penalty"), "training", l1=0.0, weight_decay=0.0),
        _part("clip", N_("Train without clipping"), "training", clip_norm=None),
        _part("init", N_("Start from random weights of the usual size"), "model", init="pytorch", init_scale=1.0),
        _part("deeper", N_("Take two hidden layers of at least 16 units"), "model", hidden=layers, activation=usual,
              activations=()),
        _part("activation", ACTIVATION, "model", activation="relu", activations=()),
        _part("longer", N_("Train for {epochs:,} epochs"), "training", epochs=epochs),
        _part("adam", N_("Train with Adam at a rate of {learning_rate:g}"), "training", optimizer="adam",
              learning_rate=USUAL_RATE),
    ]  # fmt: skip
    if now.batch_size is not None:
        label = N_("Use all points in each update, for {epochs:,} epochs")
        parts.append(
            _part("batch", label, "training", batch_size=None, epochs=max(case.experiment.epochs, ENOUGH_UPDATES))
        )
    if case.signs.n_classes:
        parts.insert(0, _part("loss", CROSS_ENTROPY, "training", class_loss="cross_entropy"))
    if case.ended in EARLY_ENDS:
        off: dict[str, Any] = {"stop_train_loss": None, "stop_test_loss": None, "stop_score": None, "patience": None}
        parts.insert(0, _part("stopping", N_("Train to the last epoch"), "training", **off))
    if case.described and case.signs.unscaled:
        parts.append(_part("standardise", STANDARDISE, "data", standardise=True))
    features = tuple(dict.fromkeys((*PLAIN, *model.features)))
    parts.append(_part("features", N_("Give it both x0 and x1"), "model", features=features))
    if now.optimizer in ADAPTIVE:
        parts = [part for part in parts if part.cause != "adam"]
        cause = "rate_down" if now.learning_rate > USUAL_RATE else "rate_up"
        parts.append(_part(cause, RATE, "training", learning_rate=USUAL_RATE))
    return tuple(part for part in parts if part.remedy(_now(case)))


def together(case: Case, parts: tuple[Part, ...]) -> Remedy:
    """All parts as one change; of a single one its own words."""
    experiment, taken = _now(case), []
    for part in parts:
        remedy = part.remedy(experiment)
        if remedy is not None:
            experiment = remedy.experiment
            taken.append(remedy)
    if len(taken) == 1:
        return taken[0]
    return Remedy(N_("Change {n} settings at once"), {"n": len(taken)}, experiment, tuple(taken))


def cause_of(parts: tuple[Part, ...]) -> str:
    """A key of CAUSES."""
    return parts[0].cause if len(parts) == 1 else SEVERAL


def _now(case: Case) -> Experiment:
    return replace(case.experiment, training=case.training, changes=(), edits=())


def _part(cause: str, label: str, spec: str, **fields: Any) -> Part:
    return Part(cause, label, spec, tuple(fields.items()))
