"""What is said after trying: the change that closes most of the gap, if it holds under other weight seeds."""

import math
from dataclasses import dataclass, replace

from moons.fields import N_
from moons.inspection.health.causes import CAUSES
from moons.inspection.health.ceiling import Ceiling
from moons.inspection.health.diagnosis import Diagnosis, is_rare, told
from moons.inspection.health.heldout import Figures
from moons.inspection.health.remedy import Remedy
from moons.inspection.health.signs import Signs
from moons.inspection.health.success import FIGURES
from moons.progress import Scores
from moons.run import History

SEEDS = 3  # weight seeds of the run and of a change that is offered
MOST_REPEATED = 4  # changes that are tried under all of them
MARGIN = 0.02  # merit that a change must gain under its worst seed
NOISE = 0.35  # the same for few held-out points: over the root of their number, a standard error or so
SAME_GAP = 0.85  # of the best change's gain: those that gain so much count as alike, and the most particular is named
ALARM = 0.04  # score that a change must gain to contradict a healthy finding
REFUTED = 0.03  # score within which the best that was found is no better
HIDDEN_GAP = 0.065  # score that another learner must be ahead by, for a healthy finding to be contradicted
CLOSED = 0.5  # of the gap to another learner: a single change that closes so much is named alone
SURE = 3  # times the margin, likewise: few held-out points flatter the best of several learners
TELLING = 0.15  # score above that of the same answer everywhere: labels that are shuffled don't allow it
MEMORISED = 0.75  # of the loss: what a change must make of it where the score stays
GO_ON = "go on"  # the run itself, trained to its end
FOR_THE_LOSS = ("early_stop", "penalise", "longer", GO_ON)  # changes that may leave the accuracy as it is
DATA_FINDINGS = ("shuffled", "data", "unbalanced")  # what is said of the points, whatever is tried

TRIED = N_(
    "Tried with {seeds} weight seeds: test accuracy {after:.1%} instead of {before:.1%}; at worst {worst:.1%} on "
    "points held out for the comparison."
)
TRIED_NUMBERS = N_(
    "Tried with {seeds} weight seeds: test R² {after:.3f} instead of {before:.3f}; at worst {worst:.3f} on points held "
    "out for the comparison."
)
TRIED_DIVERGED = N_(
    "Tried with {seeds} weight seeds: test R² {after:.3f}, and at worst {worst:.3f} on points held out for the "
    "comparison. The R² of this run is no finite number."
)
TRIED_LOSS = N_("Tried with {seeds} weight seeds: test loss {after_loss:.3g} instead of {before_loss:.3g}.")
TRIED_BY_CLASS = N_(
    "Tried with {seeds} weight seeds: the mean of the classes' accuracies is {after_class:.1%} at worst instead of "
    "{before_class:.1%}, on points held out for the comparison."
)
NOTHING = N_("Nothing tried helps; {ceiling:.0%} may be all these points allow.")
NOTHING_NUMBERS = N_("Nothing tried helps; an R² of {ceiling:.2f} may be all these points allow.")
AHEAD = N_("Nothing tried helps, but another learner is right for {ceiling:.0%} of such points.")
AHEAD_NUMBERS = N_("Nothing tried helps, but another learner has an R² of {ceiling:.2f} on such points.")


@dataclass(frozen=True, eq=False)
class Trial:
    """A changed experiment, trained; or the run itself, with an empty cause and label."""

    cause: str  # a key of CAUSES: what the change undoes
    remedy: Remedy  # the change: label (a template) and values; the experiment, ready to be taken
    history: History  # its run under its own weight seed
    epoch: int  # the one judged
    scores: Scores  # on its training and test set, as the page shows them
    figures: tuple[Figures, ...]  # on held-out points, one for each weight seed, its own first
    place: int = 0  # in the order of trying: the most particular and the likely causes first
    n_heldout: int = 0  # of the run itself: how many points those are
    chance: float = 0.0  # likewise: the score there of the same answer everywhere

    @property
    def heldout(self) -> Figures:
        """Under its own weight seed."""
        return self.figures[0]

    @property
    def worst(self) -> Figures:
        """Under the worst of its weight seeds."""
        return min(self.figures, key=lambda f: f.merit)

    @property
    def merit(self) -> float:
        """The mean over its weight seeds."""
        return sum(f.merit for f in self.figures) / len(self.figures)

    @property
    def compared(self) -> float:
        """The mean over its weight seeds, of the score that trials are compared by."""
        return sum(f.compared for f in self.figures) / len(self.figures)


def by_merit(trials: tuple[Trial, ...]) -> tuple[Trial, ...]:
    """The best first."""
    return tuple(sorted(trials, key=lambda trial: -trial.merit))


def contenders(finding: Diagnosis, base: Trial, trials: tuple[Trial, ...]) -> list[Trial]:
    """The changes worth trying under other seeds: the most particular of the best, then the best of the rest."""
    better = [t for t in trials if t.merit > base.heldout.merit + margin(base) and _counts(base, t)]
    if finding.healthy and all(trial.heldout.compared < base.heldout.compared + ALARM for trial in better):
        return [trial for trial in better if trial.cause == "longer"][:1]
    alike = sorted(_alike(base, better), key=lambda trial: trial.place)
    return (alike[: MOST_REPEATED - 1] + [trial for trial in better if trial not in alike])[:MOST_REPEATED]


def chosen(base: Trial, trials: tuple[Trial, ...]) -> Trial | None:
    """The change to name: under all its seeds better than the run, and most particular of those that gain most."""
    sure = [t for t in trials if len(t.figures) >= SEEDS and t.worst.merit > base.heldout.merit + margin(base)]
    sure = [t for t in sure if t.merit > base.merit and _counts(base, t)]
    return min(_alike(base, sure), key=lambda trial: trial.place, default=None)


def is_steady(trial: Trial, base: Trial, rivals: list[Trial]) -> bool:
    """Whether it gains, under its worst seed, about as much as its rivals under the first: no other can be named."""
    most = max(rival.heldout.merit for rival in rivals) - base.heldout.merit
    return trial.worst.merit - base.heldout.merit >= SAME_GAP * most


def reaches(trials: tuple[Trial, ...], ceiling: Ceiling | None) -> bool:
    """Whether a change does as well as any other learner."""
    return ceiling is not None and any(trial.heldout.compared > ceiling.score - MARGIN / 2 for trial in trials)


def unexplained(finding: Diagnosis, base: Trial, trials: tuple[Trial, ...], ceiling: Ceiling | None) -> bool:
    """Whether another learner is far ahead of the run, and no single change closes most of that gap."""
    if ceiling is None or not base.figures or finding.condition == "data":
        return False
    best, now = chosen(base, trials), max(base.heldout.compared, base.chance)
    left = ceiling.score - max(now, best.compared if best else now)
    return left > max(_hidden_gap(base), (1 - CLOSED) * (ceiling.score - now))


def is_contradicted(finding: Diagnosis, base: Trial, ceiling: Ceiling | None) -> bool:
    """Whether labels are called shuffled that a learner, or the run itself, tells on points it hasn't seen."""
    if finding.condition != "shuffled" or ceiling is None:
        return False
    return max(ceiling.score, base.heldout.compared) > base.chance + max(TELLING, SURE * margin(base))


def is_ahead(trial: Trial, base: Trial, trials: tuple[Trial, ...]) -> bool:
    """Whether it does clearly better than the run, and than any other change."""
    best = max((other.heldout.compared for other in trials), default=0.0)
    return trial.heldout.compared > max(best, base.heldout.compared) + ALARM


def _hidden_gap(base: Trial) -> float:
    return max(HIDDEN_GAP, SURE * margin(base))


def _counts(base: Trial, trial: Trial) -> bool:
    """Whether it gains accuracy; or keeps it, where a smaller loss is what the change is for. It must beat guessing."""
    gain = trial.compared - base.heldout.compared
    return trial.compared > base.chance + REFUTED and (
        gain >= REFUTED or (trial.cause in FOR_THE_LOSS and gain > -MARGIN / 2)
    )


def margin(base: Trial) -> float:
    """The merit that is no chance of the held-out points."""
    return float(max(MARGIN, NOISE / max(base.n_heldout, 1) ** 0.5))


def judged(  # noqa: PLR0911 - one for each thing that can be said
    finding: Diagnosis,
    signs: Signs,
    base: Trial,
    trials: tuple[Trial, ...],
    best: Trial | None,
    ceiling: Ceiling | None,
) -> tuple[Diagnosis, str]:
    """The finding after trying, and the cause that the experiments name."""
    if not base.figures or ceiling is None or not trials:
        return finding, ""
    gain = best.worst.compared - base.heldout.compared if best else 0.0
    by_loss = best is not None and best.worst.loss < MEMORISED * base.heldout.loss
    if best and best.cause == GO_ON:
        return replace(finding, remedy=None), ""
    noise = 1.5 * margin(base)
    if finding.condition == "data":  # points that contradict each other, or are too few, can't tell trials apart
        return finding, ""
    if best and (gain >= max(ALARM, noise) or (not finding.healthy and (gain >= max(REFUTED, noise) or by_loss))):
        return _named(finding, signs, base, best), best.cause
    ahead = ceiling.score - base.heldout.compared
    if finding.healthy:
        if ahead > _hidden_gap(base):
            doubted = replace(finding, condition="plateau", sentence=_figures(finding))
            return _nothing(doubted, signs, ceiling, behind=True), ""
        return replace(finding, remedy=_longer(base, trials)), ""
    if finding.condition not in DATA_FINDINGS and ahead < max(REFUTED, noise):
        return _nothing(replace(finding, condition="converged"), signs, ceiling), ""
    return _nothing(finding, signs, ceiling, behind=ahead >= max(REFUTED, noise)), ""


def _named(finding: Diagnosis, signs: Signs, base: Trial, best: Trial) -> Diagnosis:
    """The cause that trying has shown, beside what the rules have seen."""
    cause = CAUSES.get(best.cause)
    condition = (cause and cause.condition) or (finding.condition if not finding.healthy else "plateau")
    by_loss = best.scores.test_score - base.scores.test_score < ALARM / 2
    by_class = is_rare(signs)
    by_score = told(signs, TRIED, TRIED_NUMBERS if math.isfinite(base.scores.test_score) else TRIED_DIVERGED)
    values = {
        "seeds": len(best.figures),
        "after": best.scores.test_score,
        "before": base.scores.test_score,
        "worst": best.worst.score,
        "after_class": best.worst.compared,
        "before_class": base.heldout.compared,
        "after_loss": best.scores.test_loss,
        "before_loss": base.scores.test_loss,
    }
    return Diagnosis(
        condition,
        _figures(finding),
        cause.sentence if cause else finding.cause,
        {**finding.values, **values},
        best.remedy,
        TRIED_BY_CLASS if by_class else TRIED_LOSS if by_loss else by_score,
    )


def _figures(finding: Diagnosis) -> str:
    """What was found, without the praise that trying has refuted."""
    return FIGURES.get(finding.sentence, finding.sentence)


def _nothing(finding: Diagnosis, signs: Signs, ceiling: Ceiling, *, behind: bool = False) -> Diagnosis:
    """Nothing helps: with what the points may allow; or, where the run is `behind`, with what another learner does."""
    of_classes, of_numbers = (AHEAD, AHEAD_NUMBERS) if behind else (NOTHING, NOTHING_NUMBERS)
    values = {**finding.values, "ceiling": ceiling.score}
    return replace(finding, remedy=None, values=values, measured=told(signs, of_classes, of_numbers))


def _longer(base: Trial, trials: tuple[Trial, ...]) -> Remedy | None:
    """A longer run, if there is something left to gain from it."""
    best = chosen(base, tuple(trial for trial in trials if trial.cause == "longer"))
    return best.remedy if best else None


def _alike(base: Trial, trials: list[Trial]) -> list[Trial]:
    most = max((trial.merit - base.heldout.merit for trial in trials), default=0.0)
    return [trial for trial in trials if trial.merit - base.heldout.merit >= SAME_GAP * most]
