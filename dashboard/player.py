"""Plays a run: an epoch cursor that moves through its history, training further where the history ends."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from moons.progress import Chunk, State, TrainSpec
from moons.run import CHUNK_EPOCHS, History

ROUGHLY = 5e-10  # seconds of an epoch for each point and parameter, until it is measured
BLINK = 0.25  # seconds: with the drawing, still instant to a person


class Player:
    """One run being looked at. Only the thread whose `turn` it is moves the cursor."""

    def __init__(self, history: History, epoch: int = 0, *, origin: int = 0, seconds: float = 0.0) -> None:
        self.history = history
        self.origin = origin  # the epoch from which changed settings hold; at 0 they mean a new run
        self.seconds = seconds  # of computing, for the epochs trained so far
        self.state: State = history.state_at(epoch)  # what is looked at
        self.by_hand = False  # whether a person has made it move
        self.playing = False
        self.backwards = False
        self.goal: int | None = None  # the epoch at which playing ends; None is the end of the run
        self.pace = 0.0  # epochs per second, as last played
        self._seconds_per_epoch = 0.0  # of computing, for the size of the next chunk; 0 is not known yet
        self._turn = threading.Lock()
        self._last_tick: tuple[float, int] | None = None  # when it began, and how many epochs it moved

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

    def play(self, *, backwards: bool = False, goal: int | None = None) -> None:
        """Start to move; from the beginning, if the run is at its end."""
        if self.playing:
            return
        self.goal = goal
        if self.at_end and not backwards:
            self.seek(0)
        self.playing, self.backwards, self._last_tick, self.pace = True, backwards, None, 0.0
        self.by_hand = True

    def pause(self) -> None:
        """Stop moving."""
        self.playing = False

    def seek(self, epoch: int) -> None:
        """Look at another epoch that is already trained."""
        self.state = self.history.state_at(epoch)

    def advance(self, epochs: int) -> Chunk | None:
        """Move on by `epochs`, in pieces that leave keyframes behind. Returns the last one; None at the end."""
        began, first, known, chunk = time.perf_counter(), self.epoch, self.history.n_epochs, None
        while self.epoch < first + epochs and not self.at_end:
            chunk = next(self.history.play(self.state, min(first + epochs - self.epoch, CHUNK_EPOCHS)))
            self.state = chunk.state
        if self.epoch > first:
            self._seconds_per_epoch = (time.perf_counter() - began) / (self.epoch - first)
            self.seconds += self._seconds_per_epoch * (self.history.n_epochs - known)
        return chunk

    def step(self, epochs: int, within: float = BLINK) -> None:
        """Move on by exactly `epochs`, or to the end; what takes more than `within` seconds is played from there on."""
        self.by_hand = True
        goal = self.epoch + epochs
        if not self.reach(goal, within):
            self.play(goal=goal)

    def tick(self, pictures: int, epochs: int, budget: float) -> Iterator[State]:
        """Move by `epochs` for each of up to `pictures` pictures, within about `budget` seconds."""
        began, first = time.perf_counter(), self.epoch
        if self._last_tick is not None:
            then, moved = self._last_tick
            self.pace = moved / (began - then)
        for _ in range(pictures):
            left = began + budget - time.perf_counter()
            if left <= 0 or self._played_out:
                break
            if self.backwards:
                self.seek(max(0, self.epoch - epochs))
            else:
                self.advance(self._affordable(epochs if self.goal is None else self.goal - self.epoch, left))
            yield self.state
        moved = abs(self.epoch - first)
        if self._played_out:
            if self._last_tick is None:  # a tick was enough for all of it
                self.pace = moved / (time.perf_counter() - began)
            self.pause()
        self._last_tick = began, moved

    def reach(self, epoch: int, within: float) -> bool:
        """Train to `epoch`, or as far as `within` seconds allow. Returns whether nothing is left to do."""
        began = time.perf_counter()
        while self.epoch < epoch and not self.at_end and (left := began + within - time.perf_counter()) > 0:
            self.advance(self._affordable(min(CHUNK_EPOCHS, epoch - self.epoch), left))
        return self.epoch >= epoch or self.at_end

    def finish(self, within: float = BLINK) -> bool:
        """Go to the end of the run at once, or to where its settings hold from if that takes too long. Returns which.

        `within` is in seconds.
        """
        began = time.perf_counter()
        while not self.at_end:
            left = began + within - time.perf_counter()
            if left <= 0:
                self.seek(self.origin)
                return False
            self.advance(self._affordable(CHUNK_EPOCHS, left))
        return True

    def branch(self, epoch: int, training: TrainSpec) -> "Player":
        """A player of a new run: this one's first `epoch` epochs, and from there on as `training` says."""
        history = self.history.branch(epoch, training)
        return Player(history, epoch, seconds=self.seconds * epoch / max(1, self.history.n_epochs))

    def edit(self, epoch: int, parameter: int, value: float) -> "Player":
        """A player of a new run: this one's first `epoch` epochs, and from there on with a weight set by hand.

        Raises FieldError for what can't be set.
        """
        history = self.history.edit(epoch, parameter, value)
        return Player(history, epoch, origin=epoch, seconds=self.seconds * epoch / max(1, self.history.n_epochs))

    @property
    def _played_out(self) -> bool:
        """Whether nothing is left to play in this direction."""
        return self.epoch == 0 if self.backwards else self.at_end or self.epoch == self.goal

    def _affordable(self, epochs: int, seconds: float) -> int:
        """How many of `epochs` fit into `seconds`, at least one; few while their cost is only guessed."""
        if self._seconds_per_epoch:
            return max(1, min(epochs, int(seconds / self._seconds_per_epoch)))
        guess = ROUGHLY * len(self.history.dataset.y_train) * self.state.parameters.size
        return max(1, min(epochs, CHUNK_EPOCHS, int(seconds / guess)))
