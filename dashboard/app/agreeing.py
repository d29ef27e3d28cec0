"""An exported program compared with its run, in the background: one program at a time in the whole process."""

import logging
import threading
from collections.abc import Callable

from dashboard.app.runs import Run
from moons.export.agreement import Agreement
from moons.export.proof import ProgramError, prove

_LOG = logging.getLogger(__name__)
_ONE = threading.Lock()  # a program keeps a core busy


class Agreeing:
    """Runs a run's exported program on a thread of its own, as long as `watched`. Any thread may read and stop it."""

    def __init__(self, run: Run, *, watched: Callable[[], bool]) -> None:
        self.run = run
        self.agreement: Agreement | None = None  # as it is known so far
        self.running = True
        self.failed = False  # the program broke off
        self._watched, self._stopped = watched, False
        self._thread = threading.Thread(target=self._work, name="agreeing", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the program within a moment."""
        self._stopped = True

    def wait(self, seconds: float) -> bool:
        """Wait for its end, at most so long. Returns whether it has ended."""
        self._thread.join(seconds)
        return not self.running

    def _work(self) -> None:
        with _ONE:
            try:
                self._compare()
            except ProgramError:
                _LOG.exception("An exported program broke off.")
                self.failed = True
            finally:
                self.running = False

    def _compare(self) -> None:
        if self._stopped:
            return
        growing = prove(self.run.history)
        for agreement in growing:
            self.agreement = agreement
            if self._stopped or not self._watched():
                break
        growing.close()  # ends the program
