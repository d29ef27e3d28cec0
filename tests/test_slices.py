"""Training that is stopped anywhere, also inside an epoch, and taken up again: the same run, bit for bit."""

from dataclasses import astuple, replace
from itertools import count

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moons import Dataset, DataSpec, ModelSpec, TrainSpec, build_model, make_dataset, train
from moons.model import get_parameters
from moons.progress import NOT_FINITE
from tests.strategies import model_specs, train_specs

POINTS = make_dataset(DataSpec(n_points=60, n_test=40))
NUMBERS = Dataset(POINTS.X_train, 3 * POINTS.X_train[:, 0], POINTS.X_test, 3 * POINTS.X_test[:, 0], n_classes=0)
ENGINES = ["torch", "compiled"]
BATCHES = TrainSpec(epochs=4, batch_size=7, optimizer="adam", dropout=0.4, learning_rate=0.05)


def always():
    return True


def every(n):
    """True at every n-th question."""
    asked = count(1)
    return lambda: next(asked) % n == 0


def assert_one_run(chunks, whole):
    for name in ("train_loss", "test_loss", "train_score", "test_score"):
        curves = [np.concatenate([getattr(chunk, name) for chunk in run_]) for run_ in (chunks, whole)]
        np.testing.assert_array_equal(*curves)
    last, other = chunks[-1], whole[-1]
    assert (last.ended, last.stop) == (other.ended, other.stop)
    np.testing.assert_array_equal(astuple(last.scores), astuple(other.scores))
    assert (last.state.step, last.state.best_loss, last.state.partial) == (
        other.state.step,
        other.state.best_loss,
        None,
    )
    np.testing.assert_array_equal(last.state.parameters, other.state.parameters)
    np.testing.assert_array_equal(last.state.moments, other.state.moments)


@pytest.mark.parametrize("engine", ENGINES)
@settings(max_examples=25, deadline=None)
@given(st.sampled_from([POINTS, NUMBERS]), model_specs, train_specs, st.integers(1, 9), st.none() | st.integers(1, 9))
def test_a_run_stopped_anywhere_is_the_run_itself(engine, dataset, model_spec, spec, cut, patience):
    spec = replace(spec, epochs=min(spec.epochs, 12), patience=patience)

    def chunks_of(**how):
        model = build_model(model_spec, dataset.n_classes)
        return list(train(model, dataset, spec, engine=engine, device="cpu", chunk_epochs=5, **how))

    assert_one_run(chunks_of(stop=every(cut)), chunks_of())


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from([POINTS, NUMBERS]), model_specs, train_specs, st.integers(1, 9), st.integers(1, 9), st.booleans()
)
def test_chunks_computed_ahead_are_those_computed_one_by_one(dataset, model_spec, spec, epochs, cut, stops):
    spec = replace(spec, epochs=min(spec.epochs, 60))

    def start(model, **how):
        return train(model, dataset, spec, engine="compiled", device="cpu", chunk_epochs=epochs, **how)

    def network():
        return build_model(model_spec, dataset.n_classes)

    singly = [next(start(network()))]
    while not singly[-1].ended:
        singly.append(next(start(network(), start=singly[-1].state)))
    model, left = network(), iter(singly)
    for chunk in start(model, stop=every(cut) if stops else None):
        np.testing.assert_array_equal(get_parameters(model), chunk.state.parameters)
        if chunk.measured:
            one = next(left)
            assert (chunk.stop, chunk.state.step, chunk.ended) == (one.stop, one.state.step, one.ended)
            np.testing.assert_array_equal(astuple(chunk.measured), astuple(one.measured))
            np.testing.assert_array_equal(chunk.state.parameters, one.state.parameters)
            np.testing.assert_array_equal(chunk.state.moments, one.state.moments)
            if not stops:
                np.testing.assert_array_equal(chunk.train_loss, one.train_loss)
                np.testing.assert_array_equal(chunk.test_score, one.test_score)
    assert next(left, None) is None


@pytest.mark.parametrize("engine", ENGINES)
@settings(max_examples=15, deadline=None)
@given(st.sampled_from([POINTS, NUMBERS]), model_specs, train_specs)
def test_a_run_taken_up_from_each_state_anew_is_the_run_itself(engine, dataset, model_spec, spec):
    spec = replace(spec, epochs=min(spec.epochs, 4))

    def start(**how):
        return train(build_model(model_spec, dataset.n_classes), dataset, spec, engine=engine, device="cpu", **how)

    chunks = [next(start(stop=always))]
    while not chunks[-1].ended:
        chunks.append(next(start(stop=always, start=chunks[-1].state)))
    assert_one_run(chunks, list(start()))


@pytest.mark.parametrize("engine", ENGINES)
def test_a_stopped_chunk_ends_after_one_batch(engine):
    chunks = list(train(build_model(ModelSpec(), 2), POINTS, BATCHES, engine=engine, stop=always))
    steps = [chunk.state.step for chunk in chunks]
    assert steps == list(range(1, 4 * 9 + 1))
    assert [chunk.state.partial.batches for chunk in chunks if chunk.state.partial] == 4 * list(range(1, 9))
    assert [chunk.state.epoch for chunk in chunks] == [step // 9 for step in steps]
    for chunk in chunks:
        assert chunk.state.whole.epoch == chunk.state.epoch
        assert (chunk.measured is None) == (chunk is not chunks[-1])
    with pytest.raises(ValueError, match="a chunk that was stopped"):
        _ = chunks[0].scores


@pytest.mark.parametrize("engine", ENGINES)
def test_a_loss_that_is_not_finite_takes_a_stopped_epoch_back(engine):
    spec = TrainSpec(epochs=5_000, learning_rate=10.0, weight_decay=0.5, batch_size=8)
    model = ModelSpec(hidden=())
    stopped, whole = (
        list(train(build_model(model, 2), POINTS, spec, engine=engine, stop=stop)) for stop in (every(3), None)
    )
    assert stopped[-1].ended == NOT_FINITE
    assert_one_run(stopped, whole)
