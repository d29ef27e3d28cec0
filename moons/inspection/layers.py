"""Each layer in numbers: its weights, its gradients, what its units answer."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from moons.data import Dataset
from moons.loss import make_loss
from moons.model import NaiveNet
from moons.run import History
from moons.train_spec import TrainSpec
from moons.units import dead_share, saturated_share

BINS = 31
MOMENTS = 40  # of a run, at which gradient norms are taken


@dataclass(frozen=True, eq=False)
class Histogram:
    """How often values fall into each bin."""

    edges: NDArray[np.float64]  # (bins + 1,)
    counts: NDArray[np.int64]  # (bins,)


@dataclass(frozen=True, eq=False)
class Layer:
    """One linear layer and the activation after it, over all training points. `mean` … are of the units' answers."""

    activation: str  # "linear" in the last layer
    n_units: int
    weights: Histogram
    gradients: Histogram  # of the mean loss by each weight
    gradient_norm: float  # by all its weights and biases: the root of the sum of squares
    mean: float
    std: float
    low: float
    high: float
    dead: float | None  # share of ReLU units that give 0 on every training point; None: not ReLU
    saturated: float | None  # share of tanh or sigmoid answers where the slope is nearly 0; None: neither


@dataclass(frozen=True, eq=False)
class GradientNorms:
    """The length of each layer's gradient over a run."""

    epochs: NDArray[np.int64]  # (k,)
    norms: NDArray[np.float64]  # (layers, k), by all weights and biases of a layer


def layers(model: NaiveNet, training: TrainSpec, dataset: Dataset) -> tuple[Layer, ...]:
    """Each layer of `model` (on the CPU) in numbers. `training` says which loss a regression has."""
    X = torch.from_numpy(dataset.X_train)
    gradients = _gradients(model, training, dataset)
    return tuple(
        Layer(
            activation=activation,
            n_units=answers.shape[1],
            weights=_histogram(weight),
            gradients=_histogram(by_weight),
            gradient_norm=_length(by_weight, by_bias),
            mean=float(answers.mean()),
            std=float(answers.std(correction=0)),
            low=float(answers.min()),
            high=float(answers.max()),
            dead=dead_share(activation, answers),
            saturated=saturated_share(activation, answers),
        )
        for (weight, activation, answers), (by_weight, by_bias) in zip(_parts(model, X), gradients, strict=True)
    )


def gradient_norms(history: History, until: int) -> GradientNorms:
    """The gradients' lengths at about MOMENTS of the epochs that a run keeps whole, up to `until`."""
    model = history.model_at(0)
    epochs, found = [], []
    for state in history.keyframes(until, MOMENTS):
        torch.nn.utils.vector_to_parameters(torch.tensor(state.parameters), model.parameters())
        spec, _end = history.experiment.segment(state.epoch)
        epochs.append(state.epoch)
        found.append([_length(*pair) for pair in _gradients(model, spec, history.dataset)])
    return GradientNorms(np.array(epochs), np.array(found, np.float64).T)


@torch.no_grad()
def _parts(model: NaiveNet, X: Tensor) -> Iterator[tuple[Tensor, str, Tensor]]:
    """Each linear layer's weights, the name of the activation after it, and what the two answer."""
    weights, names = list(model.parameters())[::2], [*model.activations, "linear"]
    for weight, name, layer in zip(weights, names, model.activations_of(X), strict=True):
        yield weight.detach(), name, layer.activations


def _gradients(model: NaiveNet, training: TrainSpec, dataset: Dataset) -> list[tuple[Tensor, Tensor]]:
    """The mean loss's gradient by each layer's weights and biases."""
    outputs = model(torch.from_numpy(dataset.X_train))
    loss = make_loss(training, dataset.n_classes)(outputs, torch.from_numpy(dataset.y_train))
    found = torch.autograd.grad(loss, list(model.parameters()))
    return list(zip(found[::2], found[1::2], strict=True))


def _length(*parts: Tensor) -> float:
    return float(torch.cat([part.flatten() for part in parts]).norm())


def _histogram(values: Tensor) -> Histogram:
    """Bins of equal width, as many on each side of 0."""
    finite = values.flatten().numpy().astype(np.float64)
    finite = finite[np.isfinite(finite)]
    far = max(float(np.abs(finite).max(initial=0)), 1e-12)
    counts, edges = np.histogram(finite, BINS, (-far, far))
    return Histogram(edges, counts)
