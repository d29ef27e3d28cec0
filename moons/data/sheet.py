"""A file's cells, and the points in three of their columns. What is wrong gets a sentence, what is open a question."""

from dataclasses import replace

from moons.data.cells import TEST, TRAIN, split_name
from moons.data.grid import Grid
from moons.data.guessing import guess
from moons.data.options import Note, Question
from moons.data.selection import Selection, select
from moons.data.table import Table


class Sheet(Grid):
    """A file's cells, before anyone has said what they mean."""

    @property
    def notes(self) -> tuple[Note, ...]:
        """What was assumed, left out or changed, with the columns that are guessed."""
        return self.selection(*self.guess()).notes

    @property
    def questions(self) -> tuple[Question, ...]:
        """What the file leaves open, with the columns that are guessed."""
        return self.selection(*self.guess()).questions

    @property
    def suggests_standardise(self) -> bool:
        """Whether the points are better standardised, with the columns that are guessed."""
        return self.selection(*self.guess()).suggests_standardise

    def answered(self, key: str, answer: str) -> "Sheet":
        """The same cells with a question answered. Encoding, sheet and pairs need `read_table` with these options."""
        return replace(self, options=self.options.answered(key, answer))

    def guess(self) -> tuple[int, int, int]:
        """The columns that look like the two inputs and the label; NONE for a second input or a label there isn't."""
        return guess(self)

    def selection(self, x0: int, x1: int, label: int, *, task: str | None = None) -> Selection:
        """What three columns give: notes, questions, problems, and the table if there is one."""
        return select(self, x0, x1, label, task)

    def table(self, x0: int, x1: int, label: int, *, task: str | None = None, seed: int = 0) -> Table:
        """The points in three columns. Of more than MOST, a sample by `seed` that has each class in proportion.

        Without `task`, a label column of numbers is a number to predict if they aren't all whole or are too many
        for classes; anything else is classes. Raises CellErrors with all cells that can't be used, or FieldError.
        """
        return self.selection(x0, x1, label, task=task).table(seed)

    def ranking(self, label: int | None = None) -> list[tuple[int, float]]:
        """The columns of numbers, those first that tell most about the label: (place, share), shares adding up to 1."""
        from moons.data.ranking import ranked  # noqa: PLC0415 - a tree's library takes a second to load

        return ranked(self, self.guess()[2] if label is None else label)


def sheet_of(table: Table) -> Sheet:
    """The cells of a table, to be changed and read again: x0, x1, label and, if the table has it, the split."""
    labels = [table.class_names[int(label)] if table.class_names else repr(label) for label in table.y]
    cells = [map(repr, table.x0), map(repr, table.x1), labels]
    if not table.test:
        return Sheet(table.columns, [list(row) for row in zip(*cells, strict=True)])
    splits = [TEST if test else TRAIN for test in table.test]
    return Sheet((*table.columns, split_name(table.columns)), [list(row) for row in zip(*cells, splits, strict=True)])
