"""All datasets as pictures; a click on one chooses it."""

from functools import lru_cache

import streamlit as st

from dashboard.page import settings
from dashboard.page.language import kind_text
from dashboard.rooms.data import own
from moons.data import GENERATORS, OWN, DataSpec, Table, make_dataset
from moons.plots.scatter import scatter

POINTS = 150  # of a picture
NOISE = 0.05
TILE, PICTURE = 162, 46  # pixels wide: six tiles in a row


def draw() -> None:
    """A tile for each dataset."""
    chosen = settings.value("data.kind")
    with st.container(key="tiles", horizontal=True, gap="xsmall"):
        for kind in (*GENERATORS, OWN):
            _tile(kind, chosen=kind == chosen)


def _tile(kind: str, *, chosen: bool) -> None:
    mark = "chosen" if chosen else "tile"
    tile = f"{mark}_{kind}"
    with st.container(key=tile, horizontal=True, wrap=False, vertical_alignment="center", gap="xsmall", width=TILE):
        st.image(_picture(kind, settings.value("data.table") if kind == OWN else None), width=PICTURE, alt="")
        st.button(kind_text(kind), key=f"pick_{kind}", type="tertiary", on_click=_pick, args=(kind,))


def _pick(kind: str) -> None:
    settings.put("data.kind", kind)
    own.tell(None)


@lru_cache(maxsize=64)
def _picture(kind: str, table: Table | None) -> str:
    return scatter(make_dataset(DataSpec(kind=kind, n_points=POINTS, noise=NOISE, table=table)))
