"""The page's sentences in the session's language. Sessions share one process, so nothing is installed globally."""

import gettext
from functools import cache
from pathlib import Path
from typing import Any

from dashboard import session
from moons.data import GENERATORS, OWN, OWN_LABEL, TRANSFERS
from moons.fields import FieldError, label_of, ruled_fields
from moons.plots.words import Translate
from moons.share import PARTS

_MARKUP = "\\`*_[]<>$~:#|!"
LONGEST_VALUE = 80  # characters of a wrong value that a sentence repeats
_CATALOGUES = Path(__file__).parent / "locale"


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    return gettext.translation("moons", _CATALOGUES, [language], fallback=True)


def _(sentence: str) -> str:
    """`sentence` in the language of the session that asks."""
    return translator(session.language())(sentence)


def ngettext(one: str, many: str, n: int) -> str:
    """The form of a sentence that goes with the number `n`."""
    return _catalogue(session.language()).ngettext(one, many, n)


def translator(language: str) -> Translate:
    """What puts sentences into a language, wherever it is called."""
    return _catalogue(language).gettext


def error_text(error: FieldError) -> str:
    """An error in words that call the field what its widget calls it, to stand within a sentence."""
    return _(error.template).format(**_values(error))


def error_sentence(error: FieldError) -> str:
    """The same as a sentence of its own. A name that a person has given begins as they have written it."""
    template = _(error.template)
    return f"{template[:1].upper()}{template[1:]}.".format(**_values(error))


def _values(error: FieldError) -> dict[str, object]:
    """What an error's template is filled with: text as it is written, the field as its widget calls it."""
    name, bracket, place = str(error.values.get("field", "")).partition("[")
    label = _field_label(name, error.spec)
    field = literal(name + bracket + place) if label is None else _(label)
    if label and place:
        field = _("{field}, entry {number}").format(field=field, number=int(place.removesuffix("]")) + 1)
    values = {key: literal(value) if isinstance(value, str) else value for key, value in error.values.items()}
    if isinstance(value := error.values.get("value"), str) and len(value) > LONGEST_VALUE:
        values["value"] = literal(value[:LONGEST_VALUE]) + "…"
    return values | {"field": field}


def _field_label(name: str, of: type | None) -> str | None:
    for spec in (of,) if of else PARTS.values():
        if any(f.name == name for f, _rule in ruled_fields(spec)):
            return label_of(spec, name)
    return None


def literal(text: str) -> str:
    """Text that a person or a file has brought, for a label or a sentence: Streamlit takes markup at its word."""
    return "".join(f"\\{sign}" if sign in _MARKUP else sign for sign in text)


def kind_text(kind: str) -> str:
    """What a dataset is called."""
    return _(GENERATORS[kind].label if kind in GENERATORS else OWN_LABEL)


def value_text(value: Any, name: str = "batch_size") -> str:
    """A setting's value as a person reads it; `name`: the setting's field."""
    if value is None:
        return _("all") if name == "batch_size" else _("none")
    if isinstance(value, bool):
        return _("on") if value else _("off")
    if isinstance(value, tuple):
        return " · ".join(map(str, value)) or _("none")
    if value in TRANSFERS:
        return _(TRANSFERS[value])
    if value in GENERATORS or value == OWN:
        return kind_text(value)
    return f"{value:,}" if isinstance(value, int) else str(value)
