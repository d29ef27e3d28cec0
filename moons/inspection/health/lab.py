"""Trials of one run: the same experiment changed, trained, and compared on points held out for that."""

import time
from collections.abc import Callable, Generator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import pairwise
from typing import TypeVar

import numpy as np

from moons.data import Dataset, DataSpec, make_dataset
from moons.fields import FieldError
from moons.inspection.health.causes import Case
from moons.inspection.health.ceiling import Ceiling, ceiling_of
from moons.inspection.health.diagnosis import Diagnosis, is_rare
from moons.inspection.health.heldout import Figures, Split, describes, figures_of, mean_of, splits_of
from moons.inspection.health.remedy import Remedy
from moons.inspection.health.signs import Signs
from moons.inspection.health.verdict import SEEDS, Trial
from moons.inspection.points import evaluate
from moons.model import set_parameters
from moons.progress import State
from moons.run import CHUNK_EPOCHS, Experiment, History

CHUNK_COST = 3e7  # points times parameters times epochs between two looks at the clock: tens of milliseconds
COSTLY = 1.5  # times the run's own work: left out once a change does as well as any learner
KEPT = 40  # states of a run that are asked for its best epoch
TRIAL_BYTES = 1_000_000  # of a trial's keyframes: a proof holds two dozen of them
TICK = 0.03  # seconds of work between two yields, about

T = TypeVar("T")
Work = Generator[None, None, T]  # done bit by bit; its value comes at the end


class OutOfTimeError(Exception):
    pass


@dataclass
class Clock:
    """Says when to end."""

    seconds: float | None
    stop: Callable[[], bool] | None
    began: float = field(default_factory=time.monotonic)

    def check(self) -> None:
        """Raise OutOfTimeError if time is up, or someone wants it to end."""
        late = self.seconds is not None and time.monotonic() - self.began > self.seconds
        if late or (self.stop is not None and self.stop()):
            raise OutOfTimeError


class Lab:
    """Runs trials of one run, on its own held-out points."""

    def __init__(self, history: History, signs: Signs) -> None:
        self.history, self.signs = history, signs
        self.experiment, self.dataset = history.experiment, history.dataset
        self.described = describes(self.experiment.data, self.dataset)
        self.splits = splits_of(self.experiment.data, self.dataset)
        self.clock = Clock(None, None)
        self.by_class = is_rare(signs)
        self.best_epoch = 0

    def base(self) -> Trial:
        """The run itself, on the page's own sets."""
        spec, _end = self.experiment.segment(self.signs.epoch)
        now = evaluate(self.history.model_at(self.signs.epoch), self.dataset, spec).scores
        return Trial("", Remedy("", {}, self.experiment), self.history, self.signs.epoch, now, ())

    def judged_base(self, base: Trial) -> Work[Trial]:
        """The run on the held-out points, and the epoch at which it does best there."""
        generated = self.splits[0].dataset is self.dataset
        if generated:
            figures = self._figures(self.history, self.signs.epoch, self.splits[0])
            states = self.history.keyframes(self.signs.epoch, KEPT)[1:]
            losses, epochs = self._losses(states), [state.epoch for state in states]
        else:
            runs = []
            for split in self.splits:
                runs.append((yield from self._run(self.experiment, split, self.signs.epoch)))
            figures = mean_of(
                [
                    self._figures(run, min(run.n_epochs, self.signs.epoch), s)
                    for run, s in zip(runs, self.splits, strict=True)
                ]
            )
            shared = min(run.n_epochs for run in runs)
            losses = list(np.mean([run.test_loss[:shared] for run in runs], axis=0)) if shared else []
            epochs = list(range(shared))
        self.best_epoch = epochs[int(np.nanargmin(losses))] if losses and np.isfinite(losses).any() else 0
        n = sum(len(split.y) for split in self.splits)
        return replace(base, figures=(figures,), n_heldout=n, chance=self._chance())

    def _chance(self) -> float:
        """The score of the same answer everywhere."""
        n_classes = self.dataset.n_classes
        if not n_classes:
            return 0.0
        return 1 / n_classes if self.by_class else float(self.signs.shares.max())

    def ceiling(self) -> Work[Ceiling]:
        """What other learners reach with these points: found once for all runs on them."""
        known = _ceilings(self.experiment.data, self.by_class) if self.described else []
        if not known:
            known.append((yield from ceiling_of(self.splits, self.by_class)))
        return known[0]

    def case(self, finding: Diagnosis) -> Case:
        """What the causes look at."""
        signs, ended = self.signs, self.history.ended if self.signs.epoch == self.history.n_epochs else None
        return Case(self.experiment, signs, self.dataset, finding.condition, self.described, ended, self.best_epoch)

    def is_costly(self, remedy: Remedy) -> bool:
        """Whether the change takes several times as long as the run."""
        return work_of(remedy.experiment) > COSTLY * work_of(self.experiment)

    def trial(self, key: str, remedy: Remedy) -> Work[Trial | None]:
        """A change under the run's own weight seed; None if it can't be trained."""
        try:
            spec = remedy.experiment.training_now
            dataset = self._dataset(remedy.experiment)
            history = yield from self._run(remedy.experiment, Split(dataset, dataset.X_test, dataset.y_test))
            figures = yield from self._seed_figures(remedy.experiment, history)
        except FieldError:
            return None
        now = evaluate(history.model_at(history.n_epochs), dataset, spec).scores
        return Trial(key, remedy, history, history.n_epochs, now, (figures,))

    def repeated(self, trial: Trial) -> Work[Trial]:
        """The same under more weight seeds."""
        figures = list(trial.figures)
        while len(figures) < SEEDS:
            experiment, epoch = trial.remedy.experiment, trial.epoch if trial.cause == "" else None
            seed = (experiment.model.seed + len(figures)) % 10_000
            other = replace(experiment, model=replace(experiment.model, seed=seed))
            figures.append((yield from self._seed_figures(other, None, epoch)))
        return replace(trial, figures=tuple(figures))

    def _seed_figures(self, experiment: Experiment, history: History | None, epoch: int | None = None) -> Work[Figures]:
        dataset = self._dataset(experiment)
        splits = self.splits if dataset is self.dataset else splits_of(experiment.data, dataset)
        found = []
        for split in splits:
            known = history if split.dataset is dataset else None
            run = known or (yield from self._run(experiment, split, epoch))
            found.append(self._figures(run, run.n_epochs if epoch is None else min(epoch, run.n_epochs), split))
        return mean_of(found)

    def _dataset(self, experiment: Experiment) -> Dataset:
        return self.dataset if experiment.data == self.experiment.data else make_dataset(experiment.data)

    def _losses(self, states: list[State]) -> list[float]:
        """Of the run on the held-out points, by one network: building one takes longer than its answers."""
        model, losses = self.history.model_at(0), []
        for state in states:
            set_parameters(model, state.parameters)
            spec, _end = self.experiment.segment(state.epoch)
            losses.append(figures_of(model, self.splits[0], spec, self.by_class).loss)
        return losses

    def _figures(self, run: History, epoch: int, split: Split) -> Figures:
        spec, _end = run.experiment.segment(epoch)
        return figures_of(run.model_at(epoch), split, spec, self.by_class)

    def _run(self, experiment: Experiment, split: Split, epoch: int | None = None) -> Work[History]:
        n, batch = len(split.dataset.y_train), experiment.training.batch_size
        if batch is not None and batch > n:  # a fold is smaller than the whole
            experiment = replace(experiment, training=replace(experiment.training, batch_size=n))
        device = self.history.asked_device
        run = History(experiment, device=device, dataset=split.dataset, keyframe_bytes=TRIAL_BYTES)
        cost = n * run.last.parameters.size
        tick = _Tick()
        for _chunk in run.play(run.last, max(1, min(CHUNK_EPOCHS, int(CHUNK_COST / cost))), stop=tick):
            self.clock.check()
            if epoch is not None and run.n_epochs >= epoch:
                break
            if tick():
                yield
                tick.begin()
        return run


class _Tick:
    """Says when it is time to let others work."""

    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """Count from now on."""
        self._end = time.perf_counter() + TICK

    def __call__(self) -> bool:
        return time.perf_counter() >= self._end


def work_of(experiment: Experiment) -> float:
    """Epochs times weights and biases: about as long as it takes."""
    model = experiment.model
    sizes = len(model.features), *model.hidden, max(1, experiment.data.class_count)
    return float(experiment.epochs * sum((n_in + 1) * n_out for n_in, n_out in pairwise(sizes)))


@lru_cache(maxsize=32)  # a class looks at the same points, and a person tries one setting after the other on them
def _ceilings(_data: DataSpec, _by_class: bool) -> list[Ceiling]:
    """Where the ceiling of these points is kept once it is found."""
    return []
