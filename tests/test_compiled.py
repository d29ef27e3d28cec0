"""The compiled engine, against PyTorch's, against a plain loop, and against itself."""

import hashlib
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import r2_score
from torch import nn

from moons import Dataset, DataSpec, ModelSpec, TrainSpec, build_model, kernel, make_dataset, train
from moons.losses import REGRESSION_LOSSES
from moons.model import ACTIVATIONS, NaiveNet, get_parameters
from moons.optimizers import OPTIMIZERS
from moons.progress import NOT_FINITE
from moons.schedules import SCHEDULES
from moons.train import make_optimizer
from tests.strategies import model_specs, networks, train_specs

ROOT = Path(__file__).parents[1]
DATASET = make_dataset(DataSpec(n_points=150, n_test=90))
NUMBERS = Dataset(DATASET.X_train, 3 * DATASET.X_train[:, 0], DATASET.X_test, 3 * DATASET.X_test[:, 0], n_classes=0)


NOTEBOOK = ModelSpec()


def chunks_of(engine, spec, model_spec=NOTEBOOK, dataset=DATASET, **how):
    model = build_model(model_spec, dataset.n_classes)
    return list(train(model, dataset, spec, engine=engine, device="cpu", **how))


def losses_of(chunks):
    return np.concatenate([[chunk.train_loss, chunk.test_loss] for chunk in chunks], axis=1)


def scores_of(chunks):
    return np.concatenate([[chunk.train_score, chunk.test_score] for chunk in chunks], axis=1)


def assert_bitwise_equal(chunks, others):
    np.testing.assert_array_equal(losses_of(chunks), losses_of(others))
    np.testing.assert_array_equal(scores_of(chunks), scores_of(others))
    assert chunks[-1].scores == others[-1].scores
    assert chunks[-1].state.step == others[-1].state.step
    np.testing.assert_array_equal(chunks[-1].state.parameters, others[-1].state.parameters)
    np.testing.assert_array_equal(chunks[-1].state.moments, others[-1].state.moments)


wide_specs = networks(st.sampled_from([1, 2, 3, 4, 5, 7, 8, 16, 33, 70]), 6)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("batch_size", [None, 32])
def test_every_optimiser_takes_torchs_steps(optimizer, batch_size):
    spec = TrainSpec(
        epochs=40, learning_rate=3e-3, optimizer=optimizer, batch_size=batch_size, weight_decay=0.01, clip_norm=0.5
    )
    (chunk,) = chunks_of("compiled", spec, ModelSpec(activation="tanh"), chunk_epochs=40)
    model = build_model(ModelSpec(activation="tanh"), 2)
    rule = make_optimizer(model, spec)
    X, y = torch.from_numpy(DATASET.X_train), torch.from_numpy(DATASET.y_train)
    for epoch in range(spec.epochs):
        order = torch.randperm(len(X), generator=torch.Generator().manual_seed(spec.shuffle_seed(epoch)))
        for batch in torch.split(order, batch_size or len(X)):
            rule.zero_grad()
            nn.functional.cross_entropy(model(X[batch]), y[batch]).backward()
            nn.utils.clip_grad_norm_(model.parameters(), 0.5)
            rule.step()
    np.testing.assert_allclose(chunk.state.parameters, get_parameters(model), rtol=1e-4, atol=2e-5)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("loss", REGRESSION_LOSSES)
def test_every_loss_of_a_regression_takes_torchs_steps(loss, optimizer):
    spec = TrainSpec(epochs=40, learning_rate=3e-3, optimizer=optimizer, regression_loss=loss)
    network = ModelSpec(hidden=(9, 6), activations=("silu", "tanh"), features=("x0", "x1_squared", "sin_x0"))
    (chunk,) = chunks_of("compiled", spec, network, NUMBERS, chunk_epochs=40)
    model = build_model(network, 0)
    rule, function = make_optimizer(model, spec), {"mse": nn.functional.mse_loss, "huber": nn.functional.huber_loss}
    X, y = torch.from_numpy(NUMBERS.X_train), torch.from_numpy(NUMBERS.y_train)
    losses, scores = [], []
    for _epoch in range(spec.epochs):
        outputs = model(X)[:, 0]
        value = function[loss](outputs, y)
        rule.zero_grad()
        value.backward()
        rule.step()
        losses.append(value.item())
        scores.append(r2_score(y, outputs.detach()))
    np.testing.assert_allclose(chunk.state.parameters, get_parameters(model), rtol=1e-4, atol=2e-5)
    np.testing.assert_allclose(chunk.train_loss, losses, rtol=1e-4)
    np.testing.assert_allclose(chunk.train_score, scores, rtol=1e-4, atol=1e-5)


def test_a_network_of_zeros_learns_alike_in_both_engines():
    dataset = make_dataset(DataSpec(n_points=99, n_test=30))
    compiled, reference = (
        chunks_of(engine, TrainSpec(epochs=200, learning_rate=0.5), ModelSpec(hidden=(4,), init="zeros"), dataset)
        for engine in ("compiled", "torch")
    )
    np.testing.assert_allclose(losses_of(compiled), losses_of(reference), rtol=1e-6)
    np.testing.assert_allclose(compiled[-1].state.parameters, reference[-1].state.parameters, atol=1e-5)


def test_of_equal_logits_the_first_is_the_answer():
    generator = np.random.default_rng(0)
    X, y = generator.standard_normal((2, 60, 2)).astype(np.float32), np.tile(np.arange(3), (2, 20))
    spec = ModelSpec(init="zeros")
    (chunk,) = chunks_of("compiled", TrainSpec(epochs=1), spec, Dataset(X[0], y[0], X[1], y[1], 3))
    assert chunk.train_score[0] == chunk.test_score[0] == pytest.approx(1 / 3)


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_every_schedule_sets_both_engines_rates(schedule):
    spec = TrainSpec(epochs=90, learning_rate=0.1, schedule=schedule)
    compiled, reference = (losses_of(chunks_of(engine, spec)) for engine in ("compiled", "torch"))
    np.testing.assert_allclose(compiled, reference, rtol=1e-5)


@pytest.mark.parametrize("classes", [3, 7, 50])
@pytest.mark.parametrize("features", [1, 2, 9])
def test_any_number_of_classes_and_features(classes, features):
    generator = np.random.default_rng(0)
    X = generator.standard_normal((2, 300, features)).astype(np.float32)
    y = generator.integers(0, classes, (2, 300))
    dataset = Dataset(X[0], y[0], X[1], y[1], classes)
    runs = []
    for engine in ("compiled", "torch"):
        model = NaiveNet((features, 9, classes), "silu", generator=torch.Generator().manual_seed(0))
        runs += [list(train(model, dataset, TrainSpec(epochs=60, learning_rate=0.1), engine=engine, device="cpu"))]
    compiled, reference = runs
    np.testing.assert_allclose(losses_of(compiled), losses_of(reference), rtol=1e-5)
    np.testing.assert_allclose(compiled[-1].state.parameters, reference[-1].state.parameters, atol=1e-5)
    assert compiled[-1].scores.test_score == pytest.approx(reference[-1].scores.test_score, abs=0.005)


def test_the_default_run_is_the_notebooks():
    loss = losses_of(chunks_of("compiled", TrainSpec(), dataset=make_dataset(DataSpec()), chunk_epochs=15_000))[0]
    expected = {0: 0.7497, 1_000: 0.2865, 2_000: 0.2365, 5_000: 0.1794, 10_000: 0.0883, 14_000: 0.0499}
    np.testing.assert_allclose(loss[list(expected)], list(expected.values()), atol=1e-3)


@settings(max_examples=25, deadline=None)
@given(st.sampled_from([DATASET, NUMBERS]), model_specs | wide_specs, train_specs, st.integers(1, 60))
def test_a_run_is_the_same_bit_for_bit_however_it_is_cut(dataset, model, spec, chunk_epochs):
    whole = chunks_of("compiled", spec, model, dataset, chunk_epochs=spec.epochs)
    cut = chunks_of("compiled", spec, model, dataset, chunk_epochs=chunk_epochs)
    assert_bitwise_equal(whole, cut)
    if len(cut) > 1:
        again = chunks_of("compiled", spec, model, dataset, start=cut[0].state, chunk_epochs=spec.epochs)
        assert_bitwise_equal(cut[1:], again)


BATCHES = TrainSpec(epochs=40, batch_size=7, optimizer="adam")
DIGEST = f"""
import hashlib
from moons import *
from moons.train_spec import TrainSpec
dataset = make_dataset(DataSpec(n_points=150, n_test=90))
*_, chunk = train(build_model(ModelSpec(), 2), dataset, {BATCHES!r}, engine="compiled", device="cpu")
print(hashlib.sha256(chunk.train_loss.tobytes() + chunk.state.parameters.tobytes()).hexdigest())
"""


def test_a_run_is_the_same_bit_for_bit_in_another_process_with_other_threads():
    chunk = chunks_of("compiled", BATCHES)[-1]
    here = hashlib.sha256(chunk.train_loss.tobytes() + chunk.state.parameters.tobytes()).hexdigest()
    threads = {"OMP_NUM_THREADS": "2", "NUMBA_NUM_THREADS": "2"}
    there = subprocess.run(
        [sys.executable, "-c", DIGEST], cwd=ROOT, env=os.environ | threads, capture_output=True, text=True, check=True
    )
    assert there.stdout.strip() == here


def test_runs_in_several_threads_do_not_disturb_each_other():
    specs = [replace(BATCHES, seed=seed, epochs=100) for seed in range(6)]
    with ThreadPoolExecutor(3) as threads:
        together = list(threads.map(lambda spec: chunks_of("compiled", spec), specs))
    for spec, chunks in zip(specs, together, strict=True):
        assert_bitwise_equal(chunks, chunks_of("compiled", spec))


@pytest.mark.parametrize("batch_size", [None, 16])
@pytest.mark.parametrize("activation", ["linear", "relu", "gelu", "softplus"])
def test_a_diverging_run_ends_in_the_same_epoch(activation, batch_size):
    spec = TrainSpec(epochs=3_000, learning_rate=10.0, weight_decay=1.0, batch_size=batch_size)
    model = ModelSpec(hidden=(4,), activation=activation)
    compiled, reference = (chunks_of(engine, spec, model)[-1] for engine in ("compiled", "torch"))
    assert compiled.ended == reference.ended == NOT_FINITE
    assert abs(compiled.stop - reference.stop) <= 1
    assert compiled.state.epoch == compiled.stop == compiled.start + len(compiled.train_loss)


@pytest.mark.parametrize("value", [np.nan, np.inf])
@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("batch_size", [None, 16])
def test_a_point_that_is_not_finite_stops_the_run_before_its_first_update(value, activation, batch_size):
    X = DATASET.X_train.copy()
    X[17, 0] = value
    spec = TrainSpec(epochs=5, batch_size=batch_size)
    model = ModelSpec(activation=activation)
    (chunk,) = chunks_of("compiled", spec, model, replace(DATASET, X_train=X))
    if activation in {"relu", "tanh", "sigmoid"} and np.isinf(value):
        return  # these can make a finite number of an infinite one, in PyTorch as here
    assert (chunk.ended, chunk.stop, chunk.state.step) == (NOT_FINITE, 0, 0)
    np.testing.assert_array_equal(chunk.state.parameters, get_parameters(build_model(model, 2)))


def test_every_run_uses_the_one_version_that_warming_up_compiles():
    kernel.warm_up()
    chunks_of("compiled", TrainSpec(epochs=2))
    chunks_of("compiled", BATCHES, ModelSpec(hidden=(), activation="gelu"))
    assert len(kernel.train_epochs.signatures) == 1
