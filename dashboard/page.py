"""The page from top to bottom."""

from dataclasses import replace
from functools import partial
from pathlib import Path

import streamlit as st

from dashboard import chooser, follow, glossary, session, sharing, shortcuts, sidebar
from dashboard.language import _, error_sentence
from dashboard.names import run_name
from dashboard.player import Player
from dashboard.rooms import ROOMS
from dashboard.session import Notice
from dashboard.view import View, fitted
from moons import Experiment, FieldError, History
from moons.inspection.boundary import CHANGE

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
    chooser.fit()
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


def _first_look(experiment: Experiment, view: View, wrong: list[FieldError]) -> None:
    """What the link shows that the session is opened with."""
    session.put(player=Player(History(experiment)))
    session.show_settings(experiment)
    _look(view, wrong)


def _second_look() -> None:
    """What a link from before or after shows, as Back and Forward have it."""
    experiment, view, wrong = session.read_link(session.known())
    session.look_at(session.player_of(experiment))
    _look(view, wrong)


def _look(view: View, wrong: list[FieldError]) -> None:
    """The current run as a link shows it, trained to the epoch it says; a default for each setting that is wrong."""
    player = session.player()
    view, lacking = fitted(view, player.history)
    session.show_view(view)
    until = max(view.epoch, view.since if view.picture == CHANGE else 0)
    with player.turn(wait=True):
        player.seek(min(until, player.history.n_epochs))
        reached = player.reach(until, PATIENCE)
        player.seek(min(view.epoch, player.history.n_epochs))
    wrong = wrong + lacking
    if wrong or not reached:
        session.put(notice=Notice(partial(_so_far, wrong, None if reached else view.epoch), error=bool(wrong)))


def _so_far(wrong: list[FieldError], epoch: int | None) -> str:
    """Of a link that isn't shown as it is: what is `wrong` in it, and the `epoch` that is too far away."""
    said = []
    if wrong:
        said = [_("What this link shows may differ from what was shared."), *map(error_sentence, wrong)]
    if any("field" in error.values for error in wrong):
        said[0] = _("This link has settings that can't be used; their defaults are shown instead.")
    if epoch is not None:
        late = _("The link shows epoch {epoch}. Training there takes longer than a moment: press Train to go on.")
        said.append(late.format(epoch=f"{epoch:,}"))
    return " ".join(said)


def _follow_settings() -> Notice | None:
    """Make the run follow the sidebar. Returns what is wrong there; the last good run stays."""
    player, told = session.player(), session.take("told")
    try:
        wanted = session.settings()
        followed, notice = follow.follow(player, wanted, device=session.get("device"), instant=session.get("instant"))
    except FieldError as error:
        return Notice(partial(error_sentence, error), error=True)
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
        (st.error if notice.error else st.info)(notice.say(), width="stretch")
        if notice.undo:
            st.button(_("Undo"), key="undo", on_click=_undo)


def _undo() -> None:
    """Bring the run before the last change back, with its settings."""
    session.look_at(session.get("before"))
