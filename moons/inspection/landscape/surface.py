"""The training loss over a plane of weights: the true one of the network with these weights, on all points."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.func import functional_call, vmap

from moons.inspection.landscape.path import WeightPath
from moons.inspection.landscape.plane import Floats, Plane
from moons.loss import make_loss
from moons.model import NaiveNet
from moons.run import History

POINTS = 61  # of the finest grid along each axis
STRIDES = (4, 2, 1)  # of the grids, the coarsest first
MARGIN = 0.25  # around the paths, as a share of their width or height
FARTHEST = 4.0  # how much farther than a run's own path another one is followed
FLATTEST = 0.15  # height of an extent as a share of its width, or the other way round
BLOCK = 3e6  # numbers that a block of networks computes in its widest layer: tens of milliseconds

Extent = tuple[float, float, float, float]  # left, right, bottom, top


@dataclass(frozen=True, eq=False)
class Surface:
    """The loss on a grid over a plane."""

    across: Floats  # (columns,), places along the first direction
    up: Floats  # (rows,), along the second
    losses: NDArray[np.float32]  # (rows, columns), mean per point; not finite where the network overflows
    share: float  # of the finest grid that is computed


@dataclass(frozen=True, eq=False)
class PathOnPlane:
    """A path as it is seen on a plane: each of its weights at the nearest place."""

    epochs: NDArray[np.int64]  # (k,)
    places: Floats  # (k, 2)
    losses: NDArray[np.float32]  # (k,), of its own weights
    losses_on_plane: NDArray[np.float32]  # (k,), of the nearest weights on the plane
    share: float  # of the variance of its weights that lies in the plane


@dataclass(frozen=True, eq=False)
class Spot:
    """Where a run is on a plane, and where it goes; movements by the plane's directions."""

    epoch: int
    place: Floats  # (2,)
    loss: float  # of the run's own weights
    loss_on_plane: float  # of the nearest weights on the plane
    downhill: Floats  # (2,), the part in the plane of the gradient's opposite
    step: Floats | None  # (2,), the part in the plane of the next epoch's movement; None after the last one
    gradient_norm: float
    share_of_gradient: float  # its squared length that lies in the plane


def extent_around(own: PathOnPlane, others: Sequence[PathOnPlane] = ()) -> Extent:
    """A box around paths, with a margin. The others are followed no farther than FARTHEST times one's own size."""
    low, high = own.places.min(axis=0), own.places.max(axis=0)
    far = FARTHEST * max(float((high - low).max()), 1e-3)
    for other in others:
        low = np.maximum(np.minimum(low, other.places.min(axis=0)), low - far)
        high = np.minimum(np.maximum(high, other.places.max(axis=0)), high + far)
    size = high - low
    size = np.maximum(size, max(FLATTEST * float(size.max()), 1e-3)) * (1 + 2 * MARGIN)
    middle = (low + high) / 2
    (left, bottom), (right, top) = (middle - size / 2).tolist(), (middle + size / 2).tolist()
    return left, right, bottom, top


def surface(history: History, plane: Plane, extent: Extent, *, points: int = POINTS) -> Iterator[Surface]:
    """The training loss of the networks over a box of `plane`; see `losses_at`.

    Coarse grids come first, each a part of the next; at each yield it is the finest one that is complete.
    """
    left, right, bottom, top = extent
    across, up = np.linspace(left, right, points), np.linspace(bottom, top, points)
    losses, loss_of = np.full((points, points), np.nan, np.float32), _LossOf(history)
    known, latest = np.zeros((points, points), bool), None
    for stride in STRIDES:
        wanted = np.zeros_like(known)
        wanted[::stride, ::stride] = True
        rows, columns = np.nonzero(wanted & ~known)
        for first, last in pairwise([*range(0, len(rows), loss_of.block), len(rows)]):
            some = slice(first, last)
            places = np.column_stack([across[columns[some]], up[rows[some]]])
            losses[rows[some], columns[some]] = loss_of(plane.weights_at(places))
            known[rows[some], columns[some]] = True
            share = float(known.mean())
            if latest is not None and last < len(rows):
                yield Surface(*latest, share)
        latest = across[::stride], up[::stride], losses[::stride, ::stride].copy()
        yield Surface(*latest, share)


def losses_at(history: History, weights: NDArray[np.floating]) -> NDArray[np.float32]:
    """The training loss of the run's network with other `weights` (k, n_parameters): (k,).

    It is the mean over all training points, without penalties and dropout.
    """
    loss_of = _LossOf(history)
    blocks = [loss_of(weights[first : first + loss_of.block]) for first in range(0, len(weights), loss_of.block)]
    return np.concatenate(blocks)


def on_plane(history: History, plane: Plane, path: WeightPath) -> PathOnPlane:
    """A path of the run's network, perhaps another run's, with the training losses of `history`."""
    places = plane.places_of(path.weights)
    losses, losses_on_plane = (losses_at(history, weights) for weights in (path.weights, plane.weights_at(places)))
    return PathOnPlane(path.epochs, places, losses, losses_on_plane, plane.share_of(path.weights))


def spot(history: History, epoch: int, plane: Plane) -> Spot:
    """Where the run is on `plane` after `epoch` epochs. Raises FieldError for an epoch that isn't trained yet."""
    weights = history.weights_at(epoch)
    place = plane.places_of(weights[None])[0]
    model = history.model_at(epoch)
    with torch.enable_grad():
        loss = training_loss(model, history)
        gradient = torch.cat([g.reshape(-1) for g in torch.autograd.grad(loss, tuple(model.parameters()))]).numpy()
    downhill = plane.components_of(-gradient[None])[0]
    step = None
    if epoch < history.n_epochs:
        step = plane.components_of((history.weights_at(epoch + 1) - weights.astype(np.float64))[None])[0]
    norm, inside = float(np.linalg.norm(gradient)), float(np.linalg.norm(downhill @ plane.directions))
    return Spot(
        epoch=epoch,
        place=place,
        loss=loss.item(),
        loss_on_plane=float(losses_at(history, plane.weights_at(place[None]))[0]),
        downhill=downhill,
        step=step,
        gradient_norm=norm,
        share_of_gradient=(inside / norm) ** 2 if norm else 1.0,
    )


def training_loss(model: NaiveNet, history: History) -> Tensor:
    """The mean loss of `model` over all training points, in the precision of its weights: ()."""
    dtype = next(model.parameters()).dtype
    X, y = torch.from_numpy(history.dataset.X_train).to(dtype), torch.from_numpy(history.dataset.y_train)
    loss_function = make_loss(history.experiment.training, history.dataset.n_classes)
    return loss_function(model(X), y if history.dataset.n_classes else y.to(dtype))


class _LossOf:
    """The training loss of many networks at once."""

    def __init__(self, history: History) -> None:
        model = history.model_at(0)
        parameters = dict(model.named_parameters())
        shapes = [parameter.shape for parameter in parameters.values()]

        def loss_of(weights: Tensor) -> Tensor:
            parts = torch.split(weights, [shape.numel() for shape in shapes])
            there = {name: part.view(shape) for name, part, shape in zip(parameters, parts, shapes, strict=True)}
            outputs = functional_call(model, there, (X,))
            return loss_function(outputs, y)

        X, y = torch.from_numpy(history.dataset.X_train), torch.from_numpy(history.dataset.y_train)
        loss_function = make_loss(history.experiment.training, history.dataset.n_classes)
        self._loss_of_all: Callable[[Tensor], Tensor] = vmap(loss_of)
        self.block = max(1, math.floor(BLOCK / (len(X) * max(model.sizes))))

    @torch.no_grad()
    def __call__(self, weights: NDArray[np.floating]) -> NDArray[np.float32]:
        """(k, n_parameters) → (k,), at most `block` of them."""
        losses: NDArray[np.float32] = self._loss_of_all(torch.from_numpy(np.asarray(weights, np.float32))).numpy()
        return losses
