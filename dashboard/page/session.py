"""The one place where Streamlit's session state and address bar are read and written.

It maps widgets, the browser's words and the address to events, and the page's state back to widgets and the address.
"""

import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, fields, replace
from functools import partial
from typing import Any

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from dashboard.app import events as e
from dashboard.app.player import Player
from dashboard.app.session import Session
from dashboard.app.sessions import sessions
from dashboard.app.state import (
    LANGUAGES,
    Classroom,
    Comparison,
    DataRoom,
    Exploration,
    Inside,
    Lessons,
    Looked,
    PageState,
    Part,
    Progress,
    Shared,
    Transport,
)
from dashboard.app.turns import turns
from dashboard.app.view import TURNED, View, fitted
from moons import Experiment, FieldError
from moons.fields import Several, ruled_fields
from moons.share import CHANGE, EDIT, PARTS, TURNS, WEIGHTS, from_query, read_spec, spec_query, to_query
from moons.share import VERSION as LINK_VERSION

TRAIN_ROOM = "train_room"  # key of the fragment that is the room Train
STAGE, BELOW = "stage", "below"  # and of those inside it: what moves; what stands below the charts
BLINK = 0.25  # seconds that the page waits for a run before it says that it is computing
# the fields of each part of the state that a widget holds; an epoch is held by the run
_KEYS: dict[type, tuple[str, ...]] = {
    part: tuple(f.name for f in fields(part) if not f.metadata.get("memory") and f.name != "epoch")
    for part in (View, Transport, Inside, Lessons, DataRoom, Comparison, Exploration, Shared, Classroom)
}
_EXPERIMENT = {*PARTS, CHANGE, EDIT, WEIGHTS, TURNS}  # what a link's parameters about the experiment begin with
_OURS = {*_EXPERIMENT, "view", "v"}
_ABSENT = object()


@dataclass(eq=False)
class Browser:
    """What this adapter remembers of one browser tab."""

    session: Session
    opened_with: dict[str, str] = field(default_factory=dict)  # what the address bar said of the page at first
    run: object = None  # the script's run whose widgets were read last
    heard: tuple[object, dict[str, Any]] = (None, {})  # a run of the script, and what components have said in it
    drawn: int = 0  # whole runs of the script, so far
    shown: PageState = field(default_factory=PageState)  # as the last whole run drew it
    settings: dict[str, Any] = field(default_factory=dict)  # the settings' widgets, as that run drew them
    handled: dict[str, int] = field(default_factory=dict)  # click -> the whole run that had drawn what was clicked
    sliders: dict[str, tuple[str, list[Any] | None]] = field(default_factory=dict)  # CSS name -> key, options
    memory: dict[str, Any] = field(default_factory=dict)  # what components have made, to be used again


_found = (
    threading.local()
)  # the last one that `browser` has found for a script's context: it is asked for 500 times a run


def begin() -> bool:
    """Make or find the session. Returns whether the page is drawn for the first time."""
    if "browser" in st.session_state:
        return False
    st.session_state["browser"] = Browser(sessions().new(), _ours())
    language = (st.context.locale or "").partition("-")[0]
    choose(replace(state().shared, language=language if language in LANGUAGES else "en"))
    return True


def attach(kept: Session) -> None:
    """Serve this tab by another session."""
    tab = browser()
    tab.session, tab.shown, tab.memory = kept, PageState(), {}
    kept.look()
    _show(kept.state)


def browser() -> Browser:
    """This tab's memory."""
    context = get_script_run_ctx()
    if context is None or getattr(_found, "context", None) is not context:
        _found.browser, _found.context = st.session_state["browser"], context
    kept: Browser = _found.browser
    return kept


def served() -> Session:
    """The session on the server."""
    return browser().session


def settle() -> PageState:
    """Wait a blink for the run, while other threads have this one's turn."""
    if player().arrived or state().playing:
        return served().settle(0.0)
    with turns().aside():
        return served().settle(BLINK)


def player() -> Player:
    """What moves through the run looked at."""
    return served().player


def state() -> PageState:
    """The page's state, with what the widgets say."""
    tab, run = browser(), _script_run()
    if tab.run is not run:
        tab.run = run
        for part in _parts(tab.session.state):
            values = {key: _frozen(st.session_state.get(key, _ABSENT)) for key in _KEYS[type(part)]}
            changes = {key: value for key, value in values.items() if value not in (_ABSENT, getattr(part, key))}
            if changes:
                tab.session.send(e.Chosen(replace(part, **changes)))
    return tab.session.state


def _script_run() -> object:
    """Stands for the script's run under way."""
    context = get_script_run_ctx()
    return context.cursors if context else None  # made anew for every run


def send(event: e.Event) -> PageState:
    """Let something happen, and make the widgets say it. Raises FieldError for what can't be."""
    state()
    after = served().send(event)
    _show(after)
    return after


def try_send(event: e.Event) -> PageState:
    """The same, but what can't be is told in a notice."""
    state()
    after = served().try_send(event)
    _show(after)
    return after


def choose(part: Part) -> PageState:
    """Let a part of the state say something else."""
    return send(e.Chosen(part))


def show_while_drawing(event: e.Event) -> PageState:
    """Let something happen that the drawing under way shows by itself: no other whole run is needed for it."""
    after, tab = send(event), browser()
    tab.shown = replace(after, looked=tab.shown.looked, progress=tab.shown.progress)
    return after


def look(**changes: Any) -> PageState:
    """Change what is looked at: fields of View."""
    return choose(replace(state().view, **changes))


def explore(**changes: Any) -> PageState:
    """Change what the room Explore's widgets say: fields of Exploration."""
    return choose(replace(state().exploration, **changes))


def open_room(room: str) -> None:
    """Go to another room."""
    look(room=room)


def keep_widgets() -> None:
    """Streamlit forgets the value of a widget that isn't drawn: say each of them anew."""
    now = state()
    for part in _parts(now):
        for key in _KEYS[type(part)]:
            st.session_state[key] = _thawed(getattr(part, key))


def _show(now: PageState) -> None:
    for part in _parts(now):
        for key in _KEYS[type(part)]:
            value = getattr(part, key)
            if key not in st.session_state or _frozen(st.session_state[key]) != value:
                st.session_state[key] = _thawed(value)


def _parts(now: PageState) -> Iterable[Part]:
    rooms = now.lessons, now.data_room, now.comparison, now.exploration, now.classroom
    return now.view, now.transport, now.inside, *rooms, now.shared


def _frozen(value: Any) -> Any:
    """A widget's list as the tuple that the state holds."""
    return tuple(value) if isinstance(value, list) else value


def _thawed(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def choose_tab(tab: str) -> None:
    """Open a tab under the charts."""
    look(tab=tab)
    st.session_state.pop("tabs", None)


def begin_tabs(labels: Mapping[str, str]) -> None:
    """For the tabs under the charts, by their labels: where none is chosen there, the one that the state says opens."""
    if st.session_state.get("tabs") not in labels.values():
        st.session_state["tabs"] = labels[state().view.tab]


def end_tabs(tab: str) -> None:
    """The tab that is open now: the state and the link say it too."""
    if tab != state().view.tab:
        show_while_drawing(e.Chosen(replace(state().view, tab=tab)))
        write_link()


def close(popover: str) -> None:
    """Close a popover, by its key."""
    st.session_state[popover] = False


def is_new(click: str, drawn: int) -> bool:
    """Whether a click on what the page showed in its `drawn`-th whole run is not handled yet.

    A timer's tick that overtakes the run of a click makes Streamlit begin that run, click and all, once more. Where no
    timer runs, every click is one.
    """
    tab = browser()
    new = not tab.shown.busy or tab.handled.get(click) != drawn
    tab.handled[click] = drawn
    return new


def drawn() -> int:
    """How many whole runs of the script there were."""
    return browser().drawn


def begin_drawing() -> None:
    """From here on the script draws the state as it is now."""
    browser().shown = state()


def end_drawing() -> None:
    """The script has drawn the whole page."""
    browser().drawn += 1


def needs_whole_run() -> bool:
    """Whether more has changed since the last whole run than what the moving parts show by themselves."""
    return _outline(state()) != _outline(browser().shown)


def needs_surroundings() -> bool:
    """Whether more has changed since the last whole run than what a lesson or a study shows by itself."""
    now, then = _outline(state()), _outline(browser().shown)
    return replace(now, lessons=then.lessons, exploration=then.exploration) != then


def runs_whole() -> bool:
    """Whether the script draws the page, not fragments of it alone."""
    context = get_script_run_ctx()
    return context is None or not context.fragment_ids_this_run


def needs_page() -> bool:
    """Whether more has changed since it was drawn than what the room Train shows by itself."""
    return _around(state()) != _around(browser().shown)


def redraw_room() -> None:
    """For a callback: draw the room Train, not only the fragment inside it that has heard; all, if more has changed."""
    st.rerun(scope="app" if needs_page() else TRAIN_ROOM)


def shown_by_fragment() -> None:
    """What has just happened is shown by the fragment at hand: no whole run is needed for it."""
    now = state()
    browser().shown = replace(now, tour=browser().shown.tour)  # which stands outside of any fragment


def _outline(now: PageState) -> PageState:
    """The state without what changes while a run moves."""
    looked = now.looked if not now.busy else replace(now.looked, cursor=replace(now.looked.cursor, epoch=0))
    progress = now.progress if not now.busy else replace(now.progress, known=0)
    return replace(now, looked=looked, progress=progress)


def _around(now: PageState) -> PageState:
    """The state without what stands in the room Train alone: where the run is looked at, the transport, the tour."""
    return replace(now, looked=Looked(now.looked.run), progress=Progress(), transport=Transport(), tour=None)


def theme() -> str:
    """ "light" or "dark", as the browser shows it."""
    return "dark" if st.context.theme.type == "dark" else "light"


def language() -> str:
    """The session's language."""
    try:
        return browser().session.shared.language
    except KeyError:  # the session has not begun
        return "en"


def every(fastest: float, *, share: float) -> float:
    """Seconds between two looks of a timer. All sessions' timers together look at most 1/`share` times a second."""
    return max(fastest, share * sessions().live)


def message(word: str, component: str) -> Any:
    """What a component in the browser has just said under that word; None if it has not."""
    tab, run = browser(), _script_run()
    if tab.heard[0] is not run:
        tab.heard = run, {}
    said = tab.heard[1]
    if component not in said:
        said[component] = st.session_state.get(component) or {}  # Streamlit makes it anew for each that asks
    return said[component].get(word)


def hear(component: str, acts: Mapping[str, Callable[[Any], None]]) -> dict[str, Any]:
    """A component's callbacks: each act is given what the browser says under its word.

    What can't be a word of ours, or comes from a component that is no longer there, does nothing.
    """

    def callback(word: str, act: Callable[[Any], None]) -> None:
        sent = message(word, component)
        if sent is not None:
            with suppress(KeyError, TypeError, ValueError, IndexError):
                act(sent)

    return {f"on_{word}_change": partial(callback, word, act) for word, act in acts.items()}


# the address bar


def went_back() -> bool:
    """Whether the browser's Back or Forward has brought another link of this session."""
    context = get_script_run_ctx()
    return context is not None and context.is_history_navigation


def read_link() -> tuple[Experiment, View, list[FieldError]]:
    """What the address bar says, and what was wrong there. The link of a known run may leave out what it has."""
    query, errors = _query(), list[FieldError]()
    view = read_spec(query, "view", View, errors)
    wanted = {key: text for key, text in query.items() if key.partition(".")[0] in _EXPERIMENT}
    if view.sheet and not wanted:
        return view.sheet.start, view, errors
    for run in served().runs if query.get("v", LINK_VERSION) == LINK_VERSION else ():
        if wanted == {key: text for key, text in to_query(run.experiment).items() if key != "v"}:
            return run.experiment, view, errors
    experiment, wrong = from_query(query)
    return experiment, view, wrong + errors


def link(**view: Any) -> dict[str, str]:
    """The parameters of a link to what is on the screen, or to another `view` of it."""
    now = state()
    screen = getattr(now.lessons, f"screen_{now.view.lesson}") + 1 if _has_screens(now.view) else 0
    says: dict[str, Any] = {"epoch": now.epoch, "screen": screen if screen > 1 else 0, **view}
    wanted = replace(now.view, **says)
    shown, _lacking = fitted(wanted, player().run.history)
    query = to_query(now.experiment) | spec_query("view", shown)
    return {"v": LINK_VERSION} | query if query else {}


def _has_screens(view: View) -> bool:
    return view.room == "learn" and view.lesson in TURNED


def _query() -> dict[str, str]:
    """What the address bar says. A parameter that is given several times has all its values, in order."""
    several = {f"view.{f.name}" for f, rule in ruled_fields(View) if isinstance(rule, Several)}
    return {
        key: "-".join(st.query_params.get_all(key)) if key in several else text for key, text in st.query_params.items()
    }


def _ours() -> dict[str, str]:
    """What the address bar says of the page."""
    return {key: text for key, text in _query().items() if key.partition(".")[0] in _OURS}


def write_link() -> None:
    """Make the address bar say what is on the screen; parameters that aren't ours stay."""
    others = {key: value for key, value in st.query_params.items() if key.partition(".")[0] not in _OURS}
    served().link = link()
    wanted = others | served().link
    if dict(st.query_params.items()) != wanted:
        st.query_params.from_dict(wanted)
