"""Streamlit's session state, looked up where a widget asks for one value of it.

Streamlit 1.67 copies the whole state, components' values included, for every slider, selection and number input that
has a key: a tenth of a run of the script, a quarter where many run. This rests on that exact release.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from streamlit.runtime.state.safe_session_state import SafeSessionState

_copied: Any = SafeSessionState.filtered_state  # a property


class _View(Mapping[str, Any]):
    """What `filtered_state` holds, read when it is asked for."""

    def __init__(self, state: SafeSessionState) -> None:
        self._state = state

    def __getitem__(self, key: str) -> Any:
        return self._state[key]

    def __iter__(self) -> Iterator[str]:
        return iter(_copied.fget(self._state))

    def __len__(self) -> int:
        return len(_copied.fget(self._state))


def install() -> None:
    """From now on widgets look values up."""
    SafeSessionState.filtered_state = property(_View)  # type: ignore[assignment, method-assign]
