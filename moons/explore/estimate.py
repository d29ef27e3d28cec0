"""About how long runs will take, by how long another one took."""

from collections.abc import Iterable

from moons.experiment import Experiment
from moons.share import n_parameters

OVERHEAD = 2_000.0  # of a step, in products of a point and a parameter: what the smallest networks are bound by
USUAL = 1.2e-10  # seconds of such a product


def cost(experiment: Experiment, epochs: int | None = None) -> float:
    """What `epochs` epochs (None: all) cost, in products of a point and a parameter."""
    n_points = experiment.data.n_train
    steps = experiment.training_now.steps_per_epoch(n_points)
    return (experiment.epochs if epochs is None else epochs) * (steps * OVERHEAD + n_points * n_parameters(experiment))


def estimated_seconds(
    experiments: Iterable[Experiment | None],
    known: Experiment | None = None,
    epochs: int = 0,
    seconds: float = 0.0,
    *,
    workers: int = 1,
) -> float:
    """Seconds for all experiments on `workers` cores, where `epochs` epochs of `known` took `seconds` on one.

    Where nothing is known, as the compiled engine does it on a usual core.
    """
    costs = [cost(one) for one in experiments if one is not None]
    pace = seconds / cost(known, epochs) if known is not None and epochs and seconds else USUAL
    return sum(costs) * pace / max(1, min(workers, len(costs)))
