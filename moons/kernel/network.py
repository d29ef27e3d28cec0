"""Forward and backward through all layers."""

import numpy as np

from moons.kernel.activations import activate, slope
from moons.kernel.codes import BY_SUM, RELU
from moons.kernel.dropout import drop, undrop
from moons.kernel.jit import Int, f32, jit_once
from moons.kernel.layout import Floats, Integers
from moons.kernel.rows import NOWHERE, combine, dot_1, dot_4, four_rows, held, summed, two_rows

ZERO, NEXT = np.int64(0), np.int64(1)  # as a plain 0 or 1 an argument would be compiled as a case of its own


@jit_once
def forward(
    sizes: Integers,
    codes: Integers,
    P: Floats,
    A: Floats,
    Z: Floats,
    n: Int,
    c: Floats,
    dropout: float,
    masks: Floats,
    first: Int,
    across: Int,
) -> None:
    """Fill A and Z for n points whose inputs stand in A's first rows.

    With dropout: unit by unit the masks of `across` points, of which these begin at `first`.
    """
    p = row = ZERO
    for layer in range(sizes.size - 1):
        n_in, n_out = sizes[layer], sizes[layer + 1]
        code = codes[layer]
        apart = code >= BY_SUM
        bound = f32(0) if code == RELU else NOWHERE
        out, b, done = Z if apart else A, p + n_in * n_out, held(code, n_in, n_out)
        combine(out, row + n_in, n_out, A, row, n_in, P, p, n_in, NEXT, P, b, A, bound, NEXT > 0, n)
        activate(code, Z, A, row + n_in + done, n_out - done, n, c)
        if dropout > 0 and layer < sizes.size - 2:
            drop(A, row + n_in, n_out, masks, (row + n_in - sizes[0]) * across + first, across, n)
        p = b + n_out
        row += n_in


@jit_once
def backward(
    sizes: Integers,
    codes: Integers,
    P: Floats,
    G: Floats,
    A: Floats,
    Z: Floats,
    D: Floats,
    n: Int,
    c: Floats,
    dropout: float,
    masks: Floats,
    first: Int,
    across: Int,
) -> None:
    """Add the gradient over n points to G, from the rows of D that the loss filled. Dropout as in `forward`."""
    p, row = P.size, A.shape[0]
    for layer in range(sizes.size - 2, -1, -1):
        n_in, n_out = sizes[layer], sizes[layer + 1]
        p -= (n_in + 1) * n_out
        row -= n_out
        into = row - n_in
        fours, bias = n_out // 4 * 4, p + n_in * n_out
        for j in range(0, fours, 4):
            units = four_rows(D, row + j, n_out - j)
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
            if dropout > 0:
                drop(D, into, n_in, masks, (into - sizes[0]) * across + first, across, n)
                undrop(A, into, n_in, dropout, n)
            slope(code, Z, A, D, into + done, n_in - done, n, c)
