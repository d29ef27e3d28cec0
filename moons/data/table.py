"""A person's own points as a value: frozen, hashable, checked, and short enough for a link if they are few."""

import base64
import json
import math
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from moons.data.cells import LONGEST_NAME, after_column, is_name
from moons.data.split import held_out
from moons.fields import N_, FieldError
from moons.task import Task

FEWEST, MOST = 4, 5_000  # points
MOST_CLASSES = 50
LARGEST = 1e9  # of a coordinate: beyond it float32 has no room for a difference
MOST_IN_LINK = 500  # points; a longer link, a server on the way may refuse
LEFT_OUT = "too-long"
_MOST_BYTES = 100_000  # of a table that a link unpacks to


@dataclass(frozen=True)
class Table:
    """Points that a person brought. Raises FieldError for what no network could learn from.

    Numbers are kept as precisely as a network gets them: the shortest decimals that are the same in float32.
    """

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
            raise FieldError(N_("a file that says which points are held out must hold out some and keep some"))
        for name in ("x0", "x1") if self.class_names else ("x0", "x1", "y"):
            object.__setattr__(self, name, _as_float32(np.array(getattr(self, name), np.float32)))

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
    def link(self) -> str:
        """Text for a link; LEFT_OUT if the points are too many for one."""
        if len(self.y) > MOST_IN_LINK:
            return LEFT_OUT
        words = json.dumps([self.class_names, self.columns], separators=(",", ":"), ensure_ascii=False).encode()
        numbers = np.array([self.x0, self.x1, self.y], "<f4").tobytes() + np.array(self.test, np.uint8).tobytes()
        head = np.array([len(words), len(self.y)], "<u4").tobytes()
        return base64.urlsafe_b64encode(zlib.compress(head + words + numbers, 9)).decode("ascii")


def _unpacked(text: str) -> Table:
    """The table of `Table.link`. Raises ValueError, or what NumPy and zlib raise, for anything else."""
    data = zlib.decompressobj().decompress(base64.urlsafe_b64decode(text), _MOST_BYTES)
    n_words, n = np.frombuffer(data, "<u4", 2).tolist()
    class_names, columns = json.loads(data[8 : 8 + n_words])
    numbers = np.frombuffer(data, "<f4", 3 * n, 8 + n_words).reshape(3, n)
    test = tuple(map(bool, data[8 + n_words + numbers.nbytes :]))
    y = tuple(numbers[2].astype(int).tolist()) if class_names else _as_float32(numbers[2])
    return Table(_as_float32(numbers[0]), _as_float32(numbers[1]), y, tuple(class_names), tuple(columns), test)


def _as_float32(numbers: NDArray[np.float32]) -> tuple[float, ...]:
    """Each number's shortest decimal."""
    return tuple(float(str(number)) for number in numbers)


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
            raise FieldError(N_("{field} were too many for a link: take them along as a file"), field=name)
        try:
            return _unpacked(text)
        except (ValueError, TypeError, zlib.error, RecursionError):
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
            is_number = isinstance(value, int | float) and not isinstance(value, bool)
            if not is_number or not abs(value) <= LARGEST:  # written so that NaN fails too
                raise FieldError(
                    N_("the column {column} must hold numbers between {low} and {high}, got {value}"),
                    column=after_column(name),
                    low=f"{-LARGEST:g}",
                    high=f"{LARGEST:g}",
                    value=repr(value)[:LONGEST_NAME],
                )
    _check_spread(table.columns[0], table.x0)
    _check_spread(table.columns[1], table.x1)


def _check_spread(column: str, values: Sequence[float]) -> None:
    if len(set(np.array(values, np.float32).tolist())) == 1:
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
    if not all(isinstance(label, int) for label in table.y) or used != set(range(len(table.class_names))):
        raise FieldError(N_("each class must have a point, and each point a class"))


def _check_names(field: str, names: Sequence[Any], fewest: int, most: int) -> None:
    for name in names:
        if not isinstance(name, str) or not is_name(name):
            raise FieldError(
                N_("a name must be one line of 1 to {high} characters, got {value}"),
                high=LONGEST_NAME,
                value=repr(name)[:LONGEST_NAME],
            )
        if names.count(name) > 1:
            raise FieldError(N_("no two columns or classes may have the same name, got {value} twice"), value=name)
    if not fewest <= len(names) <= most:
        raise FieldError(
            N_("{field} must have between {low} and {high} entries, got {value}"),
            field=field,
            low=fewest,
            high=most,
            value=len(names),
        )


def _starter() -> Table:
    """A few points that no straight line parts: a class around another."""
    turn = 2 * math.pi / 12
    ring = [(round(2 * math.cos(i * turn), 2), round(2 * math.sin(i * turn), 2), 0) for i in range(12)]
    core = [(round(0.7 * math.cos(i * turn), 2), round(0.7 * math.sin(i * turn), 2), 1) for i in range(0, 12, 2)]
    x0, x1, y = zip(*ring, *core, strict=True)
    return Table(x0, x1, y, class_names=("0", "1"))


STARTER = _starter()
