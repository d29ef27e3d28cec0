"""What a changed setting does to the run being looked at."""

from dataclasses import fields

from dashboard.language import _, value_text
from dashboard.player import Player
from dashboard.session import Notice
from moons import Experiment, History


def follow(player: Player, wanted: Experiment, *, device: str, instant: bool) -> tuple[Player, Notice | None]:
    """The player that shows `wanted`, and what to say about the change. The one given stays as it is.

    Training settings change live while a run is under way, and from its origin on where a run was branched; everything
    else needs a new network, from the same seed. With `instant`, a run that isn't playing is shown finished. Raises
    FieldError if `wanted` can't be served.
    """
    history = player.history
    now = history.experiment
    if _same_network(player, wanted, device) and now.training_now == wanted.training:
        return player, None
    changes = ", ".join(_changes(now, wanted))
    # weights set by hand before the first epoch would be lost in a new run
    by_hand = bool(now.edits) and not player.origin
    under_way = by_hand or (player.epoch > 0 and (player.playing or not instant))
    if under_way and _can_go_on(player, wanted, device):
        with player.turn(wait=True):
            live = player.branch(player.epoch, wanted.training)
        live.origin = player.origin
        if player.playing and not live.at_end:
            live.play(goal=player.goal)
        return live, _from_epoch(live.epoch, changes)

    other = anew(player, wanted, device)
    if player.playing:
        other.play()
    elif instant and other.finish() and not other.origin:
        # the settings bring the old run back at once: nothing is lost, unless it was changed on its way
        return other, _new_run(changes) if now.changes or now.edits else None
    if other.origin:
        return other, _from_epoch(other.origin, changes)
    if instant and not player.playing and player.epoch == 0:
        return other, Notice(_("This run takes too long to show at once: press Train."))
    return other, _new_run(changes) if player.epoch > 0 else None


def anew(player: Player, wanted: Experiment, device: str) -> Player:
    """A player of `wanted` that stands where the settings of `player` hold from: at the start, or where it branched."""
    if player.origin and _can_go_on(player, wanted, device):
        with player.turn(wait=True):
            other = player.branch(player.origin, wanted.training)
        other.origin = player.origin
        return other
    same_data = player.history.experiment.data == wanted.data
    return Player(History(wanted, device=device, dataset=player.history.dataset if same_data else None))


def _from_epoch(epoch: int, changes: str) -> Notice:
    sentence = _("From epoch {epoch} on: {changes}. The loss chart marks it.")
    return Notice(sentence.format(epoch=f"{epoch:,}", changes=changes), undo=True)


def _new_run(changes: str) -> Notice:
    sentence = _("{changes}: this needs a new run. It starts from the same weight seed.")
    return Notice(sentence.format(changes=changes), undo=True)


def _same_network(player: Player, wanted: Experiment, device: str) -> bool:
    now = player.history.experiment
    return (now.data, now.model, player.history.asked_device) == (wanted.data, wanted.model, device)


def _can_go_on(player: Player, wanted: Experiment, device: str) -> bool:
    """Whether a run can go on as `wanted`: the optimiser's memory and the shuffles must last."""
    now = player.history.experiment.training_now
    lasts = (now.optimizer, now.seed) == (wanted.training.optimizer, wanted.training.seed)
    return lasts and _same_network(player, wanted, device)


def _changes(now: Experiment, wanted: Experiment) -> list[str]:
    """What differs, as "label value"."""
    pairs = ((now.data, wanted.data), (now.model, wanted.model), (now.training_now, wanted.training))
    return [
        f"{_(f.metadata['label'])} {value_text(getattr(after, f.name))}"
        for before, after in pairs
        for f in fields(after)
        if getattr(before, f.name) != getattr(after, f.name)
    ] or [_("Device")]
