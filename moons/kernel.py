"""Training as one compiled call: forward, loss, backward and update, for many epochs.

All arrays are laid out (unit, sample), and the innermost loop runs over samples, so that it becomes vector
instructions. Points are taken in blocks that stay in the processor's nearest cache, and units in fours, so that
each number loaded serves several multiplications. Sums may be reordered ("reassoc"), but NaN and infinity keep
their meaning: a diverged run reads as diverged.

A network's rows in A, Z and D are its units, inputs first: A holds activations, Z what they are computed from,
D the loss's derivatives by Z. Parameters and gradients are flat, in the order of `model.parameters()`.
"""

import zlib
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, NamedTuple, cast

import numba
import numpy as np
from numba import njit
from numba.core.compiler import Compiler
from numpy.typing import NDArray

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

Floats = NDArray[np.float32]
Integers = NDArray[np.int64]
Int = int | np.int64
Float = float | np.floating[Any]
Bool = bool | np.bool

f32 = np.float32
NOWHERE = f32(-np.inf)  # a floor that holds nothing up
ZERO, NEXT = np.int64(0), np.int64(1)  # as a plain 0 or 1 an argument would be compiled as a case of its own

RELU, LEAKY_RELU, ELU, GELU, SILU, SOFTPLUS, TANH, SIGMOID, LINEAR = range(9)  # as in model.ACTIVATIONS
SGD, MOMENTUM, NESTEROV, RMSPROP, ADAM, ADAMW = range(6)  # as in progress.OPTIMIZERS

_OPTIONS = INNER | {"fastmath": {"reassoc", "contract", "nsz"}}


class _Apart(Compiler):
    """Says that what a function writes through one array isn't seen through another, which needn't be checked then."""

    def define_pipelines(self) -> Any:
        self.state.flags.noalias = True
        return super().define_pipelines()  # type: ignore[no-untyped-call]


def jit(function: Function) -> Function:
    """Compile `function` into its callers."""
    return cast(Function, njit(**_OPTIONS)(function))


def jit_exact(function: Function) -> Function:
    """As `jit`, but keeps every sum as it stands: np.isfinite(x) rests on x − x, which would be taken for 0."""
    return cast(Function, njit(**INNER)(function))


def jit_apart(function: Function) -> Function:
    """As `jit`, for a function that writes to none of the rows that it reads through another array."""
    return cast(Function, njit(pipeline_class=_Apart, **_OPTIONS)(function))


@jit
def two(weights: Floats, w: Int, along: Int, more: Bool) -> tuple[Float, Float]:
    """The next two weights; 0 for the second if there are no more."""
    return weights[w], weights[w + along] if more else f32(0)


@jit
def four(weights: Floats, w: Int, along: Int, left: Int) -> tuple[Float, Float, Float, Float]:
    """The next four weights; 0 for those that are not there."""
    w0 = weights[w]
    w1 = weights[w + along] if left > 1 else f32(0)
    w2 = weights[w + 2 * along] if left > 2 else f32(0)
    w3 = weights[w + 3 * along] if left > 3 else f32(0)
    return w0, w1, w2, w3


@jit
def four_rows(array: Floats, i: Int, left: Int) -> tuple[Floats, Floats, Floats, Floats]:
    """The next four rows; the first again for those that are not there."""
    x0 = array[i]
    x1 = array[i + 1 if left > 1 else i]
    x2 = array[i + 2 if left > 2 else i]
    x3 = array[i + 3 if left > 3 else i]
    return x0, x1, x2, x3


@jit_apart
def start_4(
    out: Floats,
    j: Int,
    into: Floats,
    i: Int,
    left: Int,
    weights: Floats,
    w: Int,
    across: Int,
    along: Int,
    bias: Floats,
    b: Int,
    floor: Float,
    n: Int,
) -> None:
    """Four rows of `out` = bias + up to two rows of `into`, weighted; at least `floor`."""
    o0, o1, o2, o3 = out[j], out[j + 1], out[j + 2], out[j + 3]
    x, y = into[i], into[i + 1 if left > 1 else i]
    b0, b1, b2, b3 = bias[b], bias[b + 1], bias[b + 2], bias[b + 3]
    v0, w0 = two(weights, w, along, left > 1)
    v1, w1 = two(weights, w + across, along, left > 1)
    v2, w2 = two(weights, w + 2 * across, along, left > 1)
    v3, w3 = two(weights, w + 3 * across, along, left > 1)
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
def add_4(
    out: Floats, j: Int, into: Floats, i: Int, left: Int, weights: Floats, w: Int, across: Int, along: Int, n: Int
) -> None:
    """Four rows of `out` += up to four rows of `into`, weighted."""
    o0, o1, o2, o3 = out[j], out[j + 1], out[j + 2], out[j + 3]
    x0, x1, x2, x3 = four_rows(into, i, left)
    w00, w01, w02, w03 = four(weights, w, along, left)
    w10, w11, w12, w13 = four(weights, w + across, along, left)
    w20, w21, w22, w23 = four(weights, w + 2 * across, along, left)
    w30, w31, w32, w33 = four(weights, w + 3 * across, along, left)
    for k in range(n):
        o0[k] += w00 * x0[k] + w01 * x1[k] + w02 * x2[k] + w03 * x3[k]
        o1[k] += w10 * x0[k] + w11 * x1[k] + w12 * x2[k] + w13 * x3[k]
        o2[k] += w20 * x0[k] + w21 * x1[k] + w22 * x2[k] + w23 * x3[k]
        o3[k] += w30 * x0[k] + w31 * x1[k] + w32 * x2[k] + w33 * x3[k]


@jit_apart
def add_1(out: Floats, j: Int, into: Floats, i: Int, left: Int, weights: Floats, w: Int, along: Int, n: Int) -> None:
    """One row of `out` += up to four rows of `into`, weighted."""
    o = out[j]
    x0, x1, x2, x3 = four_rows(into, i, left)
    w0, w1, w2, w3 = four(weights, w, along, left)
    for k in range(n):
        o[k] += w0 * x0[k] + w1 * x1[k] + w2 * x2[k] + w3 * x3[k]


@jit_apart
def dot_1(D: Floats, j: Int, A: Floats, i: Int, left: Int, G: Floats, g: Int, n: Int) -> None:
    """Gradient of up to four weights of one unit: the sums over samples of as many rows of A, times row j of D."""
    d = D[j]
    x0, x1, x2, x3 = four_rows(A, i, left)
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
def dot_4(D: Floats, j: Int, A: Floats, i: Int, left: Int, G: Floats, g: Int, across: Int, b: Int, n: Int) -> None:
    """Gradient of up to two weights of each of four units; where b ≥ 0, of their biases, too."""
    d0, d1, d2, d3 = D[j], D[j + 1], D[j + 2], D[j + 3]
    x, y = A[i], A[i + 1 if left > 1 else i]
    s0 = s1 = s2 = s3 = v0 = v1 = v2 = v3 = w0 = w1 = w2 = w3 = f32(0)
    for k in range(n):
        s0 += d0[k]
        s1 += d1[k]
        s2 += d2[k]
        s3 += d3[k]
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
    if b >= 0:
        G[b] += s0
        G[b + 1] += s1
        G[b + 2] += s2
        G[b + 3] += s3


@jit
def combine(
    out: Floats,
    j0: Int,
    n_out: Int,
    into: Floats,
    i0: Int,
    n_in: Int,
    weights: Floats,
    w: Int,
    across: Int,
    along: Int,
    bias: Floats,
    b: Int,
    floor: Float,
    n: Int,
) -> None:
    """Rows of `out` from j0 = bias + weights · rows of `into` from i0; at least `floor`.

    The weight of input i for output j stands at w + j * across + i * along.
    """
    fours = n_out // 4 * 4
    for j in range(0, fours, 4):
        at = w + j * across
        start = floor if n_in <= 2 else NOWHERE
        start_4(out, j0 + j, into, i0, n_in, weights, at, across, along, bias, b + j, start, n)
        for i in range(2, n_in, 4):
            add_4(out, j0 + j, into, i0 + i, n_in - i, weights, at + i * along, across, along, n)
    for j in range(fours, n_out):
        row = out[j0 + j]
        for k in range(n):
            row[k] = bias[b + j]
        for i in range(0, n_in, 4):
            add_1(out, j0 + j, into, i0 + i, n_in - i, weights, w + j * across + i * along, along, n)
    if floor > NOWHERE:
        for j in range(fours if n_in <= 2 else 0, n_out):
            row = out[j0 + j]
            for k in range(n):
                row[k] = floor if row[k] < floor else row[k]


@jit
def activate(code: Int, Z: Floats, A: Floats, row: Int, rows: Int, n: Int) -> None:  # noqa: PLR0912 - one branch each
    """A = the activation of Z, in those rows."""
    for i in range(row, row + rows):
        z, h = Z[i], A[i]
        if code == LEAKY_RELU:
            for k in range(n):
                h[k] = z[k] if z[k] > f32(0) else f32(0.01) * z[k]
        elif code == ELU:
            for k in range(n):
                h[k] = z[k] if z[k] > f32(0) else expm1_negative(-abs(z[k]))
        elif code == GELU:
            for k in range(n):
                h[k] = f32(0.5) * z[k] * (f32(1) + erf(z[k] * f32(0.70710678)))
        elif code == SILU:
            for k in range(n):
                h[k] = z[k] * sigmoid(z[k])
        elif code == SOFTPLUS:
            for k in range(n):
                h[k] = f32(0.5) * (z[k] + abs(z[k])) + log1p_unit(exp_negative(-abs(z[k])))
        elif code == TANH:
            for k in range(n):
                h[k] = tanh(z[k])
        elif code == SIGMOID:
            for k in range(n):
                h[k] = sigmoid(z[k])


@jit
def slope(code: Int, Z: Floats, A: Floats, D: Floats, row: Int, rows: Int, n: Int) -> None:  # noqa: PLR0912 - one branch each
    """D *= the activation's derivative, in those rows."""
    for i in range(row, row + rows):
        z, h, d = Z[i], A[i], D[i]
        if code == RELU:
            for k in range(n):
                d[k] = d[k] if h[k] > f32(0) else f32(0)
        elif code == LEAKY_RELU:
            for k in range(n):
                d[k] *= f32(1) if h[k] > f32(0) else f32(0.01)
        elif code == ELU:
            for k in range(n):
                d[k] *= f32(1) if h[k] > f32(0) else h[k] + f32(1)
        elif code == GELU:
            for k in range(n):
                density = f32(0.39894228) * exp_negative(f32(-0.5) * z[k] * z[k])
                d[k] *= f32(0.5) * (f32(1) + erf(z[k] * f32(0.70710678))) + z[k] * density
        elif code == SILU:
            for k in range(n):
                s = sigmoid(z[k])
                d[k] *= s * (f32(1) + z[k] * (f32(1) - s))
        elif code == SOFTPLUS:
            for k in range(n):
                d[k] *= -expm1_negative(-h[k])
        elif code == TANH:
            for k in range(n):
                d[k] *= f32(1) - h[k] * h[k]
        elif code == SIGMOID:
            for k in range(n):
                d[k] *= h[k] * (f32(1) - h[k])


@jit
def forward(sizes: Integers, codes: Integers, P: Floats, A: Floats, Z: Floats, n: Int) -> None:
    """Fill A and Z for n points whose inputs stand in A's first rows."""
    p = row = ZERO
    for layer in range(sizes.size - 1):
        n_in, n_out = sizes[layer], sizes[layer + 1]
        code = codes[layer]
        straight = code == RELU or code == LINEAR  # noqa: PLR1714 - compiled, this is the cheap form
        floor = f32(0) if code == RELU else NOWHERE
        b = p + n_in * n_out
        combine(A if straight else Z, row + n_in, n_out, A, row, n_in, P, p, n_in, NEXT, P, b, floor, n)
        activate(code, Z, A, row + n_in, n_out, n)
        p = b + n_out
        row += n_in


@jit
def backward(
    sizes: Integers, codes: Integers, P: Floats, G: Floats, A: Floats, Z: Floats, D: Floats, zeros: Floats, n: Int
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
            for i in range(0, n_in, 2):
                b = bias + j if i == 0 else -1
                dot_4(D, row + j, A, into + i, n_in - i, G, p + j * n_in + i, n_in, b, n)
        for j in range(fours, n_out):
            for i in range(0, n_in, 4):
                dot_1(D, row + j, A, into + i, n_in - i, G, p + j * n_in + i, n)
            d, total = D[row + j], f32(0)
            for k in range(n):
                total += d[k]
            G[bias + j] += total
        if layer > 0:
            combine(D, into, n_in, D, row, n_out, P, p, NEXT, n_in, zeros, ZERO, NOWHERE, n)
            slope(codes[layer - 1], Z, A, D, into, n_in, n)


@jit
def two_classes(z: Floats, d: Floats, y: Floats, n: Int, share: Float) -> tuple[Float, int]:
    """Summed cross-entropy of n points, by the difference z of their two logits, and its derivative d.

    y is 1 for the second class and -1 for the first; share is each point's weight in the derivative.
    """
    total, hits = f32(0), 0
    for k in range(n):
        t = z[k] * y[k]
        e = exp_negative(-abs(t))
        total += log1p_unit(e) + f32(0.5) * (abs(t) - t)  # not "0 if t > 0 …": an infinite t must show
        d[k] = -share * y[k] * (e if t > f32(0) else f32(1)) / (f32(1) + e)
        hits += 1 if (z[k] > f32(0)) == (y[k] > f32(0)) else 0
    return total, hits


@jit
def many_classes(
    A: Floats, D: Floats, row: Int, classes: Int, y: Floats, n: Int, share: Float, top: Floats, mass: Floats
) -> tuple[Float, int]:
    """Summed cross-entropy of n points, by the logits in A's rows, one per class, and its derivatives, in D's."""
    for k in range(n):
        mass[k] = f32(0)
    for c in range(classes):
        z = A[row + c]
        for k in range(n):
            top[k] = top[k] if z[k] < top[k] and c > 0 else z[k]
    total, hits = f32(0), 0
    for c in range(classes):
        z, d = A[row + c], D[row + c]
        for k in range(n):
            d[k] = exp(z[k] - top[k])
            mass[k] += d[k]
            total += top[k] - z[k] if y[k] == f32(c) else f32(0)
            hits += 1 if y[k] == f32(c) and z[k] >= top[k] else 0
    for k in range(n):
        total += log(mass[k])
    for c in range(classes):
        d = D[row + c]
        for k in range(n):
            d[k] = share * (d[k] / mass[k] - (f32(1) if y[k] == f32(c) else f32(0)))
    return total, hits


class Rule(NamedTuple):
    """How gradients become updates."""

    optimizer: int
    weight_decay: np.float32
    l1: np.float32
    clip_norm: np.float32  # 0: don't clip


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


class Room(NamedTuple):
    """Memory for everything on the way: made once, used again in every step."""

    A: Floats  # (rows, points of a block)
    Z: Floats
    D: Floats
    zeros: Floats  # (rows,)
    top: Floats  # (points of a block,), for softmax
    mass: Floats
    Q: Floats  # the parameters as the network uses them: `collapse`d, or P itself
    G: Floats  # (n_parameters,), the gradient
    P_before: Floats  # the epoch's start, to go back to
    M_before: Floats
    order: Integers  # (n,)
    words: NDArray[np.uint32]  # (shuffle.WORDS,)


class Blocks(NamedTuple):
    """Points laid out for the kernel: every batch begins a new block."""

    X: Floats  # (blocks, features, points)
    y: Floats  # (blocks, points): −1 or 1 of two classes, else the class's number
    n_points: int
    batch_size: int


@jit
def deal(X: Floats, y: Floats, order: Integers, blocks: Blocks) -> None:
    """Lay the points (features, n) out in blocks, in that order."""
    width = blocks.y.shape[1]
    per_batch = -(-blocks.batch_size // width)
    for k in range(order.size):
        t = k % blocks.batch_size
        block, t = k // blocks.batch_size * per_batch + t // width, t % width
        blocks.y[block, t] = y[order[k]]
        for i in range(X.shape[0]):
            blocks.X[block, i, t] = X[i, order[k]]


@jit
def sweep(sizes: Integers, codes: Integers, room: Room, blocks: Blocks, batch: Int, learn: Bool) -> tuple[float, int]:
    """Summed loss and hits of one batch; if `learn`, G becomes the gradient of its mean loss."""
    width, outputs = blocks.y.shape[1], sizes[sizes.size - 1]
    A, Z, D = room.A, room.Z, room.D
    row = A.shape[0] - outputs
    left = blocks.n_points - batch * blocks.batch_size
    left = left if left < blocks.batch_size else blocks.batch_size
    block = batch * -(-blocks.batch_size // width)
    share = f32(1) / f32(left)
    total, hits = 0.0, 0
    if learn:
        for p in range(room.G.size):
            room.G[p] = 0
    while left > 0:
        n = left if left < width else width
        X, y = blocks.X[block], blocks.y[block]
        for i in range(sizes[0]):
            for k in range(n):
                A[i, k] = X[i, k]
        forward(sizes, codes, room.Q, A, Z, n)
        if outputs == 1:
            loss, right = two_classes(A[row], D[row], y, n, share)
        else:
            loss, right = many_classes(A, D, row, outputs, y, n, share, room.top, room.mass)
        total += float(loss)
        hits += right
        if learn:
            backward(sizes, codes, room.Q, room.G, A, Z, D, room.zeros, n)
        left -= n
        block += 1
    return total, hits


@jit
def evaluate(sizes: Integers, codes: Integers, room: Room, blocks: Blocks) -> tuple[float, float]:
    """Mean loss, nats per point, and accuracy."""
    total, hits = 0.0, 0
    for batch in range(-(-blocks.n_points // blocks.batch_size)):
        loss, right = sweep(sizes, codes, room, blocks, batch, NEXT < 0)
        total += loss
        hits += right
    return total / blocks.n_points, hits / blocks.n_points


@jit_exact
def learn_epoch(
    sizes: Integers,
    codes: Integers,
    P: Floats,
    M: Floats,
    room: Room,
    blocks: Blocks,
    rule: Rule,
    rate: float,
    step: Int,
) -> float:
    """One update by each batch. Returns the mean loss; breaks off where a batch's loss isn't finite."""
    total, pair = 0.0, sizes[sizes.size - 1] == 1
    for batch in range(-(-blocks.n_points // blocks.batch_size)):
        loss, _ = sweep(sizes, codes, room, blocks, batch, NEXT > 0)
        total += loss
        if not np.isfinite(total):
            break
        if pair:
            expand(room.G, sizes[sizes.size - 2])
        regularise(P, room.G, rule, rate)
        update(rule.optimizer, P, M, room.G, rate, step + batch + 1)
        if pair:
            collapse(P, room.Q, sizes[sizes.size - 2])
    return total / blocks.n_points


def _train_epochs(
    sizes: Integers,
    codes: Integers,
    P: Floats,
    M: Floats,
    room: Room,
    X: Floats,
    y: Floats,
    train: Blocks,
    test: Blocks,
    rates: NDArray[np.float64],
    step: Int,
    seeds: Integers,
    rule: Rule,
    losses: Floats,
    scores: NDArray[np.float64],
) -> int:
    """Train in place, one epoch for each of the rates. Returns the number of epochs done.

    It is smaller than asked for where a loss wasn't finite: then P and M are what that epoch began with.

    sizes (layers + 1,): units of each layer, with 1 output for two classes; codes (layers,): activations, LINEAR
    the last; P (n_parameters,), M (moments, n_parameters): parameters, and what the optimiser remembers of them;
    X (features, n), y (n,): the training points, as `Blocks` has them; rates (epochs,); step: updates done before;
    seeds (epochs,): of each epoch's shuffle; losses (2, epochs): filled with the mean training loss, each batch
    before its own update, and the mean test loss before the epoch, nats per point; scores (4,): filled with
    the losses of the training and test points at the end, and the accuracies.
    """
    batches, pair = -(-train.n_points // train.batch_size), sizes[sizes.size - 1] == 1
    done = 0
    if pair:
        collapse(P, room.Q, sizes[sizes.size - 2])
    while done < rates.size:
        if batches > 1:
            permutation(seeds[done], room.order, room.words)
            deal(X, y, room.order, train)
            copy(P, M, room.P_before, room.M_before)
        test_loss, _ = evaluate(sizes, codes, room, test)
        train_loss = learn_epoch(sizes, codes, P, M, room, train, rule, rates[done], step)
        if not np.isfinite(train_loss):
            if batches > 1:
                copy(room.P_before, room.M_before, P, M)
                if pair:
                    collapse(P, room.Q, sizes[sizes.size - 2])
            break
        losses[0, done], losses[1, done] = train_loss, test_loss
        step += batches
        done += 1
    scores[0], scores[2] = evaluate(sizes, codes, room, train)
    scores[1], scores[3] = evaluate(sizes, codes, room, test)
    return done


def _on_disk(function: Function) -> Function:
    """Compile `function`, or load what was compiled before.

    What was compiled stays in a folder named after the sources that it came from, so that it is never older than
    they: Numba itself looks at the function's own file alone. The folder is beside the sources, or NUMBA_CACHE_DIR
    if that is set, or else in the user's cache; where none can be written, each process compiles anew.
    """
    options: dict[str, Any] = {"error_model": "numpy", "nogil": True, "no_cfunc_wrapper": True}
    compiled: Any = njit(**options)(function)
    here = Path(__file__).parent
    sources = b"".join((here / f"{name}.py").read_bytes() for name in ("kernel", "shuffle", "vector_math"))
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
