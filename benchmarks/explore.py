"""Time to the first and to the last picture of the room Explore, without the page: `python -m benchmarks.explore`.

Each stands beside a plain loop over the same work, of which a part is measured in the same minute.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import torch

from moons import Experiment, History, run
from moons.explore import axis, outcomes_of, seed_experiments, seeds, sweep, sweep_experiments
from moons.explore.outcome import Outcome, plane_of
from moons.inspection.landscape import Landscape, extent_around, survey
from moons.inspection.landscape.surface import POINTS, training_loss
from moons.model import set_parameters
from moons.plots.explore import band_figure
from moons.plots.landscape import DrawnPath, map_figure
from moons.plots.sweep import sweep_figure

PART = 12  # the plain loop does every twelfth piece of work


@dataclass(frozen=True)
class Pictures:
    """Seconds from the beginning to pictures."""

    first: float
    last: float


def main() -> None:
    """Print every figure."""
    torch.set_num_threads(1)  # as the page does: a network this small loses by more
    default = Experiment()
    run(default)  # what is compiled or loaded once
    band(seed_experiments(default, 100))
    grid(default)
    landscape(run(default))


def band(experiments: Sequence[Experiment]) -> None:
    """The loss band of many seeds."""
    drawn = _drawn(experiments, lambda found: band_figure(seeds([one for _index, one in sorted(found.items())])))
    _say(f"{len(experiments)} seeds: a band", drawn, _loop(experiments))


def grid(experiment: Experiment) -> None:
    """A sweep of two settings, 12 × 12 cells of 3 seeds."""
    axes = axis("learning_rate", 1e-3, 10.0, 12), axis("init_scale", 0.1, 10.0, 12)
    experiments = [one for one in sweep_experiments(experiment, axes, 3) if one is not None]
    drawn = _drawn(experiments, lambda found: sweep_figure(sweep(axes, 3, found), "score", 2))
    _say(f"12 × 12 × 3 sweep: {len(experiments)} runs", drawn, _loop(experiments))


def landscape(history: History) -> None:
    """The loss over a plane through a run's path."""
    began, first, last = time.perf_counter(), 0.0, Landscape(0.0)
    for last in survey(history, history.n_epochs):
        if last.surface is not None:
            assert last.plane is not None
            assert last.own is not None
            map_figure(last.surface, last.plane, [DrawnPath("run", last.own, own=True)], None)
            first = first or time.perf_counter() - began
    pictures = Pictures(first, time.perf_counter() - began)
    assert last.plane is not None
    assert last.own is not None
    left, right, bottom, top = extent_around(last.own)
    sides = np.linspace(left, right, POINTS), np.linspace(bottom, top, POINTS)
    places = np.stack(np.meshgrid(*sides), axis=-1).reshape(-1, 2)[::PART]
    weights, model = last.plane.weights_at(places).astype(np.float32), history.model_at(0)
    began = time.perf_counter()
    with torch.no_grad():
        for one in weights:
            set_parameters(model, one)
            training_loss(model, history)
    _say(f"landscape of {POINTS} × {POINTS}", pictures, (time.perf_counter() - began) * PART)


def _drawn(experiments: Iterable[Experiment], draw: Callable[[dict[int, Outcome]], object]) -> Pictures:
    """Run them all; draw the first outcome and all of them."""
    began, found, first = time.perf_counter(), dict[int, Outcome](), 0.0
    for index, one in outcomes_of(experiments, plane_of(Experiment())):
        found[index] = one
        if not first:
            draw(found)
            first = time.perf_counter() - began
    draw(found)
    return Pictures(first, time.perf_counter() - began)


def _loop(experiments: Sequence[Experiment]) -> float:
    """Seconds of a plain loop over the experiments, by a part of them."""
    part = experiments[::PART]
    began = time.perf_counter()
    for one in part:
        run(one)
    return (time.perf_counter() - began) * len(experiments) / len(part)


def _say(name: str, drawn: Pictures, alone: float) -> None:
    print(
        f"{name:<32}first picture {drawn.first:6.2f} s, last {drawn.last:6.2f} s: "
        f"{drawn.last / alone:.2f} × a plain loop over the same ({alone:.2f} s)"
    )


if __name__ == "__main__":
    main()
