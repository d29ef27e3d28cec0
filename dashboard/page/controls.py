"""Widgets for the fields of the specs: bounds, label and help stand at the field."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from dashboard.page import session, settings
from dashboard.page.language import _, value_text
from moons.fields import Between, Choice, help_of, label_of, rule_of
from moons.share import PARTS


def slider(part: str, name: str) -> None:
    """A number on a slider."""
    rule = _between(part, name)
    st.slider(key=f"{part}.{name}", min_value=rule.low, max_value=rule.high, step=rule.step, **words(part, name))
    watch(f"{part}.{name}")


def log_slider(part: str, name: str) -> None:
    """A slider over the stops 1, 1.2, 1.5, … of each decade: equal steps are equal factors."""
    rule = _between(part, name)
    decade = (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8)
    exponents = range(-12, 13)
    stops = [float(f"{digit}e{exponent}") for exponent in exponents for digit in decade]
    stepped(part, name, tuple(stop for stop in stops if rule.low <= stop <= rule.high), format_func=value_text)


def stepped(part: str, name: str, stops: tuple[Any, ...], format_func: Any = value_text) -> None:
    """One of some values on a slider."""
    key = f"{part}.{name}"
    options = watch(key, with_value(stops, settings.value(key)))
    st.select_slider(key=key, options=options, format_func=format_func, **words(part, name))


def watch(key: str, options: list[Any] | None = None) -> list[Any]:
    """Let the live component tell what this slider says while it is dragged; Streamlit tells only its release."""
    session.browser().sliders[key.replace(".", "-")] = (key, options)
    return options or []


def moved(slider: str, value: float) -> dict[str, Any]:
    """A dragged slider, by its key's CSS name, as the setting it stands for; nothing for an unknown one."""
    if slider not in session.browser().sliders:
        return {}
    key, options = session.browser().sliders[slider]
    if options:
        return {key: options[max(0, min(int(value), len(options) - 1))]}
    return {key: int(value) if isinstance(settings.value(key), int) else value}


def number(part: str, name: str, step: float | None = None) -> None:
    """A number to type; where the field allows none, empty means off."""
    rule = _between(part, name)
    st.number_input(
        key=f"{part}.{name}",
        value=None if rule.optional else "min",
        placeholder=_("off") if rule.optional else None,
        min_value=rule.low,
        max_value=rule.high,
        step=step or rule.step,
        format=None if rule.whole else "%g",
        **words(part, name),
    )


def choice(part: str, name: str, format_func: Callable[[str], str] = value_text) -> None:
    """One key of a registry."""
    rule = rule_of(PARTS[part], name)
    assert isinstance(rule, Choice)
    st.selectbox(key=f"{part}.{name}", options=rule.options, format_func=format_func, **words(part, name))


def words(part: str, name: str) -> dict[str, Any]:
    """The label and the help of a field, translated."""
    return {"label": _(label_of(PARTS[part], name)), "help": _(help_of(PARTS[part], name))}


def _between(part: str, name: str) -> Between:
    rule = rule_of(PARTS[part], name)
    assert isinstance(rule, Between)
    return rule


def with_value(stops: tuple[Any, ...], value: Any) -> list[Any]:
    """The stops, and a value that a link has brought, in its place."""
    known = [stop for stop in stops if stop is not None]
    if value is not None and value not in known:
        known = sorted([*known, value])
    return known + [None] * (None in stops)
