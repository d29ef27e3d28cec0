"""The loss curve, thinned for display: a screen has fewer columns than a run has epochs."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moons.loss import guessing_loss, loss_unit
from moons.run import History
from moons.task import Task

COLUMNS = 400  # of the chart, in pixels, about


@dataclass(frozen=True, eq=False)
class Line:
    """Points of a curve, in order."""

    epoch: NDArray[np.int32]  # (k,)
    loss: NDArray[np.float32]  # (k,), mean per point


@dataclass(frozen=True, eq=False)
class LossCurve:
    """Both splits' losses over the epochs, and the loss that guessing gives."""

    train: Line
    test: Line
    guessing: float  # the loss without looking at the points; see loss.guessing_loss
    unit: str  # what the axis of losses is called, untranslated: see loss.loss_unit
    n_classes: int
    epochs: int  # length of the whole run
    changes: tuple[int, ...]  # epochs at which settings were changed
    edits: tuple[int, ...]  # epochs at which weights were set by hand
    dropout: bool = False  # whether the training loss is one with units that sit out

    @property
    def task(self) -> Task:
        """Classes, or a number to predict."""
        return Task.of(self.n_classes)


def thin(loss: NDArray[np.float32], columns: int = COLUMNS) -> Line:
    """At most two points a column, its smallest and its largest, so that no spike is lost; the ends stay."""
    n = len(loss)
    if n <= 2 * columns:
        return Line(np.arange(n, dtype=np.int32), loss.copy())
    edges = np.linspace(0, n, columns + 1).astype(int)[:-1]
    width = np.diff(np.append(edges, n)).max()
    padded = np.minimum(edges[:, None] + np.arange(width), np.append(edges[1:], n)[:, None] - 1)
    columns_of_loss = loss[padded]
    rows = np.arange(len(edges))
    low, high = padded[rows, columns_of_loss.argmin(axis=1)], padded[rows, columns_of_loss.argmax(axis=1)]
    epoch = np.unique(np.concatenate([[0, n - 1], low, high]))
    return Line(epoch.astype(np.int32), loss[epoch])


def loss_curve(history: History) -> LossCurve:
    """Both curves of a run so far, ready to draw."""
    experiment, dataset = history.experiment, history.dataset
    return LossCurve(
        train=thin(history.train_loss),
        test=thin(history.test_loss),
        guessing=guessing_loss(dataset, experiment.training_now),
        unit=loss_unit(experiment.training, dataset),
        n_classes=dataset.n_classes,
        epochs=experiment.epochs,
        changes=tuple(change.epoch for change in experiment.changes),
        edits=tuple(sorted({edit.epoch for edit in experiment.edits})),
        dropout=any(spec.dropout for spec in (experiment.training, *(c.training for c in experiment.changes))),
    )
