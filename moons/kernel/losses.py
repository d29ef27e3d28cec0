"""The losses: their sum over points, their derivatives, and the score (right answers, or squared errors)."""

from moons.kernel.codes import NUMBERS
from moons.kernel.dispatch import Coded, Compiled, dispatch
from moons.kernel.jit import Float, Int, f32, jit_apart
from moons.kernel.layout import Floats
from moons.kernel.vector_math import exp, exp_negative, log, log1p_unit


@jit_apart
def two_classes(z: Floats, d: Floats, y: Floats, n: Int, share: Float, c: Floats) -> tuple[Float, Float]:
    """Summed cross-entropy of n points, by the difference z of their two logits, and its derivative d.

    y is 1 for the second class and -1 for the first; share is each point's weight in the derivative.
    """
    total = score = f32(0)  # score, too: an integer would halve the numbers that fit a vector
    for k in range(n):
        t = z[k] * y[k]
        e = exp_negative(-abs(t), c)
        total += log1p_unit(e, c) + f32(0.5) * (abs(t) - t)  # not "0 if t > 0 …": an infinite t must show
        d[k] = -share * y[k] * (e if t > f32(0) else f32(1)) / (f32(1) + e)
        score += f32(1) if (z[k] > f32(0)) == (y[k] > f32(0)) else f32(0)
    return total, score


@jit_apart
def many_classes(
    A: Floats, D: Floats, row: Int, classes: Int, y: Floats, n: Int, share: Float, top: Floats, mass: Floats, c: Floats
) -> tuple[Float, Float]:
    """Summed cross-entropy of n points, by the logits in A's rows, one per class, and its derivatives, in D's."""
    for j in range(classes):
        z = A[row + j]
        for k in range(n):
            larger = j == 0 or not z[k] <= top[k]
            top[k] = z[k] if larger else top[k]
            mass[k] = f32(j) if larger else mass[k]  # for now, the answer: of equal logits the first
    total = score = f32(0)
    for k in range(n):
        score += f32(1) if mass[k] == y[k] else f32(0)
        mass[k] = f32(0)
    for j in range(classes):
        z, d = A[row + j], D[row + j]
        for k in range(n):
            d[k] = exp(z[k] - top[k], c)
            mass[k] += d[k]
            total += top[k] - z[k] if y[k] == f32(j) else f32(0)
    for k in range(n):
        total += log(mass[k])
    for j in range(classes):
        d = D[row + j]
        for k in range(n):
            d[k] = share * (d[k] / mass[k] - (f32(1) if y[k] == f32(j) else f32(0)))
    return total, score


_OF_NUMBERS: list[Coded] = []


def _of_numbers(function: Compiled) -> Coded:
    """Register (z, d, y, n, share): summed loss of n predictions z, and summed squared errors; d its derivative."""
    _OF_NUMBERS.append(Coded(NUMBERS + len(_OF_NUMBERS), jit_apart(function)))
    return _OF_NUMBERS[-1]


@_of_numbers
def mse(z: Floats, d: Floats, y: Floats, n: Int, share: Float) -> tuple[Float, Float]:
    total = squares = f32(0)
    for k in range(n):
        error = z[k] - y[k]
        squares += error * error
        total += error * error
        d[k] = f32(2) * share * error
    return total, squares


@_of_numbers
def huber(z: Floats, d: Floats, y: Floats, n: Int, share: Float) -> tuple[Float, Float]:
    total = squares = f32(0)
    for k in range(n):  # with PyTorch's delta of 1: beyond it the slope no longer grows
        error = z[k] - y[k]
        squares += error * error
        clipped = f32(-1) if error < f32(-1) else error
        clipped = f32(1) if clipped > f32(1) else clipped
        total += clipped * (error - f32(0.5) * clipped)
        d[k] = share * clipped
    return total, squares


numbers = dispatch(_OF_NUMBERS)
