"""Runs beside a person's own: trained in the background while somebody looks, and kept for the next look."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator

from dashboard.app.runner import Runner
from dashboard.app.runs import Run
from dashboard.app.state import RunId
from moons import Dataset, Experiment, FieldError, History
from moons.progress import Chunk
from moons.run import CHUNK_EPOCHS

MOST_BYTES = 100_000_000  # of all that are kept


class Training:
    """Trains a run to its end: a Task for the runner."""

    apart = True

    def __init__(self, run: Run, clock: Callable[[], float]) -> None:
        self.run = run
        self.owner: object = self
        self.failure: Exception | None = None  # why it can't be trained
        self._clock, self._wanted_until = clock, clock()
        self._chunks: Iterator[Chunk] | None = None
        self._until = 0.0  # when the slice ends
        self._over = threading.Event()

    @property
    def done(self) -> bool:
        """Whether it is trained to its end, or can't be."""
        return self.run.history.ended is not None or self._over.is_set()

    def ask(self, owner: object, seconds: float) -> None:
        """Train for so long, in the owner's share of time."""
        self.owner, self._wanted_until = owner, self._clock() + seconds

    def wait(self, seconds: float) -> bool:
        """Wait for the end, at most so long. Returns whether it is there."""
        return self.done or self._over.wait(seconds)

    def work(self, until: float) -> float | None:
        """One slice: see runner.Task."""
        history = self.run.history
        if self.done or self._clock() > self._wanted_until:
            return None
        self._until = until
        try:
            self._chunks = self._chunks or history.play(history.last, CHUNK_EPOCHS, stop=self._is_over)
            next(self._chunks)
        except Exception as error:
            self.failure = error
            self._over.set()
            if isinstance(error, FieldError):
                return None
            raise  # the runner logs what nobody has foreseen
        if history.ended is not None:
            self._over.set()
            return None
        return time.perf_counter()

    def _is_over(self) -> bool:
        return time.perf_counter() >= self._until


class RunsBeside:
    """The same experiment on the same points is the same run, for whoever asks."""

    def __init__(self, runner: Runner, clock: Callable[[], float] = time.monotonic) -> None:
        self._runner, self._clock = runner, clock
        self._lock = threading.Lock()
        self._trainings: OrderedDict[tuple[Experiment, int], Training] = OrderedDict()  # the points by their identity

    def of(self, experiment: Experiment, dataset: Dataset, owner: object, seconds: float) -> Training:
        """The run of an experiment on these points, under way for so long."""
        key = experiment, id(dataset)  # which stays that of these points: the run holds them
        with self._lock:
            found = self._trainings.get(key)
            if found is None:
                run = Run(RunId(experiment, "cpu"), History(experiment, device="cpu", dataset=dataset))
                found = self._trainings[key] = Training(run, self._clock)
            self._trainings.move_to_end(key)
            self._tidy()
        found.ask(owner, seconds)
        self._runner.wake(found)
        return found

    def _tidy(self) -> None:
        held = sum(training.run.history.nbytes for training in self._trainings.values())
        while held > MOST_BYTES and len(self._trainings) > 1:
            _key, gone = self._trainings.popitem(last=False)
            held -= gone.run.history.nbytes
