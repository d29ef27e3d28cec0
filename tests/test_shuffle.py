"""The compiled shuffle, against PyTorch's."""

import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numba import njit

from moons.kernel import shuffle

inner = shuffle.permutation


@njit
def permutation(seed, order, words):
    inner(seed, order, words)


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 2**33), st.integers(1, 3_000))
def test_a_shuffle_is_pytorchs_randperm(seed, n):
    order = np.empty(n, np.int64)
    permutation(seed, order, np.empty(shuffle.WORDS, np.uint32))
    expected = torch.randperm(n, generator=torch.Generator().manual_seed(seed)).numpy()
    np.testing.assert_array_equal(order, expected)
