"""Where a field over the plane passes through a level: contour lines, and the hinge lines of ReLU units."""

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]


def level_lines(field: NDArray[np.float32], level: float = 0.0) -> NDArray[np.float32]:
    """The line field = level over a grid: (k, 2) columns and rows, fractions of a cell included; NaN ends a piece.

    Marching squares: W. Lorensen and H. Cline, SIGGRAPH 1987, in the plane. Between two grid points the field is taken
    as straight, so the line of a field that is linear is exact. Where it isn't finite there is no line.
    """
    finite = np.isfinite(field)
    height = np.where(finite, field, 0).astype(np.float64) - level
    across, along = _crossing(height, axis=1), _crossing(height, axis=0)  # the share of the way; NaN where none
    rows, columns = height.shape
    row, column = np.indices((rows - 1, columns - 1)).astype(np.float64)
    edges: list[tuple[Numbers, Numbers]] = [
        (column + across[:-1], row),  # a cell's bottom edge, then right, top, left
        (column + 1, row + along[:, 1:]),
        (column + across[1:], row + 1),
        (column, row + along[:, :-1]),
    ]
    points: Numbers = np.stack([np.stack(edge, axis=-1) for edge in edges], axis=2)
    whole = finite[:-1, :-1] & finite[:-1, 1:] & finite[1:, :-1] & finite[1:, 1:]
    crossed = ~np.isnan(points).any(axis=-1) & whole[..., None]
    pieces = points[crossed].reshape(-1, 2, 2)  # a cell's edges are crossed twice, four times or not at all
    ends = np.full((len(pieces), 1, 2), np.nan)
    return np.concatenate([pieces, ends], axis=1).reshape(-1, 2).astype(np.float32)


def _crossing(height: Numbers, axis: int) -> Numbers:
    """How far along each edge between neighbours the height passes 0, a share; NaN where it doesn't."""
    rise = np.diff(height, axis=axis)
    start = height[:, :-1] if axis == 1 else height[:-1]
    crossed = np.diff(height > 0, axis=axis)
    return np.divide(-start, rise, out=np.full_like(rise, np.nan), where=crossed)
