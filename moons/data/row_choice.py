"""Which rows of a sheet are used, while one column after the other is read: what is left out, asked and wrong."""

import numpy as np
from numpy.typing import NDArray

from moons.data.cells import LONGEST_NAME, after_column
from moons.data.coded import Column
from moons.data.column import far_out, sentinel_of
from moons.data.grid import Grid
from moons.data.numbers import is_missing, number
from moons.data.options import LARGE, Problem, Question, note, question
from moons.data.table import LARGEST
from moons.fields import N_

LEAVE_OUT = {"leave out": N_("yes"), "refuse": N_("no, I will correct the table")}
MOST_PROBLEMS = 1_000  # cells of a column that are listed
ENOUGH = 20  # points: of fewer, none is left out for being far from the others
FEW_BAD = 0.1  # of the cells: more that are no numbers are refused
MOST_ALIKE = 0.5  # of the cells may be one and the same number beyond LARGEST
NUMBER = N_("row {row}, column {column}: it must be a number, got {value}")
COLUMN_EMPTY = N_("the column {column} is empty: it must hold numbers")
NUMBER_EMPTY = N_("row {row}, column {column}: it must hold a number, and the cell is empty")
FINITE = N_("row {row}, column {column}: a number must be finite and not missing, got {value}")
UNITS = N_("row {row}, column {column}: all numbers must have one unit, and they have {units}; got {value}")
LABEL_EMPTY = N_("row {row}, column {column}: it must hold a class, and the cell is empty")
LABEL_NAME = N_("row {row}, column {column}: a class must be one line of at most {high} characters, got {value}")


class RowChoice:
    """The rows that are used, while columns are read one after the other."""

    def __init__(self, sheet: Grid) -> None:
        self.sheet = sheet
        self.numbers = sheet.filled[1]
        self.kept = np.ones(len(sheet.filled[0]), bool)
        self.notes = list(sheet.file_notes)
        self.questions = [*sheet.file_questions]
        self.problems: list[Problem] = []
        self.fatal: list[Problem] = []

    def leave_out(self, mask: NDArray[np.bool_], template: str, at: int, **values: object) -> None:
        gone = np.flatnonzero(mask & self.kept)
        self.kept &= ~mask
        if len(gone):
            rows = [self.numbers[i] for i in gone.tolist()]
            self.notes.append(note(template, rows, at, **values))

    def problem(self, place: int, column: int, template: str, **more: object) -> Problem:
        cell = self.sheet.cells(column)[place]
        values = {
            "row": f"{self.numbers[place]:,}",
            "column": after_column(self.sheet.columns[column]),
            "value": repr(cell)[:LONGEST_NAME],
            "low": f"{-LARGEST:g}",
            "high": LONGEST_NAME if template in (LABEL_NAME, LABEL_EMPTY) else f"{LARGEST:g}",
        } | more
        return Problem(template, tuple(values.items()), int(self.numbers[place]), place, column)

    def column(self, column: int) -> NDArray[np.float64]:
        """The numbers of a column. Rows without one are left out, or, if they are many, the column is refused."""
        sheet, name = self.sheet, self.sheet.columns[column]
        found = sheet.column(column)
        large = np.abs(found.values) > LARGEST
        bad = found.bad | large
        self.notes += found.notes
        self.questions += found.questions
        self._check(column, bad, large, found)
        values = found.values.copy()
        if sheet.strict:
            return values
        self.leave_out(
            found.missing,
            N_("Rows without a value in {column} were left out: {count} (rows {rows})."),
            column,
            column=name,
        )
        self._offer_sentinel(values, column, name)
        self._offer_outlier(values, column, name)
        return values

    def _check(self, column: int, bad: NDArray[np.bool_], large: NDArray[np.bool_], found: Column) -> None:
        missing, units = found.missing, ", ".join(found.units)
        wrong = (bad | missing) if self.sheet.strict else bad
        cells = self.sheet.cells(column)
        problems = [
            self.problem(i, column, UNITS if units else _wrong(cells[i], large=bool(large[i])), units=units)
            for i in np.flatnonzero(wrong & self.kept)[:MOST_PROBLEMS].tolist()
        ]
        self.problems += problems
        n_filled = int((~missing).sum())
        if not problems:
            if not n_filled:
                self.fatal += [self.problem(0, column, COLUMN_EMPTY)] if len(cells) else []
            return
        name, n_bad, beyond = self.sheet.columns[column], int(bad.sum()), bool(large[bad].all())
        if self.sheet.strict or n_bad == n_filled:
            self.fatal += problems
            return
        distinct = {cells[i].strip() for i in np.flatnonzero(bad)[:MOST_PROBLEMS].tolist()}
        alike = n_bad > 1 and len(distinct) == 1 and beyond  # a number for a missing one
        few = n_bad <= (MOST_ALIKE if alike else FEW_BAD) * n_filled
        asked = self._ask_large(name, problems[0], few=few) if beyond else self._ask_bad(name, problems[0], few=few)
        if asked.chosen == "refuse":
            self.fatal += problems
            return
        without = N_("Rows without a number in {column} were left out: {count} (rows {rows}).")
        too_large = N_("Rows whose number in {column} is too large were left out: {count} (rows {rows}).")
        self.leave_out(bad, too_large if beyond else without, column, column=name)

    def _ask_bad(self, name: str, example: Problem, *, few: bool) -> Question:
        """Whether rows without a number in a column are left out."""
        asked = question(
            f"bad.{example.column}",
            N_("Cells of {column} are no numbers, like {value} in row {row}. Leave these rows out?"),
            LEAVE_OUT,
            "leave out" if few else "refuse",
            self.sheet.options,
            column=name,
            **{key: value for key, value in example.values if key in ("row", "value")},
        )
        self.questions.append(asked)
        return asked

    def _ask_large(self, name: str, example: Problem, *, few: bool) -> Question:
        """The same of numbers that are too large: one question for all columns, which names one more each time."""
        before = next((asked for asked in self.questions if asked.key == "large"), None)
        values = dict(before.values if before else example.values)
        names = f"{values['columns']}, {name}" if before else name
        likely = few and (before is None or before.chosen == "leave out")
        asked = question(
            "large",
            N_(
                "Numbers in {columns} are too large, like {value} in row {row}: they must be between {low} and {high}. "
                "Leave these rows out?"
            ),
            LEAVE_OUT,
            "leave out" if likely else "refuse",
            self.sheet.options,
            **{key: values[key] for key in ("row", "value", "low", "high")} | {"columns": names},
        )
        self.questions = [one for one in self.questions if one is not before] + [asked]
        return asked

    def _offer_sentinel(self, values: NDArray[np.float64], column: int, name: str) -> None:
        value = sentinel_of(values[self.kept & np.isfinite(values)])
        if value is None:
            return
        mask = values == value
        rows = [self.numbers[i] for i in np.flatnonzero(mask & self.kept).tolist()]
        asked = question(
            f"sentinel.{column}",
            N_("{value} in {column} may stand for a missing value, in {count} rows: {rows}. Leave them out?"),
            {"leave out": N_("yes"), "keep": N_("no, it is a value")},
            "leave out",
            self.sheet.options,
            value=f"{value:g}",
            column=name,
            **dict(note("", rows).values),
        )
        self.questions.append(asked)
        if asked.chosen == "leave out":
            template = N_(
                "Rows with {value} in {column}, perhaps for a missing value, were left out: {count} (rows {rows})."
            )
            self.leave_out(mask, template, column, value=f"{value:g}", column=name)

    def _offer_outlier(self, values: NDArray[np.float64], column: int, name: str) -> None:
        usable = self.kept & np.isfinite(values)
        if usable.sum() < 5:
            return
        mask = np.zeros(len(values), bool)
        mask[np.flatnonzero(usable)] = far_out(values[usable])
        if not mask.any():
            return
        rows = [self.numbers[i] for i in np.flatnonzero(mask).tolist()]
        shown = f"{values[mask][0]:.15g}"
        asked = question(
            f"outlier.{column}",
            N_("{value} in {column} is a thousand times as far out as all others (rows {rows}). Leave it out?"),
            {"leave out": N_("yes"), "keep": N_("no, it is right")},
            "leave out" if usable.sum() >= ENOUGH else "keep",
            self.sheet.options,
            value=shown,
            column=name,
            **dict(note("", rows).values),
        )
        self.questions.append(asked)
        if asked.chosen == "leave out":
            template = N_("Rows with a number in {column} far beyond all others were left out: {count} (rows {rows}).")
            self.leave_out(mask, template, column, column=name)


def _wrong(cell: str, *, large: bool) -> str:
    """The rule that a number breaks, or what stands where one should."""
    if large:
        return LARGE
    if not cell.strip():
        return NUMBER_EMPTY
    return FINITE if is_missing(cell) or number(cell) is not None else NUMBER
