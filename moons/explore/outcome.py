"""What is kept of one run among many: a few kilobytes."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray

from moons.data import make_dataset
from moons.data.scaling import Scaling
from moons.experiment import Experiment
from moons.inspection.boundary import Grid, answers, make_grid
from moons.inspection.health import diagnose
from moons.many import run_many
from moons.progress import NOT_FINITE, Scores
from moons.run import History
from moons.train import scores_of

COLUMNS, ROWS = 50, 40  # of the grid on which the networks are compared
CURVE_POINTS = 200  # epochs of a kept loss curve
LEVELS = 255  # an answer from 0 to 1 is kept in one byte


@dataclass(frozen=True, eq=False)
class Outcome:
    """One run's loss curve, final scores, diagnosis and answers."""

    experiment: Experiment
    epochs: NDArray[np.int64]  # (k,), at most CURVE_POINTS, evenly over the whole length; the run may end before
    train_loss: NDArray[np.float32]  # (k,), mean per point; NaN after the run's end
    test_loss: NDArray[np.float32]  # (k,)
    scores: Scores  # of the last epoch
    condition: str  # the diagnosis, as health.diagnose has it
    diverged: bool  # whether the loss became infinite or NaN, perhaps by the last update
    answers: NDArray[np.uint8]  # (cells, n_classes) probability, or (cells, 1) share of the target's range; 255 is 1

    @property
    def nbytes(self) -> int:
        """Memory held by the arrays, bytes."""
        return self.epochs.nbytes + self.train_loss.nbytes + self.test_loss.nbytes + self.answers.nbytes


@dataclass(frozen=True, eq=False)
class Plane:
    """Where all runs of a study answer: a grid over the points of one dataset, and that dataset's scaling."""

    grid: Grid
    scaling: Scaling


def plane_of(experiment: Experiment) -> Plane:
    """The plane of the experiment's own points."""
    dataset = make_dataset(experiment.data)
    return Plane(make_grid(dataset, COLUMNS, ROWS), dataset.scaling)


def outcome(history: History, plane: Plane) -> Outcome:
    """What is kept of a finished run."""
    experiment = history.experiment
    model = history.model_at(history.n_epochs)
    scores = scores_of(model, history.dataset, experiment.training_now)
    epochs = np.unique(np.linspace(0, experiment.epochs - 1, CURVE_POINTS).round().astype(np.int64))
    return Outcome(
        experiment=experiment,
        epochs=epochs,
        train_loss=_at(history.train_loss, epochs),
        test_loss=_at(history.test_loss, epochs),
        scores=scores,
        condition=diagnose(history).condition,
        diverged=history.ended == NOT_FINITE or not np.isfinite(scores.train_loss),
        answers=(LEVELS * answers(model, _seen(plane, history.dataset.scaling))).round().numpy().astype(np.uint8),
    )


def outcomes_of(
    experiments: Iterable[Experiment], plane: Plane, *, workers: int | None = None, backend: str = "threads"
) -> Iterator[tuple[int, Outcome]]:
    """Run the experiments by `run_many`: yields (index, outcome) as they finish."""
    for index, history in run_many(experiments, workers=workers, backend=backend):
        yield index, outcome(history, plane)


def _seen(plane: Plane, own: Scaling) -> Grid:
    """The plane's points as a network gets them whose dataset is scaled by `own`."""
    if own == plane.scaling:
        return plane.grid
    points = own.from_units(plane.scaling.to_units(plane.grid.points.numpy())).astype(np.float32)
    return replace(plane.grid, points=torch.from_numpy(points))


def _at(curve: NDArray[np.float32], epochs: NDArray[np.int64]) -> NDArray[np.float32]:
    """The curve at these epochs: NaN where it has ended."""
    found = np.full(len(epochs), np.nan, np.float32)
    there = epochs < len(curve)
    found[there] = curve[epochs[there]]
    return found
