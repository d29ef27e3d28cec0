"""Numbers in the writing of a laboratory or a map: 2.20 ± 0.10, 48°51'24"N."""

import re
from collections.abc import Iterable

from moons.data.numbers import Marks, number, plain

MOST = 0.9  # of a column's cells must be written so
_VALUE = r"[+-]?\d[\d.,]*(?:[eE][+-]?\d+)?"
MEASURED = re.compile(rf"({_VALUE})\s?(?:±|\+/-|\+-)\s?({_VALUE})(?:\s?%)?")
ANGLE = re.compile(
    r"""([NSEW])?\s?([+-]?\d{1,3}(?:[.,]\d+)?)\s?[°º]\s?(?:(\d\d?(?:[.,]\d+)?)\s?['′]\s?)?"""
    r"""(?:(\d\d?(?:[.,]\d+)?)\s?(?:"|″|''|'")\s?)?([NSEW])?"""
)
_QUOTES = str.maketrans({"′": "'", "’": "'", "″": '"', "”": '"', "“": '"', "º": "°"})


def measured(cells: Iterable[str], marks: Marks) -> dict[str, float]:
    """The values before ±, by their cells."""
    found = ((cell, MEASURED.fullmatch(plain(cell))) for cell in cells)
    values = ((cell, number(match[1], marks)) for cell, match in found if match)
    return {cell: value for cell, value in values if value is not None}


def angles(cells: Iterable[str]) -> dict[str, float]:
    """Degrees, minutes and seconds of arc as degrees, by their cells; south and west are below 0."""
    return {cell: value for cell in cells if (value := _degrees(plain(cell.translate(_QUOTES)))) is not None}


def _degrees(text: str) -> float | None:
    match = ANGLE.fullmatch(text)
    if match is None or (match[1] and match[5]):
        return None
    side = match[1] or match[5]
    if not (side or match[3] or match[4]):
        return None  # a number of degrees: ° is its unit
    degrees, minutes, seconds = (float((part or "0").replace(",", ".")) for part in match.group(2, 3, 4))
    if minutes >= 60 or seconds >= 60 or abs(degrees) > 360:
        return None
    size = abs(degrees) + minutes / 60 + seconds / 3_600
    return -size if match[2].startswith("-") or side in ("S", "W") else size
