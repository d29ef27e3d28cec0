"""Many runs at once are the runs one by one, wherever they are computed."""

import sys
from dataclasses import replace
from itertools import count, islice
from threading import Lock

import joblib
import numpy as np
import pytest

from moons import DataSpec, Edit, Experiment, FieldError, ModelSpec, TrainSpec, run, run_many
from moons.many import BACKENDS, RunError

QUICK = Experiment(DataSpec(n_points=40, n_test=20), training=TrainSpec(epochs=60))
SEEDS = [replace(QUICK, model=ModelSpec(seed=seed)) for seed in range(7)]
IMPOSSIBLE = replace(QUICK, edits=(Edit(epoch=0, parameter=10_000, value=1.0),))


@pytest.fixture(scope="module")
def dask():
    """A cluster of two processes on this machine."""
    distributed = pytest.importorskip("distributed")
    options = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": ":0"}
    with distributed.LocalCluster(**options) as cluster, distributed.Client(cluster) as client:
        yield client


@pytest.fixture(scope="module")
def ray():
    """Likewise."""
    library = pytest.importorskip("ray")
    yield library.init(num_cpus=2, include_dashboard=False)
    library.shutdown()


@pytest.fixture(params=BACKENDS)
def backend(request):
    if request.param in ("dask", "ray"):
        request.getfixturevalue(request.param)
    return request.param


def assert_same_run(history, other):
    for name in ("train_loss", "test_loss", "train_score", "test_score"):
        np.testing.assert_array_equal(getattr(history, name), getattr(other, name))
    np.testing.assert_array_equal(history.last.parameters, other.last.parameters)
    assert history.ended == other.ended


def test_every_run_is_bit_for_bit_that_experiment_run_alone(backend):
    found = dict(run_many(SEEDS, workers=2, backend=backend))
    assert sorted(found) == [*range(len(SEEDS))]
    for index, history in found.items():
        assert history.experiment == SEEDS[index]
        assert_same_run(history, run(SEEDS[index]))
        np.testing.assert_array_equal(history.weights_at(31), run(SEEDS[index]).weights_at(31))
        np.testing.assert_array_equal(history.dataset.X_test, run(SEEDS[index]).dataset.X_test)


def test_a_short_run_does_not_wait_for_a_long_one():
    long = replace(QUICK, training=TrainSpec(epochs=100_000), model=ModelSpec(hidden=(64, 64)))
    runs = run_many([long, QUICK, QUICK], workers=2)
    assert {index for index, _history in islice(runs, 2)} == {1, 2}
    runs.close()


def test_experiments_are_taken_as_they_are_needed():
    seeds = count()
    runs = run_many((replace(QUICK, model=ModelSpec(seed=seed)) for seed in seeds), workers=2)
    for _index, _history in islice(runs, 10):
        pass
    runs.close()
    assert next(seeds) < 20


@pytest.mark.parametrize("backend", ["threads", "loky"])
def test_a_closed_iterator_leaves_no_run_behind(backend):
    endless = replace(QUICK, training=TrainSpec(epochs=100_000, batch_size=1), model=ModelSpec(hidden=(256, 256)))
    runs = run_many([QUICK, *[endless] * 4], workers=2, backend=backend)  # hours
    assert next(runs)[0] == 0
    runs.close()
    assert [*runs] == []


def test_a_closed_iterator_of_a_cluster_starts_no_more_runs(dask):
    runs = run_many(SEEDS, workers=2, backend="dask")
    next(runs)
    runs.close()
    assert [*runs] == []
    assert dict(run_many(SEEDS, workers=2, backend="dask")).keys() == {*range(len(SEEDS))}


def test_an_error_names_the_experiment(backend):
    with pytest.raises(RunError, match=r"^experiment 3: parameter must be") as caught:
        [*run_many([*SEEDS[:3], IMPOSSIBLE], workers=2, backend=backend)]
    assert caught.value.index == 3
    if backend == "threads":
        assert isinstance(caught.value.__cause__, FieldError)


def test_what_goes_wrong_before_an_experiment_travels_is_raised_after_the_runs_ahead_of_it(dask):
    locked = replace(QUICK)
    object.__setattr__(locked, "lock", Lock())  # which can't be pickled
    runs = run_many([*SEEDS[:5], locked], workers=2, backend="dask")
    assert {index for index, _history in islice(runs, 5)} == {*range(5)}
    with pytest.raises(RunError, match=r"^experiment 5: .*pickle"):
        next(runs)

    def broken():
        yield QUICK
        raise OSError("the file is gone")

    with pytest.raises(OSError, match="the file is gone"):
        [*run_many(broken(), workers=2, backend="dask")]


def test_a_backend_that_is_not_installed_is_an_import_error(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ImportError, match="distributed"):
        run_many(SEEDS, backend="dask")


def test_without_experiments_there_is_no_run(backend):
    assert [*run_many([], backend=backend)] == []


@pytest.mark.parametrize(
    "how, message",
    [
        ({"backend": "processes"}, f"backend must be one of {', '.join(BACKENDS)}, got 'processes'"),
        ({"workers": 0}, "workers must be at least 1, got 0"),
    ],
)
def test_what_cannot_be_served_is_refused_at_once(how, message):
    with pytest.raises(FieldError, match=message):
        run_many(SEEDS, **how)


def test_by_default_there_is_a_worker_for_each_core(monkeypatch):
    monkeypatch.setattr(joblib, "cpu_count", lambda: 3)
    seeds = count()
    runs = run_many(replace(QUICK, model=ModelSpec(seed=seed)) for seed in seeds)
    next(runs)
    assert next(seeds) == 6  # two for each
    runs.close()
