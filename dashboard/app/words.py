"""Values, errors and names in words, in the language of the translation `_` that is handed in."""

from typing import Any

from moons.choices import NAMES, number_text, units_text
from moons.data import GENERATORS, OWN, OWN_LABEL
from moons.fields import FieldError, label_of, ruled_fields
from moons.plots.words import Translate
from moons.share import PARTS

_MARKUP = "\\`*_[]<>$~:#|!"
LONGEST_VALUE = 80  # characters of a wrong value that a sentence repeats


def error_text(error: FieldError, _: Translate) -> str:
    """An error within a sentence; the field is called what its widget calls it."""
    return _(error.template).format(**_values(error, _))


def error_sentence(error: FieldError, _: Translate) -> str:
    """An error as a sentence of its own. A name that a person has given begins as they have written it."""
    template = _(error.template)
    return f"{template[:1].upper()}{template[1:]}.".format(**_values(error, _))


def failure_sentence(error: Exception, _: Translate) -> str:
    """Why a run can't go on, as a sentence of its own."""
    if isinstance(error, FieldError):
        return error_sentence(error, _)
    return _("The run can't go on: {why}").format(why=literal(str(error) or type(error).__name__))


def _values(error: FieldError, _: Translate) -> dict[str, object]:
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
    """A person's text, for a label or a sentence, with Markdown's signs made literal."""
    return "".join(f"\\{sign}" if sign in _MARKUP else sign for sign in text)


def kind_text(kind: str, _: Translate) -> str:
    """A dataset's name."""
    return _(GENERATORS[kind].label if kind in GENERATORS else OWN_LABEL)


def value_text(value: Any, name: str, _: Translate) -> str:
    """A setting's value as a person reads it; `name`: the setting's field."""
    if value is None:
        return _("all") if name == "batch_size" else _("none")
    if isinstance(value, bool):
        return _("on") if value else _("off")
    if isinstance(value, tuple):
        said = " · ".join(_(NAMES.get(one, str(one))) for one in value) or _("none")
        return units_text(said, _) if name == "hidden" and value else said
    if value in NAMES:
        return _(NAMES[value])
    if value in GENERATORS or value == OWN:
        return kind_text(value, _)
    return number_text(value)
