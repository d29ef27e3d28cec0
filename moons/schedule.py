"""The learning rate of every epoch."""

import numpy as np
from numpy.typing import NDArray

from moons.schedules import SCHEDULES
from moons.train_spec import TrainSpec


def learning_rates(spec: TrainSpec, start: int, stop: int) -> NDArray[np.float64]:
    """The rates of epochs [start, stop): (stop - start,) float64.

    A closed form of the epoch, so that a run cut into chunks anywhere has the same rates.
    """
    epoch = np.arange(start, stop, dtype=np.float64)
    return spec.learning_rate * SCHEDULES[spec.schedule].factor(epoch, spec.epochs)
