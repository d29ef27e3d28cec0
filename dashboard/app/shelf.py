"""The runs that a session keeps: to compare them, and to come back to."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from dashboard.app.runs import Run
from dashboard.app.state import Looked, RunId
from moons import Experiment, History

MOST, MOST_PINNED = 30, 20
MOST_BYTES = 200_000_000  # of histories: the largest has 8 MB, so at least 20 runs are kept
GLIMPSE = 2.0  # seconds: a run that was shown for less was passed on the way to another one


@dataclass(eq=False)
class Kept:
    """One run on the shelf."""

    run: Run
    looked: Looked  # as it was looked at last
    number: int  # counts a session's kept runs, from 1
    since: float  # when it came, on the shelf's clock
    name: str = ""  # a person's own; empty: it is called by what differs
    pinned: bool = False
    stays: bool = False  # was more than a glimpse

    @property
    def seen(self) -> bool:
        """Whether a person has done something with it."""
        return bool(self.stays or self.pinned or self.name or self.looked.by_hand)

    @property
    def history(self) -> History:
        """The run's."""
        return self.run.history


class Shelf:
    """Kept runs, oldest first. The current one never leaves."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock  # seconds
        self._kept: list[Kept] = []
        self._current: tuple[Run, Looked] | None = None
        self.removed = 0  # runs that were removed to make room, so far

    def __iter__(self) -> Iterator[Kept]:
        return iter(list(self._kept))

    def __len__(self) -> int:
        return len(self._kept)

    @property
    def nbytes(self) -> int:
        """Memory held by the kept runs."""
        return sum(kept.history.nbytes for kept in self)

    def find(self, run_id: RunId) -> Kept | None:
        """The place of a run."""
        return next((kept for kept in self if kept.run.id == run_id), None)

    def show(self, run: Run, looked: Looked) -> list[Kept]:
        """Take note of the run that is current now. Returns those that were removed to make room for it.

        Kept is every run that has been trained further than where it began. Of finished runs that follow one another
        faster than a glance, as under keys held on a slider, the last is kept.
        """
        before, self._current = self._current, (run, looked)
        if before is not None and before[0] is not run:
            self._leave(*before)
        self.keep(run, looked)
        return self._make_room()

    def keep(self, run: Run, looked: Looked, *, stays: bool = False) -> None:
        """Put a run on the shelf, if it is trained; a shorter one of the same kind is replaced by it."""
        found = self.find(run.id)
        if found is None and run.history.n_epochs > looked.origin:
            self._kept = [kept for kept in self if kept.pinned or kept.name or not _goes_on(run, kept.run)]
            number = 1 + max((kept.number for kept in self), default=0)
            found = Kept(run, looked, number, self._clock())
            self._kept.append(found)
        elif found is not None and run.history.n_epochs >= found.history.n_epochs:
            found.run, found.looked = run, replace(looked, by_hand=looked.by_hand or found.looked.by_hand)
        if found is not None:
            found.stays |= stays

    def add(self, run: Run, looked: Looked) -> None:
        """Put a run on the shelf that is trained later."""
        if self.find(run.id) is None:
            number = 1 + max((kept.number for kept in self), default=0)
            self._kept.append(Kept(run, looked, number, self._clock(), stays=True))

    def remove(self, number: int) -> None:
        """Take a run off."""
        self._kept = [kept for kept in self if kept.number != number]

    def can_pin(self) -> bool:
        """Whether one more may be pinned: some places must stay free for new runs."""
        return sum(kept.pinned for kept in self) < MOST_PINNED

    def shrink(self) -> Kept | None:
        """Remove the oldest run that may go; None if there is none."""
        current = self._current and self._current[0]
        free = next((kept for kept in self if not kept.pinned and kept.run is not current), None)
        if free is not None:
            self._kept.remove(free)
            self.removed += 1
        return free

    def _leave(self, run: Run, looked: Looked) -> None:
        kept = self.find(run.id)
        if kept is None:
            self.keep(run, looked, stays=True)  # it was playing until now
        elif kept.seen or self._clock() - kept.since >= GLIMPSE:
            kept.stays = True
        else:
            self.remove(kept.number)

    def _make_room(self) -> list[Kept]:
        gone = []
        while len(self) > MOST or self.nbytes > MOST_BYTES:
            free = self.shrink()
            if free is None:
                break
            gone.append(free)
        return gone


def _goes_on(run: Run, part: Run) -> bool:
    """Whether a run holds every epoch of another one, so that the other needn't be kept."""
    n_epochs = part.history.n_epochs
    if run.history.n_epochs < n_epochs or run.id.device != part.id.device:
        return False
    return _until(run.experiment, n_epochs) == _until(part.experiment, n_epochs)


def _until(experiment: Experiment, epoch: int) -> tuple[object, ...]:
    """All that decides the first epochs of a run."""
    changes = tuple(change for change in experiment.changes if change.epoch < epoch)
    edits = tuple(edit for edit in experiment.edits if edit.epoch < epoch)
    return experiment.data, experiment.model, experiment.training, changes, edits
