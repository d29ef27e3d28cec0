"""What the live component is told of the run: all of it, or what is new where no socket brings it."""

import base64
from typing import Any

import numpy as np

from dashboard.app.feed import Frame as Passed
from dashboard.app.message import Listener, message
from dashboard.app.player import Player
from dashboard.page import session
from dashboard.rooms.train import charts, diagram, live
from dashboard.rooms.train.scene import Camera, Frame
from moons.inspection.curve import loss_curve
from moons.progress import State

TICK_SHARE = 0.01  # seconds, of a look of one of many
TICK = 0.3  # seconds between two looks at the server
PICTURES = 8  # in one tick, played by the browser one after the other


def every() -> float:
    """Seconds between two looks at the server."""
    return session.every(TICK, share=TICK_SHARE)


def whole(player: Player, camera: Camera) -> dict[str, Any]:
    """Everything of the run looked at, for a browser that shows another one or another side of it."""
    state = player.state
    camera.choose_units(state)
    moment = camera.moment(state)
    shown = camera.frame(moment, player.pace)
    curve = loss_curve(player.run.history)
    network = _network(player, camera) if camera.look.network else None
    memory = session.browser().memory
    memory["listener"] = Listener(session.served().feed.number, player.number, player.run.history.n_epochs)
    figures = charts.figures(player)
    scene = live.scene(player, camera, figures, curve, network)
    return {
        "scene": scene | {"alts": charts.alts(player), "mounted": figures is memory.get("base_specs")},
        "now": live.frame(shown) if live.is_wide(player) else live.state(shown, state.parameters),
        "alts": charts.filled(charts.alts(player), shown, player),
    }


def since(player: Player, camera: Camera) -> dict[str, Any]:
    """What the browser doesn't have yet, where nothing pushes it."""
    if live.is_wide(player):
        return {"frames": [live.frame(frame) for frame in _frames(player, camera)]}
    listener: Listener = session.browser().memory["listener"]
    news = message(session.served(), listener, every())
    return {"message": None if news is None else base64.b64encode(news).decode("ascii")}


def _network(player: Player, camera: Camera) -> dict[str, Any]:
    """The diagram's own part of a scene."""
    seen, grid = camera.moment(player.state).inside, camera.tile_grid
    assert seen is not None
    assert grid is not None
    point = camera.look.point
    told = None if point is None else diagram.point_scene(camera.dataset, point)
    scene = diagram.scene(camera.model, camera.dataset, camera.shown, grid, player.epoch, told)
    return scene | diagram.gradients(seen)


def _frames(player: Player, camera: Camera) -> list[Frame]:
    """What the run has passed since the last look, as pictures."""
    memory = session.browser().memory
    passed = [one for one in session.served().feed.since(memory.get("heard_frame", 0)) if one.run == player.number]
    if passed:
        memory["heard_frame"] = passed[-1].number
    return [camera.frame(camera.moment(_state_of(one)), player.pace) for one in _some(passed)]


def _some(passed: list[Passed]) -> list[Passed]:
    """At most PICTURES of them, evenly, the last one among them."""
    if not passed:
        return []
    return [passed[place] for place in np.unique(np.linspace(0, len(passed) - 1, PICTURES).round().astype(int))]


def _state_of(frame: Passed) -> State:
    return State(frame.epoch, 0, frame.parameters, np.empty((0, frame.parameters.size), np.float32))
