"""Moves the epoch looked at through a run. A worker thread does the moving; any other thread steers and reads."""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import replace

from dashboard.app.feed import Feed
from dashboard.app.runs import Run
from dashboard.app.state import Cursor, Motion, Progress
from moons import FieldError
from moons.model import NaiveNet, build_model, set_parameters
from moons.progress import Chunk, Scores, State, Stopped
from moons.run import CHUNK_EPOCHS
from moons.scores import scores_of

PICTURES = 60  # a second, at most
MOST_PICTURES = 2_000  # a second, of all players together: what a processor's Python makes and leaves time for clicks
FEWEST = 5  # a second, of one player
TOGETHER = 4  # pictures that are made in one go
PACE_OVER = 1.0  # seconds
LEAST = 0.01  # seconds of processor time in a slice: what is spent in waiting for Python's lock isn't work
SLICES = 2  # of work on a picture, after which it is shown as far as it has come: a busy machine may cut one short
SLOW = 0.002  # seconds of a picture
ROUGHLY = 5e-10  # seconds of an epoch for each point and parameter, until it is measured


def fair_pictures(players: int, waiting: int = 0) -> float:
    """Pictures a second of each of so many players; fewer while so many clicks wait for the page."""
    most = MOST_PICTURES / (1 + waiting / 8)
    return min(PICTURES, max(FEWEST, most / max(1, players)))


class Player:
    """One run being looked at: a Task for the runner."""

    def __init__(
        self,
        run: Run,
        cursor: Cursor,
        feed: Feed,
        *,
        number: int,
        owner: object,
        watched: Callable[[], bool],
        pictures: Callable[[], float] = lambda: PICTURES,
    ) -> None:
        self.run, self.number, self.owner, self._feed, self._watched = run, number, owner, feed, watched
        self._pictures = pictures  # a second
        self.speed = 20  # epochs per picture
        self.failure: Exception | None = None
        self._changed = threading.Condition()
        self._waiting = 0  # threads in `wait`
        self._cursor = cursor
        self._state: State = run.history.last if cursor.epoch >= run.history.n_epochs else run.history.state_at(0)
        self._start: int | None = None  # the epoch to begin a motion at, until it is found
        self._due = 0.0
        self._seconds_per_epoch = 0.0  # 0 is not known yet
        self._costs = 0.0  # seconds since the last whole epoch
        self._training: Iterator[Chunk] | None = None  # under way, up to `_trained`
        self._trained: State | None = None
        self._chunk = self._planned = 0  # epochs between two chunks of it, and the epoch where the next one ends
        self._until = 0.0  # when the slice ends
        self._begun = 0.0  # when it began, by the processor time of the thread that works on it
        self._inside: State | None = None  # how far the next picture has come, where a slice was too short for it
        self._wanted = 0  # the epoch of the next picture, where it is begun
        self._slices = 0  # that ended before it was reached
        self._measured: NaiveNet | None = None  # by the thread that works on this player
        self._moves: deque[tuple[float, int]] = deque(maxlen=PICTURES)  # when, and the epoch then

    @property
    def apart(self) -> bool:
        """Whether a picture takes long to compute, outside Python's lock."""
        return self._seconds_per_epoch * self.speed > SLOW

    @property
    def state(self) -> State:
        """The state that can be shown now."""
        return self._state

    @property
    def epoch(self) -> int:
        """Its epoch."""
        return self._state.epoch

    @property
    def cursor(self) -> Cursor:
        """Where the run is looked at now."""
        cursor, known = self._cursor, self.run.history.n_epochs
        if cursor.motion is not Motion.REST:
            return replace(cursor, epoch=self.epoch if self._start is None else self._start)
        if self.run.history.ended or cursor.wanted <= known:
            return Cursor(min(cursor.epoch, known), paused=cursor.paused)
        return cursor

    @property
    def motion(self) -> Motion:
        """Whether and which way it moves."""
        return self._cursor.motion

    @property
    def progress(self) -> Progress:
        """How far the run is trained."""
        return Progress(self.run.history.n_epochs, self.run.history.ended)

    @property
    def arrived(self) -> bool:
        """Whether the state shown is the one wanted."""
        return self._cursor.motion is Motion.REST and (
            self.failure is not None or (self.cursor.goal is None and self.epoch == self.cursor.epoch)
        )

    @property
    def seconds_left(self) -> float:
        """An estimate of the computing up to the epoch wanted."""
        history = self.run.history
        left = max(0, self._cursor.wanted - history.n_epochs)
        partial = history.last.partial
        if not self._seconds_per_epoch and partial and self._costs:  # the first epoch takes longer than a slice
            batches = history.experiment.training.steps_per_epoch(len(history.dataset.y_train))
            return self._costs * (left * batches / partial.batches - 1)
        return left * (self._seconds_per_epoch or self._guess())

    @property
    def pace(self) -> float:
        """Epochs a second, over the last pictures; 0 before any."""
        if len(self._moves) < 2:
            return 0.0
        (first, from_epoch), (last, to_epoch) = self._moves[0], self._moves[-1]
        return abs(to_epoch - from_epoch) / (last - first) if last > first else 0.0

    def model(self) -> NaiveNet:
        """The network of the state that can be shown now, on the CPU."""
        # not history.model_at, which looks for a state and may only be asked by whoever holds the run's lock
        history = self.run.history
        model = build_model(history.experiment.model, history.dataset.n_classes)
        set_parameters(model, self._state.parameters)
        return model

    def go(self, cursor: Cursor) -> None:
        """Look elsewhere, or move; what was under way ends within its chunk."""
        with self._changed:
            moving = cursor.motion is not Motion.REST
            self._start = cursor.epoch if moving and cursor.epoch != self.epoch else None
            if cursor.motion is not self._cursor.motion or not moving:
                self._moves.clear()
                self._moves.append((time.perf_counter(), self.epoch if self._start is None else self._start))
            self._cursor, self._due, self.failure = cursor, 0.0, None
            self._inside, self._wanted, self._training = None, 0, None

    def wait(self, seconds: float) -> bool:
        """Wait until the state wanted is there, at most so long. Returns whether it is."""
        with self._changed:
            self._waiting += 1  # whoever waits looks, for longer than since the browser's last sign
            try:
                return self._changed.wait_for(lambda: self.arrived, seconds)
            finally:
                self._waiting -= 1

    def work(self, until: float) -> float | None:
        """One slice: see runner.Task."""
        if self.arrived or not (self._waiting or self._watched()):
            return None
        cursor, self._begun = self._cursor, time.thread_time()
        with self.run.lock:
            try:
                if cursor.motion is Motion.REST:
                    return self._reach(cursor, until)
                self._begin(cursor, until)
                if cursor.motion is Motion.BACKWARD:
                    return self._back(cursor, until)
                return self._forth(cursor, until)
            except Stopped:  # a seek goes on from where it was stopped
                return time.perf_counter()
            except Exception as error:
                with self._changed:
                    self.failure, self._cursor = error, Cursor(self.epoch)
                    self._changed.notify_all()
                self._feed.wake()
                if isinstance(error, FieldError):
                    return None
                raise  # the runner logs what nobody has foreseen

    def _reach(self, cursor: Cursor, until: float) -> float | None:
        """Train up to the epoch wanted, or find it among what is trained."""
        history = self.run.history
        state, scores = history.last, None
        while history.n_epochs < cursor.wanted and history.ended is None and not self._stops(cursor, until):
            state, scores = self._train(history.last, cursor.wanted, CHUNK_EPOCHS, until)
        if cursor.epoch <= history.n_epochs or history.ended is not None:
            epoch = min(cursor.epoch, history.n_epochs)
            if scores is None or state.partial or state.epoch != epoch:
                state = history.state_at(epoch, stop=lambda: self._stops(cursor, until))
                scores = None
        if state.whole.epoch != self.epoch or self.arrived:
            known = None if state.partial or state.epoch == cursor.epoch else scores
            self._show(cursor, state.whole, known)
        if not self.arrived:
            return time.perf_counter()
        with self._changed:
            self._moves.clear()  # a leap has no pace
        return None

    def _begin(self, cursor: Cursor, until: float) -> None:
        """Where a motion begins elsewhere than at the epoch shown."""
        if self._start is not None:
            epoch = min(self._start, self.run.history.n_epochs)
            state = self.run.history.state_at(epoch, stop=lambda: self._stops(cursor, until))
            with self._changed:
                if self._cursor is cursor:
                    self._state, self._start = state, None

    def _forth(self, cursor: Cursor, until: float) -> float | None:
        """A few pictures of playing forward."""
        began = time.perf_counter()
        made = 0
        while made < TOGETHER and not self._at_end(cursor):
            start = self._inside or self._state
            if self._wanted <= self.epoch:
                end = self.run.history.experiment.epochs if cursor.goal is None else cursor.goal
                self._wanted, self._slices = min(self.epoch + self.speed, end), 0
            state, scores = self._train(start, self._wanted, self.speed, until)
            ends = state.epoch == cursor.goal or self._is_end(state.epoch)
            reached = ends or state.epoch >= self._wanted
            self._inside = None if reached else state
            self._slices += not reached
            if not reached and (made or state.epoch == self.epoch or self._slices < SLICES):
                return time.perf_counter()  # the picture goes on in the next slice
            self._show(cursor, state.whole, None if state.partial or ends else scores)
            made += 1
            if self._stops(cursor, until):
                break
        return self._onward(cursor, began, made)

    def _back(self, cursor: Cursor, until: float) -> float | None:
        """A picture of playing backwards."""
        began = time.perf_counter()
        state = self.run.history.state_at(max(0, self.epoch - self.speed), stop=lambda: self._stops(cursor, until))
        self._show(cursor, state, None)
        return self._onward(cursor, began, 1)

    def _onward(self, cursor: Cursor, began: float, made: int) -> float | None:
        """When to go on; at the end of the motion, rest."""
        if self._at_end(cursor):
            with self._changed:
                if self._cursor is cursor:
                    self._cursor = Cursor(self.epoch)
                self._changed.notify_all()
            self._feed.wake()
            return None
        self._due = max(self._due, began) + made / self._pictures()
        return self._due

    def _at_end(self, cursor: Cursor) -> bool:
        if cursor.motion is Motion.BACKWARD:
            return self.epoch == 0
        return self.epoch == cursor.goal or self._is_end(self.epoch)

    def _is_end(self, epoch: int) -> bool:
        """Whether the run ends there, as it was to or sooner; not every epoch of a run that has ended does."""
        history = self.run.history
        return epoch == history.experiment.epochs or (history.ended is not None and epoch == history.n_epochs)

    def _train(self, start: State, end: int, chunk: int, until: float) -> tuple[State, Scores | None]:
        """On from `start` towards epoch `end`, at most `chunk` epochs; the state may lie inside an epoch."""
        began, known = time.perf_counter(), self.run.history.n_epochs
        self._until = until
        found = next(self._training_from(start, end, chunk))
        self._trained = found.state
        taken = time.perf_counter() - began
        done = found.state.epoch - start.epoch
        self._costs += taken
        if done:
            self._seconds_per_epoch, self._costs = self._costs / done, 0.0
        if self.run.history.n_epochs > known or found.measured is None:
            self.run.seconds += taken
        return found.state, found.measured

    def _training_from(self, start: State, end: int, chunk: int) -> Iterator[Chunk]:
        """The training under way, if it goes on from `start` and not beyond `end`; its start is dear."""
        if start.epoch >= self._planned:
            self._planned = start.epoch + self._chunk
        if self._training is None or start is not self._trained or chunk != self._chunk or self._planned > end:
            self._chunk = min(chunk, end - start.epoch)
            self._planned = start.epoch + self._chunk
            cursor = self._cursor
            self._training = self.run.history.play(start, self._chunk, stop=lambda: self._stops(cursor, self._until))
        return self._training

    def _stops(self, cursor: Cursor, until: float) -> bool:
        if self._cursor is not cursor:
            return True
        return time.perf_counter() >= until and time.thread_time() - self._begun >= LEAST

    def _show(self, cursor: Cursor, state: State, scores: Scores | None) -> None:
        """Show a state. Where the epoch comes to rest, `scores` is None: then PyTorch says them, as in every file."""
        scores = scores or self._scores(state)
        with self._changed:
            if self._cursor is not cursor:
                return  # the person has gone elsewhere meanwhile
            self._state = state
            self._moves.append((time.perf_counter(), state.epoch))
            self._feed.add(self.number, state.epoch, scores, state.parameters)
            self._changed.notify_all()

    def _scores(self, state: State) -> Scores:
        history = self.run.history
        model = self._measured = self._measured or self.model()  # kept: building one takes longer than its answers
        set_parameters(model, state.parameters)
        return scores_of(model, history.dataset, history.experiment.training_now)

    def _guess(self) -> float:
        return ROUGHLY * len(self.run.history.dataset.y_train) * self._state.parameters.size
