"""Training as one compiled call: forward, loss, backward and update, for many epochs.

All arrays are laid out (unit, sample), and the innermost loop runs over samples, so that it becomes vector
instructions. Points are taken in blocks that stay in the processor's nearest cache, and units in fours, so that
each number loaded serves several multiplications. Sums may be reordered ("reassoc"), but NaN and infinity keep
their meaning: a diverged run reads as diverged.

A network's rows in A, Z and D are its units, inputs first: A holds activations, D the loss's derivatives by what
they were computed from, and Z that itself, for the activations whose slope needs it. Parameters and gradients are
flat, in the order of `model.parameters()`.
"""

import zlib
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, cast

import numba
import numpy as np
from numba import njit
from numba.core.compiler import Compiler
from numpy.typing import NDArray

from moons.layout import Blocks, Floats, Integers, Room, Rule, blocks, room
from moons.shuffle import permutation
from moons.vector_math import (
    INNER,
    Function,
    erf,
    exp,
    exp_negative,
    expm1_negative,
    log,
    log1p_unit,
    sigmoid,
    tanh,
)

Pair = tuple[Floats, Floats]
Rows = tuple[Floats, Floats, Floats, Floats]
Int = int | np.int64
Float = float | np.floating[Any]
Bool = bool | np.bool

f32 = np.float32
NOWHERE = f32(-np.inf)  # no number is less
ZERO, NEXT = np.int64(0), np.int64(1)  # as a plain 0 or 1 an argument would be compiled as a case of its own

RELU, LEAKY_RELU, ELU, GELU, SILU, SOFTPLUS, TANH, SIGMOID, LINEAR = range(9)  # as in model.ACTIVATIONS
SGD, MOMENTUM, NESTEROV, RMSPROP, ADAM, ADAMW = range(6)  # as in progress.OPTIMIZERS
TWO_CLASSES, MANY_CLASSES, MSE, HUBER = range(4)  # losses: of classes cross-entropy, then as progress.REGRESSION_LOSSES

SOURCES = "kernel", "layout", "shuffle", "vector_math"  # what is compiled depends on these files
_OPTIONS = INNER | {"fastmath": {"reassoc", "contract", "nsz"}}


class _Apart(Compiler):
    """Says that what a function writes through one array isn't seen through another, which needn't be checked then."""

    def define_pipelines(self) -> Any:
        self.state.flags.noalias = True
        return super().define_pipelines()  # type: ignore[no-untyped-call]


def jit(function: Function) -> Function:
    """Compile `function` into its callers."""
    return cast(Function, njit(**_OPTIONS)(function))


def jit_once(function: Function) -> Function:
    """For a function with a single caller, which it becomes a part of, as exact as that is: this saves time to compile.

    No sum is reordered in `train_epochs` itself: np.isfinite(x) rests on x − x, which would be taken for 0.
    """
    return cast(Function, njit(inline="always", **INNER)(function))


def jit_exact(function: Function) -> Function:
    """As `jit`, but keeps every operation as it stands."""
    return cast(Function, njit(**INNER)(function))


def jit_apart(function: Function) -> Function:
    """As `jit`, for a function that writes to none of the rows that it reads through another array."""
    return cast(Function, njit(pipeline_class=_Apart, forceinline=True, **_OPTIONS)(function))


@jit
def two_rows(array: Floats, i: Int, left: Int) -> Pair:
    """The next two rows; the first again if there are no more."""
    return array[i], array[i + 1 if left > 1 else i]


@jit
def four_rows(array: Floats, i: Int, left: Int) -> Rows:
    """The next four rows; the first again for those that are not there."""
    return array[i], array[i + 1 if left > 1 else i], array[i + 2 if left > 2 else i], array[i + 3 if left > 3 else i]


@jit
def two(W: Floats, w: Int, along: Int, left: Int) -> tuple[Float, Float]:
    """The next two weights; 0 for the second if there are no more."""
    return W[w], W[w + along] if left > 1 else f32(0)


@jit
def four(W: Floats, w: Int, along: Int, left: Int) -> tuple[Float, Float, Float, Float]:
    """The next four weights; 0 for those that are not there."""
    w1 = W[w + along] if left > 1 else f32(0)
    w2 = W[w + 2 * along] if left > 2 else f32(0)
    w3 = W[w + 3 * along] if left > 3 else f32(0)
    return W[w], w1, w2, w3


@jit_apart
def start_4(
    out: Rows,
    into: Pair,
    left: Int,
    W: Floats,
    w: Int,
    across: Int,
    along: Int,
    bias: Floats,
    b: Int,
    floor: Float,
    n: Int,
) -> None:
    """Four rows = bias + up to two rows, weighted; at least `floor`."""
    (o0, o1, o2, o3), (x, y) = out, into
    b0, b1, b2, b3 = bias[b], bias[b + 1], bias[b + 2], bias[b + 3]
    v0, w0 = two(W, w, along, left)
    v1, w1 = two(W, w + across, along, left)
    v2, w2 = two(W, w + 2 * across, along, left)
    v3, w3 = two(W, w + 3 * across, along, left)
    for k in range(n):
        z0 = b0 + v0 * x[k] + w0 * y[k]
        z1 = b1 + v1 * x[k] + w1 * y[k]
        z2 = b2 + v2 * x[k] + w2 * y[k]
        z3 = b3 + v3 * x[k] + w3 * y[k]
        o0[k] = floor if z0 < floor else z0
        o1[k] = floor if z1 < floor else z1
        o2[k] = floor if z2 < floor else z2
        o3[k] = floor if z3 < floor else z3


@jit_apart
def back_4(
    out: Rows, into: Pair, left: Int, W: Floats, w: Int, across: Int, along: Int, gate: Rows, bound: Float, n: Int
) -> None:
    """Four rows = up to two rows, weighted; 0 where the gate is at most `bound`."""
    (o0, o1, o2, o3), (x, y), (h0, h1, h2, h3) = out, into, gate
    v0, w0 = two(W, w, along, left)
    v1, w1 = two(W, w + across, along, left)
    v2, w2 = two(W, w + 2 * across, along, left)
    v3, w3 = two(W, w + 3 * across, along, left)
    for k in range(n):
        z0 = v0 * x[k] + w0 * y[k]
        z1 = v1 * x[k] + w1 * y[k]
        z2 = v2 * x[k] + w2 * y[k]
        z3 = v3 * x[k] + w3 * y[k]
        o0[k] = f32(0) if h0[k] <= bound else z0
        o1[k] = f32(0) if h1[k] <= bound else z1
        o2[k] = f32(0) if h2[k] <= bound else z2
        o3[k] = f32(0) if h3[k] <= bound else z3


@jit_apart
def add_4(out: Rows, into: Rows, left: Int, W: Floats, w: Int, across: Int, along: Int, n: Int) -> None:
    """Four rows += up to four rows, weighted."""
    (o0, o1, o2, o3), (x0, x1, x2, x3) = out, into
    w00, w01, w02, w03 = four(W, w, along, left)
    w10, w11, w12, w13 = four(W, w + across, along, left)
    w20, w21, w22, w23 = four(W, w + 2 * across, along, left)
    w30, w31, w32, w33 = four(W, w + 3 * across, along, left)
    for k in range(n):
        o0[k] += w00 * x0[k] + w01 * x1[k] + w02 * x2[k] + w03 * x3[k]
        o1[k] += w10 * x0[k] + w11 * x1[k] + w12 * x2[k] + w13 * x3[k]
        o2[k] += w20 * x0[k] + w21 * x1[k] + w22 * x2[k] + w23 * x3[k]
        o3[k] += w30 * x0[k] + w31 * x1[k] + w32 * x2[k] + w33 * x3[k]


@jit_apart
def add_1(out: Floats, into: Rows, left: Int, W: Floats, w: Int, along: Int, n: Int) -> None:
    """One row += up to four rows, weighted."""
    x0, x1, x2, x3 = into
    w0, w1, w2, w3 = four(W, w, along, left)
    for k in range(n):
        out[k] += w0 * x0[k] + w1 * x1[k] + w2 * x2[k] + w3 * x3[k]


@jit_apart
def dot_1(d: Floats, into: Rows, left: Int, G: Floats, g: Int, n: Int) -> None:
    """Gradient of up to four weights of one unit: the sums over samples of as many rows, times the unit's row d."""
    x0, x1, x2, x3 = into
    s0 = s1 = s2 = s3 = f32(0)
    for k in range(n):
        s0 += d[k] * x0[k]
        s1 += d[k] * x1[k]
        s2 += d[k] * x2[k]
        s3 += d[k] * x3[k]
    G[g] += s0
    if left > 1:
        G[g + 1] += s1
    if left > 2:
        G[g + 2] += s2
    if left > 3:
        G[g + 3] += s3


@jit_apart
def dot_4(units: Rows, into: Pair, left: Int, G: Floats, g: Int, across: Int, n: Int) -> None:
    """Gradient of up to two weights of each of four units."""
    (d0, d1, d2, d3), (x, y) = units, into
    v0 = v1 = v2 = v3 = w0 = w1 = w2 = w3 = f32(0)
    for k in range(n):
        v0 += d0[k] * x[k]
        v1 += d1[k] * x[k]
        v2 += d2[k] * x[k]
        v3 += d3[k] * x[k]
        w0 += d0[k] * y[k]
        w1 += d1[k] * y[k]
        w2 += d2[k] * y[k]
        w3 += d3[k] * y[k]
    G[g] += v0
    G[g + across] += v1
    G[g + 2 * across] += v2
    G[g + 3 * across] += v3
    if left > 1:
        G[g + 1] += w0
        G[g + across + 1] += w1
        G[g + 2 * across + 1] += w2
        G[g + 3 * across + 1] += w3


@jit_apart
def summed(d: Floats, n: Int) -> Float:
    """The sum over samples."""
    total = f32(0)
    for k in range(n):
        total += d[k]
    return total


@jit
def combine(
    out: Floats,
    j0: Int,
    n_out: Int,
    into: Floats,
    i0: Int,
    n_in: Int,
    W: Floats,
    w: Int,
    across: Int,
    along: Int,
    bias: Floats,
    b: Int,
    gate: Floats,
    bound: Float,
    forward: Bool,
    n: Int,
) -> None:
    """Rows of `out` from j0 = W · rows of `into` from i0, forward with a bias.

    The weight of input i for output j stands at w + j * across + i * along. The rows that `held` counts are 0 where
    they, or on the way back those of `gate`, are at most `bound`.
    """
    fours = n_out // 4 * 4
    for j in range(0, fours, 4):
        at, rows, first = w + j * across, four_rows(out, j0 + j, 4), two_rows(into, i0, n_in)
        limit = bound if n_in <= 2 else NOWHERE
        if forward:
            start_4(rows, first, n_in, W, at, across, along, bias, b + j, limit, n)
        else:
            back_4(rows, first, n_in, W, at, across, along, four_rows(gate, j0 + j, 4), limit, n)
        for i in range(2, n_in, 4):
            add_4(rows, four_rows(into, i0 + i, n_in - i), n_in - i, W, at + i * along, across, along, n)
    for j in range(fours, n_out):
        row = out[j0 + j]
        start = bias[b + j] if forward else f32(0)
        for k in range(n):
            row[k] = start
        for i in range(0, n_in, 4):
            add_1(row, four_rows(into, i0 + i, n_in - i), n_in - i, W, w + j * across + i * along, along, n)


@jit
def held(code: Int, n_in: Int, n_out: Int) -> Int:
    """How many rows `combine` has taken through ReLU, or its derivative, on its way."""
    return n_out // 4 * 4 if code == RELU and n_in <= 2 else 0


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


@jit_once
def forward(sizes: Integers, codes: Integers, P: Floats, A: Floats, Z: Floats, n: Int, c: Floats) -> None:
    """Fill A and Z for n points whose inputs stand in A's first rows."""
    p = row = ZERO
    for layer in range(sizes.size - 1):
        n_in, n_out = sizes[layer], sizes[layer + 1]
        code = codes[layer]
        apart = code == GELU or code == SILU  # noqa: PLR1714 - compiled, this is the cheap form
        bound = f32(0) if code == RELU else NOWHERE
        out, b, done = Z if apart else A, p + n_in * n_out, held(code, n_in, n_out)
        combine(out, row + n_in, n_out, A, row, n_in, P, p, n_in, NEXT, P, b, A, bound, NEXT > 0, n)
        activate(code, Z, A, row + n_in + done, n_out - done, n, c)
        p = b + n_out
        row += n_in


@jit_once
def backward(
    sizes: Integers, codes: Integers, P: Floats, G: Floats, A: Floats, Z: Floats, D: Floats, n: Int, c: Floats
) -> None:
    """Add the gradient over n points to G, from the rows of D that the loss filled."""
    p, row = P.size, A.shape[0]
    for layer in range(sizes.size - 2, -1, -1):
        n_in, n_out = sizes[layer], sizes[layer + 1]
        p -= (n_in + 1) * n_out
        row -= n_out
        into = row - n_in
        fours, bias = n_out // 4 * 4, p + n_in * n_out
        for j in range(0, fours, 4):
            units = four_rows(D, row + j, 4)
            for i in range(0, n_in, 2):
                dot_4(units, two_rows(A, into + i, n_in - i), n_in - i, G, p + j * n_in + i, n_in, n)
        for j in range(fours, n_out):
            for i in range(0, n_in, 4):
                dot_1(D[row + j], four_rows(A, into + i, n_in - i), n_in - i, G, p + j * n_in + i, n)
        for j in range(n_out):
            G[bias + j] += summed(D[row + j], n)
        if layer > 0:
            code = codes[layer - 1]
            bound, done = f32(0) if code == RELU else NOWHERE, held(code, n_out, n_in)
            combine(D, into, n_in, D, row, n_out, P, p, NEXT, n_in, P, ZERO, A, bound, NEXT < 0, n)
            slope(code, Z, A, D, into + done, n_in - done, n, c)


@jit_apart
def two_classes(z: Floats, d: Floats, y: Floats, n: Int, share: Float, c: Floats) -> tuple[Float, Float]:
    """Summed cross-entropy of n points, by the difference z of their two logits, and its derivative d.

    y is 1 for the second class and -1 for the first; share is each point's weight in the derivative.
    """
    total = hits = f32(0)  # hits, too: an integer would halve the numbers that fit a vector
    for k in range(n):
        t = z[k] * y[k]
        e = exp_negative(-abs(t), c)
        total += log1p_unit(e, c) + f32(0.5) * (abs(t) - t)  # not "0 if t > 0 …": an infinite t must show
        d[k] = -share * y[k] * (e if t > f32(0) else f32(1)) / (f32(1) + e)
        hits += f32(1) if (z[k] > f32(0)) == (y[k] > f32(0)) else f32(0)
    return total, hits


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
    total = hits = f32(0)
    for k in range(n):
        hits += f32(1) if mass[k] == y[k] else f32(0)
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
    return total, hits


@jit_apart
def numbers(code: Int, z: Floats, d: Floats, y: Floats, n: Int, share: Float) -> tuple[Float, Float]:
    """Summed loss of n predictions z, its derivative d, and the summed squares of the errors."""
    total = squares = f32(0)
    for k in range(n):
        error = z[k] - y[k]
        squares += error * error
        if code == HUBER:  # with PyTorch's delta of 1: beyond it the slope no longer grows
            clipped = f32(-1) if error < f32(-1) else error
            clipped = f32(1) if clipped > f32(1) else clipped
            total += clipped * (error - f32(0.5) * clipped)
            d[k] = share * clipped
        else:
            total += error * error
            d[k] = f32(2) * share * error
    return total, squares


@jit
def regularise(P: Floats, G: Floats, rule: Rule, rate: float) -> None:
    """Add to the gradient what L1 and weight decay ask for, clipped between the two, as PyTorch does."""
    decay, l1, limit = rule.weight_decay, rule.l1, rule.clip_norm
    if l1 > 0:
        for p in range(P.size):
            G[p] += l1 if P[p] > f32(0) else (-l1 if P[p] < f32(0) else f32(0))
    if limit > 0:
        square = f32(0)
        for p in range(P.size):
            square += G[p] * G[p]
        factor = limit / (np.sqrt(square) + f32(1e-6))
        if not factor > f32(1):
            for p in range(P.size):
                G[p] *= factor
    if decay > 0:
        if rule.optimizer == ADAMW:  # its decay is of the weights themselves
            keep = f32(1 - rate * decay)
            for p in range(P.size):
                P[p] *= keep
        else:
            for p in range(P.size):
                G[p] += decay * P[p]


@jit_exact
def power(base: float, exponent: Int) -> float:
    """base ** exponent; the C library's differs in its last bit from one process to another."""
    result = 1.0
    while exponent > 0:
        if exponent & 1:
            result *= base
        base *= base
        exponent >>= 1
    return result


@jit
def update(optimizer: Int, P: Floats, M: Floats, G: Floats, rate: float, step: Int) -> None:
    """One step by the rules of torch.optim, with its defaults."""
    lr = f32(rate)
    if optimizer == SGD:
        for p in range(P.size):
            P[p] -= lr * G[p]
    elif optimizer == MOMENTUM or optimizer == NESTEROV:  # noqa: PLR1714, SIM109
        m = M[0]
        now, through = (lr, f32(0.9) * lr) if optimizer == NESTEROV else (f32(0), lr)
        for p in range(P.size):
            m[p] = f32(0.9) * m[p] + G[p]
            P[p] -= now * G[p] + through * m[p]
    elif optimizer == RMSPROP:
        v = M[0]
        for p in range(P.size):
            v[p] = f32(0.99) * v[p] + f32(0.01) * G[p] * G[p]
            P[p] -= lr * G[p] / (np.sqrt(v[p]) + f32(1e-8))
    else:
        m, v = M[0], M[1]
        lr = f32(rate / (1 - power(0.9, step)))
        root = f32(np.sqrt(1 - power(0.999, step)))
        for p in range(P.size):
            m[p] += f32(0.1) * (G[p] - m[p])
            v[p] = f32(0.999) * v[p] + f32(0.001) * G[p] * G[p]
            P[p] -= lr * m[p] / (np.sqrt(v[p]) / root + f32(1e-8))


@jit
def copy(P: Floats, M: Floats, P_to: Floats, M_to: Floats) -> None:
    """P_to = P, M_to = M."""
    for p in range(P.size):
        P_to[p] = P[p]
        for m in range(M.shape[0]):
            M_to[m, p] = M[m, p]


@jit
def collapse(P: Floats, Q: Floats, n_in: Int) -> None:
    """Q = P, but for the last layer: of the two classes' weights only the difference counts."""
    first = P.size - 2 * (n_in + 1)
    for p in range(first):
        Q[p] = P[p]
    for i in range(n_in):
        Q[first + i] = P[first + n_in + i] - P[first + i]
    Q[first + n_in] = P[P.size - 1] - P[P.size - 2]


@jit
def expand(G: Floats, n_in: Int) -> None:
    """Make the gradient by the difference one by both classes' weights."""
    first = G.size - 2 * (n_in + 1)
    bias = G[first + n_in]
    for i in range(n_in):
        G[first + n_in + i] = G[first + i]
        G[first + i] = -G[first + i]
    G[G.size - 2] = -bias
    G[G.size - 1] = bias


@jit
def deal(X: Floats, y: Floats, order: Integers, points: Blocks) -> None:
    """Lay the points (features, n) out in blocks, in that order."""
    width = points.y.shape[1]
    per_batch = -(-points.batch_size // width)
    for k in range(order.size):
        t = k % points.batch_size
        block, t = k // points.batch_size * per_batch + t // width, t % width
        points.y[block, t] = y[order[k]]
        for i in range(X.shape[0]):
            points.X[block, i, t] = X[i, order[k]]


@jit_once
def sweep(
    sizes: Integers, codes: Integers, work: Room, points: Blocks, code: Int, batch: Int, learn: Bool
) -> tuple[Float, Float]:
    """Summed loss and hits of one batch, or squared errors; if `learn`, G becomes the gradient of its mean loss."""
    width, outputs = points.y.shape[1], sizes[sizes.size - 1]
    A, Z, D, c = work.A, work.Z, work.D, work.c
    row = A.shape[0] - outputs
    left = points.n_points - batch * points.batch_size
    left = left if left < points.batch_size else points.batch_size
    block = batch * -(-points.batch_size // width)
    share = f32(1) / f32(left)
    total: Float = 0.0
    hits: Float = 0.0
    for p in range(work.G.size if learn else 0):
        work.G[p] = 0
    while left > 0:
        n = left if left < width else width
        X, y = points.X[block], points.y[block]
        for i in range(sizes[0]):
            for k in range(n):
                A[i, k] = X[i, k]
        forward(sizes, codes, work.Q, A, Z, n, c)
        if code == TWO_CLASSES:
            loss, right = two_classes(A[row], D[row], y, n, share, c)
        elif code == MANY_CLASSES:
            loss, right = many_classes(A, D, row, outputs, y, n, share, work.top, work.mass, c)
        else:
            loss, right = numbers(code, A[row], D[row], y, n, share)
        total += loss
        hits += right
        if learn:
            backward(sizes, codes, work.Q, work.G, A, Z, D, n, c)
        left -= n
        block += 1
    return total, hits


@jit_once
def run_through(
    sizes: Integers,
    codes: Integers,
    P: Floats,
    M: Floats,
    work: Room,
    points: Blocks,
    rule: Rule,
    rate: float,
    step: Int,
    learn: Bool,
) -> tuple[Float, Float]:
    """Mean loss and hits, or squared errors, over all batches; if `learn`, with one update by each.

    Breaks off where a batch's loss isn't finite.
    """
    pair, n_in = rule.loss == TWO_CLASSES, sizes[sizes.size - 2]
    total: Float = 0.0
    hits: Float = 0.0
    for batch in range(-(-points.n_points // points.batch_size)):
        loss, right = sweep(sizes, codes, work, points, rule.loss, batch, learn)
        total += loss
        hits += right
        if learn and not np.isfinite(total):
            break
        if learn:
            if pair:
                expand(work.G, n_in)
            regularise(P, work.G, rule, rate)
            update(rule.optimizer, P, M, work.G, rate, step + batch + 1)
            if pair:
                collapse(P, work.Q, n_in)
    return total / points.n_points, hits / points.n_points


def _train_epochs(
    sizes: Integers,
    codes: Integers,
    P: Floats,
    M: Floats,
    work: Room,
    X: Floats,
    y: Floats,
    train: Blocks,
    test: Blocks,
    rates: NDArray[np.float64],
    step: Int,
    seed: Int,
    rule: Rule,
    curves: Floats,
    now: NDArray[np.float64],
) -> int:
    """Train in place, one epoch for each of the rates. Returns the number of epochs done.

    It is smaller than asked for where a loss wasn't finite: then P and M are what that epoch began with.

    sizes (layers + 1,): units of each layer, with 1 output for two classes; codes (layers,): activations, LINEAR
    the last; P (n_parameters,), M (moments, n_parameters): parameters, and what the optimiser remembers of them;
    X (features, n), y (n,): the training points, as `Blocks` has them; rates (epochs,); step: updates done before;
    seed: of the first epoch's shuffle, one more for each further epoch's; curves (4, epochs): filled with the mean loss
    of the training points, each batch before its own update, and of the test points before the epoch, then the mean
    hits, or squared errors, of the same outputs; now (4,): filled with the same at the end.
    """
    batches, pair, n_in = -(-train.n_points // train.batch_size), rule.loss == TWO_CLASSES, sizes[sizes.size - 2]
    done, epochs = 0, rates.size
    if pair:
        collapse(P, work.Q, n_in)
    while True:
        learn = done < epochs
        if learn and batches > 1:
            permutation(seed + done, work.order, work.words)
            deal(X, y, work.order, train)
            copy(P, M, work.P_before, work.M_before)
        rate = rates[done] if learn else 0.0
        for split in range(1, -1, -1):  # the test set first: the training set's pass changes the weights
            points = test if split == 1 else train
            now[split], now[2 + split] = run_through(
                sizes, codes, P, M, work, points, rule, rate, step, learn and split == 0
            )
        if not learn:
            return done
        if np.isfinite(now[0]):
            for row in range(4):
                curves[row, done] = now[row]
            step += batches
            done += 1
            continue
        epochs = done
        if batches > 1:
            copy(work.P_before, work.M_before, P, M)
            if pair:
                collapse(P, work.Q, n_in)


def _on_disk(function: Function) -> Function:
    """Compile `function`, or load what was compiled before.

    What was compiled stays in a folder named after the sources that it came from, so that it is never older than
    they: Numba itself looks at the function's own file alone. The folder is beside the sources, or NUMBA_CACHE_DIR
    if that is set, or else in the user's cache; where none can be written, each process compiles anew.
    """
    options: dict[str, Any] = {"error_model": "numpy", "nogil": True, "no_cfunc_wrapper": True, "_nrt": False}
    compiled: Any = njit(**options)(function)
    here = Path(__file__).parent
    sources = b"".join((here / f"{name}.py").read_bytes() for name in SOURCES)
    config: Any = numba.config
    given = config.CACHE_DIR
    try:
        for parent in (Path(given or here / "__pycache__"), Path.home() / ".cache" / "moons"):
            config.CACHE_DIR = str(parent / f"kernel-{zlib.crc32(sources):08x}")
            if _writable(Path(config.CACHE_DIR)):
                compiled.enable_caching()
                break
    finally:
        config.CACHE_DIR = given
    return cast(Function, compiled)


def _writable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        TemporaryFile(dir=folder).close()
    except OSError:
        return False
    return True


def folder() -> Path | None:
    """Where what is compiled is kept; None where nothing can be written."""
    compiled: Any = train_epochs
    path = compiled.stats.cache_path
    return None if path is None else Path(path)


train_epochs = _on_disk(_train_epochs)


def warm_up() -> None:
    """Compile `train_epochs`, or load it from the disk: a few seconds the first time, else a moment."""
    sizes, codes, P = np.array([2, 1, 1]), np.array([RELU, LINEAR]), np.zeros(7, f32)
    X, y, M = np.zeros((2, 1), f32), np.zeros(1, f32), np.zeros((0, 7), f32)
    points, rule = blocks(X.T, y, 1), Rule(TWO_CLASSES, SGD, f32(0), f32(0), f32(0))
    no_rates, curves, now = np.empty(0), np.empty((4, 0), f32), np.empty(4)
    work = room(sizes, P.size, len(M), points, points)
    train_epochs(sizes, codes, P, M, work, X, y, points, points, no_rates, 0, 0, rule, curves, now)
