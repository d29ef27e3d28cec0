"""Worker threads that advance tasks in slices of time, fair between their owners."""

import atexit
import logging
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from dashboard.app.processor import processor

_LOG = logging.getLogger(__name__)
SLICE = 0.03  # seconds of work before another task gets its turn
FORGET = 60.0  # seconds after which an idle owner's use counts no more
BACKGROUND = object()  # the owner of work that nobody waits for: see Runner


@dataclass(frozen=True)
class LowPriority:
    """The owner of work that leaves a thread to what moves on the page: see Runner."""

    of: object


class Task(Protocol):
    """Work that can be done bit by bit."""

    owner: object  # whose time it takes: owners get equal shares

    @property
    def apart(self) -> bool:
        """Whether its slices are mostly outside Python's lock: see processor.Processor."""

    def work(self, until: float) -> float | None:
        """Work until about that time (perf_counter seconds). Returns when to go on; None if nothing is left to do."""


class Runner:
    """Runs tasks on a few threads of its own. A task is worked on by one thread at a time.

    Tasks of BACKGROUND are worked on while others leave more than half of the threads idle, so that no picture that
    moves is late for them; one at a time. Tasks of a LowPriority owner leave a thread free as long as there are others;
    where there is one thread alone, they have the time that the others don't need.
    """

    def __init__(self, workers: int | None = None, clock: Callable[[], float] = time.perf_counter) -> None:
        self._workers = workers or os.cpu_count() or 1
        self._clock = clock
        self._condition = threading.Condition()
        self._due: dict[Task, float] = {}
        self._working: set[Task] = set()
        self._woken: set[Task] = set()  # while they were worked on
        self._used: dict[object, tuple[float, float]] = {}  # owner -> seconds used, when last
        self._closed = False
        self._threads = [
            threading.Thread(target=self._serve, name=f"runner-{number}", daemon=True)
            for number in range(self._workers)
        ]
        for thread in self._threads:
            thread.start()
        atexit.register(self.close)  # a thread inside PyTorch while Python ends would abort the process

    def wake(self, task: Task) -> None:
        """There is something to do for the task, now."""
        with self._condition:
            if task in self._working:
                self._woken.add(task)
            else:
                self._due[task] = self._clock()
                self._condition.notify()

    def close(self) -> None:
        """End the threads, each after its slice; returns then, or after two seconds."""
        atexit.unregister(self.close)
        with self._condition:
            self._closed = True
            self._condition.notify_all()
        until = time.monotonic() + 2
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))

    @property
    def workers(self) -> int:
        """How many threads there are."""
        return self._workers

    @property
    def busy(self) -> int:
        """How many tasks have something to do."""
        with self._condition:
            return len(self._due) + len(self._working)

    @property
    def moving(self) -> int:
        """How many of them somebody waits for: all but those of low priority."""
        with self._condition:
            return sum(not _is_low_priority(task) for task in (*self._due, *self._working))

    def _serve(self) -> None:
        while (task := self._next()) is not None:
            place = processor()
            place.leave() if task.apart else place.join()
            began = self._clock()
            try:
                again = task.work(began + SLICE)
            except Exception:
                _LOG.exception("A task has failed.")
                again = None
            self._put_back(task, again, self._clock() - began)

    def _next(self) -> Task | None:
        """The due task whose owner has used the least; waits for one."""
        with self._condition:
            while not self._closed:
                now = self._clock()
                waiting = self._allowed(now)
                due = [task for task, when in waiting.items() if when <= now]
                if due:
                    task = min(due, key=self._turn)
                    del self._due[task]
                    self._working.add(task)
                    return task
                self._condition.wait(min(waiting.values()) - now if waiting else None)
            return None

    def _allowed(self, now: float) -> dict[Task, float]:
        """The tasks that may begin a slice as soon as they are due, and when they are."""
        room, leaves_one = self._has_room(), self._leaves_one(now)
        return {
            task: when
            for task, when in self._due.items()
            if (leaves_one or not _is_low_priority(task)) and (room or not _is_background(task))
        }

    def _leaves_one(self, now: float) -> bool:
        """Whether a thread stays free for others if a task of low priority begins a slice."""
        others = [
            task for task in (*self._due, *self._working) if not _is_low_priority(task) and not _is_background(task)
        ]
        if self._workers == 1:
            return all(self._due[task] > now for task in others)
        return not others or sum(map(_is_low_priority, self._working)) < self._workers - 1

    def _has_room(self) -> bool:
        """Whether a task of BACKGROUND may begin a slice."""
        others = sum(not _is_background(task) for task in (*self._due, *self._working))
        return 2 * others < self._workers and not any(map(_is_background, self._working))

    def _turn(self, task: Task) -> tuple[bool, float, float]:
        """What orders due tasks: the background last, then by their owner's use."""
        return _is_background(task), self._used.get(task.owner, (0.0, 0.0))[0], self._due[task]

    def _put_back(self, task: Task, again: float | None, seconds: float) -> None:
        with self._condition:
            self._working.discard(task)
            if task in self._woken:
                again = self._clock()
                self._woken.discard(task)
            self._charge(task.owner, seconds)
            if again is not None:
                self._due[task] = again
            if self._due:  # its end too may be what a task of low priority has waited for
                self._condition.notify()

    def _charge(self, owner: object, seconds: float) -> None:
        """An owner that comes, or comes back, starts level with the one that has used the least."""
        now = self._clock()
        if len(self._used) > 2 * (len(self._due) + len(self._working)) + 8:
            self._used = {key: used for key, used in self._used.items() if now - used[1] < FORGET}
        least = min((used for used, _when in self._used.values()), default=0.0)
        used, when = self._used.get(owner, (least, now))
        if now - when > 1.0:
            used = max(used, least)
        self._used[owner] = used + seconds, now


def _is_background(task: Task) -> bool:
    return task.owner is BACKGROUND


def _is_low_priority(task: Task) -> bool:
    return isinstance(task.owner, LowPriority)
