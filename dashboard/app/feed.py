"""The states that a run passes through, for whoever shows them: bounded, so that a slow listener misses some."""

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from itertools import takewhile

import numpy as np
from numpy.typing import NDArray

from moons.progress import Scores

KEPT = 240  # states: four seconds at full pace


@dataclass(frozen=True, eq=False)
class Frame:
    """The network after `epoch` epochs, and how it does."""

    number: int  # counts a feed's frames, from 1
    run: int  # the number of the player that made it
    epoch: int
    scores: Scores
    parameters: NDArray[np.float32]  # (n_parameters,)


class Feed:
    """Frames in the order of their making. Any thread may add, take and listen."""

    def __init__(self) -> None:
        self._frames: deque[Frame] = deque(maxlen=KEPT)
        self._lock = threading.Lock()
        self._listeners: dict[object, Callable[[], None]] = {}
        self._number = 0

    def add(self, run: int, epoch: int, scores: Scores, parameters: NDArray[np.float32]) -> None:
        """One more frame."""
        with self._lock:
            self._number += 1
            self._frames.append(Frame(self._number, run, epoch, scores, parameters))
        self.wake()

    def since(self, number: int) -> list[Frame]:
        """The frames after that number, as far as they are kept."""
        with self._lock:
            newest_first = takewhile(lambda frame: frame.number > number, reversed(self._frames))
            return list(newest_first)[::-1]

    @property
    def number(self) -> int:
        """Of the last frame."""
        return self._number

    def listen(self, key: object, wake: Callable[[], None]) -> None:
        """Call `wake` on every frame, on the thread that adds it: it must only signal."""
        with self._lock:
            self._listeners[key] = wake

    def leave(self, key: object) -> None:
        """Call no more."""
        with self._lock:
            self._listeners.pop(key, None)

    @property
    def listeners(self) -> int:
        """How many listen."""
        return len(self._listeners)

    def wake(self) -> None:
        """Signal all listeners: there is something new."""
        with self._lock:
            wakes = list(self._listeners.values())
        for wake in wakes:
            wake()
