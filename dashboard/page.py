"""The page from top to bottom."""

from dataclasses import replace
from pathlib import Path

import streamlit as st

from dashboard import follow, glossary, session, sharing, shortcuts, sidebar
from dashboard.language import _, error_sentence
from dashboard.names import run_name
from dashboard.player import Player
from dashboard.rooms import ROOMS
from dashboard.session import Notice
from moons import Experiment, FieldError, History

PATIENCE = 8.0  # seconds that opening a link may take to train
_STYLE = Path(__file__).with_name("page.css")


def draw() -> None:
    """One run of the page's script."""
    opened = session.begin()
    if opened is not None:
        _first_look(*opened)
    elif session.went_back():
        _second_look()
    sidebar.fit_batch()
    session.keep_widgets()
    sidebar.draw()
    error = _follow_settings()
    session.write_link()
    _keep()
    st.html(_STYLE)
    _top()
    _say(error or session.get("notice"))
    session.put(ticking=False)
    ROOMS[session.get("room")].draw()
    session.count("drawn")


def _top() -> None:
    """The way from room to room; to share, to look up keys, to change the language."""
    framed = st.context.is_embedded
    with st.container(
        key="top_framed" if framed else "top", horizontal=True, vertical_alignment="center", gap="medium"
    ):
        if not framed:
            st.header(_("Watch a neural network learn"), anchor=False, width="content")
        if "rooms" not in session.get("hide"):
            st.segmented_control(
                _("Room"),
                ROOMS,
                key="room",
                format_func=lambda room: _(ROOMS[room].label),
                required=True,
                label_visibility="collapsed",
            )
        with st.container(key="aside", horizontal=True, horizontal_alignment="right", gap="xxsmall"):
            sharing.draw()
            shortcuts.draw()
            glossary.offer()
            if len(session.LANGUAGES) > 1:
                _languages()
            shortcuts.listen()


def _languages() -> None:
    with st.popover(
        session.LANGUAGES[session.language()], icon=":material/language:", type="tertiary", key="languages"
    ):
        st.radio(
            _("Language"), session.LANGUAGES, key="language", format_func=session.LANGUAGES.__getitem__,
            label_visibility="collapsed",
        )  # fmt: skip


def _first_look(experiment: Experiment, epoch: int, wrong: list[FieldError]) -> None:
    """The network of a link, trained to the epoch it says; the defaults where the link is wrong."""
    errors = [error_sentence(error) for error in wrong]
    try:
        session.settings()  # whether they go together
        player = Player(History(experiment))
    except FieldError as error:
        errors.append(error_sentence(error))
        session.show_settings(session.DEFAULT)
        player = Player(History(session.DEFAULT))
    session.put(player=player)
    if not player.reach(epoch, PATIENCE):
        said = _("The link shows epoch {epoch}. Training there takes longer than a moment: press Train to go on.")
        session.put(notice=Notice(said.format(epoch=f"{epoch:,}")))
    if errors:
        said = _("This link has settings that can't be used; their defaults are shown instead.")
        session.put(notice=Notice(" ".join([said, *errors]), error=True))


def _second_look() -> None:
    """What a link from before or after shows, as Back and Forward have it; nothing changes where it can't be read."""
    experiment, view, wrong = session.read_link()
    if wrong:
        return
    player = session.player_of(experiment)
    session.look_at(player)
    session.show_view(view)
    with player.turn(wait=True):
        player.seek(min(view.epoch, player.history.n_epochs))
        player.reach(view.epoch, PATIENCE)


def _follow_settings() -> Notice | None:
    """Make the run follow the sidebar. Returns what is wrong there; the last good run stays."""
    player, told = session.player(), session.take("told")
    try:
        wanted = session.settings()
        followed, notice = follow.follow(player, wanted, device=session.get("device"), instant=session.get("instant"))
    except FieldError as error:
        return Notice(error_sentence(error), error=True)
    if followed is not player:
        player.pause()
        session.put(player=followed, before=player, notice=told or notice)
    elif told:
        session.put(notice=replace(told, undo=False))  # the very run that is shown
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
