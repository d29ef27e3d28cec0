"""How figures say things: every sentence passes a translator, gettext's or none."""

import html
from collections.abc import Callable

from moons.data import Dataset
from moons.digits import decimals

NAME = 24  # letters of a column's name in a line that appears under the hand
Translate = Callable[[str], str]


def untranslated(sentence: str) -> str:
    """English, as written."""
    return sentence


def literal(text: str) -> str:
    """Text that a person has written, for a figure: plotly would take markup and `%{…}` in it at their word."""
    return html.escape(text, quote=False).replace("%", "&#37;")


def axis_title(text: str, standoff: int = 12) -> dict[str, object]:
    """An axis' title, small and close to its numbers: the chart is what should be large."""
    return {"text": text, "standoff": standoff, "font": {"size": 12}}


def column_title(dataset: Dataset, place: int, most: int = NAME) -> str:
    """What a column is called in a figure: x0 (0), x1 (1), or what is predicted (2)."""
    return literal(dataset.column_name(place, most))


def where_text(dataset: Dataset, digits: int) -> str:
    """A place in the plane under the hand, for plotly: each column's name and number, to so many digits of its span."""
    left, right, bottom, top = dataset.extent_in_units()
    across, up = decimals(right - left, digits), decimals(top - bottom, digits)
    return f"{column_title(dataset, 0)} %{{x:.{across}f}}, {column_title(dataset, 1)} %{{y:.{up}f}}"
