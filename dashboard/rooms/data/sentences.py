"""What is said about a file, in the session's language, with a person's own words never read as markup."""

from dashboard.page.language import _, literal
from moons.data import Sentence


def sentence(said: Sentence) -> str:
    """A note, a question or an answer."""
    values = {key: literal(value) if isinstance(value, str) else value for key, value in said.values}
    return _(said.template).format(**values)


def opening(said: Sentence) -> str:
    """The same, as a sentence of its own: with a full stop, and a capital unless a person's own word begins it."""
    text = sentence(said)
    begun = text if _(said.template).startswith("{") else f"{text[:1].upper()}{text[1:]}"
    return begun.rstrip(".") + "."
