"""What is said about a file: how it was read, what was assumed, what is asked, and which cells are wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from moons.fields import N_, FieldError

LARGE = N_("row {row}, column {column}: a number must be between {low} and {high}, got {value}")
SHOWN_ROWS = 8  # row numbers that a sentence names


@dataclass(frozen=True)
class Sentence:
    """A sentence for a person: a template to translate, and the values in it."""

    template: str
    values: tuple[tuple[str, object], ...] = ()

    def __str__(self) -> str:
        return self.template.format(**dict(self.values))


@dataclass(frozen=True)
class Note(Sentence):
    """What was assumed, left out or changed."""

    rows: tuple[int, ...] = ()  # of the file, as a spreadsheet counts them
    column: int | None = None


@dataclass(frozen=True)
class Problem(Sentence):
    """A cell that can't be used."""

    row: int = 0  # of the file, as a spreadsheet counts them
    place: int = 0  # in `Sheet.rows`
    column: int = 0


@dataclass(frozen=True)
class Answer(Sentence):
    """One answer to a question."""

    key: str = ""


@dataclass(frozen=True)
class Question(Sentence):
    """What a file leaves open. `chosen` is the likely answer, or the person's own."""

    key: str = ""
    answers: tuple[Answer, ...] = ()
    chosen: str = ""


@dataclass(frozen=True)
class ReadOptions:
    """How a file is read. None: to be found out; `Sheet.options` holds what was."""

    encoding: str | None = None  # a codec's name
    delimiter: str | None = None  # " " is any run of blanks, "  " two or more
    decimal: str | None = None  # "." or ","
    thousands: str | None = None  # "", ".", ",", " " or "'"
    header: int | None = None  # the row with the columns' names; 0: no row
    first_row: int | None = None  # the first row of data
    sheet: str | None = None  # of a workbook
    comment: str | None = None  # the mark of a comment line; "": there are none
    answers: tuple[tuple[str, str], ...] = ()  # a question's key and the answer's

    def answered(self, key: str, answer: str) -> "ReadOptions":
        """The options with one answer more."""
        return replace(self, answers=tuple((dict(self.answers) | {key: answer}).items()))

    def answer(self, key: str) -> str | None:
        """The person's answer to a question."""
        return dict(self.answers).get(key)

    def filled(self, **found: Any) -> "ReadOptions":
        """The options with what was found where nothing was said."""
        return replace(self, **{name: value for name, value in found.items() if getattr(self, name) is None})

    @property
    def said(self) -> dict[str, Any]:
        """The options that are set."""
        return {f.name: value for f in fields(self) if (value := getattr(self, f.name)) is not None}


class CellErrors(FieldError):  # noqa: N818 - there are several
    """Cells that can't be used: `problems` has all of them, the sentence the first ones."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        first = self.problems[0]
        if len(self.problems) == 1:
            super().__init__(first.template, **dict(first.values))
            return
        if dict(first.values).get("units"):
            super().__init__(
                N_(
                    "{count} cells of {column} can't be used: all numbers must have one unit, and they have {units}; "
                    "the first is {value} in row {row}"
                ),
                count=f"{len(self.problems):,}",
                **dict(first.values),
            )
            return
        beyond = N_(
            "{count} numbers are too large, in the rows {rows}: they must be between {low} and {high}. "
            "The first: row {row}, column {column}, {value}"
        )
        other = N_("{count} cells can't be used, in the rows {rows}. The first: row {row}, column {column}, {value}")
        super().__init__(
            beyond if all(problem.template == LARGE for problem in self.problems) else other,
            count=f"{len(self.problems):,}",
            rows=row_list([problem.row for problem in self.problems]),
            **{"column": first.column + 1, "value": "", "row": first.row} | dict(first.values),
        )


def note(template: str, rows: Sequence[int] = (), at: int | None = None, **values: object) -> Note:
    """A note; {count} and {rows} in it are filled from `rows`."""
    if rows:
        values |= {"count": f"{len(rows):,}", "rows": row_list(rows)}
    return Note(template, tuple(values.items()), tuple(rows), at)


def question(
    key: str, template: str, answers: Mapping[str, str | Sentence], likely: str, options: ReadOptions, **values: object
) -> Question:
    """A question with the person's answer chosen, or the likely one."""
    said = options.answer(key)
    choices = tuple(
        Answer(answer.template, answer.values, key=name)
        if isinstance(answer, Sentence)
        else Answer(answer, tuple(values.items()), key=name)
        for name, answer in answers.items()
    )
    return Question(
        template, tuple(values.items()), key, choices, said if said is not None and said in answers else likely
    )


def row_list(rows: Sequence[int]) -> str:
    """Row numbers in a sentence, the first ones."""
    shown = ", ".join(f"{row:,}" for row in rows[:SHOWN_ROWS])
    return shown + (", …" if len(rows) > SHOWN_ROWS else "")
