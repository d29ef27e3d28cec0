"""The runs that a session keeps: to compare them, and to come back to."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from dashboard.player import Player
from moons import Experiment, History

MOST, MOST_PINNED = 30, 20
MOST_BYTES = 200_000_000  # of histories: the largest has 8 MB, so at least 20 runs are kept
GLIMPSE = 2.0  # seconds: a run that was shown for less was passed on the way to another one


@dataclass(eq=False)
class Kept:
    """One run on the shelf."""

    player: Player
    number: int  # counts a session's kept runs, from 1
    since: float  # when it came, on the shelf's clock
    name: str = ""  # a person's own; empty: it is called by what differs
    pinned: bool = False
    stays: bool = False  # was more than a glimpse

    @property
    def seen(self) -> bool:
        """Whether a person has done something with it."""
        return bool(self.stays or self.pinned or self.name or self.player.by_hand)

    @property
    def history(self) -> History:
        """The run."""
        return self.player.history


class Shelf:
    """Kept runs, oldest first. The current one never leaves."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock  # seconds
        self._kept: list[Kept] = []
        self._current: Player | None = None
        self.departed = 0  # runs that had to leave, so far

    def __iter__(self) -> Iterator[Kept]:
        return iter(self._kept)

    def __len__(self) -> int:
        return len(self._kept)

    def find(self, player: Player) -> Kept | None:
        """The place of a player's run."""
        return next((kept for kept in self._kept if _same_run(kept.history, player.history)), None)

    def show(self, player: Player) -> list[Kept]:
        """Take note of the run that is current now. Returns those that had to leave for it.

        Kept is every run that has been trained further than where it began. Of finished runs that follow one another
        faster than a glance, as under keys held on a slider, the last is kept.
        """
        before, self._current = self._current, player
        if before is not None and before is not player:
            self._leave(before)
        self.keep(player)
        return self._make_room()

    def keep(self, player: Player, *, stays: bool = False) -> None:
        """Put a run on the shelf, if it is trained; a run that was there and is no longer is replaced by it."""
        found = self.find(player)
        if found is None and player.history.n_epochs > player.origin:
            self._kept = [kept for kept in self._kept if kept.pinned or kept.name or not _goes_on(player, kept.player)]
            number = 1 + max((kept.number for kept in self._kept), default=0)
            found = Kept(player, number, self._clock())
            self._kept.append(found)
        elif found is not None and player.history.n_epochs >= found.history.n_epochs:
            found.player = player
        if found is not None:
            found.stays |= stays

    def remove(self, number: int) -> None:
        """Take a run off."""
        self._kept = [kept for kept in self._kept if kept.number != number]

    def can_pin(self) -> bool:
        """Whether one more may be pinned: some places must stay free for new runs."""
        return sum(kept.pinned for kept in self._kept) < MOST_PINNED

    def _leave(self, player: Player) -> None:
        kept = self.find(player)
        if kept is None:
            self.keep(player, stays=True)  # it was playing until now
        elif kept.seen or self._clock() - kept.since >= GLIMPSE:
            kept.stays = True
        else:
            self.remove(kept.number)

    def _make_room(self) -> list[Kept]:
        gone = []
        while len(self._kept) > MOST or sum(kept.history.nbytes for kept in self._kept) > MOST_BYTES:
            free = [kept for kept in self._kept if not kept.pinned and kept.player is not self._current]
            if not free:
                break
            gone.append(free[0])
            self._kept.remove(free[0])
        self.departed += len(gone)
        return gone


def _same_run(one: History, other: History) -> bool:
    return (one.experiment, one.asked_device) == (other.experiment, other.asked_device)


def _goes_on(player: Player, other: Player) -> bool:
    """Whether a run holds every epoch of another one, so that the other needn't be kept."""
    run, part = player.history, other.history
    if run.n_epochs < part.n_epochs or run.asked_device != part.asked_device:
        return False
    return _until(run.experiment, part.n_epochs) == _until(part.experiment, part.n_epochs)


def _until(experiment: Experiment, epoch: int) -> tuple[object, ...]:
    """All that decides the first epochs of a run."""
    changes = tuple(change for change in experiment.changes if change.epoch < epoch)
    edits = tuple(edit for edit in experiment.edits if edit.epoch < epoch)
    return experiment.data, experiment.model, experiment.training, changes, edits
