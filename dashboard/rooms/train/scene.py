"""One moment of a run as the page shows it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray

from moons.data import Dataset
from moons.inspection.boundary import (
    AREAS,
    CHANGE,
    PROBABILITY,
    UNIT,
    Boundary,
    Grid,
    answers,
    areas,
    boundary,
    change,
    make_grid,
)
from moons.inspection.levels import level_lines
from moons.inspection.neurons import Neurons, Shown, hidden_sums, neurons, unit_picture, units_that_matter
from moons.inspection.points import Verdicts, evaluate
from moons.model import ModelSpec, NaiveNet, build_model, set_parameters
from moons.plots.boundary import Lines, wrong_points
from moons.plots.points import MOST
from moons.progress import Scores, State
from moons.train_spec import TrainSpec

FINE, COARSE = (30, 24), (20, 16)  # columns and rows of a unit's tile: coarse where there are many
MANY = 50  # units
LINES = 63, 50  # columns and rows of the grid on which lines are found
LEVELS = (0.1, 0.25, 0.5, 0.75, 0.9)  # probabilities, or shares of a regression's range, along contour lines


@dataclass(frozen=True)
class Look:
    """What a person wants to see of a run."""

    view: str = PROBABILITY  # of the large picture
    unit: tuple[int, int] | None = None  # layer (inputs 0) and unit that fill the large picture instead
    contours: bool = False
    hinges: bool = False
    network: bool = False  # the diagram
    point: int | None = None  # of the training set, whose way through the diagram is shown
    crosses_from: int = 0  # the first epoch at which misclassified points are crossed


@dataclass(frozen=True, eq=False)
class Moment:
    """What the network of one epoch answers."""

    epoch: int
    answer: Boundary
    lines: Lines
    verdicts: Verdicts
    inside: Neurons | None  # None: the diagram isn't looked at


@dataclass(frozen=True, eq=False)
class Frame:
    """What changes on the page from one moment to the next."""

    epoch: int
    scores: Scores
    image: NDArray[np.uint8]  # (rows, columns) of the heatmap
    lines: Lines
    wrong: NDArray[np.float32]  # (k, 2), the misclassified points
    pace: float  # epochs per second
    inside: Neurons | None


class Camera:
    """Takes moments of one network's run. `since`: the state that the view of change compares with."""

    def __init__(
        self, spec: ModelSpec, training: TrainSpec, dataset: Dataset, look: Look, since: State | None = None
    ) -> None:
        self.spec, self.training, self.dataset, self.look, self.since = spec, training, dataset, look, since
        self.grid, self.line_grid = make_grid(dataset), make_grid(dataset, *LINES)
        self.model: NaiveNet = build_model(spec, dataset.n_classes)
        self.shown: Shown = ()
        self._chosen: NDArray[np.float32] | None = None  # the parameters by which the units were chosen
        self._last: tuple[NDArray[np.float32], Moment] | None = None
        self.tile_grid: Grid | None = None
        if since is not None:
            set_parameters(self.model, since.parameters)
            self._before: torch.Tensor = answers(self.model, self.grid)

    def choose_units(self, state: State) -> None:
        """From now on the diagram shows the units that matter in the network of `state`."""
        if self._chosen is state.parameters or not (self.look.network or self.look.hinges):
            return
        self._chosen, self._last = state.parameters, None
        set_parameters(self.model, state.parameters)
        self.shown = units_that_matter(self.model, self.dataset)
        self.tile_grid = make_grid(self.dataset, *(COARSE if sum(map(len, self.shown)) > MANY else FINE))

    def moment(self, state: State) -> Moment:
        """Evaluate the network at `state`; the last evaluation is kept."""
        if self._last is None or self._last[0] is not state.parameters:
            set_parameters(self.model, state.parameters)
            inside = self._inside() if self.look.network else None
            verdicts = evaluate(self.model, self.dataset, self.training)
            if state.epoch < self.look.crosses_from:
                none = np.zeros_like
                verdicts = replace(
                    verdicts, wrong_train=none(verdicts.wrong_train), wrong_test=none(verdicts.wrong_test)
                )
            moment = Moment(state.epoch, self._answer(), self._lines(), verdicts, inside)
            self._last = state.parameters, moment
        return self._last[1]

    def frame(self, moment: Moment, pace: float) -> Frame:
        """A moment as it travels."""
        wrong = wrong_points(self.dataset, moment.verdicts, MOST)
        scores, image = moment.verdicts.scores, moment.answer.values
        return Frame(moment.epoch, scores, image, moment.lines, wrong, pace, moment.inside)

    def _answer(self) -> Boundary:
        if self.look.unit is not None:
            return self._unit(*self.look.unit)
        if self.look.view == CHANGE:
            assert self.since is not None, "change needs an earlier state"
            return change(self.model, self._before, self.grid)
        if self.look.view == AREAS:
            return areas(self.model, self.grid)
        return boundary(self.model, self.grid, self.look.view)

    def _unit(self, layer: int, unit: int) -> Boundary:
        values = unit_picture(self.model, self.grid.points, layer, unit).values
        label = unit if layer == len(self.model.sizes) - 1 else 1
        image = values.reshape(self.grid.rows, self.grid.columns)
        return Boundary(self.grid, UNIT, self.dataset.n_classes, image, label=label)

    def _lines(self) -> Lines:
        look, points = self.look, self.line_grid.points
        if look.unit is not None:
            hinged = 0 < look.unit[0] < len(self.model.sizes) - 1
            return (
                Lines(hinges=self._traced([unit_picture(self.model, points, *look.unit).sums])) if hinged else Lines()
            )
        return Lines(
            contours=self._contours() if look.contours else None,
            hinges=self._traced(hidden_sums(self.model, points, self.shown)) if look.hinges else None,
        )

    def _contours(self) -> NDArray[np.float32]:
        of_output = answers(self.model, self.line_grid).numpy().T
        return self._traced(of_output, (0.5,)) if len(of_output) > 2 else self._traced(of_output[-1:], LEVELS)

    def _traced(self, fields: Iterable[NDArray[np.float32]], levels: Iterable[float] = (0.0,)) -> NDArray[np.float32]:
        """Where each field (points of the line grid,) passes each level, in the plane's coordinates."""
        grid = self.line_grid
        lines = [level_lines(f.reshape(grid.rows, grid.columns), level) for f in fields for level in levels]
        cells = np.concatenate([*lines, np.empty((0, 2))])
        return (cells * [grid.dx, grid.dy] + [grid.x0, grid.y0]).astype(np.float32)

    def _inside(self) -> Neurons:
        assert self.tile_grid is not None, "choose_units comes first"
        return neurons(self.model, self.training, self.dataset, self.tile_grid.points, self.shown, self.look.point)
