"""What Streamlit makes anew for every run of the script though it stays the same: made once. A fifth of a click's cost.

This rests on the exact release of Streamlit. Where a name is missing, Streamlit does as it does by itself.
"""

import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from streamlit import config
from streamlit.runtime import app_session
from streamlit.runtime.state import SessionState, session_state

_keeping = threading.local()


def lighten() -> None:
    """Take Streamlit's own functions over; once a process."""
    for name in ("_populate_theme_msg", "_populate_config_msg"):
        _take_over(app_session, name, once)
    _take_over(SessionState, "filtered_state", lambda whole: property(lambda state: Shown(state, whole)))
    _take_over(SessionState, "_compact_state", keeping)
    _take_over(session_state, "apply_presenter", unless_keeping)


def _take_over(owner: object, name: str, by: Callable[[Any], Any]) -> None:
    if own := getattr(owner, name, None):
        setattr(owner, name, by(own))


def keeping(keep: Callable[[SessionState], None]) -> Callable[[SessionState], None]:
    """Keep the session's values for the next run of the script as they are: nobody reads them meanwhile."""

    def kept(state: SessionState) -> None:
        _keeping.now = True
        try:
            keep(state)
        finally:
            _keeping.now = False

    return kept


def unless_keeping(present: Callable[..., Any]) -> Callable[..., Any]:
    """What a script reads of a component's value: a dictionary of a class that is made anew for each."""

    def presented(state: SessionState, widget: str, value: Any) -> Any:
        return value if getattr(_keeping, "now", False) else present(state, widget, value)

    return presented


def once(fill: Callable[..., None]) -> Callable[..., None]:
    """A function that fills a message with a section of the configuration, asked for only where that has changed."""
    made: dict[tuple[str, ...], Any] = {}
    config.on_config_parsed(made.clear, force_connect=True)

    def filled(message: Any, *section: str) -> None:
        if section not in made:
            part = type(message)()
            fill(part, *section)
            made[section] = part
        if made[section].ByteSize():  # else it must not even be there
            message.MergeFrom(made[section])

    return filled


class Shown(Mapping[str, Any]):
    """The session's values under their keys. Each widget looks at one: all are made only where all are asked for."""

    def __init__(self, state: SessionState, whole: property) -> None:
        self._state, self._whole = state, whole

    def __getitem__(self, key: str) -> Any:
        return self._state[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._whole.__get__(self._state))

    def __len__(self) -> int:
        return len(self._whole.__get__(self._state))
