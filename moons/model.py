"""The network: a stack of linear layers with an activation between them."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from moons.activations import ACTIVATIONS
from moons.features import FEATURES, PLAIN, compute_features
from moons.fields import N_, Between, Choice, FieldError, Spec, between, choice, several
from moons.task import Task

__all__ = [
    "ACTIVATIONS",
    "INITS",
    "LayerValues",
    "ModelSpec",
    "NaiveNet",
    "build_model",
    "get_parameters",
    "set_parameters",
]

# name -> how a layer's weights (units, inputs) are drawn in place; biases then are 0, except in PyTorch's own way
INITS: dict[str, Callable[[Tensor, torch.Generator], Tensor]] = {
    "pytorch": lambda weight, generator: nn.init.kaiming_uniform_(weight, a=math.sqrt(5), generator=generator),
    "xavier": lambda weight, generator: nn.init.xavier_uniform_(weight, generator=generator),
    "he": lambda weight, generator: nn.init.kaiming_uniform_(weight, nonlinearity="relu", generator=generator),
    "zeros": lambda weight, generator: nn.init.zeros_(weight),
}
INIT_LABELS = {  # untranslated
    "pytorch": N_("PyTorch's default"),
    "xavier": "Xavier (Glorot)",
    "he": "He (Kaiming)",
    "zeros": N_("All zeros"),
}


@dataclass(frozen=True)
class ModelSpec(Spec):
    """Which network to build."""

    hidden: tuple[int, ...] = several(
        (16,),
        Between(1, 256, 1),
        fewest=0,
        most=6,
        label=N_("Hidden layers"),
        help=N_("Units in each hidden layer, from the input to the output. More units bend the boundary more."),
    )
    activation: str = choice(
        "relu",
        ACTIVATIONS,
        label=N_("Activation"),
        help=N_("What each hidden unit does to its sum. Without one, the boundary stays a straight line."),
    )
    activations: tuple[str, ...] = several(
        (),
        Choice(ACTIVATIONS),
        fewest=0,
        most=6,
        label=N_("Activation of each layer"),
        help=N_("A different activation in each hidden layer. Empty: the same in all."),
    )
    features: tuple[str, ...] = several(
        PLAIN,
        Choice(FEATURES),
        fewest=1,
        most=len(FEATURES),
        label=N_("Inputs"),
        help=N_("What the network is given of each point: its coordinates, or functions of them."),
    )
    init: str = choice(
        "pytorch",
        INITS,
        label=N_("Initial weights"),
        help=N_("How the first weights are drawn. With zeros all units of a layer stay alike for ever."),
    )
    init_scale: float = between(
        1.0,
        low=0.0,
        high=10.0,
        step=0.1,
        label=N_("Scale of the initial weights"),
        help=N_("The first weights and biases are multiplied by this. Large ones start with sharp bends."),
    )
    seed: int = between(
        0,
        low=0,
        high=9_999,
        label=N_("Weight seed"),
        help=N_("Decides the random weights that the network starts from."),
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if len(set(self.features)) < len(self.features):
            template = N_("{field} must all differ, got {value}")
            raise FieldError(template, field="features", value=", ".join(self.features))
        if self.activations and len(self.activations) != len(self.hidden):
            raise FieldError(
                N_("{field} must name one for each of the {layers} hidden layers, got {value}"),
                field="activations",
                layers=len(self.hidden),
                value=len(self.activations),
            )
        if len(self.activations) == 1:  # a single layer's own is that of all: one network, one spec
            object.__setattr__(self, "activation", self.activations[0])
            object.__setattr__(self, "activations", ())

    @property
    def layer_activations(self) -> tuple[str, ...]:
        """The activation of each hidden layer."""
        return self.activations or (self.activation,) * len(self.hidden)


class LayerValues(NamedTuple):
    """A linear layer and the activation after it, on n points."""

    inputs: Tensor  # (n, units of the layer before)
    sums: Tensor  # (n, units), W · inputs + b
    activations: Tensor  # (n, units); of the last layer the sums: logits, or the prediction
    mask: Tensor | None  # (n, units), what dropout multiplies the activations by


class Linear(nn.Linear):
    """PyTorch's own, but for its first numbers, which a generator is to draw: those of a new `nn.Linear` are global."""

    def reset_parameters(self) -> None:
        """Draw nothing."""


class NaiveNet(nn.Module):
    """The notebook's network, with any list of layer sizes: Linear, activation, …, Linear.

    `sizes` counts the units of each layer, inputs and outputs included: (2, 16, 2) is the notebook's. `activations`
    names one for each hidden layer, or one for all. `inputs` names the features that it computes of each point
    (features.FEATURES); None takes what it is given as it is.
    """

    def __init__(
        self,
        sizes: tuple[int, ...],
        activations: str | tuple[str, ...] = "relu",
        *,
        generator: torch.Generator,
        inputs: tuple[str, ...] | None = None,
        init: str = "pytorch",
    ) -> None:
        super().__init__()
        self.sizes = sizes
        hidden = len(sizes) - 2
        self.activations = (activations,) * hidden if isinstance(activations, str) else activations
        self.inputs = inputs
        layers: list[nn.Module] = []
        for (n_inputs, n_outputs), activation in zip(pairwise(sizes), (*self.activations, "linear"), strict=True):
            layers += [_linear(n_inputs, n_outputs, init, generator), ACTIVATIONS[activation]()]
        self.layers = nn.Sequential(*layers[:-1])  # no activation after the last layer: its outputs are the logits

    @property
    def task(self) -> Task:
        """Classes, or a number to predict: then there is one output."""
        return Task.REGRESSION if self.sizes[-1] == 1 else Task.CLASSIFICATION

    def features(self, x: Tensor) -> Tensor:
        """What the first layer is given of the points: (n, 2) → (n, sizes[0])."""
        return x if self.inputs is None else compute_features(x, self.inputs)

    def forward(self, x: Tensor) -> Tensor:
        """Logits, one per class: (n, 2) float32 → (n, n_classes); in a regression the predicted number, (n, 1)."""
        logits: Tensor = self.layers(self.features(x))
        return logits

    def activations_of(self, x: Tensor, drop: Callable[[Tensor], Tensor] | None = None) -> tuple["LayerValues", ...]:
        """The sums and activations of every layer: (n, 2) → one LayerValues per layer.

        `drop` gives the mask by which dropout multiplies a hidden layer's activations.
        """
        inputs, layers = self.features(x), []
        last = len(self.layers) - 1
        for place in range(0, last + 1, 2):
            z = self.layers[place](inputs)
            h = self.layers[place + 1](z) if place < last else z
            mask = drop(h) if drop and place < last else None
            layers.append(LayerValues(inputs, z, h, mask))
            inputs = h if mask is None else h * mask
        return tuple(layers)

    @torch.no_grad()
    def predict(self, x: Tensor) -> Tensor:
        """The class with the largest logit: (n, 2) float32 → (n,) int64; in a regression the number, float32."""
        outputs = self.forward(x)
        return outputs.squeeze(dim=1) if self.task is Task.REGRESSION else outputs.argmax(dim=1)


def build_model(spec: ModelSpec, n_classes: int) -> NaiveNet:
    """The network that `spec` describes, untrained, on the CPU; with one output for a regression (0 classes).

    By default its weights are those of `torch.manual_seed(spec.seed)` followed by `nn.Linear` layers in order, drawn
    from a private generator: no global seed is touched.
    """
    sizes = (len(spec.features), *spec.hidden, max(1, n_classes))
    generator = torch.Generator().manual_seed(spec.seed)
    model = NaiveNet(sizes, spec.layer_activations, generator=generator, inputs=spec.features, init=spec.init)
    if spec.init_scale != 1:
        set_parameters(model, get_parameters(model) * np.float32(spec.init_scale))
    return model


def get_parameters(model: nn.Module) -> NDArray[np.float32]:
    """A copy of all weights and biases in the order of `model.parameters()`: (n_parameters,) float32."""
    flat = torch.cat([p.detach().reshape(-1) for p in model.parameters()])
    return flat.cpu().numpy().copy()


@torch.no_grad()
def set_parameters(model: nn.Module, parameters: NDArray[np.float32]) -> None:
    """Write what `get_parameters` returned back into a network of the same shape."""
    there = list(model.parameters())
    sizes = [parameter.numel() for parameter in there]
    for parameter, part in zip(there, torch.split(torch.tensor(parameters), sizes), strict=True):
        parameter.copy_(part.view_as(parameter))


def _linear(n_inputs: int, n_outputs: int, init: str, generator: torch.Generator) -> nn.Linear:
    """An `nn.Linear` with weights drawn from `generator`.

    In PyTorch's own way both are U(−b, b) with b = 1/√n_inputs (torch.nn.Linear's documentation; for the weights that
    is Kaiming's uniform rule with a = √5). Xavier: X. Glorot and Y. Bengio, 2010; He: K. He et al., 2015; both uniform.
    """
    layer = Linear(n_inputs, n_outputs)
    INITS[init](layer.weight, generator)
    if init == "pytorch":
        bound = 1 / math.sqrt(n_inputs)
        nn.init.uniform_(layer.bias, -bound, bound, generator=generator)
    else:
        nn.init.zeros_(layer.bias)
    return layer
