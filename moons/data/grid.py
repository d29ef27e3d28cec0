"""A file's cells, and what its columns hold."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice, pairwise

from moons.data import naming
from moons.data.cells import clean, is_split, may_be_split
from moons.data.coded import Column
from moons.data.column import read_column
from moons.data.numbers import Found, Marks, is_missing, is_numeric, marks_of, number, with_mark
from moons.data.options import Note, Question, ReadOptions, question
from moons.fields import N_

PEEK = 200  # rows that are looked at to guess what a column holds


@dataclass(frozen=True)
class Grid:
    """A file's cells in named columns.

    As it is made here it is strict, each cell must be right; as `read_table` makes it, rows without a value are
    left out, and that is noted.
    """

    columns: tuple[str, ...]
    rows: Sequence[Sequence[str]]  # without the header; an empty row is a blank line
    first_row: int = 1  # the number of the first of them, as a spreadsheet counts
    has_names: bool = True  # whether `columns` are names from the file
    numbers: Sequence[int] = ()  # of the rows in the file; without, they are counted from `first_row`
    options: ReadOptions = field(default_factory=ReadOptions)  # how it was read; each can be said instead
    file_notes: tuple[Note, ...] = ()
    file_questions: tuple[Question, ...] = ()
    full_names: tuple[str, ...] = ()  # of the columns, as long as they are in the file
    strict: bool = True
    source: str = ""  # who made the data, and under which licence

    @cached_property
    def split(self) -> int | None:
        """The column that says which points are held out, if there is one beside three others."""
        if len(self.columns) < 3:
            return None
        likely = [i for i in range(len(self.columns)) if may_be_split([row[i] for row in self.peek])]
        places = [i for i in likely if is_split(self.columns[i], self.cells(i))]
        return places[-1] if places and len(self.columns) > 3 else None

    @cached_property
    def filled(self) -> tuple[Sequence[Sequence[str]], Sequence[int]]:
        """The rows that aren't blank, and their numbers in the file."""
        numbers = self.numbers or range(self.first_row, self.first_row + len(self.rows))
        if all(self.rows):
            return self.rows, numbers
        pairs = [(row, n) for row, n in zip(self.rows, numbers, strict=True) if row]
        return [row for row, _n in pairs], [n for _row, n in pairs]

    def cells(self, place: int) -> list[str]:
        """The cells of one column, blank lines left out."""
        return self._cells.setdefault(place, [row[place] for row in self.filled[0]])

    def column(self, place: int) -> Column:
        """One column as numbers."""
        if place not in self._numbers:
            self._numbers[place] = read_column(self.cells(place), self.marks, place, self.columns[place], self.options)
        return self._numbers[place]

    @cached_property
    def _peeks(self) -> dict[int, Column]:
        return {}

    @cached_property
    def _cells(self) -> dict[int, list[str]]:
        return {}

    @cached_property
    def _numbers(self) -> dict[int, Column]:
        return {}

    @cached_property
    def _found(self) -> Found:
        places = [i for i in range(len(self.columns)) if self._looks_numeric(i)]
        return marks_of((self.cells(i) for i in places), quoted_comma=self.options.delimiter == ",")

    @property
    def marks(self) -> Marks:
        """The decimal mark and the mark between thousands: as the person says, or as the file shows."""
        decimal, thousands = self.options.decimal, self.options.thousands
        found = self._found
        marks = found.marks
        said = self.options.answer("marks")
        if said in ("thousands", "decimal") and found.open_mark:
            marks = with_mark(found.open_mark, said == "thousands")
        if decimal is not None:
            marks = Marks(decimal, "," if decimal == "." else ".")
        return Marks(marks.decimal, thousands) if thousands is not None else marks

    @property
    def marks_question(self) -> tuple[Question, ...]:
        """Whether a mark that could be either parts thousands."""
        found = self._found
        if not found.open_mark or self.options.decimal is not None:
            return ()
        other = with_mark(found.open_mark, is_thousands=True)
        whole, fraction = (
            number(found.example, marks) for marks in (other, with_mark(found.open_mark, is_thousands=False))
        )
        answers = {
            "thousands": N_("it separates thousands: {whole}"),
            "decimal": N_("it is the decimal mark: {fraction}"),
        }
        likely = "thousands" if found.marks.thousands == found.open_mark else "decimal"
        template = N_("What is the sign in {value}?")
        values = {"value": found.example, "whole": f"{whole:.15g}", "fraction": f"{fraction:.15g}"}
        return (question("marks", template, answers, likely, self.options, **values),)

    @cached_property
    def peek(self) -> Sequence[Sequence[str]]:
        """Some rows from the beginning, and some spread over the rest."""
        rows = self.filled[0]
        return [*rows[:PEEK], *islice(rows, PEEK, None, max(1, len(rows) // PEEK))]

    def _looks_numeric(self, place: int) -> bool:
        cells = [row[place] for row in self.peek if not is_missing(row[place])]
        return bool(cells) and sum(map(_may_be_number, cells)) >= 0.5 * len(cells)

    def is_number(self, place: int) -> bool:
        """Whether a column holds numbers, or what becomes some."""
        column = self._peeked(place)
        return not column.missing.all() and column.share >= 0.9 and column.written != "words"

    def holds(self, place: int) -> str:
        """What a column of numbers was written as: numbers, dates, switches or words."""
        return self._peeked(place).written

    def is_text(self, place: int) -> bool:
        """Whether a column holds words, hardly a number, nor anything that becomes one."""
        column = self._peeked(place)
        if not all(row[place].lstrip()[:1].isalpha() for row in self.peek if row[place].strip()):
            return False
        return not column.missing.all() and column.share < 0.1 and column.written == "numbers" and not column.units

    def _peeked(self, place: int) -> Column:
        """The cells that are looked at as numbers."""
        if place not in self._peeks:
            cells = [row[place] for row in self.peek]
            self._peeks[place] = read_column(cells, self.marks, place, "", self.options)
        return self._peeks[place]

    def is_empty(self, place: int) -> bool:
        """Whether no row has a value."""
        return all(map(is_missing, self.cells(place)))

    def is_constant(self, place: int) -> bool:
        """Whether the rows that are looked at have one value."""
        return len({row[place] for row in self.peek}) < 2

    @cached_property
    def index_columns(self) -> frozenset[int]:
        """The columns that only count the rows."""
        width = len(self.columns) - (self.split is not None)
        if width < 3:
            return frozenset()
        found = frozenset(i for i in range(len(self.columns)) if i != self.split and self._is_index(i, width))
        return found if width - len(found) > 1 else frozenset()

    def _is_index(self, place: int, width: int) -> bool:
        """Whether a column counts from row to row, or is called an ID and holds another one in each row."""
        name = clean((self.full_names or self.columns)[place])
        unnamed = not name or (name.startswith("column ") and place == 0)
        named = unnamed or naming.names_counter(name)
        if not (named or (place == 0 and not self.has_names)):
            return False
        values = [number(row[place]) for row in self.peek[:PEEK]]
        steps = [b - a for a, b in pairwise(values) if a is not None and b is not None]
        counts = len(steps) == len(values) - 1 and bool(steps) and all(step == 1 for step in steps)
        if width == 3 or name.lower() in ("n", "number"):
            return counts and named and self.has_names and name.lower() not in ("n", "number")
        cells = [row[place] for row in self.peek]
        distinct = len(set(cells)) == len(cells) and None not in values
        return counts or (named and distinct and all(float(v or 0).is_integer() for v in values))


def _may_be_number(cell: str) -> bool:
    return is_numeric(cell) or any(sign.isdigit() for sign in cell)
