"""Many epochs as one CUDA graph: on a GPU, starting a small network's kernels takes longer than running them.

A graph starts the same kernels on the same memory again, all at once. So it can hold what is the same in each epoch:
full batches, a constant rate, no dropout, and an optimiser that doesn't count its steps. Source: PyTorch's notes on
CUDA graphs.
"""

from collections.abc import Callable

import torch
from torch import Tensor

from moons.optimizers import OPTIMIZERS
from moons.train_spec import TrainSpec

EPOCHS = 50  # in a graph
WARM_UP = 3  # epochs that run one by one before anything is captured, as those notes ask for
WORTH_IT = 4 * EPOCHS  # epochs asked for at once: below, capturing takes longer than it saves

Work = Callable[[], None]


def can_graph(spec: TrainSpec, device: torch.device) -> bool:
    """Whether a graph can hold this training."""
    same = spec.batch_size is None and spec.schedule == "constant" and spec.dropout == 0
    return device.type == "cuda" and same and not OPTIMIZERS[spec.optimizer].counts_steps


def capture_on_cuda(work: Work) -> Work:
    """Capture `work` as a CUDA graph and return its replay. Capturing computes nothing."""
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        work()
    return graph.replay


class GraphedEpochs:
    """Runs epochs, most of them by graph.

    `epoch` does one, on tensors that stay where they are, and returns its numbers (k,) without reading one back.
    """

    def __init__(self, epoch: Callable[[], Tensor], capture: Callable[[Work], Work] = capture_on_cuda) -> None:
        self._epoch, self._capture = epoch, capture
        self._rows: Tensor | None = None  # (EPOCHS, k), what the graph fills
        self._replay: Work | None = None

    def run(self, n: int) -> Tensor:
        """The numbers of the next `n` epochs: (n, k)."""
        if n < WORTH_IT and self._replay is None:
            return torch.stack([self._epoch() for _ in range(n)])
        parts = []
        if self._replay is None:
            parts.append(torch.stack([self._epoch() for _ in range(WARM_UP)]))
            n -= WARM_UP
            self._rows = torch.empty((EPOCHS, parts[0].shape[1]), device=parts[0].device)
            self._replay = self._capture(self._fill)
        assert self._rows is not None
        for _ in range(n // EPOCHS):
            self._replay()
            parts.append(self._rows.clone())
        parts += [self._epoch()[None] for _ in range(n % EPOCHS)]
        return torch.cat(parts)

    def _fill(self) -> None:
        assert self._rows is not None
        for row in self._rows:
            row.copy_(self._epoch())
