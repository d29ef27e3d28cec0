"""The page's sentences in the session's language. Sessions share one process, so nothing is installed globally."""

import gettext
from functools import cache
from pathlib import Path
from typing import Any

from dashboard import session
from moons.fields import FieldError, label_of, ruled_fields
from moons.plots.words import Translate
from moons.share import PARTS

LANGUAGES = {"en": "English"}
_CATALOGUES = Path(__file__).parent / "locale"


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    return gettext.translation("moons", _CATALOGUES, [language], fallback=True)


def _(sentence: str) -> str:
    """`sentence` in the language of the session that asks."""
    return translator(session.language())(sentence)


def translator(language: str) -> Translate:
    """What puts sentences into a language, wherever it is called."""
    return _catalogue(language).gettext


def error_text(error: FieldError) -> str:
    """An error as a sentence that calls the field what its widget calls it."""
    name, bracket, place = str(error.values.get("field", "")).partition("[")
    values = error.values | {"field": _field_label(name) + bracket + place}
    return _(error.template).format(**values)


def _field_label(name: str) -> str:
    for spec in PARTS.values():
        if any(f.name == name for f, _rule in ruled_fields(spec)):
            return _(label_of(spec, name))
    return name


def value_text(value: Any, name: str = "batch_size") -> str:
    """A setting's value as a person reads it; `name`: the setting's field."""
    if value is None:
        return _("all") if name == "batch_size" else _("none")
    if isinstance(value, bool):
        return _("on") if value else _("off")
    if isinstance(value, tuple):
        return " · ".join(map(str, value)) or _("none")
    return f"{value:,}" if isinstance(value, int) else str(value)
