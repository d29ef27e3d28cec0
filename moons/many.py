"""Many runs at once: in threads of this process, or by joblib in other processes and on other machines."""

import warnings
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from copy import deepcopy
from functools import lru_cache
from importlib import import_module
from itertools import islice
from pickle import dumps, loads
from threading import Event
from typing import Any

import joblib

from moons import compiled
from moons.data import Dataset, DataSpec, make_dataset
from moons.experiment import Experiment
from moons.fields import N_, FieldError
from moons.progress import Stop, Stopped
from moons.run import CHUNK_EPOCHS, History

__all__ = ["BACKENDS", "RunError", "run_many"]

BACKENDS = ("threads", "loky", "dask", "ray")
DATASETS = 16  # that runs in threads share, the latest ones

Result = tuple[int, History]
Draw = Callable[[DataSpec], Dataset]


class RunError(RuntimeError):
    """An experiment that can't be run: which of the many, and why. In threads `__cause__` is the error itself."""

    def __init__(self, index: int, reason: str) -> None:
        self.index, self.reason = index, reason
        super().__init__(index, reason)

    def __str__(self) -> str:
        return f"experiment {self.index}: {self.reason}"


def run_many(
    experiments: Iterable[Experiment], *, workers: int | None = None, backend: str = "threads"
) -> Iterator[Result]:
    """Run experiments, `workers` at a time: yields (index, whole run) as they finish, each as `run` gives it.

    Experiments are taken from the iterable as they are needed. Closing the iterator cancels what isn't finished;
    but what a cluster has begun to compute, it finishes.

    backend: "threads" of this process, which the compiled engine fills, one for each core if `workers` is None; else
    one of joblib's: "loky", processes of this machine; "dask", the cluster of the current `distributed.Client`; "ray",
    the cluster that `ray.init` found; all its cores if `workers` is None. Only experiments and results travel. Dask and
    Ray are installed apart, here and on every machine of the cluster: `pip install distributed`, `pip install ray`.

    Raises FieldError at once for an unknown backend or fewer than 1 worker, ImportError for a backend that isn't
    installed, ValueError for "dask" without a client; while iterating, RunError for an experiment that can't be run,
    which cancels the others, or can't be pickled, before which those ahead of it are yielded.
    """
    if backend not in BACKENDS:
        options = ", ".join(BACKENDS)
        raise FieldError(
            N_("{field} must be one of {options}, got {value}"), field="backend", options=options, value=repr(backend)
        )
    if workers is not None and workers < 1:
        raise FieldError(N_("{field} must be at least {low}, got {value}"), field="workers", low=1, value=workers)
    if backend == "threads":
        return _in_threads(experiments, workers or joblib.cpu_count())
    return _by_joblib(experiments, _parallel(workers, backend), received=deepcopy if backend == "ray" else None)


def _in_threads(experiments: Iterable[Experiment], workers: int) -> Iterator[Result]:
    """At most twice as many as there are threads are under way or waiting to be yielded."""
    cancelled, draw, tasks = Event(), lru_cache(DATASETS)(make_dataset), enumerate(experiments)
    runs: dict[Future[History], int] = {}
    with ThreadPoolExecutor(workers) as pool:
        try:
            while True:
                for index, experiment in islice(tasks, 2 * workers - len(runs)):
                    runs[pool.submit(_run, index, experiment, draw, cancelled.is_set)] = index
                if not runs:
                    return
                for future in wait(runs, return_when=FIRST_COMPLETED).done:
                    yield runs.pop(future), future.result()
        finally:
            cancelled.set()
            pool.shutdown(wait=False, cancel_futures=True)


def _parallel(workers: int | None, backend: str) -> Any:
    if backend == "dask":
        import_module("distributed")  # joblib would say ValueError
    with joblib.parallel_config(_ray() if backend == "ray" else backend, n_jobs=workers or -1):
        return joblib.Parallel(batch_size=1, return_as="generator_unordered", pre_dispatch="2*n_jobs")


def _ray() -> Any:
    """Ray's backend for joblib, which calls back for each result but doesn't say that it can yield them one by one."""
    plain = import_module("ray.util.joblib.ray_backend").RayBackend
    return type("Ray", (plain,), {"supports_return_generator": True})()


def _by_joblib(
    experiments: Iterable[Experiment], parallel: Any, received: Callable[[Result], Result] | None
) -> Iterator[Result]:
    """`received`: what a result must pass. Ray's arrays are read-only, and lie in memory that the cluster shares."""
    compiled.warm_up()  # so that processes of this machine load what is compiled, and don't all compile it
    failures: list[Exception] = []
    results = parallel(joblib.delayed(_result)(*task) for task in _pickled(experiments, failures))
    try:
        for result in results:
            yield received(result) if received else result
        if failures:
            raise failures[0]
    finally:
        with warnings.catch_warnings():  # joblib warns that there was something to cancel
            warnings.simplefilter("ignore", UserWarning)
            results.close()


def _pickled(experiments: Iterable[Experiment], failures: list[Exception]) -> Iterator[tuple[int, bytes]]:
    """Each index and experiment, up to what goes wrong: a thread of joblib's would keep that to itself, for ever."""
    try:
        for index, experiment in enumerate(experiments):
            try:
                packed = dumps(experiment)
            except Exception as error:
                raise RunError(index, str(error)) from error
            yield index, packed
    except Exception as error:
        failures.append(error)


def _result(index: int, packed: bytes) -> Result:
    return index, _run(index, loads(packed))


def _run(index: int, experiment: Experiment, draw: Draw = make_dataset, stop: Stop | None = None) -> History:
    """The whole run. Raises RunError with its index, and Stopped where `stop` is true before its end."""
    try:
        history = History(experiment, dataset=draw(experiment.data))
        for chunk in history.play(history.last, CHUNK_EPOCHS, stop=stop):
            if stop is not None and stop() and not chunk.ended:
                raise Stopped
    except Stopped:
        raise
    except Exception as error:
        raise RunError(index, str(error)) from error
    return history
