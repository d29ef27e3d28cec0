"""Three columns of a sheet as points: which rows are used, what is said about it, what is asked."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from moons.data import naming
from moons.data.cells import LONGEST_NAME, after_column, clean, is_name, is_test, shortened, unguarded, unique
from moons.data.generators import CLASSIFICATION, REGRESSION
from moons.data.grid import Grid
from moons.data.guessing import NONE, label_question, usable_columns
from moons.data.labels import in_order, labels_of, looks_like, may_be_either
from moons.data.numbers import number
from moons.data.options import CellErrors, Note, Problem, Question, note, question
from moons.data.remarks import remarks
from moons.data.row_choice import LABEL_EMPTY, LABEL_NAME, MOST_PROBLEMS, RowChoice
from moons.data.split import held_out
from moons.data.table import MOST, MOST_CLASSES, Table
from moons.fields import N_, FieldError

FEW_NUMBERS = 10  # different ones beside a single input: more of them are a number to predict
CONSTANT = "constant"  # the name of the second input of points that have one
POINTS, RANDOM = "points", "random"  # the classes of points that have none
_TOO_MANY = N_("there must be at most {high} classes, and the label column has {value} different values")
_TOO_MANY_NUMBERS = N_(
    "there must be at most {high} classes, and the label column has {value} different whole numbers: "
    "it may hold a number to predict"
)
_EXPORTED = re.compile(r"-?\d\.\d+e[+-]\d+")  # how an export writes whole numbers that are to be predicted
_EMPTY = N_("the column {column} is empty: it must hold classes or numbers")
_NOTHING = N_("no row has a value in all three columns")


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


def select(sheet: Grid, x0: int, x1: int, label: int, task: str | None) -> Selection:
    """The points in three columns; NONE as `x1`: there is one input; NONE as `label`: there is one class."""
    chosen = [place for place in (x0, x1, label) if place != NONE]
    if len(set(chosen)) < len(chosen) or (x0 == NONE) or (x1 == NONE and label == NONE):
        return _refused(FieldError(N_("the two inputs and the label must be three different columns")))
    choice = RowChoice(sheet)
    choice.questions += sheet.marks_question if not sheet.strict else ()
    choice.questions += label_question(sheet, label)
    _ask_for_two(choice)
    _note_constant(choice, (x0, x1, label))
    inputs = [choice.column(x0), np.zeros(len(choice.kept)) if x1 == NONE else choice.column(x1)]
    task = task or _task(choice, label, alone=x1 == NONE)
    texts, targets = _labels(choice, label, task), np.zeros(len(choice.kept))
    if task == REGRESSION and label != NONE:
        targets = choice.column(label)
    split = sheet.split
    test = [is_test(sheet.columns[split], cell) for cell in sheet.cells(split)] if split is not None else []
    rows = np.flatnonzero(choice.kept)
    names = _names(sheet, (x0, x1, label), task)
    wrong = CellErrors(choice.fatal) if choice.fatal else None if len(rows) else FieldError(_NOTHING)
    if label != NONE and not sheet.strict and sheet.is_empty(label):
        wrong = FieldError(_EMPTY, column=after_column(sheet.columns[label]))
    selection = Selection(
        columns=(names[0], names[1], names[2]),
        task=task,
        X=np.column_stack(inputs)[rows] + 0.0,
        targets=targets[rows],
        labels=tuple(texts[i] for i in rows.tolist()) if texts else (),
        test=tuple(test[i] for i in rows.tolist()) if test else (),
        rows=rows,
        problems=tuple(choice.problems),
        error=wrong,
    )
    if label == NONE and selection.error is None:
        selection = _beside_random(selection)
    if not sheet.strict and selection.error is None:
        choice.notes += remarks(sheet, selection.task, selection.X, selection.labels)
    return replace(selection, notes=tuple(choice.notes), questions=tuple(choice.questions))


def _task(choice: RowChoice, label: int, *, alone: bool) -> str:
    """What a label column looks like, with one input `alone` or with two; asked if it may be either."""
    sheet = choice.sheet
    if label == NONE:
        return CLASSIFICATION
    cells = sheet.cells(label)
    if sheet.strict:
        exported = sheet.split is not None and all(map(_EXPORTED.fullmatch, cells))
        return REGRESSION if exported else looks_like(cells, sheet.marks, MOST_CLASSES)
    if alone and len(set(cells)) > FEW_NUMBERS and sheet.is_number(label):
        return REGRESSION
    name = clean(sheet.columns[label])
    named = sheet.has_names and naming.names_class(name) and 3 * len(set(cells)) <= len(cells)
    dated = sheet.is_number(label) and sheet.holds(label) == "dates" and len(set(cells)) > FEW_NUMBERS
    priced = sheet.has_names and naming.names_target(name) and sheet.is_number(label) and len(set(cells)) > 2
    likely = REGRESSION if dated or priced else looks_like(cells, sheet.marks, MOST_CLASSES if named else FEW_NUMBERS)
    if priced or not may_be_either(cells, sheet.marks):
        return likely
    answers = {str(CLASSIFICATION): N_("each of them is a class"), str(REGRESSION): N_("a number to predict")}
    template = N_("What are the {count} different numbers of {column}?")
    asked = question(
        "task", template, answers, likely, sheet.options, column=sheet.columns[label], count=len(set(cells))
    )
    choice.questions.append(asked)
    return asked.chosen


def _names(sheet: Grid, places: tuple[int, int, int], task: str) -> list[str]:
    """The columns' names, with what their cells became: "date (days since 2024-01-01)"."""
    names = []
    for at, place in enumerate(places):
        name = (CONSTANT, CONSTANT, "class")[at] if place == NONE else sheet.columns[place]
        is_number = place != NONE and not sheet.strict and (at < 2 or task == REGRESSION)
        measure = sheet.column(place).measure if is_number else ""
        names.append(f"{shortened(name, LONGEST_NAME - len(measure) - 3)} ({measure})" if measure else name)
    return unique(names)


def _refused(error: FieldError) -> Selection:
    none = np.zeros(0)
    return Selection(
        ("x0", "x1", "y"), CLASSIFICATION, np.zeros((0, 2)), none, (), (), np.zeros(0, np.int64), error=error
    )


def _ask_for_two(choice: RowChoice) -> None:
    sheet = choice.sheet
    usable = usable_columns(sheet) if not sheet.strict else []
    if len(usable) != 2:
        return
    if not all(map(sheet.is_number, usable)):
        return
    first, second = (sheet.columns[i] for i in usable)
    answers = {
        "predict": N_("{second} is predicted from {first}"),
        "inputs": N_("both are inputs: all rows are one class, and random points are the other"),
    }
    template = N_("The table has two columns. What are they?")
    choice.questions.append(
        question("two_columns", template, answers, "predict", sheet.options, first=first, second=second)
    )


def _note_constant(choice: RowChoice, chosen: tuple[int, int, int]) -> None:
    """Say why there is one input, where another column has one value."""
    sheet = choice.sheet
    if chosen[1] != NONE or sheet.strict:
        return
    for i in range(len(sheet.columns)):
        if i not in (*chosen, sheet.split) and sheet.is_constant(i) and sheet.filled[0]:
            alike = N_("{column} has the same value everywhere ({value}), so it isn't proposed as an input.")
            empty = N_("{column} is empty, so it isn't proposed as an input.")
            template = empty if sheet.is_empty(i) else alike
            choice.notes.append(note(template, (), i, column=sheet.columns[i], value=sheet.cells(i)[0][:40]))
            return


def _labels(choice: RowChoice, label: int, task: str) -> list[str]:
    """The class of each row; rows without one are left out. Empty for a regression."""
    sheet = choice.sheet
    if task == REGRESSION or label == NONE:
        return [] if label != NONE else [POINTS] * len(choice.kept)
    cells = _filled_down(choice, label)
    found = labels_of(cells, sheet.marks, sheet.options, choice.numbers, as_written=sheet.strict)
    choice.notes += found.notes
    choice.questions += found.questions
    bad = {text for text in set(found.texts) if text and not is_name(text)}
    if sheet.strict:
        choice.fatal += [
            choice.problem(i, label, LABEL_NAME if text else LABEL_EMPTY)
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


def _filled_down(choice: RowChoice, label: int) -> list[str]:
    """The cells of the class, where it is written in a group's first row only: those below mean the same."""
    sheet = choice.sheet
    cells = sheet.cells(label)
    n_filled = sum(bool(cell.strip()) for cell in cells)
    if sheet.strict or not 2 <= n_filled <= len(cells) // 3 or not cells[0].strip():
        return cells
    asked = question(
        f"fill.{label}",
        N_("Most cells of {column} are empty. Is each the same as the one above it?"),
        {"fill": N_("yes"), "leave out": N_("no: such rows are left out")},
        "fill",
        sheet.options,
        column=sheet.columns[label],
    )
    choice.questions.append(asked)
    if asked.chosen != "fill":
        return cells
    filled: list[str] = []
    for cell in cells:
        filled.append(cell if cell.strip() else filled[-1])
    template = N_("Empty cells of {column} were filled with the one above: {value}.")
    choice.notes.append(note(template, (), label, column=sheet.columns[label], value=f"{len(cells) - n_filled:,}"))
    return filled


def _beside_random(selection: Selection) -> Selection:
    """The points as one class, and as many random ones around them as the other."""
    low, high = selection.X.min(axis=0), selection.X.max(axis=0)
    margin = 0.1 * (high - low)
    n = len(selection.X)
    scattered = np.random.default_rng(0).uniform(low - margin, high + margin, (n, 2))
    return replace(
        selection,
        X=np.concatenate([selection.X, scattered]),
        targets=np.zeros(2 * n),
        labels=(POINTS,) * n + (RANDOM,) * n,
        test=(),
    )


def _sample(groups: Sequence[float], test: Sequence[bool], seed: int) -> list[int]:
    """The places of at most MOST points, each group in proportion, in the file's order."""
    if len(groups) <= MOST:
        return list(range(len(groups)))
    tests = np.array(test or [False] * len(groups))
    _values, parts = np.unique(np.array(groups) * 2 + tests, return_inverse=True)
    left_out = held_out(parts.astype(np.int64), len(groups) - MOST, seed)
    return [int(i) for i in np.flatnonzero(~left_out)]
