"""What the program's template may ask about a run."""

import math
from collections.abc import Callable
from dataclasses import dataclass, fields
from inspect import signature
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from moons.data import GENERATORS, SCRAMBLED, TEST_SEED, Dataset, DataSpec, Points, make_dataset, scramble
from moons.data.alterations import balanced, standardised, with_wrong_labels
from moons.edit import Edit
from moons.export.code import Formula, formulas
from moons.features import PLAIN
from moons.fields import default_of
from moons.model import ACTIVATIONS
from moons.plots import palette
from moons.progress import NOT_FINITE, TrainSpec
from moons.run import Change, Experiment, History
from moons.stopping import can_stop
from moons.train import make_optimizer

PRINT_EVERY = 1_000  # epochs, as the notebook does; shorter runs print more often


@dataclass(frozen=True, eq=False)
class Settings:
    """A run's settings, in the words of the template."""

    experiment: Experiment
    dataset: Dataset
    diverged: bool

    @property
    def data(self) -> DataSpec:
        """Which points are drawn."""
        return self.experiment.data

    @property
    def test_seed(self) -> int:
        """The seed of the test points."""
        return self.data.seed + TEST_SEED

    @property
    def drawn(self) -> bool:
        """Whether the points are what `data` draws; else they must be written down one by one."""
        if self.data.own:
            return False
        again = make_dataset(self.data)
        return all(np.array_equal(getattr(again, f.name), getattr(self.dataset, f.name)) for f in fields(again))

    @property
    def draw(self) -> Callable[..., Points]:
        """The function that draws the points: (n_points, noise, seed) -> X, y."""
        return GENERATORS[self.data.kind].draw

    @property
    def draw_options(self) -> dict[str, Any]:
        """What `draw` is told beyond that."""
        return {"n_classes": self.data.n_classes} if GENERATORS[self.data.kind].any_n_classes else {}

    @property
    def altered(self) -> bool:
        """Whether anything is done to what is drawn."""
        return self.drawn and (self.alters_balance or self.alters_labels or self.data.standardise or self.scrambles)

    @property
    def alters_balance(self) -> bool:
        """Whether the classes are drawn unequally often."""
        return bool(self.n_classes) and self.data.balance != default_of(DataSpec, "balance")

    @property
    def alters_labels(self) -> bool:
        """Whether some training points have a wrong class."""
        return bool(self.n_classes) and self.data.label_noise > 0

    @property
    def scrambles(self) -> bool:
        """Whether the points are mixed up as by a faulty transfer."""
        return self.data.transfer == SCRAMBLED

    balanced = staticmethod(balanced)
    with_wrong_labels = staticmethod(with_wrong_labels)
    standardised = staticmethod(standardised)
    scramble = staticmethod(scramble)

    @property
    def train_table(self) -> str:
        """The training points as CSV lines x0,x1,y."""
        return _table(self.dataset.X_train, self.dataset.y_train)

    @property
    def test_table(self) -> str:
        """The test points as CSV lines x0,x1,y."""
        return _table(self.dataset.X_test, self.dataset.y_test)

    @property
    def weight_seed(self) -> int:
        """The seed of the first weights."""
        return self.experiment.model.seed

    @property
    def plain(self) -> bool:
        """Whether the network is given the points as they are."""
        return self.experiment.model.features == PLAIN

    @property
    def features(self) -> list[Any]:
        """What it is given else, as expressions in x0 and x1."""
        return formulas(self.experiment.model.features)

    @property
    def layers(self) -> list[Any]:
        """The network's layers in order, freshly initialised; dropout as an expression."""
        model = self.experiment.model
        layers: list[Any] = []
        n_inputs = len(model.features)
        for n_units, activation in zip(model.hidden, model.layer_activations, strict=True):
            layers.append(nn.Linear(n_inputs, n_units))
            if activation != "linear":
                layers.append(ACTIVATIONS[activation]())
            if self.ever("dropout"):
                layers.append(Formula("Dropout()"))
            n_inputs = n_units
        return [*layers, nn.Linear(n_inputs, self.dataset.n_outputs)]

    @property
    def init(self) -> str:
        """How the first weights are drawn."""
        return self.experiment.model.init

    @property
    def init_scale(self) -> float:
        """What they are multiplied by."""
        return self.experiment.model.init_scale

    @property
    def n_classes(self) -> int:
        """How many classes there are; 0 for a regression."""
        return self.dataset.n_classes

    @property
    def class_colors(self) -> list[str]:
        """The page's colour of each class."""
        return [palette.class_color(label) for label in range(self.n_classes or 2)]

    @property
    def loss_color(self) -> str:
        """The page's colour of the training loss."""
        return palette.TRAIN

    @property
    def guessing_color(self) -> str:
        """The page's colour of the loss that guessing gives."""
        return palette.GUESSING

    @property
    def extent(self) -> list[float]:
        """The plane to draw: x0 low, x0 high, x1 low, x1 high, to a thousandth."""
        return [round(edge, 3) for edge in self.dataset.extent()]

    @property
    def first(self) -> TrainSpec:
        """How training starts."""
        return self.experiment.training

    @property
    def optimizer(self) -> Callable[..., torch.optim.Optimizer]:
        """The optimiser's class."""
        return type(self._made_optimizer())

    @property
    def optimizer_options(self) -> dict[str, Any]:
        """What the optimiser is told beyond the learning rate, where that isn't PyTorch's default."""
        usual = signature(self.optimizer).parameters
        made = self._made_optimizer().defaults
        return {
            name: made[name] for name in usual if name in made and name != "lr" and made[name] != usual[name].default
        }

    @property
    def epochs(self) -> int:
        """Length of the whole run."""
        return self.experiment.epochs

    @property
    def print_every(self) -> int:
        """Epochs between two printed lines."""
        tenth = math.floor(math.log10(self.epochs)) - 1
        return int(min(PRINT_EVERY, 10 ** max(0, tenth)))

    @property
    def changes(self) -> tuple[tuple[Change, TrainSpec], ...]:
        """Each change made while it ran, with the settings before it."""
        before = [self.first, *(change.training for change in self.experiment.changes)]
        return tuple(zip(self.experiment.changes, before, strict=False))

    def limit(self, training: TrainSpec, name: str) -> float:
        """A stop condition's limit; an infinite one, which is never met, where none is set."""
        never = -math.inf if name in {"stop_train_loss", "stop_test_loss"} else math.inf
        value = getattr(training, name)
        return never if value is None else value

    @property
    def can_stop(self) -> bool:
        """Whether the run can end before its last epoch."""
        return any(map(self.ever, ("stop_train_loss", "stop_test_loss", "stop_score", "patience")))

    @property
    def watches_test(self) -> bool:
        """Whether that depends on the test loss."""
        return self.ever("stop_test_loss") or self.ever("patience")

    @property
    def edits(self) -> tuple[Edit, ...]:
        """Weights set by hand."""
        return self.experiment.edits

    @property
    def edit_table(self) -> str:
        """They as CSV lines epoch,parameter,value."""
        return "".join(f"{edit.epoch},{edit.parameter},{edit.value!r}\n" for edit in self.edits)

    @property
    def edited_at_end(self) -> bool:
        """Whether weights were set after the last epoch."""
        return any(edit.epoch == self.epochs for edit in self.edits)

    @property
    def turns(self) -> list[int]:
        """The epochs at which settings were changed or weights set; a run goes on there."""
        turns = {change.epoch for change in self.experiment.changes} | {edit.epoch for edit in self.edits}
        return sorted(turn for turn in turns if 0 < turn < self.epochs)

    def watches_anew(self, change: Change, before: TrainSpec) -> bool:
        """Whether patience begins to count at a change."""
        return can_stop(change.training) and not can_stop(before)

    def ever(self, name: str) -> bool:
        """Whether a setting of training ever differs from its default."""
        return any(value != default_of(TrainSpec, name) for value in self._values(name))

    def changing(self, name: str) -> bool:
        """Whether a setting of training changes while it runs."""
        return len(set(self._values(name))) > 1

    def _made_optimizer(self) -> torch.optim.Optimizer:
        return make_optimizer(nn.Linear(1, 1, device="meta"), self.first)

    def _values(self, name: str) -> list[object]:
        stages = [self.first, *(change.training for change in self.experiment.changes)]
        return [getattr(stage, name) for stage in stages]


def settings_of(history: History) -> Settings:
    """The settings of a run, trained or not."""
    return Settings(history.experiment, history.dataset, history.ended == NOT_FINITE)


def _table(X: NDArray[np.float32], y: NDArray[np.int64]) -> str:
    return "".join(f"{x0!s},{x1!s},{label}\n" for (x0, x1), label in zip(X, y, strict=True))
