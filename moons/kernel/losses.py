"""The losses: their sum over points, their derivatives, and the score (right answers, or squared errors)."""

from moons.kernel.codes import MANY_CLASSES, NUMBERS, TWO_CLASSES
from moons.kernel.dispatch import Coded, Compiled, dispatch
from moons.kernel.jit import Float, Int, f32, jit_apart
from moons.kernel.layout import Floats
from moons.kernel.vector_math import exp, exp_negative, log, log1p_unit

_OF_TWO: list[Coded] = []
_OF_MANY: list[Coded] = []
_OF_NUMBERS: list[Coded] = []


def _of_two(function: Compiled) -> Coded:
    """Register (z, d, y, n, share, c): summed loss and score of n points, by the difference z of their logits.

    d becomes its derivative; y is 1 for the second class and -1 for the first; share is a point's weight in d.
    """
    return _registered(function, _OF_TWO, TWO_CLASSES)


def _of_many(function: Compiled) -> Coded:
    """Register (A, D, row, classes, y, n, share, top, mass, c): summed loss and score by the logits in A's rows.

    There is a row for each class; D's rows become the derivatives. top and mass (n,) are room to work in.
    """
    return _registered(function, _OF_MANY, MANY_CLASSES)


def _of_numbers(function: Compiled) -> Coded:
    """Register (z, d, y, n, share): summed loss of n predictions z, and summed squared errors; d its derivative."""
    return _registered(function, _OF_NUMBERS, NUMBERS)


def _registered(function: Compiled, registry: list[Coded], first: int) -> Coded:
    registry.append(Coded(first + len(registry), jit_apart(function)))
    return registry[-1]


@_of_two
def cross_entropy_of_two(z: Floats, d: Floats, y: Floats, n: Int, share: Float, c: Floats) -> tuple[Float, Float]:
    total = score = f32(0)  # score, too: an integer would halve the numbers that fit a vector
    for k in range(n):
        t = z[k] * y[k]
        e = exp_negative(-abs(t), c)
        total += log1p_unit(e, c) + f32(0.5) * (abs(t) - t)  # not "0 if t > 0 …": an infinite t must show
        d[k] = -share * y[k] * (e if t > f32(0) else f32(1)) / (f32(1) + e)
        score += f32(1) if (z[k] > f32(0)) == (y[k] > f32(0)) else f32(0)
    return total, score


@_of_two
def squared_error_of_two(z: Floats, d: Floats, y: Floats, n: Int, share: Float, c: Floats) -> tuple[Float, Float]:
    total = score = f32(0)
    for k in range(n):
        t = z[k] * y[k]
        e = exp_negative(-abs(t), c)
        wrong = (e if t > f32(0) else f32(1)) / (f32(1) + e)
        right = (f32(1) if t > f32(0) else e) / (f32(1) + e)
        total += f32(2) * wrong * wrong + f32(0) * t  # an infinite t must show
        d[k] = f32(-4) * share * y[k] * wrong * wrong * right
        score += f32(1) if (z[k] > f32(0)) == (y[k] > f32(0)) else f32(0)
    return total, score


@_of_two
def focal_of_two(z: Floats, d: Floats, y: Floats, n: Int, share: Float, c: Floats) -> tuple[Float, Float]:
    total = score = f32(0)
    for k in range(n):
        t = z[k] * y[k]
        e = exp_negative(-abs(t), c)
        wrong = (e if t > f32(0) else f32(1)) / (f32(1) + e)
        right = (f32(1) if t > f32(0) else e) / (f32(1) + e)
        cost = log1p_unit(e, c) + f32(0.5) * (abs(t) - t)
        total += wrong * wrong * cost + f32(0) * t
        d[k] = -share * y[k] * wrong * wrong * (f32(2) * right * cost + wrong)
        score += f32(1) if (z[k] > f32(0)) == (y[k] > f32(0)) else f32(0)
    return total, score


@_of_two
def hinge_of_two(z: Floats, d: Floats, y: Floats, n: Int, share: Float, c: Floats) -> tuple[Float, Float]:
    total = score = f32(0)
    for k in range(n):
        lacking = f32(1) - z[k] * y[k]
        total += f32(0) if lacking < f32(0) else lacking  # NaN must show
        d[k] = f32(0) if lacking < f32(0) else -share * y[k]
        score += f32(1) if (z[k] > f32(0)) == (y[k] > f32(0)) else f32(0)
    return total, score


@jit_apart
def count_hits(A: Floats, row: Int, classes: Int, y: Floats, n: Int, top: Floats, mass: Floats) -> Float:
    """How many points have their largest logit, which top becomes, at their class: of equal ones at the first."""
    for j in range(classes):
        z = A[row + j]
        for k in range(n):
            larger = j == 0 or not z[k] <= top[k]
            top[k] = z[k] if larger else top[k]
            mass[k] = f32(j) if larger else mass[k]
    score = f32(0)
    for k in range(n):
        score += f32(1) if mass[k] == y[k] else f32(0)
    return score


@_of_many
def cross_entropy_of_many(
    A: Floats, D: Floats, row: Int, classes: Int, y: Floats, n: Int, share: Float, top: Floats, mass: Floats, c: Floats
) -> tuple[Float, Float]:
    score, total = count_hits(A, row, classes, y, n, top, mass), f32(0)
    for k in range(n):
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


@jit_apart
def softmax(
    A: Floats, D: Floats, row: Int, classes: Int, y: Floats, n: Int, top: Floats, mass: Floats, c: Floats
) -> None:
    """The probabilities to D's rows, by the logits' maxima in top; top becomes minus the logarithm of the true one."""
    for k in range(n):
        mass[k] = f32(0)
    for j in range(classes):
        z, d = A[row + j], D[row + j]
        for k in range(n):
            d[k] = exp(z[k] - top[k], c)
            mass[k] += d[k]
    for j in range(classes):
        z, d = A[row + j], D[row + j]
        for k in range(n):
            d[k] /= mass[k]
            top[k] -= z[k] if y[k] == f32(j) else f32(0)
    for k in range(n):
        top[k] += log(mass[k])


@_of_many
def squared_error_of_many(
    A: Floats, D: Floats, row: Int, classes: Int, y: Floats, n: Int, share: Float, top: Floats, mass: Floats, c: Floats
) -> tuple[Float, Float]:
    score, total = count_hits(A, row, classes, y, n, top, mass), f32(0)
    softmax(A, D, row, classes, y, n, top, mass, c)
    for k in range(n):
        mass[k] = f32(0)
    for j in range(classes):
        d = D[row + j]
        for k in range(n):
            error = d[k] - (f32(1) if y[k] == f32(j) else f32(0))
            total += error * error
            mass[k] += error * d[k]
    for j in range(classes):
        d = D[row + j]
        for k in range(n):
            d[k] *= f32(2) * share * (d[k] - (f32(1) if y[k] == f32(j) else f32(0)) - mass[k])
    return total, score


@_of_many
def focal_of_many(
    A: Floats, D: Floats, row: Int, classes: Int, y: Floats, n: Int, share: Float, top: Floats, mass: Floats, c: Floats
) -> tuple[Float, Float]:
    score, total = count_hits(A, row, classes, y, n, top, mass), f32(0)
    softmax(A, D, row, classes, y, n, top, mass, c)
    for j in range(classes):
        d = D[row + j]
        for k in range(n):
            mass[k] = d[k] if y[k] == f32(j) else mass[k]
    for k in range(n):
        wrong, right, cost = f32(1) - mass[k], mass[k], top[k]
        total += wrong * wrong * cost
        mass[k] = share * wrong * (f32(2) * right * cost + wrong)
    for j in range(classes):
        d = D[row + j]
        for k in range(n):
            d[k] = mass[k] * (d[k] - (f32(1) if y[k] == f32(j) else f32(0)))
    return total, score


@_of_many
def hinge_of_many(
    A: Floats, D: Floats, row: Int, classes: Int, y: Floats, n: Int, share: Float, top: Floats, mass: Floats, c: Floats
) -> tuple[Float, Float]:
    score, total = count_hits(A, row, classes, y, n, top, mass), f32(0)
    for j in range(classes):
        z = A[row + j]
        for k in range(n):
            mass[k] = z[k] if y[k] == f32(j) else mass[k]  # the true class's logit
    for k in range(n):
        top[k] = f32(0)  # the wrong classes within the margin
    for j in range(classes):
        z, d = A[row + j], D[row + j]
        for k in range(n):
            lacking = f32(1) - mass[k] + z[k]
            within = not (y[k] == f32(j) or lacking < f32(0))  # NaN must show
            total += lacking if within else f32(0)
            d[k] = share if within else f32(0)
            top[k] += f32(1) if within else f32(0)
    for j in range(classes):
        d = D[row + j]
        for k in range(n):
            d[k] -= share * top[k] if y[k] == f32(j) else f32(0)
    return total, score


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


two_classes, many_classes, numbers = dispatch(_OF_TWO), dispatch(_OF_MANY), dispatch(_OF_NUMBERS)
