"""Dates and times as numbers: days, or seconds where a time of day stands beside them, since the first."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from moons.data.numbers import is_missing, plain

_CLOCKS = ("", " %H:%M", " %H:%M:%S", " %H:%M:%S.%f", " %I:%M %p", " %I:%M:%S %p")
_DAY_FIRST, _MONTH_FIRST = ("%d/%m/%Y", "%d/%m/%y"), ("%m/%d/%Y", "%m/%d/%y")
_FORMATS = (
    "%d.%m.%Y", "%d-%m-%Y", "%Y/%m/%d", "%Y.%m.%d", "%d.%m.%y", "%d %b %Y", "%d-%b-%Y", "%d-%b-%y",
    "%b %d, %Y", "%b %d %Y",
    "%b-%y", "%b-%Y", "%b %Y", "%B %Y", "%m/%Y", "%m.%Y",
    "%d %B %Y", "%B %d, %Y", "%Y년 %m월 %d일", "%Y년%m월%d일", "%Y年%m月%d日",
)  # fmt: skip
_TIMES = ("%H:%M", "%H:%M:%S", "%H:%M:%S.%f", "%I:%M %p", "%I:%M:%S %p")
_COMPACT = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")
_QUARTER = re.compile(r"(\d{4})[ -/]?Q([1-4])|Q([1-4])[ -/]?(\d{4})", re.IGNORECASE)
_WEEKDAY = re.compile(r"(?i)(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,? (?=.*\d{4})")
_STAMP = re.compile(
    r"([A-Z][a-z]{2}) (\d{1,2}) (\d\d:\d\d:\d\d) (?:[A-Z]{3,4} |[+-]\d{4} )?(\d{4})"
)  # as ctime writes it
_DOTTED = re.compile(r"(\d{4})\. ?(\d{1,2})\. ?(\d{1,2})\.?")
_NOON = re.compile(r"(오전|오후|上午|下午|午前|午後) ?(\d{1,2}:\d\d(?::\d\d)?)")
_ZONE = re.compile(r" (?:GMT|UTC)[+-]\d{1,2}(?::?\d\d)?$")
_LIKE = re.compile(
    r"[A-Z][a-z]{2}[ -]\d{2,4}$|\d{1,4}\s?[-/.:年년]\s?\d"
    r"|\d{1,2}[ -][A-Za-z]{3,9}[ -]\d{2,4}|[A-Za-z]{3,9} \d{1,2},? \d{4}"
)
# January to December in German, Dutch, French, Spanish, Italian, Portuguese, Swedish, without accents
_MONTHS = tuple(
    names.split()
    for names in (
        "januar januari janvier enero gennaio janeiro", "februar februari fevrier febrero febbraio fevereiro",
        "marz maerz maart mars marzo marco", "april avril abril aprile", "mai mei mayo maggio maio maj",
        "juni juin junio giugno junho", "juli juillet julio luglio julho", "august augustus aout agosto augusti",
        "september septembre septiembre settembre setembro", "oktober octobre octubre ottobre outubro",
        "november novembre noviembre novembro", "dezember december decembre diciembre dicembre dezembro",
    )
)  # fmt: skip
_ENGLISH = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_NAMED_DAY = re.compile(r"(\d{1,2})(?:\.|er|º|°)?[ -](?:de )?([^\W\d_]{3,10})\.?[ -](?:de )?(\d{4})(.*)")


@dataclass(frozen=True, eq=False)
class Dates:
    """A column of dates as numbers."""

    values: NDArray[np.float64]  # (n,), NaN where there is none
    first: str  # the date that is 0
    unit: str  # "days" or "seconds"
    month_first: bool | None = None  # how an ambiguous order was read; None: it is clear


def dates_of(cells: Sequence[str], month_first: str | None = None) -> Dates | None:
    """The dates in cells, nine of ten of which must be some; None if they aren't."""
    texts = list(dict.fromkeys(plain(cell) for cell in cells))
    filled = [text for text in texts if not is_missing(text)]
    if filled and all(map(_COMPACT.fullmatch, filled)) and len(filled) > 3:  # 20240131
        return _dates(
            cells, filled, pd.to_datetime(pd.Series(filled, dtype=object), format="%Y%m%d", errors="coerce", utc=True)
        )
    if not filled or sum(_LIKE.match(_in_english(text)) is not None for text in filled[:200]) < 0.9 * len(filled[:200]):
        return None
    parsed, ambiguous = _parsed([_in_english(text) for text in filled], month_first)
    if parsed is None:
        return None
    return _dates(cells, filled, parsed, ambiguous)


def _dates(
    cells: Sequence[str], filled: list[str], parsed: "pd.Series[pd.Timestamp]", ambiguous: bool | None = None
) -> Dates:
    """The dates of the different texts as numbers for all cells."""
    has_time = bool((parsed.dropna() != parsed.dropna().dt.normalize()).any())
    first = parsed.min()
    unit = "seconds" if has_time else "days"
    numbers = (parsed - first).dt.total_seconds() / (1 if has_time else 86_400)
    number_of = dict(zip(filled, numbers.to_numpy(np.float64), strict=True))
    values = np.array([number_of.get(plain(cell), np.nan) for cell in cells])
    shown = first.date() if not has_time else first.time() if first.year == 1900 else first.tz_localize(None)
    return Dates(values, str(shown), unit, ambiguous)


def _in_english(text: str) -> str:
    """A date with a weekday, a quarter, or words of another language as pandas reads it; any other text as it is."""
    text = _ZONE.sub("", _WEEKDAY.sub("", text, count=1))
    if quarter := _QUARTER.fullmatch(text):
        return f"{quarter[1] or quarter[4]}-{3 * int(quarter[2] or quarter[3]) - 2:02d}-01"
    if stamp := _STAMP.fullmatch(text):
        return f"{stamp[2]} {stamp[1]} {stamp[4]} {stamp[3]}"
    if dotted := _DOTTED.match(text):
        text = f"{dotted[1]}/{dotted[2]}/{dotted[3]}{text[dotted.end() :]}"
    if noon := _NOON.search(text):
        half = "AM" if noon[1] in ("오전", "上午", "午前") else "PM"
        text = f"{text[: noon.start()]}{noon[2]} {half}"
    found = _NAMED_DAY.fullmatch(text)
    if found is None:
        return text
    letters = unicodedata.normalize("NFKD", found[2].lower())
    word = "".join(letter for letter in letters if not unicodedata.combining(letter))
    months = [k for k, names in enumerate(_MONTHS) if any(name.startswith(word) for name in names)]
    return f"{found[1]} {_ENGLISH[months[0]]} {found[3]}{found[4]}" if len(months) == 1 else text


def _parsed(texts: list[str], month_first: str | None) -> tuple["pd.Series[pd.Timestamp] | None", bool | None]:
    """The dates of texts in the one format that they share, and how an order open to two readings was read."""
    iso = _read(texts, "ISO8601")
    if iso is not None:
        return iso, None
    slashed = [_first(texts, formats) for formats in (_DAY_FIRST, _MONTH_FIRST)]
    by_day, by_month = slashed
    if by_day is not None and by_month is not None and not by_day.equals(by_month):
        in_order = [dates.is_monotonic_increasing or dates.is_monotonic_decreasing for dates in (by_day, by_month)]
        months = in_order[1] or not in_order[0] if month_first is None else month_first == "month"
        return (by_month if months else by_day), months
    for found in (by_day, by_month, _first(texts, _FORMATS)):
        if found is not None:
            return found, None
    return next((dates for clock in _TIMES if (dates := _read(texts, clock)) is not None), None), None


def _first(texts: list[str], formats: Sequence[str]) -> "pd.Series[pd.Timestamp] | None":
    found = (_read(texts, day + clock) for day in formats for clock in _CLOCKS)
    return next((dates for dates in found if dates is not None), None)


def _read(texts: list[str], form: str) -> "pd.Series[pd.Timestamp] | None":
    """The dates of texts in one format, if nine of ten of them are in it."""
    if form != "ISO8601" and not any(_is_in(text, form) for text in texts[:10]):
        return None
    peek = pd.to_datetime(pd.Series(texts[:50], dtype=object), format=form, errors="coerce", utc=True)
    if peek.notna().sum() < 0.9 * len(peek):
        return None
    dates = pd.to_datetime(pd.Series(texts, dtype=object), format=form, errors="coerce", utc=True)
    return dates if dates.notna().sum() >= 0.9 * len(dates) else None


def _is_in(text: str, form: str) -> bool:
    """Whether a text is in a format: quickly, as pandas takes a millisecond to say so."""
    try:
        datetime.strptime(text, form)
    except ValueError:
        return False
    return True
