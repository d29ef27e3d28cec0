"""One column of cells as numbers, with all that was done to them said."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from moons.data.coded import Column, counted, dated, switched, worded
from moons.data.measured import MOST, angles, bounds, durations, feet, measured, scaled
from moons.data.numbers import Marks, floats, is_missing, parts, plain
from moons.data.options import Note, Question, ReadOptions, note, question
from moons.fields import N_

_FOOTNOTE = re.compile(r"(?<=\d)\s?(?:\*+|[†‡§]|\[\w{1,3}\])$")
_PLAIN = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
SENTINELS = frozenset(
    s * v for s in (1.0, -1.0) for v in (99, 999, 9_999, 99_999, 999_999, 9_999_999, 99.9, 999.9, 999.99)
)
FAR = 1_000.0  # times the spread of the rest: farther out, a number is asked about
FEW = 0.02  # of the points, at most, are far out


def read_column(cells: Sequence[str], marks: Marks, place: int, name: str, options: ReadOptions) -> Column:
    """The numbers in cells: with units, as dates, or as yes and no, if that is what they hold."""
    values = floats(cells, marks)
    none = np.zeros(len(cells), bool)
    if values is not None:
        compact = bool(len(values) and values.min() > 19_000_000 and values.max() < 21_000_000)
        return (
            (dated(cells, place, name, options) if compact else None)
            or counted(values, place, name)
            or Column(values, none, none)
        )
    written = _written(cells, marks, place, name)
    if written is not None:
        return written
    found = {cell: parts(_without_mark(cell), marks) for cell in dict.fromkeys(cells) if not is_missing(cell)}
    unit, units = _unit(cells, found)
    number_of = {
        cell: value
        for cell, (value, its) in found.items()
        if value is not None and (its == "" or _singular(its) == unit) and np.isfinite(value)
    }
    asked, left_out = _bounds([cell for cell in found if cell not in number_of], marks, place, name, options)
    number_of |= left_out
    values = np.array([number_of.get(cell, np.nan) for cell in cells])
    missing = np.array([cell not in found or np.isnan(number_of.get(cell, 0.0)) for cell in cells], bool)
    column = Column(values, missing, np.isnan(values) & ~missing, (), asked, units=units)
    if column.share < 0.5:
        return (
            dated(cells, place, name, options)
            or switched(cells, place, name)
            or (None if units else worded(cells, place, name, options))
            or column
        )
    return replace(column, notes=_notes(found, number_of, unit, marks, place, name))


def _without_mark(cell: str) -> str:
    """A cell without the ' by which a spreadsheet keeps a number as text, and without a footnote's mark behind it."""
    text = _FOOTNOTE.sub("", cell.strip())
    return text[1:] if text[:1] == "'" and text[1:2] in "0123456789+-.," else text


def _bounds(
    cells: Sequence[str], marks: Marks, place: int, name: str, options: ReadOptions
) -> tuple[tuple[Question, ...], dict[str, float]]:
    """What is asked about cells like <0.5, and their numbers: NaN if they are to be left out."""
    found = bounds(cells, marks)
    if not found:
        return (), {}
    cell, value = next(iter(found.items()))
    asked = question(
        f"bounds.{place}",
        N_("{cell} in {column} is no exact number. What is it read as?"),
        {"value": N_("the number itself: {value}"), "leave out": N_("a missing value: such rows are left out")},
        "value",
        options,
        cell=cell.strip()[:40],
        column=name,
        value=f"{value:.15g}",
    )
    return (asked,), found if asked.chosen == "value" else dict.fromkeys(found, np.nan)


def _unit(cells: Sequence[str], found: dict[str, tuple[float | None, str]]) -> tuple[str, tuple[str, ...]]:
    """The one unit that nearly all numbers have, or else all units; numbers with another one are text then."""
    if not any(unit for _value, unit in found.values()):
        return "", ()
    units = [_singular(found[cell][1]) for cell in cells if cell in found and found[cell][0] is not None]
    counts = Counter(units)
    unit, most = counts.most_common(1)[0]
    return (unit, ()) if most >= 0.9 * len(units) else ("", tuple(sorted(unit or "–" for unit in counts)))


def _singular(unit: str) -> str:
    """A unit without the s of several: year and years are one."""
    return unit[:-1] if len(unit) > 3 and unit.isascii() and unit.endswith("s") else unit


def _notes(
    found: dict[str, tuple[float | None, str]],
    number_of: dict[str, float],
    unit: str,
    marks: Marks,
    place: int,
    name: str,
) -> tuple[Note, ...]:
    notes = []
    if unit:
        notes.append(note(N_("{unit} stands with the numbers of {column} and was taken off."), unit=unit, column=name))
    marked = next(
        (
            cell
            for cell in number_of
            if re.search(r"[,'’(]|\d[\s\u00a0\u202f]\d", cell)
            or (marks.decimal == "," and "." in cell)
            or (not found[cell][1] and not _PLAIN.fullmatch(plain(cell)))
        ),
        None,
    )
    if marked is not None:
        template = N_("{cell} in {column} was read as {value}.")
        notes.append(note(template, cell=marked.strip()[:40], column=name, value=f"{number_of[marked]:.15g}"))
    if any(not cell.isascii() and plain(cell) != cell.strip() for cell in number_of):
        notes.append(note(N_("Signs and digits of other scripts in {column} were read as ordinary ones."), column=name))
    return tuple(Note(each.template, each.values, each.rows, place) for each in notes)


def _written(cells: Sequence[str], marks: Marks, place: int, name: str) -> Column | None:
    """Numbers with their uncertainty, angles, feet and inches, durations, if nearly all cells are such."""
    filled = [cell for cell in dict.fromkeys(cells) if not is_missing(cell)]
    for template, number_of, measure in (
        (N_("{cell} in {column} was read as {value}; what follows ± was left out."), measured(filled, marks), ""),
        (N_("{cell} in {column} was read as {value} degrees."), angles(filled), "degrees"),
        (N_("{cell} in {column} was read as {value} inches."), feet(filled), "inches"),
        (N_("{cell} in {column} was read as {value} seconds."), durations(filled), "seconds"),
        (N_("{cell} in {column} was read as {value}."), scaled(filled, marks), ""),
    ):
        if not number_of or len(number_of) < MOST * len(filled):
            continue
        values = np.array([number_of.get(cell, np.nan) for cell in cells])
        missing = np.array([is_missing(cell) for cell in cells], bool)
        cell, value = next(iter(number_of.items()))
        told = note(template, cell=cell.strip()[:40], column=name, value=f"{value:.10g}")
        return Column(values, missing, np.isnan(values) & ~missing, (replace(told, column=place),), measure=measure)
    return None


def sentinel_of(values: NDArray[np.float64]) -> float | None:
    """A number like -999 far beyond all others, which may stand for a missing value."""
    for value in sorted(SENTINELS & set(values.tolist()), key=abs, reverse=True):
        rest = values[values != value]
        if len(rest) > len(values) / 2 and len(rest) > 3:
            low, high = rest.min(), rest.max()
            if not low - (high - low) <= value <= high + (high - low):
                return float(value)
    return None


def far_out(values: NDArray[np.float64]) -> NDArray[np.bool_]:
    """(n,), which few numbers are FAR times as far from the middle as the farthest of the others."""
    away = np.abs(values - np.median(values))
    order = np.sort(away)[::-1]
    for k in range(1, 1 + max(1, int(FEW * len(values)))):
        if len(order) > k + 3 and order[k - 1] > FAR * order[k] > 0:
            return np.asarray(away >= order[k - 1])
    return np.zeros(len(values), bool)
