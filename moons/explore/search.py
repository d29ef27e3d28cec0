"""Good settings within a number of runs: Optuna's tree-structured Parzen estimator, judged on held-out points.

Bergstra et al., "Algorithms for Hyper-Parameter Optimization", 2011; the importance of a setting is PED-ANOVA's,
Watanabe et al. 2023.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from moons.data import make_dataset
from moons.experiment import Experiment
from moons.explore.estimate import estimated_seconds
from moons.explore.settings import SETTINGS, Value, value_in, with_value
from moons.fields import Between, FieldError
from moons.inspection.health.heldout import FOLDS, Figures, Split, figures_of, mean_of, splits_of
from moons.progress import Stopped
from moons.run import CHUNK_EPOCHS, History

if TYPE_CHECKING:
    from optuna import Study
    from optuna.trial import BaseTrial

SEARCHED = ("learning_rate", "optimizer", "activation", "width", "depth", "init_scale", "weight_decay")
WHOLE = {"width": (2, 32), "depth": (1, 3)}  # their bounds here: larger networks would make it a search of minutes
MOST_RUNS = 200
FEWEST_FOR_IMPORTANCE = 20  # runs; of fewer, the importance is mostly chance
IMPORTANCE_EVERY = 10  # runs
SIZES = tuple((width, depth) for width in (3, 8, 24) for depth in (1, 2, 3))  # that stand for all that are searched
BESIDE = 0.05  # seconds a run takes beside its training: to choose its settings and to judge it
FAILED = -10.0  # the merit of settings that don't go together or diverge: far below any other


@dataclass(frozen=True)
class Tried:
    """One run of a search."""

    experiment: Experiment
    values: tuple[tuple[str, Value], ...]  # setting -> value
    figures: Figures | None  # on the held-out points; None where the run diverged or can't be


@dataclass(frozen=True, eq=False)
class Search:
    """What a search has found so far."""

    tried: tuple[Tried, ...]  # the first is the experiment itself
    importance: tuple[tuple[str, float], ...] = ()  # share of each setting, the largest first; () before 20 runs

    @property
    def best(self) -> Tried | None:
        """The run with the best score on held-out points; of equals, the one of least loss. None: all have diverged."""
        found = self.ranked
        return found[0] if found else None

    @property
    def ranked(self) -> tuple[Tried, ...]:
        """The runs that haven't diverged, the best first, each before its equals that came later."""
        return tuple(sorted((one for one in self.tried if one.figures is not None), key=_rank, reverse=True))

    @property
    def best_so_far(self) -> NDArray[np.float64]:
        """(n,), the held-out score of the best run up to each; NaN before the first that has one."""
        scores = [np.nan if one.figures is None else one.figures.score for one in self.tried]
        return np.fmax.accumulate(np.array(scores))


def search(
    experiment: Experiment, n_runs: int = MOST_RUNS, *, stop: Callable[[], bool] = lambda: False
) -> Iterator[Search]:
    """Try settings one run after the other, each chosen by those before; yields what is found after each run.

    The first run is the experiment itself. Runs are compared on points held out for that: a fresh draw, or folds of a
    person's own training points; the test points stay unseen. Raises FieldError for other than 1 to 200
    runs, and ends early where `stop` says so.
    """
    from optuna import create_study, logging  # noqa: PLC0415 - half a second, and only a search needs it
    from optuna.samplers import TPESampler  # noqa: PLC0415

    Between(1, MOST_RUNS, 1).check("n_runs", n_runs)
    plain = replace(experiment, changes=(), edits=(), training=experiment.training_now)
    own = tuple((name, value_in(plain, name)) for name in SEARCHED)
    logging.set_verbosity(logging.ERROR)
    study = create_study(direction="maximize", sampler=TPESampler(seed=0))
    splits = splits_of(plain.data, make_dataset(plain.data))
    found = Search(())
    try:
        tried = Tried(plain, own, _judged(plain, splits, stop))
        found = replace(found, tried=(tried,))
        yield found
        while len(found.tried) < n_runs and not stop():
            trial = study.ask()
            values = tuple((name, _suggested(trial, name)) for name in SEARCHED)
            tried = _tried(plain, values, partial(_judged, splits=splits, stop=stop))
            study.tell(trial, _merit(tried))
            found = Search((*found.tried, tried), found.importance)
            if len(found.tried) % IMPORTANCE_EVERY == 0 and len(found.tried) >= FEWEST_FOR_IMPORTANCE:
                found = replace(found, importance=_importance(study))
            yield found
    except Stopped:
        return


def search_seconds(
    experiment: Experiment, n_runs: int, known: Experiment | None = None, epochs: int = 0, seconds: float = 0.0
) -> float:
    """About how long a search takes, where `epochs` epochs of `known` took `seconds`."""
    sizes = [with_value(with_value(experiment, "width", width), "depth", depth) for width, depth in SIZES]
    each = estimated_seconds(sizes, known, epochs, seconds) / len(sizes)
    return n_runs * (BESIDE + (FOLDS if experiment.data.own else 1) * each)


def _merit(tried: Tried) -> float:
    """What guides the search, also among equal scores: the score and, with less weight, the loss."""
    return FAILED if tried.figures is None else tried.figures.merit


def _rank(tried: Tried) -> tuple[float, float]:
    assert tried.figures is not None
    return tried.figures.score, -tried.figures.loss


def _tried(
    experiment: Experiment, values: tuple[tuple[str, Value], ...], judged: Callable[[Experiment], Figures | None]
) -> Tried:
    """A run with these settings; one that can't be has no figures."""
    made = experiment
    try:
        for name, value in values:
            made = with_value(made, name, value)
        made.training.steps_per_epoch(made.data.n_train)
    except FieldError:
        return Tried(experiment, values, None)
    return Tried(made, values, judged(made))


def _suggested(trial: "BaseTrial", name: str) -> Value:
    setting = SETTINGS[name]
    if setting.options:
        chosen: Value = trial.suggest_categorical(name, setting.options)
        return chosen
    if name in WHOLE:
        return trial.suggest_int(name, *WHOLE[name], log=setting.log)
    return float(f"{trial.suggest_float(name, setting.low, setting.high, log=setting.log):.3g}")


def _judged(experiment: Experiment, splits: tuple[Split, ...], stop: Callable[[], bool]) -> Figures | None:
    """The figures of the experiment on held-out points, the mean over folds; None if a run of it diverges."""
    found = []
    for split in splits:
        history = History(experiment, dataset=split.dataset)
        while not history.ended:
            next(history.play(history.last, CHUNK_EPOCHS, stop=stop), None)
            if stop():
                raise Stopped
        figures = figures_of(history.model_at(history.n_epochs), split, experiment.training_now, by_class=False)
        if not np.isfinite(figures.loss):
            return None
        found.append(figures)
    return mean_of(found)


def _importance(study: "Study") -> tuple[tuple[str, float], ...]:
    from optuna.importance import PedAnovaImportanceEvaluator, get_param_importances  # noqa: PLC0415

    shares = get_param_importances(study, evaluator=PedAnovaImportanceEvaluator())
    return tuple(sorted(shares.items(), key=lambda share: -share[1]))
