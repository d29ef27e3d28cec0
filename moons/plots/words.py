"""How figures say things: every sentence passes a translator, gettext's or none."""

import html
from collections.abc import Callable

Translate = Callable[[str], str]


def untranslated(sentence: str) -> str:
    """English, as written."""
    return sentence


def literal(text: str) -> str:
    """Text that a person has written, for a figure: plotly would take markup and `%{…}` in it at their word."""
    return html.escape(text, quote=False).replace("%", "&#37;")


def axis_title(text: str) -> dict[str, object]:
    """An axis' title, small and close to its numbers: the chart is what should be large."""
    return {"text": text, "standoff": 12, "font": {"size": 12}}
