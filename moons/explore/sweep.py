"""One or two settings over a grid of values, each with several weight seeds."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from moons.experiment import Experiment
from moons.explore.outcome import Outcome
from moons.explore.seeds import seed_experiments
from moons.explore.settings import SETTINGS, Setting, Value, with_value
from moons.explore.table import outcomes_csv
from moons.fields import N_, Between, FieldError

MOST_VALUES = 16  # of one setting
MOST_SEEDS = 10
MOST_RUNS = 2_000


@dataclass(frozen=True)
class Axis:
    """One swept setting and its values."""

    setting: str  # a key of SETTINGS
    values: tuple[Value, ...]


@dataclass(frozen=True, eq=False)
class Sweep:
    """The cells of a sweep: rows are the second setting's values, columns the first's."""

    axes: tuple[Axis, ...]
    test_loss: NDArray[np.float64]  # (rows, columns), median over the seeds that ended finite; NaN before the first
    test_score: NDArray[np.float64]  # (rows, columns), accuracy or R² likewise
    done: NDArray[np.int64]  # (rows, columns), finished runs
    diverged: NDArray[np.int64]  # (rows, columns), of them

    @property
    def best(self) -> tuple[int, int] | None:
        """Row and column of the cell with the best test score, the smaller loss among equals; None without one."""
        if not np.isfinite(self.test_score).any():
            return None
        order = np.lexsort((np.nan_to_num(self.test_loss, nan=np.inf).ravel(), -_lowest(self.test_score).ravel()))
        row, column = divmod(int(order[0]), self.test_score.shape[1])
        return row, column


def axis(name: str, low: float = 0.0, high: float = 0.0, count: int = 7, *, log: bool | None = None) -> Axis:
    """Values of a setting from `low` to `high`; all of them where they aren't numbers.

    log: by equal ratios, or evenly; None: as is usual for the setting.

    Raises FieldError for an unknown setting, a bound that the setting can't have, or a count outside 2 to 16.
    """
    if name not in SETTINGS:
        options = ", ".join(SETTINGS)
        raise FieldError(
            N_("{field} must be one of {options}, got {value}"), field="setting", options=options, value=repr(name)
        )
    setting = SETTINGS[name]
    if setting.options:
        return Axis(name, setting.options)
    Between(2, MOST_VALUES, 1).check("count", count)
    if not -np.inf < low < high < np.inf:
        raise FieldError(
            N_("{field} must begin below its end, got {value}"), field=setting.field, value=f"{low:g} – {high:g}"
        )
    log = setting.log if log is None else log
    if log and low <= 0:
        raise FieldError(N_("{field} must begin above 0, got {value}"), field=setting.field, value=f"{low:g}")
    found = _spread(setting, low, high, count, log=log)
    for value in (found[0], found[-1]):
        with_value(Experiment(), name, value)
    return Axis(name, found)


def _spread(setting: Setting, low: float, high: float, count: int, *, log: bool) -> tuple[Value, ...]:
    """At most `count` different values that the setting can have."""
    spread = np.geomspace if log else np.linspace
    values = [float(f"{value:.3g}") for value in spread(low, high, count)]
    unit = 2 if setting.even else 1
    return tuple(dict.fromkeys(unit * round(value / unit) if setting.whole else value for value in values))


def sweep_experiments(
    experiment: Experiment, axes: tuple[Axis, ...], n_seeds: int = 1
) -> tuple[Experiment | None, ...]:
    """The experiments of all cells, row by row, each with `n_seeds` weight seeds; None where values don't go together.

    Raises FieldError for other than one or two different settings, or too many runs.
    """
    if len(axes) not in (1, 2) or len({one.setting for one in axes}) != len(axes):
        raise FieldError(N_("a sweep needs one setting, or two different ones"), field="axes")
    Between(1, MOST_SEEDS, 1).check("n_seeds", n_seeds)
    plain = replace(experiment, changes=(), edits=(), training=experiment.training_now)
    cells = [(x, y) for y in (axes[1].values if len(axes) > 1 else (None,)) for x in axes[0].values]
    Between(1, MOST_RUNS, 1).check("runs", len(cells) * n_seeds)
    found: list[Experiment | None] = []
    for x, y in cells:
        one = _cell(plain, axes, (x, y))
        found += [None] * n_seeds if one is None else _seeded(one, n_seeds)
    return tuple(found)


def _seeded(experiment: Experiment, n_seeds: int) -> tuple[Experiment, ...]:
    return (experiment,) if n_seeds == 1 else seed_experiments(experiment, n_seeds)


def _cell(experiment: Experiment, axes: tuple[Axis, ...], values: tuple[Value, Value]) -> Experiment | None:
    try:
        for one, value in zip(axes, values, strict=False):
            experiment = with_value(experiment, one.setting, value)
        experiment.training.steps_per_epoch(experiment.data.n_train)
    except FieldError:
        return None
    return experiment


def sweep(axes: tuple[Axis, ...], n_seeds: int, outcomes: Mapping[int, Outcome]) -> Sweep:
    """Summarise the outcomes so far, by their index in `sweep_experiments`."""
    shape = (len(axes[1].values) if len(axes) > 1 else 1), len(axes[0].values), n_seeds
    loss, score = np.full(shape, np.nan), np.full(shape, np.nan)
    done, diverged = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
    for index, one in outcomes.items():
        place = np.unravel_index(index, shape)
        done[place], diverged[place] = 1, one.diverged
        if not one.diverged:
            loss[place], score[place] = one.scores.test_loss, one.scores.test_score
    return Sweep(axes, _median(loss), _median(score), done.sum(axis=2), diverged.sum(axis=2))


def sweep_csv(axes: tuple[Axis, ...], outcomes: Mapping[int, Outcome]) -> str:
    """A row for each finished run: its settings, then as `outcomes_csv` has it."""
    return outcomes_csv(outcomes, [one.setting for one in axes])


def _median(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Over the last axis, without NaN; NaN where there is nothing else."""
    found = np.full(values.shape[:-1], np.nan)
    there = np.isfinite(values).any(axis=-1)
    found[there] = np.nanmedian(values[there], axis=-1)
    return found


def _lowest(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.nan_to_num(values, nan=-np.inf)
