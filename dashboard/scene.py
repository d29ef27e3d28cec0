"""One moment of a run as the page shows it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moons.data import Dataset
from moons.inspection.boundary import Boundary, Grid, boundary
from moons.inspection.points import Verdicts, judge
from moons.model import ModelSpec, build_model, set_parameters
from moons.plots.boundary import wrong_points
from moons.progress import Scores, State, TrainSpec


@dataclass(frozen=True, eq=False)
class Moment:
    """What the network of one epoch answers."""

    epoch: int
    answer: Boundary
    verdicts: Verdicts


@dataclass(frozen=True, eq=False)
class Frame:
    """What changes on the page from one moment to the next."""

    epoch: int
    scores: Scores
    image: NDArray[np.uint8]  # (rows, columns) of the heatmap
    wrong: NDArray[np.float32]  # (k, 2), the misclassified points
    pace: float  # epochs per second


class Camera:
    """Takes moments of one network's run."""

    def __init__(self, spec: ModelSpec, training: TrainSpec, dataset: Dataset, grid: Grid, view: str) -> None:
        self.spec, self.training, self.dataset, self.grid, self.view = spec, training, dataset, grid, view
        self._model = build_model(spec, dataset.n_classes)

    def moment(self, state: State) -> Moment:
        """The network of `state`, looked at."""
        set_parameters(self._model, state.parameters)
        return Moment(
            state.epoch, boundary(self._model, self.grid, self.view), judge(self._model, self.dataset, self.training)
        )

    def frame(self, moment: Moment, pace: float) -> Frame:
        """A moment as it travels."""
        wrong = wrong_points(self.dataset, moment.verdicts)
        return Frame(moment.epoch, moment.verdicts.scores, moment.answer.values, wrong, pace)
