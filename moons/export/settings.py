"""What the program's templates may ask about a run's network and training; of its points see `points`."""

import math
from dataclasses import dataclass, fields
from inspect import isfunction
from itertools import pairwise

from moons.data import Dataset
from moons.edit import Edit
from moons.export import sources
from moons.export.code import bracketed, code, definition
from moons.features import PLAIN
from moons.fields import default_of
from moons.losses import CLASS_LOSSES, REGRESSION_LOSSES
from moons.model import ModelSpec
from moons.plots import palette
from moons.progress import NOT_FINITE
from moons.run import Experiment, History
from moons.stopping import can_stop
from moons.train_spec import TrainSpec

PRINT_EVERY = 1_000  # epochs, as the notebook does; shorter runs print more often
NEVER = {"stop_train_loss": -math.inf, "stop_test_loss": -math.inf, "stop_score": math.inf, "patience": math.inf}


def ever(experiment: Experiment, name: str) -> bool:
    """Whether a setting of training differs from its default in any epoch."""
    return any(value != default_of(TrainSpec, name) for value in _values(experiment, name))


@dataclass(frozen=True, eq=False)
class Settings:
    """A run's network and training. Text is source text."""

    experiment: Experiment
    dataset: Dataset
    diverged: bool

    def ever(self, name: str) -> bool:
        """See `ever`."""
        return ever(self.experiment, name)

    def changing(self, name: str) -> bool:
        """Whether a setting of training changes while it runs."""
        return len(set(_values(self.experiment, name))) > 1

    @property
    def n_classes(self) -> int:
        """How many classes there are; 0 for a regression."""
        return self.dataset.n_classes

    @property
    def model(self) -> ModelSpec:
        """The network, untrained."""
        return self.experiment.model

    @property
    def plain(self) -> bool:
        """Whether the network is given the points as they are."""
        return self.model.features == PLAIN

    @property
    def features(self) -> list[str]:
        """What it is given else, as expressions in x0 and x1."""
        return [sources.FEATURES[name] for name in self.model.features]

    @property
    def layers(self) -> list[str]:
        """The network's layers in order."""
        widths = [len(self.model.features), *self.model.hidden, self.dataset.n_outputs]
        layers = [f"nn.Linear({n_inputs}, {n_units})" for n_inputs, n_units in pairwise(widths)]
        dropout = ["Dropout()"] if self.ever("dropout") else []
        hidden = [
            part
            for linear, name in zip(layers, self.model.layer_activations, strict=False)
            for part in (linear, sources.ACTIVATIONS[name], *dropout)
        ]
        return [*hidden, layers[-1]]

    @property
    def init(self) -> str:
        """What draws a layer's first weights; empty for PyTorch's own way."""
        return sources.INITS.get(self.model.init, "")

    @property
    def first(self) -> TrainSpec:
        """How training starts."""
        return self.experiment.training

    @property
    def loss(self) -> tuple[str, str]:
        """A comment on the loss, and the loss."""
        return sources.LOSSES[self._loss_name]

    @property
    def loss_definition(self) -> str:
        """The function that computes the loss, where PyTorch has none."""
        made = (CLASS_LOSSES | REGRESSION_LOSSES)[self._loss_name].make()
        return definition(made, self._loss_name) if isfunction(made) else ""

    @property
    def loss_in_nats(self) -> bool:
        """Whether that is the unit of the losses."""
        return (CLASS_LOSSES | REGRESSION_LOSSES)[self._loss_name].in_nats

    @property
    def _loss_name(self) -> str:
        return self.first.class_loss if self.n_classes else self.first.regression_loss

    @property
    def optimizer(self) -> str:
        """The statement that makes the optimiser."""
        name, arguments = sources.OPTIMIZERS[self.first.optimizer]
        decays = self.first.weight_decay or self.first.optimizer in sources.DECAYS_BY_DEFAULT
        decay = (f"weight_decay={code(self.first.weight_decay)}",) if decays else ()
        return bracketed(f"optimizer = {name}(", ["model.parameters()", "lr=learning_rate", *arguments, *decay], ")")

    @property
    def schedules(self) -> dict[str, tuple[str, str]]:
        """The schedules that are ever used: a comment and a body by name."""
        used = _values(self.experiment, "schedule") if self.ever("schedule") else []
        return {name: source for name, source in sources.SCHEDULES.items() if name in used}

    @property
    def epochs(self) -> int:
        """Length of the whole run."""
        return self.experiment.epochs

    @property
    def last(self) -> str:
        """What a schedule takes for the length of the run."""
        return "planned" if self.changing("epochs") else "epochs"

    @property
    def print_every(self) -> int:
        """Epochs between two printed lines."""
        tenth = math.floor(math.log10(self.epochs)) - 1
        return int(min(PRINT_EVERY, 10 ** max(0, tenth)))

    def limit(self, name: str) -> str:
        """A stop condition's limit at the start."""
        return _setting(name, getattr(self.first, name))

    @property
    def changes(self) -> list[tuple[int, list[str]]]:
        """The epoch of each change that was made while it ran, and what it assigns."""
        before = [self.first, *(change.training for change in self.experiment.changes)]
        found = [
            (c.epoch, self._assignments(old, c.training))
            for c, old in zip(self.experiment.changes, before, strict=False)
        ]
        return [(epoch, lines) for epoch, lines in found if lines]

    @property
    def can_stop(self) -> bool:
        """Whether the run can end before its last epoch."""
        return any(map(self.ever, NEVER))

    @property
    def watches_test(self) -> bool:
        """Whether that depends on the test loss."""
        return self.ever("stop_test_loss") or self.ever("patience")

    @property
    def turning_points(self) -> str:
        """The epochs at which settings were changed or weights set, as a list; empty for none. A run goes on there."""
        epochs = {change.epoch for change in self.experiment.changes} | {edit.epoch for edit in self.edits}
        inside = sorted(epoch for epoch in epochs if 0 < epoch < self.epochs)
        return ", ".join(map(code, inside))

    @property
    def edits(self) -> tuple[Edit, ...]:
        """Weights set by hand."""
        return self.experiment.edits

    @property
    def edited_at_end(self) -> bool:
        """Whether weights were set after the last epoch."""
        return any(edit.epoch == self.epochs for edit in self.edits)

    def _assignments(self, before: TrainSpec, after: TrainSpec) -> list[str]:
        names = [f.name for f in fields(TrainSpec) if getattr(before, f.name) != getattr(after, f.name)]
        lines = [_assignment(name, getattr(after, name)) for name in names if name != "epochs"]
        if "epochs" in names and self.ever("schedule"):
            lines.append(f"planned = {code(after.epochs)}")
        if "learning_rate" in names and not self.ever("schedule"):
            lines.append('optimizer.param_groups[0]["lr"] = learning_rate')
        if self.ever("patience") and can_stop(after) and not can_stop(before):
            lines.append("best_loss, best_epoch = math.inf, 0")
        return lines

    @property
    def loss_color(self) -> str:
        """The page's colour of the training loss."""
        return code(palette.TRAIN)

    @property
    def guessing_color(self) -> str:
        """The page's colour of the loss that guessing gives."""
        return code(palette.GUESSING)


def settings_of(history: History) -> Settings:
    """The settings of a run, trained or not."""
    return Settings(history.experiment, history.dataset, history.ended == NOT_FINITE)


def _values(experiment: Experiment, name: str) -> list[object]:
    stages = [experiment.training, *(change.training for change in experiment.changes)]
    return [getattr(stage, name) for stage in stages]


def _setting(name: str, value: object) -> str:
    """A setting of training as an expression."""
    if value is None:
        return {"batch_size": "len(X)", "clip_norm": "math.inf"}.get(name) or code(NEVER[name])
    return str(value) if name == "schedule" else code(value)


def _assignment(name: str, value: object) -> str:
    target = 'optimizer.param_groups[0]["weight_decay"]' if name == "weight_decay" else name
    return f"{target} = {_setting(name, value)}"
