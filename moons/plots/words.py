"""How figures say things: every sentence passes a translator, gettext's or none."""

from collections.abc import Callable

Translate = Callable[[str], str]


def untranslated(sentence: str) -> str:
    """English, as written."""
    return sentence
