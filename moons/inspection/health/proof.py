"""The diagnosis proved: the same experiment with one thing changed, compared on points held out for that."""

import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TypeVar

import numpy as np

from moons.data import Dataset, make_dataset
from moons.fields import FieldError
from moons.inspection.health.causes import Case, remedies_of
from moons.inspection.health.diagnosis import Diagnosis, is_rare
from moons.inspection.health.heldout import (
    Ceiling,
    Figures,
    Split,
    ceiling_of,
    describes,
    figures_of,
    mean_of,
    splits_of,
)
from moons.inspection.health.remedy import Remedy
from moons.inspection.health.signs import Signs
from moons.inspection.health.verdict import GO_ON, SEEDS, Trial, by_merit, chosen, contenders, judged, reaches
from moons.inspection.points import evaluate
from moons.run import CHUNK_EPOCHS, Experiment, History

CHUNK_COST = 3e7  # points times parameters times epochs between two looks at the clock: tens of milliseconds
COSTLY = 1.5  # times the run's own work: left out once a change does as well as any learner
KEPT = 40  # states of a run that are asked for its best epoch
TRIAL_BYTES = 1_000_000  # of a trial's keyframes: a proof holds two dozen of them
TICK = 0.03  # seconds of work between two yields, about

T = TypeVar("T")
Work = Generator[None, None, T]  # done bit by bit; its value comes at the end


@dataclass(frozen=True, eq=False)
class Proof:
    """What was tried, and what is said after it."""

    finding: Diagnosis  # the rules' word
    verdict: Diagnosis  # the word after trying: the same where nothing contradicts it
    cause: str  # a key of CAUSES; empty where no change helps or none is needed
    base: Trial  # the run itself
    trials: tuple[Trial, ...]  # the best first
    ceiling: Ceiling | None  # what another learner reaches with the same points
    tried: int
    planned: int
    complete: bool  # False while it goes on, and where time was up or it was stopped

    @property
    def nbytes(self) -> int:
        """Memory held by the trials' runs, bytes."""
        return sum(trial.history.nbytes for trial in self.trials)

    @property
    def best(self) -> Trial | None:
        """The trial whose experiment the verdict's remedy offers."""
        remedy = self.verdict.remedy
        return next((t for t in self.trials if remedy and t.remedy.experiment == remedy.experiment), None)


class _OutOfTimeError(Exception):
    pass


@dataclass
class _Clock:
    """Says when to end."""

    seconds: float | None
    stop: Callable[[], bool] | None
    began: float = field(default_factory=time.monotonic)

    def check(self) -> None:
        """Raise _OutOfTimeError if time is up, or someone wants it to end."""
        late = self.seconds is not None and time.monotonic() - self.began > self.seconds
        if late or (self.stop is not None and self.stop()):
            raise _OutOfTimeError


def steps(
    history: History, signs: Signs, finding: Diagnosis, seconds: float | None, stop: Callable[[], bool] | None
) -> Iterator[Proof]:
    """See health.prove_steps."""
    clock, lab = _Clock(seconds, stop), _Lab(history, signs)
    base = lab.base()
    proof = Proof(finding, finding, "", base, (), None, 0, 0, False)
    if finding.condition == "untrained":
        yield replace(proof, complete=True)
        return
    try:
        lab.clock = clock
        base = yield from _ticking(lab.judged_base(base), proof)
        proof = replace(proof, base=base)
        yield proof
        proof = replace(proof, ceiling=ceiling_of(lab.splits, lab.by_class))
        plan = lab.plan(finding)
        proof = replace(proof, planned=len(plan))
        yield proof
        for key, remedy in plan:
            skipped = lab.is_costly(remedy) and reaches(proof.trials, proof.ceiling)
            trial = None if skipped else (yield from _ticking(lab.trial(key, remedy), proof))
            trials = proof.trials if trial is None else by_merit((*proof.trials, replace(trial, place=proof.tried)))
            proof = replace(proof, trials=trials, tried=proof.tried + 1)
            yield proof
        proof = yield from _confirmed(proof, lab)
        yield _said(replace(proof, complete=True), signs)
    except _OutOfTimeError:
        yield _said(proof, signs)


def _ticking(work: Work[T], proof: Proof) -> Generator[Proof, None, T]:
    """Do the work; at each of its yields the proof as it is known so far."""
    while True:
        try:
            next(work)
        except StopIteration as done:
            value: T = done.value
            return value
        yield proof


def work_of(experiment: Experiment) -> float:
    """Epochs times weights and biases: about as long as it takes."""
    model = experiment.model
    sizes = len(model.features), *model.hidden, max(1, experiment.data.class_count)
    return float(experiment.epochs * sum((n_in + 1) * n_out for n_in, n_out in pairwise(sizes)))


def _confirmed(proof: Proof, lab: "_Lab") -> Generator[Proof, None, Proof]:
    """Repeat the run and what looks best under other weight seeds, until a change holds."""
    for trial in contenders(proof.finding, proof.base, proof.trials):
        proof = replace(proof, base=(yield from _ticking(lab.repeated(proof.base), proof)))
        sure = yield from _ticking(lab.repeated(trial), proof)
        proof = replace(proof, trials=by_merit(tuple(sure if t is trial else t for t in proof.trials)))
        yield proof
        if chosen(proof.base, proof.trials) is not None and sure is chosen(proof.base, proof.trials):
            break
    return proof


def _said(proof: Proof, signs: Signs) -> Proof:
    best = chosen(proof.base, proof.trials)
    if best is None and not proof.complete:
        return proof  # what is not tried yet may help
    verdict, cause = judged(proof.finding, signs, proof.base, proof.trials, best, proof.ceiling)
    return replace(proof, verdict=verdict, cause=cause)


class _Lab:
    """Runs trials of one run, on its own held-out points."""

    def __init__(self, history: History, signs: Signs) -> None:
        self.history, self.signs = history, signs
        self.experiment, self.dataset = history.experiment, history.dataset
        self.described = describes(self.experiment.data, self.dataset)
        self.splits = splits_of(self.experiment.data, self.dataset)
        self.clock = _Clock(None, None)
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
            states = self.history.kept(self.signs.epoch, KEPT)[1:]
            losses = [self._figures(self.history, state.epoch, self.splits[0]).loss for state in states]
            epochs = [state.epoch for state in states]
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
        return replace(base, figures=(figures,), n_heldout=sum(len(split.y) for split in self.splits))

    def plan(self, finding: Diagnosis) -> list[tuple[str, Remedy]]:
        """What to try, in order."""
        signs, ended = self.signs, self.history.ended if self.signs.epoch == self.history.n_epochs else None
        case = Case(self.experiment, signs, self.dataset, finding.condition, self.described, ended, self.best_epoch)
        found = remedies_of(case)
        if signs.epoch < self.experiment.epochs and ended is None:
            found.insert(0, (GO_ON, Remedy("", {}, self.experiment)))
        return found

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
