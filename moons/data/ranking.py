"""Which columns tell most about the label: a quick look that helps to choose two inputs."""

import numpy as np
from numpy.typing import NDArray
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from moons.data.generators import REGRESSION
from moons.data.labels import looks_like
from moons.data.numbers import is_missing
from moons.data.selection import NONE
from moons.data.sheet import Sheet

MOST_ROWS = 2_000
MOST_COLUMNS = 300
DEPTH = 4


def ranked(sheet: Sheet, label: int) -> list[tuple[int, float]]:
    """The columns of numbers by their importance for a small decision tree: (place, share)."""
    places = [
        i
        for i in range(len(sheet.columns))
        if i not in (label, sheet.split) and i not in sheet.index_columns and sheet.is_number(i)
    ][:MOST_COLUMNS]
    if label == NONE or not places:
        return [(place, 0.0) for place in places]
    cells = sheet.cells(label)
    usable = np.array([not is_missing(cell) for cell in cells], bool)
    predicts = looks_like(cells, sheet.marks) == REGRESSION
    if predicts:
        usable &= np.isfinite(sheet.column(label).values)
    rows = np.flatnonzero(usable)
    rows = rows[:: max(1, len(rows) // MOST_ROWS)]
    if len(rows) < 2:
        return [(place, 0.0) for place in places]
    X = np.column_stack([sheet.column(place).values[rows] for place in places])
    X = np.where(np.isfinite(X), X, np.nan)
    y = sheet.column(label).values[rows] if predicts else np.array([cells[i].strip() for i in rows.tolist()])
    tree = (DecisionTreeRegressor if predicts else DecisionTreeClassifier)(max_depth=DEPTH, random_state=0)
    X = np.where(np.isnan(X), _middles(X), X).clip(-1e30, 1e30)
    shares = tree.fit(X, y).feature_importances_.tolist()
    return sorted(zip(places, shares, strict=True), key=lambda pair: (-pair[1], pair[0]))


def _middles(X: NDArray[np.float64]) -> NDArray[np.float64]:
    """Each column's median without what is missing; 0 for an empty one."""
    return np.array([np.median(column[~np.isnan(column)]) if (~np.isnan(column)).any() else 0.0 for column in X.T])
