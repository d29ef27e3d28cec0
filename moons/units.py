"""Dead and saturated units, which pass no gradient. The one definition of both."""

import torch
from torch import Tensor

from moons.activations import ACTIVATIONS

FLAT = 0.05  # of an activation's steepest slope: below, a gradient shrinks more than twentyfold


@torch.no_grad()
def dead_share(activation: str, h: Tensor) -> float | None:
    """The share of a layer's units whose answers h (n, units) are 0 for every point; None where none can die."""
    if not ACTIVATIONS[activation].dies:
        return None
    return (h == 0).all(dim=0).float().mean().item()


@torch.no_grad()
def saturated_share(activation: str, h: Tensor) -> float | None:
    """The share of a layer's answers h (n, units) where the slope is below FLAT; None where it can't saturate."""
    entry = ACTIVATIONS[activation]
    if entry.slope is None:
        return None
    return (entry.slope(h) < FLAT * entry.steepest).float().mean().item()
