"""A run as the server holds it, and the opening of one from what is trained already."""

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from dashboard.app.state import RunId
from moons import Dataset, DataSpec, Experiment, History, make_dataset


@dataclass(eq=False)
class Run:
    """One run. Whoever trains it holds its lock; any thread may read it, and replay it, at any time."""

    id: RunId
    history: History
    seconds: float = 0.0  # of computing, for the epochs trained so far
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def experiment(self) -> Experiment:
        """What is run."""
        return self.id.experiment


def open_run(run_id: RunId, known: Iterable[Run]) -> Run:
    """The run of that name: a known one, else a new one that shares what it can with the known ones.

    Raises FieldError for a device that isn't there, or points that can't be made.
    """
    runs = list(known)
    same = next((run for run in runs if run.id == run_id), None)
    if same is not None:
        return same
    wanted = run_id.experiment
    alike = [run for run in runs if run.id.device == run_id.device]
    shared = [min(shared_epochs(run.experiment, wanted), run.history.n_epochs) for run in alike]
    epoch, like = max(zip(shared, alike, strict=True), key=lambda pair: pair[0], default=(0, None))
    if like is not None and epoch:
        history = like.history.continued(wanted, epoch)
        return Run(run_id, history, like.seconds * epoch / max(1, like.history.n_epochs))
    known_data = (run.history.dataset for run in runs if run.experiment.data == wanted.data)
    data = next(known_data, None) or (None if wanted.data.own else _drawn(wanted.data))
    return Run(run_id, History(wanted, device=run_id.device, dataset=data))


@lru_cache(maxsize=32)
def _drawn(spec: DataSpec) -> Dataset:
    """Generated points: a class that looks at the same ones has them once, with all that is known of them."""
    return make_dataset(spec)


def shared_epochs(one: Experiment, other: Experiment) -> int:
    """How many epochs, from the first on, two experiments have in common."""
    if (one.data, one.model, one.training) != (other.data, other.model, other.training):
        return 0
    turns = {change.epoch for change in {*one.changes} ^ {*other.changes}} | {
        edit.epoch for edit in {*one.edits} ^ {*other.edits}
    }
    return min(turns, default=min(one.epochs, other.epochs))
