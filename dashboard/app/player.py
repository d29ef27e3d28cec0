"""Moves the epoch looked at through a run. A worker thread does the moving; any other thread steers and reads."""

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import replace

from dashboard.app.feed import Feed
from dashboard.app.runs import Run
from dashboard.app.state import Cursor, Motion, Progress
from moons import FieldError
from moons.model import NaiveNet, build_model, set_parameters
from moons.progress import Scores, State
from moons.run import CHUNK_EPOCHS
from moons.train import scores_of

PICTURES = 60  # a second, at most
TOGETHER = 4  # pictures that are made in one go
PACE_OVER = 1.0  # seconds
ROUGHLY = 5e-10  # seconds of an epoch for each point and parameter, until it is measured


class Player:
    """One run being looked at: a Task for the runner."""

    def __init__(
        self, run: Run, cursor: Cursor, feed: Feed, *, owner: object, number: int, watched: Callable[[], bool]
    ) -> None:
        self.run, self.owner, self.number = run, owner, number
        self._feed, self._watched = feed, watched
        self.speed = 20  # epochs per picture
        self.failure: Exception | None = None
        self._changed = threading.Condition()
        self._waiting = 0  # threads in `wait`
        self._cursor = cursor
        self._state: State = run.history.last if cursor.epoch >= run.history.n_epochs else run.history.state_at(0)
        self._start: int | None = None  # the epoch to begin a motion at, until it is found
        self._due = 0.0
        self._seconds_per_epoch = 0.0  # 0 is not known yet
        self._moves: deque[tuple[float, int]] = deque(maxlen=PICTURES)  # when, and the epoch then

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
            return Cursor(min(cursor.epoch, known))
        return cursor

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
        return max(0, self._cursor.wanted - self.run.history.n_epochs) * (self._seconds_per_epoch or self._guess())

    @property
    def pace(self) -> float:
        """Epochs a second, over the last pictures; 0 before any."""
        if len(self._moves) < 2:
            return 0.0
        (first, from_epoch), (last, to_epoch) = self._moves[0], self._moves[-1]
        return abs(to_epoch - from_epoch) / (last - first) if last > first else 0.0

    def model(self) -> NaiveNet:
        """The network of the state that can be shown now, on the CPU."""
        return self._model_of(self._state)

    def go(self, cursor: Cursor) -> None:
        """Look elsewhere, or move; what was under way ends within its chunk."""
        with self._changed:
            moving = cursor.motion is not Motion.REST
            self._start = cursor.epoch if moving and cursor.epoch != self.epoch else None
            if cursor.motion is not self._cursor.motion or not moving:
                self._moves.clear()
                self._moves.append((time.perf_counter(), self.epoch if self._start is None else self._start))
            self._cursor, self._due, self.failure = cursor, 0.0, None

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
        cursor = self._cursor
        with self.run.lock:
            try:
                if cursor.motion is Motion.REST:
                    return self._reach(cursor, until)
                self._begin(cursor)
                if cursor.motion is Motion.BACKWARD:
                    return self._back(cursor)
                return self._forth(cursor, until)
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
        history, scores = self.run.history, None
        while history.n_epochs < cursor.wanted and history.ended is None:
            left = until - time.perf_counter()
            state, scores = self._train(history.last, cursor.wanted - history.n_epochs, left)
            if self._cursor is not cursor or time.perf_counter() >= until:
                break
        if scores is None or cursor.epoch < history.n_epochs:
            state = history.state_at(min(cursor.epoch, history.n_epochs))
            scores = self._scores(state)
        self._show(cursor, state, scores)
        return None if self.arrived else time.perf_counter()

    def _begin(self, cursor: Cursor) -> None:
        """Where a motion begins elsewhere than at the epoch shown."""
        if self._start is not None:
            state = self.run.history.state_at(min(self._start, self.run.history.n_epochs))
            with self._changed:
                if self._cursor is cursor:
                    self._state, self._start = state, None

    def _forth(self, cursor: Cursor, until: float) -> float | None:
        """A few pictures of playing forward."""
        began = time.perf_counter()
        made = 0
        while made < TOGETHER and self._cursor is cursor and not self._at_end(cursor):
            self._show(cursor, *self._picture(cursor, until))
            made += 1
            if time.perf_counter() >= until:
                break
        return self._onward(cursor, began, made)

    def _picture(self, cursor: Cursor, until: float) -> tuple[State, Scores]:
        """The next picture of playing forward: `speed` epochs on, or as many as there is time for."""
        history, state = self.run.history, self._state
        goal = min(state.epoch + self.speed, history.experiment.epochs if cursor.goal is None else cursor.goal)
        while True:
            state, scores = self._train(state, goal - state.epoch, max(until - time.perf_counter(), 0.002))
            done = state.epoch >= goal or (history.ended is not None and state.epoch == history.n_epochs)
            if done or self._cursor is not cursor or time.perf_counter() >= until:
                return state, scores

    def _back(self, cursor: Cursor) -> float | None:
        """A picture of playing backwards."""
        began = time.perf_counter()
        state = self.run.history.state_at(max(0, self.epoch - self.speed))
        self._show(cursor, state, self._scores(state))
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
        self._due = max(self._due, began) + made / PICTURES
        return self._due

    def _at_end(self, cursor: Cursor) -> bool:
        history = self.run.history
        if cursor.motion is Motion.BACKWARD:
            return self.epoch == 0
        ended = history.ended is not None and self.epoch == history.n_epochs
        return ended or self.epoch in {cursor.goal, history.experiment.epochs}

    def _train(self, start: State, epochs: int, seconds: float) -> tuple[State, Scores]:
        """At most `epochs` on from `start`, as many as fit into `seconds`; at least one."""
        began, known = time.perf_counter(), self.run.history.n_epochs
        cost = self._seconds_per_epoch or self._guess()
        chunk = next(self.run.history.play(start, max(1, min(epochs, CHUNK_EPOCHS, int(seconds / cost)))))
        taken = time.perf_counter() - began
        if chunk.state.epoch > start.epoch:
            self._seconds_per_epoch = taken / (chunk.state.epoch - start.epoch)
        if self.run.history.n_epochs > known:
            self.run.seconds += taken
        return chunk.state, chunk.scores

    def _show(self, cursor: Cursor, state: State, scores: Scores) -> None:
        with self._changed:
            if self._cursor is not cursor:
                return  # the person has gone elsewhere meanwhile
            self._state = state
            self._moves.append((time.perf_counter(), state.epoch))
            self._changed.notify_all()
        self._feed.add(self.number, state.epoch, scores, state.parameters)

    def _scores(self, state: State) -> Scores:
        history = self.run.history
        return scores_of(self._model_of(state), history.dataset, history.experiment.training_now)

    def _model_of(self, state: State) -> NaiveNet:
        # not history.model_at, which looks for a state and may only be asked by whoever holds the run's lock
        history = self.run.history
        model = build_model(history.experiment.model, history.dataset.n_classes)
        set_parameters(model, state.parameters)
        return model

    def _guess(self) -> float:
        return ROUGHLY * len(self.run.history.dataset.y_train) * self._state.parameters.size
