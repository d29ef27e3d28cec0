"""What Streamlit makes anew for every run of the script though it stays the same: made once. A fifth of a click's cost.

This rests on the exact release of Streamlit. Where a name is missing, Streamlit does as it does by itself.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from streamlit import config
from streamlit.runtime import app_session
from streamlit.runtime.state import SessionState


def lighten() -> None:
    """Take Streamlit's own functions over; once a process."""
    for name in ("_populate_theme_msg", "_populate_config_msg"):
        if fill := getattr(app_session, name, None):
            setattr(app_session, name, once(fill))
    if isinstance(whole := getattr(SessionState, "filtered_state", None), property):
        SessionState.filtered_state = property(lambda state: Shown(state, whole))  # type: ignore[assignment, method-assign]


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
