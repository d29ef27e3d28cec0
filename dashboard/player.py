"""Plays a run: an epoch cursor that moves through its history, training further where the history ends."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from moons.progress import Chunk, State
from moons.run import CHUNK_EPOCHS, History

BLINK = 0.25  # seconds: with the drawing, still instant to a person


class Player:
    """One run being looked at. Only the thread whose `turn` it is moves the cursor."""

    def __init__(self, history: History, epoch: int = 0) -> None:
        self.history = history
        self.state: State = history.state_at(epoch)  # what is looked at
        self.playing = False
        self.pace = 0.0  # epochs per second, as last played
        self._seconds_per_epoch = 0.0  # of computing, for the size of the next chunk; 0 is not known yet
        self._turn = threading.Lock()
        self._last_tick: float | None = None

    @property
    def epoch(self) -> int:
        """The epoch looked at."""
        return self.state.epoch

    @property
    def at_end(self) -> bool:
        """Whether nothing comes after the epoch looked at."""
        done = self.history.ended is not None and self.epoch == self.history.n_epochs
        return done or self.epoch >= self.history.experiment.epochs

    @contextmanager
    def turn(self, *, wait: bool = False) -> Iterator[bool]:
        """Whether this thread may move the cursor now. A tick doesn't wait: when a click has overtaken it, it draws."""
        mine = self._turn.acquire(blocking=wait)
        try:
            yield mine
        finally:
            if mine:
                self._turn.release()

    def play(self) -> None:
        """Start to move; from the beginning, if the run is at its end."""
        if self.playing:
            return
        if self.at_end:
            self.seek(0)
        self.playing, self._last_tick = True, None

    def pause(self) -> None:
        """Stop moving."""
        self.playing = False

    def seek(self, epoch: int) -> None:
        """Look at another epoch that is already trained."""
        self.state = self.history.state_at(epoch)

    def advance(self, epochs: int) -> Chunk | None:
        """Move on by `epochs`, in pieces that leave keyframes behind. Returns the last one; None at the end."""
        began, first, chunk = time.perf_counter(), self.epoch, None
        while self.epoch < first + epochs and not self.at_end:
            chunk = next(self.history.play(self.state, min(first + epochs - self.epoch, CHUNK_EPOCHS)))
            self.state = chunk.state
        if self.epoch > first:
            self._seconds_per_epoch = (time.perf_counter() - began) / (self.epoch - first)
        return chunk

    def step(self, epochs: int) -> None:
        """Move on by exactly `epochs`, or to the end."""
        self.advance(epochs)

    def tick(self, pictures: int, epochs: int, budget: float) -> Iterator[Chunk]:
        """Move on by `epochs` for each of up to `pictures` pictures, within about `budget` seconds."""
        began, first = time.perf_counter(), self.epoch
        for _ in range(pictures):
            left = began + budget - time.perf_counter()
            if left <= 0 or (chunk := self.advance(self._affordable(epochs, left))) is None:
                break
            yield chunk
        if self._last_tick is not None:
            self.pace = (self.epoch - first) / (began - self._last_tick)
        self._last_tick = began
        if self.at_end:
            self.pause()

    def finish(self) -> bool:
        """Go to the end of the run at once, or to its start if the end is more than a blink away. Returns which."""
        began = time.perf_counter()
        while not self.at_end:
            if time.perf_counter() - began > BLINK:
                self.seek(0)
                return False
            self.advance(CHUNK_EPOCHS)
        return True

    def _affordable(self, epochs: int, seconds: float) -> int:
        """How many of `epochs` fit into `seconds`, at least one; few while their cost isn't known."""
        if not self._seconds_per_epoch:
            return min(epochs, CHUNK_EPOCHS)
        return max(1, min(epochs, int(seconds / self._seconds_per_epoch)))
