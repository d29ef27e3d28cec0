"""About how long runs will take, by how long another one took."""

from collections.abc import Iterable

from moons.experiment import Experiment
from moons.share import n_parameters

OVERHEAD = 2_000.0  # of a step, in products of a point and a parameter: what the smallest networks are bound by


def cost(experiment: Experiment, epochs: int | None = None) -> float:
    """What `epochs` epochs (None: all) cost, in products of a point and a parameter."""
    n_points = experiment.data.n_train
    steps = experiment.training_now.steps_per_epoch(n_points)
    return (experiment.epochs if epochs is None else epochs) * (steps * OVERHEAD + n_points * n_parameters(experiment))


def estimated_seconds(
    experiments: Iterable[Experiment | None], known: Experiment, epochs: int, seconds: float, *, workers: int = 1
) -> float:
    """Seconds for all experiments on `workers` cores, where `epochs` epochs of `known` took `seconds` on one."""
    costs = [cost(one) for one in experiments if one is not None]
    return sum(costs) * seconds / cost(known, max(1, epochs)) / max(1, min(workers, len(costs)))
