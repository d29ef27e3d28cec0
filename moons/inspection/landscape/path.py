"""The way of a run through the space of its weights, and the ways that other optimisers take from the same start."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from moons.progress import Stop, Stopped
from moons.run import Experiment, History

EVEN, EARLY = 100, 50  # epochs of a path: evenly spaced, and evenly in their logarithm, as most happens early


@dataclass(frozen=True, eq=False)
class WeightPath:
    """The weights of a run after some of its epochs."""

    experiment: Experiment
    epochs: NDArray[np.int64]  # (k,), from 0 to the last
    weights: NDArray[np.float32]  # (k, n_parameters)


def path_epochs(n_epochs: int) -> NDArray[np.int64]:
    """The epochs of a path: at most EVEN + EARLY, from 0 to `n_epochs`."""
    even, early = np.linspace(0, n_epochs, EVEN), np.geomspace(1, max(1, n_epochs), EARLY)
    return np.unique(np.concatenate([even, early]).round().astype(np.int64).clip(max=n_epochs))


def weight_path(history: History, n_epochs: int, *, stop: Stop | None = None) -> WeightPath:
    """The path of a run up to an epoch that is trained. Raises Stopped where `stop` is true before its end."""
    epochs, weights = path_epochs(n_epochs), []
    for epoch in epochs.tolist():
        if stop is not None and stop():
            raise Stopped
        weights.append(history.weights_at(epoch, stop=stop))
    return WeightPath(history.experiment, epochs, np.stack(weights))


def rivals(experiment: Experiment, optimizers: tuple[str, ...]) -> tuple[Experiment, ...]:
    """The same experiment from the same initial weights with other optimisers, each as it trains at its end."""
    edits = tuple(edit for edit in experiment.edits if edit.epoch == 0)
    return tuple(
        replace(experiment, training=replace(experiment.training_now, optimizer=name), changes=(), edits=edits)
        for name in optimizers
    )
