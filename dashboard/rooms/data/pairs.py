"""Pairs of columns as small pictures, those first that tell most about the label; a click takes a pair as inputs."""

from collections.abc import Callable
from itertools import combinations
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from dashboard.app.importing import Upload
from dashboard.page.language import _, literal
from moons.data import NONE
from moons.plots.scatter import pair

COLUMNS = 4  # that are paired
POINTS = 200  # of a picture
LONGEST = 11  # letters of a column's name
TILE, PICTURE = 160, 146  # pixels wide: three tiles in a row


def draw(upload: Upload, take: Callable[[tuple[int, int]], None]) -> None:
    """A tile for each pair of the columns that tell most, where there are more than two."""
    best = sorted(place for place, _share in upload.ranking[:COLUMNS])
    if len(best) < 3 or upload.error is not None or NONE in upload.places:
        return
    st.caption(_("Pairs of the most informative columns: click one to use it."))
    columns, y, n_classes = _points(upload, best)
    with st.container(key="tiles_pairs", horizontal=True, gap="xsmall"):
        for first, second in combinations(best, 2):
            chosen = {first, second} == set(upload.places[:2])
            name = " × ".join(literal(_short(upload.sheet.columns[place])) for place in (first, second))
            key = f"{'chosen' if chosen else 'tile'}_pair_{first}_{second}"
            with st.container(key=key, gap="xxsmall", width=TILE):
                X = np.column_stack([columns[first], columns[second]])
                known = np.isfinite(X).all(axis=1)
                if known.any():
                    st.image(pair(X[known], y[known], n_classes), width=PICTURE, alt="")
                st.button(
                    name,
                    key=f"pair_{first}_{second}",
                    type="tertiary",
                    width="stretch",
                    on_click=take,
                    args=((first, second),),
                )


def _points(upload: Upload, places: list[int]) -> tuple[dict[int, NDArray[np.float64]], NDArray[Any], int]:
    """Some of the points that are used: their numbers in each column, and their classes or numbers."""
    selection = upload.selection
    some = np.linspace(0, len(selection.rows) - 1, min(POINTS, len(selection.rows))).astype(int)
    columns = {place: upload.sheet.column(place).values[selection.rows[some]] for place in places}
    if not selection.labels:
        return columns, selection.targets[some], 0
    names = sorted(set(selection.labels))
    place_of = {name: i for i, name in enumerate(names)}
    return columns, np.array([place_of[selection.labels[i]] for i in some.tolist()]), len(names)


def _short(name: str) -> str:
    return name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…"
