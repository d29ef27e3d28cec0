"""Fields of a spec: default, bounds, step, label and help, each stated once.

A spec is a frozen dataclass that inherits `Spec`. Validation, widgets, links and documentation all read the
rule that stands at the field.
"""

import math
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import MISSING, Field, dataclass, field, fields
from typing import Any, Protocol, cast

import numpy as np


def N_(sentence: str) -> str:  # noqa: N802 - gettext's own name for "translate this one later"
    """Mark a sentence for translation; whoever shows it translates it."""
    return sentence


LONGEST_VALUE = 120  # characters of what a person has written, in a sentence about it


class FieldError(ValueError):
    """A value that breaks a field's rule. `template` and `values` let a page say it in another language.

    `spec` is the spec whose field it is, if it is one's: each has a `seed`.
    """

    def __init__(self, template: str, **values: object) -> None:
        value = values.get("value")
        if isinstance(value, str) and len(value) > LONGEST_VALUE:
            values["value"] = f"{value[:LONGEST_VALUE]}…"
        self.template = template
        self.values = values
        self.spec: type | None = None
        super().__init__(template.format(**values))


@contextmanager
def fields_of(spec: type) -> Iterator[None]:
    """FieldErrors raised in this context are about fields of `spec`."""
    try:
        yield
    except FieldError as error:
        error.spec = error.spec or spec
        raise


def _plain(bound: float) -> str:
    """A bound as a person writes it: 0.00001, not 1e-05."""
    return np.format_float_positional(bound) if 0 < abs(bound) < 1e-3 else f"{bound:,}"


class Rule(Protocol):
    """A field's rule: which values are allowed, and how one is read from text."""

    def check(self, name: str, value: Any) -> None:
        """Raise FieldError unless `value` is allowed in the field `name`."""

    def parse(self, name: str, text: str) -> Any:
        """Read a value from text, as in a link. Raise FieldError if it can't be read."""


@dataclass(frozen=True)
class Between:
    """A number from `low` to `high`, both allowed. `optional` also allows None."""

    low: float
    high: float
    step: float
    log: bool = False
    optional: bool = False

    @property
    def whole(self) -> bool:
        """Whether only whole numbers are allowed."""
        return isinstance(self.low, int)

    def check(self, name: str, value: Any) -> None:
        if value is None and self.optional:
            return
        is_number = isinstance(value, int if self.whole else int | float) and not isinstance(value, bool)
        if not is_number:
            raise FieldError(self._not_a_number, field=name, value=repr(value))
        if not self.low <= value <= self.high:  # written so that NaN fails too
            raise FieldError(
                N_("{field} must be between {low} and {high}, got {value}"),
                field=name,
                low=_plain(self.low),
                high=_plain(self.high),
                value=f"{value:,}" if isinstance(value, int) else value,
            )

    def parse(self, name: str, text: str) -> Any:
        if self.optional and text == "none":
            return None
        try:
            return int(text) if self.whole else float(text)
        except ValueError:
            raise FieldError(self._not_a_number, field=name, value=repr(text)) from None

    @property
    def _not_a_number(self) -> str:
        if self.whole:
            return N_("{field} must be a whole number, got {value}")
        return N_("{field} must be a number, got {value}")


@dataclass(frozen=True)
class Choice:
    """One of the keys of a registry (or one of a tuple of names), also of those that are added later."""

    registry: Collection[str]

    @property
    def options(self) -> tuple[str, ...]:
        """All keys."""
        return tuple(self.registry)

    def check(self, name: str, value: Any) -> None:
        if value not in self.options:
            options = ", ".join(self.options)
            raise FieldError(
                N_("{field} must be one of {options}, got {value}"), field=name, options=options, value=repr(value)
            )

    def parse(self, name: str, text: str) -> str:
        return text


@dataclass(frozen=True)
class Switch:
    """On or off. `optional` also allows None."""

    optional: bool = False

    def check(self, name: str, value: Any) -> None:
        if value is None and self.optional:
            return
        if not isinstance(value, bool):
            raise FieldError(
                N_("{field} must be on or off (True or False), got {value}"), field=name, value=repr(value)
            )

    def parse(self, name: str, text: str) -> Any:
        return {"true": True, "false": False}.get(text.lower(), text)


@dataclass(frozen=True)
class Several:
    """A tuple of between `fewest` and `most` items, each under a rule of its own."""

    item: Rule
    fewest: int
    most: int

    def check(self, name: str, value: Any) -> None:
        if not isinstance(value, tuple):
            raise FieldError(N_("{field} must be a tuple, got {value}"), field=name, value=repr(value))
        if not self.fewest <= len(value) <= self.most:
            raise FieldError(
                N_("{field} must have between {low} and {high} entries, got {value}"),
                field=name,
                low=self.fewest,
                high=self.most,
                value=len(value),
            )
        for position, item in enumerate(value):
            self.item.check(f"{name}[{position}]", item)

    def parse(self, name: str, text: str) -> tuple[Any, ...]:
        return tuple(self.item.parse(name, part) for part in text.split("-") if part)


class Spec:
    """Base of the frozen specs: every field is checked against its rule as the spec is made."""

    def __post_init__(self) -> None:
        for f, rule in ruled_fields(type(self)):
            with fields_of(type(self)):
                rule.check(f.name, getattr(self, f.name))


def ruled_fields(spec: type) -> Iterator[tuple[Field[Any], Rule]]:
    """The fields of a spec with their rules, in order."""
    for f in fields(spec):
        if "rule" in f.metadata:
            yield f, f.metadata["rule"]


def rule_of(spec: type, name: str) -> Rule:
    """The rule of one field."""
    return cast(Rule, _field(spec, name).metadata["rule"])


def label_of(spec: type, name: str) -> str:
    """The field's name as a widget shows it, untranslated."""
    return cast(str, _field(spec, name).metadata["label"])


def help_of(spec: type, name: str) -> str:
    """The field's one-line help, untranslated."""
    return cast(str, _field(spec, name).metadata["help"])


def default_of(spec: type, name: str) -> Any:
    """The field's default."""
    default = _field(spec, name).default
    assert default is not MISSING
    return default


def _field(spec: type, name: str) -> Field[Any]:
    return next(f for f in fields(spec) if f.name == name)


def between(
    default: float | None,
    *,
    low: float,
    high: float,
    step: float = 1,
    label: str,
    help: str,  # noqa: A002 - Streamlit's word for it, and the reader's
    log: bool = False,
) -> Any:
    """A field for a number; `default=None` makes None allowed. Whole if `low` is an int."""
    return ruled(default, Between(low, high, step, log, optional=default is None), label=label, help=help)


def choice(default: str, options: Collection[str], *, label: str, help: str) -> Any:  # noqa: A002
    """A field for one key of a registry (or one of a tuple of names)."""
    return ruled(default, Choice(options), label=label, help=help)


def switch(default: bool | None, *, label: str, help: str) -> Any:  # noqa: A002
    """A field that is on or off; `default=None` makes None allowed."""
    return ruled(default, Switch(optional=default is None), label=label, help=help)


def several(
    default: tuple[Any, ...],
    item: Rule,
    *,
    fewest: int,
    most: int,
    label: str,
    help: str,  # noqa: A002
) -> Any:
    """A field for a tuple of items under one rule."""
    return ruled(default, Several(item, fewest, most), label=label, help=help)


def ruled(default: Any, rule: Rule, *, label: str, help: str) -> Any:  # noqa: A002
    """A field under any rule."""
    if isinstance(default, float) and not math.isfinite(default):
        raise ValueError(f"default must be finite, got {default}")
    return field(default=default, metadata={"rule": rule, "label": label, "help": help})
