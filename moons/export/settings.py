"""What the program's template may ask about a run."""

import json
import math
from collections.abc import Callable
from dataclasses import dataclass, fields
from inspect import signature
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from moons.data import GENERATORS, TEST_SEED, Dataset, DataSpec, make_dataset
from moons.fields import N_, FieldError, default_of
from moons.model import ACTIVATIONS
from moons.plots import palette
from moons.progress import NOT_FINITE, TrainSpec
from moons.run import Change, Experiment, History
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
        """Whether the points are what `draw` draws; else they must be written down one by one."""
        if self.data.kind not in GENERATORS:
            return False
        asked = {name: getattr(self.data, name) for name in ("kind", "n_points", "noise", "seed", "n_test")}
        again = make_dataset(DataSpec(**asked))
        return all(np.array_equal(getattr(again, f.name), getattr(self.dataset, f.name)) for f in fields(again))

    @property
    def draw(self) -> Callable[..., tuple[NDArray[np.float64], NDArray[np.int64]]]:
        """The function that draws the points: (n_points, noise, seed) -> X, y."""
        return GENERATORS[self.data.kind].draw

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
    def layers(self) -> list[nn.Module]:
        """The network's layers in order, freshly initialised."""
        model = self.experiment.model
        layers: list[nn.Module] = []
        n_inputs = 2
        for n_units in model.hidden:
            layers.append(nn.Linear(n_inputs, n_units))
            if model.activation != "linear":
                layers.append(ACTIVATIONS[model.activation]())
            n_inputs = n_units
        return [*layers, nn.Linear(n_inputs, self.n_classes)]

    @property
    def n_classes(self) -> int:
        """How many classes there are."""
        return self.dataset.n_classes

    @property
    def class_colors(self) -> list[str]:
        """The page's colour of each class."""
        return [palette.class_color(label) for label in range(self.n_classes)]

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
    """The settings of a run, trained or not. Raises FieldError for what a program can't say yet."""
    if history.experiment.edits:
        raise FieldError(
            N_("{field} must be empty: a program can't say yet which weights were set by hand; there are {n}"),
            field="edits",
            n=len(history.experiment.edits),
        )
    return Settings(history.experiment, history.dataset, history.ended == NOT_FINITE)


def code(value: object) -> str:
    """`value` as a Python expression; `nn`, `torch` and `math` name what they name everywhere."""
    if isinstance(value, nn.Linear):
        return f"nn.Linear({value.in_features}, {value.out_features})"
    if isinstance(value, nn.Module):
        return f"nn.{type(value).__name__}()"
    if isinstance(value, type):
        return f"torch.optim.{value.__name__}"
    if isinstance(value, list):
        return f"[{', '.join(map(code, value))}]"
    return _scalar_code(value)


def _scalar_code(value: object) -> str:
    if isinstance(value, str) and "\n" in value:
        return f'"""\\\n{value}"""'
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)  # double quotes, as a formatter likes them
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:_}"
    if isinstance(value, bool | float):
        return repr(value)
    raise TypeError(f"no code for {value!r}")


def _table(X: NDArray[np.float32], y: NDArray[np.int64]) -> str:
    return "".join(f"{x0!s},{x1!s},{label}\n" for (x0, x1), label in zip(X, y, strict=True))
