"""The activations and their derivatives, on rows."""

from moons.kernel.codes import ELU, GELU, LEAKY_RELU, RELU, SIGMOID, SILU, SOFTPLUS, TANH
from moons.kernel.jit import Int, f32, jit_apart
from moons.kernel.layout import Floats
from moons.kernel.vector_math import erf, exp_negative, expm1_negative, log1p_unit, sigmoid, tanh


@jit_apart
def activate(code: Int, Z: Floats, A: Floats, row: Int, rows: Int, n: Int, c: Floats) -> None:  # noqa: PLR0912 - one branch each
    """A = the activation of A or, where its slope needs what it was computed from, of Z, in those rows."""
    for i in range(row, row + rows):
        z, h = Z[i], A[i]
        if code == RELU:
            for k in range(n):
                h[k] = f32(0) if h[k] < f32(0) else h[k]
        elif code == LEAKY_RELU:
            for k in range(n):
                h[k] *= f32(1) if h[k] > f32(0) else f32(0.01)  # a choice would become masked stores, which are slow
        elif code == ELU:
            for k in range(n):
                below = f32(0) if h[k] > f32(0) else h[k]
                h[k] = (h[k] if h[k] > f32(0) else f32(0)) + expm1_negative(below, c)
        elif code == GELU:
            for k in range(n):
                h[k] = f32(0.5) * z[k] * (f32(1) + erf(z[k] * f32(0.70710678), c))
        elif code == SILU:
            for k in range(n):
                h[k] = z[k] * sigmoid(z[k], c)
        elif code == SOFTPLUS:
            for k in range(n):
                h[k] = (h[k] if h[k] > f32(0) else f32(0)) + log1p_unit(exp_negative(-abs(h[k]), c), c)
        elif code == TANH:
            for k in range(n):
                h[k] = tanh(h[k], c)
        elif code == SIGMOID:
            for k in range(n):
                h[k] = sigmoid(h[k], c)


@jit_apart
def slope(code: Int, Z: Floats, A: Floats, D: Floats, row: Int, rows: Int, n: Int, c: Floats) -> None:  # noqa: PLR0912 - one branch each
    """D *= the activation's derivative, in those rows."""
    for i in range(row, row + rows):
        z, h, d = Z[i], A[i], D[i]
        if code == RELU:
            for k in range(n):
                d[k] *= f32(1) if h[k] > f32(0) else f32(0)  # a choice would become masked stores, which are slow
        elif code == LEAKY_RELU:
            for k in range(n):
                d[k] *= f32(1) if h[k] > f32(0) else f32(0.01)
        elif code == ELU:
            for k in range(n):
                d[k] *= f32(1) if h[k] > f32(0) else h[k] + f32(1)
        elif code == GELU:
            for k in range(n):
                density = f32(0.39894228) * exp_negative(f32(-0.5) * z[k] * z[k], c)
                d[k] *= f32(0.5) * (f32(1) + erf(z[k] * f32(0.70710678), c)) + z[k] * density
        elif code == SILU:
            for k in range(n):
                s = sigmoid(z[k], c)
                d[k] *= s * (f32(1) + z[k] * (f32(1) - s))
        elif code == SOFTPLUS:
            for k in range(n):
                d[k] *= -expm1_negative(-h[k], c)
        elif code == TANH:
            for k in range(n):
                d[k] *= f32(1) - h[k] * h[k]
        elif code == SIGMOID:
            for k in range(n):
                d[k] *= h[k] * (f32(1) - h[k])
