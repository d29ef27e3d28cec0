"""Throughput of `run_many` by backend and workers: `python -m benchmarks.many [runs]`.

Beside the wall time stands the processor time of this process, which others on the same machine hardly change.
"""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from importlib.util import find_spec

from moons import Experiment, ModelSpec, run, run_many

ROUNDS = 3
Seconds = tuple[float, float]  # wall, processor
WAYS = (("threads", 1), ("threads", 2), ("loky", 2), ("dask", 2), ("ray", 2))
PACKAGES = {"dask": "distributed", "ray": "ray"}  # backend -> what must be installed


def main(n_runs: int = 100) -> None:
    """Print every figure: the best of some rounds, in which the ways take turns."""
    seeds = [replace(Experiment(), model=ModelSpec(seed=seed)) for seed in range(n_runs)]
    missing = {backend for backend, package in PACKAGES.items() if find_spec(package) is None}
    for backend in sorted(missing):
        print(f"{backend}: {PACKAGES[backend]} is not installed")
    with _cluster(there="dask" not in missing):
        ways: dict[str, Callable[[], object]] = {"one by one": lambda: [run(seed) for seed in seeds]}
        for backend, workers in WAYS:
            if backend not in missing:
                many = partial(run_many, seeds, workers=workers, backend=backend)
                ways[f"{backend}, {workers} worker{'s' * (workers > 1)}"] = lambda many=many: [*many()]
                [*run_many(seeds[:workers], workers=workers, backend=backend)]  # what begins once: processes, code
        rounds = [{name: _measured(action) for name, action in ways.items()} for _round in range(ROUNDS)]
    alone = min(one["one by one"][0] for one in rounds)
    for name in ways:
        wall, busy = min(one[name] for one in rounds)
        print(
            f"{n_runs} runs, {name:<20}{wall:7.2f} s, {n_runs / wall:6.1f} runs a second, this process busy "
            f"{busy:5.2f} s, {wall / alone:.2f} × the time one by one"
        )


@contextmanager
def _cluster(*, there: bool) -> Iterator[None]:
    """A Dask cluster of two processes on this machine."""
    if not there:
        yield
        return
    from distributed import Client, LocalCluster  # noqa: PLC0415

    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0") as cluster, Client(cluster):
        yield


def _measured(action: Callable[[], object]) -> Seconds:
    began, busy = time.perf_counter(), time.process_time()
    action()
    return time.perf_counter() - began, time.process_time() - busy


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
