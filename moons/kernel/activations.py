"""The activations and their derivatives, on rows."""

from collections.abc import Callable

from moons.kernel.codes import BY_SUM, LINEAR, RELU
from moons.kernel.dispatch import Coded, Compiled, dispatch
from moons.kernel.jit import Int, f32, jit, jit_apart, jit_once
from moons.kernel.layout import Floats
from moons.kernel.vector_math import erf, exp_negative, expm1_negative, log1p_unit, sigmoid, tanh

_FORWARD: list[Coded] = []
_SLOPES: list[Coded] = []


def _activation(slope: Compiled, *, by_sum: bool = False, code: int | None = None) -> Callable[[Compiled], Coded]:
    """Register (z, h, n, c): h becomes the activation of n sums, and `slope` (z, h, d, n, c): d *= its derivative.

    The sums stand in h; with `by_sum`, for a slope that needs them later, in z instead.
    """

    def register(forward: Compiled) -> Coded:
        own = (BY_SUM if by_sum else 0) + len(_FORWARD) if code is None else code
        _FORWARD.append(Coded(own, jit_apart(forward)))
        _SLOPES.append(Coded(own, jit_apart(slope)))
        return _FORWARD[-1]

    return register


def _relu_slope(z: Floats, h: Floats, d: Floats, n: Int, c: Floats) -> None:
    for k in range(n):
        d[k] *= f32(1) if h[k] > f32(0) else f32(0)  # a choice would become masked stores, which are slow


@_activation(_relu_slope, code=RELU)
def relu(z: Floats, h: Floats, n: Int, c: Floats) -> None:
    for k in range(n):
        h[k] = f32(0) if h[k] < f32(0) else h[k]


def _leaky_relu_slope(z: Floats, h: Floats, d: Floats, n: Int, c: Floats) -> None:
    for k in range(n):
        d[k] *= f32(1) if h[k] > f32(0) else f32(0.01)


@_activation(_leaky_relu_slope)
def leaky_relu(z: Floats, h: Floats, n: Int, c: Floats) -> None:
    for k in range(n):
        h[k] *= f32(1) if h[k] > f32(0) else f32(0.01)  # as above


def _elu_slope(z: Floats, h: Floats, d: Floats, n: Int, c: Floats) -> None:
    for k in range(n):
        d[k] *= f32(1) if h[k] > f32(0) else h[k] + f32(1)


@_activation(_elu_slope)
def elu(z: Floats, h: Floats, n: Int, c: Floats) -> None:
    for k in range(n):
        below = f32(0) if h[k] > f32(0) else h[k]
        h[k] = (h[k] if h[k] > f32(0) else f32(0)) + expm1_negative(below, c)


def _gelu_slope(z: Floats, h: Floats, d: Floats, n: Int, c: Floats) -> None:
    for k in range(n):
        density = f32(0.39894228) * exp_negative(f32(-0.5) * z[k] * z[k], c)
        d[k] *= f32(0.5) * (f32(1) + erf(z[k] * f32(0.70710678), c)) + z[k] * density


@_activation(_gelu_slope, by_sum=True)
def gelu(z: Floats, h: Floats, n: Int, c: Floats) -> None:
    for k in range(n):
        h[k] = f32(0.5) * z[k] * (f32(1) + erf(z[k] * f32(0.70710678), c))


def _silu_slope(z: Floats, h: Floats, d: Floats, n: Int, c: Floats) -> None:
    for k in range(n):
        s = sigmoid(z[k], c)
        d[k] *= s * (f32(1) + z[k] * (f32(1) - s))


@_activation(_silu_slope, by_sum=True)
def silu(z: Floats, h: Floats, n: Int, c: Floats) -> None:
    for k in range(n):
        h[k] = z[k] * sigmoid(z[k], c)


def _softplus_slope(z: Floats, h: Floats, d: Floats, n: Int, c: Floats) -> None:
    for k in range(n):
        d[k] *= -expm1_negative(-h[k], c)


@_activation(_softplus_slope)
def softplus(z: Floats, h: Floats, n: Int, c: Floats) -> None:
    for k in range(n):
        h[k] = (h[k] if h[k] > f32(0) else f32(0)) + log1p_unit(exp_negative(-abs(h[k]), c), c)


def _tanh_slope(z: Floats, h: Floats, d: Floats, n: Int, c: Floats) -> None:
    for k in range(n):
        d[k] *= f32(1) - h[k] * h[k]


@_activation(_tanh_slope)
def hyperbolic_tangent(z: Floats, h: Floats, n: Int, c: Floats) -> None:
    for k in range(n):
        h[k] = tanh(h[k], c)


def _sigmoid_slope(z: Floats, h: Floats, d: Floats, n: Int, c: Floats) -> None:
    for k in range(n):
        d[k] *= h[k] * (f32(1) - h[k])


@_activation(_sigmoid_slope)
def logistic(z: Floats, h: Floats, n: Int, c: Floats) -> None:
    for k in range(n):
        h[k] = sigmoid(h[k], c)


def _linear_slope(z: Floats, h: Floats, d: Floats, n: Int, c: Floats) -> None:
    pass


@_activation(_linear_slope, code=LINEAR)
def linear(z: Floats, h: Floats, n: Int, c: Floats) -> None:
    pass


_forward, _slope = dispatch(_FORWARD), dispatch(_SLOPES)


@jit
def at_once(rows: Int, n: Int, A: Floats) -> Int:
    """How many rows one call takes: all, with whatever stands beyond the n points, unless most of it would."""
    return max(rows, 1) if 2 * n > A.shape[1] else 1


@jit_once
def joined(array: Floats, i: Int, rows: Int) -> Floats:
    """So many rows from the i-th on, as one."""
    return array[i : i + rows].reshape(rows * array.shape[1])


@jit
def activate(code: Int, Z: Floats, A: Floats, row: Int, rows: Int, n: Int, c: Floats) -> None:
    """A = the activation of A or, where its slope needs the sums, of Z, in those rows."""
    together = at_once(rows, n, A)
    for i in range(row, row + rows, together):
        _forward(code, joined(Z, i, together), joined(A, i, together), (together - 1) * A.shape[1] + n, c)


@jit
def slope(code: Int, Z: Floats, A: Floats, D: Floats, row: Int, rows: Int, n: Int, c: Floats) -> None:
    """D *= the activation's derivative, in those rows."""
    together = at_once(rows, n, A)
    for i in range(row, row + rows, together):
        z, h, d = joined(Z, i, together), joined(A, i, together), joined(D, i, together)
        _slope(code, z, h, d, (together - 1) * A.shape[1] + n, c)
