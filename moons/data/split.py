"""Which points to hold out: the same for the same seed, and each class in proportion."""

import numpy as np
from numpy.typing import NDArray


def held_out(groups: NDArray[np.int64], size: int, seed: int) -> NDArray[np.bool_]:
    """A mask (n,) of `size` points, drawn from each of the `groups` 0, 1, … in proportion.

    Of each group at least one point stays, so there may be fewer. scikit-learn's split refuses groups of one point,
    which a table that is just being filled has.
    """
    rng = np.random.default_rng(seed)
    counts = np.bincount(groups)
    fair = size * counts / len(groups)
    room = np.maximum(counts - 1, 0)
    quotas = np.minimum(np.floor(fair).astype(int), room)
    while quotas.sum() < size and (quotas < room).any():
        quotas[np.where(quotas < room, fair - quotas, -np.inf).argmax()] += 1  # the largest remainder first
    mask = np.zeros(len(groups), bool)
    for group, quota in enumerate(quotas):
        mask[rng.permutation(np.flatnonzero(groups == group))[:quota]] = True
    return mask
