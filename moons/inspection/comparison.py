"""What differs between runs: in how they were set, and in what their networks answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from moons.data import Dataset, Scaling
from moons.fields import Spec, ruled_fields
from moons.model import NaiveNet
from moons.run import Change, Experiment
from moons.task import Task

FAR = 0.1

Course = tuple[tuple[int, Any], ...]  # a setting's values over a run: (epoch from which it holds, value), …


@dataclass(frozen=True)
class Difference:
    """A setting in which runs differ."""

    spec: type[Spec]  # the one that has the field
    name: str
    courses: tuple[Course, ...]  # one for each run


@dataclass(frozen=True, eq=False)
class Disagreement:
    """Where two networks put the same point into different classes, or predict numbers that are far apart."""

    places: NDArray[np.bool_]  # (k,), of the points asked about
    train: NDArray[np.bool_]  # (n,), of the training points
    test: NDArray[np.bool_]  # (m,), of the test points


def differences(experiments: Sequence[Experiment]) -> tuple[Difference, ...]:
    """The settings that aren't the same in all of the experiments, in the specs' order."""
    all_courses = [_courses(experiment) for experiment in experiments]
    return tuple(
        Difference(*field, tuple(courses[field] for courses in all_courses))
        for field in all_courses[0]
        if len({courses[field] for courses in all_courses}) > 1
    )


def disagreement(
    first: NaiveNet, second: NaiveNet, dataset: Dataset, places: torch.Tensor, other: Scaling | None = None
) -> Disagreement:
    """Ask both networks (on the CPU) about `places` (k, 2) float32 and about the points of `dataset`.

    Numbers are far apart by more than FAR of the range of the training points' own. Both networks must have the
    task of `dataset`, whose scaling is the first one's; `other` is the second one's, where it isn't the same.
    """
    own = dataset.scaling
    classes = dataset.task is Task.CLASSIFICATION
    far = 0.0 if classes else FAR * float(np.ptp(dataset.y_train))

    def apart(points: torch.Tensor) -> NDArray[np.bool_]:
        if other is None or other == own:
            distance = (first.predict(points) - second.predict(points)).abs()
            differ: NDArray[np.bool_] = (distance > far).numpy()
            return differ
        seen = torch.from_numpy(other.from_units(own.to_units(points.numpy())).astype(np.float32))
        answers = first.predict(points).numpy(), second.predict(seen).numpy()
        if classes:
            return np.asarray(answers[0] != answers[1])
        return np.asarray(np.abs(own.y_to_units(answers[0]) - other.y_to_units(answers[1])) > far * own.y_scale)

    train, test = (apart(torch.from_numpy(X)) for X in (dataset.X_train, dataset.X_test))
    return Disagreement(apart(places), train, test)


def _courses(experiment: Experiment) -> dict[tuple[type[Spec], str], Course]:
    """Every setting's values over a run."""
    trained = [Change(0, experiment.training), *experiment.changes]
    stages: list[list[tuple[int, Spec]]] = [
        [(0, experiment.data)],
        [(0, experiment.model)],
        [(change.epoch, change.training) for change in trained],
    ]
    return {
        (type(specs[0][1]), f.name): _course([(epoch, getattr(spec, f.name)) for epoch, spec in specs])
        for specs in stages
        for f, _rule in ruled_fields(type(specs[0][1]))
    }


def _course(steps: list[tuple[int, Any]]) -> Course:
    """Only the steps at which the value changes."""
    return tuple(step for i, step in enumerate(steps) if i == 0 or step[1] != steps[i - 1][1])
