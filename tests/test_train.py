"""The training generator, against a plain loop."""

import math
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import r2_score
from torch import nn

from moons import Dataset, DataSpec, FieldError, ModelSpec, TrainSpec, build_model, make_dataset, train
from moons.model import get_parameters
from moons.optimizers import OPTIMIZERS
from moons.progress import NOT_FINITE, TRAINED
from moons.train import choose_engine, take_step
from tests.strategies import data_specs, model_specs, train_specs

SMALL = make_dataset(DataSpec(n_points=60, n_test=40))


DEFAULT = ModelSpec()


def chunks_of(spec, model_spec=DEFAULT, dataset=SMALL, **how):
    return list(train(build_model(model_spec, dataset.n_classes), dataset, spec, **how))


def losses_of(chunks):
    return np.concatenate([chunk.train_loss for chunk in chunks])


def plain_loop(spec, model_spec, dataset):
    """The notebook's loop, written once more."""
    model = build_model(model_spec, dataset.n_classes)
    X, y = torch.from_numpy(dataset.X_train), torch.from_numpy(dataset.y_train)
    optimizer = torch.optim.SGD(model.parameters(), lr=spec.learning_rate)
    losses = []
    for _epoch in range(spec.epochs):
        loss = nn.functional.cross_entropy(model(X), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses, get_parameters(model)


@pytest.mark.parametrize("engine", ["torch", "compiled"])
def test_the_notebooks_loop_gives_the_notebooks_numbers(engine):
    spec = TrainSpec(epochs=200)
    chunks = chunks_of(spec, engine=engine)
    losses, parameters = plain_loop(spec, ModelSpec(), SMALL)
    np.testing.assert_allclose(losses_of(chunks), losses, rtol=2e-5)
    np.testing.assert_allclose(chunks[-1].state.parameters, parameters, rtol=1e-3, atol=1e-5)


@settings(max_examples=12, deadline=None)
@given(data_specs, model_specs, train_specs, st.integers(1, 70))
def test_chunks_follow_one_another_without_a_gap(data, model, spec, chunk_epochs):
    dataset = make_dataset(data)
    chunks = chunks_of(spec, model, dataset, engine="torch", chunk_epochs=chunk_epochs)
    assert [chunk.start for chunk in chunks] == [0, *(chunk.stop for chunk in chunks[:-1])]
    assert chunks[-1].stop == spec.epochs
    assert [chunk.ended for chunk in chunks] == [None] * (len(chunks) - 1) + [TRAINED]
    for chunk in chunks:
        assert len(chunk.train_loss) == len(chunk.test_loss) == chunk.stop - chunk.start <= chunk_epochs
        assert chunk.state.epoch == chunk.stop
        assert chunk.state.step == chunk.stop * spec.steps_per_epoch(len(dataset.y_train))


@settings(max_examples=8, deadline=None)
@given(model_specs, train_specs, st.integers(1, 59))
def test_a_run_taken_up_from_a_state_is_the_run_itself(model, spec, cut):
    whole = chunks_of(spec, model, engine="torch", chunk_epochs=cut)
    again = chunks_of(spec, model, engine="torch", start=whole[0].state) if len(whole) > 1 else whole[1:]
    np.testing.assert_array_equal(losses_of(whole[1:]) if len(whole) > 1 else [], losses_of(again) if again else [])
    if again:
        np.testing.assert_array_equal(whole[-1].state.parameters, again[-1].state.parameters)
        np.testing.assert_array_equal(whole[-1].state.moments, again[-1].state.moments)


def test_scores_are_those_of_the_chunks_last_weights():
    model = build_model(ModelSpec(), 2)
    (chunk,) = train(model, SMALL, TrainSpec(epochs=50), chunk_epochs=50)
    X, y = torch.from_numpy(SMALL.X_test), torch.from_numpy(SMALL.y_test)
    np.testing.assert_array_equal(get_parameters(model), chunk.state.parameters)
    assert chunk.scores.test_loss == pytest.approx(nn.functional.cross_entropy(model(X), y).item(), rel=1e-5)
    assert chunk.scores.test_score == pytest.approx((model.predict(X) == y).float().mean().item())


@pytest.mark.parametrize("engine", ["torch", "compiled"])
@pytest.mark.parametrize("batch_size", [None, 8])
def test_a_loss_that_is_not_finite_ends_the_run_and_keeps_what_came_before(engine, batch_size):
    spec = TrainSpec(epochs=5_000, learning_rate=10.0, weight_decay=0.5, batch_size=batch_size)
    chunks = chunks_of(spec, ModelSpec(hidden=()), engine=engine, chunk_epochs=7)
    assert chunks[-1].ended == NOT_FINITE
    assert 0 < chunks[-1].stop < 5_000
    assert len(losses_of(chunks)) == chunks[-1].stop
    assert all(math.isfinite(loss) for loss in losses_of(chunks))


@pytest.mark.parametrize("loss", ["mse", "huber"])
def test_a_regression_follows_a_plain_loop(loss):
    generator = np.random.default_rng(0)
    X = generator.uniform(-2, 2, (2, 60, 2)).astype(np.float32)
    y = (3 * X[..., 0] + X[..., 1]).astype(np.float32)
    spec = TrainSpec(epochs=80, regression_loss=loss)
    (chunk,) = chunks_of(spec, dataset=Dataset(X[0], y[0], X[1], y[1], n_classes=0), chunk_epochs=80)
    model = build_model(ModelSpec(), 0)
    optimizer = torch.optim.SGD(model.parameters(), lr=spec.learning_rate)
    rule = {"mse": nn.functional.mse_loss, "huber": nn.functional.huber_loss}[loss]
    losses, scores = [], []
    for _epoch in range(spec.epochs):
        outputs = model(torch.from_numpy(X[0]))[:, 0]
        value = rule(outputs, torch.from_numpy(y[0]))
        optimizer.zero_grad()
        value.backward()
        optimizer.step()
        losses.append(value.item())
        scores.append(r2_score(y[0], outputs.detach().numpy()))
    np.testing.assert_allclose(chunk.train_loss, losses, rtol=1e-4)
    np.testing.assert_allclose(chunk.train_score, scores, rtol=1e-3, atol=1e-4)
    assert chunk.scores.test_score == pytest.approx(r2_score(y[1], model.predict(torch.from_numpy(X[1]))), rel=1e-3)


@pytest.mark.parametrize(
    ("hidden", "batch_size", "engine"),
    [((16,), 4, "compiled"), ((256,) * 6, None, "compiled"), ((256,) * 6, 16, "torch")],
)
def test_pytorch_is_chosen_for_a_large_network_by_small_batches_alone(hidden, batch_size, engine):
    model, spec = build_model(ModelSpec(hidden), SMALL.n_classes), TrainSpec(batch_size=batch_size)
    dataset = make_dataset(DataSpec(n_points=300))
    assert choose_engine(model, dataset, spec, "auto", torch.device("cpu")).name == engine


def test_training_works_where_gradients_are_switched_off():
    with torch.no_grad():
        quiet = chunks_of(TrainSpec(epochs=5), engine="torch")
    np.testing.assert_array_equal(losses_of(quiet), losses_of(chunks_of(TrainSpec(epochs=5), engine="torch")))


def test_training_touches_no_global_seed():
    before = torch.get_rng_state()
    chunks_of(TrainSpec(epochs=3, batch_size=8), engine="torch")
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize(
    ("how", "sentence"),
    [
        ({"engine": "jax"}, "engine must be one of auto, torch, compiled, got 'jax'"),
        ({"device": "tpu"}, "device must be one that is there"),
    ],
)
def test_what_can_not_be_served_is_refused_before_training(how, sentence):
    model = build_model(ModelSpec(), 2)
    with pytest.raises(FieldError, match=sentence):
        train(model, SMALL, TrainSpec(), **how)
    with pytest.raises(FieldError, match="batch_size must be at most"):
        train(model, SMALL, TrainSpec(batch_size=61))


def test_the_caller_owns_the_pace():
    model = build_model(ModelSpec(), 2)
    before = get_parameters(model)
    chunks = train(model, SMALL, replace(TrainSpec(), epochs=20), chunk_epochs=5)
    np.testing.assert_array_equal(get_parameters(model), before)
    first = next(chunks)
    np.testing.assert_array_equal(get_parameters(model), first.state.parameters)
    assert not np.array_equal(before, first.state.parameters)


def test_training_with_pytorch_does_not_import_its_compiler():
    program = """
import sys
from moons import DataSpec, Experiment, TrainSpec, run
from moons.inspection.step import open_step
from moons.optimizers import OPTIMIZERS
for optimizer in OPTIMIZERS:
    experiment = Experiment(DataSpec(n_points=20), training=TrainSpec(epochs=2, optimizer=optimizer))
    open_step(run(experiment, engine="torch", device="cpu"), 1)
assert "torch._dynamo" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", program], check=True)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_step_is_the_optimisers_own_to_the_last_bit(name):
    nets = [nn.Linear(5, 4), nn.Linear(5, 4)]
    nets[1].load_state_dict(nets[0].state_dict())
    own, ours = (OPTIMIZERS[name].make(net.parameters(), lr=0.1, weight_decay=0.01) for net in nets)
    for _step in range(4):
        for net, optimizer in zip(nets, (own, ours), strict=True):
            optimizer.zero_grad()
            net(torch.arange(10.0).reshape(2, 5)).square().sum().backward()
        own.step()
        take_step(ours)
        assert all(map(torch.equal, *(net.parameters() for net in nets)))
