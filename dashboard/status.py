"""What the page says about the run, in a sentence or two, and the one thing to try."""

from dataclasses import dataclass

from dashboard.language import _
from dashboard.player import Player
from moons.fields import N_
from moons.inspection.health import CONDITIONS, Remedy, diagnose
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


@dataclass(frozen=True)
class Status:
    """Already in the person's language."""

    text: str
    title: str = ""
    remedy: str = ""  # the words on the button that tries it; empty: no button


def status(player: Player) -> Status:
    """While it plays, that it does; at rest, how the run is doing, with the evidence."""
    if player.playing:
        return Status(_("Training …"))
    if player.epoch == 0:
        return Status(_("The weights are random, so the boundary is too. Press Train."), _("Untrained."))
    found = diagnose(player.history, player.epoch)
    said = " ".join(_(sentence).format(**found.values) for sentence in (found.sentence, found.cause))
    label = found.remedy and _(found.remedy.label).format(**found.remedy.values)
    return Status(said, f"{_where(player)} {_(CONDITIONS[found.condition])}:", label or "")


def remedy(player: Player) -> Remedy | None:
    """What the button tries."""
    return diagnose(player.history, player.epoch).remedy


def _where(player: Player) -> str:
    history = player.history
    if player.epoch < history.n_epochs:
        return _("Looking back.")
    return _(_ENDS[history.ended]) if history.ended else _("Paused.")
