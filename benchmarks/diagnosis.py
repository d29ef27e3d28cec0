"""How often the diagnosis is right: `make diagnosis` prints the confusion table of each part of a corpus.

The corpus holds experiments over every setting of the page. The truth is independent of the diagnosis: a run is
faulty if several learners of scikit-learn do clearly better on fresh points, and a remedy is right if it closes at
least half of that gap there. Thresholds are tuned on the first half alone. `python -m benchmarks.diagnosis looked`
judges one part.
"""

import hashlib
import pickle
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from sklearn.base import BaseEstimator
from sklearn.ensemble import ExtraTreesClassifier, ExtraTreesRegressor
from sklearn.gaussian_process import GaussianProcessClassifier, GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, ConstantKernel, WhiteKernel
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures, StandardScaler
from threadpoolctl import threadpool_limits

from benchmarks.combinations import combinations
from benchmarks.faults import Case, corpus
from moons import Dataset, Experiment, History, make_dataset
from moons.data import GENERATORS, INTACT, SCRAMBLED, scramble
from moons.data.alterations import balanced
from moons.inspection.health import Diagnosis, diagnose, prove
from moons.run import CHUNK_EPOCHS

N_FRESH = 2_000
FIRST_SEED = 50_000  # of fresh points: the page's own seeds, and those of the proof, are below 20,000
HEALTHY_GAP, FAULTY_GAP = 0.03, 0.06  # of the score, to the best learner; between them either verdict is accepted
CLOSES = 0.5  # of the gap: what a remedy of the right cause does
HELPS, HARMS = 0.01, -0.02  # of the score
LOSS_HELPS = 0.1  # of the loss, as a share, where the score stays
CACHE = Path(tempfile.gettempdir()) / "moons-diagnosis"


@dataclass(frozen=True)
class Truth:
    """A run on fresh points: its own score and loss, and the best of the learners and of the run without the fault."""

    score: float
    loss: float
    best: float
    undone: float  # score without the planted fault; the run's own where nothing was planted

    @property
    def gap(self) -> float:
        """How much better it could be."""
        return max(self.best, self.undone) - self.score


@dataclass(frozen=True)
class Result:
    """One case judged: by the rules alone (0) and with the proof (1)."""

    family: str
    truth: Truth
    said: tuple[str, str]  # conditions; with the proof the cause as well
    grades: tuple[str, str]
    remedies: tuple[str, str]  # "", "helps", "nothing", "harms"
    seconds: float


def main() -> None:
    """Judge each part of the corpus, and print its table."""
    known = corpus()
    parts = {
        "looked": ("the half looked at", known[::2]),
        "unseen": ("the half not looked at", known[1::2]),
        "combinations": ("combinations of settings", combinations()),
    }
    for key in [key for key in parts if key in sys.argv] or parts:
        name, cases = parts[key]
        with ProcessPoolExecutor(2) as pool:
            results = []
            for case, r in zip(cases, pool.map(result_of, cases), strict=True):
                results.append(r)
                good = r.grades[1] in ("right", "healthy") and r.remedies[1] in ("", "helps")
                if "--list" in sys.argv and not good:
                    print(case.number, r, flush=True)
        table(name, results)


@threadpool_limits.wrap(limits=1)
def result_of(case: Case) -> Result:
    """Train, diagnose, prove, and compare with the truth."""
    torch.set_num_threads(1)
    warnings.simplefilter("ignore")
    history = played(case.experiment)
    truth = cached(f"truth {case!r}", lambda: truth_of(case, history))
    ruled = diagnose(history, history.n_epochs)
    began = time.perf_counter()
    proof = prove(history)
    seconds = time.perf_counter() - began
    founds, causes = (ruled, proof.verdict), (ruled.condition, proof.cause)
    effects = [effect_of(case, found, truth) for found in founds]
    grades = [grade_of(case, found, cause, truth, e) for found, cause, e in zip(founds, causes, effects, strict=True)]
    said = ruled.condition, f"{proof.verdict.condition}/{proof.cause}" if proof.cause else proof.verdict.condition
    words = [word_of(found, effect, truth) for found, effect in zip(founds, effects, strict=True)]
    return Result(case.family, truth, said, (grades[0], grades[1]), (words[0], words[1]), seconds)


def grade_of(case: Case, found: Diagnosis, cause: str, truth: Truth, effect: tuple[float, float] | None) -> str:
    """`healthy`, `right`, `acceptable`, or what is wrong: `alarm`, `missed`, `wrong cause`."""
    hopeless = case.family in ("shuffled", "noise only")
    if found.healthy:
        if hopeless or truth.gap >= FAULTY_GAP:
            return "missed"
        return "healthy" if truth.gap <= HEALTHY_GAP else "acceptable"
    return _grade_of_fault(case, found, cause, truth, effect, hopeless)


def _grade_of_fault(
    case: Case, found: Diagnosis, cause: str, truth: Truth, effect: tuple[float, float] | None, hopeless: bool
) -> str:
    """The same of a run that is said to have a fault."""
    named = found.condition in case.conditions or cause in case.causes
    if truth.gap < FAULTY_GAP:
        if hopeless or case.family in ("four rows", "contradictory", "untested"):
            return "right" if named else "acceptable" if found.remedy is None else "wrong cause"
        if named and case.undo is not None and effect is not None and effect[1] >= LOSS_HELPS:
            return "right"  # the loss shows the fault, the score doesn't
        fine = truth.gap > HEALTHY_GAP or (effect is not None and effect[1] >= LOSS_HELPS and effect[0] > -HELPS)
        return "acceptable" if fine else "alarm"
    if effect is None:
        least = HEALTHY_GAP if case.undos else HELPS  # the best of many changes gains a little by chance
        return "right" if named else "acceptable" if truth.undone < truth.score + least else "wrong cause"
    planted = truth.undone - truth.score  # where even this closes less, no single change closes half
    if effect[0] < min(CLOSES * truth.gap, planted if planted > HELPS else truth.gap):
        return "wrong cause"
    return "right" if named else "acceptable"


def effect_of(case: Case, found: Diagnosis, truth: Truth) -> tuple[float, float] | None:
    """What the remedy gives on fresh points: gain of the score, and fall of the loss as a share; mean of two seeds."""
    if found.remedy is None:
        return None
    runs = _seeds(found.remedy.experiment)
    pairs = [cached(f"run {case!r} {run!r}", lambda run=run: judged(case, played(run))) for run in runs]
    score, loss = np.mean(pairs, axis=0)
    return score - truth.score, 1 - loss / max(truth.loss, 1e-9)


def word_of(found: Diagnosis, effect: tuple[float, float] | None, truth: Truth) -> str:
    """Whether a remedy helps."""
    if effect is None:
        return ""
    gain, fall = effect
    if gain < HARMS and fall < LOSS_HELPS:
        return "harms"
    return "helps" if gain >= HELPS or (fall >= LOSS_HELPS and gain > -HELPS) else "nothing"


def truth_of(case: Case, history: History) -> Truth:
    """The run, the learners, and the run without its fault, on fresh points."""
    score, loss = judged(case, history)
    undone = (
        judged(case, played(case.undo))[0] if case.undo else max(map(partial(_gained, case), case.undos), default=score)
    )
    return Truth(score, loss, best_learner(case), undone)


def _gained(case: Case, changed: Experiment) -> float:
    """The score of a change on fresh points, the mean of two weight seeds."""
    return float(np.mean([judged(case, played(run))[0] for run in _seeds(changed)]))


def _seeds(experiment: Experiment) -> list[Experiment]:
    seeds = [experiment.model.seed, (experiment.model.seed + 7) % 10_000]
    return [replace(experiment, model=replace(experiment.model, seed=seed)) for seed in seeds]


def judged(case: Case, history: History) -> tuple[float, float]:
    """Score and loss of a run's end on fresh points; of a run that isn't finite 0 and a large loss."""
    X, y = fresh(case, history.experiment)
    model = history.model_at(history.n_epochs)
    with torch.no_grad():
        outputs = model(torch.from_numpy(X)).double().numpy()
    if not np.isfinite(outputs).all():
        return 0.0, 100.0
    if history.dataset.n_classes:
        logits = outputs - outputs.max(axis=1, keepdims=True)
        chances = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
        return score_of(y, outputs.argmax(axis=1), case), float(-np.log(chances[np.arange(len(y)), y] + 1e-30).mean())
    return score_of(y, outputs[:, 0], case), float(((outputs[:, 0] - y) ** 2).mean() / y.var())


def score_of(y: np.ndarray, answers: np.ndarray, case: Case) -> float:
    """Accuracy, the mean of each class's where they are unequal; R², at least −1."""
    if not case.experiment.data.class_count:
        return max(-1.0, float(1 - ((y - answers) ** 2).sum() / ((y - y.mean()) ** 2).sum()))
    if case.family != "unbalanced":
        return float((y == answers).mean())
    return float(np.mean([(answers[y == k] == k).mean() for k in np.unique(y)]))


def fresh(case: Case, experiment: Experiment) -> tuple[np.ndarray, np.ndarray]:
    """Points that neither the run nor the proof has seen, as the run of `experiment` is given them."""
    data, generator = experiment.data, GENERATORS[case.kind]
    options = {"n_classes": case.experiment.data.class_count} if generator.any_n_classes else {}

    def draw(n: int) -> tuple[np.ndarray, np.ndarray]:
        return generator.draw(n, noise=case.noise, seed=FIRST_SEED + case.number, **options)

    plain = data.own or data.balance == 0.5 or not data.class_count
    X, y = draw(N_FRESH) if plain else balanced(draw, N_FRESH, data.class_count, case.experiment.data.balance)
    if data.own:
        X, y = case.as_table(X, y)
    scaling = make_dataset(replace(data, transfer=INTACT)).scaling
    X, y = scaling.from_units(X), y if data.class_count else scaling.y_from_units(y)
    X = scramble(X) if data.transfer == SCRAMBLED else X
    return np.ascontiguousarray(X, np.float32), y


def best_learner(case: Case) -> float:
    """The best score of learners that have nothing in common with the run, given the same points, intact."""
    spec = replace(case.experiment.data, transfer=INTACT, standardise=False)
    experiment, dataset = replace(case.experiment, data=spec), make_dataset(spec)
    X, y = fresh(case, experiment)
    n = 150  # a Gaussian process takes n³
    scores = []
    for learner in learners(dataset):
        few = slice(n if "gaussian" in str(learner).lower() else None)
        try:
            fitted = make_pipeline(StandardScaler(), learner).fit(dataset.X_train[few], dataset.y_train[few])
        except ValueError:  # three points in two folds
            continue
        scores.append(score_of(y, fitted.predict(X), case))
    return max(scores)


def learners(dataset: Dataset) -> Iterator[BaseEstimator]:
    """Of five kinds."""
    cubic = PolynomialFeatures(3)
    kernel = ConstantKernel() * RBF(0.5)
    if dataset.n_classes:
        yield ExtraTreesClassifier(100, min_samples_leaf=3, random_state=0, class_weight="balanced")
        yield GaussianProcessClassifier(kernel, random_state=0, max_iter_predict=50)
        yield make_pipeline(cubic, LogisticRegression(max_iter=500))
        yield MLPClassifier((32,), solver="lbfgs", alpha=0.01, max_iter=400, random_state=0)
    else:
        yield ExtraTreesRegressor(100, min_samples_leaf=2, random_state=0)
        yield GaussianProcessRegressor(kernel + WhiteKernel(0.1), normalize_y=True, random_state=0)
        yield make_pipeline(cubic, Ridge(0.1))
        yield MLPRegressor((32,), solver="lbfgs", alpha=0.01, max_iter=400, random_state=0)


def played(experiment: Experiment) -> History:
    """The whole run."""
    history = History(experiment)
    for _chunk in history.play(history.last, CHUNK_EPOCHS):
        pass
    return history


def cached(key: str, compute: Callable[[], Any]) -> Any:
    """A result that was computed before, from the disk."""
    CACHE.mkdir(exist_ok=True)
    place = CACHE / hashlib.sha1(key.encode()).hexdigest()
    if place.exists():
        return pickle.loads(place.read_bytes())
    value = compute()
    place.write_bytes(pickle.dumps(value))
    return value


def table(name: str, results: list[Result]) -> None:
    """The confusion table of one half: for each planted fault how it was graded, and what was said."""
    columns = ("healthy", "right", "acceptable", "alarm", "missed", "wrong cause")
    for way, which in (("rules alone", 0), ("with proof", 1)):
        print(f"\n{name}, {way}: {len(results)} experiments\n{'planted':<18}" + "".join(f"{c:>12}" for c in columns))
        for family in dict.fromkeys(r.family for r in results):
            ours = [r for r in results if r.family == family]
            grades = Counter(r.grades[which] for r in ours)
            said = ", ".join(f"{what} {n}" for what, n in Counter(r.said[which] for r in ours).most_common(4))
            print(f"{family:<18}" + "".join(f"{grades[c] or '·':>12}" for c in columns) + f"   {said}")
        grades = Counter(r.grades[which] for r in results)
        remedies = Counter(r.remedies[which] for r in results if r.remedies[which])
        fine, offered = sum(grades[c] for c in columns[:3]), max(1, remedies.total())
        print(f"{'all':<18}" + "".join(f"{grades[c] or '·':>12}" for c in columns))
        strictly = (fine - grades["acceptable"]) / len(results)
        print(
            f"right or acceptable {fine / len(results):.1%}, strictly {strictly:.1%}; false alarms {grades['alarm']}; "
            f"of {remedies.total()} remedies {remedies['helps'] / offered:.1%} help, {remedies['harms']} harm"
        )
    seconds = [r.seconds for r in results]
    print(f"proof: median {np.median(seconds):.2f} s, longest {max(seconds):.2f} s")


if __name__ == "__main__":
    main()
