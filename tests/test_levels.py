"""Lines of equal height, against fields whose lines are known."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from moons.inspection.levels import level_lines

ROWS, COLUMNS = np.indices((20, 30)).astype(np.float32)


@given(st.floats(-3, 3), st.floats(-3, 3), st.floats(-40, 40))
def test_the_line_of_a_straight_field_is_exact(a, b, c):
    line = level_lines(np.float32(a) * COLUMNS + np.float32(b) * ROWS, c)
    ends = line[~np.isnan(line[:, 0])]
    assert np.abs(np.float32(a) * ends[:, 0] + np.float32(b) * ends[:, 1] - c).max(initial=0) < 1e-3


def test_a_circle_is_closed_and_round():
    line = level_lines(np.hypot(COLUMNS - 15, ROWS - 10), 7.3)
    pieces = line.reshape(-1, 3, 2)
    assert np.isnan(pieces[:, 2]).all()
    assert np.abs(np.hypot(pieces[:, :2, 0] - 15, pieces[:, :2, 1] - 10) - 7.3).max() < 0.05
    ends, counts = np.unique(pieces[:, :2].reshape(-1, 2).round(4), axis=0, return_counts=True)
    assert len(ends) > 20
    assert (counts == 2).all(), "every end is where another piece begins"


def test_a_saddle_has_two_pieces_in_its_cell():
    assert len(level_lines(np.array([[1, -1], [-1, 1]], np.float32))) == 6


def test_where_the_field_is_not_finite_there_is_no_line():
    field = COLUMNS - 9.5
    field[5] = np.nan
    line = level_lines(field)
    rows = line[~np.isnan(line[:, 1]), 1]
    assert len(rows) == 2 * 17
    assert not ((rows > 4) & (rows < 6)).any()


def test_a_level_that_is_never_reached_has_no_line():
    assert level_lines(COLUMNS, 100.0).shape == (0, 2)
