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
from moons.fields import Between

FEWEST_POINTS = 20
SIZES = 8  # at most
MOST_SEEDS = 50


@dataclass(frozen=True, eq=False)
class LearningCurve:
    """Scores by training set size, over draws of the points."""

    sizes: NDArray[np.int64]  # (s,), training points
    train_score: NDArray[np.float64]  # (5, s), QUARTILES over the draws; NaN before the first
    test_score: NDArray[np.float64]  # (5, s)
    done: NDArray[np.int64]  # (s,), finished runs


def sizes_of(experiment: Experiment) -> tuple[int, ...]:
    """Training set sizes by equal ratios, up to the experiment's own; one where it is too small for more."""
    most = experiment.data.n_train
    if most <= FEWEST_POINTS:
        return (most,)
    found = 2 * (np.geomspace(FEWEST_POINTS, most, SIZES) / 2).round().astype(int)
    return tuple(dict.fromkeys([*found[:-1].tolist(), most]))


def size_experiments(experiment: Experiment, n_seeds: int = 5) -> tuple[Experiment, ...]:
    """For each of `sizes_of`, `n_seeds` experiments with other points, and a batch that they fill.

    A generated dataset is drawn anew by other data seeds; of a person's points a random part of the training points is
    taken, each class in proportion, with the same test points. Raises FieldError for more than 50 seeds.
    """
    Between(1, MOST_SEEDS, 1).check("n_seeds", n_seeds)
    plain = replace(experiment, changes=(), edits=(), training=experiment.training_now)
    drawn = plain.data.own is None
    redrawn = seed_experiments(plain, n_seeds, "data") if n_seeds > 1 and drawn else (plain,) * n_seeds
    return tuple(_sized(one, size, number) for size in sizes_of(experiment) for number, one in enumerate(redrawn))


def learning_curve(experiment: Experiment, n_seeds: int, outcomes: Mapping[int, Outcome]) -> LearningCurve:
    """Summarise the outcomes so far, by their index in `size_experiments`."""
    sizes = sizes_of(experiment)
    train, test = (np.full((len(sizes), n_seeds), np.nan) for _split in range(2))
    for index, one in outcomes.items():
        place = divmod(index, n_seeds)
        train[place], test[place] = one.scores.train_score, one.scores.test_score
    done = np.isfinite(test).sum(axis=1)
    return LearningCurve(np.array(sizes), _quantiles(train), _quantiles(test), done)


def _sized(experiment: Experiment, size: int, number: int) -> Experiment:
    data, training = experiment.data, experiment.training
    if data.own is None:
        data = replace(data, n_points=size)
    elif size < data.n_train:
        data = replace(data, table=_part(data, size, number))
    if training.batch_size is not None and training.batch_size > size:
        training = replace(training, batch_size=size)
    return replace(experiment, data=data, training=training)


def _part(spec: DataSpec, size: int, number: int) -> Table:
    """A person's points with `size` of the training points, chosen by seed `number`, and all test points."""
    table = table_of(make_dataset(replace(spec, standardise=False, label_noise=0.0, transfer="intact")))
    test, groups = np.array(table.test), table.groups
    rng = np.random.default_rng(number)
    train = rng.permutation(np.flatnonzero(~test))
    order = np.argsort(_ranks(groups[train]), kind="stable")  # deal the classes in turn, by their share
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
