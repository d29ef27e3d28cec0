"""The way of a run through the space of its weights, and the ways of other optimisers and of other seeds."""

from collections.abc import Generator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from moons.fields import N_, Between, rule_of
from moons.progress import Stop, Stopped
from moons.run import CHUNK_EPOCHS, Experiment, History

MOST, FEWEST = 150, 12  # epochs of a path
HALF = 0.5  # of the work is training, where the run isn't trained yet
NUMBERS = 10_000_000  # weights that a path may hold in all: of large networks it has fewer epochs


@dataclass(frozen=True)
class Seeded:
    """A seed of an experiment: the part that it stands in, and what it decides."""

    part: str
    label: str  # untranslated


SEEDED: dict[str, Seeded] = {
    "weights": Seeded("model", N_("Initial weights")),
    "points": Seeded("data", N_("Drawn points")),
    "order": Seeded("training", N_("Order of the points")),
}
EACH = 3  # other seeds


@dataclass(frozen=True)
class Rival:
    """Another run on the same plane: what differs, "optimizer" or a key of SEEDED, and its value."""

    kind: str
    value: str
    experiment: Experiment


@dataclass(frozen=True, eq=False)
class WeightPath:
    """The weights of a run after some of its epochs."""

    experiment: Experiment
    epochs: NDArray[np.int64]  # (k,), from 0 to the last
    weights: NDArray[np.float32]  # (k, n_parameters)


def path_epochs(n_epochs: int, most: int = MOST) -> NDArray[np.int64]:
    """At most `most` epochs from 0 to `n_epochs`: two thirds evenly spaced, a third early, where most happens."""
    early, even = np.geomspace(1, max(1, n_epochs), most // 3), np.linspace(0, n_epochs, most - most // 3)
    return np.unique(np.concatenate([even, early]).round().astype(np.int64).clip(max=n_epochs))


def weight_path(history: History, n_epochs: int, *, stop: Stop | None = None) -> WeightPath:
    """The path of a run up to an epoch that is trained. Raises Stopped where `stop` is true before its end."""
    walking = walk(history, n_epochs, stop=stop)
    while True:
        try:
            next(walking)
        except StopIteration as end:
            path: WeightPath = end.value
            return path


def walk(history: History, n_epochs: int, *, stop: Stop | None = None) -> Generator[float, None, WeightPath]:
    """The same bit by bit: yields the share that is done, and trains the run as far as it is needed."""
    for _chunk in history.play(history.last, CHUNK_EPOCHS, stop=stop) if history.n_epochs < n_epochs else ():
        if stop is not None and stop():
            raise Stopped
        yield HALF * min(1.0, history.n_epochs / n_epochs)
        if history.n_epochs >= n_epochs:
            break
    most = NUMBERS // len(history.last.parameters)
    epochs = path_epochs(min(n_epochs, history.n_epochs), min(max(most, FEWEST), MOST))
    weights = np.empty((len(epochs), len(history.last.parameters)), np.float32)
    for place, epoch in enumerate(epochs.tolist()):
        if stop is not None and stop():
            raise Stopped
        weights[place] = history.weights_at(epoch, stop=stop)
        yield HALF + (1 - HALF) * (place + 1) / len(epochs)
    return WeightPath(history.experiment, epochs, weights)


def rivals(experiment: Experiment, optimizers: tuple[str, ...] = (), seeds: tuple[str, ...] = ()) -> tuple[Rival, ...]:
    """The same experiment with other optimisers, and with the next few seeds of each of `seeds`, keys of SEEDED.

    Each is as it trains at its end, from the same initial weights but where these are what differs.
    """
    edits = tuple(edit for edit in experiment.edits if edit.epoch == 0)
    plain = replace(experiment, training=experiment.training_now, changes=(), edits=edits)
    raced = [
        Rival("optimizer", name, replace(plain, training=replace(plain.training, optimizer=name)))
        for name in optimizers
    ]
    for kind in seeds:
        part = SEEDED[kind].part
        for step in range(1, EACH + 1):
            spec = getattr(plain, part)
            seed = _next(type(spec), spec.seed, step)
            other = replace(plain, **{part: replace(spec, seed=seed)})
            raced.append(Rival(kind, str(seed), replace(other, edits=()) if kind == "weights" else other))
    return tuple(raced)


def seeded_for(experiment: Experiment) -> tuple[str, ...]:
    """The seeds that change something of an experiment: keys of SEEDED."""
    data, batch = experiment.data, experiment.training_now.batch_size
    without = {
        "points": data.own is not None and any(data.own.test),
        "order": (batch is None or batch >= data.n_train) and not experiment.training_now.dropout,
    }
    return tuple(kind for kind in SEEDED if not without.get(kind))


def _next(spec: type, seed: int, step: int) -> int:
    """The seed so many further on; after the largest that a field allows comes 0."""
    rule = rule_of(spec, "seed")
    assert isinstance(rule, Between)
    return (seed + step) % (int(rule.high) + 1)
