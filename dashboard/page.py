"""The page from top to bottom."""

from pathlib import Path

import streamlit as st

from dashboard import follow, session, sidebar
from dashboard.language import _, error_text
from dashboard.names import run_name
from dashboard.player import Player
from dashboard.rooms import ROOMS
from dashboard.session import Notice
from moons import FieldError, History

_STYLE = Path(__file__).with_name("page.css")


def draw() -> None:
    """One run of the page's script."""
    wrong_in_link = session.begin()
    if wrong_in_link is not None:
        _first_look(wrong_in_link)
    session.keep_widgets()
    sidebar.draw()
    error = _follow_settings()
    _keep()
    st.html(_STYLE)
    _top()
    _say(error or session.get("notice"))
    ROOMS[session.get("room")].draw()
    session.count("drawn")


def _top() -> None:
    """The way from room to room."""
    with st.container(key="top", horizontal=True, vertical_alignment="center", gap="medium"):
        st.header(_("Watch a neural network learn"), anchor=False, width="content")
        st.segmented_control(
            _("Room"),
            ROOMS,
            key="room",
            format_func=lambda room: _(ROOMS[room].label),
            required=True,
            label_visibility="collapsed",
        )


def _first_look(wrong_in_link: list[FieldError]) -> None:
    """An untrained network, as the link says, or as the defaults do where the link is wrong."""
    errors = [error_text(error) for error in wrong_in_link]
    try:
        experiment = session.settings()
    except FieldError as error:
        errors.append(error_text(error))
        session.show_settings(experiment := session.DEFAULT)
    session.put(player=Player(History(experiment)))
    if errors:
        said = _("This link has settings that can't be used; their defaults are shown instead.")
        session.put(notice=Notice(" ".join([said, *(f"{error}." for error in errors)]), error=True))


def _follow_settings() -> Notice | None:
    """Make the run follow the sidebar. Returns what is wrong there; the last good run stays."""
    player = session.player()
    try:
        wanted = session.settings()
        followed, notice = follow.follow(player, wanted, device=session.get("device"), instant=session.get("instant"))
    except FieldError as error:
        return Notice(error_text(error) + ".", error=True)
    if followed is not player:
        player.pause()
        session.put(player=followed, before=player, notice=session.take("told") or notice)
    session.write_link(followed.history.experiment)
    return None


def _keep() -> None:
    """Put the current run on the shelf, and say which ones have to leave it."""
    for gone in session.get("shelf").show(session.player()):
        sentence = _("“{name}” was let go, to make room for a new run. Pin a run in Compare to keep it.")
        st.toast(sentence.format(name=run_name(gone)))


def _say(notice: Notice | None) -> None:
    # the container is always there: an element that comes and goes would shift, and so dim, all below it
    with st.container(key="notice", horizontal=True, vertical_alignment="center"):
        if notice is None:
            return
        (st.error if notice.error else st.info)(notice.text, width="stretch")
        if notice.undo:
            st.button(_("Undo"), key="undo", on_click=_undo)


def _undo() -> None:
    """Bring the run before the last change back, with its settings."""
    session.look_at(session.get("before"))
