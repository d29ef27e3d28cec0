"""The page's sentences in the session's language."""

from typing import Any

from dashboard.app import words
from dashboard.app.translate import catalogue, translator
from dashboard.app.words import literal
from dashboard.page import session
from moons.fields import FieldError

__all__ = ["_", "error_sentence", "error_text", "kind_text", "literal", "ngettext", "translator", "value_text"]


def _(sentence: str) -> str:
    """`sentence` in the language of the session that asks."""
    return translator(session.language())(sentence)


def ngettext(one: str, many: str, n: int) -> str:
    """The form of a sentence that goes with the number `n`."""
    return catalogue(session.language()).ngettext(one, many, n)


def error_text(error: FieldError) -> str:
    """An error within a sentence."""
    return words.error_text(error, _)


def error_sentence(error: FieldError) -> str:
    """An error as a sentence of its own."""
    return words.error_sentence(error, _)


def kind_text(kind: str) -> str:
    """A dataset's name."""
    return words.kind_text(kind, _)


def value_text(value: Any, name: str = "batch_size") -> str:
    """A setting's value as a person reads it; `name`: the setting's field."""
    return words.value_text(value, name, _)
