"""Turns of the page's script: Python runs one thread at a time, and many at once would all end late."""

import heapq
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from itertools import count

from dashboard.app.processor import processor

AT_ONCE = 1
PATIENCE = 1.0  # seconds of a turn, after which another one begins beside it
BACK, CLICK, LOOK = 0, 1, 2  # what a turn is for: what has begun goes on; a person waits for it; a timer asks


@cache
def turns() -> "Turns":
    """Those of this process."""
    return Turns(AT_ONCE)


class Turns:
    """So many threads at once, clicks before looks, each in the order of asking.

    A turn that takes longer than `patience` seconds holds up the others no more: one of them goes on beside it.
    """

    def __init__(self, most: int, patience: float = PATIENCE) -> None:
        self._most, self._patience, self._numbers = most, patience, count()
        self._lock = threading.Lock()
        self._waiting: list[tuple[int, int, threading.Event]] = []
        self._held: dict[threading.Event, float] = {}  # turn -> since when
        self._mine = threading.local()

    @property
    def waiting(self) -> int:
        """How many wait for theirs."""
        return len(self._waiting)

    @property
    def clicks(self) -> int:
        """How many of them a person waits for."""
        with self._lock:
            return sum(why < LOOK for why, _number, _event in self._waiting)

    @contextmanager
    def take(self, why: int = CLICK) -> Iterator[None]:
        """Have a turn; a thread that has one goes on."""
        if getattr(self._mine, "held", None):
            yield
            return
        self._begin(why)
        try:
            yield
        finally:
            self._end()

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Let another thread have this one's turn while it waits for something else."""
        if not getattr(self._mine, "held", None):
            yield
            return
        self._end()
        try:
            yield
        finally:
            self._begin(BACK)

    def _begin(self, why: int) -> None:
        turn = threading.Event()
        with self._lock:
            heapq.heappush(self._waiting, (why, next(self._numbers), turn))
            self._grant()
        while not turn.wait(self._patience):
            with self._lock:
                self._grant()
        self._mine.held = turn
        processor().join()

    def _end(self) -> None:
        with self._lock:
            del self._held[self._mine.held]
            self._grant()
        self._mine.held = None

    def _grant(self) -> None:
        """Let go on who may: as many as may at once, and one beside those that take long."""
        now = time.monotonic()
        long = any(now - since > self._patience for since in self._held.values())
        while self._waiting and len(self._held) < self._most + long:
            _why, _number, turn = heapq.heappop(self._waiting)
            self._held[turn] = now
            turn.set()
