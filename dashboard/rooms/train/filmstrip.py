"""The run in small pictures, at epochs spaced by their logarithm: most happens early."""

import numpy as np
from numpy.typing import NDArray

from dashboard.app import events as e
from dashboard.app.player import Player
from dashboard.page import component, session
from dashboard.page.language import _
from moons.export.frames import level_colors, spaced_epochs
from moons.inspection.boundary import PROBABILITY, boundary, make_grid
from moons.model import set_parameters
from moons.run import History

COUNT = 10
COLUMNS, ROWS = 50, 40
LOOK, SHARE = 1.0, 0.2  # seconds between two looks of a run that moves; of a look of one of many


class Film:
    """One run's pictures, each taken once."""

    def __init__(self, history: History) -> None:
        self.history = history
        self._grid = make_grid(history.dataset, COLUMNS, ROWS)
        self._model = history.model_at(0)  # one for all pictures: to build it takes longer than its answers
        self._taken: dict[int, NDArray[np.uint8]] = {}

    def take(self) -> None:
        """Take the pictures of what is trained by now."""
        for epoch in self._epochs():
            if epoch not in self._taken and epoch <= self.history.n_epochs:
                set_parameters(self._model, self.history.weights_at(epoch))
                self._taken[epoch] = boundary(self._model, self._grid, PROBABILITY).values

    @property
    def pictures(self) -> dict[int, NDArray[np.uint8] | None]:
        """By epoch; None where there is none yet."""
        return {epoch: self._taken.get(epoch) for epoch in self._epochs()}

    def _epochs(self) -> tuple[int, ...]:
        end = self.history.n_epochs if self.history.ended else self.history.experiment.epochs
        return spaced_epochs(end, COUNT)


def draw() -> None:
    """The strip."""
    player = session.player()
    film = _film(player)
    film.take()
    label = _("Look at epoch {epoch}")
    data = {
        "pictures": [
            {"epoch": epoch, "z": None if z is None else component.text(z), "label": label.format(epoch=f"{epoch:,}")}
            for epoch, z in film.pictures.items()
        ],
        "epoch": player.epoch,
        "every": 1_000 * every(),
        "most": COUNT,
        "columns": COLUMNS,
        "rows": ROWS,
        "levels": component.text(level_colors(player.run.history.dataset.n_classes)),
        "language": session.language(),
        "words": {"film": _("The boundary over the run")},
    }
    html = '<div class="film" role="group"></div>'
    mount = component.component("filmstrip", "filmstrip.js", css="filmstrip.css", html=html)
    mount(key="filmstrip", data=data, **session.hear("filmstrip", {"look": _look, "follow": _follow}))


def every() -> float:
    """Seconds between two looks of a run that moves at what stands here."""
    return session.every(LOOK, share=SHARE)


def is_asked() -> bool:
    """Whether the browser asks for what stands here, as the run moves."""
    return session.message("follow", "filmstrip") is not None


def _follow(_now: float) -> None:
    """The fragment's run is all that is asked for."""


def _look(epoch: int) -> None:
    session.try_send(e.Sought(int(epoch)))
    session.redraw_room()  # all of it looks at that epoch


def _film(player: Player) -> Film:
    memory = session.browser().memory
    kept: Film | None = memory.get("film")
    if kept is None or kept.history is not player.run.history:
        kept = memory["film"] = Film(player.run.history)
    return kept
