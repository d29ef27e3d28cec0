"""Input features: a point's coordinates, and functions of them."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Feature:
    """One input of the network."""

    label: str  # a formula, the same in every language
    compute: Callable[[Tensor, Tensor], Tensor]  # x0 (n,), x1 (n,) -> (n,)


FEATURES: dict[str, Feature] = {
    "x0": Feature("x0", lambda x0, x1: x0),
    "x1": Feature("x1", lambda x0, x1: x1),
    "x0_squared": Feature("x0²", lambda x0, x1: x0**2),
    "x1_squared": Feature("x1²", lambda x0, x1: x1**2),
    "x0_x1": Feature("x0·x1", lambda x0, x1: x0 * x1),
    "sin_x0": Feature("sin x0", lambda x0, x1: torch.sin(x0)),
    "sin_x1": Feature("sin x1", lambda x0, x1: torch.sin(x1)),
    "cos_x0": Feature("cos x0", lambda x0, x1: torch.cos(x0)),
    "cos_x1": Feature("cos x1", lambda x0, x1: torch.cos(x1)),
}
PLAIN = ("x0", "x1")  # the notebook's


def compute_features(x: Tensor, names: tuple[str, ...]) -> Tensor:
    """The features of points: (n, 2) → (n, len(names)); the plain ones are the points themselves."""
    if names == PLAIN:
        return x
    x0, x1 = x.unbind(dim=1)
    return torch.stack([FEATURES[name].compute(x0, x1) for name in names], dim=1)


def input_label(name: str, columns: Sequence[str] = PLAIN) -> str:
    """A feature as a formula in the columns' own names."""
    return re.sub("x([01])", lambda found: columns[int(found[1])], FEATURES[name].label)
