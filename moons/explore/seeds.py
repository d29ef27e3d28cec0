"""The same experiment under many seeds: how much of a result is luck?"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from moons.experiment import Experiment
from moons.explore.outcome import LEVELS, Outcome
from moons.fields import N_, Between, FieldError, rule_of
from moons.inspection.health import HEALTHY
from moons.model import ModelSpec

FEWEST, MOST = 2, 200  # runs
QUARTILES = (0.0, 0.25, 0.5, 0.75, 1.0)  # the least, the quartiles and the largest
PAIRS = 0.95  # of all pairs of runs
# which seeds vary -> its label
VARIED: dict[str, str] = {
    "weights": N_("Initial weights"),
    "data": N_("Drawn points"),
    "both": N_("Both"),
}


@dataclass(frozen=True, eq=False)
class Seeds:
    """What the runs have in common, and how far they differ. Diverged runs count, but for scores that aren't finite."""

    outcomes: tuple[Outcome, ...]
    epochs: NDArray[np.int64]  # (k,)
    train_loss: NDArray[np.float64]  # (5, k), QUARTILES over the runs that still go on at the epoch
    test_loss: NDArray[np.float64]  # (5, k)
    test_scores: NDArray[np.float64]  # (n,), accuracy or R² after the last epoch; NaN where it isn't finite
    stuck: dict[str, int]  # how many runs have each condition that isn't healthy, the commonest first
    mean_answers: NDArray[np.float64]  # (cells, n_classes) mean probability, or (cells, 1) mean share of the range
    disagreement: NDArray[np.float64]  # (cells,): the share of runs outside the majority, or the standard deviation

    @property
    def quartiles(self) -> tuple[float, ...]:
        """The finite test scores' least, quartiles and largest; NaN without one."""
        scores = self.finite_scores
        return tuple(np.quantile(scores, QUARTILES).tolist()) if scores.size else (np.nan,) * len(QUARTILES)

    @property
    def finite_scores(self) -> NDArray[np.float64]:
        """(k,), the test scores of the runs that have one."""
        return self.test_scores[np.isfinite(self.test_scores)]

    @property
    def apart(self) -> float:
        """How far two runs' test scores lie apart by their seeds alone: the 95th percentile of all pairs; 0 of one."""
        scores = self.finite_scores
        first, second = np.triu_indices(len(scores), 1)
        gaps = np.abs(scores[first] - scores[second])
        return float(np.quantile(gaps, PAIRS)) if gaps.size else 0.0

    @property
    def n_stuck(self) -> int:
        """How many runs have a condition that isn't healthy."""
        return sum(self.stuck.values())


def seed_experiments(experiment: Experiment, count: int, varied: str = "weights") -> tuple[Experiment, ...]:
    """`count` experiments that differ in their seeds alone, the experiment itself first.

    Seeds follow one another from the experiment's own on. Raises FieldError for a count outside 2 to 200 and an unknown
    `varied`.
    """
    Between(FEWEST, MOST, 1).check("count", count)
    if varied not in VARIED:
        options = ", ".join(VARIED)
        raise FieldError(
            N_("{field} must be one of {options}, got {value}"), field="varied", options=options, value=repr(varied)
        )
    return tuple(_reseeded(experiment, step, varied) for step in range(count))


def seeds(outcomes: Sequence[Outcome]) -> Seeds:
    """Summarise runs that differ in their seeds. Raises ValueError without a run."""
    if not outcomes:
        raise ValueError("there must be at least one outcome")
    answers = np.stack([one.answers for one in outcomes]).astype(np.float64) / LEVELS
    found = Counter(one.condition for one in outcomes if one.condition not in HEALTHY)
    scores = np.array([one.scores.test_score for one in outcomes], np.float64)
    return Seeds(
        outcomes=tuple(outcomes),
        epochs=outcomes[0].epochs,
        train_loss=_quantiles([one.train_loss for one in outcomes]),
        test_loss=_quantiles([one.test_loss for one in outcomes]),
        test_scores=np.where(np.isfinite(scores), scores, np.nan),
        stuck=dict(found.most_common()),
        mean_answers=answers.mean(axis=0),
        disagreement=_outside_the_majority(answers) if answers.shape[2] > 1 else answers[:, :, 0].std(axis=0),
    )


def _reseeded(experiment: Experiment, step: int, varied: str) -> Experiment:
    data, model = experiment.data, experiment.model
    if varied in ("data", "both"):
        data = replace(data, seed=_next(data.seed, step))
    if varied in ("weights", "both"):
        model = replace(model, seed=_next(model.seed, step))
    return replace(experiment, data=data, model=model)


def _next(seed: int, step: int) -> int:
    """The seed so many further on; after the largest that a field allows comes 0."""
    rule = rule_of(ModelSpec, "seed")
    assert isinstance(rule, Between)
    return (seed + step) % (int(rule.high) + 1)


def _quantiles(curves: Sequence[NDArray[np.float32]]) -> NDArray[np.float64]:
    """(5, k), QUARTILES of the curves at each epoch; NaN where no run goes on."""
    values = np.stack(curves).astype(np.float64)
    values[~np.isfinite(values)] = np.nan
    found = np.full((len(QUARTILES), values.shape[1]), np.nan)
    there = np.isfinite(values).any(axis=0)
    found[:, there] = np.nanquantile(values[:, there], QUARTILES, axis=0)
    return found


def _outside_the_majority(answers: NDArray[np.float64]) -> NDArray[np.float64]:
    """(cells,), the share of runs whose class isn't the one that most runs give."""
    labels = answers.argmax(axis=2)  # (runs, cells)
    votes = np.stack([(labels == label).sum(axis=0) for label in range(answers.shape[2])])
    share: NDArray[np.float64] = 1 - votes.max(axis=0) / len(labels)
    return share
