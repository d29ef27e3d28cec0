"""Numbers are written so that they say something."""

import math

import pytest

from moons.digits import Digits, evenly


@pytest.mark.parametrize(
    ("value", "spec", "text"),
    [
        (0.69314, ".3f", "0.693"),
        (6.94e-11, ".4f", "6.9e-11"),
        (-6.94e-11, ".2f", "-6.9e-11"),
        (0.00005001, ".4f", "0.0001"),
        (0.0, ".4f", "0.0000"),
        (6.94e-11, ".3g", "6.94e-11"),
        (math.nan, ".4f", "nan"),
        (math.inf, ".4f", "inf"),
        (-5.196e64, ".4f", "-5.2e64"),
        (999_999.4, ",.1f", "999,999.4"),
    ],
)
def test_fixed_decimals_give_way_where_they_would_say_nothing(value, spec, text):
    assert format(Digits(value), spec) == text


@pytest.mark.parametrize(
    ("values", "marks"),
    [
        ((-1.1304, 0.0399, 1.2102), ["-1.13", "0.04", "1.21"]),
        ((-0.00213, 0.00003, 0.00219), ["-0.00213", "0.00003", "0.00219"]),
        ((-0.002, -1e-9, 0.002), ["-0.00200", "0.00000", "0.00200"]),
        ((-2e-9, 0.0, 2e-9), ["-2.0e-9", "0", "2.0e-9"]),
        ((100_000.0, 200_000.0, 300_000.0), ["100,000", "200,000", "300,000"]),
        ((3.0, 3.0, 3.0), ["3.00", "3.00", "3.00"]),
    ],
)
def test_the_marks_of_an_axis_can_be_told_apart(values, marks):
    assert evenly(values) == marks
