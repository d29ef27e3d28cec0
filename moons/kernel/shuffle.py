"""The order in which an epoch deals the points: PyTorch's `randperm`, rebuilt so that compiled code can call it.

Sources: M. Matsumoto and T. Nishimura, "Mersenne Twister", 1998, for the random words (as in ATen's
MT19937RNGEngine.h), and ATen's `randperm_cpu` for the shuffle.
"""

from typing import cast

import numpy as np
from numba import njit
from numpy.typing import NDArray

from moons.kernel.vector_math import INNER, Function

WORDS = 624  # in the generator's memory
SHIFT = 397


def inner(function: Function) -> Function:
    """Compile `function` into its callers."""
    return cast(Function, njit(**INNER)(function))


@inner
def permutation(seed: int | np.int64, order: NDArray[np.int64], words: NDArray[np.uint32]) -> None:
    """Fill `order` (n,) int64 with `torch.randperm(n, generator=torch.Generator().manual_seed(seed))`.

    `words` (624,) uint32 is room for the generator's memory. n must be below 2**32 / 20, as ATen then draws
    32 bits for each point.
    """
    words[0] = np.uint32(seed & 0xFFFFFFFF)
    for i in range(1, WORDS):
        previous = words[i - 1]
        words[i] = np.uint32(1812433253 * (np.int64(previous) ^ np.int64(previous >> 30)) + i)
    n = order.size
    for i in range(n):
        order[i] = i
    drawn = WORDS
    for i in range(n - 1):
        if drawn == WORDS:
            _twist(words)
            drawn = 0
        other = i + np.int64(_temper(words[drawn])) % (n - i)
        drawn += 1
        order[i], order[other] = order[other], order[i]


@inner
def _twist(words: NDArray[np.uint32]) -> None:
    """Replace the generator's words by the next 624."""
    for i in range(WORDS):
        following = np.int64(words[(i + 1) % WORDS])
        mixed = (np.int64(words[i]) & 0x80000000) | (following & 0x7FFFFFFF)
        words[i] = np.uint32(np.int64(words[(i + SHIFT) % WORDS]) ^ (mixed >> 1) ^ (0x9908B0DF * (following & 1)))


@inner
def _temper(word: np.uint32) -> np.int64:
    """The random number that a word of the memory stands for."""
    z = np.int64(word)
    z ^= z >> 11
    z ^= (z << 7) & 0x9D2C5680
    z ^= (z << 15) & 0xEFC60000
    return z ^ (z >> 18)
