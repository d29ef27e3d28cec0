"""What a person does inside the network: point at a weight, pick a unit."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from dashboard import diagram, session
from dashboard.language import _, error_sentence
from dashboard.player import Player
from dashboard.session import Notice
from dashboard.view import has_unit
from moons import Dataset, FieldError
from moons.inspection.curve import thin
from moons.inspection.step import parameter_index


@dataclass(frozen=True)
class Place:
    """A bias, or the weight from `source`, of a unit; layers count from the inputs (0)."""

    layer: int
    unit: int
    source: int | None

    def fits(self, sizes: tuple[int, ...]) -> bool:
        """Whether a network of these layer sizes has such a place."""
        return (
            1 <= self.layer < len(sizes)
            and 0 <= self.unit < sizes[self.layer]
            and 0 <= (self.source or 0) < sizes[self.layer - 1]
        )

    def parameter(self, sizes: tuple[int, ...]) -> int:
        """Where it stands among all weights and biases."""
        return parameter_index(sizes, self.layer - 1, self.unit, self.source)


@dataclass(frozen=True)
class ByHand:
    """A weight or bias set by hand: the run with it, the one without, and a sentence about it."""

    now: Player
    before: Player
    say: Callable[[], str]  # in the language that the session has by then


def look_at() -> None:
    """A weight or bias is pointed at in the diagram."""
    session.put(traced=_place(session.heard("trace")))


def course(player: Player) -> dict[str, Any] | None:
    """The course, over the epochs trained, of what is pointed at; None where nothing is."""
    place: Place | None = session.get("traced")
    sizes = player.history.sizes
    if place is None or not place.fits(sizes):
        return None
    epochs, values = player.history.course(place.parameter(sizes))
    line = thin(values, columns=60)
    return {"about": [place.layer, place.unit, place.source], "x": epochs[line.epoch].tolist(), "y": line.loss.tolist()}


def edit() -> None:
    """A weight or bias is given another value: the run goes on from there as a branch of its own."""
    said = session.heard("edit")
    place, player = _place(said), session.player()
    if not place.fits(player.history.sizes):
        return
    parameter = place.parameter(player.history.sizes)
    with player.turn(wait=True):
        try:
            now = player.edit(player.epoch, parameter, float(said["value"]))
        except FieldError as error:
            session.put(notice=Notice(partial(error_sentence, error), error=True), settled=True)
            return
    if player.playing and not now.at_end:
        now.play()
    player.pause()
    if picked(player) not in (None, (place.layer, place.unit)):
        session.put(unit=())  # the large picture shows what the edit does, not some other unit
    # a value that is dragged is edited many times: what it was before all that can be had back
    last, edits = undoable(), player.history.experiment.edits
    again = last is not None and (edits[-1].epoch, edits[-1].parameter) == (now.epoch, parameter)
    before = last.before if last and again else player
    was = float(before.history.weights_at(now.epoch)[parameter])
    session.put(
        player=now,
        by_hand=ByHand(now, before, partial(_sentence, place, now, was, float(said["value"]))),
        notice=None,
        fresh=True,
        settled=bool(said["done"]),
    )


def undoable() -> ByHand | None:
    """The last edit, as long as its run is the one looked at."""
    last: ByHand | None = session.get("by_hand")
    return last if last is not None and last.now is session.player() else None


def undo() -> None:
    """The run before the last edit again."""
    last = undoable()
    if last is not None:
        last.now.pause()
        session.show_settings(last.before.history.experiment)
        session.put(player=last.before, by_hand=None, fresh=True, settled=True)


def _sentence(place: Place, player: Player, was: float, value: float) -> str:
    model, dataset = player.history.model_at(0), player.history.dataset
    name = diagram.unit_name(model, dataset, place.layer, place.unit)
    values = {"value": f"{value:.4g}", "epoch": f"{player.epoch:,}", "was": f"{was:.3g}", "name": name}
    if place.source is None:
        return _("The bias of {name} is {value} from epoch {epoch} on; it was {was}.").format(**values)
    source = diagram.unit_name(model, dataset, place.layer - 1, place.source)
    sentence = _("The weight from {source} to {name} is {value} from epoch {epoch} on; it was {was}.")
    return sentence.format(source=source, **values)


def pick() -> None:
    """A unit is clicked in the diagram: it fills the large picture, or, clicked again, leaves it."""
    said = session.heard("pick")
    unit = (int(said["layer"]), int(said["unit"])) if said else ()
    session.put(unit=() if unit == session.get("unit") else unit, settled=True, fresh=True)


def follow_point() -> None:
    """A training point is clicked in the large picture: its way through the network is shown; clicked again, not."""
    player, point = session.player(), int(session.heard("point"))
    dataset = player.history.dataset
    if not 0 <= point < len(dataset.y_train):
        return
    if followed(player) == point:
        session.put(followed=None, fresh=True, settled=True)
    else:
        session.put(followed=(dataset, point), path_point=point, fresh=True, settled=True)
        if not session.get("network"):  # else the diagram shows it, and the page stays where it is
            session.put(notebook=_("One point"))


def followed(player: Player) -> int | None:
    """The training point whose way is shown, if it is one of this run's."""
    kept: tuple[Dataset, int] | None = session.get("followed")
    return kept[1] if kept is not None and kept[0] is player.history.dataset else None


def unpick() -> None:
    """The boundary again."""
    session.put(unit=())


def picked(player: Player) -> tuple[int, int] | None:
    """Layer and unit that fill the large picture, if the network has them."""
    unit: tuple[int, int] = session.get("unit")
    return unit if has_unit(player.history.sizes, unit) else None


def unit_text(place: tuple[int, int], player: Player) -> str:
    """What a large picture of a unit is called, in plain text."""
    layer, unit = place
    name = diagram.unit_name(player.history.model_at(0), player.history.dataset, layer, unit)
    if layer == 0:
        return _("Input {name}").format(name=name)
    if layer == len(player.history.sizes) - 1:
        return _("Probability of {name}").format(name=name) if player.history.sizes[-1] > 1 else _("Prediction")
    return name


def _place(said: dict[str, Any]) -> Place:
    return Place(int(said["layer"]), int(said["unit"]), None if said["source"] is None else int(said["source"]))
