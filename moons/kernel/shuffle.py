"""An epoch's shuffle: PyTorch's `randperm`, rebuilt for compiled code.

Sources: M. Matsumoto and T. Nishimura, "Mersenne Twister", 1998, for the random words (as in ATen's
MT19937RNGEngine.h), and ATen's `randperm_cpu` for the shuffle.
"""

import numpy as np
from numpy.typing import NDArray

from moons.kernel.jit import jit_exact, jit_once

WORDS = 624  # in the generator's memory
SHIFT = 397


@jit_exact
def seed_words(seed: int | np.int64, words: NDArray[np.uint32]) -> None:
    """Fill the generator's memory as `torch.Generator().manual_seed(seed)` does."""
    words[0] = np.uint32(seed & 0xFFFFFFFF)
    for i in range(1, WORDS):
        previous = words[i - 1]
        words[i] = np.uint32(1812433253 * (np.int64(previous) ^ np.int64(previous >> 30)) + i)


@jit_once
def permutation(seed: int | np.int64, order: NDArray[np.int64], words: NDArray[np.uint32]) -> None:
    """Fill `order` (n,) int64 with `torch.randperm(n, generator=torch.Generator().manual_seed(seed))`.

    `words` (624,) uint32 is room for the generator's memory. n must be below 2**32 / 20, as ATen then draws
    32 bits for each point.
    """
    seed_words(seed, words)
    n = order.size
    for i in range(n):
        order[i] = i
    drawn = WORDS
    for i in range(n - 1):
        if drawn == WORDS:
            twist(words)
            drawn = 0
        other = i + np.int64(temper(words[drawn])) % (n - i)
        drawn += 1
        order[i], order[other] = order[other], order[i]


@jit_exact
def twist(words: NDArray[np.uint32]) -> None:
    """Replace the generator's words by the next 624."""
    for i in range(WORDS - SHIFT):  # in two parts, as without a remainder these become vector instructions
        words[i] = words[i + SHIFT] ^ _mixed(words[i], words[i + 1])
    for i in range(WORDS - SHIFT, WORDS - 1):
        words[i] = words[i - (WORDS - SHIFT)] ^ _mixed(words[i], words[i + 1])
    words[WORDS - 1] = words[SHIFT - 1] ^ _mixed(words[WORDS - 1], words[0])


@jit_once
def _mixed(word: np.uint32, following: np.uint32) -> np.int64:
    """The first bit of one word and the others of the next, shifted."""
    mixed = (np.int64(word) & 0x80000000) | (np.int64(following) & 0x7FFFFFFF)
    return (mixed >> 1) ^ (0x9908B0DF * (mixed & 1))


@jit_once
def temper(word: np.uint32) -> np.int64:
    """The random number that a word of the memory stands for."""
    z = np.int64(word)
    z ^= z >> 11
    z ^= (z << 7) & 0x9D2C5680
    z ^= (z << 15) & 0xEFC60000
    return z ^ (z >> 18)
