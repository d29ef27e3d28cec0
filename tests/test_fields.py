"""Rules of fields: what is allowed passes, everything else gets a sentence with field, rule and value."""

import math
from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moons import DataSpec, FieldError, ModelSpec, TrainSpec
from moons.fields import Between, Choice, help_of, label_of, rule_of, ruled_fields

SPECS = [DataSpec, ModelSpec, TrainSpec]
NUMBERS = [(spec, f.name, rule) for spec in SPECS for f, rule in ruled_fields(spec) if isinstance(rule, Between)]
CHOICES = [(spec, f.name, rule) for spec in SPECS for f, rule in ruled_fields(spec) if isinstance(rule, Choice)]


@pytest.mark.parametrize("spec", SPECS)
def test_every_field_has_a_rule_a_label_and_a_help(spec):
    assert [f.name for f in fields(spec)] == [f.name for f, _rule in ruled_fields(spec)]
    for f in fields(spec):
        assert label_of(spec, f.name)
        assert help_of(spec, f.name).endswith(".")


@pytest.mark.parametrize(("spec", "name", "rule"), NUMBERS)
def test_a_number_is_allowed_exactly_within_its_bounds(spec, name, rule):
    for value in (rule.low, rule.high):
        assert getattr(replace(spec(), **{name: value}), name) == value
    for value in (rule.low - 1, rule.high + 1, math.inf, -math.inf, math.nan, "7", True, 10**30):
        with pytest.raises(FieldError, match=name):
            spec(**{name: value})


def test_the_sentence_names_field_rule_and_value():
    with pytest.raises(FieldError, match=r"^noise must be between 0.0 and 1.0, got 7$"):
        DataSpec(noise=7)
    with pytest.raises(FieldError, match=r"^epochs must be between 1 and 100,000, got 1,000,000,000$"):
        TrainSpec(epochs=10**9)
    with pytest.raises(FieldError, match=r"^hidden\[1\] must be between 1 and 256, got 0$"):
        ModelSpec(hidden=(4, 0))
    with pytest.raises(FieldError, match=r"^epochs must be a whole number, got 2\.5$"):
        TrainSpec(epochs=2.5)


@pytest.mark.parametrize(("spec", "name", "rule"), CHOICES)
def test_a_choice_is_one_of_its_registry(spec, name, rule):
    for option in rule.options:
        assert getattr(spec(**{name: option}), name) == option
    for value in ("sgdd", None, 3, ["sgd"]):
        with pytest.raises(FieldError, match=f"{name} must be one of"):
            spec(**{name: value})


def test_hidden_widths_are_a_tuple_of_at_most_six():
    assert ModelSpec(hidden=()).hidden == ()
    for value in ([16], 16, (1,) * 7):
        with pytest.raises(FieldError, match="hidden"):
            ModelSpec(hidden=value)


def test_a_batch_larger_than_the_data_is_refused():
    assert TrainSpec(batch_size=60).steps_per_epoch(120) == 2
    with pytest.raises(FieldError, match=r"batch_size must be at most the number of training points \(20\), got 60"):
        TrainSpec(batch_size=60).steps_per_epoch(20)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_reading_a_number_back_from_text_gives_the_same_number(value):
    assert rule_of(DataSpec, "noise").parse("noise", str(value)) == value


@given(st.text())
def test_reading_any_text_gives_a_value_or_a_sentence(text):
    for spec in SPECS:
        for f, rule in ruled_fields(spec):
            try:
                spec(**{f.name: rule.parse(f.name, text)})
            except FieldError as error:
                assert f.name in str(error)
