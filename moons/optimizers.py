"""The optimisers: rules that turn gradients into updates. Adding one is adding an entry."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from moons.fields import N_
from moons.kernel import updates
from moons.kernel.dispatch import Coded

MOMENTUM = 0.9


@dataclass(frozen=True)
class Optimizer:
    """One optimiser, with torch.optim's defaults for all that isn't said."""

    label: str  # its name in every language
    help: str  # untranslated
    make: Callable[..., torch.optim.Optimizer]  # (parameters, lr=, weight_decay=)
    source: str  # the same in an exported program, without weight decay
    moments: tuple[str, ...] = ()  # torch.optim's names of the numbers it remembers of each parameter
    counts_steps: bool = False  # then a CUDA graph can't hold it
    kernel: Coded | None = None  # its function in the compiled engine; None: PyTorch's engine alone has it
    edge: float | None = None  # curvature times rate above which full batches are unstable; None: the gradients decide
    decoupled_decay: bool = False  # whether weight decay shrinks the weights themselves, not their gradient


def _sgd(momentum: float, *, nesterov: bool = False) -> Callable[..., torch.optim.Optimizer]:
    return lambda parameters, **options: torch.optim.SGD(parameters, momentum=momentum, nesterov=nesterov, **options)


OPTIMIZERS: dict[str, Optimizer] = {
    "sgd": Optimizer(
        "SGD",
        N_("Moves each weight against its gradient."),
        torch.optim.SGD,
        "torch.optim.SGD(model.parameters(), lr=LEARNING_RATE)",
        kernel=updates.sgd,
        edge=2.0,
    ),
    "momentum": Optimizer(
        "SGD + momentum",
        N_("SGD that keeps 90% of its last movement."),
        _sgd(MOMENTUM),
        "torch.optim.SGD(model.parameters(), lr=LEARNING_RATE, momentum=0.9)",
        ("momentum_buffer",),
        kernel=updates.momentum,
        edge=2 * (1 + MOMENTUM),
    ),
    "nesterov": Optimizer(
        "Nesterov",
        N_("Momentum with the gradient taken ahead of the weights."),
        _sgd(MOMENTUM, nesterov=True),
        "torch.optim.SGD(model.parameters(), lr=LEARNING_RATE, momentum=0.9, nesterov=True)",
        ("momentum_buffer",),
        kernel=updates.nesterov,
        edge=2 * (1 + MOMENTUM) / (1 + 2 * MOMENTUM),
    ),
    "rmsprop": Optimizer(
        "RMSprop",
        N_("Divides each gradient by its recent size."),
        torch.optim.RMSprop,
        "torch.optim.RMSprop(model.parameters(), lr=LEARNING_RATE)",
        ("square_avg",),
        counts_steps=True,
        kernel=updates.rmsprop,
    ),
    "adam": Optimizer(
        "Adam",
        N_("Momentum, divided by the gradient's recent size."),
        torch.optim.Adam,
        "torch.optim.Adam(model.parameters(), lr=LEARNING_RATE)",
        ("exp_avg", "exp_avg_sq"),
        counts_steps=True,
        kernel=updates.adam,
    ),
    "adamw": Optimizer(
        "AdamW",
        N_("Adam whose weight decay is independent of the gradient."),
        torch.optim.AdamW,
        "torch.optim.AdamW(model.parameters(), lr=LEARNING_RATE, weight_decay=0.0)",
        ("exp_avg", "exp_avg_sq"),
        counts_steps=True,
        decoupled_decay=True,
        kernel=updates.adam,
    ),
}


def read_moments(optimizer: torch.optim.Optimizer, names: Sequence[str]) -> NDArray[np.float32]:
    """A copy of what an optimiser remembers: (len(names), n_parameters), in the order of its parameters."""
    parameters = optimizer.param_groups[0]["params"]
    rows = [torch.cat([_moment(optimizer, p, name).reshape(-1) for p in parameters]).cpu().numpy() for name in names]
    return np.array(rows, np.float32).reshape(len(rows), sum(p.numel() for p in parameters))


def write_moments(
    optimizer: torch.optim.Optimizer, names: Sequence[str], moments: NDArray[np.float32], step: int
) -> None:
    """Give an optimiser the memory that `read_moments` returned after `step` updates. Before the first it has none."""
    if step == 0:
        return
    offset = 0
    for parameter in optimizer.param_groups[0]["params"]:
        part = slice(offset, offset + parameter.numel())
        memory = {
            name: torch.from_numpy(row[part].copy()).view_as(parameter).to(parameter)
            for name, row in zip(names, moments, strict=True)
        }
        optimizer.state[parameter] = {"step": torch.tensor(float(step)), **memory}
        offset += parameter.numel()


def _moment(optimizer: torch.optim.Optimizer, parameter: nn.Parameter, name: str) -> Tensor:
    """What the optimiser remembers of a parameter; zeros before its first update."""
    remembered: Tensor | None = optimizer.state.get(parameter, {}).get(name)
    return torch.zeros_like(parameter) if remembered is None else remembered.detach()
