"""Turns of the page's script: Python runs one thread at a time, and many at once would all end late."""

import heapq
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from itertools import count

AT_ONCE = 2
BACK, CLICK, LOOK = 0, 1, 2  # what a turn is for: what has begun goes on; a person waits for it; a timer asks


@cache
def turns() -> "Turns":
    """Those of this process."""
    return Turns(AT_ONCE)


class Turns:
    """So many threads at once, clicks before looks, each in the order of asking."""

    def __init__(self, most: int) -> None:
        self._free, self._numbers = most, count()
        self._lock = threading.Lock()
        self._waiting: list[tuple[int, int, threading.Event]] = []
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
        if getattr(self._mine, "held", False):
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
        if not getattr(self._mine, "held", False):
            yield
            return
        self._end()
        try:
            yield
        finally:
            self._begin(BACK)

    def _begin(self, why: int) -> None:
        with self._lock:
            mine = None if self._free else threading.Event()
            if mine is None:
                self._free -= 1
            else:
                heapq.heappush(self._waiting, (why, next(self._numbers), mine))
        if mine is not None:
            mine.wait()
        self._mine.held = True

    def _end(self) -> None:
        self._mine.held = False
        with self._lock:
            if self._waiting:
                heapq.heappop(self._waiting)[2].set()
            else:
                self._free += 1
