"""All sessions of the process: found again by their token, bounded in number and memory."""

import math
import threading
import time
from collections.abc import Callable
from functools import cache

from dashboard.app.beside import RunsBeside
from dashboard.app.runner import Runner
from dashboard.app.session import Session

KEPT = 3600.0  # seconds that a session is kept after the last sign of its browser
COUNT_EVERY = 0.5  # seconds
MOST_BYTES = 600_000_000  # of runs, over all sessions


def sessions() -> "Sessions":
    """All sessions of this process."""
    with _only_one:
        return _sessions()


@cache
def _sessions() -> "Sessions":
    return Sessions()


_only_one = threading.Lock()  # `cache` alone makes several, where the first visitors come at once


class Sessions:
    """Token → session. A token is random and known to its browser alone."""

    def __init__(self, runner: Runner | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self.runner = runner or Runner()
        self._beside = RunsBeside(self.runner, clock)
        self._clock = clock
        self._lock = threading.Lock()
        self._sessions: dict[str, Session] = {}
        self._live, self._count_again = 0, -math.inf  # when to count them again

    def __len__(self) -> int:
        return len(self._sessions)

    def new(self) -> Session:
        """A session of its own."""
        session = Session(self.runner, self._clock, self._beside)
        with self._lock:
            self._sessions[session.token] = session
        self.tidy()
        return session

    def find(self, token: str) -> Session | None:
        """The session of a token, if it is still kept."""
        with self._lock:
            return self._sessions.get(token)

    def forget(self, token: str) -> None:
        """Let go of a session and its runs."""
        with self._lock:
            session = self._sessions.pop(token, None)
        if session is not None:
            session.close()

    @property
    def live(self) -> int:
        """How many sessions somebody looks at; as counted at most COUNT_EVERY ago."""
        now = self._clock()
        if now >= self._count_again:
            with self._lock:
                self._live = sum(session.watched for session in self._sessions.values())
            self._count_again = now + COUNT_EVERY
        return self._live

    def tidy(self) -> None:
        """Forget sessions not looked at for long; then, to save memory, runs; then sessions that nobody looks at."""
        now = self._clock()
        with self._lock:
            for token, session in list(self._sessions.items()):
                if now - session.seen > KEPT and not session.watched:
                    del self._sessions[token]
            sessions = sorted(self._sessions.values(), key=lambda session: (session.watched, session.seen))
            held = sum(session.nbytes for session in sessions)
            for session in sessions:
                while held > MOST_BYTES and (gone := session.shrink()) is not None:
                    held -= gone.history.nbytes
            for session in sessions:
                if held > MOST_BYTES and not session.watched:
                    held -= session.nbytes
                    del self._sessions[session.token]
