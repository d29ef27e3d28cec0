"""A gradient without autograd: nudge one parameter and look at the loss."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor, nn

from moons.dropout import in_training
from moons.fields import N_, Between, FieldError
from moons.inspection.step.opened import batches_of, points_at
from moons.loss import make_loss
from moons.run import History


@dataclass(frozen=True)
class Difference:
    """The loss a little to both sides of a parameter's value, and the slope between: (above − below) / 2h."""

    h: float
    below: float
    above: float
    slope: float


def finite_difference(history: History, epoch: int, point: int | None, parameter: int, h: float = 1e-5) -> Difference:
    """The slope of the loss by one parameter, found without autograd: nudge it by h both ways, in float64.

    `parameter` counts weights and biases in the order of `model.parameters()`; see `parameter_index`. `point` as in
    `open_step`. A ReLU that switches within the nudge makes the slope one between its two sides.

    Raises FieldError for an epoch, a point or a parameter that isn't there, and unless h is between 1e-9 and 1.
    """
    flat = torch.from_numpy(history.weights_at(epoch).astype(np.float64))
    Between(0, len(flat) - 1, 1).check("parameter", parameter)
    Between(1e-9, 1.0, 1e-9).check("h", h)
    X, y = points_at(history, batches_of(history, epoch, point)[0])
    model = history.model_at(epoch).double()
    nudge = torch.zeros_like(flat)
    nudge[parameter] = h
    spec, _end = history.experiment.segment(epoch)
    loss_function = make_loss(spec, history.dataset.n_classes)
    y = y.double() if y.is_floating_point() else y

    @torch.no_grad()
    def loss_with(parameters: Tensor) -> float:
        nn.utils.vector_to_parameters(parameters, model.parameters())
        return loss_function(in_training(model, spec, epoch)(X.double()), y).item()

    below, above = (loss_with(flat + side * nudge) for side in (-1, 1))
    return Difference(h, below, above, (above - below) / (2 * h))


def parameter_index(sizes: tuple[int, ...], layer: int, unit: int, source: int | None) -> int:
    """Where a weight (or, with `source` None, a bias) of a network of these sizes stands among all parameters."""
    before = sum((n_inputs + 1) * n_outputs for n_inputs, n_outputs in pairwise(sizes[: layer + 1]))
    n_inputs, n_outputs = sizes[layer], sizes[layer + 1]
    return before + (n_outputs * n_inputs + unit if source is None else unit * n_inputs + source)


def parameter_place(sizes: tuple[int, ...], parameter: int) -> tuple[int, int, int | None]:
    """The layer, unit and source (None for a bias) of a parameter: what `parameter_index` takes."""
    for layer, (n_inputs, n_outputs) in enumerate(pairwise(sizes)):
        if parameter < n_inputs * n_outputs:
            return layer, *divmod(parameter, n_inputs)
        parameter -= n_inputs * n_outputs
        if parameter < n_outputs:
            return layer, parameter, None
        parameter -= n_outputs
    raise FieldError(N_("{field} is no weight and no bias of this network"), field="parameter")
