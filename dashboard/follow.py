"""What a changed setting does to the run being looked at."""

from dataclasses import fields

from dashboard.language import _, value_text
from dashboard.player import Player
from dashboard.session import Notice
from moons import Experiment, History, TrainSpec


def follow(player: Player, wanted: Experiment, *, device: str, instant: bool) -> tuple[Player, Notice | None]:
    """The player that shows `wanted`, and what to say about the change. The one given stays as it is.

    Training settings change live while a run is under way; everything else needs a new network, from the same seed.
    With `instant`, a run that isn't playing is shown finished. Raises FieldError if `wanted` can't be served.
    """
    history = player.history
    now = history.experiment
    same_data, same_network = now.data == wanted.data, now.model == wanted.model and history.asked_device == device
    if same_data and same_network and now.training_now == wanted.training:
        return player, None
    changes = ", ".join(_changes(now, wanted))
    # weights set by hand would be lost in a new run
    under_way = bool(now.edits) or (player.epoch > 0 and (player.playing or not instant))
    if same_data and same_network and under_way and _can_change(now.training_now, wanted.training):
        with player.turn(wait=True):
            live = Player(history.branch(player.epoch, wanted.training), player.epoch)
        if player.playing and not live.at_end:
            live.play()
        sentence = _("From epoch {epoch} on: {changes}. The loss chart marks it.")
        return live, Notice(sentence.format(epoch=f"{live.epoch:,}", changes=changes), undo=True)

    anew = Player(History(wanted, device=device, dataset=history.dataset if same_data else None))
    if player.playing:
        anew.play()
    elif instant and anew.finish():
        # the settings bring the old run back at once: nothing is lost, unless it was changed on its way
        return anew, _new_run(changes) if now.changes or now.edits else None
    return anew, _new_run(changes) if player.epoch > 0 else None


def _new_run(changes: str) -> Notice:
    sentence = _("{changes}: this needs a new run. It starts from the same weight seed.")
    return Notice(sentence.format(changes=changes), undo=True)


def _can_change(now: TrainSpec, wanted: TrainSpec) -> bool:
    """Whether a run can go on with other training settings: the optimiser's memory and the shuffles must last."""
    return (now.optimizer, now.seed) == (wanted.optimizer, wanted.seed)


def _changes(now: Experiment, wanted: Experiment) -> list[str]:
    """What differs, as "label value"."""
    pairs = ((now.data, wanted.data), (now.model, wanted.model), (now.training_now, wanted.training))
    return [
        f"{_(f.metadata['label'])} {value_text(getattr(after, f.name))}"
        for before, after in pairs
        for f in fields(after)
        if getattr(before, f.name) != getattr(after, f.name)
    ] or [_("Device")]
