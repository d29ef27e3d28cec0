"""Dropout's masks against NumPy's Mersenne Twister; its training against autograd with those masks; its statistics."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numba import njit
from scipy.stats import chi2_contingency
from torch import nn

from moons import DataSpec, Experiment, ModelSpec, TrainSpec, build_model, make_dataset, run, train
from moons.dropout import Dropout, in_training
from moons.kernel import dropout, shuffle
from moons.train_spec import MAX_EPOCHS
from tests.test_compiled import DATASET, assert_bitwise_equal, chunks_of

SPEC = TrainSpec(epochs=40, learning_rate=0.05, dropout=0.3)
DEEP = ModelSpec(hidden=(9, 6), activations=("tanh", "gelu"))

drawn_by_kernel, seed_words = dropout.draw_masks, shuffle.seed_words


@njit
def compiled_masks(seed, share, masks, counts):
    """The masks of several draws after one another."""
    words = np.empty(shuffle.WORDS, np.uint32)
    seed_words(seed, words)
    drawn, at = shuffle.WORDS, 0
    for n in counts:
        drawn = int(drawn_by_kernel(share, masks[at:], n, words, drawn))
        at += n


def masks_by_numpy(spec, epoch, sizes):
    """The masks of layers (points, units) drawn in order, by 24 of 32 random bits, unit by unit."""
    numbers = np.random.RandomState(spec.dropout_seed(epoch))
    for n_points, n_units in sizes:
        bits = numbers.randint(0, 2**32, (n_units, n_points), dtype=np.uint32) & 0xFFFFFF
        stays = bits.T * np.float32(2.0**-24) >= np.float32(spec.dropout)
        yield stays / np.float32(1 - spec.dropout)


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 9_999),
    st.integers(0, MAX_EPOCHS - 1),
    st.floats(0.01, 0.9),
    st.lists(st.tuples(st.integers(1, 300), st.integers(1, 70)), min_size=1, max_size=4),
)
def test_both_engines_draw_the_same_masks_bit_for_bit(seed, epoch, share, sizes):
    spec = TrainSpec(seed=seed, dropout=share)
    by_torch = Dropout(spec, epoch)
    masks = [by_torch.mask(torch.empty(size)).numpy() for size in sizes]
    compiled = np.empty(sum(m * n for m, n in sizes), np.float32)
    compiled_masks(spec.dropout_seed(epoch), share, compiled, np.array([m * n for m, n in sizes]))
    np.testing.assert_array_equal(np.concatenate([mask.T.ravel() for mask in masks]), compiled)
    for mask, expected in zip(masks, masks_by_numpy(spec, epoch, sizes), strict=True):
        np.testing.assert_allclose(mask, expected, rtol=2e-7)


def test_no_dropout_has_a_shuffles_seed():
    spec = TrainSpec(seed=9_999)
    assert spec.shuffle_seed(MAX_EPOCHS - 1) < TrainSpec().dropout_seed(0)
    assert spec.dropout_seed(MAX_EPOCHS - 1) < 2**32  # the seeds that a Mersenne Twister tells apart


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_units_sit_out_as_often_as_asked_and_independently_of_layer_point_and_epoch(share):
    n_epochs, n_points, n_units = 400, 40, 8
    spec = TrainSpec(dropout=share)
    draws = [Dropout(spec, epoch) for epoch in range(n_epochs)]
    stays = np.array([[draw.mask(torch.empty(n_points, n_units)) for _layer in range(2)] for draw in draws]) > 0
    error = (share * (1 - share) / stays.size) ** 0.5
    assert stays.mean() == pytest.approx(1 - share, abs=4 * error)
    for axis, size in enumerate(stays.shape):  # no epoch, layer, point or unit is favoured
        means = stays.mean(axis=tuple({0, 1, 2, 3} - {axis}))
        assert np.abs(means - stays.mean()).max() < 4.5 * error * size**0.5
    for axis in range(4):  # nor does one tell anything about its neighbour
        one, other = np.moveaxis(stays, axis, 0)[:-1], np.moveaxis(stays, axis, 0)[1:]
        table = np.histogram2d(one.ravel(), other.ravel(), bins=2)[0]
        assert chi2_contingency(table).pvalue > 1e-4


def test_dropout_leaves_the_mean_as_it_is_and_is_off_when_it_does_not_train():
    model = build_model(DEEP, 2)
    X = torch.from_numpy(DATASET.X_train)
    assert in_training(model, TrainSpec(), 0) is model
    h = model.layers[1](model.layers[0](X))
    dropped = torch.stack([h * Dropout(SPEC, epoch).mask(h) for epoch in range(2_000)]).mean(dim=0)
    np.testing.assert_allclose(dropped.detach(), h.detach(), atol=0.1)
    (chunk,) = chunks_of("torch", replace(SPEC, epochs=1), DEEP)
    logits = model(torch.from_numpy(DATASET.X_test))
    untrained = nn.functional.cross_entropy(logits, torch.from_numpy(DATASET.y_test)).item()
    assert chunk.test_loss[0] == pytest.approx(untrained, rel=1e-6)


@pytest.mark.parametrize("engine", ["compiled", "torch"])
@pytest.mark.parametrize("batch_size", [None, 32, 150])
def test_a_run_with_dropout_is_autograds_with_the_same_masks(engine, batch_size):
    spec = replace(SPEC, batch_size=batch_size)
    (chunk,) = chunks_of(engine, spec, DEEP, chunk_epochs=40)
    leaves = [p.detach().clone().requires_grad_() for p in build_model(DEEP, 2).parameters()]
    X, y = torch.from_numpy(DATASET.X_train), torch.from_numpy(DATASET.y_train)
    losses = []
    for epoch in range(spec.epochs):
        order = torch.arange(len(X))
        if batch_size == 32:
            order = torch.randperm(len(X), generator=torch.Generator().manual_seed(spec.shuffle_seed(epoch)))
        batches = torch.split(order, batch_size or len(X))
        masks = masks_by_numpy(spec, epoch, [(len(batch), units) for batch in batches for units in (9, 6)])
        total = 0.0
        for batch in batches:
            h = torch.tanh(X[batch] @ leaves[0].T + leaves[1]) * torch.tensor(next(masks))
            h = nn.functional.gelu(h @ leaves[2].T + leaves[3]) * torch.tensor(next(masks))
            loss = nn.functional.cross_entropy(h @ leaves[4].T + leaves[5], y[batch])
            total += loss.item() * len(batch)
            with torch.no_grad():
                for leaf, gradient in zip(leaves, torch.autograd.grad(loss, leaves), strict=True):
                    leaf.sub_(spec.learning_rate * gradient)
        losses.append(total / len(X))
    np.testing.assert_allclose(chunk.train_loss, losses, rtol=1e-4)
    weights = np.concatenate([leaf.detach().numpy().ravel() for leaf in leaves])
    np.testing.assert_allclose(chunk.state.parameters, weights, rtol=1e-4, atol=2e-5)


@pytest.mark.parametrize("engine", ["compiled", "torch"])
@pytest.mark.parametrize("batch_size", [None, 33])
def test_a_run_with_dropout_is_the_same_bit_for_bit_however_it_is_cut(engine, batch_size):
    spec = replace(SPEC, batch_size=batch_size, optimizer="adam")
    whole, cut = (chunks_of(engine, spec, DEEP, chunk_epochs=chunk_epochs) for chunk_epochs in (40, 7))
    assert_bitwise_equal(whole, cut)
    again = chunks_of(engine, spec, DEEP, start=cut[1].state, chunk_epochs=40)
    assert_bitwise_equal(cut[2:], again)


def test_any_epoch_of_a_run_is_replayed_exactly_through_changes_branches_and_edits():
    start = Experiment(DataSpec(n_points=60), DEEP, replace(SPEC, epochs=700))
    changed = start.changed(100, replace(start.training, dropout=0.6, batch_size=16))
    history = run(changed.changed(300, replace(changed.training_now, dropout=0.0)))
    branch = history.branch(250, replace(start.training, dropout=0.1)).edit(250, 3, 0.5)
    for _chunk in branch.play(branch.last, 50):
        pass
    afresh = run(branch.experiment)
    for epoch in (0, 1, 99, 100, 101, 249, 250, 251, 555, 700):
        np.testing.assert_array_equal(branch.weights_at(epoch), afresh.weights_at(epoch))
        if epoch < 250:
            np.testing.assert_array_equal(branch.weights_at(epoch), history.weights_at(epoch))
    np.testing.assert_array_equal(branch.train_loss, afresh.train_loss)


def test_dropout_keeps_an_overfitting_network_from_learning_by_heart():
    dataset = make_dataset(DataSpec(n_points=40, noise=0.5))
    final = {}
    for share in (0.0, 0.5):
        model = build_model(ModelSpec(hidden=(64,)), 2)
        *_, last = train(model, dataset, TrainSpec(epochs=2_000, optimizer="adam", dropout=share))
        final[share] = last.scores
    assert final[0.5].train_loss > final[0.0].train_loss
    assert final[0.5].test_loss < final[0.0].test_loss
