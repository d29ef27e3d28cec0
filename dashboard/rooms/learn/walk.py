"""What the run walks on: the loss over all weights, and the way to its picture in Explore."""

import numpy as np
import streamlit as st

from dashboard.app.exploring import Steps
from dashboard.app.player import Player
from dashboard.page import session
from dashboard.page.language import _
from moons.digits import Digits
from moons.inspection.landscape import Landscape
from moons.inspection.points import evaluate

RACE = ("sgd", "momentum", "adam")


def progress_of(player: Player) -> tuple[float, float]:
    """The training loss now, and how far the weights are from the initial ones."""
    history = player.run.history
    moved = player.state.parameters.astype(np.float64) - history.weights_at(0)
    found = evaluate(player.model(), history.dataset, history.experiment.training_now)
    return found.scores.train_loss, float(np.linalg.norm(moved))


def draw(player: Player, loss: float, distance: float) -> None:
    """What the run walks on, and the way to its picture."""
    tell(player, loss, distance)
    with st.container(horizontal=True):
        st.button(_("See your landscape"), key="walk_see", type="primary", on_click=_see)
        st.button(_("Compare SGD, momentum and Adam"), key="walk_race", on_click=_race)


def tell(player: Player, loss: float, distance: float) -> None:
    """The space of the run's weights, how far it has come, and how much of that a plane shows."""
    history = player.run.history
    said = _(
        "Your network has {n} weights and biases. Together they are one point in a space of {n} "
        "dimensions, and each point has a loss, as each place on a map has a height. Training moves "
        "through this landscape, downhill with each step."
    )
    st.markdown(said.format(n=f"{len(player.state.parameters):,}"))
    if player.epoch:
        said = _(
            "After epoch {epoch} your run is {distance} away from its start, and its loss has gone from {first} to "
            "{loss}."
        )
        st.markdown(
            said.format(
                epoch=f"{player.epoch:,}",
                distance=f"{Digits(distance):.2f}",
                first=f"{Digits(float(history.train_loss[0])):.4f}",
                loss=f"{Digits(loss):.4f}",
            )
        )
    st.markdown(_plane(player))


def _plane(player: Player) -> str:
    """Why a map of two dimensions can do, with the run's own share where it is known."""
    study = session.served().studies.get("landscape")
    if isinstance(study, Steps) and study.asked.experiment == player.run.experiment:
        last = next((one for one in study.results[::-1] if isinstance(one, Landscape) and one.own is not None), None)
        if last is not None and last.own is not None:
            said = _("A plane cut through your run's path holds {share} of its movement: a map shows that much of it.")
            return said.format(share=f"{last.own.share:.1%}")
    return _(
        "Nobody can draw so many dimensions. But a run seldom uses them all: a plane cut through its path often holds "
        "most of its movement, and a plane can be drawn as a map."
    )


def _see() -> None:
    session.look(room="explore", panel="landscape")


def _race() -> None:
    session.look(room="explore", panel="landscape", race=RACE, plane="all")
