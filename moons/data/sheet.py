"""A file's cells, and the points in three of their columns. What is wrong gets a sentence, what is open a question."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from moons.data.cells import TEST, TRAIN, clean, split_name
from moons.data.grid import Grid
from moons.data.numbers import is_missing
from moons.data.options import Note, Question
from moons.data.selection import NONE, Selection, select
from moons.data.table import Table

LABELS = (
    "class", "label", "labels", "target", "species", "classes", "klasse", "classe", "clase", "category", "group",
    "outcome", "diagnosis", "type", "kind", "variety", "y_true", "종", "품종", "분류", "클래스", "라벨", "레이블",
    "类别", "類別", "标签", "標籤", "种类", "分类", "クラス", "ラベル", "種類", "分類", "نتیجه", "класс",
)  # fmt: skip
FEW = 10  # different whole numbers, at most, that make a first column look like classes


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
        usable = [i for i in range(len(self.columns)) if i != self.split]
        if self.strict and usable == [0, 1, 2] and self.split == 3:
            return 0, 1, 2  # points that were exported
        if len(usable) == 2:
            both = self.options.answer("two_columns") == "inputs" or not self.is_number(usable[0])
            return (usable[0], usable[1], NONE) if both and self.is_number(usable[1]) else (usable[0], NONE, usable[1])
        label = self._label([i for i in usable if i not in self.index_columns] or usable)
        inputs = [i for i in usable if i != label]
        inputs.sort(key=lambda i: (i in self.index_columns, not self.is_number(i), self._is_constant(i)))
        return inputs[0], inputs[1], label

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

    def _label(self, usable: Sequence[int]) -> int:
        """The column that looks like the class, or the number to predict."""
        names = [clean(self.columns[i]).lower() for i in usable]
        for word in LABELS if self.has_names else ():
            if word in names:
                return usable[names.index(word)]
        counts = {i: self._counts(i) for i in usable}
        words = [
            i for i in usable if not self.is_number(i) and 2 <= len(counts[i]) <= max(2, sum(counts[i].values()) // 2)
        ]
        if words:
            return words[-1]
        ending = [
            i
            for i, name in zip(usable, names, strict=True)
            if self.has_names and any(name.endswith(word) for word in LABELS[:8])
        ]
        if ending:
            return ending[-1]
        first, last = usable[0], usable[-1]
        coded = (
            not self.has_names
            and self._is_coded(first)
            and not self._is_coded(last)
            and not any(map(self._is_coded, usable[1:]))
        )
        return first if coded and sum(counts[first].values()) >= 3 * len(counts[first]) else last

    def _counts(self, place: int) -> Counter[str]:
        return Counter(cell for row in self._peek if not is_missing(cell := row[place]))

    def _is_coded(self, place: int) -> bool:
        """Whether a column holds a few small whole numbers."""
        cells = self._counts(place)
        return 2 <= len(cells) <= FEW and all(cell.strip().isdecimal() for cell in cells)


def sheet_of(table: Table) -> Sheet:
    """The cells of a table, to be changed and read again: x0, x1, label and, if the table has it, the split."""
    labels = [table.class_names[int(label)] if table.class_names else repr(label) for label in table.y]
    cells = [map(repr, table.x0), map(repr, table.x1), labels]
    if not table.test:
        return Sheet(table.columns, [list(row) for row in zip(*cells, strict=True)])
    splits = [TEST if test else TRAIN for test in table.test]
    return Sheet((*table.columns, split_name(table.columns)), [list(row) for row in zip(*cells, splits, strict=True)])
