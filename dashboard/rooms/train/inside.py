"""What a person does inside the network: point at a weight, set it, pick a unit, follow a point."""

from functools import partial
from typing import Any

from dashboard.app import events as e
from dashboard.app.player import Player
from dashboard.app.state import Place
from dashboard.app.view import has_unit
from dashboard.page import session, settings
from dashboard.page.language import _
from dashboard.rooms.train import diagram
from moons.data import Dataset
from moons.inspection.curve import thin
from moons.inspection.step import parameter_index
from moons.model import NaiveNet
from moons.plots.words import Translate


def point_at(said: dict[str, Any]) -> None:
    """A weight or bias is pointed at in the diagram."""
    session.try_send(e.WeightPointedAt(_place(said)))
    session.shown_by_fragment()


def course(player: Player) -> dict[str, Any] | None:
    """The values, over the epochs trained, of what is pointed at; None where nothing is."""
    place, sizes = session.state().pointed_at, player.run.history.sizes
    if place is None or not place.fits(sizes):
        return None
    epochs, values = player.run.history.parameter_trace(_parameter(place, sizes))
    line = thin(values, columns=60)
    return {"about": [place.layer, place.unit, place.source], "x": epochs[line.epoch].tolist(), "y": line.loss.tolist()}


def edit(said: dict[str, Any]) -> None:
    """A weight or bias is given another value: the run goes on from there as a branch of its own."""
    place, player, now = _place(said), session.player(), session.state()
    history = player.run.history
    if not place.fits(history.sizes):
        return
    parameter, value = _parameter(place, history.sizes), float(said["value"])
    kept = now.hand_edit if now.hand_edit and now.hand_edit.run == now.looked.run else None
    was = float(player.state.parameters[parameter])
    if kept is not None and kept.parameter == parameter and kept.epoch == player.epoch:
        was = kept.was
    say = partial(weight_text, place, player.model(), history.dataset, player.epoch, was, value)
    session.try_send(e.WeightSet(place, parameter, value, was, say))
    session.served().settle(session.BLINK)
    if not said["done"]:
        session.shown_by_fragment()


def undo(_serial: int) -> None:
    """The run before the last edit again."""
    settings.send(e.WeightRestored())


def _parameter(place: Place, sizes: tuple[int, ...]) -> int:
    """Where a place stands among all weights and biases."""
    return parameter_index(sizes, place.layer - 1, place.unit, place.source)


def weight_text(
    place: Place, model: NaiveNet, dataset: Dataset, epoch: int, was: float, value: float, _: Translate
) -> str:
    """A weight or bias set by hand, in a sentence."""
    name = diagram.unit_name(model, dataset, place.layer, place.unit)
    values = {"value": f"{value:.4g}", "epoch": f"{epoch:,}", "was": f"{was:.3g}", "name": name}
    if place.source is None:
        return _("The bias of {name} is {value} from epoch {epoch} on; it was {was}.").format(**values)
    source = diagram.unit_name(model, dataset, place.layer - 1, place.source)
    sentence = _("The weight from {source} to {name} is {value} from epoch {epoch} on; it was {was}.")
    return sentence.format(source=source, **values)


def pick(said: dict[str, Any]) -> None:
    """A unit is clicked in the diagram: it fills the large picture, or, clicked again, leaves it."""
    session.try_send(e.UnitPicked((int(said["layer"]), int(said["unit"]))))


def follow_point(said: dict[str, Any]) -> None:
    """A training point is clicked in the large picture: its way through the network is shown; clicked again, not."""
    point = int(said["point"])
    if not 0 <= point < len(session.player().run.history.dataset.y_train):
        return
    now = session.try_send(e.PointFollowed(point))
    seen = said["seen"] or now.tour  # the diagram shows it, or the tour: the page stays where it is
    if now.followed is not None and not seen:
        session.choose_tab("point")


def followed(player: Player) -> int | None:
    """The training point whose way is shown, if this run has it."""
    point = session.state().followed
    return point if point is not None and point < len(player.run.history.dataset.y_train) else None


def unpick() -> None:
    """The boundary again."""
    session.try_send(e.UnitPicked(()))


def picked(player: Player) -> tuple[int, int] | None:
    """Layer and unit that fill the large picture, if the network has them."""
    unit = session.state().view.unit
    return (unit[0], unit[1]) if has_unit(player.run.history.sizes, unit) else None


def unit_text(place: tuple[int, int], player: Player) -> str:
    """What a large picture of a unit is called, in plain text."""
    layer, unit = place
    name = diagram.unit_name(player.model(), player.run.history.dataset, layer, unit)
    if layer == 0:
        return _("Input {name}").format(name=name)
    if layer == len(player.run.history.sizes) - 1:
        return _("Probability of {name}").format(name=name) if player.run.history.sizes[-1] > 1 else _("Prediction")
    return name


def _place(said: dict[str, Any]) -> Place:
    return Place(int(said["layer"]), int(said["unit"]), None if said["source"] is None else int(said["source"]))
