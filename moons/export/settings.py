"""What the program's templates may ask about a run."""

import math
import re
from dataclasses import dataclass, fields
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from moons.data import GENERATORS, SCRAMBLED, TEST_SEED, Dataset, DataSpec, alterations, make_dataset
from moons.edit import Edit
from moons.export import sources
from moons.export.code import WIDTH, bracketed, code, definition
from moons.features import PLAIN
from moons.fields import default_of
from moons.inspection.points import a_few_rows
from moons.model import ModelSpec
from moons.plots import palette
from moons.progress import NOT_FINITE, TrainSpec
from moons.run import Experiment, History
from moons.stopping import can_stop

PRINT_EVERY = 1_000  # epochs, as the notebook does; shorter runs print more often
FEW = 5  # points that are looked at one by one
NEVER = {"stop_train_loss": -math.inf, "stop_test_loss": -math.inf, "stop_score": math.inf, "patience": math.inf}
DRAWABLE = re.compile(
    r"[A-Za-z0-9][\w .,:;()/%+*-]*", re.ASCII
)  # no mathematics, and in matplotlib's and Pillow's fonts


def drawable(names: tuple[str, ...]) -> bool:
    """Whether a figure can show all these names as they are."""
    return all(DRAWABLE.fullmatch(name) for name in names)


def ever(experiment: Experiment, name: str) -> bool:
    """Whether a setting of training differs from its default in any epoch."""
    return any(value != default_of(TrainSpec, name) for value in _values(experiment, name))


def own_names(dataset: Dataset) -> tuple[str, ...]:
    """The classes' names if they are more than their numbers."""
    return dataset.class_names if dataset.class_names != tuple(map(str, range(dataset.n_classes))) else ()


@dataclass(frozen=True, eq=False)
class Settings:
    """A run's settings, in the words of the templates. Text is source text."""

    experiment: Experiment
    dataset: Dataset
    diverged: bool

    def ever(self, name: str) -> bool:
        """See `ever`."""
        return ever(self.experiment, name)

    def changing(self, name: str) -> bool:
        """Whether a setting of training changes while it runs."""
        return len(set(_values(self.experiment, name))) > 1

    # --- points

    @property
    def data(self) -> DataSpec:
        """Which points are drawn."""
        return self.experiment.data

    @property
    def n_classes(self) -> int:
        """How many classes there are; 0 for a regression."""
        return self.dataset.n_classes

    @cached_property
    def drawn(self) -> bool:
        """Whether the points are what `data` draws; else they must be written down one by one."""
        if self.data.own:
            return False
        again = make_dataset(self.data)
        return all(np.array_equal(getattr(again, f.name), getattr(self.dataset, f.name)) for f in fields(again))

    @cached_property
    def alterations(self) -> tuple[str, ...]:
        """The functions of `moons.data.alterations` that make the points of what is drawn."""
        asked = {
            "balanced": bool(self.n_classes) and self.data.balance != default_of(DataSpec, "balance"),
            "with_wrong_labels": bool(self.n_classes) and self.data.label_noise > 0,
            "standardised": self.data.standardise,
            "scramble": self.data.transfer == SCRAMBLED,
        }
        return tuple(name for name, is_asked in asked.items() if is_asked)

    @property
    def functions(self) -> list[str]:
        """The definitions of all that draws and alters points."""
        altered = [definition(getattr(alterations, name), name) for name in self.alterations]
        return [definition(GENERATORS[self.data.kind].draw, "draw"), *altered]

    def draw(self, split: str, n_points: str = "") -> str:
        """The call that draws the points of a split, "train" or "test"."""
        number, seed = (self.data.n_points, 0) if split == "train" else (self.data.n_test, TEST_SEED)
        arguments = [n_points or code(number), code(self.data.noise), code(self.data.seed + seed)]
        if GENERATORS[self.data.kind].any_n_classes:
            arguments.append(f"n_classes={self.n_classes}")
        return f"draw({', '.join(arguments)})"

    @property
    def train_table(self) -> str:
        """The training points as CSV lines x0,x1,y."""
        return _table(self.dataset.X_train, self.dataset.y_train)

    @property
    def test_table(self) -> str:
        """The test points as CSV lines x0,x1,y."""
        return _table(self.dataset.X_test, self.dataset.y_test)

    @property
    def columns(self) -> dict[str, str]:
        """What the columns x0, x1 and y are called, if not so."""
        usual = ("x0", "x1", "y")
        names = zip(usual, map(code, self.dataset.columns), strict=True)
        return dict(names) if self.dataset.columns != usual else {}

    @property
    def class_names(self) -> str:
        """The list of the classes' names, if they are more than their numbers."""
        names = own_names(self.dataset)
        return bracketed("class_names = [", map(code, names)) if names else ""

    @property
    def names_in_figure(self) -> bool:
        """Whether the figure's fonts have all letters of the classes' names."""
        return bool(self.class_names) and drawable(self.dataset.class_names)

    @property
    def axes(self) -> tuple[str, str]:
        """What the axes of the plane are called."""
        x0, x1, _y = self.dataset.columns
        return (x0, x1) if drawable((x0, x1)) else ("x0", "x1")

    @property
    def few_rows(self) -> list[int]:
        """A few training points, of every class if there are not too many classes."""
        return [int(row) for row in a_few_rows(self.dataset, FEW)]

    # --- network

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

    # --- training

    @property
    def first(self) -> TrainSpec:
        """How training starts."""
        return self.experiment.training

    @property
    def loss(self) -> tuple[str, str]:
        """A comment on the loss, and the loss."""
        return sources.LOSSES["cross_entropy" if self.n_classes else self.first.regression_loss]

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

    # --- figures

    @property
    def class_colors(self) -> list[str]:
        """The page's colour of each class; of a regression those of its ends."""
        return [code(palette.class_color(label)) for label in range(self.n_classes or 2)]

    @property
    def colormap(self) -> str:
        """What makes the colours of the classes, or of the numbers."""
        line = f"colors = ListedColormap([{', '.join(self.class_colors)}])"
        if self.n_classes:
            listed = bracketed("class_colors = [", self.class_colors) + "\ncolors = ListedColormap(class_colors)"
            return line if len(line) <= WIDTH else listed
        low, high = self.class_colors
        return f'colors = LinearSegmentedColormap.from_list("numbers", [{low}, "white", {high}])'

    @property
    def loss_color(self) -> str:
        """The page's colour of the training loss."""
        return code(palette.TRAIN)

    @property
    def guessing_color(self) -> str:
        """The page's colour of the loss that guessing gives."""
        return code(palette.GUESSING)

    @property
    def extent(self) -> str:
        """The plane to draw: x0 low, x0 high, x1 low, x1 high, to a thousandth."""
        return ", ".join(code(round(edge, 3)) for edge in self.dataset.extent())


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


def _table(X: NDArray[np.float32], y: NDArray[np.generic]) -> str:
    return "".join(f"{x0!s},{x1!s},{label}\n" for (x0, x1), label in zip(X, y, strict=True))
