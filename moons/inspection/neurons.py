"""The network's inside: what every unit answers over the plane, and the weights between the units."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from moons.data import Dataset
from moons.loss import make_loss
from moons.model import NaiveNet
from moons.train_spec import TrainSpec

Floats = NDArray[np.float32]
Shown = tuple[NDArray[np.int64], ...]  # for each layer, inputs and outputs included, the units shown, in order

MOST = 16  # units of a layer that a diagram has room for
ZERO = 128  # the byte of an activation of 0; 1 and 255 are the scale's two ends
FAINTEST = 0.1  # a unit this small beside its layer's largest is drawn as faint as it is


@dataclass(frozen=True, eq=False)
class Neurons:
    """One network looked into, the units shown alone. Layers count from the inputs (0) to the outputs.

    Tiles hold activations as bytes, ZERO + 127 · a / scale; the outputs of a
    classifier hold softmax probabilities, at scale 1.
    Gradients are of the mean loss over all training points, nats per point.
    """

    tiles: tuple[NDArray[np.uint8], ...]  # a layer's (units, points)
    scales: tuple[Floats, ...]  # (units,), the size of an activation in full colour
    weights: tuple[Floats, ...]  # from the second layer on: (units, units of the layer before)
    biases: tuple[Floats, ...]  # from the second layer on: (units,)
    weight_gradients: tuple[Floats, ...]
    bias_gradients: tuple[Floats, ...]
    passed: tuple[Floats, ...] | None = None  # (units,) of each layer: what they answer to the point that is followed


@dataclass(frozen=True, eq=False)
class UnitPicture:
    """One unit over the plane. `values` are bytes as in Neurons' tiles."""

    values: NDArray[np.uint8]  # (points,)
    scale: float  # the size of an activation in full colour
    sums: Floats  # (points,), what the unit's activation function is given; where it is 0 lies a ReLU's hinge


@torch.no_grad()
def units_that_matter(model: NaiveNet, dataset: Dataset, most: int = MOST) -> Shown:
    """At most `most` units of each layer: those whose activation moves the next layer most, in their own order.

    A unit moves the next layer by its activation's spread over the training points (a standard deviation) times the
    length of its outgoing weights.
    """
    linears = list(_linears(model))
    shown = []
    for activation, linear in zip(_activations(model, torch.from_numpy(dataset.X_train)), linears, strict=False):
        moves = activation.std(dim=0).nan_to_num() * linear.weight.norm(dim=0).nan_to_num()
        shown.append(moves.argsort(descending=True, stable=True)[:most].sort().values.numpy())
    return (*shown, np.arange(min(most, linears[-1].out_features)))


def neurons(
    model: NaiveNet, training: TrainSpec, dataset: Dataset, points: Tensor, shown: Shown, point: int | None = None
) -> Neurons:
    """Look into `model` (on the CPU): the units `shown`, at `points` (n, 2) of the plane.

    `training` says which loss a regression has; `point`, the row of the training set that is followed, if one is.
    """
    with torch.no_grad():
        pictures = [
            _bytes(layer[:, units], scale) for (layer, scale), units in zip(_seen(model, points), shown, strict=True)
        ]
    outputs, y = model(torch.from_numpy(dataset.X_train)), torch.from_numpy(dataset.y_train)
    loss = make_loss(training, dataset.n_classes)(outputs, y)
    linears = list(_linears(model))
    parameters = [p for linear in linears for p in (linear.weight, linear.bias)]
    gradients = torch.autograd.grad(loss, parameters)
    weights, biases = _of_shown(parameters, shown)
    weight_gradients, bias_gradients = _of_shown(gradients, shown)
    tiles, scales = zip(*pictures, strict=True)
    passed = None if point is None else _passed(model, torch.from_numpy(dataset.X_train[[point]]), shown)
    return Neurons(tiles, scales, weights, biases, weight_gradients, bias_gradients, passed)


@torch.no_grad()
def unit_picture(model: NaiveNet, points: Tensor, layer: int, unit: int) -> UnitPicture:
    """One unit's answer at `points` (n, 2); layer 0 are the inputs, the last one's units the outputs."""
    activation, scale = list(_seen(model, points))[layer]
    values, scales = _bytes(activation[:, [unit]], scale)
    sums = list(_sums(model, points))[layer]
    return UnitPicture(values[0], float(scales[0]), sums[:, unit].numpy().copy())


@torch.no_grad()
def hidden_sums(model: NaiveNet, points: Tensor, shown: Shown) -> Floats:
    """What the activation functions of the hidden units `shown` are given at `points` (n, 2): (units, n)."""
    hidden = list(zip(_sums(model, points), shown, strict=True))[1:-1]
    return torch.cat([points.new_empty((0, len(points))), *(sums[:, units].T for sums, units in hidden)]).numpy()


@torch.no_grad()
def _passed(model: NaiveNet, X: Tensor, shown: Shown) -> tuple[Floats, ...]:
    """What the units shown answer to one point X (1, 2)."""
    layers = (layer for layer, _scale in _seen(model, X))
    return tuple(layer[0, units].numpy().copy() for layer, units in zip(layers, shown, strict=True))


def _linears(model: NaiveNet) -> Iterator[nn.Linear]:
    for part in model.layers:
        if isinstance(part, nn.Linear):
            yield part


def _seen(model: NaiveNet, points: Tensor) -> Iterator[tuple[Tensor, float | None]]:
    """Each layer's activations as tiles show them, and their scale where it is the same for all."""
    *layers, outputs = _activations(model, points)
    yield from ((layer, None) for layer in layers)
    yield (outputs, None) if outputs.shape[1] == 1 else (outputs.softmax(dim=1), 1.0)


def _activations(model: NaiveNet, X: Tensor) -> Iterator[Tensor]:
    """What each layer hands on, the inputs first and the logits last: (n, units)."""
    layers = model.activations_of(X)
    yield layers[0].inputs
    yield from (layer.activations for layer in layers)


def _sums(model: NaiveNet, X: Tensor) -> Iterator[Tensor]:
    """What each layer's activation function is given, the inputs first: (n, units)."""
    layers = model.activations_of(X)
    yield layers[0].inputs
    yield from (layer.sums for layer in layers)


def _bytes(activation: Tensor, scale: float | None = None) -> tuple[NDArray[np.uint8], Floats]:
    """A layer's activations (n, units) as tiles, and their scales."""
    activation = activation.nan_to_num(0, 0, 0)
    if scale is None:
        largest = activation.abs().amax(dim=0)
        scales = largest.clamp(min=FAINTEST * float(largest.max())) if len(largest) else largest
    else:
        scales = torch.full((activation.shape[1],), scale)
    tiles = (ZERO + 127 * activation / scales.clamp(min=1e-30)).round().to(torch.uint8)
    return tiles.T.contiguous().numpy(), scales.numpy()


def _of_shown(values: tuple[Tensor, ...] | list[Tensor], shown: Shown) -> tuple[tuple[Floats, ...], tuple[Floats, ...]]:
    """Weights and biases, or their gradients, in the order of the parameters, cut to the units shown."""
    weights, biases = [], []
    for layer in range(1, len(shown)):
        weight, bias = (part.detach().numpy() for part in values[2 * layer - 2 : 2 * layer])
        weights.append(weight[np.ix_(shown[layer], shown[layer - 1])])
        biases.append(bias[shown[layer]])
    return tuple(weights), tuple(biases)
