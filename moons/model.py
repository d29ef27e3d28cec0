"""The network: a stack of linear layers with an activation between them."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from moons.fields import N_, Between, Spec, between, choice, several

ACTIVATIONS: dict[str, Callable[[], nn.Module]] = {
    "relu": nn.ReLU,
    "leaky_relu": nn.LeakyReLU,
    "elu": nn.ELU,
    "gelu": nn.GELU,
    "silu": nn.SiLU,
    "softplus": nn.Softplus,
    "tanh": nn.Tanh,
    "sigmoid": nn.Sigmoid,
    "linear": nn.Identity,
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
    seed: int = between(
        0,
        low=0,
        high=9_999,
        label=N_("Weight seed"),
        help=N_("Decides the random weights that the network starts from."),
    )


class NaiveNet(nn.Module):
    """The notebook's network, with any list of layer sizes: Linear, activation, …, Linear.

    `sizes` counts the units of each layer, inputs and outputs included: (2, 16, 2) is the notebook's.
    """

    def __init__(self, sizes: tuple[int, ...], activation: str = "relu", *, generator: torch.Generator) -> None:
        super().__init__()
        self.sizes = sizes
        self.activation = activation
        layers: list[nn.Module] = []
        for n_inputs, n_outputs in pairwise(sizes):
            layers += [_linear(n_inputs, n_outputs, generator), ACTIVATIONS[activation]()]
        self.layers = nn.Sequential(*layers[:-1])  # no activation after the last layer: its outputs are the logits

    def forward(self, x: Tensor) -> Tensor:
        """Logits, one per class: (n, 2) float32 → (n, n_classes)."""
        logits: Tensor = self.layers(x)
        return logits

    @torch.no_grad()
    def predict(self, x: Tensor) -> Tensor:
        """The class with the largest logit: (n, 2) float32 → (n,) int64."""
        return self.forward(x).argmax(dim=1)


def build_model(spec: ModelSpec, n_classes: int) -> NaiveNet:
    """The network that `spec` describes, untrained, on the CPU.

    Its weights are those of `torch.manual_seed(spec.seed)` followed by `nn.Linear` layers in order, drawn from a
    private generator: no global seed is touched.
    """
    generator = torch.Generator().manual_seed(spec.seed)
    return NaiveNet((2, *spec.hidden, n_classes), spec.activation, generator=generator)


def get_parameters(model: nn.Module) -> NDArray[np.float32]:
    """A copy of all weights and biases in the order of `model.parameters()`: (n_parameters,) float32."""
    flat = torch.cat([p.detach().reshape(-1) for p in model.parameters()])
    return flat.cpu().numpy().copy()


@torch.no_grad()
def set_parameters(model: nn.Module, parameters: NDArray[np.float32]) -> None:
    """Write what `get_parameters` returned back into a network of the same shape."""
    sizes = [parameter.numel() for parameter in model.parameters()]
    for parameter, part in zip(model.parameters(), torch.split(torch.tensor(parameters), sizes), strict=True):
        parameter.copy_(part.view_as(parameter))


def _linear(n_inputs: int, n_outputs: int, generator: torch.Generator) -> nn.Linear:
    """An `nn.Linear` with PyTorch's own initialisation, drawn from `generator`.

    Both are U(−b, b) with b = 1/√n_inputs (torch.nn.Linear's documentation; for the weights that is Kaiming's
    uniform rule with a = √5).
    """
    layer = nn.Linear(n_inputs, n_outputs, device="meta").to_empty(device="cpu")  # "meta": draws no numbers yet
    nn.init.kaiming_uniform_(layer.weight, a=math.sqrt(5), generator=generator)
    bound = 1 / math.sqrt(n_inputs)
    nn.init.uniform_(layer.bias, -bound, bound, generator=generator)
    return layer
