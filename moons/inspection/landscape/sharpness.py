"""The sharpness of the loss along a run: the largest eigenvalue of its Hessian, and the largest one that trains stably.

Source: J. Cohen et al., "Gradient Descent on Neural Networks Typically Occurs at the Edge of Stability", 2021.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.sparse.linalg import LinearOperator, eigsh
from torch import Tensor

from moons.inspection.landscape.surface import training_loss
from moons.model import NaiveNet
from moons.optimizers import OPTIMIZERS
from moons.progress import Stop, Stopped
from moons.run import History
from moons.schedule import learning_rates
from moons.train_spec import TrainSpec

EPOCHS = 41  # of a run, evenly spaced
TOLERANCE = 1e-4  # how far an eigenvalue may be off, as a share of it

Product = Callable[[Tensor], Tensor]  # v (n,) -> H · v (n,)


@dataclass(frozen=True, eq=False)
class Sharpness:
    """The largest eigenvalue after some epochs of a run, as far as it is computed."""

    epochs: NDArray[np.int64]  # (k,)
    largest: NDArray[np.float64]  # (k,), of the Hessian of the training loss without penalties and dropout
    limits: NDArray[np.float64]  # (k,), above which full batches are unstable at that rate; NaN: not known
    share: float  # of the epochs that is computed


def hessian_product(model: NaiveNet, history: History) -> Product:
    """Products of the Hessian of the training loss at the weights of `model` with any vector, exact up to rounding."""
    parameters = tuple(model.parameters())
    with torch.enable_grad():
        loss = training_loss(model, history)
        gradient = torch.cat([g.reshape(-1) for g in torch.autograd.grad(loss, parameters, create_graph=True)])

    def product(vector: Tensor) -> Tensor:
        if not gradient.requires_grad:  # the loss is linear in all weights
            return torch.zeros_like(vector)
        rows = torch.autograd.grad(gradient @ vector, parameters, retain_graph=True, materialize_grads=True)
        return torch.cat([row.reshape(-1) for row in rows])

    return product


def largest_eigenvalue(product: Product, start: Tensor, *, stop: Stop | None = None) -> tuple[float, Tensor]:
    """The largest eigenvalue of a symmetric matrix, and its eigenvector of length 1.

    By Lanczos' method, which is the power iteration from the vector `start` that uses all its past products, so that it
    needs a few dozen of them. (nan, start) where the products aren't finite. Raises Stopped where `stop` is true.
    """

    def multiply(vector: NDArray[np.float64]) -> NDArray[np.float64]:
        if stop is not None and stop():
            raise Stopped
        return product(torch.from_numpy(vector.reshape(-1).copy())).numpy()

    first, n = multiply(start.numpy()), len(start)
    if not np.isfinite(first).all():
        return float("nan"), start
    if not first.any():  # where the method can't begin; by chance alone if there is another eigenvalue than 0
        return 0.0, start / start.norm()
    matrix = LinearOperator((n, n), matvec=multiply, dtype=np.float64)
    values, vectors = eigsh(matrix, k=1, which="LA", v0=start.numpy(), tol=TOLERANCE)
    return float(values[0]), torch.from_numpy(vectors[:, 0].copy())


def sharpness(history: History, n_epochs: int, *, stop: Stop | None = None) -> Iterator[Sharpness]:
    """Of a run up to an epoch that is trained, one epoch more at each yield. Raises Stopped where `stop` is true."""
    epochs = np.unique(np.linspace(0, n_epochs, EPOCHS).round().astype(np.int64))
    largest: list[float] = []
    drawn = torch.randn(len(history.weights_at(0)), generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    random = vector = drawn / drawn.norm()
    for epoch in epochs.tolist():
        product = hessian_product(history.model_at(epoch, stop=stop).double(), history)
        value, found = largest_eigenvalue(product, vector, stop=stop)
        vector = found + random  # the next one is near, unless another eigenvalue overtakes
        largest.append(value)
        done = epochs[: len(largest)]
        yield Sharpness(done, np.array(largest), limits(history, done), len(done) / len(epochs))


def limits(history: History, epochs: NDArray[np.int64]) -> NDArray[np.float64]:
    """The largest eigenvalue at which full batches train stably, at the rate of each epoch: (k,); NaN: not known."""
    return np.array([_limit(history.experiment.segment(epoch)[0], epoch) for epoch in epochs.tolist()])


def _limit(spec: TrainSpec, epoch: int) -> float:
    edge, rate = OPTIMIZERS[spec.optimizer].edge, float(learning_rates(spec, epoch, epoch + 1)[0])
    if edge is None or rate <= 0:
        return np.nan
    return edge / rate - spec.weight_decay  # which the L2 penalty adds to all eigenvalues
