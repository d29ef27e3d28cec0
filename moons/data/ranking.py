"""Which columns tell most about the label: a quick look that helps to choose two inputs."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from moons.data.column import read_column
from moons.data.generators import REGRESSION
from moons.data.guessing import NONE
from moons.data.labels import looks_like
from moons.data.numbers import is_missing
from moons.data.sheet import Sheet

MOST_CELLS = 1_000_000  # that are looked at, in at least FEWEST_ROWS rows and at most MOST_ROWS
FEWEST_ROWS, MOST_ROWS = 200, 2_000
DEPTH = 4


def ranked(sheet: Sheet, label: int) -> list[tuple[int, float]]:
    """The columns of numbers by their importance for a small decision tree: (place, share)."""
    places = [
        i
        for i in range(len(sheet.columns))
        if i not in (label, sheet.split) and i not in sheet.index_columns and sheet.is_number(i)
    ]
    if label == NONE or not places:
        return [(place, 0.0) for place in places]
    rows = _sample(sheet, label, len(places))
    labels = [row[label] for row in rows]
    predicts = looks_like(labels, sheet.marks) == REGRESSION
    y = _numbers(sheet, rows, label) if predicts else np.array([cell.strip() for cell in labels])
    usable = np.isfinite(y) if predicts else np.ones(len(rows), bool)
    if usable.sum() < 2:
        return [(place, 0.0) for place in places]
    X = np.column_stack([_numbers(sheet, rows, place) for place in places])[usable]
    X = np.where(np.isfinite(X), X, np.nan)
    X = np.where(np.isnan(X), _middles(X), X).clip(-1e30, 1e30)
    tree = (DecisionTreeRegressor if predicts else DecisionTreeClassifier)(max_depth=DEPTH, random_state=0)
    shares = tree.fit(X, y[usable]).feature_importances_.tolist()
    return sorted(zip(places, shares, strict=True), key=lambda pair: (-pair[1], pair[0]))


def _sample(sheet: Sheet, label: int, width: int) -> list[Sequence[str]]:
    """Evenly spaced rows that have a label."""
    rows = sheet.filled[0]
    most = min(MOST_ROWS, max(FEWEST_ROWS, MOST_CELLS // width))
    spaced = rows[:: max(1, len(rows) // most)]
    return [row for row in spaced if not is_missing(row[label])]


def _numbers(sheet: Sheet, rows: Sequence[Sequence[str]], place: int) -> NDArray[np.float64]:
    return read_column([row[place] for row in rows], sheet.marks, place, "", sheet.options).values


def _middles(X: NDArray[np.float64]) -> NDArray[np.float64]:
    """Each column's median without what is missing; 0 for an empty one."""
    return np.array([np.median(column[~np.isnan(column)]) if (~np.isnan(column)).any() else 0.0 for column in X.T])
