"""A plane in the space of all weights and biases."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from moons.fields import N_, FieldError

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Plane:
    """All weights `origin` + a · `directions[0]` + b · `directions[1]`; (a, b) is a place on it."""

    origin: Floats  # (n_parameters,)
    directions: Floats  # (2, n_parameters)
    shares: tuple[float, float] | None = None  # of a path's variance that each direction explains; None: not of a path

    def weights_at(self, places: NDArray[np.floating]) -> Floats:
        """(k, 2) → (k, n_parameters)."""
        weights: Floats = self.origin + places @ self.directions
        return weights

    def places_of(self, weights: NDArray[np.floating]) -> Floats:
        """The places on the plane that are nearest to weights: (k, n_parameters) → (k, 2)."""
        return self.components_of(weights - self.origin)

    def components_of(self, movements: NDArray[np.floating]) -> Floats:
        """The parts of movements that lie in the plane, by its directions: (k, n_parameters) → (k, 2)."""
        return np.asarray(np.linalg.lstsq(self.directions.T, np.asarray(movements, float).T, rcond=None)[0].T, float)

    def share_of(self, weights: NDArray[np.floating]) -> float:
        """The share of the variance of weights (k, n_parameters) that lies in the plane; 1 where there is none."""
        movements = weights - weights.mean(axis=0)
        total = float(np.square(movements).sum())
        rest = float(np.square(movements - self.components_of(movements) @ self.directions).sum())
        return 1 - rest / total if total else 1.0


def principal_plane(weights: NDArray[np.floating], others: Sequence[NDArray[np.floating]] = ()) -> Plane:
    """The plane through the last of `weights` (k, n_parameters) along the first two principal directions.

    They are those of these weights, and of `others` where there are any.
    Raises FieldError for fewer than three weights: they span no plane.
    """
    if len(weights) < 3:
        raise FieldError(
            N_("{field} must be at least {low}, got {value}"), field="epochs", low=2, value=len(weights) - 1
        )
    together = np.concatenate([weights, *others]).astype(np.float64)
    _u, sizes, directions = np.linalg.svd(together - together.mean(axis=0), full_matrices=False)
    variances = np.square(sizes)
    first, second = (variances[:2] / (variances.sum() or 1.0)).tolist()
    return Plane(weights[-1].astype(np.float64), directions[:2], (first, second))


def random_plane(model: nn.Module, generator: torch.Generator) -> Plane:
    """The plane through the weights of `model` along two random directions, filter-normalised.

    A filter is all that enters one unit: its weights and its bias. In each direction it is as long as in the model, so
    that a step means the same in every layer (H. Li et al., "Visualizing the Loss Landscape of Neural Nets", 2018).
    """
    parameters = [parameter.detach().double() for parameter in model.parameters()]
    directions = [_filter_normalised(parameters, generator) for _direction in range(2)]
    flat = torch.cat([parameter.reshape(-1) for parameter in parameters])
    return Plane(flat.numpy(), torch.stack(directions).numpy())


def _filter_normalised(parameters: list[torch.Tensor], generator: torch.Generator) -> torch.Tensor:
    parts = []
    for weight, bias in zip(parameters[::2], parameters[1::2], strict=True):
        filters = torch.column_stack([weight, bias])
        drawn = torch.randn(filters.shape, generator=generator, dtype=torch.float64)
        drawn *= filters.norm(dim=1, keepdim=True) / drawn.norm(dim=1, keepdim=True)
        parts += [drawn[:, :-1].reshape(-1), drawn[:, -1]]
    return torch.cat(parts)
