"""The page from top to bottom."""

from functools import partial
from pathlib import Path

import streamlit as st

from dashboard.app import events as e
from dashboard.app.names import run_name
from dashboard.app.state import LANGUAGES, Notice
from dashboard.app.view import View, fitted
from dashboard.app.words import error_sentence
from dashboard.page import access, glossary, memory, session, settings, sharing, shortcuts, sidebar, tasks
from dashboard.page.language import _
from dashboard.rooms import ROOMS, VISIBLE
from moons import Experiment, FieldError
from moons.plots.words import Translate

_STYLE = Path(__file__).with_name("page.css")


def draw() -> None:
    """One run of the page's script."""
    if session.begin() or session.went_back():
        _open(*session.read_link())
    session.served().look()
    fitting = sidebar.fit_batch()
    session.keep_widgets()
    settings.keep_widgets()
    sidebar.draw()
    error = _follow_settings(fitting)
    session.settle()
    _fit_view()
    session.write_link()
    _keep()
    session.begin_drawing()
    st.html(_STYLE)
    _top()
    if session.state().view.room != "train":  # which draws it itself, as it moves with the run
        tasks.draw()
    ROOMS[session.state().view.room].draw()
    _say(error)
    session.end_drawing()


def _open(experiment: Experiment, view: View, wrong: list[FieldError]) -> None:
    """Show what a link shows; a default for each setting that is wrong."""
    history = session.served().run_of(session.served().looked_at(experiment).run).history
    view, lacking = fitted(view, history)
    wrong = wrong + lacking
    notice = Notice(partial(_wrong_link, wrong), error=True) if wrong else None
    settings.send(e.Opened(experiment, view, notice))
    session.choose_tab(view.tab)


def _wrong_link(wrong: list[FieldError], _: Translate) -> str:
    sentence = _("What this link shows may differ from what was shared.")
    if any("field" in error.values for error in wrong):
        sentence = _("This link has settings that can't be used; their defaults are shown instead.")
    return " ".join([sentence, *(error_sentence(error, _) for error in wrong)])


def _follow_settings(fitting: Notice | None) -> Notice | None:
    """Make the run follow the sidebar. Returns what is wrong there; the last good run stays."""
    try:
        session.send(e.SettingsChanged(settings.read(), settings.value("device"), fitting))
    except FieldError as error:
        return Notice(partial(error_sentence, error), error=True)
    return None


def _fit_view() -> None:
    """Let go of what was chosen for another run and this one doesn't have."""
    now = session.state().view
    fit, _lacking = fitted(now, session.player().run.history)
    if fit != now:
        session.choose(fit)


def _top() -> None:
    """The way from room to room; to share, to look up keys, to change the language."""
    framed, name = st.context.is_embedded, _("Watch a neural network learn")
    with st.container(
        key="top_framed" if framed else "top", horizontal=True, vertical_alignment="center", gap="medium"
    ):
        if not framed:
            st.title(name, anchor=False, width="content")
        if "rooms" not in session.state().view.hidden:
            st.segmented_control(
                _("Room"),
                dict.fromkeys((*VISIBLE, session.state().view.room)),
                key="room",
                format_func=lambda room: _(ROOMS[room].label),
                required=True,
                label_visibility="collapsed",
            )
        access.headings(name if framed else None, _(ROOMS[session.state().view.room].label))
        with st.container(key="aside", horizontal=True, horizontal_alignment="right", gap="xxsmall"):
            _undo()
            sharing.draw()
            shortcuts.draw()
            glossary.offer()
            if len(LANGUAGES) > 1:
                _languages()
            shortcuts.listen()
            access.draw()
            glossary.show_meanings()
            memory.draw()


def _undo() -> None:
    """What was done last, whatever it was: a setting, a weight, points, another run."""
    st.button(
        _("Undo"),
        key="undo_last",
        type="tertiary",
        icon=":material/undo:",
        disabled=session.state().before is None,
        help=_("Takes the last change back: of a setting, a weight or the points."),
        on_click=settings.send,
        args=(e.Undone(),),
    )


def _languages() -> None:
    name = LANGUAGES[session.language()]
    with st.popover(name, icon=":material/language:", type="tertiary", key="languages", on_change="rerun") as choice:
        if choice.open:
            st.radio(
                _("Language"), LANGUAGES, key="language", format_func=LANGUAGES.__getitem__,
                label_visibility="collapsed", on_change=session.close, args=("languages",),
            )  # fmt: skip


def _keep() -> None:
    """Put the current run on the shelf, and say which ones were removed for it."""
    for gone in session.served().keep():
        sentence = _("“{name}” was removed to make room for a new run. Pin a run in Compare to keep it.")
        st.toast(sentence.format(name=run_name(gone, _)))


def _say(wrong: Notice | None) -> None:
    """What is wrong with the settings, as long as it is; else what came of the last change, until it is closed."""
    now = session.state()
    of_points = now.data_room.notice if now.view.room == "data" else None
    with st.container(key="notice", horizontal=True, vertical_alignment="center", gap="xsmall"):
        notices = [notice for notice in (wrong or now.notice, of_points) if notice]
        if not notices:
            return
        said = " ".join(notice.say(_) for notice in notices)
        (st.error if any(notice.error for notice in notices) else st.info)(said)
        if any(notice.undo for notice in notices) and now.before:
            st.button(_("Undo"), key="undo", on_click=settings.send, args=(e.Undone(),))
        if not wrong:
            st.button(
                _("Close"), key="notice_close", icon=":material/close:", type="tertiary", on_click=settings.send,
                args=(e.Said(None),),
            )  # fmt: skip
