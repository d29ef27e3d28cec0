"""The learning rate of every epoch, for each schedule."""

import numpy as np
from numpy.typing import NDArray

from moons.progress import TrainSpec

WARMUP_SHARE = 0.05  # of all epochs
STEP_FACTOR = 0.1  # at each third of the run
FINAL_FACTOR = 0.01  # of the exponential schedule, at the last epoch


def learning_rates(spec: TrainSpec, start: int, stop: int) -> NDArray[np.float64]:
    """The rates of epochs [start, stop): (stop - start,) float64.

    A closed form of the epoch, so that a run cut into chunks anywhere has the same rates. The formulas are those
    of torch.optim.lr_scheduler's StepLR, CosineAnnealingLR, LinearLR and ExponentialLR.
    """
    epoch = np.arange(start, stop, dtype=np.float64)
    factor = np.ones_like(epoch)
    if spec.schedule == "step":
        factor = STEP_FACTOR ** (epoch // max(1, spec.epochs // 3))
    elif spec.schedule == "cosine":
        factor = (1 + np.cos(np.pi * epoch / spec.epochs)) / 2
    elif spec.schedule == "warmup":
        factor = np.minimum(1.0, (epoch + 1) / max(1, round(WARMUP_SHARE * spec.epochs)))
    elif spec.schedule == "exponential":
        factor = FINAL_FACTOR ** (epoch / spec.epochs)
    return spec.learning_rate * factor
