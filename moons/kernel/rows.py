"""Layers as loops over samples: rows of numbers, one per unit, weighted and added, four at a time.

Four, so that each number loaded serves several multiplications. Where fewer are left, a weight of 0 stands in.
"""

import numpy as np

from moons.kernel.codes import RELU
from moons.kernel.jit import Bool, Float, Int, f32, jit, jit_apart
from moons.kernel.layout import Floats

Pair = tuple[Floats, Floats]
Rows = tuple[Floats, Floats, Floats, Floats]

NOWHERE = f32(-np.inf)  # no number is less


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

    The weight of input i for output j stands at w + j * across + i * along. The rows that `held` counts are at least
    `bound`; on the way back they are 0 where those of `gate` are at most that.
    """
    fours = n_out // 4 * 4
    for j in range(0, fours, 4):
        at, rows, first = w + j * across, four_rows(out, j0 + j, n_out - j), two_rows(into, i0, n_in)
        limit = bound if n_in <= 2 else NOWHERE
        if forward:
            start_4(rows, first, n_in, W, at, across, along, bias, b + j, limit, n)
        else:
            back_4(rows, first, n_in, W, at, across, along, four_rows(gate, j0 + j, n_out - j), limit, n)
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
