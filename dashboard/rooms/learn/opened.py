"""What travels to the browser of an opened step: the numbers of each line, and the words beside them."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import product
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from dashboard.page import component, session
from dashboard.rooms.learn import program, wording
from moons import History
from moons.data import Dataset
from moons.features import input_label
from moons.inspection.boundary import TOP, boundary, make_grid
from moons.inspection.curve import thin
from moons.inspection.step import Difference, Layer, Step, Uncleared, chain, spread
from moons.loss import make_loss
from moons.losses import CLASS_LOSSES
from moons.plots import palette
from moons.plots.scatter import color_places, point_colors
from moons.scores import scores_of

SHOWN = {0: 16, 1: 16, 2: 10, 3: 10}  # units of a layer that are drawn, by the number of hidden layers
SHOWN_DEEP = 8
SHORT = 12  # letters of a class's name in a drawing
MAP_COLUMNS, MAP_ROWS = 60, 48
MAP_POINTS = 600

Payload = dict[str, Any]
Numbers = NDArray[np.float32] | NDArray[np.float64]


def show(data: Payload, heard: Mapping[str, Any]) -> None:
    """Mount the component. `heard`: what to do for each of the browser's words."""
    mount = component.component("step", "step/opened.js", css="step/opened.css", html="step/opened.html")
    mount(key="opened", data=data, **session.hear("opened", heard))


@np.errstate(invalid="ignore", over="ignore")  # of a run that has diverged
def payload(
    history: History, step: Step, point: int | None, piled: Uncleared, checked: tuple[str, Difference] | None
) -> Payload:
    """All numbers of one step. Large layers are drawn in part; sums are always over all units."""
    most = SHOWN.get(len(step.layers) - 1, SHOWN_DEEP)
    columns = list(_columns(step, most))
    names = [history.dataset.column_name(place, SHORT) for place in (0, 1)]
    return {
        "single": point is not None,
        "epoch": step.epoch,
        "epochs": history.experiment.epochs,
        "points": len(step.y),
        "optimizer": step.optimizer,
        "rate": step.rate,
        "loss": step.loss,
        "lossAfter": step.loss_after,
        "columns": columns,
        "shapes": _shapes(step),
        "weights": list(_weights(step, columns)),
        "program": program.lines(history, step),
        "ways": _ways(step, columns, history.dataset),
        "starts": _starts(step),
        "inputs": [input_label(name, names) for name in history.experiment.model.features],
        "answers": _answers(step),
        "classes": history.dataset.all_class_names,  # plain text, as all words are
        "short": [history.dataset.class_name(label, SHORT) for label in range(step.n_classes)],
        "price": None if step.n_classes else _price(history, step),
        "classCost": _class_cost(step) if step.n_classes else None,
        "piled": {"cleared": _list(piled.cleared), "piledUp": _list(piled.piled_up)},
        "left": _left(step),
        "curve": _curve(history, step.epoch),
        "map": _map(history, step, point),
        "checked": checked and {"way": checked[0], **vars(checked[1])},
        "colors": [palette.class_color(label) for label in range(step.n_classes)] or [palette.GUESSING],
        "train": palette.TRAIN,
        "chance": palette.GUESSING,
        "words": wording.words(history, step),
    }


def _shapes(step: Step) -> list[str]:
    m = len(step.y)
    hidden = [f"h ({m}, {layer.z.shape[1]})" for layer in step.layers[:-1]]
    return [f"X ({m}, {step.layers[0].inputs.shape[1]})", *hidden, f"y_logits ({m}, {step.logits.shape[1]})"]


def _columns(step: Step, most: int) -> Iterator[dict[str, Any]]:
    """The network's columns from left to right: inputs, then each layer. For a batch, means over its points."""
    inputs = step.layers[0].inputs
    shown = list(range(inputs.shape[1]))[:most]
    yield {"units": shown, "total": inputs.shape[1], "h": _list(inputs.mean(axis=0)[shown])}
    for layer in step.layers:
        units, passed = _shown(layer, most), layer.h * layer.mask
        yield {
            "units": units,
            "total": layer.z.shape[1],
            "z": _list(layer.z.mean(axis=0)[units]),
            "h": _list(passed.mean(axis=0)[units]),
            "on": _list((passed > 0).mean(axis=0)[units]),
            "dz": _list(layer.dz.sum(axis=0)[units]),
        }


def _shown(layer: Layer, most: int) -> list[int]:
    """The units that matter most to this step, in order: those with the largest gradients."""
    size = np.abs(layer.weight.gradient).max(axis=1)
    return sorted(np.argsort(-size, kind="stable")[:most].tolist())


def _weights(step: Step, columns: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Every weight and bias between units that are drawn."""
    for index, layer in enumerate(step.layers):
        for unit, source in product(columns[index + 1]["units"], [*columns[index]["units"], None]):
            parameter, at = (layer.bias, (unit,)) if source is None else (layer.weight, (unit, source))
            yield {
                "way": _way(index, unit, source),
                "layer": index,
                "unit": unit,
                "source": source,
                "before": _number(parameter.before[at]),
                "gradient": _number(parameter.gradient[at]),
                "used": _number(parameter.used[at]),
                "unclear": _number(parameter.without_zero_grad[at]),
                "after": _number(parameter.after[at]),
            }


def _ways(step: Step, columns: list[dict[str, Any]], dataset: Dataset) -> dict[str, Any]:
    """Where each drawn weight's gradient comes from: a chain of factors, or for a batch its points' parts."""
    ways = {}
    for index in range(len(step.layers)):
        for unit, source in product(columns[index + 1]["units"], [*columns[index]["units"], None]):
            place = index, unit, source
            ways[_way(*place)] = _chain(step, *place, dataset) if len(step.y) == 1 else _spread(step, *place)
    return ways


def _chain(step: Step, layer: int, unit: int, source: int | None, dataset: Dataset) -> dict[str, Any]:
    found = chain(step, layer, unit, source)
    ways = sorted(found.sources, key=lambda way: -abs(way.gradient * way.weight))
    return {
        "factors": [
            {"name": wording.factor(factor, dataset), "value": _number(factor.value)} for factor in found.factors
        ],
        "sources": [{"unit": w.unit, "gradient": _number(w.gradient), "weight": _number(w.weight)} for w in ways[:4]],
        "more": len(ways[4:]),
        "rest": _number(sum(way.gradient * way.weight for way in ways[4:])),
    }


def _starts(step: Step) -> list[dict[str, Any]] | None:
    """Where one point's gradients begin: of each logit probability − y; None where the loss has another slope."""
    if not step.n_classes or len(step.y) != 1:
        return None
    y, dz = np.eye(step.n_classes)[step.y[0]], step.layers[-1].dz[0]
    if not np.allclose(step.probabilities[0] - y, dz, atol=1e-5):
        return None
    return [
        {"label": label, "p": _number(step.probabilities[0, label]), "y": int(y[label]), "dz": _number(dz[label])}
        for label in range(step.n_classes)
    ]


def _spread(step: Step, layer: int, unit: int, source: int | None) -> dict[str, Any]:
    found = spread(step, layer, unit, source)
    return {
        "parts": [{"row": row, "value": _number(value)} for row, value in found.largest],
        "more": len(step.y) - len(found.largest),
        "rest": _number(found.rest),
    }


def _answers(step: Step) -> dict[str, Any]:
    """What the network says of at most MAP_POINTS points: of classes with their probabilities, or numbers."""
    answers = {"logits": _list(step.logits[0]), "y": step.y[:MAP_POINTS].tolist(), "x": _list(step.X[0])}
    if not step.n_classes:
        return answers | {"predicted": _list(step.logits[:MAP_POINTS, 0])}
    return answers | {
        "probabilities": _list(step.probabilities[0]),
        "true": _list(step.true_probability[:MAP_POINTS]),
    }


def _price(history: History, step: Step) -> dict[str, Any]:
    """What an error costs in a regression, from the largest one below the target to as far above."""
    spec, _end = history.experiment.segment(step.epoch)
    loss = make_loss(spec, 0)
    errors = np.nan_to_num(step.logits[:, 0] - step.y)
    widest = max(0.5, float(np.abs(errors).max()))
    at = torch.linspace(-widest, widest, 81)
    costs = [loss(error.reshape(1, 1), torch.zeros(1)).item() for error in at]
    return {"error": _list(at.numpy()), "cost": [_number(cost) for cost in costs]}


def _class_cost(step: Step) -> dict[str, Any]:
    """What a point costs by the probability of its class, the other classes being alike; and each point's own cost."""
    n, loss = step.n_classes, CLASS_LOSSES[step.loss_name].make()
    if step.loss_name == "cross_entropy":
        own = -np.log(step.true_probability[:MAP_POINTS])
    else:
        logits, y = torch.from_numpy(step.logits[:MAP_POINTS]), torch.from_numpy(step.y[:MAP_POINTS])
        own = np.array([loss(logits[k : k + 1], y[k : k + 1]).item() for k in range(len(y))], np.float32)
    guess = loss(torch.zeros(1, n), torch.zeros(1, dtype=torch.int64)).item()
    p, costs = _cost_curve(step.loss_name, n)
    return {
        "p": p,
        "cost": costs,
        "points": _list(own),
        "guess": _number(guess),
        "name": step.loss_name,
    }


@lru_cache(maxsize=32)
def _cost_curve(loss_name: str, n_classes: int) -> tuple[list[Any], list[Any]]:
    """Probabilities of the true class, and what a point costs at each."""
    loss, true = CLASS_LOSSES[loss_name].make(), torch.zeros(1, dtype=torch.int64)
    p = torch.linspace(0.0068, 0.9995, 120)  # above: a cross-entropy of at most 5
    others = ((1 - p) / (n_classes - 1))[:, None].expand(-1, n_classes - 1)
    logits = torch.log(torch.cat([p[:, None], others], dim=1))
    return _list(p.numpy()), [_number(loss(row[None], true).item()) for row in logits]


def _left(step: Step) -> dict[str, Any]:
    """What the gradients would be if the last step's were still there, over all weights and biases."""
    both = [(p.gradient, p.without_zero_grad) for layer in step.layers for p in (layer.weight, layer.bias)]
    new, piled = (np.concatenate([pair[k].ravel() for pair in both]).astype(float) for k in (0, 1))
    return {
        "total": len(new),
        "turned": int((new * piled < 0).sum()),
        "norm": _number(np.linalg.norm(new)),
        "piledNorm": _number(np.linalg.norm(piled)),
        "nothing": bool((new == piled).all()),
    }


def _curve(history: History, epoch: int) -> dict[str, Any]:
    line = thin(history.train_loss, 200)
    return {"epoch": line.epoch.tolist(), "loss": _list(line.loss), "recorded": _recorded(history, epoch)}


def _recorded(history: History, epoch: int) -> float | None:
    """What the run notes in this epoch; None where batches or dropout decide that and it has not come so far."""
    if epoch < history.n_epochs:
        return _number(history.train_loss[epoch])
    spec, _end = history.experiment.segment(epoch)
    if spec.batch_size is not None or spec.dropout:
        return None
    return _number(scores_of(history.model_at(epoch), history.dataset, spec).train_loss)


def _map(history: History, step: Step, point: int | None) -> dict[str, Any]:
    """The training points, and under them the class that the network says before the step."""
    dataset = history.dataset
    answer = boundary(history.model_at(step.epoch), make_grid(dataset, MAP_COLUMNS, MAP_ROWS))
    rows = np.arange(len(dataset.y_train))[:MAP_POINTS]
    if point is not None and point >= MAP_POINTS:
        rows = np.append(rows, point)
    colors, places = point_colors(dataset.n_classes), color_places(dataset.y_train, dataset.n_classes)
    ground = answer.values
    if not dataset.n_classes:  # its levels are finer than there are colours
        ground = np.rint(ground * ((len(colors) - 1) / TOP)).astype(np.uint8)
    return {
        "extent": dataset.extent(),
        "columns": MAP_COLUMNS,
        "rows": MAP_ROWS,
        "labels": component.text(ground),
        "point": point,
        "row": rows.tolist(),
        "x": _list(dataset.X_train[rows, 0]),
        "y": _list(dataset.X_train[rows, 1]),
        "ground": colors,
        "color": [colors[places[row]] for row in rows],
        "batch": sorted(step.points.tolist()) if len(step.y) < len(dataset.y_train) else [],
    }


def _way(layer: int, unit: int, source: int | None) -> str:
    return f"{layer}-{unit}-{'b' if source is None else source}"


def _number(value: Any) -> float | None:
    """A float as JSON carries it, to nine digits: what a float32 has."""
    return float(f"{value:.9g}") if np.isfinite(value) else None


def _list(values: Numbers) -> list[float | None]:
    return [_number(value) for value in values.tolist()]
