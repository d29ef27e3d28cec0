"""The numbers of the run at hand in the guided path's sentences."""

from dashboard.app.player import Player
from dashboard.app.state import Place, Tour
from dashboard.app.tour import STOPS
from dashboard.page.language import _, literal
from dashboard.rooms.train import diagram
from moons.digits import Digits
from moons.inspection.path import Path, path
from moons.inspection.points import evaluate
from moons.inspection.step import open_step, parameter_index
from moons.loss import guessing_loss

COSTLY = 3_000_000  # points times parameters: above, a gradient would keep a person waiting


def numbers(player: Player, tour: Tour) -> dict[str, object]:
    """What the sentence of the tour's stop may name, as text."""
    history, model, key = player.run.history, player.model(), STOPS[tour.stop].key
    dataset, training = history.dataset, history.experiment.segment(player.epoch)[0]
    values: dict[str, object] = {
        "n": f"{len(dataset.y_train):,}",
        "count": f"{player.state.parameters.size:,}",
        "epoch": f"{player.epoch:,}",
        "loss": _digits(evaluate(model, dataset, training).scores.train_loss),
        "chance": f"{guessing_loss(dataset, training):.3f}",
    }
    if not tour.done:
        return values
    if key == "step":
        before = evaluate(history.model_at(min(tour.epoch, history.n_epochs)), dataset, training)
        return values | {"before": _digits(before.scores.train_loss), "after": values["loss"]}
    if key == "gradient":
        return values | _of_weight(player, _fitting(tour.place, history.sizes))
    point = min(tour.point or 0, len(dataset.y_train) - 1)
    found = path(model, training, dataset, point)
    return values | _of_point(found, player) | _of_unit(found, player, _fitting(tour.place, history.sizes))


def _fitting(place: Place | None, sizes: tuple[int, ...]) -> Place:
    """What was pointed at, if this network has it."""
    return place if place is not None and place.fits(sizes) else Place(1, 0, 0)


def _of_point(found: Path, player: Player) -> dict[str, object]:
    dataset, probabilities = player.run.history.dataset, found.probabilities
    label = int(found.y)
    return {
        "point": found.point,
        "x0": f"{found.x[0]:.3f}",
        "x1": f"{found.x[1]:.3f}",
        "y": f"{found.y:.3f}" if probabilities is None else literal(dataset.class_name(label)),
        "probability": "" if probabilities is None else _digits(probabilities[label]),
        "prediction": f"{found.sums[-1][0]:.3f}",
        "cost": _digits(found.loss),
    }


def _of_unit(found: Path, player: Player, place: Place) -> dict[str, object]:
    history = player.run.history
    bias = parameter_index(history.sizes, place.layer - 1, place.unit, None)
    return {
        "name": literal(diagram.unit_name(player.model(), history.dataset, place.layer, place.unit)),
        "bias": _digits(player.state.parameters[bias]),
        "sum": _digits(found.sums[place.layer - 1][place.unit]),
    }


def _of_weight(player: Player, place: Place) -> dict[str, object]:
    """A weight, its gradient over the run's own batch, and what the next step makes of it."""
    history, model, source = player.run.history, player.model(), place.source or 0
    sizes, dataset = history.sizes, history.dataset
    weight = player.state.parameters[parameter_index(sizes, place.layer - 1, place.unit, source)]
    costly = len(dataset.y_train) * player.state.parameters.size > COSTLY
    step = open_step(history, player.epoch, 0 if costly else None)
    gradient = float(step.layers[place.layer - 1].weight.gradient[place.unit, source])
    up = _("The loss grows with this weight, so the step pushes it down.")
    down = _("The loss falls as this weight grows, so the step pushes it up.")
    flat = _("This weight changes nothing at the moment, so the step leaves it alone.")
    return {
        "source": literal(diagram.unit_name(model, dataset, place.layer - 1, source)),
        "target": literal(diagram.unit_name(model, dataset, place.layer, place.unit)),
        "weight": _digits(weight),
        "gradient": _digits(gradient),
        "so": up if gradient > 0 else down if gradient < 0 else flat,
    }


def _digits(value: float) -> str:
    return f"{Digits(value):.4f}"
