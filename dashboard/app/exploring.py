"""Studies in the background: many runs on the runner's threads, or a computation of several steps on one of its own."""

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Protocol

from dashboard.app.runner import Runner
from moons import Experiment, History, make_dataset
from moons.explore.outcome import Outcome, Plane, outcome, plane_of
from moons.run import CHUNK_EPOCHS

DATASETS = 4  # that the runs of a study share, the latest ones
_LOG = logging.getLogger(__name__)
_ONE = threading.Lock()  # a computation of several steps keeps a core busy


@dataclass(frozen=True)
class Asked:
    """What a study is about: the experiment on the page and the panel's settings. Two equal ones are the same study."""

    panel: str
    experiment: Experiment
    settings: tuple[object, ...] = ()
    expected: float = field(default=0.0, compare=False)  # seconds on one core, by an estimate; 0 is not known


class Study(Protocol):
    """A panel's results as they grow. Any thread may read and stop it."""

    asked: Asked
    failure: Exception | None  # why it ended early

    @property
    def done(self) -> int:
        """Finished parts."""

    @property
    def planned(self) -> int:
        """All parts."""

    @property
    def running(self) -> bool:
        """Whether it has something to do."""

    @property
    def seconds_each(self) -> float | None:
        """Mean of the parts so far, on one core; None before the first."""

    @property
    def seconds_left(self) -> float | None:
        """About how long the rest takes; None before the first part."""

    @property
    def nbytes(self) -> int:
        """Memory held by the results."""

    def stop(self) -> None:
        """End it within a slice; what is there stays."""

    def look(self) -> None:
        """Somebody looks: go on."""


class ManyRuns:
    """The outcomes of many experiments, by their index. None among them is a combination that can't be run."""

    def __init__(
        self, asked: Asked, experiments: Sequence[Experiment | None], runner: Runner, *,
        owner: object, watched: Callable[[], bool],
    ) -> None:  # fmt: skip
        self.asked, self.experiments = asked, tuple(experiments)
        self.outcomes: dict[int, Outcome] = {}
        self.failure: Exception | None = None
        self._queue = iter([index for index, one in enumerate(experiments) if one is not None])
        self._planned = sum(one is not None for one in experiments)
        self._runner, self._lock, self._stopped = runner, threading.Lock(), False
        self._plane: Plane | None = None
        self._draw = lru_cache(DATASETS)(make_dataset)
        self._seconds = 0.0  # of work
        self._tasks = [_Worker(self, owner, watched) for _core in range(runner.workers)]
        self.look()

    @property
    def done(self) -> int:
        """Finished runs."""
        return len(self.outcomes)

    @property
    def planned(self) -> int:
        """All runs that can be made."""
        return self._planned

    @property
    def running(self) -> bool:
        """Whether some run is not finished yet."""
        return not self._stopped and self.done < self._planned

    @property
    def seconds_each(self) -> float | None:
        """Mean of the finished runs, on one core."""
        return self._seconds / self.done if self.done else None

    @property
    def seconds_left(self) -> float | None:
        """By the mean of the finished runs."""
        each = self.seconds_each
        return None if each is None else each * (self._planned - self.done) / len(self._tasks)

    @property
    def nbytes(self) -> int:
        """Memory held by the outcomes."""
        return sum(one.nbytes for one in list(self.outcomes.values()))

    def stop(self) -> None:
        """End it within a slice."""
        self._stopped = True

    def look(self) -> None:
        """Wake the tasks."""
        if self.running:
            for task in self._tasks:
                self._runner.wake(task)

    def next_index(self) -> int | None:
        """The next experiment to run."""
        with self._lock:
            return next(self._queue, None)

    def begin(self, index: int) -> History:
        """A new run. The experiments of one study often share their points, which are drawn once."""
        experiment = self.experiments[index]
        assert experiment is not None
        with self._lock:
            if self._plane is None:
                self._plane = plane_of(self.asked.experiment)
        return History(experiment, dataset=self._draw(experiment.data))

    def end(self, index: int, history: History, seconds: float) -> None:
        """A run that has finished after so many seconds of training."""
        assert self._plane is not None
        began = time.perf_counter()
        kept = outcome(history, self._plane)
        with self._lock:
            self._seconds += seconds + time.perf_counter() - began
            self.outcomes = {**self.outcomes, index: kept}  # whoever reads it meanwhile has the one before
        if not self.running:
            self._draw.cache_clear()

    def fail(self, error: Exception) -> None:
        """A run that can't go on ends the study."""
        self.failure, self._stopped = error, True


class _Worker:
    """A Task for the runner: one run after the other."""

    apart = True

    def __init__(self, study: ManyRuns, owner: object, watched: Callable[[], bool]) -> None:
        self.owner = owner
        self._study, self._watched = study, watched
        self._index: int | None = None
        self._history: History | None = None
        self._seconds = 0.0

    def work(self, until: float) -> float | None:
        """One slice: see runner.Task."""
        try:
            while self._study.running and self._watched() and self._has_run():
                self._advance(until)
                if time.perf_counter() >= until:
                    return time.perf_counter()
        except Exception as error:
            self._study.fail(error)
        return None

    def _has_run(self) -> bool:
        if self._history is None:
            self._index, self._seconds = self._study.next_index(), 0.0
            self._history = None if self._index is None else self._study.begin(self._index)
        return self._history is not None

    def _advance(self, until: float) -> None:
        history, began = self._history, time.perf_counter()
        assert history is not None
        assert self._index is not None
        if not history.ended:
            stop = lambda: time.perf_counter() > until or not self._study.running  # noqa: E731
            next(history.play(history.last, CHUNK_EPOCHS, stop=stop), None)
        self._seconds += time.perf_counter() - began
        if history.ended:
            self._study.end(self._index, history, self._seconds)
            self._history = None


def times_expected(study: Study | None) -> float:
    """How many times as long as estimated a study takes; 1 where that isn't known."""
    each = None if study is None else study.seconds_each
    if study is None or not each or not study.asked.expected:
        return 1.0
    return each * study.planned / study.asked.expected


@dataclass(eq=False)
class Steps:
    """A computation that yields its results one by one, each replacing or adding to those before, as `result` says.

    It runs on a thread of its own, one such computation at a time in the whole process, while somebody looks.
    """

    asked: Asked
    make: Callable[[Callable[[], bool]], Iterator[object]]  # given `stop`; yields whatever the panel draws
    planned: int
    watched: Callable[[], bool]
    results: list[object] = field(default_factory=list)
    failure: Exception | None = None
    running: bool = True

    def __post_init__(self) -> None:
        self._stopped = False
        self._began = self._latest = 0.0
        threading.Thread(target=self._work, name="exploring", daemon=True).start()

    @property
    def done(self) -> int:
        """Results so far."""
        return len(self.results)

    @property
    def seconds_each(self) -> float | None:
        """Mean of the results so far."""
        return (self._latest - self._began) / self.done if self.done else None

    @property
    def seconds_left(self) -> float | None:
        """By the mean of the results so far."""
        each = self.seconds_each
        return None if each is None else each * max(0, self.planned - self.done)

    @property
    def nbytes(self) -> int:
        """Memory held by the results that say it."""
        return sum(int(getattr(one, "nbytes", 0)) for one in self.results)

    def stop(self) -> None:
        """End it after the step under way, or inside one that asks."""
        self._stopped = True

    def look(self) -> None:
        """It goes on by itself."""

    def _ends(self) -> bool:
        return self._stopped or not self.watched()

    def _work(self) -> None:
        with _ONE:
            self._began = time.monotonic()
            try:
                if not self._ends():
                    for result in self.make(self._ends):
                        self.results, self._latest = [*self.results, result], time.monotonic()
                        if self._ends():
                            break
            except Exception as error:
                _LOG.exception("A study has failed.")
                self.failure = error
            finally:
                self.running = False
