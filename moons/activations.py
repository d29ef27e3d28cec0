"""The activations: what each hidden unit does to its sum. Adding one is adding an entry.

The browser draws networks, too: dashboard's own evaluation knows activations by their keys.
"""

from collections.abc import Callable
from dataclasses import dataclass

from torch import Tensor, nn

from moons.kernel import activations as kernel
from moons.kernel.dispatch import Coded


@dataclass(frozen=True)
class Activation:
    """One activation. Called, it makes PyTorch's module."""

    label: str  # its name in every language
    make: Callable[[], nn.Module]
    source: str  # the same in an exported program
    kernel: Coded | None = None  # its functions in the compiled engine; None: PyTorch's engine alone has it
    dies: bool = False  # whether a unit can answer 0 to every point, at slope 0
    slope: Callable[[Tensor], Tensor] | None = None  # of one that saturates: the slope, by the answer,
    steepest: float = 1.0  # and the largest it gets

    def __call__(self) -> nn.Module:
        return self.make()


ACTIVATIONS: dict[str, Activation] = {
    "relu": Activation("ReLU", nn.ReLU, "nn.ReLU()", kernel.relu, dies=True),
    "leaky_relu": Activation("Leaky ReLU", nn.LeakyReLU, "nn.LeakyReLU()", kernel.leaky_relu),
    "elu": Activation("ELU", nn.ELU, "nn.ELU()", kernel.elu),
    "gelu": Activation("GELU", nn.GELU, "nn.GELU()", kernel.gelu),
    "silu": Activation("SiLU", nn.SiLU, "nn.SiLU()", kernel.silu),
    "softplus": Activation("Softplus", nn.Softplus, "nn.Softplus()", kernel.softplus),
    "tanh": Activation("tanh", nn.Tanh, "nn.Tanh()", kernel.hyperbolic_tangent, slope=lambda h: 1 - h**2),
    "sigmoid": Activation(
        "Sigmoid", nn.Sigmoid, "nn.Sigmoid()", kernel.logistic, slope=lambda h: h * (1 - h), steepest=0.25
    ),
    "linear": Activation("None (linear)", nn.Identity, "nn.Identity()", kernel.linear),
}
