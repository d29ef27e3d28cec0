"""The diagnosis proved: the same experiment with one thing changed, compared on points held out for that."""

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, replace

from moons.inspection.health.causes import remedies_of
from moons.inspection.health.ceiling import Ceiling
from moons.inspection.health.diagnosis import Diagnosis
from moons.inspection.health.lab import Clock, Lab, OutOfTimeError, T, Work, work_of
from moons.inspection.health.remedy import Remedy
from moons.inspection.health.several import KEEPS, SEVERAL, cause_of, parts_of, together
from moons.inspection.health.signs import Signs
from moons.inspection.health.verdict import (
    GO_ON,
    Trial,
    by_merit,
    chosen,
    contenders,
    is_ahead,
    is_contradicted,
    is_steady,
    judged,
    reaches,
    unexplained,
)
from moons.run import History

MOST_WORK = 4e9  # points times parameters times epochs, of a run with several settings changed: a second or less


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


def steps(
    history: History,
    signs: Signs,
    finding: Diagnosis,
    otherwise: Diagnosis,
    seconds: float | None,
    stop: Callable[[], bool] | None,
) -> Iterator[Proof]:
    """See health.prove_steps. `otherwise` is the rules' word if the labels are not shuffled after all."""
    clock, lab = Clock(seconds, stop), Lab(history, signs)
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
        proof = replace(proof, ceiling=(yield from _ticking(lab.ceiling(), proof)))
        if is_contradicted(finding, base, proof.ceiling):
            finding = otherwise
            proof = replace(proof, finding=finding, verdict=finding)
        case = lab.case(finding)
        plan = remedies_of(case)
        if case.goes_on:
            plan.insert(0, (GO_ON, Remedy("", {}, case.experiment)))
        proof = replace(proof, planned=len(plan))
        yield proof
        for key, remedy in plan:
            skipped = lab.is_costly(remedy) and reaches(proof.trials, proof.ceiling)
            trial = None if skipped else (yield from _ticking(lab.trial(key, remedy), proof))
            trials = proof.trials if trial is None else by_merit((*proof.trials, replace(trial, place=proof.tried)))
            proof = replace(proof, trials=trials, tried=proof.tried + 1)
            yield proof
        proof = yield from _confirmed(proof, lab)
        if not case.goes_on and unexplained(proof.finding, proof.base, proof.trials, proof.ceiling):
            proof = yield from _combined(proof, lab)
        yield _said(replace(proof, complete=True), signs)
    except OutOfTimeError:
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


def _confirmed(proof: Proof, lab: Lab) -> Generator[Proof, None, Proof]:
    """Repeat the run and what looks best under other weight seeds, until a change holds under all of them."""
    tried = contenders(proof.finding, proof.base, proof.trials)
    for trial in tried:
        proof = replace(proof, base=(yield from _ticking(lab.repeated(proof.base), proof)))
        sure = yield from _ticking(lab.repeated(trial), proof)
        proof = replace(proof, trials=by_merit(tuple(sure if t is trial else t for t in proof.trials)))
        yield proof
        holds = proof.finding.healthy or is_steady(sure, proof.base, tried)  # more tries find more by chance
        if holds and sure is chosen(proof.base, proof.trials):
            break
    return proof


def _combined(proof: Proof, lab: Lab) -> Generator[Proof, None, Proof]:
    """Set everything right at once; then take back, one after another, what isn't needed."""
    case = lab.case(proof.finding)
    kept = parts_of(case)
    if len(kept) < 2 or case.signs.n_points * work_of(together(case, kept).experiment) > MOST_WORK:
        return proof
    proof = replace(proof, planned=proof.planned + 1 + len(kept))
    best = yield from _ticking(lab.trial(SEVERAL, together(case, kept)), proof)
    if best is None or not is_ahead(best, proof.base, proof.trials):
        return replace(proof, tried=proof.planned)
    now = max(proof.base.compared, proof.base.chance)
    wanted = now + KEEPS * (best.compared - now)
    for part in kept:
        proof = replace(proof, tried=proof.tried + 1)
        yield proof
        rest = tuple(other for other in kept if other is not part)
        trial = None if not rest else (yield from _ticking(lab.trial(cause_of(rest), together(case, rest)), proof))
        if trial is not None and trial.compared >= wanted:
            best, kept = trial, rest
    proof = replace(proof, base=(yield from _ticking(lab.repeated(proof.base), proof)))
    best = replace((yield from _ticking(lab.repeated(best), proof)), place=len(proof.trials))
    known = any(trial.remedy.experiment == best.remedy.experiment for trial in proof.trials)
    return replace(proof, tried=proof.planned, trials=proof.trials if known else by_merit((*proof.trials, best)))


def _said(proof: Proof, signs: Signs) -> Proof:
    best = chosen(proof.base, proof.trials)
    if best is None and not proof.complete:
        return proof  # what is not tried yet may help
    verdict, cause = judged(proof.finding, signs, proof.base, proof.trials, best, proof.ceiling)
    return replace(proof, verdict=verdict, cause=cause)
