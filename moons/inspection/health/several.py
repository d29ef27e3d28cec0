"""Several faults at once: everything is set right together, then what isn't needed is taken back."""

from dataclasses import dataclass, replace
from typing import Any

from moons.features import PLAIN
from moons.fields import N_
from moons.inspection.health.causes import ACTIVATION, ADAPTIVE, CROSS_ENTROPY, EARLY_ENDS, ROOM, USUAL_RATE, Case
from moons.inspection.health.remedy import RATE, Remedy, change
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

    def taken(self, experiment: Experiment) -> Experiment:
        """The experiment after it; the same one where it isn't allowed, or is so already."""
        remedy = change(experiment, self.label, self.spec, **dict(self.fields))
        return remedy.experiment if remedy else experiment


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
        _part("batch", N_("Update by all points at once"), "training", batch_size=None),
        _part("init", N_("Start from random weights of the usual size"), "model", init="pytorch", init_scale=1.0),
        _part("deeper", N_("Take two hidden layers of at least 16 units"), "model", hidden=layers, activation=usual,
              activations=()),
        _part("activation", ACTIVATION, "model", activation="relu", activations=()),
        _part("longer", N_("Train for {epochs:,} epochs"), "training", epochs=epochs),
        _part("adam", N_("Try Adam, which lengthens its steps where it is level"), "training", optimizer="adam",
              learning_rate=USUAL_RATE),
    ]  # fmt: skip
    if case.signs.n_classes:
        parts.insert(0, _part("loss", CROSS_ENTROPY, "training", class_loss="cross_entropy"))
    if case.ended in EARLY_ENDS:
        off: dict[str, Any] = {"stop_train_loss": None, "stop_test_loss": None, "stop_score": None, "patience": None}
        parts.insert(0, _part("stopping", N_("Train to the last epoch"), "training", **off))
    if case.described and case.signs.unscaled:
        parts.append(_part("standardise", N_("Standardise the inputs"), "data", standardise=True))
    features = tuple(dict.fromkeys((*PLAIN, *model.features)))
    parts.append(_part("features", N_("Give it both x0 and x1"), "model", features=features))
    if now.optimizer in ADAPTIVE:
        parts = [part for part in parts if part.cause != "adam"]
        cause = "rate_down" if now.learning_rate > USUAL_RATE else "rate_up"
        parts.append(_part(cause, RATE, "training", learning_rate=USUAL_RATE))
    start = _now(case)
    return tuple(part for part in parts if part.taken(start) != start)


def together(case: Case, parts: tuple[Part, ...]) -> Remedy:
    """All parts as one change; of a single one its own words."""
    experiment = _now(case)
    for part in parts:
        experiment = part.taken(experiment)
    if len(parts) == 1:
        return Remedy(parts[0].label, dict(parts[0].fields), experiment)
    return Remedy(N_("Change {n} settings at once"), {"n": len(parts)}, experiment)


def cause_of(parts: tuple[Part, ...]) -> str:
    """A key of CAUSES."""
    return parts[0].cause if len(parts) == 1 else SEVERAL


def _now(case: Case) -> Experiment:
    return replace(case.experiment, training=case.training, changes=(), edits=())


def _part(cause: str, label: str, spec: str, **fields: Any) -> Part:
    return Part(cause, label, spec, tuple(fields.items()))
