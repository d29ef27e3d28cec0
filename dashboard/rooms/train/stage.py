"""What moves while training: the figures strip, and boundary and loss, patched in place by the browser."""

import base64
from dataclasses import asdict
from functools import partial
from typing import Any

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from dashboard.app import events as e
from dashboard.app.feed import Frame as Passed
from dashboard.app.message import Listener, message
from dashboard.app.names import score_text
from dashboard.app.player import Player
from dashboard.app.status import Status, status
from dashboard.app.update import anew, undoable
from dashboard.page import chart, class_key, controls, session, settings, timer
from dashboard.page.language import _, literal
from dashboard.rooms.train import chooser, diagram, inside, live, proof
from dashboard.rooms.train.scene import Camera, Frame
from moons import FieldError
from moons.digits import Digits
from moons.inspection.boundary import CHANGE
from moons.inspection.curve import loss_curve
from moons.plots.boundary import Shows, boundary_spec
from moons.plots.loss import loss_spec
from moons.plots.spec import Spec
from moons.progress import State
from moons.run import History

TICK = 0.3  # seconds between two looks at the server
TICK_SHARE = 0.01  # seconds, of a look of one of many
PICTURES = 8  # in one tick, played by the browser one after the other
PLAIN_TICK = 1.0  # where the charts can't be patched in place and must be drawn anew


def draw() -> None:
    """The figures strip and, under it, boundary and loss side by side."""
    strip = st.container(key="stage")
    if "diagnosis" not in session.state().view.hidden:
        session.served().prove()
    plain = session.browser().memory.get("plain", False)
    if not plain:
        _pictures(_base())
    with strip:
        every = session.browser().memory["every"] = _every(plain=plain)
        timer.draw(partial(_plain_tick if plain else _tick, session.drawn()), every, key=session.STAGE)


def _every(*, plain: bool) -> float | None:
    """Seconds between two looks of the browser's timer; None where the run is pushed to it, or rests."""
    proving, served = session.served().proving, session.served()
    if not session.state().busy:
        words = proving is not None and proving.running and (plain or served.feed.listeners == 0)
        return PLAIN_TICK if words else None
    if plain:
        return session.every(PLAIN_TICK, share=0.05)
    return None if is_pushed() else session.every(TICK, share=TICK_SHARE)


def is_pushed() -> bool:
    """Whether the live socket brings what is new; of a large network the server makes the pictures, at each tick."""
    return session.served().feed.listeners > 0 and not live.is_wide(session.player())


def is_timed() -> bool:
    """Whether a timer looks at the run, which moves and isn't pushed."""
    return session.browser().memory["every"] is not None


def _base() -> dict[str, go.Figure]:
    """What Streamlit mounted first; it would mount others anew, as must be for another theme."""
    memory = session.browser().memory
    if memory.get("base_theme") != session.theme():
        base = {name: chart.Still(figure) for name, figure in _figures(session.player()).items()}
        memory |= {"base": base, "base_theme": session.theme()}
    figures: dict[str, go.Figure] = memory["base"]
    return figures


def _tick(drawn: int) -> None:
    """One look at the run; or at another one, while a slider is dragged."""
    memory, served = session.browser().memory, session.served()
    served.look()
    followed = memory.pop("follow", False)
    if followed:
        _catch_up()
    if settings.overtaken() or memory["base_theme"] != session.theme() or _asks_for_whole_run():
        st.rerun()
    now, language = session.state(), session.language()
    previewed = _previewed(session.message("preview", "live"))
    player = previewed or session.player()
    camera = _camera(player)
    key = (drawn, player.number, camera.look, session.theme())
    fresh = followed or memory.get("scene") != key or session.message("resync", "live") is not None
    busy = now.busy and not previewed
    payload: dict[str, Any] = {
        "serial": _serial(),
        "number": player.number,
        "token": served.token,
        "pushed": is_pushed(),
        "follows": _follows(),
        "epoch": player.epoch,
        "known": player.run.history.n_epochs,
        "pace": player.pace,
        "playing": now.playing and not previewed,
        "computing": now.computing and not previewed,
        "preview": previewed is not None,
        "status": asdict(Status(_("Preview: let go to keep it.")) if previewed else _status()),
        "sliders": list(session.browser().sliders) if now.transport.instant and not busy else [],
        "trace": inside.course(player),
        "picked": inside.picked(player),
        "byHand": edit.say(_) if (edit := undoable(now)) else "",
        "language": language,
    }
    if fresh:
        memory["scene"] = key
        payload |= _scene(player, camera)
    elif busy and not is_pushed():
        payload |= _news(player, camera)
    live.show(
        payload,
        heard={
            "resync": _nothing,
            "route": _reroute,
            "theme": _nothing,
            "plain": _go_plain,
            "preview": _nothing,
            "seek": _seek,
            "settle": _settle,
            "follow": _follow,
            "remedy": _remedy,
            "trace": inside.point_at,
            "pick": inside.pick,
            "point": inside.follow_point,
            "edit": inside.edit,
            "undo": inside.undo,
        },
    )


def _scene(player: Player, camera: Camera) -> dict[str, Any]:
    """Everything of the run looked at, for a browser that shows another one or another side of it."""
    state = player.state
    camera.choose_units(state)
    moment = camera.moment(state)
    shown = camera.frame(moment, player.pace)
    curve = loss_curve(player.run.history)
    network = _network(player, camera) if camera.look.network else None
    memory = session.browser().memory
    memory["listener"] = Listener(session.served().feed.number, player.number, player.run.history.n_epochs)
    return {
        "scene": live.scene(player, camera, _figures(player), curve, network) | {"alts": _alts(player)},
        "now": live.frame(shown) if live.is_wide(player) else live.state(shown, state.parameters),
        "alts": _filled(_alts(player), shown, player),
    }


def _news(player: Player, camera: Camera) -> dict[str, Any]:
    """What the browser doesn't have yet, where nothing pushes it."""
    if live.is_wide(player):
        return {"frames": [live.frame(frame) for frame in _frames(player, camera)]}
    listener: Listener = session.browser().memory["listener"]
    news = message(session.served(), listener, session.every(TICK, share=TICK_SHARE))
    return {"message": None if news is None else base64.b64encode(news).decode("ascii")}


def _serial() -> int:
    """Counts what was sent, so that the browser knows an answer from the one before."""
    memory = session.browser().memory
    memory["serial"] = memory.get("serial", 0) + 1
    return int(memory["serial"])


def _asks_for_whole_run() -> bool:
    """Whether what stands outside the fragment must follow, and nobody has said so."""
    moves_alone = session.state().busy and is_pushed() and not session.needs_page() and not _follows()
    return (session.needs_whole_run() and not moves_alone) or _is_tried()


def _follows() -> bool:
    """Whether more moves along with the run than what the browser shows itself: the tour, a class sheet's progress."""
    now = session.state()
    return now.tour is not None or now.view.sheet is not None


def _status() -> Status:
    served = session.served()
    return status(session.state(), served.player, served.proving, _)


def _is_tried() -> bool:
    """Whether the timer was there for what was tried, and that has ended."""
    tab, proving = session.browser(), session.served().proving
    ended = proving is None or not proving.running
    return ended and tab.memory.get("every") is not None and not tab.shown.busy and not session.state().busy


def _nothing(_said: Any) -> None:
    """The fragment's run reads the word by itself."""


def _seek(epoch: int) -> None:
    """Look at the epoch under the hand."""
    session.try_send(e.Sought(int(epoch)))
    session.settle()
    session.shown_by_fragment()


def _settle(epoch: int) -> None:
    """The hand has let go of the timeline, or has clicked on the loss chart."""
    session.try_send(e.Sought(int(epoch)))
    session.redraw_room()


def _follow(_serial: int) -> None:
    """The run is where the page was not drawn, by what was told over the live socket."""
    if session.needs_page() or _follows() or is_timed():
        session.redraw_room()
    session.browser().memory["follow"] = True
    st.rerun(scope=[session.STAGE] if st.context.is_embedded else [session.STAGE, session.BELOW])


def _catch_up() -> None:
    """What precedes the drawing of the whole room does, where only what moves in it is drawn."""
    session.settle()
    if "diagnosis" not in session.state().view.hidden:
        session.served().prove()
    session.write_link()
    session.begin_drawing()


def _reroute(_open: bool) -> None:
    """The live socket is open, or not: a timer goes, or comes."""
    session.redraw_room()


def _remedy(_serial: int) -> None:
    """Take what the diagnosis suggests: the very run that was tried."""
    proof.take_remedy()


def _previewed(slider: dict[str, Any] | None) -> Player | None:
    """The finished run that a dragged slider stands for; None where there is none within a blink."""
    if not slider:
        return None
    try:
        wanted = settings.read(controls.moved(str(slider["slider"]), float(slider["value"])))
        looked = anew(session.state(), wanted)
        return session.served().preview(looked, wanted.training.epochs, session.BLINK)
    except FieldError:
        return None


def _plain_tick(drawn: int) -> None:
    """The same with charts drawn anew."""
    session.served().look()
    if session.needs_whole_run() or _is_tried():
        st.rerun()
    player = session.player()
    _pictures({name: go.Figure(figure) for name, figure in _figures(player).items()})
    st.caption(literal(_status().text))


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


def _go_plain(_said: bool) -> None:
    session.browser().memory["plain"] = True


def _camera(player: Player) -> Camera:
    memory, history, now = session.browser().memory, player.run.history, session.state()
    look = chooser.look(player)
    since = None
    if look.view == CHANGE:
        with player.run.lock:
            since = history.state_at(min(now.view.since, history.n_epochs))
    kept: Camera | None = memory.get("camera")
    experiment, dataset = history.experiment, history.dataset
    if (
        kept is None
        or kept.look != look
        or not _same(kept.since, since)
        or kept.dataset is not dataset
        or kept.spec != experiment.model
        or kept.training != experiment.training_now
    ):
        kept = Camera(experiment.model, experiment.training_now, dataset, look, since)
        kept.choose_units(player.state)
        memory["camera"] = kept
    return kept


def _same(one: State | None, other: State | None) -> bool:
    return one is other or bool(one and other and np.array_equal(one.parameters, other.parameters, equal_nan=True))


def _figures(player: Player) -> dict[str, Spec]:
    camera, view, theme = _camera(player), session.state().view, session.theme()
    moment, memory = camera.moment(player.state), session.browser().memory
    key = (moment, player.run.history.n_epochs, view, theme, session.language())
    if memory.get("figures", (None,))[0] == key:
        kept: dict[str, Spec] = memory["figures"][1]
        return kept
    figures = {
        "boundary": boundary_spec(
            moment.answer,
            camera.dataset,
            moment.verdicts,
            lines=moment.lines,
            shows=Shows(view.test_points, view.misclassified),
            theme=theme,
            _=_,
        ),
        "loss": loss_spec(
            loss_curve(player.run.history),
            epoch=moment.epoch,
            loss=moment.verdicts.scores.train_loss,
            log=view.log,
            theme=theme,
            _=_,
        ),
    }
    memory["figures"] = key, figures
    return figures


def _network(player: Player, camera: Camera) -> dict[str, Any]:
    """The diagram's own part of a scene."""
    seen, grid = camera.moment(player.state).inside, camera.tile_grid
    assert seen is not None
    assert grid is not None
    point = camera.look.point
    told = None if point is None else diagram.point_scene(camera.dataset, point)
    scene = diagram.scene(camera.model, camera.dataset, camera.shown, grid, player.epoch, told)
    return scene | diagram.gradients(seen)


def _pictures(figures: dict[str, go.Figure]) -> None:
    """Boundary and loss, and the network where it is shown.

    page.css gives each its place and its height; one below the other they come in this order, the answer first.
    """
    network = session.state().view.network
    with st.container(key={True: "network_pictures", False: "pictures", None: "roomy_pictures"}[network]):
        _boundary(figures["boundary"])
        if network is not False:
            diagram.draw()
        _loss(figures["loss"])


def _boundary(figure: go.Figure) -> None:
    told = _("The plane coloured by the class that the network predicts, under the points.")
    if not session.player().run.history.dataset.n_classes:
        told = _("The plane coloured by the number that the network predicts, under the points.")
    with st.container(key="boundary", gap="xxsmall"):
        chooser.draw()
        st.plotly_chart(
            figure,
            key=f"boundary_chart_{session.theme()}",  # a chart that is patched while it changes its theme can lose it
            height="stretch",
            config={"displayModeBar": False},
            alt=told,
        )
        class_key.draw([session.player().run.history.dataset])


def _loss(figure: go.Figure) -> None:
    with st.container(key="loss", gap="xxsmall"):
        with st.container(horizontal=True, vertical_alignment="center"):
            said = _("Each point of a line is one epoch: the mean loss over the points. The dotted line is guessing.")
            said = f"{said} {_of_units(session.player().run.history)}".strip()
            st.markdown(f"**{_('Loss')}**", width="stretch", help=said)
            st.toggle(_("Log scale"), key="log", help=_("Logarithmic loss axis."))
        st.plotly_chart(
            figure,
            key=f"loss_chart_{session.theme()}",
            height="stretch",
            config={"displayModeBar": False},
            alt=_("The loss over the epochs, for training and test points."),
        )


def _of_units(history: History) -> str:
    """What a loss of a standardised number means in the number's own unit."""
    dataset = history.dataset
    if dataset.n_classes or dataset.scaling.keeps_y:
        return ""
    said = _("It is the loss of {name} standardised: mean 0, standard deviation 1.")
    if history.experiment.training.regression_loss == "mse":
        said += " " + _("A loss of 0.01 is an error of about {error}; Metrics has the errors in its own unit.")
    error = float(f"{0.1 * dataset.scaling.y_scale:.2g}")
    return said.format(name=literal(dataset.columns[2]), error=f"{error:,.10g}")


def _alts(player: Player) -> dict[str, str]:
    """What the charts show, for those who can't see them; the browser fills in the numbers of each moment."""
    boundary = _("Decision boundary at epoch {epoch}: it separates {score} of the training points.")
    if not player.run.history.dataset.n_classes:
        boundary = _("Predicted numbers at epoch {epoch}: R² is {score} on the training points.")
    loss = _("Loss at epoch {epoch}: {train} on the training points, {test} on the test points.")
    return {"boundary": boundary, "loss": loss} | chooser.alts(player)


def _filled(alts: dict[str, str], shown: Frame, player: Player) -> dict[str, str]:
    """The same with the numbers of the moment that the page itself draws."""
    scores, n_classes = shown.scores, player.run.history.dataset.n_classes
    values = {
        "epoch": f"{shown.epoch:,}",
        "score": score_text(scores.train_score, n_classes),
        "train": f"{Digits(scores.train_loss):.4f}",
        "test": f"{Digits(scores.test_loss):.4f}",
    }
    return {name: alt.format(**values) for name, alt in alts.items()}
