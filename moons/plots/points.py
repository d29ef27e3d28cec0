"""Which of many points are drawn."""

import numpy as np
from numpy.typing import NDArray

MOST = 1_500  # points of a set: more hide each other, and each costs a browser a tenth of a millisecond or more


def drawn_rows(n_points: int, most: int | None) -> NDArray[np.intp]:
    """The rows of at most `most` points, evenly drawn at random, always the same ones; None: of all."""
    if most is None or n_points <= most:
        return np.arange(n_points)
    return np.sort(np.random.default_rng(0).permutation(n_points)[:most])
