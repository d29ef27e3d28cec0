"""One step of the training loop, opened at any epoch, for one point or for the run's own batch."""

from dataclasses import replace

import streamlit as st

from dashboard.app import events as e
from dashboard.app.player import Player
from dashboard.page import session, settings
from dashboard.page.glossary import explain
from dashboard.page.language import _, ngettext
from dashboard.rooms.learn import clock, opened, wording
from moons import FieldError, History
from moons.inspection.step import Difference, Uncleared, finite_difference, open_step, parameter_index, uncleared

UPDATES = 25  # without zero_grad that are shown
COSTLY = 3_000_000  # points times parameters: above, so many updates would keep a person waiting
FEW_UPDATES = 3
ALONE = 30  # points that a single one costs as much as: most of its time is not computing


def draw() -> None:
    """The controls, and the opened step under them; while the run moves it is drawn once a second."""
    st.fragment(_draw, run_every=session.every(1.0, share=0.2) if session.state().busy else None)()


def _draw() -> None:
    if not session.runs_whole() and session.needs_surroundings():
        st.rerun()  # another lesson was asked for
    player = session.player()
    _controls(player)
    history, epoch, point = player.run.history, player.epoch, _point(player.run.history)
    step = open_step(history, epoch, point)
    data = opened.payload(history, step, point, _piled(history, epoch, point), _checked(history, epoch))
    data["line"] = session.state().lessons.opened_line
    opened.show(data, heard={"point": _pick, "check": _check, "more": _more, "onward": _onward})
    explain("logit", "activation", "softmax", "loss", "gradient", "backpropagation", "learning_rate", "batch", "epoch")


def _controls(player: Player) -> None:
    n_points = len(player.run.history.dataset.y_train)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        batch = player.run.experiment.segment(player.epoch)[0].batch_size or n_points
        names = {"point": _("One point"), "batch": _("All {n} points").format(n=f"{n_points:,}")}
        if batch < n_points:
            names["batch"] = ngettext("The batch of {n} point", "The batch of {n} points", batch).format(n=f"{batch:,}")
        st.segmented_control(
            _("The step of"), names, key="opened_of", format_func=names.__getitem__, required=True, on_change=_forget
        )
        clock.draw(player)


def _point(history: History) -> int | None:
    """The row of the point looked at; None for the run's own batch."""
    lessons = session.state().lessons
    if lessons.opened_of == "batch":
        return None
    return min(lessons.opened_point, len(history.dataset.y_train) - 1)


def _piled(history: History, epoch: int, point: int | None) -> Uncleared:
    size = history.weights_at(0).size * (ALONE if point is not None else len(history.dataset.y_train))
    return uncleared(history, epoch, point, UPDATES if size < COSTLY else FEW_UPDATES)


def _checked(history: History, epoch: int) -> tuple[str, Difference] | None:
    """The finite difference that was asked for, if it belongs to what is looked at."""
    asked = session.state().lessons.opened_check
    if asked is None or asked[:-1] != (session.state().looked.run, epoch, _point(history)):
        return None
    way = asked[-1]
    try:
        layer, unit, source = way.split("-")
        place = (int(layer), int(unit), None if source == "b" else int(source))
        parameter = parameter_index(history.model_at(0).sizes, *place)
        return way, finite_difference(history, epoch, _point(history), parameter)
    except (FieldError, ValueError, IndexError):
        return None  # said by a browser that shows another network by now


def _pick(row: int) -> None:
    """A press on the map: the step of that point."""
    point = max(0, int(row))
    session.choose(replace(session.state().lessons, opened_of="point", opened_point=point))


def _check(way: str) -> None:
    player = session.player()
    asked = session.state().looked.run, player.epoch, _point(player.run.history), str(way)
    session.choose(replace(session.state().lessons, opened_check=asked))


def _more(line: int) -> None:
    """To the lesson's screen that tells more of a line."""
    settings.send(e.Asked(wording.LESSONS[max(0, min(int(line), len(wording.LESSONS) - 1))]))


def _forget() -> None:
    session.choose(replace(session.state().lessons, opened_check=None))


def _onward(epoch: int) -> None:
    """To the next epoch, training it if need be; at the end of the run round again."""
    now = session.state()
    if int(epoch) != session.player().epoch:
        return  # the same press, heard twice
    at_end = now.epoch >= now.experiment.epochs or (now.progress.ended is not None and now.epoch >= now.progress.known)
    session.try_send(e.Sought(0) if at_end else e.StepPressed(1))
