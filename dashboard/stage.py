"""The stage: what moves while training. A fragment that the browser's timer runs; it trains on, and shows it."""

from functools import partial
from typing import Any

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from dashboard import chooser, controls, diagram, follow, inside, live, session
from dashboard.language import _, error_sentence, literal
from dashboard.names import score_text
from dashboard.player import Player
from dashboard.scene import Camera, Frame, Moment
from dashboard.session import Notice
from dashboard.status import Status, remedy, status
from moons import FieldError
from moons.device import TransferError
from moons.digits import Digits
from moons.inspection.boundary import CHANGE
from moons.inspection.curve import loss_curve
from moons.plots.boundary import Shows, boundary_figure
from moons.plots.loss import loss_figure
from moons.progress import State

TICK = 0.3  # seconds between two looks at the server
PICTURES = 8  # in one tick, played by the browser one after the other
BUDGET = 0.15  # seconds of training in a tick, so that a click is soon heard
TALL = 420, 420  # pixels, the heights of boundary and loss
FRAMED = 300, 300  # the same, in a frame of another page
LOW = 300, 250  # and where the network stands beside them
NETWORK_HEIGHT = 624
PLAIN_TICK = 1.0  # where the charts can't be patched in place and must be drawn anew


def draw() -> None:
    """The figures strip and, under it, boundary and loss side by side."""
    strip = st.container(key="stage")
    plain = session.get("plain")
    if not plain:
        _pictures(_base())
    session.put(fresh=True, preview=None, settled=None)  # what was still to be heard is over: this run is its end
    playing = session.player().playing
    session.put(ticking=playing)
    every = (PLAIN_TICK if plain else TICK) if playing else None
    with strip:
        st.fragment(_plain_tick if plain else _tick, run_every=every)()


def _base() -> dict[str, go.Figure]:
    """What Streamlit mounted first; it would mount others anew, as must be for another theme."""
    kept = session.get("base")
    if kept is None or kept[0] != session.theme():
        kept = session.theme(), _figures(session.player())
        session.put(base=kept)
    figures: dict[str, go.Figure] = kept[1]
    return figures


def _tick() -> None:
    """One look of the browser's timer at the run; or at another one, while a slider is dragged."""
    if session.settings_overtaken() or session.get("base")[0] != session.theme():
        st.rerun()
    fresh, previewed = session.take("fresh"), _previewed(session.take("preview"))
    player = previewed or session.player()
    if previewed or session.get("previewing"):
        fresh = True  # another run's figures, or this one's again
    session.put(previewing=previewed is not None)
    camera = _camera(player)
    if fresh:
        camera.choose_units(player.state)
    now = camera.frame(camera.moment(player.state), player.pace)
    figures = _figures(player) if fresh else None
    network = _network(player, camera) if fresh and camera.look.network else None
    playing = player.playing
    frames = _train_on(player, camera)
    live.show(
        live.payload(
            serial=session.count("serial"),
            scene=session.count("scene") if fresh else session.get("scene"),
            figures=figures,
            network=network,
            frames=frames,
            now=now,
            curve=loss_curve(player.history),
            known=player.history.n_epochs,
            interval=TICK,
            status=Status(_("Preview: let go to keep it.")) if previewed else status(player),
            alts=_alts(frames[-1] if frames else now, player),
            language=session.language(),
            sliders=list(session.get("sliders")) if session.get("instant") and not playing else [],
            trace=inside.course(player),
            picked=inside.picked(player),
            playing=playing,
            preview=previewed is not None,
            by_hand=by_hand.say() if (by_hand := inside.undoable()) else "",
        ),
        heard={
            "resync": _resync,
            "plain": _go_plain,
            "preview": _preview,
            "seek": _seek,
            "settle": _settle,
            "remedy": _remedy,
            "trace": inside.look_at,
            "pick": inside.pick,
            "point": inside.follow_point,
            "edit": inside.edit,
            "undo": inside.undo,
        },
    )
    if (frames and not player.playing) or session.take("settled"):
        st.rerun()  # what stands outside the fragment must follow


def _preview() -> None:
    session.put(preview=session.moved_slider())


def _seek(word: str = "seek") -> None:
    """Look at the epoch under the hand."""
    player, epoch = session.player(), int(session.heard(word))
    with player.turn(wait=True):
        player.pause()
        player.seek(max(0, min(epoch, player.history.n_epochs)))


def _settle() -> None:
    """The hand has let go of the timeline, or has clicked on the loss chart."""
    _seek("settle")
    session.put(settled=True, notice=None)


def _remedy() -> None:
    """Try what the diagnosis suggests."""
    found = remedy(session.player())
    if found:
        session.show_settings(found.experiment)
        session.put(settled=True, notice=None)


def _previewed(slider: tuple[str, float] | None) -> Player | None:
    """The finished run that a dragged slider stands for; None where there is none within a blink."""
    if slider is None:
        return None
    now = session.player()
    try:
        player = follow.anew(now, session.settings(controls.moved(*slider)), now.history.asked_device)
    except FieldError:
        return None
    return player if player.finish() else None


def _plain_tick() -> None:
    """The same with charts drawn anew."""
    player = session.player()
    frames = _train_on(player, _camera(player))
    _pictures(_figures(player))
    st.caption(literal(status(player).text))
    if (frames and not player.playing) or session.take("settled"):
        st.rerun()


def _train_on(player: Player, camera: Camera) -> list[Frame]:
    """A tick's training, as pictures."""
    with player.turn() as mine:
        if not (mine and player.playing):
            return []
        states = player.tick(PICTURES, session.get("speed"), BUDGET)
        try:
            return [camera.frame(camera.moment(state), player.pace) for state in states]
        except TransferError as error:
            player.pause()
            session.put(notice=Notice(partial(error_sentence, error), error=True), settled=True)
            return []


def _resync() -> None:
    session.put(fresh=True)


def _go_plain() -> None:
    session.put(plain=True)


def _camera(player: Player) -> Camera:
    look = chooser.look(player)
    since = None
    if look.view == CHANGE:
        with player.turn(wait=True):
            since = player.history.state_at(min(session.get("since"), player.history.n_epochs))
    kept: Camera | None = session.get("camera")
    if (
        kept is None
        or kept.look != look
        or not _same(kept.since, since)
        or kept.dataset is not player.history.dataset
        or kept.spec != player.history.experiment.model
        or kept.training != player.history.experiment.training_now
    ):
        experiment, dataset = player.history.experiment, player.history.dataset
        kept = Camera(experiment.model, experiment.training_now, dataset, look, since)
        kept.choose_units(player.state)
        session.put(camera=kept)
    return kept


def _same(one: State | None, other: State | None) -> bool:
    return one is other or bool(one and other and np.array_equal(one.parameters, other.parameters, equal_nan=True))


def _figures(player: Player) -> dict[str, go.Figure]:
    camera = _camera(player)
    moment: Moment = camera.moment(player.state)
    theme = session.theme()
    return {
        "boundary": boundary_figure(
            moment.answer,
            camera.dataset,
            moment.verdicts,
            lines=moment.lines,
            shows=Shows(session.get("test_points"), session.get("misclassified")),
            theme=theme,
            _=_,
        ),
        "loss": loss_figure(
            loss_curve(player.history),
            epoch=moment.epoch,
            loss=moment.verdicts.scores.train_loss,
            log=session.get("log"),
            theme=theme,
            _=_,
        ),
    }


def _network(player: Player, camera: Camera) -> dict[str, Any]:
    """The diagram's own part of a scene."""
    seen, grid = camera.moment(player.state).inside, camera.tile_grid
    assert seen is not None
    assert grid is not None
    point = camera.look.point
    told = None if point is None else diagram.point_scene(camera.dataset, point)
    return diagram.scene(camera.model, camera.dataset, camera.shown, seen, grid, player.epoch, told)


def _pictures(figures: dict[str, go.Figure]) -> None:
    """Boundary beside loss; or the network at full height, with what comes out of it beside it: boundary over loss.

    page.css places them; one below the other they come in this order, the answer first.
    """
    network = session.get("network")
    heights = LOW if network else FRAMED if st.context.is_embedded else TALL
    with st.container(key="network_pictures" if network else "pictures"):
        _boundary(figures["boundary"], heights[0])
        if network:
            diagram.draw(NETWORK_HEIGHT)
        _loss(figures["loss"], heights[1])


def _boundary(figure: go.Figure, height: int) -> None:
    told = _("The plane coloured by the class that the network predicts, under the points.")
    if not session.player().history.dataset.n_classes:
        told = _("The plane coloured by the number that the network predicts, under the points.")
    with st.container(key="boundary", gap="xxsmall"):
        chooser.draw()
        st.plotly_chart(
            figure,
            key=f"boundary_chart_{session.theme()}",  # a chart that is patched while it changes its theme can lose it
            height=height,
            config={"displayModeBar": False},
            alt=told,
        )


def _loss(figure: go.Figure, height: int) -> None:
    with st.container(key="loss", gap="xxsmall"):
        with st.container(horizontal=True, vertical_alignment="center"):
            said = _("Each point of a line is one epoch: the mean loss over the points. The dotted line is guessing.")
            st.markdown(f"**{_('Loss')}**", width="stretch", help=said)
            st.toggle(_("Log scale"), key="log", help=_("Show each tenfold fall of the loss as tall as any other."))
        st.plotly_chart(
            figure,
            key=f"loss_chart_{session.theme()}",
            height=height,
            config={"displayModeBar": False},
            alt=_("The loss over the epochs, for training and test points."),
        )


def _alts(frame: Frame, player: Player) -> dict[str, str]:
    """What the charts show now, for those who can't see them."""
    scores, classes = frame.scores, player.history.dataset.n_classes
    boundary = _("Decision boundary at epoch {epoch}: it separates {score} of the training points.")
    if not classes:
        boundary = _("Predicted numbers at epoch {epoch}: R² is {score} on the training points.")
    return {
        "boundary": boundary.format(epoch=f"{frame.epoch:,}", score=score_text(scores.train_score, classes)),
        "loss": _("Loss at epoch {epoch}: {train} on the training points, {test} on the test points.").format(
            epoch=f"{frame.epoch:,}", train=f"{Digits(scores.train_loss):.4f}", test=f"{Digits(scores.test_loss):.4f}"
        ),
    } | chooser.alts(player, frame.epoch)
