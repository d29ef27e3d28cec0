"""The test score against the number of training points."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from moons.data import DataSpec, make_dataset
from moons.data.editing import table_of
from moons.data.table import Table
from moons.experiment import Experiment
from moons.explore.outcome import Outcome
from moons.explore.seeds import QUARTILES, seed_experiments
from moons.fields import Between, FieldError

FEWEST_POINTS = 20
SIZES = 8  # at most
MOST_SEEDS = 50


@dataclass(frozen=True, eq=False)
class LearningCurve:
    """Scores by training set size, over draws of the points."""

    sizes: NDArray[np.int64]  # (s,), training points
    train_score: NDArray[np.float64]  # (5, s), QUARTILES over the draws that ended finite; NaN before the first
    test_score: NDArray[np.float64]  # (5, s)
    done: NDArray[np.int64]  # (s,), runs that ended finite


def sizes_of(experiment: Experiment) -> tuple[int, ...]:
    """Training set sizes by equal ratios, up to the experiment's own; one where it is too small for more."""
    most = experiment.data.n_train
    if most <= FEWEST_POINTS:
        return (most,)
    found = 2 * (np.geomspace(FEWEST_POINTS, most, SIZES) / 2).round().astype(int)
    return tuple(dict.fromkeys([*found[:-1].tolist(), most]))


def size_experiments(experiment: Experiment, n_seeds: int = 5) -> tuple[Experiment | None, ...]:
    """For each of `sizes_of`, `n_seeds` experiments with other points, and a batch that they fill.

    A generated dataset is drawn anew by other data seeds; of a person's points a random part of the training points is
    taken, each class in proportion, with the same test points. None where too few points are left of a class. Raises
    FieldError for more than 50 seeds.
    """
    Between(1, MOST_SEEDS, 1).check("n_seeds", n_seeds)
    plain = replace(experiment, changes=(), edits=(), training=experiment.training_now)
    if plain.data.own is not None:
        table = table_of(make_dataset(replace(plain.data, standardise=False, label_noise=0.0, transfer="intact")))
        return tuple(_of_part(plain, table, size, seed) for size in sizes_of(plain) for seed in range(n_seeds))
    redrawn = seed_experiments(plain, n_seeds, "data") if n_seeds > 1 else (plain,)
    return tuple(_filled(one, replace(one.data, n_points=size), size) for size in sizes_of(plain) for one in redrawn)


def learning_curve(experiment: Experiment, n_seeds: int, outcomes: Mapping[int, Outcome]) -> LearningCurve:
    """Summarise the outcomes so far, by their index in `size_experiments`."""
    sizes = sizes_of(experiment)
    train, test = (np.full((len(sizes), n_seeds), np.nan) for _split in range(2))
    for index, one in outcomes.items():
        if not one.diverged:
            place = divmod(index, n_seeds)
            train[place], test[place] = one.scores.train_score, one.scores.test_score
    done = np.isfinite(test).sum(axis=1)
    return LearningCurve(np.array(sizes), _quantiles(train), _quantiles(test), done)


def _of_part(experiment: Experiment, table: Table, size: int, seed: int) -> Experiment | None:
    if size == experiment.data.n_train:
        return _filled(experiment, experiment.data, size)
    try:
        return _filled(experiment, replace(experiment.data, table=_part(table, size, seed)), size)
    except FieldError:
        return None


def _filled(experiment: Experiment, data: DataSpec, size: int) -> Experiment:
    """The experiment on `size` training points, which fill its batches."""
    training = experiment.training
    if training.batch_size is not None and training.batch_size > size:
        training = replace(training, batch_size=size)
    return replace(experiment, data=data, training=training)


def _part(table: Table, size: int, seed: int) -> Table:
    """`size` of the training points, chosen by seed, each class in proportion, and all test points."""
    test, groups = np.array(table.test), table.groups
    train = np.random.default_rng(seed).permutation(np.flatnonzero(~test))
    order = np.argsort(_ranks(groups[train]), kind="stable")
    kept = np.sort(np.concatenate([train[order][:size], np.flatnonzero(test)]))
    columns = {name: tuple(getattr(table, name)[row] for row in kept.tolist()) for name in ("x0", "x1", "y", "test")}
    return replace(table, **columns)


def _ranks(groups: NDArray[np.int64]) -> NDArray[np.float64]:
    """Each point's place within its class as a share of the class: ordering by it keeps the classes' proportions."""
    ranks = np.empty(len(groups))
    for label in np.unique(groups):
        rows = np.flatnonzero(groups == label)
        ranks[rows] = (np.arange(len(rows)) + 0.5) / len(rows)
    return ranks


def _quantiles(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """(5, sizes), QUARTILES over the draws."""
    found = np.full((len(QUARTILES), len(scores)), np.nan)
    there = np.isfinite(scores).any(axis=1)
    found[:, there] = np.nanquantile(scores[there], QUARTILES, axis=1)
    return found
