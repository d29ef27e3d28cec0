"""Two places where Streamlit 1.67 takes more time than it must, found with a hundred sessions; rests on that release.

Widgets: for every slider, selection and number input that has a key the whole session state is copied, components'
values included: a tenth to a quarter of a run of the script. Here they look one value up.

Messages: after each of the hundred messages of a run the server's loop goes round once. Where other threads compute,
each round waits for them: that allowed for five runs a second. Here it goes round once in a few milliseconds.
"""

import asyncio
import time
from collections.abc import Iterator, Mapping
from types import SimpleNamespace
from typing import Any

from streamlit.runtime import runtime
from streamlit.runtime.state.safe_session_state import SafeSessionState

AT_ONCE = 0.005  # seconds of sending, after which others have their turn

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


class _Rounds:
    """`asyncio.sleep` that gives way to others at most once in AT_ONCE."""

    def __init__(self) -> None:
        self._last = 0.0

    async def sleep(self, delay: float, result: Any = None) -> Any:
        if delay or time.perf_counter() - self._last > AT_ONCE:
            await asyncio.sleep(delay)
            self._last = time.perf_counter()
        return result


def install() -> None:
    """From now on both are quicker."""
    SafeSessionState.filtered_state = property(_View)  # type: ignore[assignment, method-assign]
    runtime.asyncio = SimpleNamespace(**vars(asyncio) | {"sleep": _Rounds().sleep})  # type: ignore[assignment, attr-defined]
