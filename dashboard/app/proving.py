"""The proof of a diagnosis, in the background: bit by bit, while nothing else moves."""

import time
from collections.abc import Callable, Iterator

from dashboard.app.runner import BACKGROUND
from dashboard.app.runs import Run
from moons.inspection.health import Proof, Trial, prove_steps

BUDGET = 60.0  # seconds of work, until a person asks for more
CALM = 0.3  # seconds before it begins: a hand on a slider soon moves on


class Proving:
    """What would help a run as it is after `epoch` epochs: a Task for the runner. Any thread may read and stop it."""

    owner, apart = BACKGROUND, False

    def __init__(self, run: Run, epoch: int, *, watched: Callable[[], bool], changed: Callable[[], None]) -> None:
        self.run, self.epoch = run, epoch
        self.proof: Proof | None = None  # None: nothing is tried yet
        self.over = False  # it can't go on: all is tried, or it was stopped
        self._watched, self._changed = watched, changed
        self._steps: Iterator[Proof] | None = None
        self._from = time.perf_counter() + CALM
        self._left = BUDGET

    @property
    def running(self) -> bool:
        """Whether it has something to do."""
        return not self.over and self._left > 0

    @property
    def paused(self) -> bool:
        """Whether it has used up its time, with something left to try."""
        return not self.over and self._left <= 0

    @property
    def best(self) -> Trial | None:
        """The trial that the verdict offers."""
        return self.proof.best if self.proof and not self.running else None

    def allow(self, seconds: float = BUDGET) -> None:
        """Let it work for so much longer; wake it then."""
        self._left = max(self._left, 0.0) + seconds

    def stop(self) -> None:
        """End it: what it was about is no longer looked at."""
        self.over = True

    def work(self, until: float) -> float | None:
        """One slice: see runner.Task."""
        began = time.perf_counter()
        if began < self._from:
            return self._from
        known = self.proof
        try:
            self._advance(until)
        except Exception:
            self.over = True
            raise
        finally:
            self._left -= time.perf_counter() - began
            if self.proof is not known or not self.running:
                self._changed()
        return time.perf_counter() if self.running and self._watched() else None

    def _advance(self, until: float) -> None:
        if self._steps is None:
            self._steps = prove_steps(self.run.history, epoch=self.epoch)
        while not self.over and time.perf_counter() < until:
            self.proof = next(self._steps)
            self.over |= self.proof.complete
