"""What a cell of a CSV file says, both ways: numbers with a decimal point or comma, text without formulas."""

import math
import re
from collections.abc import Sequence

FORMULA = ("=", "+", "-", "@", "'")  # how text begins that a spreadsheet would run; ' is what makes it plain text
LONGEST_NAME = 60  # characters
SPLIT, TRAIN, TEST = "split", "train", "test"  # the column that says which points are held out, and its words


def number(cell: str) -> float | None:
    """The number in a cell, perhaps NaN or infinite; None for text. A comma is a decimal comma."""
    text = cell.strip()
    if "_" in text:  # Python reads 1_000, nobody else does
        return None
    try:
        return float(text if "." in text else text.replace(",", "."))
    except ValueError:
        return None


_GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d*)?")


def is_grouped(cell: str) -> bool:
    """Whether the comma in a cell may part thousands, as in 1,000."""
    return "," in cell and _GROUPED.fullmatch(cell.strip()) is not None


def has_decimal_comma(cell: str) -> bool:
    """Whether the comma in a cell can only be a decimal comma, as in 0,5."""
    return "," in cell and number(cell) is not None and not is_grouped(cell)


def is_finite(cell: str) -> bool:
    """Whether a cell holds a number to compute with."""
    value = number(cell)
    return value is not None and math.isfinite(value)


def guarded(text: str) -> str:
    """`text` so that no spreadsheet runs it: with ' before what looks like a formula."""
    return f"'{text}" if text.startswith(FORMULA) and not is_finite(text) else text


def unguarded(cell: str) -> str:
    """The text of a cell without the ' that `guarded` sets, and with no space but single ones between words."""
    text = " ".join(cell.split())
    return text[1:] if text[:1] == "'" and text[1:].startswith(FORMULA) else text


def is_name(text: str) -> bool:
    """Whether text can name a class or a column: it is seen, and nothing in it turns or hides what stands around."""
    return 0 < len(text) <= LONGEST_NAME and text.isprintable() and text == " ".join(text.split())


def unnamed(place: int) -> str:
    """The name of a column, 1, 2, …, that has none."""
    return f"column {place}"


def after_column(name: str) -> str:
    """A column's name to stand after the word column: of one without a name, its place."""
    return re.sub(r"^column (?=\d+$)", "", name)


def split_name(columns: Sequence[str]) -> str:
    """A name for the column that says which points are held out, unlike the other columns' names."""
    name = SPLIT
    while name in columns:
        name += "_"
    return name


def is_split(name: str, cells: Sequence[str]) -> bool:
    """Whether a column says which points are held out."""
    return name.rstrip("_") == SPLIT and {cell.strip() for cell in cells} == {TRAIN, TEST}
