"""The run in small pictures, at epochs spaced by their logarithm: most happens early."""

from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from dashboard import picture, session
from dashboard.language import _
from dashboard.player import Player
from moons.export.frames import level_colors, spaced_epochs
from moons.inspection.boundary import PROBABILITY, boundary, make_grid
from moons.run import History

COUNT = 10
COLUMNS, ROWS = 50, 40
_component = picture.component("moons_filmstrip", "filmstrip")


class Film:
    """One run's pictures, each taken once."""

    def __init__(self, history: History) -> None:
        self.history = history
        self._grid = make_grid(history.dataset, COLUMNS, ROWS)
        self._taken: dict[int, NDArray[np.uint8]] = {}

    def pictures(self) -> dict[int, NDArray[np.uint8] | None]:
        """By epoch; None where the run isn't trained yet."""
        end = self.history.n_epochs if self.history.ended else self.history.experiment.epochs
        epochs = spaced_epochs(end, COUNT)
        for epoch in epochs:
            if epoch not in self._taken and epoch <= self.history.n_epochs:
                self._taken[epoch] = boundary(self.history.model_at(epoch), self._grid, PROBABILITY).values
        return {epoch: self._taken.get(epoch) for epoch in epochs}


def draw() -> None:
    """The strip; while training it looks again once a second."""
    every = 1.0 if session.player().playing else None
    st.fragment(_strip, run_every=every)()


def _strip() -> None:
    player = session.player()
    with player.turn(wait=True):
        taken = _film(player).pictures()
    label = _("Look at epoch {epoch}")
    data = {
        "pictures": [
            {"epoch": epoch, "z": None if z is None else picture.text(z), "label": label.format(epoch=f"{epoch:,}")}
            for epoch, z in taken.items()
        ],
        "epoch": player.epoch,
        "most": COUNT,
        "columns": COLUMNS,
        "rows": ROWS,
        "levels": picture.text(level_colors(player.history.dataset.n_classes)),
        "language": session.language(),
        "words": {"film": _("The boundary over the run")},
    }
    heard: dict[str, Any] = {"on_look_change": _look}
    _component(key="filmstrip", data=data, **heard)
    if session.take("settled"):
        st.rerun()  # all that stands outside the fragment looks at that epoch too


def _look() -> None:
    player, epoch = session.player(), int(session.heard("look", "filmstrip"))
    with player.turn(wait=True):
        player.pause()
        player.seek(max(0, min(epoch, player.history.n_epochs)))
    session.put(settled=True, notice=None)


def _film(player: Player) -> Film:
    kept: Film | None = session.get("film")
    if kept is None or kept.history is not player.history:
        kept = Film(player.history)
        session.put(film=kept)
    return kept
