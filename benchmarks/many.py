"""Throughput of `run_many` by backend and workers: `python -m benchmarks.many [runs]`.

Beside the wall time stands the processor time of this process, which others on the same machine hardly change.
"""

import sys
import time
from collections.abc import Callable
from dataclasses import replace

from moons import Experiment, ModelSpec, run, run_many


def main(n_runs: int = 100) -> None:
    """Print every figure."""
    seeds = [replace(Experiment(), model=ModelSpec(seed=seed)) for seed in range(n_runs)]
    run(seeds[0])
    for _repeat in range(3):
        alone = measure("one by one", lambda: [run(seed) for seed in seeds])
        for backend, workers in (("threads", 1), ("threads", 2), ("loky", 2)):
            name = f"{backend}, {workers} workers"
            wall = measure(name, lambda b=backend, w=workers: [*run_many(seeds, workers=w, backend=b)])
            print(f"{'':24}{wall / alone:.2f} × the time one by one")


def measure(name: str, action: Callable[[], object]) -> float:
    """Run and print. Returns seconds of wall time."""
    began, busy = time.perf_counter(), time.process_time()
    action()
    wall, busy = time.perf_counter() - began, time.process_time() - busy
    print(f"{name:24}{wall:.2f} s, processor {busy:.2f} s")
    return wall


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
