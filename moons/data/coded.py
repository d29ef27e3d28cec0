"""Columns that hold no plain numbers and become some: dates, yes and no, a few words; with all that was done said."""

# ruff: noqa: E501 - lists of words

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from moons.data import naming
from moons.data.dates import dates_of
from moons.data.numbers import is_missing, number
from moons.data.options import Note, Question, ReadOptions, Sentence, note, question
from moons.fields import N_

_YES, _NO = frozenset({"true", "yes", "y", "t", "on"}), frozenset({"false", "no", "n", "f", "off"})
EXCEL_DAYS = (20_000, 60_000)  # 1954 to 2064, as Excel counts days
MOST_WORDS = 12  # different ones that may become numbers
SCALES = (
    ("none", "very low", "low", "medium", "high", "very high"), ("low", "moderate", "high"), ("no", "mild", "moderate", "severe"),
    ("none", "mild", "moderate", "severe"), ("xxs", "xs", "s", "m", "l", "xl", "xxl", "xxxl"), ("small", "medium", "large"),
    ("bad", "poor", "fair", "average", "good", "very good", "excellent"), ("never", "rarely", "sometimes", "often", "always"),
    ("strongly disagree", "disagree", "neutral", "agree", "strongly agree"), ("first", "second", "third", "fourth", "fifth"),
    ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"),
    ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"),
    ("mon", "tue", "wed", "thu", "fri", "sat", "sun"),
    ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"), ("월", "화", "수", "목", "금", "토", "일"),
    ("낮음", "보통", "높음"), ("하", "중", "상"), ("低", "中", "高"), ("niedrig", "mittel", "hoch"),
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Column:
    """A column as numbers."""

    values: NDArray[np.float64]  # (n,), NaN where there is none
    missing: NDArray[np.bool_]  # (n,), where a cell says so
    bad: NDArray[np.bool_]  # (n,), where a cell holds something else
    notes: tuple[Note, ...] = ()
    questions: tuple[Question, ...] = ()
    written: str = "numbers"  # or "dates", "switches", "words"
    units: tuple[str, ...] = ()  # if the numbers have several
    measure: str = ""  # what the numbers became, to stand behind the column's name: "days since 2024-01-01"

    @property
    def share(self) -> float:
        """The share of numbers among the cells that aren't missing."""
        return 1 - float(self.bad.sum()) / max(1, int((~self.missing).sum()))


def dated(cells: Sequence[str], place: int, name: str, options: ReadOptions) -> Column | None:
    key = f"dates.{place}"
    dates = dates_of(cells, options.answer(key))
    if dates is None:
        return None
    missing = np.array([is_missing(cell) for cell in cells], bool)
    template = (
        N_("{column} holds dates: they became days since {first}.")
        if dates.unit == "days"
        else N_("{column} holds times: they became seconds since {first}.")
    )
    told = note(template, column=name, first=dates.first)
    asked: tuple[Question, ...] = ()
    if dates.month_first is not None:
        example = next(cell for cell in cells if not is_missing(cell)).strip()[:40]
        answers = {"month": N_("the month"), "day": N_("the day")}
        likely = "month" if dates.month_first else "day"
        asked = (
            question(
                key,
                N_("What comes first in the dates of {column}, like {example}?"),
                answers,
                likely,
                options,
                column=name,
                example=example,
            ),
        )
    told = replace(told, column=place)
    measure = f"{dates.unit} since {dates.first}"
    return Column(dates.values, missing, np.isnan(dates.values) & ~missing, (told,), asked, "dates", measure=measure)


def counted(values: NDArray[np.float64], place: int, name: str) -> Column | None:
    """Dates as spreadsheets count them, in a column that is called so, as days since the first."""
    if not naming.names_date(name) or not len(values) or values.min() < EXCEL_DAYS[0] or values.max() > EXCEL_DAYS[1]:
        return None
    first = date(1899, 12, 30) + timedelta(days=int(values.min()))
    template = N_("{column} holds dates as spreadsheets count them: they became days since {first}.")
    told = note(template, (), place, column=name, first=str(first))
    none = np.zeros(len(values), bool)
    return Column(values - np.floor(values.min()), none, none, (told,), (), "dates", measure=f"days since {first}")


def switched(cells: Sequence[str], place: int, name: str) -> Column | None:
    """Yes and no as 1 and 0."""
    words = {cell.strip().lower() for cell in dict.fromkeys(cells) if not is_missing(cell)}
    if len(words) != 2 or not words & _YES or not words & _NO:
        return None
    yes = next(iter(words & _YES))
    missing = np.array([is_missing(cell) for cell in cells], bool)
    values = np.where(missing, np.nan, [float(cell.strip().lower() == yes) for cell in cells])
    told = Note(
        N_("In {column}, {yes} became 1 and {no} became 0."),
        (("column", name), ("yes", yes), ("no", next(iter(words & _NO)))),
        (),
        place,
    )
    return Column(values, missing, np.zeros(len(cells), bool), (told,), (), "switches")


def worded(cells: Sequence[str], place: int, name: str, options: ReadOptions) -> Column | None:
    """A few words as 0, 1, 2, …: in the order of a known scale, or else of the alphabet; and that is asked."""
    filled = [cell.strip() for cell in cells if not is_missing(cell)]
    words = sorted(dict.fromkeys(word.casefold() for word in filled))
    if any(number(word) is not None or not any(map(str.isalpha, word)) for word in words):
        return None
    if not 2 <= len(words) <= MOST_WORDS or len(filled) < 2 * len(words):
        return None
    scale = next((scale for scale in SCALES if set(words) <= set(scale)), None)
    words = [word for word in scale if word in words] if scale else words
    numbers = {word: float(i) for i, word in enumerate(words)}
    shown = ", ".join(f"{word} {i:g}" for word, i in numbers.items())
    asked = question(
        f"words.{place}",
        N_("{column} holds words. Which numbers are they as an input?"),
        {"number": Sentence("{shown}", (("shown", shown[:120]),)), "refuse": N_("none: I choose another column")},
        "number",
        options,
        column=name,
    )
    missing = np.array([is_missing(cell) for cell in cells], bool)
    if asked.chosen == "refuse":
        return Column(np.full(len(cells), np.nan), missing, ~missing, (), (asked,))
    values = np.array([numbers.get(cell.strip().casefold(), np.nan) for cell in cells])
    told = note(N_("The words of {column} became numbers: {shown}."), (), place, column=name, shown=shown[:120])
    return Column(values, missing, np.zeros(len(cells), bool), (told,), (asked,), "words")
