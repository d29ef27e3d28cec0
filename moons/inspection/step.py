"""One training step, opened: every number of the loop's six lines, as PyTorch's autograd has it."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from moons.fields import N_, Between
from moons.model import NaiveNet
from moons.progress import TrainSpec
from moons.run import History
from moons.schedule import learning_rates
from moons.train import _batches, _load_moments, _size, make_optimizer

Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Parameter:
    """A layer's weights (units, inputs) or biases (units,), and what the step does to them. All of one shape."""

    before: Floats
    gradient: Floats  # of the loss, as `loss.backward()` leaves it
    used: Floats  # what the optimiser is handed: the same, with the L1 penalty's gradient and clipped, where set
    without_zero_grad: Floats  # what `backward` would leave if the step before had not been cleared away
    after: Floats


@dataclass(frozen=True, eq=False)
class Layer:
    """One linear layer and the activation after it, for the m points of the step."""

    inputs: Floats  # (m, inputs)
    z: Floats  # (m, units), the weighted sums: pre-activations
    h: Floats  # (m, units), activations; of the last layer z itself, the logits
    slope: Floats  # (m, units), of the activation at z; 1 in the last layer
    dz: Floats  # (m, units), gradient of the loss by z
    dh: Floats  # (m, units), gradient of the loss by h
    weight: Parameter
    bias: Parameter


@dataclass(frozen=True, eq=False)
class Step:
    """The step that a run takes after `epoch` epochs. Losses are mean cross-entropy, nats per point."""

    epoch: int
    points: NDArray[np.int64]  # (m,), rows of the training set
    X: Floats  # (m, 2)
    y: NDArray[np.int64]  # (m,)
    layers: tuple[Layer, ...]
    probabilities: Floats  # (m, n_classes), softmax of the logits
    loss: float
    rate: float
    optimizer: str
    loss_after: float  # on the same points, with the new weights

    @property
    def logits(self) -> Floats:
        """(m, n_classes), the last layer's sums."""
        return self.layers[-1].z

    @property
    def true_probability(self) -> Floats:
        """(m,), the probability given to each point's own class; the loss is the mean of −ln of it."""
        return self.probabilities[np.arange(len(self.y)), self.y]


@dataclass(frozen=True)
class Factor:
    """One factor of a chain: its name, a template to translate and fill with `values`, and its number."""

    name: str
    values: dict[str, int]
    value: float


@dataclass(frozen=True)
class Source:
    """One way the loss reaches a unit: through `unit` of the next layer. Contributes gradient · weight."""

    unit: int
    gradient: float  # of the loss by that unit's z
    weight: float


@dataclass(frozen=True)
class Chain:
    """The factors whose product is the gradient of one weight; a hidden unit's first one is the sum of `sources`."""

    factors: tuple[Factor, ...]
    sources: tuple[Source, ...]  # none in the last layer
    gradient: float  # autograd's


@dataclass(frozen=True)
class Difference:
    """The loss a little to both sides of a parameter's value, and the slope between: (above − below) / 2h."""

    h: float
    below: float
    above: float
    slope: float


def open_step(history: History, epoch: int, point: int | None = None) -> Step:
    """The step that follows `epoch` epochs of a run.

    With `point` None it is the run's own: its next batch, which is the first of that epoch's shuffle, or all points
    if the run takes full batches. With a row of the training set it is the step which that point alone would cause.
    The run's rate, moments, L1, L2 and clipping apply to both. At the end of a run it is the step that would follow.

    Raises FieldError for an epoch that isn't trained yet or a point that isn't there.
    """
    leftover = _gradients_before(history, epoch, point)
    model, optimizer, spec = _at(history, epoch)
    rows = _batches_of(history, epoch, point)[0]
    X, y = _points(history, rows)

    outputs = list(_forward(model, X))
    loss = nn.functional.cross_entropy(outputs[-1], y)
    optimizer.zero_grad()
    loss.backward(retain_graph=True)
    flow = list(_flow(X, outputs, loss))
    before, gradients = [_numbers(p) for p in model.parameters()], _gradients(model)
    _penalise(model, spec)
    used = _gradients(model)
    optimizer.step()
    after = [_numbers(p) for p in model.parameters()]

    parameters = [
        Parameter(b, gradient, u, gradient + rest, a)
        for b, gradient, u, rest, a in zip(before, gradients, used, leftover, after, strict=True)
    ]
    with torch.no_grad():
        loss_after = nn.functional.cross_entropy(model(X), y).item()
    return Step(
        epoch=epoch,
        points=rows,
        X=_numbers(X),
        y=y.numpy(),
        layers=tuple(map(Layer, *zip(*flow, strict=True), parameters[::2], parameters[1::2])),
        probabilities=_numbers(outputs[-1].softmax(dim=1)),
        loss=loss.item(),
        rate=optimizer.param_groups[0]["lr"],
        optimizer=spec.optimizer,
        loss_after=loss_after,
    )


def chain(step: Step, layer: int, unit: int, source: int | None) -> Chain:
    """How backpropagation makes the gradient of one weight, for a single point: gradient by z, times input.

    The weight leads from input `source` of layer `layer` (from 0) to its `unit`; None means the unit's bias. In the
    last layer the gradient by z is softmax − target; before it, the next layer's, led back through its weights and
    the activation's slope (D. Rumelhart, G. Hinton and R. Williams, Nature 323, 1986).

    Raises FieldError for a step of more than one point, and for a weight that isn't there.
    """
    _check("step.points", len(step.y), 1, 1)
    _check("layer", layer, 0, len(step.layers) - 1)
    here = step.layers[layer]
    _check("unit", unit, 0, here.z.shape[1] - 1)
    last = layer == len(step.layers) - 1
    sources = () if last else tuple(_sources(step.layers[layer + 1], unit))
    if last:
        factors = [Factor(_of_logit(is_true=unit == step.y[0]), {"unit": unit}, float(here.dz[0, unit]))]
    else:
        led_back = sum(way.gradient * way.weight for way in sources)
        factors = [
            Factor(N_("loss by activation of unit {unit}: led back from the next layer"), {"unit": unit}, led_back),
            Factor(N_("slope of the activation of unit {unit}"), {"unit": unit}, float(here.slope[0, unit])),
        ]
    if source is None:
        return Chain(
            (*factors, Factor(N_("1, as a bias is added as it is"), {}, 1.0)), sources, float(here.bias.gradient[unit])
        )
    _check("source", source, 0, here.inputs.shape[1] - 1)
    factors.append(Factor(N_("input {source} of the layer"), {"source": source}, float(here.inputs[0, source])))
    return Chain(tuple(factors), sources, float(here.weight.gradient[unit, source]))


def finite_difference(history: History, epoch: int, point: int | None, parameter: int, h: float = 1e-5) -> Difference:
    """The slope of the loss by one parameter, found without autograd: nudge it by h both ways, in float64.

    `parameter` counts weights and biases in the order of `model.parameters()`; see `parameter_index`. `point` as in
    `open_step`. A ReLU that switches within the nudge makes the slope one between its two sides.

    Raises FieldError for an epoch, a point or a parameter that isn't there, and unless h is between 1e-9 and 1.
    """
    flat = torch.from_numpy(history.weights_at(epoch).astype(np.float64))
    _check("parameter", parameter, 0, len(flat) - 1)
    Between(1e-9, 1.0, 1e-9).check("h", h)
    X, y = _points(history, _batches_of(history, epoch, point)[0])
    model = history.model_at(epoch).double()
    nudge = torch.zeros_like(flat)
    nudge[parameter] = h
    below, above = (_loss_with(model, flat + side * nudge, X.double(), y) for side in (-1, 1))
    return Difference(h, below, above, (above - below) / (2 * h))


def parameter_index(sizes: tuple[int, ...], layer: int, unit: int, source: int | None) -> int:
    """Where a weight (or, with `source` None, a bias) of a network of these sizes stands among all parameters."""
    before = sum((n_inputs + 1) * n_outputs for n_inputs, n_outputs in pairwise(sizes[: layer + 1]))
    n_inputs, n_outputs = sizes[layer], sizes[layer + 1]
    return before + (n_outputs * n_inputs + unit if source is None else unit * n_inputs + source)


def _at(history: History, epoch: int) -> tuple[NaiveNet, torch.optim.Optimizer, TrainSpec]:
    """Network, optimiser and settings as the run has them after `epoch` epochs."""
    spec, _end = history.experiment.stretch(epoch)
    model = history.model_at(epoch)
    optimizer = make_optimizer(model, spec)
    _load_moments(optimizer, spec, history.state_at(epoch))
    optimizer.param_groups[0]["lr"] = float(learning_rates(spec, epoch, epoch + 1)[0])
    return model, optimizer, spec


def _batches_of(history: History, epoch: int, point: int | None) -> list[NDArray[np.int64]]:
    """The rows of each update of an epoch: the run's own batches, or the one point."""
    n_points = len(history.dataset.y_train)
    if point is not None:
        _check("point", point, 0, n_points - 1)
        return [np.array([point])]
    spec, _end = history.experiment.stretch(epoch)
    every = torch.arange(n_points)
    return [every[batch].numpy() for batch in _batches(spec, epoch, n_points, every.device)]


def _points(history: History, rows: NDArray[np.int64]) -> tuple[Tensor, Tensor]:
    return torch.from_numpy(history.dataset.X_train[rows]), torch.from_numpy(history.dataset.y_train[rows])


def _gradients_before(history: History, epoch: int, point: int | None) -> list[Floats]:
    """What the step before left behind: the run's last one in the epoch before, or that of the same point there."""
    if epoch == 0:
        return [np.zeros(p.shape, np.float32) for p in history.model_at(0).parameters()]
    model, optimizer, spec = _at(history, epoch - 1)
    for rows in _batches_of(history, epoch - 1, point):
        X, y = _points(history, rows)
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(X), y).backward()
        _penalise(model, spec)
        optimizer.step()
    return _gradients(model)


def _penalise(model: NaiveNet, spec: TrainSpec) -> None:
    """Do to the gradients what the run does between `backward` and `step`."""
    if spec.l1:
        (spec.l1 * _size(model)).backward()  # adds to what is there
    if spec.clip_norm is not None:
        nn.utils.clip_grad_norm_(model.parameters(), spec.clip_norm)


def _forward(model: NaiveNet, X: Tensor) -> Iterator[Tensor]:
    """What comes out of each part of the network in turn: z, h, z, h, …, logits."""
    X = model.features(X)
    for part in model.layers:
        X = part(X)
        yield X


def _flow(X: Tensor, outputs: list[Tensor], loss: Tensor) -> Iterator[tuple[Floats, ...]]:
    """Each layer's inputs, z, h, slope, dz and dh: to be read before the weights change under them."""
    inputs = X
    for i in range(0, len(outputs), 2):
        z, h = outputs[i], outputs[min(i + 1, len(outputs) - 1)]  # no activation after the last layer
        (slope,) = torch.autograd.grad(h.sum(), z, retain_graph=True)
        dz, dh = torch.autograd.grad(loss, (z, h), retain_graph=True)
        yield tuple(map(_numbers, (inputs, z, h, slope, dz, dh)))
        inputs = h


def _sources(following: Layer, unit: int) -> Iterator[Source]:
    for k, weights in enumerate(following.weight.before):
        yield Source(k, float(following.dz[0, k]), float(weights[unit]))


def _of_logit(*, is_true: bool) -> str:
    if is_true:
        return N_("loss by logit {unit}: probability of class {unit}, minus 1 as it is the true class")
    return N_("loss by logit {unit}: probability of class {unit}, as it is not the true class")


@torch.no_grad()
def _loss_with(model: NaiveNet, parameters: Tensor, X: Tensor, y: Tensor) -> float:
    nn.utils.vector_to_parameters(parameters, model.parameters())
    return nn.functional.cross_entropy(model(X), y).item()


def _gradients(model: NaiveNet) -> list[Floats]:
    return [_numbers(p.grad) for p in model.parameters() if p.grad is not None]


def _numbers(tensor: Tensor) -> Floats:
    return tensor.detach().numpy().copy()


def _check(field: str, value: int, low: int, high: int) -> None:
    Between(low, high, 1).check(field, value)
