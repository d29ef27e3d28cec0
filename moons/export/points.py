"""What the program's templates may ask about a run's points. Text is source text."""

import re
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from moons.data import GENERATORS, SCRAMBLED, TEST_SEED, Dataset, DataSpec, alterations, make_dataset
from moons.digits import decimals
from moons.export.code import WIDTH, bracketed, code, definition
from moons.fields import default_of
from moons.inspection.points import a_few_rows
from moons.plots import palette

FEW = 5  # points that are looked at one by one
COLUMNS = ("x0", "x1", "y")  # what the columns of a dataset are called that nobody has named
# letters that matplotlib's font has, no mathematics ($ and \), and no _ first, which keeps a name out of a legend
DRAWABLE = re.compile(r"(?!_)[ -#%-\[\]-~°±²³µ·À-ɏΑ-ώЀ-ӿ–—‘’“”…€]+")


def drawable(names: tuple[str, ...]) -> bool:
    """Whether a figure of matplotlib's shows all these names as they are."""
    return all(DRAWABLE.fullmatch(name) for name in names)


def own_names(dataset: Dataset) -> tuple[str, ...]:
    """The classes' names if they are more than their numbers."""
    return dataset.class_names if dataset.class_names != tuple(map(str, range(dataset.n_classes))) else ()


def named_columns(dataset: Dataset) -> tuple[str, ...]:
    """The columns' names if they are others than in every dataset."""
    return dataset.columns if dataset.columns != COLUMNS else ()


@dataclass(frozen=True, eq=False)
class PointSettings:
    """Where a run's points come from, and how they are drawn in a figure."""

    data: DataSpec
    dataset: Dataset

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
            "balanced": bool(self.dataset.n_classes) and self.data.balance != default_of(DataSpec, "balance"),
            "with_wrong_labels": bool(self.dataset.n_classes) and self.data.label_noise > 0,
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
            arguments.append(f"n_classes={self.dataset.n_classes}")
        return f"draw({', '.join(arguments)})"

    @property
    def train_table(self) -> str:
        """The training points as CSV lines x0,x1,y, in their own units."""
        return _table(*self.dataset.train_in_units())

    @property
    def test_table(self) -> str:
        """The test points as CSV lines x0,x1,y, in their own units."""
        return _table(*self.dataset.test_in_units())

    @property
    def scaled(self) -> bool:
        """Whether the network gets other coordinates than the points have."""
        return not self.dataset.scaling.is_identity

    @property
    def scaled_y(self) -> bool:
        """Whether the network learns other numbers than the points have."""
        return not self.dataset.scaling.keeps_y

    @property
    def scales(self) -> str:
        """What is subtracted from the columns, and what they are divided by then."""
        scaling = self.dataset.scaling
        lines = [f"shift, scale = np.array([{_both(scaling.shift)}]), np.array([{_both(scaling.scale)}])"]
        y_line = f"y_shift, y_scale = {code(scaling.y_shift)}, {code(scaling.y_scale)}"
        return "\n".join([*lines, y_line] if self.scaled_y else lines)

    @property
    def columns(self) -> dict[str, str]:
        """What the columns x0, x1 and y are called, if not so."""
        return dict(zip(COLUMNS, map(code, named_columns(self.dataset)), strict=False))

    @property
    def class_names(self) -> str:
        """The list of the classes' names, if they are more than their numbers."""
        names = own_names(self.dataset)
        return bracketed("class_names = [", map(code, names)) if names else ""

    @property
    def names_in_figure(self) -> str:
        """What a figure calls the classes: their places in the list, where its font lacks a letter of their names."""
        return "class_names" if drawable(self.dataset.class_names) else "range(len(class_names))"

    @property
    def axes(self) -> tuple[str, str]:
        """What the axes of the plane are called."""
        x0, x1, _y = self.dataset.columns
        return (x0, x1) if drawable((x0, x1)) else ("x0", "x1")

    @property
    def few_rows(self) -> list[int]:
        """A few training points, of every class if there are not too many classes."""
        return [int(row) for row in a_few_rows(self.dataset, FEW)]

    @property
    def class_colors(self) -> list[str]:
        """The page's colour of each class; of a regression those of its ends."""
        return [code(palette.class_color(label)) for label in range(self.dataset.n_classes or 2)]

    @property
    def colormap(self) -> str:
        """What makes the colours of the classes, or of the numbers."""
        line = f"colors = ListedColormap([{', '.join(self.class_colors)}])"
        if self.dataset.n_classes:
            listed = bracketed("class_colors = [", self.class_colors) + "\ncolors = ListedColormap(class_colors)"
            return line if len(line) <= WIDTH else listed
        low, high = self.class_colors
        return f'colors = LinearSegmentedColormap.from_list("numbers", [{low}, "white", {high}])'

    @property
    def extent(self) -> str:
        """The plane to draw, in the points' own units: x0 low, x0 high, x1 low, x1 high, rounded."""
        left, right, bottom, top = self.dataset.extent_in_units()
        across, up = decimals(right - left, digits=5), decimals(top - bottom, digits=5)
        edges = round(left, across), round(right, across), round(bottom, up), round(top, up)
        return ", ".join(map(code, edges))


def _both(numbers: tuple[float, float]) -> str:
    return ", ".join(map(code, numbers))


def _table(X: NDArray[Any], y: NDArray[Any]) -> str:
    return "".join(f"{x0!s},{x1!s},{label}\n" for (x0, x1), label in zip(X, y, strict=True))
