"""What the page says about the run, in a sentence or two, and the one thing to try."""

import time
from dataclasses import asdict, dataclass
from typing import Any
from weakref import WeakKeyDictionary

from dashboard.app.player import Player
from dashboard.app.proving import Proving
from dashboard.app.session import Session
from dashboard.app.state import PageState
from dashboard.app.translate import translator
from moons import History
from moons.fields import N_
from moons.inspection.health import CONDITIONS, Diagnosis, Remedy, diagnose
from moons.plots.words import Translate
from moons.progress import HIGH_SCORE, LOW_TEST_LOSS, LOW_TRAIN_LOSS, NO_IMPROVEMENT, NOT_FINITE, TRAINED

# why a run has ended
_ENDS = {
    TRAINED: N_("Finished."),
    NOT_FINITE: N_("Stopped."),
    LOW_TRAIN_LOSS: N_("Stopped at the training loss you set."),
    LOW_TEST_LOSS: N_("Stopped at the test loss you set."),
    HIGH_SCORE: N_("Stopped at the accuracy you set."),
    NO_IMPROVEMENT: N_("Stopped, as the test loss did not improve any more."),
}
QUICK = 1_000_000  # points times parameters: a diagnosis takes a few milliseconds
LOOK_EVERY = 1.0  # seconds, while it moves
# where it was looked at last, what was found, and when
_FOUND: WeakKeyDictionary[History, tuple[object, Diagnosis, float]] = WeakKeyDictionary()


@dataclass(frozen=True)
class Status:
    """Already in the person's language."""

    text: str
    title: str = ""
    remedy: str = ""  # the words on the button that tries it; empty: no button
    tone: str = ""  # "good" or "bad", of a diagnosis
    quiet: bool = False  # it changes too often to be read aloud


def live_words(session: Session) -> dict[str, Any]:
    """What is said of a run that moves, or is tried, as the browser reads it; else nothing, as the page says it."""
    state, proving = session.state, session.proving
    if not state.busy and proving is None:
        return {}
    now = status(state, session.player, proving, translator(state.shared.language))
    return {"status": asdict(now), "busy": state.busy}


def status(state: PageState, player: Player, proving: Proving | None, _: Translate) -> Status:
    """How the run is doing, with the evidence; at rest also the cause, and what helps: tried by `proving`."""
    if state.playing:
        return _on_the_way(state, player, _)
    if not player.arrived:
        return _computing(state, player, _)
    if player.epoch == 0:
        if any(edit.epoch == 0 for edit in state.experiment.edits):
            return Status(
                _("Weights were set by hand or loaded from a file: training starts from them."), _("Epoch 0.")
            )
        return Status(
            _("The weights are still random. Press Train, and watch the colours change to match the points."),
            _("Untrained."),
        )
    title = _where(player, _)
    if "diagnosis" in state.view.hidden:
        return Status("", title)
    return _at_rest(title, player, proving, _)


def _at_rest(title: str, player: Player, proving: Proving | None, _: Translate) -> Status:
    """The rules' word, and what trying has come to by now."""
    found = _found(player, proving)
    sentences = [found.said(_(sentence)) for sentence in (found.sentence, found.cause, found.measured) if sentence]
    running = proving is not None and proving.running
    if proving is not None and not found.healthy and not found.measured:
        sentences.append(trying(proving, _))
    trial = remedy(player, proving)
    if trial is not None and trial.parts:
        sentences.append(f"{trial.all_words(_)}.")
    if found.condition != "learning":  # which its sentence says by itself
        title = f"{title} {_(CONDITIONS[found.condition])}:"
    return Status(
        " ".join(filter(None, sentences)), title, trial.words(_) if trial else "", _tone(found), quiet=running
    )


def trying(proving: Proving, _: Translate) -> str:
    """How far the changes are tried."""
    proof = proving.proof
    if proving.running:
        if proof is None or not proof.planned:
            return _("Trying what would help …")
        return _("Trying what would help … {n} of {all}").format(n=proof.tried, all=proof.planned)
    if proving.paused and proof is not None:
        return _("{n} of {all} changes are tried so far.").format(n=proof.tried, all=proof.planned)
    return ""


def _computing(state: PageState, player: Player, _: Translate) -> Status:
    """While the epoch wanted is not there yet."""
    wanted, seconds = state.looked.cursor.wanted, player.seconds_left
    if state.computing:
        text = _("Epoch {known} of {wanted}.").format(known=f"{state.progress.known:,}", wanted=f"{wanted:,}")
        return Status(f"{text} {left_text(seconds, _)}", _("Computing …"), quiet=True)
    return Status("", _("Going to epoch {epoch} …").format(epoch=f"{wanted:,}"), quiet=True)


def left_text(seconds: float, _: Translate) -> str:
    """How long it will still take, about."""
    if seconds < 1.5:
        return _("Almost done.")
    if seconds < 90:
        return _("About {n} seconds left.").format(n=f"{seconds:.0f}")
    if seconds < 5400:
        return _("About {n} minutes left.").format(n=f"{seconds / 60:.0f}")
    return _("About {n} hours left.").format(n=f"{seconds / 3600:.0f}")


def _on_the_way(state: PageState, player: Player, _: Translate) -> Status:
    """While it plays: what a look now and then can tell, where looking is quick."""
    history = player.run.history
    size = len(history.dataset.y_train) * player.state.parameters.size
    if player.epoch == 0 or size > QUICK or "diagnosis" in state.view.hidden:
        return Status("", _("Training …"), quiet=True)
    found = _diagnose(player, patience=LOOK_EVERY)
    # no number: the pictures of this moment are still to be played
    return Status(_(CONDITIONS[found.condition]), _("Training …"), tone=_tone(found), quiet=True)


def _tone(found: Diagnosis) -> str:
    return "good" if found.healthy else "bad"


def remedy(player: Player, proving: Proving | None) -> Remedy | None:
    """What the button takes: what trying has shown to help; until that ends, nothing."""
    if proving is not None and proving.running:
        return None
    return _found(player, proving).remedy


def _found(player: Player, proving: Proving | None) -> Diagnosis:
    """The word after trying, if that has ended; else the rules'."""
    proof = proving.proof if proving is not None else None
    if proof is None:
        return _diagnose(player)
    return proof.finding if proving is not None and proving.running else proof.verdict


def _diagnose(player: Player, patience: float = 0.0) -> Diagnosis:
    """Of the moment, or of one at most so many seconds ago."""
    epoch, history = player.epoch, player.run.history
    with player.run.lock:
        at, now = (epoch, history.n_epochs, history.ended), time.monotonic()
        known = _FOUND.get(history)
        if known is None or (known[0] != at and now - known[2] >= patience):
            known = _FOUND[history] = at, diagnose(history, epoch), now
        return known[1]


def _where(player: Player, _: Translate) -> str:
    history = player.run.history
    if player.epoch < history.n_epochs and not player.cursor.paused:
        return _("Looking back.")
    if history.ended == HIGH_SCORE and not history.dataset.n_classes:
        return _("Stopped at the R² you set.")
    return _(_ENDS[history.ended]) if history.ended and player.epoch == history.n_epochs else _("Paused.")
