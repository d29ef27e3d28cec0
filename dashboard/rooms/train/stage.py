"""What moves while training: the figures strip, and boundary and loss, patched in place by the browser."""

from dataclasses import asdict
from functools import partial
from typing import Any

import plotly.graph_objects as go
import streamlit as st

from dashboard.app import events as e
from dashboard.app.player import Player
from dashboard.app.status import Status, status
from dashboard.app.update import anew, undoable
from dashboard.page import chart, controls, session, settings, timer
from dashboard.page.language import _, literal
from dashboard.rooms.train import charts, inside, live, proof, updates
from moons import FieldError

PLAIN_TICK = 1.0  # where the charts can't be patched in place and must be drawn anew


def draw() -> None:
    """The figures strip and, under it, boundary and loss side by side."""
    strip = st.container(key="stage")
    if "diagnosis" not in session.state().view.hidden:
        session.served().prove()
    plain = session.browser().memory.get("plain", False)
    if not plain:
        charts.draw(_base())
    with strip:
        every = session.browser().memory["every"] = _every(plain=plain)
        tick = partial(_plain_tick if plain else _tick, session.drawn())
        timer.draw(tick, every, key=session.STAGE, is_look=_is_followed)


def _every(*, plain: bool) -> float | None:
    """Seconds between two looks of the browser's timer; None where the run is pushed to it, or rests."""
    proving, served = session.served().proving, session.served()
    if not session.state().busy:
        words = proving is not None and proving.running and (plain or served.feed.listeners == 0)
        return PLAIN_TICK if words else None
    if plain:
        return session.every(PLAIN_TICK, share=0.05)
    return None if is_pushed() else updates.every()


def is_pushed() -> bool:
    """Whether the live socket brings what is new; of a large network the server makes the pictures, at each tick."""
    return session.served().feed.listeners > 0 and not live.is_wide(session.player())


def is_timed() -> bool:
    """Whether a timer looks at the run, which moves and isn't pushed."""
    return session.browser().memory["every"] is not None


def _is_followed() -> bool:
    """Whether the browser has asked by itself that the page follow what was told over the live socket."""
    return "follow" in session.browser().memory


def follows_below() -> bool:
    """Whether what stands below the charts is drawn for the same reason; it is asked once."""
    return bool(session.browser().memory.pop("follow_below", False))


def _base() -> dict[str, go.Figure]:
    """What Streamlit mounted first; it would mount others anew, as must be for another theme."""
    memory = session.browser().memory
    if memory.get("base_theme") != session.theme():
        specs = charts.figures(session.player())
        base = {name: chart.Still(figure) for name, figure in specs.items()}
        memory |= {"base": base, "base_specs": specs, "base_theme": session.theme()}
    figures: dict[str, go.Figure] = memory["base"]
    return figures


def _tick(drawn: int) -> None:
    """One look at the run; or at another one, while a slider is dragged."""
    memory, served = session.browser().memory, session.served()
    served.look()
    followed = memory["follow_below"] = memory.pop("follow", False)
    if followed:
        _catch_up()
    if settings.overtaken() or memory["base_theme"] != session.theme() or _asks_for_whole_run():
        st.rerun()
    now, language = session.state(), session.language()
    previewed = _previewed(session.message("preview", "live"))
    player = previewed or session.player()
    camera = charts.camera_of(player)
    key = (drawn, player.number, camera.look, session.theme())
    fresh = followed or memory.get("scene") != key or session.message("resync", "live") is not None
    busy = now.busy and not previewed
    payload: dict[str, Any] = {
        "serial": _serial(),
        "number": player.number,
        "token": served.token,
        "act": served.last_act,
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
        payload |= updates.whole(player, camera)
    elif busy and not is_pushed():
        payload |= updates.since(player, camera)
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
    charts.draw({name: go.Figure(figure) for name, figure in charts.figures(player).items()})
    st.caption(literal(_status().text))


def _go_plain(_said: bool) -> None:
    session.browser().memory["plain"] = True
