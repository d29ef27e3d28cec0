"""exp, log, tanh and the like in float32, written so that loops over them vectorise.

The C library's functions take one number at a time, which costs more than all else in a step. These have no
branch and no call: within 3 units in the last place of the true value everywhere (a test holds it), with NaN,
infinities and overflow as in NumPy. Sources: S. Moshier's Cephes library for ln 2 in two parts and the coefficients
of log; N. Juffa's erff for those of erf; expm1 and tanh as in W. J. Cody and W. Waite, "Software Manual for the
Elementary Functions", 1980.
"""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numpy as np
from numba import njit
from numpy.typing import NDArray

f32, i32 = np.float32, np.int32
Coefficients = NDArray[np.float32]

LN_2 = f32(0.693359375), f32(-2.12194440e-4)  # in two parts, so that n · ln 2 is exact enough
ROUND_BITS = i32(0x4B400000)
ONE_BITS = i32(0x3F800000)
SIGN_BIT = i32(-(2**31))
SQRT_HALF_BITS = i32(0x3F3504F3)
SMALLEST_NORMAL = f32(2.0**-126)

# Of the exponential, of `log1p_unit`, then of tanh and the logistic function. They come as an argument, `c`: a constant
# would be fetched anew for each few numbers. The polynomials are our own minimax fits.
COEFFICIENTS: Coefficients = np.array(
    [
        1.44269504,  # 1 / ln 2
        12582912,  # 1.5 · 2^23: a small number added to it lands, rounded, in its lowest bits
        *LN_2,
        0.69314718,
        *(1.388251665e-3, 8.366547525e-3, 4.166720062e-2, 1.666654348e-1, 4.999999702e-1),
        *(-3.24402342e-3, 1.98514544e-2, -5.69595191e-2, 1.06036533e-1, -1.53055916e-1),
        *(1.96759389e-1, -2.49541336e-1, 3.33299624e-1, -4.99999024e-1),
        *(2.88539008, 12582912 + 126),  # 2 / ln 2; as c[1], and the bits land as the exponent of 2^n / 2
        12582912 + 127,  # likewise, of 2^n
        *(-2.76675303e-3, 1.66666258e-1, 2),  # of r · coth(r / 2) by r², for |r| ≤ ln 2 / 2
    ],
    np.float32,
)

Function = TypeVar("Function", bound=Callable[..., Any])
# functions that compiled code alone calls need no way in from outside
INNER: dict[str, Any] = {"error_model": "numpy", "no_cpython_wrapper": True, "no_cfunc_wrapper": True, "_nrt": False}


def inlined(function: Function) -> Function:
    """Compile `function` into its callers. No rounding step may be dropped or reordered: the formulas need them."""
    return cast(Function, njit(fastmath={"contract"}, forceinline=True, **INNER)(function))


@inlined
def expm1_near(r: np.float32, c: Coefficients) -> np.float32:
    """e^r − 1 for |r| ≤ ln 2 / 2."""
    square = r * r  # the polynomial in pairs, so that the processor need not wait for each term
    p: np.float32 = (c[5] * square + (c[6] * r + c[7])) * square + (c[8] * r + c[9])
    return p * square + r


@inlined
def reduced(x: np.float32, c: Coefficients) -> tuple[np.float32, np.int32]:
    """exp(x) as (1 + q) · 2^n: q in (-0.3, 0.42), for x in [-105, 89]. NaN gives a NaN q."""
    shifted = x * c[0] + c[1]
    n = shifted - c[1]
    return expm1_near(x - n * c[2] - n * c[3], c), i32(f32(shifted).view(i32) - ROUND_BITS)


@inlined
def power_of_2(n: np.int32) -> np.float32:
    """2^n, for n in [-126, 127]."""
    return i32((n << i32(23)) + ONE_BITS).view(f32)


@inlined
def exp(x: np.float32, c: Coefficients) -> np.float32:
    """e^x: 0 far below, infinite far above."""
    x = f32(-105) if x < f32(-105) else x
    x = f32(89) if x > f32(89) else x
    q, n = reduced(x, c)
    half = i32(n >> i32(1))  # 2^n itself may be out of range where e^x isn't
    return (q + f32(1)) * power_of_2(half) * power_of_2(i32(n - half))


@inlined
def expm1_negative(x: np.float32, c: Coefficients) -> np.float32:
    """e^x − 1 for x ≤ 0, exact near 0."""
    x = f32(-25) if x < f32(-25) else x
    shifted = x * c[0] + c[1]
    q = expm1_near(x - (shifted - c[1]) * c[4], c)  # where n is large enough for an error, e^x is next to nothing
    scale = power_of_2(i32(f32(shifted).view(i32) - ROUND_BITS))
    return scale * q + (scale - f32(1))


@inlined
def exp_negative(x: np.float32, c: Coefficients) -> np.float32:
    """e^x for x ≤ 0, at least 1e-38: a cheaper `exp` for where that is as good as 0."""
    x = f32(-87) if x < f32(-87) else x
    q, n = reduced(x, c)
    scale = power_of_2(n)
    return scale * q + scale


@inlined
def tanh(x: np.float32, c: Coefficients) -> np.float32:
    """The hyperbolic tangent: e / (e + 1) by e = (e^(−2|x|) − 1) / 2."""
    t = abs(x)
    t = f32(12.5) if t > f32(12.5) else t  # from 9.02 on it is 1
    shifted = c[20] - t * c[19]
    q = expm1_near(-(t + t) - (shifted - c[20]) * c[4], c)
    half = i32(f32(shifted).view(i32) << i32(23)).view(f32)
    e = half * q + (half - f32(0.5))
    y = e / (e + f32(1))
    return i32((f32(y).view(i32) & ~SIGN_BIT) | (f32(x).view(i32) & SIGN_BIT)).view(f32)


@inlined
def sigmoid(x: np.float32, c: Coefficients) -> np.float32:
    """1 / (1 + e^(−x)): 0 below −88, where it is less than 1e-38.

    With e^r = (v + r) / (v − r) by v = r · coth(r / 2) there is one division for both.
    """
    t = abs(x)
    t = f32(88.02) if t > f32(88.02) else t
    shifted = c[21] - t * c[0]
    n = shifted - c[21]
    r = t + n * c[2] + n * c[3]
    v = (c[22] * (r * r) + c[23]) * (r * r) + c[24]
    near, far = v + r, i32(f32(shifted).view(i32) << i32(23)).view(f32) * (v - r)
    y: np.float32 = (far if x < f32(0) else near) / (near + far)
    return y


@inlined
def log(x: np.float32) -> np.float32:
    """The natural logarithm: −∞ at 0, NaN below. Numbers below 1.2e-38 count as 0."""
    bits = i32(f32(x).view(i32) - SQRT_HALF_BITS)
    n = f32(bits >> i32(23))
    r = i32((bits & i32(0x007FFFFF)) + SQRT_HALF_BITS).view(f32) - f32(1)  # x = (1 + r) · 2^n
    p = f32(7.0376836292e-2) * r - f32(1.1514610310e-1)
    p = p * r + f32(1.1676998740e-1)
    p = p * r - f32(1.2420140846e-1)
    p = p * r + f32(1.4249322787e-1)
    p = p * r - f32(1.6668057665e-1)
    p = p * r + f32(2.0000714765e-1)
    p = p * r - f32(2.4999993993e-1)
    p = p * r + f32(3.3333331174e-1)
    square = r * r
    y = p * r * square + n * LN_2[1] - f32(0.5) * square + r + n * LN_2[0]
    y = y if x < f32(np.inf) else x  # infinity and NaN
    return y if x >= SMALLEST_NORMAL else (f32(np.nan) if x < f32(0) else (x if np.isnan(x) else f32(-np.inf)))


@inlined
def log1p_unit(x: np.float32, c: Coefficients) -> np.float32:
    """log(1 + x) for x in [0, 1], exact near 0."""
    square = x * x
    p = (c[10] * square + (c[11] * x + c[12])) * square + (c[13] * x + c[14])
    q: np.float32 = (p * square + (c[15] * x + c[16])) * square + (c[17] * x + c[18])
    return q * square + x


@inlined
def erf(x: np.float32, c: Coefficients) -> np.float32:
    """The error function."""
    t = abs(x)
    s = x * x
    far = f32(-1.72853470e-5) * t + f32(3.83197126e-4)
    far = far * s + (f32(-3.88396438e-3) * t + f32(2.42546219e-2))
    far = far * t - f32(1.06777877e-1)
    far = far * t - f32(6.34846687e-1)
    far = far * t - f32(1.28717512e-1)
    far = f32(1) - exp_negative(far * t - t, c)
    near = f32(-5.96761703e-4) * s + f32(4.99119423e-3)
    near = near * s - f32(2.67681349e-2)
    near = near * s + f32(1.12819925e-1)
    near = near * s - f32(3.76125336e-1)
    near = near * s + f32(1.28379166e-1)
    near = near * x + x
    return near if t < f32(0.927734375) else (-far if x < f32(0) else far)
