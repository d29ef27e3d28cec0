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
