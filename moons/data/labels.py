"""A column of cells as classes: what stays as it is written, what is the same class written twice."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from moons.data.cells import clean, is_whole, unguarded, unique
from moons.data.generators import CLASSIFICATION, REGRESSION
from moons.data.numbers import NAMED, Marks, is_missing, parts
from moons.data.numbers import number as number_in
from moons.data.options import Note, Question, ReadOptions, note, question
from moons.data.table import MOST_CLASSES
from moons.fields import N_

_YES = frozenset({"yes", "true", "1", "y", "t", "on", "1.0"})
_NO = frozenset({"no", "false", "0", "n", "f", "off", "0.0"})
_CODE = re.compile(r"[+-]?0\d+|[+-]?\d{16,}")
FEW = 10  # different numbers that may be classes still
EITHER = (5, MOST_CLASSES)  # different whole numbers that may be classes, or a number to predict
OFTEN = 0.2  # of the rows: a mark for "missing" that is more common is likely a class


@dataclass(frozen=True)
class Labels:
    """The classes of a column's cells: "" where there is none."""

    texts: list[str]
    notes: tuple[Note, ...] = ()
    questions: tuple[Question, ...] = ()


def looks_like(cells: Sequence[str], marks: Marks, most: int = FEW) -> str:
    """CLASSIFICATION, or REGRESSION for numbers that aren't all whole, or are too many for classes.

    `most` different whole numbers may be classes, if they come again.
    """
    counts = Counter(cells)
    texts = {cell: count for cell, count in counts.items() if not is_missing(cell)}
    numbers = {cell: value for cell in texts if (value := _value(cell, marks)) is not None}
    n = sum(texts.values())
    if not numbers and len(texts) > FEW and _have_unit(texts, marks):
        return REGRESSION
    if not texts or sum(texts[cell] for cell in numbers) < 0.9 * n or any(map(_is_code, numbers)):
        return CLASSIFICATION
    distinct = set(numbers.values())
    too_many = len(distinct) > min(most, n - 1)
    broken = len(numbers) < len(texts)
    fractions = not all(value.is_integer() for value in distinct)
    return (
        REGRESSION if too_many or (fractions and (not broken or len(distinct) > MOST_CLASSES // 2)) else CLASSIFICATION
    )


def may_be_either(cells: Sequence[str], marks: Marks) -> bool:
    """Whether numbers are so few and so many that they may be classes, or what is to be predicted."""
    values = {_value(cell, marks) for cell in set(cells) if not is_missing(cell)}
    whole = all(value is not None and value.is_integer() for value in values)
    digits = whole and values == set(map(float, range(len(values)))) and len(values) <= FEW
    return whole and not digits and EITHER[0] <= len(values) <= EITHER[1] and 2 * len(values) <= len(cells)


def _have_unit(texts: Iterable[str], marks: Marks) -> bool:
    """Whether all texts are numbers with the same unit."""
    found = [parts(cell, marks) for cell in texts]
    return all(value is not None for value, _unit in found) and len({unit for _value, unit in found}) == 1


def _value(cell: str, marks: Marks) -> float | None:
    """The finite number in a cell; None if it is a name."""
    if cell[:1] == "'":
        return None
    value = number_in(cell, marks)
    return value if value is not None and abs(value) < float("inf") else None


def _is_code(cell: str) -> bool:
    """Whether digits are a name: they begin with 0, or are too many for a number."""
    return _CODE.fullmatch(cell.strip()) is not None


def labels_of(
    cells: Sequence[str], marks: Marks, options: ReadOptions, numbers: Sequence[int], *, as_written: bool
) -> Labels:
    """The class of each cell; `numbers` are the rows' in the file. With `as_written` nothing is merged or left out."""
    distinct = Counter(cells)
    name_of = _names(distinct, marks)
    if as_written:
        return Labels([name_of[cell] for cell in cells])
    notes: list[Note] = []
    questions: list[Question] = []
    changed = {
        cell: text
        for cell, text in name_of.items()
        if text and clean(cell).strip("'") != text and _value(cell, marks) is not None
    }
    if changed:
        cell, text = next(iter(changed.items()))
        notes.append(note(N_("The class {cell} was read as {value}."), cell=cell.strip()[:40], value=text))
    marked = _marks_of_missing(distinct, name_of, marks)
    if marked:
        rows = [n for n, cell in zip(numbers, cells, strict=True) if cell in marked]
        asked = _missing_question(marked, rows, len(cells), options)
        questions.append(asked)
        if asked.chosen == "leave out":
            name_of |= dict.fromkeys(marked, "")
    groups = _same(distinct, name_of)
    if groups:
        likely = "merge" if all(any(len(text) > 1 for text in group) for group in groups.values()) else "keep"
        written = "; ".join(" = ".join(group) for group in groups.values())
        template = N_("Are these the same class, written differently: {written}?")
        answers = {"merge": N_("yes, merge them"), "keep": N_("no, each is a class")}
        asked = question("merge", template, answers, likely, options, written=written[:120])
        questions.append(asked)
        if asked.chosen == "merge":
            of = {text: name for name, group in groups.items() for text in group}
            name_of = {cell: of.get(text, text) for cell, text in name_of.items()}
            notes.append(note(N_("Classes written differently were merged: {written}."), written=written[:120]))
    return Labels([name_of[cell] for cell in cells], tuple(notes), tuple(questions))


def _names(distinct: Iterable[str], marks: Marks) -> dict[str, str]:
    """Each cell's class: whole numbers as such, whatever their writing, if all are; text as it is written."""
    cells = list(distinct)
    filled = [cell for cell in cells if not is_missing(cell)]
    values = {cell: _value(cell, marks) for cell in filled}
    whole = all(value is not None and value.is_integer() and abs(value) < 1e15 for value in values.values())
    if filled and whole and not any(map(_is_code, filled)):
        names = {cell: _written(cell, values[cell] or 0.0) for cell in filled}
        return dict.fromkeys(cells, "") | names
    texts = {cell: unguarded(cell) for cell in cells}
    long = dict.fromkeys(text for text in texts.values() if len(text) > 60)
    if not long:
        return texts
    short = [text for text in dict.fromkeys(texts.values()) if text not in long]
    renamed = dict(zip([*short, *long], unique([*short, *long]), strict=True))
    return {cell: renamed[text] for cell, text in texts.items()}


def _written(cell: str, value: float) -> str:
    text = clean(cell)
    return text if is_whole(text) else str(int(value))


def _marks_of_missing(distinct: Counter[str], name_of: dict[str, str], marks: Marks) -> list[str]:
    """Cells of text labels that may say "missing", and aren't empty."""
    texts = set(name_of.values())
    return [
        cell
        for cell in distinct
        if cell.strip() and name_of[cell] and is_missing(cell) and cell.strip().lower() not in NAMED
        and not (cell.strip() in ("-", "–", "−") and "+" in texts)
    ]  # fmt: skip


def _missing_question(marked: list[str], rows: list[int], n: int, options: ReadOptions) -> Question:
    template = N_("Does {value} mean that the class is missing? It stands in {count} rows: {rows}.")
    answers = {"leave out": N_("yes, leave them out"), "class": N_("no, it is a class")}
    values = note("", rows).values
    likely = "leave out" if len(rows) <= OFTEN * n else "class"
    shown = ", ".join(dict.fromkeys(cell.strip() for cell in marked))[:40]
    return question("missing_label", template, answers, likely, options, value=shown, **dict(values))


def _same(distinct: Counter[str], name_of: dict[str, str]) -> dict[str, list[str]]:
    """Classes that differ in their writing only, under the name that is the commonest: {name: all ways}."""
    counts: Counter[str] = Counter()
    for cell, count in distinct.items():
        if name_of[cell]:
            counts[name_of[cell]] += count
    folded = {text: text.casefold() for text in counts}
    words = set(folded.values())
    if len(counts) > 2 and words <= _YES | _NO and words & _YES and words & _NO:
        folded = {text: "yes" if word in _YES else "no" for text, word in folded.items()}
    groups: dict[str, list[str]] = {}
    for text, word in folded.items():
        groups.setdefault(word, []).append(text)
    if len(groups) < 2 or len(groups) == len(counts):
        return {}
    best = {
        min(group, key=lambda text: (not text.isalpha(), -counts[text], text != text.lower(), text)): sorted(group)
        for group in groups.values()
        if len(group) > 1
    }
    return dict(sorted(best.items()))


def in_order(names: Iterable[str]) -> list[str]:
    """Classes in order: whole numbers by size, anything else by letter."""
    names = list(names)
    if all(map(is_whole, names)):
        return sorted(names, key=lambda name: (int(name), name))
    return sorted(names)
