"""One processor for all threads that run Python, while many people look on.

A thread that lets Python's lock go, as a call of NumPy, PyTorch or a socket does, has to wait for it afterwards where
a thread on another processor has taken it. On one processor no other runs in so short a time. `benchmarks.load` shows
it: with a hundred visitors, rooms open several times as fast, with more pictures.
"""

import ctypes
import math
import os
import sys
import threading
import time
from collections.abc import Callable
from functools import cache

MANY = 8  # sessions that somebody looks at
AGAIN = 20.0  # seconds after which the processor is chosen anew


@cache
def processor() -> "Processor":
    """That of this process."""
    return Processor()


class Processor:
    """Where threads run. Any thread may place itself; where a system can't be told, nothing happens."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._all = frozenset(os.sched_getaffinity(0)) if sys.platform == "linux" else frozenset[int]()
        self._shared, self._clock, self._chosen = self._all, clock, -math.inf
        self._mine = threading.local()

    def choose(self, sessions: int) -> None:
        """Choose the processor, from time to time: the one that the system has given this thread meanwhile.

        The thread is one that always has something to do, so that the system finds a place for it where there is room.
        """
        if len(self._all) < 2:
            return
        now = self._clock()
        if sessions < MANY:
            self._shared, self._chosen = self._all, -math.inf
            self.join()
        elif self._mine.__dict__.get("at") != self._all:
            if now - self._chosen > AGAIN:
                self._place(self._all)
        else:
            self._shared, self._chosen = frozenset([ctypes.CDLL(None).sched_getcpu()]), now
            self.join()

    def join(self) -> None:
        """This thread runs Python: it goes where the others are."""
        self._place(self._shared)

    def leave(self) -> None:
        """This thread computes outside Python's lock for long: it may run anywhere."""
        self._place(self._all)

    def _place(self, where: frozenset[int]) -> None:
        if sys.platform == "linux" and where and self._mine.__dict__.get("at") != where:
            try:
                os.sched_setaffinity(0, where)
            except OSError:  # it isn't allowed here
                self._all = self._shared = frozenset()
            self._mine.at = where
