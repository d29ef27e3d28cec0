"""Numbers in the writing of a laboratory, a map or a street: 2.20 ± 0.10, 48°51'24"N, 5'11", 3.4M, 1억 2,000만."""

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
FEET = re.compile(r"""(\d{1,2})\s?(?:'|ft\.?|feet)\s?(\d{1,2}(?:\.\d+)?)?\s?(?:"|''|in\.?|inches)?""")
LONG = re.compile(r"(-?)(\d{1,4}):([0-5]\d)(?::([0-5]\d(?:[.,]\d+)?))?")
SCALED = re.compile(r"([+-]?\d[\d.,' ]*)\s?(\D{1,6})")
SCALES = {
    "k": 1e3, "K": 1e3, "M": 1e6, "B": 1e9, "bn": 1e9, "T": 1e12, "Mio": 1e6, "Mio.": 1e6, "Mrd": 1e9, "Mrd.": 1e9,
    "lakh": 1e5, "Lakh": 1e5, "lac": 1e5, "Lac": 1e5, "crore": 1e7, "Crore": 1e7, "cr": 1e7, "Cr": 1e7,
    "천": 1e3, "만": 1e4, "억": 1e8, "千": 1e3, "万": 1e4, "萬": 1e4, "億": 1e8, "亿": 1e8,
}  # fmt: skip
_CLEAR = frozenset({"k", "만", "억", "万", "萬", "億", "亿", "Mio", "Mio.", "Mrd", "Mrd.", "lakh", "crore"})  # no units
_MYRIAD = re.compile(r"(?:(\d[\d,.]*)\s?[억億亿])?\s?(?:(\d[\d,.]*)\s?[만万萬])?\s?(\d[\d,.]*)?\s?(?:원|円|元|명|人)?")
BOUND = re.compile(r"(?:[<>≤≥~≈]=?|ca\.|about)\s?([+-]?\d[\d.,]*)|([+-]?\d[\d.,]*)\s?(?:\+|or more)")
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


def feet(cells: Iterable[str]) -> dict[str, float]:
    """Feet and inches as inches, by their cells."""
    matches = {cell: match for cell in cells if (match := FEET.fullmatch(plain(cell.translate(_QUOTES))))}
    if not any(match[2] for match in matches.values()):
        return {}
    return {
        cell: 12 * float(match[1]) + float(match[2] or 0)
        for cell, match in matches.items()
        if float(match[2] or 0) < 12
    }


def durations(cells: Iterable[str]) -> dict[str, float]:
    """Hours, minutes and seconds as seconds, by their cells, where some are longer than a day; else none."""
    matches = {cell: match for cell in cells if (match := LONG.fullmatch(plain(cell)))}
    if all(int(match[2]) < 24 and not match[1] for match in matches.values()):
        return {}
    short = all(match[4] is None for match in matches.values())  # minutes and seconds
    return {cell: _seconds(match, 60 if short else 3_600) for cell, match in matches.items()}


def _seconds(match: re.Match[str], first: int) -> float:
    seconds = first * int(match[2]) + first // 60 * int(match[3]) + float((match[4] or "0").replace(",", "."))
    return -seconds if match[1] else seconds


def scaled(cells: Iterable[str], marks: Marks) -> dict[str, float]:
    """Numbers with thousand, million or the like behind them, where these differ, by their cells; else none."""
    cells = list(cells)
    found, scales = dict[str, float](), set[str]()
    for cell in cells:
        text = plain(cell)
        match = SCALED.fullmatch(text)
        value = number(match[1].strip() if match else text, marks)
        if value is not None and (match is None or match[2].strip() in SCALES):
            scale = match[2].strip() if match else ""
            scales.add(scale)
            found[cell] = value * SCALES.get(scale, 1.0)
        elif (myriads := _myriads(text)) is not None:
            scales.add(text)
            found[cell] = myriads
    differ = len(scales - {""}) > 1 or ("" in scales and bool(scales & _CLEAR))
    return found if differ else {}


def _myriads(text: str) -> float | None:
    match = _MYRIAD.fullmatch(text)
    if match is None or not (match[1] or match[2]):
        return None
    return sum(
        float(part.replace(",", "")) * scale
        for part, scale in zip(match.groups(), (1e8, 1e4, 1.0), strict=True)
        if part and part.replace(",", "").replace(".", "", 1).isdecimal()
    )


def bounds(cells: Iterable[str], marks: Marks) -> dict[str, float]:
    """The numbers in cells like <0.5, ~3 and 5+, by their cells."""
    matches = ((cell, BOUND.fullmatch(plain(cell))) for cell in cells)
    values = ((cell, number(match[1] or match[2], marks)) for cell, match in matches if match)
    return {cell: value for cell, value in values if value is not None}
