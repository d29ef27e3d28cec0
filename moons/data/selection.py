"""Three columns of a sheet as points: which rows are used, what is said about it, what is asked."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from moons.data.cells import LONGEST_NAME, after_column, clean, is_name, is_test, unguarded
from moons.data.column import far_out, sentinel_of
from moons.data.generators import CLASSIFICATION, REGRESSION
from moons.data.labels import in_order, labels_of, looks_like
from moons.data.numbers import is_missing, number
from moons.data.options import CellErrors, Note, Problem, Question, note, question
from moons.data.split import held_out
from moons.data.table import LARGEST, MOST, MOST_CLASSES, Table
from moons.fields import N_, FieldError

if TYPE_CHECKING:
    from moons.data.sheet import Sheet

NONE = -1  # in the place of a column: no second input, or no label
MOST_PROBLEMS = 1_000  # cells of a column that are listed
MANY = 20_000  # points: of more, a sample is used, and single ones aren't looked at
ENOUGH = 20  # points: of fewer, none is left out for being far from the others
FEW_BAD = 0.1  # of the cells: more that are no numbers are refused
CONSTANT = "constant"  # the name of the second input of points that have one
POINTS, RANDOM = "points", "random"  # the classes of points that have none
_NUMBER = N_("row {row}, column {column}: it must be a number, got {value}")
_NUMBER_EMPTY = N_("row {row}, column {column}: a number must stand there, and the cell is empty")
_FINITE = N_("row {row}, column {column}: a number must be finite and not missing, got {value}")
_LARGE = N_("row {row}, column {column}: a number must be between {low} and {high}, got {value}")
_LABEL_EMPTY = N_("row {row}, column {column}: a class must stand there, and the cell is empty")
_LABEL_NAME = N_("row {row}, column {column}: a class must be one line of at most {high} characters, got {value}")
_TOO_MANY = N_("there must be at most {high} classes, and the label column has {value} different values")
_TOO_MANY_NUMBERS = N_(
    "there must be at most {high} classes, and the label column has {value} different whole numbers: "
    "it may hold a number to predict"
)


@dataclass(frozen=True, eq=False)
class Selection:
    """What three columns of a sheet give."""

    columns: tuple[str, str, str]
    task: str
    X: NDArray[np.float64]  # (n, 2)
    targets: NDArray[np.float64]  # (n,), of a regression
    labels: tuple[str, ...]  # (n,), of a classification
    test: tuple[bool, ...]  # (n,), if the file says which points are held out
    rows: NDArray[np.int64]  # (n,), the places in the sheet of the rows that are used
    notes: tuple[Note, ...] = ()
    questions: tuple[Question, ...] = ()
    problems: tuple[Problem, ...] = ()  # cells that can't be used
    error: FieldError | None = None  # why there is no table

    def table(self, seed: int = 0) -> Table:
        """The points; of more than MOST a sample by `seed`. Raises FieldError if no network could learn from them."""
        if self.error is not None:
            raise self.error
        names = in_order(set(self.labels)) if self.task == CLASSIFICATION else []
        place = {name: i for i, name in enumerate(names)}
        y: list[Any] = [place[label] for label in self.labels] if names else self.targets.tolist()
        if names and len(names) > MOST_CLASSES:
            whole = all(number(name) is not None for name in names)
            raise FieldError(_TOO_MANY_NUMBERS if whole else _TOO_MANY, high=MOST_CLASSES, value=f"{len(names):,}")
        for i, column in enumerate(self.columns[:2]):
            if column != CONSTANT and len(self.X) and np.ptp(self.X[:, i]) == 0:
                raise FieldError(
                    N_(
                        "the column {column} has the same value everywhere ({value}), so nothing can be learned from it"
                    ),
                    column=after_column(column),
                    value=f"{self.X[0, i]:g}",
                )
        kept = _sample(y if names else [0] * len(y), self.test, seed)
        test = tuple(self.test[i] for i in kept) if self.test else ()
        return Table(
            x0=tuple(self.X[kept, 0].tolist()),
            x1=tuple(self.X[kept, 1].tolist()),
            y=tuple(y[i] for i in kept),
            class_names=tuple(names),
            columns=self.columns,
            test=test if len(set(test)) == 2 else (),
        )

    @property
    def suggests_standardise(self) -> bool:
        """Whether the points are better standardised; False if there are none."""
        try:
            return self.table().suggests_standardise
        except FieldError:
            return False


class _Choice:
    """The rows that are used, while columns are read one after the other."""

    def __init__(self, sheet: Sheet) -> None:
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

    def problem(self, place: int, column: int, template: str) -> Problem:
        cell = self.sheet.cells(column)[place]
        values = {
            "row": f"{self.numbers[place]:,}",
            "column": after_column(self.sheet.columns[column]),
            "value": repr(cell)[:LONGEST_NAME],
            "low": f"{-LARGEST:g}",
            "high": LONGEST_NAME if template in (_LABEL_NAME, _LABEL_EMPTY) else f"{LARGEST:g}",
        }
        return Problem(template, tuple(values.items()), int(self.numbers[place]), place, column)

    def column(self, column: int) -> NDArray[np.float64]:
        """The numbers of a column. Rows without one are left out, or, if they are many, the column is refused."""
        sheet, name = self.sheet, self.sheet.columns[column]
        found = sheet.column(column)
        large = np.abs(found.values) > LARGEST
        bad = found.bad | large
        self.notes += found.notes
        self.questions += found.questions
        self._check(column, bad, large, found.missing)
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

    def _check(self, column: int, bad: NDArray[np.bool_], large: NDArray[np.bool_], missing: NDArray[np.bool_]) -> None:
        wrong = (bad | missing) if self.sheet.strict else bad
        cells = self.sheet.cells(column)
        problems = [
            self.problem(i, column, _wrong(cells[i], large=bool(large[i])))
            for i in np.flatnonzero(wrong & self.kept)[:MOST_PROBLEMS].tolist()
        ]
        self.problems += problems
        n_filled = int((~missing).sum())
        if not problems:
            if not n_filled:
                self.fatal += [self.problem(0, column, _NUMBER_EMPTY)] if len(cells) else []
            return
        if self.sheet.strict:
            self.fatal += problems
            return
        name, n_bad = self.sheet.columns[column], int(bad.sum())
        few = n_bad <= FEW_BAD * n_filled
        example = problems[0]
        asked = question(
            f"bad.{column}",
            N_("Cells of {column} are no numbers, like {value} in row {row}. Leave these rows out?"),
            {"leave out": N_("yes"), "refuse": N_("no, I mend the file")},
            "leave out" if few else "refuse",
            self.sheet.options,
            column=name,
            **{key: value for key, value in example.values if key in ("row", "value")},
        )
        self.questions.append(asked)
        if asked.chosen == "refuse":
            self.fatal += problems
            return
        self.leave_out(
            bad, N_("Rows without a number in {column} were left out: {count} (rows {rows})."), column, column=name
        )

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
        return _LARGE
    if not cell.strip():
        return _NUMBER_EMPTY
    return _FINITE if is_missing(cell) or number(cell) is not None else _NUMBER


def select(sheet: Sheet, x0: int, x1: int, label: int, task: str | None) -> Selection:
    """The points in three columns; NONE as `x1`: there is one input; NONE as `label`: there is one class."""
    chosen = [place for place in (x0, x1, label) if place != NONE]
    if len(set(chosen)) < len(chosen) or (x0 == NONE) or (x1 == NONE and label == NONE):
        return _refused(FieldError(N_("the two inputs and the label must be three different columns")))
    choice = _Choice(sheet)
    choice.questions += sheet.marks_question if not sheet.strict else ()
    _ask_for_two(choice)
    inputs = [choice.column(x0), np.zeros(len(choice.kept)) if x1 == NONE else choice.column(x1)]
    task = task or (_task(sheet, label, alone=x1 == NONE) if label != NONE else CLASSIFICATION)
    texts, targets = _labels(choice, label, task), np.zeros(len(choice.kept))
    if task == REGRESSION and label != NONE:
        targets = choice.column(label)
    test = [is_test(cell) for cell in sheet.cells(sheet.split)] if sheet.split is not None else []
    rows = np.flatnonzero(choice.kept)
    names = tuple(CONSTANT if i == NONE else sheet.columns[i] for i in (x0, x1)) + (
        ("class",) if label == NONE else (sheet.columns[label],)
    )
    selection = Selection(
        columns=(names[0], names[1], names[2]),
        task=task,
        X=np.column_stack(inputs)[rows] + 0.0,
        targets=targets[rows],
        labels=tuple(texts[i] for i in rows.tolist()) if texts else (),
        test=tuple(test[i] for i in rows.tolist()) if test else (),
        rows=rows,
        problems=tuple(choice.problems),
        error=CellErrors(choice.fatal) if choice.fatal else None if len(rows) else FieldError(_NOTHING),
    )
    if label == NONE and selection.error is None:
        selection = _beside_random(selection)
    if not sheet.strict and selection.error is None:
        choice.notes += _remarks(sheet, selection)
    return _with(selection, choice)


_EXPORTED = re.compile(r"-?\d\.\d+e[+-]\d+")  # how an export writes whole numbers that are to be predicted


FEW_NUMBERS = 10  # different ones beside a single input: more of them are a number to predict


def _task(sheet: Sheet, label: int, *, alone: bool) -> str:
    """What a label column looks like, with one input `alone` or with two."""
    cells = sheet.cells(label)
    if alone and len(set(cells)) > FEW_NUMBERS and sheet.is_number(label):
        return REGRESSION
    if sheet.strict and sheet.split is not None and all(map(_EXPORTED.fullmatch, cells)):
        return REGRESSION
    return looks_like(cells, sheet.marks)


_NOTHING = N_("no row has a value in all three columns")


def _with(selection: Selection, choice: _Choice) -> Selection:
    return Selection(
        **{
            name: getattr(selection, name)
            for name in ("columns", "task", "X", "targets", "labels", "test", "rows", "problems", "error")
        },
        notes=tuple(choice.notes),
        questions=tuple(choice.questions),
    )


def _refused(error: FieldError) -> Selection:
    none = np.zeros(0)
    return Selection(
        ("x0", "x1", "y"), CLASSIFICATION, np.zeros((0, 2)), none, (), (), np.zeros(0, np.int64), error=error
    )


def _ask_for_two(choice: _Choice) -> None:
    sheet = choice.sheet
    if len(sheet.columns) - (sheet.split is not None) != 2:
        return
    usable = [i for i in (0, 1, 2) if i != sheet.split][:2]
    if not all(map(sheet.is_number, usable)):
        return
    first, second = (sheet.columns[i] for i in usable)
    answers = {
        "predict": N_("{second} is predicted from {first}"),
        "inputs": N_("both are inputs, with one class; random points are the other"),
    }
    template = N_("The file has two columns. What are they?")
    choice.questions.append(
        question("two_columns", template, answers, "predict", sheet.options, first=first, second=second)
    )


def _labels(choice: _Choice, label: int, task: str) -> list[str]:
    """The class of each row; rows without one are left out. Empty for a regression."""
    sheet = choice.sheet
    if task == REGRESSION or label == NONE:
        return [] if label != NONE else [POINTS] * len(choice.kept)
    cells = sheet.cells(label)
    found = labels_of(cells, sheet.marks, sheet.options, choice.numbers, as_written=sheet.strict)
    choice.notes += found.notes
    choice.questions += found.questions
    bad = {text for text in set(found.texts) if text and not is_name(text)}
    if sheet.strict:
        choice.fatal += [
            choice.problem(i, label, _LABEL_NAME if text else _LABEL_EMPTY)
            for i, text in enumerate(found.texts)
            if not text or text in bad
        ][:MOST_PROBLEMS]
        return found.texts
    missing = np.array([not text or text in bad for text in found.texts], bool)
    name = sheet.columns[label]
    choice.leave_out(
        missing, N_("Rows without a class in {column} were left out: {count} (rows {rows})."), label, column=name
    )
    hidden = next(
        (cell for cell in set(cells) if clean(cell) != " ".join(cell.split()) and unguarded(cell) in set(found.texts)),
        None,
    )
    if hidden is not None:
        choice.notes.append(note(N_("Characters that can't be seen were dropped from the classes."), (), label))
    return found.texts


def _beside_random(selection: Selection) -> Selection:
    """The points as one class, and as many random ones around them as the other."""
    low, high = selection.X.min(axis=0), selection.X.max(axis=0)
    margin = 0.1 * (high - low)
    n = len(selection.X)
    scattered = np.random.default_rng(0).uniform(low - margin, high + margin, (n, 2))
    return Selection(
        **{name: getattr(selection, name) for name in ("columns", "task", "rows", "problems", "error")},
        X=np.concatenate([selection.X, scattered]),
        targets=np.zeros(2 * n),
        labels=(POINTS,) * n + (RANDOM,) * n,
        test=(),
    )


def _remarks(sheet: Sheet, selection: Selection) -> list[Note]:
    """What a person should know about the points themselves."""
    notes = []
    if sheet.index_columns:
        template = N_("{column} only counts the rows, so it isn't proposed as an input.")
        notes += [note(template, (), i, column=sheet.columns[i]) for i in sorted(sheet.index_columns)]
    if sheet.split is not None:
        name = sheet.columns[sheet.split]
        notes.append(note(N_("{column} says which points are held out."), (), sheet.split, column=name))
    if len(selection.X) > MOST:
        template = N_("The file has {all} rows: a sample of {kept} is used, with each class in proportion.")
        notes.append(note(template, all=f"{len(selection.X):,}", kept=f"{MOST:,}"))
    if selection.task != CLASSIFICATION or len(selection.X) > MANY:
        return notes
    alone = [name for name, count in Counter(selection.labels).items() if count == 1]
    if alone and len(alone) < 5:
        template = N_("Classes with a single point, which is never held out: {names}.")
        notes.append(note(template, names=", ".join(alone)))
    labels_at: dict[tuple[float, ...], set[str]] = {}
    for point, name in zip(map(tuple, selection.X.tolist()), selection.labels, strict=True):
        labels_at.setdefault(point, set()).add(name)
    torn = sum(len(labels) > 1 for labels in labels_at.values())
    if torn:
        template = N_("Places with points of several classes, which no network can tell apart: {count}.")
        notes.append(Note(template, (("count", f"{torn:,}"),)))
    if len(labels_at) <= len(selection.X) // 2:
        template = N_("Many points are the same: {count} of {all} are different.")
        notes.append(Note(template, (("count", f"{len(labels_at):,}"), ("all", f"{len(selection.X):,}"))))
    return notes


def _sample(groups: Sequence[float], test: Sequence[bool], seed: int) -> list[int]:
    """The places of at most MOST points, each group in proportion, in the file's order."""
    if len(groups) <= MOST:
        return list(range(len(groups)))
    tests = np.array(test or [False] * len(groups))
    _values, parts = np.unique(np.array(groups) * 2 + tests, return_inverse=True)
    left_out = held_out(parts.astype(np.int64), len(groups) - MOST, seed)
    return [int(i) for i in np.flatnonzero(~left_out)]
