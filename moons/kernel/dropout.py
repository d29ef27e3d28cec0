"""Dropout: PyTorch's `rand`, rebuilt for compiled code, and the masks made of it.

A unit's mask is 0 where it sits out, else 1 / (1 − the share that does).
"""

import numpy as np
from numpy.typing import NDArray

from moons.kernel.jit import Int, f32, jit, jit_exact
from moons.kernel.layout import Floats
from moons.kernel.shuffle import WORDS, temper, twist


@jit_exact
def draw_masks(share: float, masks: Floats, n: Int, words: NDArray[np.uint32], drawn: Int) -> Int:
    """Fill the first n masks by the generator's next n numbers of `torch.rand`, 24 random bits each.

    `drawn` counts the words of its memory that are used up; returns that count as it is then.
    """
    stays = f32(1) / f32(1 - share)
    at = np.int64(0)
    while at < n:
        if drawn == WORDS:
            twist(words)
            drawn = 0
        many = n - at if n - at < WORDS - drawn else WORDS - drawn
        into, used = masks[at : at + many], words[drawn : drawn + many]
        for i in range(many):
            number = f32(temper(used[i]) & 0xFFFFFF) * f32(2.0**-24)
            into[i] = stays if number >= f32(share) else f32(0)
        at += many
        drawn += many
    return drawn


@jit_exact
def skip_masks(n: Int, words: NDArray[np.uint32], drawn: Int) -> Int:
    """Advance the generator by n numbers. Returns how many words of its memory are used up then, as `draw_masks`."""
    while n > WORDS - drawn:
        n -= WORDS - drawn
        twist(words)
        drawn = 0
    return drawn + n


@jit
def drop(H: Floats, row: Int, rows: Int, masks: Floats, at: Int, across: Int, n: Int) -> None:
    """Multiply n points of those rows by their masks, which begin at `at`, each row's `across` after the last's."""
    for i in range(rows):
        h, mask = H[row + i], masks[at + i * across :]
        for k in range(n):
            h[k] *= mask[k]


@jit
def undrop(A: Floats, row: Int, rows: Int, share: float, n: Int) -> None:
    """Give the units that stayed the activation that they had before `drop`."""
    for i in range(row, row + rows):
        h = A[i]
        for k in range(n):
            h[k] *= f32(1 - share)
