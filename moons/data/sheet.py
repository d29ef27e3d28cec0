"""Rows of text, and the points in three of their columns. What is wrong gets a sentence."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import cast

import numpy as np

from moons.data.cells import (
    LONGEST_NAME,
    TEST,
    TRAIN,
    after_column,
    has_decimal_comma,
    is_finite,
    is_grouped,
    is_name,
    is_split,
    number,
    split_name,
    unguarded,
)
from moons.data.generators import CLASSIFICATION, REGRESSION
from moons.data.split import held_out
from moons.data.table import LARGEST, MOST, MOST_CLASSES, Table
from moons.fields import N_, FieldError

PEEK = 50  # rows that are looked at to guess how a file is made
_NUMBER = N_("row {row}, column {column}: it must be a number, got {value}")
_NUMBER_EMPTY = N_("row {row}, column {column}: a number must stand there, and the cell is empty")
_FINITE = N_("row {row}, column {column}: a number must be finite and not missing, got {value}")
_LARGE = N_("row {row}, column {column}: a number must be between {low} and {high}, got {value}")
_GROUPED = N_(
    "row {row}, column {column}: the comma in {value} may part thousands, so write the number without it or with a "
    "decimal point"
)
_LABEL_EMPTY = N_("row {row}, column {column}: a class must stand there, and the cell is empty")
_LABEL_NAME = N_("row {row}, column {column}: a class must be one line of at most {high} characters, got {value}")
_TOO_MANY = N_("there must be at most {high} classes, and the label column has {value} different values")
_TOO_MANY_NUMBERS = N_(
    "there must be at most {high} classes, and the label column has {value} different whole numbers: "
    "it may hold a number to predict"
)


@dataclass(frozen=True)
class Sheet:
    """A file's cells, before anyone has said what they mean."""

    columns: tuple[str, ...]
    rows: Sequence[Sequence[str]]  # without the header; an empty row is a blank line
    first_row: int = 1  # the number of the first of them, as a spreadsheet counts
    has_names: bool = True  # whether `columns` are names from the file
    decimal_comma: bool = True  # whether a comma in a number is known to be one, and doesn't part thousands

    @property
    def split(self) -> int | None:
        """The column that says which points are held out, if there is one."""
        last = len(self.columns) - 1
        found = last > 2 and is_split(self.columns[last], [row[last] for row in self.rows if row])
        return last if found else None

    def guess(self) -> tuple[int, int, int]:
        """The columns that look like the two inputs and the label: the first two numbers, and the last one."""
        rows = [row for row in islice(self.rows, PEEK) if row]
        usable = [i for i in range(len(self.columns)) if i != self.split]
        label = usable[-1]
        inputs = [i for i in usable if i != label]
        inputs.sort(key=lambda i: not all(is_finite(row[i]) for row in rows))
        return inputs[0], inputs[1], label

    def table(self, x0: int, x1: int, label: int, *, task: str | None = None, seed: int = 0) -> Table:
        """The points in three columns. Of more than MOST, a sample by `seed` that has each class in proportion.

        Without `task`, a label column of numbers is a number to predict if they aren't all whole or are too many
        for classes; anything else is classes. Raises FieldError with row and column of what can't be used.
        """
        if len({x0, x1, label}) < 3:
            raise FieldError(N_("the two inputs and the label must be three different columns"))
        inputs = [self._numbers(column) for column in (x0, x1)]
        texts = self._labels(label)
        if _whole(number(text) for text in set(texts)):
            self._check_commas(label)
        is_number = (task or _task(texts)) == REGRESSION
        names: dict[str, list[str]] = {} if is_number else _class_names(set(texts))
        place = {text: i for i, name in enumerate(names) for text in (name, *names[name])}
        y = [place[text] for text in texts] if names else self._numbers(label)
        test = [] if self.split is None else [cell.strip() == TEST for cell in self._cells(self.split)]
        kept = _sample(y if names else [0] * len(y), test, seed)
        return Table(
            x0=tuple(inputs[0][i] for i in kept),
            x1=tuple(inputs[1][i] for i in kept),
            y=tuple(y[i] for i in kept),
            class_names=tuple(names),
            columns=tuple(self.columns[i] for i in (x0, x1, label)),
            test=tuple(test[i] for i in kept) if test else (),
        )

    def _cells(self, column: int) -> list[str]:
        """The cells of one column, blank lines left out."""
        return [row[column] for row in self.rows if row]

    def _place(self, column: int, position: int) -> dict[str, object]:
        """Where the cell at a position in `_cells(column)` stands, and what it says."""
        n, row = next(islice(((n, row) for n, row in enumerate(self.rows, self.first_row) if row), position, None))
        return {
            "row": f"{n:,}",
            "column": after_column(self.columns[column]),
            "value": repr(row[column])[:LONGEST_NAME],
        }

    @cached_property
    def _comma_is_clear(self) -> bool:
        return self.decimal_comma or any(has_decimal_comma(cell) for row in self.rows for cell in row)

    def _check_commas(self, column: int) -> None:
        """Refuse 1,000, which is one or a thousand, unless a number elsewhere tells; and 1,000.5 always."""
        for position, cell in enumerate(self._cells(column)):
            if is_grouped(cell) and (number(cell) is None or not self._comma_is_clear):
                raise FieldError(_GROUPED, **self._place(column, position))

    def _numbers(self, column: int) -> list[float]:
        self._check_commas(column)
        cells = self._cells(column)
        values = [number(cell) for cell in cells]
        for position, (cell, value) in enumerate(zip(cells, values, strict=True)):
            if rule := _wrong_number(cell, value):
                raise FieldError(rule, low=f"{-LARGEST:g}", high=f"{LARGEST:g}", **self._place(column, position))
        return cast(list[float], values)

    def _labels(self, column: int) -> list[str]:
        texts = [unguarded(cell) for cell in self._cells(column)]
        wrong = {text: rule for text in set(texts) if (rule := _wrong_label(text))}
        if wrong:
            position, text = next((i, text) for i, text in enumerate(texts) if text in wrong)
            raise FieldError(wrong[text], high=LONGEST_NAME, **self._place(column, position))
        return texts


def sheet_of(table: Table) -> Sheet:
    """The cells of a table, to be changed and read again: x0, x1, label and, if the table has it, the split."""
    labels = [table.class_names[int(label)] if table.class_names else repr(label) for label in table.y]
    cells = [map(repr, table.x0), map(repr, table.x1), labels]
    if not table.test:
        return Sheet(table.columns, [list(row) for row in zip(*cells, strict=True)])
    splits = [TEST if test else TRAIN for test in table.test]
    return Sheet((*table.columns, split_name(table.columns)), [list(row) for row in zip(*cells, splits, strict=True)])


def _wrong_number(cell: str, value: float | None) -> str | None:
    """The rule that a number breaks, or what stands where one should."""
    if value is None:
        return _NUMBER if cell.strip() else _NUMBER_EMPTY
    if not math.isfinite(value):
        return _FINITE
    return _LARGE if abs(value) > LARGEST else None


def _wrong_label(text: str) -> str | None:
    """The rule that a label breaks."""
    if not text:
        return _LABEL_EMPTY
    if not is_name(text):
        return _LABEL_NAME
    return _FINITE if number(text) is not None and not is_finite(text) else None


def _task(texts: Sequence[str]) -> str:
    """What labels look like."""
    values = {number(text) for text in set(texts)}
    too_many = len(values) > min(MOST_CLASSES, len(texts) - 1)
    return REGRESSION if None not in values and (too_many or not _whole(values)) else CLASSIFICATION


def _whole(values: Iterable[float | None]) -> bool:
    return all(value is not None and value.is_integer() for value in values)


def _class_names(texts: Iterable[str]) -> dict[str, list[str]]:
    """The classes in order, numbers by size and text by letter, each with all the ways in which it is written."""
    written: dict[str, list[str]] = {}
    whole = _whole(number(text) for text in texts)
    for text in sorted(texts, key=lambda text: (number(text) or 0 if whole else 0, text)):
        written.setdefault(str(int(number(text) or 0)) if whole else text, []).append(text)
    if len(written) > MOST_CLASSES:
        raise FieldError(_TOO_MANY_NUMBERS if whole else _TOO_MANY, high=MOST_CLASSES, value=f"{len(written):,}")
    return written


def _sample(groups: Sequence[float], test: Sequence[bool], seed: int) -> Sequence[int]:
    """The places of at most MOST points, each group in proportion, in the file's order."""
    if len(groups) <= MOST:
        return range(len(groups))
    _values, parts = np.unique(np.array(groups) * 2 + np.array(test or [False] * len(groups)), return_inverse=True)
    left_out = held_out(parts.astype(np.int64), len(groups) - MOST, seed)
    return [int(i) for i in np.flatnonzero(~left_out)]
