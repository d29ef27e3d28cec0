"""A person's own points as a value: frozen, hashable, checked, and short enough for a link if they are few."""

import math
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from moons.data.cells import LONGEST_NAME, after_column, is_name
from moons.data.packing import packed, unpacked
from moons.data.split import held_out
from moons.fields import N_, FieldError
from moons.task import Task

FEWEST, MOST = 4, 5_000  # points
MOST_CLASSES = 50
LARGEST = 1e19  # of a number: its square still is one in float32
MOST_IN_LINK = 500  # points; a longer link, a server on the way may refuse
LEFT_OUT = "too-long"
NATURAL_ASPECT = 5.0  # columns that spread differently by more than this have units of their own


@dataclass(frozen=True)
class Table:
    """Points that a person brought, as they wrote them. Raises FieldError for what no network could learn from."""

    x0: tuple[float, ...]
    x1: tuple[float, ...]
    y: tuple[float, ...]  # a place in `class_names`; without those, the number to predict
    class_names: tuple[str, ...] = ()
    columns: tuple[str, ...] = ("x0", "x1", "y")
    test: tuple[bool, ...] = ()  # which points are held out, if the file says so

    def __post_init__(self) -> None:
        _check_names("columns", self.columns, fewest=3, most=3)
        _check_numbers(self)
        if self.class_names:
            _check_classes(self)
        else:
            _check_spread(self.columns[2], self.y)
        if self.test and (len(self.test) != len(self.y) or len(set(self.test)) != 2):
            raise FieldError(N_("a table that says which points are held out must hold out some and keep some"))
        for name in ("x0", "x1") if self.class_names else ("x0", "x1", "y"):
            object.__setattr__(self, name, tuple(float(value) + 0.0 for value in getattr(self, name)))

    def __str__(self) -> str:
        return f"{len(self.y):,}"

    @property
    def task(self) -> Task:
        """Classes, or a number to predict."""
        return Task.of(len(self.class_names))

    @property
    def X(self) -> NDArray[np.float64]:  # noqa: N802 - the field's name for it
        """(n, 2), the two inputs."""
        return np.column_stack([self.x0, self.x1]).astype(np.float64)

    @property
    def groups(self) -> NDArray[np.int64]:
        """(n,), the classes; all 0 for regression."""
        return np.array(self.y, np.int64) if self.class_names else np.zeros(len(self.y), np.int64)

    def test_mask(self, share: float, seed: int) -> NDArray[np.bool_]:
        """(n,), which points are held out: as the file says, or else that share of each class by seed."""
        if self.test:
            return np.array(self.test)
        return held_out(self.groups, max(1, round(share * len(self.y))), seed)

    @cached_property
    def suggests_standardise(self) -> bool:
        """Whether training is better off with mean 0 and standard deviation 1: numbers far from 0, large or unlike."""
        columns = [
            np.array(values) for values in ((self.x0, self.x1) if self.class_names else (self.x0, self.x1, self.y))
        ]
        varied = [column for column in columns if np.ptp(column) > 0]
        spreads = [float(np.ptp(column)) for column in varied[:2]]
        unlike = max(spreads) > NATURAL_ASPECT * min(spreads)
        return unlike or any(_is_far(column) for column in varied)

    @cached_property
    def link(self) -> str:
        """Text for a link; LEFT_OUT if the points are too many for one.

        It holds the numbers as they are if there is room for them, else as float32.
        """
        return LEFT_OUT if len(self.y) > MOST_IN_LINK else packed(self)


def _is_far(column: NDArray[np.float64]) -> bool:
    """Whether numbers are far from 0 for their spread, or so large or small that a network starts far off."""
    spread = float(column.std())
    return (
        abs(float(column.mean())) > 3 * spread or float(np.abs(column).max()) > 20 or float(np.abs(column).max()) < 0.05
    )


def table_from(document: Any) -> Table:
    """The table of what `dataclasses.asdict` and JSON made of one. Raises FieldError for anything else."""
    names = {f.name for f in fields(Table)}
    if not isinstance(document, dict) or not {"x0", "x1", "y"} <= document.keys() <= names:
        raise FieldError(N_("{field} must hold the columns x0, x1, y"), field="table")
    for name, values in document.items():
        if not isinstance(values, list | tuple):
            raise FieldError(N_("{field} must be a list, got {value}"), field=name, value=repr(values)[:LONGEST_NAME])
    return Table(**{name: tuple(values) for name, values in document.items()})


class TableRule:
    """A table, or None for the points to start from."""

    def check(self, name: str, value: Any) -> None:
        """Raise FieldError unless it is one."""
        if value is not None and not isinstance(value, Table):
            raise FieldError(N_("{field} must be points, got {value}"), field=name, value=repr(value)[:LONGEST_NAME])

    def parse(self, name: str, text: str) -> Table | None:
        """Read one from a link."""
        if text == "none":
            return None
        if text == LEFT_OUT:
            raise FieldError(N_("{field} were too many for a link: download them as a file"), field=name)
        try:
            return Table(**unpacked(text))
        except (ValueError, TypeError, OverflowError, zlib.error, RecursionError):
            raise FieldError(N_("{field} can't be read from this link"), field=name) from None


def _check_numbers(table: Table) -> None:
    n = len(table.y)
    if not len(table.x0) == len(table.x1) == n:
        raise FieldError(N_("all columns must be equally long"))
    if not FEWEST <= n <= MOST:
        raise FieldError(
            N_("there must be between {low} and {high} points, got {value}"),
            low=FEWEST,
            high=f"{MOST:,}",
            value=f"{n:,}",
        )
    if n <= len(table.class_names):
        raise FieldError(
            N_("there must be more points than classes, got {points} points in {classes} classes"),
            points=n,
            classes=len(table.class_names),
        )
    for name, values in zip(table.columns, (table.x0, table.x1, table.y), strict=True):
        for value in values:
            if type(value) not in (int, float) or not abs(value) <= LARGEST:  # written so that NaN fails too
                raise FieldError(
                    N_("the column {column} must hold numbers between {low} and {high}, got {value}"),
                    column=after_column(name),
                    low=f"{-LARGEST:g}",
                    high=f"{LARGEST:g}",
                    value=repr(value)[:LONGEST_NAME],
                )
    _check_spread(table.columns[0], table.x0)
    if set(table.x1) != {0}:  # points with one input have 0 as the second
        _check_spread(table.columns[1], table.x1)


def _check_spread(column: str, values: Sequence[float]) -> None:
    if len(set(values)) == 1:
        raise FieldError(
            N_("the column {column} has the same value everywhere ({value}), so nothing can be learned from it"),
            column=after_column(column),
            value=f"{values[0]:g}",
        )


def _check_classes(table: Table) -> None:
    _check_names("class_names", table.class_names, fewest=1, most=MOST_CLASSES)
    used = set(table.y)
    if len(table.class_names) == 1:
        raise FieldError(
            N_("there must be at least two classes, and every point has the class {value}"), value=table.class_names[0]
        )
    if not all(type(label) is int for label in table.y) or used != set(range(len(table.class_names))):
        raise FieldError(N_("each class must have a point, and each point a class"))


def _check_names(field: str, names: Sequence[Any], fewest: int, most: int) -> None:
    if not fewest <= len(names) <= most:
        raise FieldError(
            N_("{field} must have between {low} and {high} entries, got {value}"),
            field=field,
            low=fewest,
            high=most,
            value=len(names),
        )
    for name in names:
        if not isinstance(name, str) or not is_name(name):
            raise FieldError(
                N_("a name must be one line of 1 to {high} characters, got {value}"),
                high=LONGEST_NAME,
                value=repr(name)[:LONGEST_NAME],
            )
    if len(set(names)) < len(names):
        twice = next(name for name, count in Counter(names).items() if count > 1)
        raise FieldError(N_("no two columns or classes may have the same name, got {value} twice"), value=twice)


def _starter() -> Table:
    """A few points that no straight line parts: a class around another."""
    turn = 2 * math.pi / 12
    ring = [(round(2 * math.cos(i * turn), 2), round(2 * math.sin(i * turn), 2), 0) for i in range(12)]
    core = [(round(0.7 * math.cos(i * turn), 2), round(0.7 * math.sin(i * turn), 2), 1) for i in range(0, 12, 2)]
    x0, x1, y = zip(*ring, *core, strict=True)
    return Table(x0, x1, y, class_names=("0", "1"))


STARTER = _starter()
