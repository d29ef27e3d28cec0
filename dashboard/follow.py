"""What a changed setting does to the run being looked at."""

from collections.abc import Callable
from dataclasses import fields, replace
from functools import partial

from dashboard.language import _, value_text
from dashboard.player import Player
from dashboard.session import Notice
from moons import Experiment, History, TrainSpec
from moons.fields import N_
from moons.inspection.variations import rewound
from moons.progress import TRAINED
from moons.run import SETTLED


def follow(player: Player, wanted: Experiment, *, device: str, instant: bool) -> tuple[Player, Notice | None]:
    """The player that shows `wanted`, and what to say about the change. The one given stays as it is.

    Training settings change live while epochs are left, and from its origin on where a run was branched; everything
    else needs a new run, from the same initial weights. With `instant`, a run that isn't playing is shown finished, if
    that takes no more than a moment. Raises FieldError if `wanted` can't be served.
    """
    history = player.history
    now = history.experiment
    if _same_network(player, wanted, device) and now.training_now == wanted.training:
        return player, None
    changes = partial(_changes, now, wanted)
    live = _can_go_on(player, wanted, device) and _has_more(player, wanted.training)
    if live and (player.playing or not instant):
        return _live(player, wanted, changes)

    other = anew(player, wanted, device)
    if player.playing:
        other.play()
    elif instant and other.finish():
        if not other.origin:
            # the settings bring the old run back at once: nothing is lost, unless it was changed on its way
            return other, _new_run(other, now, changes) if now != rewound(now) or _loses_edits(other, now) else None
    elif instant and live:
        return _live(player, wanted, changes)
    said = None
    if other.origin:
        said = _from_epoch(other.origin, changes)
    elif player.epoch > 0:
        said = _new_run(other, now, changes)
    elif instant and not player.playing:
        said = Notice(lambda: _("This run takes too long to show at once: press Train."))
    return other, said


def anew(player: Player, wanted: Experiment, device: str) -> Player:
    """A player of `wanted` that stands where the settings of `player` hold from: at the start, or where it branched."""
    now = player.history.experiment
    if player.origin and wanted.training.epochs > player.origin and _can_go_on(player, wanted, device):
        return _branched(player, player.origin, wanted)
    if _same_weights(now, wanted):  # what was set by hand before the first epoch is where the run starts
        wanted = replace(wanted, edits=rewound(now).edits)
    return Player(History(wanted, device=device, dataset=player.history.dataset if now.data == wanted.data else None))


def _live(player: Player, wanted: Experiment, changes: Callable[[], str]) -> tuple[Player, Notice]:
    """The run goes on from the epoch looked at."""
    other = _branched(player, player.epoch, wanted)
    if player.playing and not other.at_end:
        other.play(goal=player.goal)
    return other, _from_epoch(other.epoch, changes)


def _branched(player: Player, epoch: int, wanted: Experiment) -> Player:
    with player.turn(wait=True):
        other = player.branch(epoch, wanted.training)
    other.origin = min(player.origin, epoch)
    return other


def _from_epoch(epoch: int, changes: Callable[[], str]) -> Notice:
    sentence = N_("From epoch {epoch} on: {changes}. The loss chart marks it.")
    return Notice(lambda: _(sentence).format(epoch=f"{epoch:,}", changes=changes()), undo=True)


def _new_run(other: Player, now: Experiment, changes: Callable[[], str]) -> Notice:
    sentence = N_("{changes}: this needs a new run. It starts from the same weight seed.")
    if _loses_edits(other, now):
        sentence = N_("{changes}: this needs a new run, without the weights that you set by hand.")
    elif other.history.experiment.edits:
        sentence = N_("{changes}: this needs a new run. It starts from the weights that you set by hand.")
    return Notice(lambda: _(sentence).format(changes=changes()), undo=True)


def _loses_edits(other: Player, now: Experiment) -> bool:
    return other.history.experiment.edits != now.edits


def _same_network(player: Player, wanted: Experiment, device: str) -> bool:
    now = player.history.experiment
    return (now.data, now.model, player.history.asked_device) == (wanted.data, wanted.model, device)


def _can_go_on(player: Player, wanted: Experiment, device: str) -> bool:
    """Whether a run can go on as `wanted`: what is settled at its start must last."""
    now = player.history.experiment.training_now
    lasts = all(getattr(now, name) == getattr(wanted.training, name) for name in SETTLED)
    return lasts and _same_network(player, wanted, device)


def _has_more(player: Player, training: TrainSpec) -> bool:
    """Whether a run that has begun has epochs left, after the one looked at, for other settings to hold in."""
    history = player.history
    ended = player.epoch == history.n_epochs and history.ended not in (None, TRAINED)
    return 0 < player.epoch < training.epochs and not ended


def _same_weights(now: Experiment, wanted: Experiment) -> bool:
    """Whether both start from the same weights."""
    model = replace(now.model, activation=wanted.model.activation, activations=wanted.model.activations)
    return model == wanted.model and now.data.class_count == wanted.data.class_count


def _changes(now: Experiment, wanted: Experiment) -> str:
    """What differs, as "label value"."""
    pairs = ((now.data, wanted.data), (now.model, wanted.model), (now.training_now, wanted.training))
    changed = [
        f"{_(f.metadata['label'])} {value_text(getattr(after, f.name))}"
        for before, after in pairs
        for f in fields(after)
        if getattr(before, f.name) != getattr(after, f.name)
    ]
    return ", ".join(changed) or _("Device")
