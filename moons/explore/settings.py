"""The settings that can be swept or searched, each with where it stands and from where to where by default."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from moons.activations import ACTIVATIONS
from moons.data import GENERATORS, DataSpec
from moons.experiment import Experiment
from moons.fields import N_, Choice, Rule, Switch, label_of, rule_of
from moons.losses import CLASS_LOSSES, REGRESSION_LOSSES
from moons.model import INIT_LABELS
from moons.optimizers import OPTIMIZERS
from moons.schedules import SCHEDULES

Value = float | int | str | None


@dataclass(frozen=True)
class Setting:
    """A setting that can be swept: where it stands, and from where to where by default."""

    part: str  # of the experiment: data, model or training
    field: str
    low: float = 0.0
    high: float = 1.0
    log: bool = False
    label: str = ""  # untranslated, where it isn't the field's
    whole: bool = False  # whether it is a whole number
    even: bool = False  # and an even one

    @property
    def name(self) -> str:
        """Its label, untranslated."""
        return self.label or label_of(type(getattr(Experiment(), self.part)), self.field)

    @property
    def options(self) -> tuple[Value, ...]:
        """The values of a setting that isn't a number; () for one that is."""
        rule: Rule = rule_of(type(getattr(Experiment(), self.part)), self.field)
        if isinstance(rule, Switch):
            return False, True
        return rule.options if isinstance(rule, Choice) else ()


SETTINGS: dict[str, Setting] = {
    "learning_rate": Setting("training", "learning_rate", 1e-3, 10.0, log=True),
    "width": Setting("model", "hidden", 1, 64, log=True, label=N_("Units per layer"), whole=True),
    "depth": Setting("model", "hidden", 1, 6, label=N_("Hidden layers"), whole=True),
    "optimizer": Setting("training", "optimizer"),
    "batch_size": Setting("training", "batch_size", 8, 128, log=True, whole=True),
    "activation": Setting("model", "activation"),
    "init": Setting("model", "init"),
    "init_scale": Setting("model", "init_scale", 0.1, 10.0, log=True),
    "schedule": Setting("training", "schedule"),
    "weight_decay": Setting("training", "weight_decay", 1e-4, 0.1, log=True),
    "l1": Setting("training", "l1", 1e-4, 0.1, log=True),
    "dropout": Setting("training", "dropout", 0.0, 0.5),
    "clip_norm": Setting("training", "clip_norm", 1e-3, 10.0, log=True),
    "class_loss": Setting("training", "class_loss"),
    "regression_loss": Setting("training", "regression_loss"),
    "epochs": Setting("training", "epochs", 100, 15_000, log=True, whole=True),
    "noise": Setting("data", "noise", 0.0, 0.5),
    "n_points": Setting("data", "n_points", 20, 1_000, log=True, whole=True, even=True),
    "balance": Setting("data", "balance", 0.1, 0.9),
    "label_noise": Setting("data", "label_noise", 0.0, 0.4),
    "held_out": Setting("data", "held_out", 0.1, 0.7),
    "standardise": Setting("data", "standardise"),
}
_LABELS: dict[str, Mapping[str, str]] = {  # setting -> option -> what it is called, untranslated
    "optimizer": {key: one.label for key, one in OPTIMIZERS.items()},
    "activation": {key: one.label for key, one in ACTIVATIONS.items()},
    "init": INIT_LABELS,
    "schedule": {key: one.label for key, one in SCHEDULES.items()},
    "class_loss": {key: one.label for key, one in CLASS_LOSSES.items()},
    "regression_loss": {key: one.label for key, one in REGRESSION_LOSSES.items()},
    "standardise": {"False": N_("off"), "True": N_("on")},
}


def option_label(name: str, value: Value) -> str:
    """What an option of a setting is called, untranslated; the value itself where it has no name."""
    return _LABELS.get(name, {}).get(str(value), str(value))


def settings_for(data: DataSpec) -> tuple[str, ...]:
    """The settings that mean something for such points: keys of SETTINGS."""
    drawn, classes = data.kind in GENERATORS, data.class_count > 0
    table = data.own
    without = {
        "noise": not drawn,
        "n_points": not drawn,
        "balance": not drawn or not classes,
        "label_noise": not classes,
        "held_out": table is None or any(table.test),
        "class_loss": not classes,
        "regression_loss": classes,
    }
    return tuple(name for name in SETTINGS if not without.get(name))


def value_in(experiment: Experiment, name: str) -> Value:
    """What an experiment has for a setting."""
    if name == "depth":
        return len(experiment.model.hidden)
    if name == "width":
        return max(experiment.model.hidden, default=0)
    setting = SETTINGS[name]
    part = experiment.training_now if setting.part == "training" else getattr(experiment, setting.part)
    found: Value = getattr(part, setting.field)
    return found


def with_value(experiment: Experiment, name: str, value: Value) -> Experiment:
    """The experiment with another value of a setting. Raises FieldError for a value that the setting can't have."""
    setting = SETTINGS[name]
    changes: dict[str, Any] = {setting.field: value}
    if name in ("width", "depth"):
        model, number = experiment.model, int(value or 0)
        width = max(model.hidden, default=8)
        hidden = (number,) * max(1, len(model.hidden)) if name == "width" else (width,) * number
        changes = {"hidden": hidden, "activations": ()}
    elif name == "activation":
        changes |= {"activations": ()}
    return replace(experiment, **{setting.part: replace(getattr(experiment, setting.part), **changes)})
