"""Each function over the whole range of float32, against float64."""

import numpy as np
import pytest
from numba import njit
from scipy.special import erf, expit

from moons.kernel import vector_math

TINY = 2.0**-126  # below it float32 loses digits
BITS = np.arange(0, 2**32, 9_973, dtype=np.uint64).astype(np.uint32).view(np.float32)
EVERYWHERE = np.concatenate([BITS[np.isfinite(BITS)], np.linspace(-105, 89, 100_001), np.linspace(-4, 4, 100_001)])
EVERYWHERE = EVERYWHERE.astype(np.float32)
NEGATIVE, POSITIVE = EVERYWHERE[EVERYWHERE <= 0], EVERYWHERE[EVERYWHERE >= TINY]


def over(name, x):
    """The function of that name at every x: float32 arrays."""
    function = getattr(vector_math, name)

    @njit("void(f4[::1], f4[::1], f4[::1])")
    def loop(x, y, c):
        for k in range(x.size):
            y[k] = function(x[k]) if name == "log" else function(x[k], c)

    y = np.empty_like(x)
    loop(x, y, vector_math.COEFFICIENTS)
    return y


@pytest.mark.parametrize(
    ("name", "reference", "x", "ulps"),
    [
        ("exp", np.exp, EVERYWHERE, 1.5),
        ("exp_negative", np.exp, NEGATIVE[NEGATIVE >= -87], 1.5),
        ("expm1_negative", np.expm1, NEGATIVE, 1.5),
        ("tanh", np.tanh, EVERYWHERE, 3.0),
        ("sigmoid", expit, EVERYWHERE[EVERYWHERE > -87], 3.0),
        ("log", np.log, POSITIVE, 1.5),
        ("log1p_unit", np.log1p, POSITIVE[POSITIVE <= 1], 1.5),
        ("erf", erf, EVERYWHERE, 1.5),
    ],
)
def test_a_function_is_within_a_few_units_in_the_last_place(name, reference, x, ulps):
    y = over(name, x)
    with np.errstate(over="ignore", under="ignore"):
        exact = reference(x.astype(np.float64))
        rounded = exact.astype(np.float32)
    finite = np.isfinite(rounded)
    np.testing.assert_array_equal(y[~finite], rounded[~finite])
    unit = np.spacing(np.maximum(np.abs(rounded[finite]), np.float32(TINY))).astype(np.float64)
    assert np.max(np.abs(y[finite] - exact[finite]) / unit) < ulps


@pytest.mark.parametrize(
    ("name", "at_minus_infinity", "at_infinity"),
    [("exp", 0, np.inf), ("tanh", -1, 1), ("sigmoid", 0, 1), ("erf", -1, 1), ("log", np.nan, np.inf)],
)
def test_infinities_and_nan_mean_what_they_should(name, at_minus_infinity, at_infinity):
    y = over(name, np.array([-np.inf, np.inf, np.nan], np.float32))
    np.testing.assert_array_equal(y, [at_minus_infinity, at_infinity, np.nan])


def test_tanh_keeps_its_sign_and_its_bound_and_what_is_tiny():
    y = over("tanh", EVERYWHERE)
    assert np.all(np.abs(y) <= 1)
    np.testing.assert_array_equal(np.signbit(y), np.signbit(EVERYWHERE))
    tiny = np.array([0.0, -0.0, 1e-45, -1e-40, 2e-30, -1e-5], np.float32)
    np.testing.assert_array_equal(over("tanh", tiny), tiny)


def test_the_logistic_function_is_symmetric_and_within_its_bounds():
    y, mirrored = over("sigmoid", EVERYWHERE), over("sigmoid", -EVERYWHERE)
    assert np.all((y >= 0) & (y <= 1))
    np.testing.assert_allclose(y + mirrored, 1, rtol=2e-7)


@pytest.mark.parametrize("name", ["exp_negative", "expm1_negative", "log1p_unit"])
def test_nan_stays_nan(name):
    y = over(name, np.array([np.nan], np.float32))
    assert np.isnan(y[0])


def test_log_is_minus_infinity_at_zero():
    y = over("log", np.array([0.0, -0.0, 1e-45], np.float32))
    np.testing.assert_array_equal(y, -np.inf)
