"""The network's inside, against plain matrix arithmetic."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings

from moons import DataSpec, Experiment, ModelSpec, TrainSpec, build_model, make_dataset, run
from moons.inspection.boundary import make_grid
from moons.inspection.neurons import MOST, ZERO, neurons, unit_picture, units_that_matter
from tests.strategies import model_specs

DATASET = make_dataset(DataSpec(n_points=60, n_test=40))
POINTS = make_grid(DATASET, 6, 5).points


def all_units(model):
    return tuple(map(np.arange, model.sizes))


def weights_and_biases(model):
    parameters = [p.detach().numpy() for p in model.parameters()]
    return list(zip(parameters[::2], parameters[1::2], strict=True))


def by_hand(model, X):
    """Activations of a tanh network, layer by layer, the inputs first and softmax last."""
    layers = [np.asarray(X, np.float64)]
    for weight, bias in weights_and_biases(model):
        layers.append(np.tanh(layers[-1] @ weight.T + bias))
    weight, bias = weights_and_biases(model)[-1]
    powers = np.exp(layers[-2] @ weight.T + bias)
    return [*layers[:-1], powers / powers.sum(axis=1, keepdims=True)]


def test_every_tile_is_its_units_activation_over_the_plane():
    model = build_model(ModelSpec((5, 3), "tanh"), 2)
    seen = neurons(model, TrainSpec(), DATASET, POINTS, all_units(model))
    for tiles, scales, layer in zip(seen.tiles, seen.scales, by_hand(model, POINTS), strict=True):
        shown = (tiles.astype(float) - ZERO) / 127 * scales[:, None]
        assert np.abs(shown - layer.T).max() <= scales.max() / 127
    np.testing.assert_array_equal(seen.scales[-1], [1, 1])


def test_the_weights_shown_are_the_networks_own():
    model = build_model(ModelSpec((5, 3)), 2)
    seen = neurons(model, TrainSpec(), DATASET, POINTS, all_units(model))
    for (weight, bias), w, b in zip(weights_and_biases(model), seen.weights, seen.biases, strict=True):
        np.testing.assert_array_equal(w, weight)
        np.testing.assert_array_equal(b, bias)


def test_gradients_are_the_slopes_of_the_training_loss():
    model = build_model(ModelSpec((4,), "tanh"), 2)
    seen = neurons(model, TrainSpec(), DATASET, POINTS, all_units(model))

    def loss_with(nudge):
        weights = [(w.astype(np.float64), b.astype(np.float64)) for w, b in weights_and_biases(model)]
        nudge(weights)
        (w0, b0), (w1, b1) = weights
        powers = np.exp(np.tanh(DATASET.X_train @ w0.T + b0) @ w1.T + b1)
        return -np.log((powers / powers.sum(axis=1, keepdims=True))[range(60), DATASET.y_train]).mean()

    def slope(part, place, h=1e-5):
        def by(step):
            def nudge(weights):
                weights[part[0]][part[1]][place] += step

            return nudge

        return (loss_with(by(h)) - loss_with(by(-h))) / (2 * h)

    assert seen.weight_gradients[0][2, 1] == pytest.approx(slope((0, 0), (2, 1)), abs=1e-6)
    assert seen.weight_gradients[1][1, 3] == pytest.approx(slope((1, 0), (1, 3)), abs=1e-6)
    assert seen.bias_gradients[0][3] == pytest.approx(slope((0, 1), 3), abs=1e-6)
    assert seen.bias_gradients[1][0] == pytest.approx(slope((1, 1), 0), abs=1e-6)


def test_a_wide_layer_folds_to_the_units_that_move_the_next_one_most():
    model = build_model(ModelSpec((40,), "tanh"), 2)
    moves = by_hand(model, DATASET.X_train)[1].std(axis=0) * np.linalg.norm(weights_and_biases(model)[1][0], axis=0)
    shown = units_that_matter(model, DATASET)
    assert set(shown[1]) == set(np.argsort(moves)[-MOST:])
    assert (np.diff(shown[1]) > 0).all()
    seen = neurons(model, TrainSpec(), DATASET, POINTS, shown)
    np.testing.assert_array_equal(seen.weights[0], weights_and_biases(model)[0][0][shown[1]])
    np.testing.assert_array_equal(seen.weights[1], weights_and_biases(model)[1][0][:, shown[1]])


@settings(max_examples=20, deadline=None)
@given(model_specs)
def test_any_network_can_be_looked_into(spec):
    model = build_model(spec, 3)
    shown = units_that_matter(model, DATASET)
    seen = neurons(model, TrainSpec(), DATASET, POINTS, shown)
    assert [len(tiles) for tiles in seen.tiles] == [min(MOST, size) for size in model.sizes]
    for tiles, scales in zip(seen.tiles[1:-1], seen.scales[1:-1], strict=True):
        assert tiles.min() >= 1, "no activation is larger than its scale"
        assert (scales >= 0).all()


def test_a_network_gone_to_nan_still_has_tiles():
    model = build_model(ModelSpec(), 2)
    with torch.no_grad():
        model.layers[0].weight.fill_(math.nan)
    seen = neurons(model, TrainSpec(), DATASET, POINTS, units_that_matter(model, DATASET))
    assert (seen.tiles[1] == ZERO).all()
    assert np.isnan(seen.weights[0]).all()


def test_a_units_large_picture_is_its_tile_and_its_hinge_lies_where_the_sum_is_zero():
    model = build_model(ModelSpec((5, 3)), 2)
    seen = neurons(model, TrainSpec(), DATASET, POINTS, all_units(model))
    picture = unit_picture(model, POINTS, 1, 2)
    weight, bias = weights_and_biases(model)[0]
    np.testing.assert_allclose(picture.sums, POINTS.numpy() @ weight[2] + bias[2], atol=1e-6)
    own_scale = np.maximum(picture.sums, 0).max()
    assert picture.scale == pytest.approx(own_scale)
    expected = np.round(ZERO + 127 * np.maximum(picture.sums, 0) / own_scale)
    assert np.abs(picture.values - expected).max() <= 1
    np.testing.assert_array_equal(unit_picture(model, POINTS, 3, 1).values, seen.tiles[3][1])


def test_a_weights_course_is_what_the_run_had_at_these_epochs():
    history = run(Experiment(DataSpec(n_points=60), training=TrainSpec(epochs=600)))
    epochs, values = history.parameter_trace(3)
    assert epochs[0] == 0
    assert epochs[-1] == 600
    assert values.tolist() == [history.weights_at(int(epoch))[3] for epoch in epochs]


def test_inputs_are_the_features_of_the_points():
    model = build_model(ModelSpec((3,), features=("x1", "x0_squared")), 2)
    x = POINTS.numpy()
    for unit, feature in enumerate((x[:, 1], x[:, 0] ** 2)):
        picture = unit_picture(model, POINTS, 0, unit)
        expected = feature / max(np.abs(feature).max(), 0.1 * picture.scale)
        assert np.abs((picture.values.astype(float) - ZERO) / 127 - expected).max() < 0.005


def test_a_regression_is_looked_into_with_its_own_loss():
    numbers = replace(DATASET, y_train=DATASET.X_train[:, 0] * 2, n_classes=0)
    model = build_model(ModelSpec(()), 0)
    seen = neurons(model, TrainSpec(), numbers, POINTS, units_that_matter(model, numbers))
    weight, bias = weights_and_biases(model)[0]
    outputs = POINTS.numpy() @ weight[0] + bias[0]
    assert seen.scales[1][0] == pytest.approx(np.abs(outputs).max())
    error = numbers.X_train @ weight[0] + bias[0] - numbers.y_train
    np.testing.assert_allclose(seen.weight_gradients[0][0], 2 * error @ numbers.X_train / 60, atol=1e-5)


def test_the_point_that_is_followed_passes_every_layer():
    model = build_model(ModelSpec((5, 3), "tanh"), 2)
    seen = neurons(model, TrainSpec(), DATASET, POINTS, all_units(model), point=7)
    for passed, expected in zip(seen.passed, by_hand(model, DATASET.X_train[[7]]), strict=True):
        np.testing.assert_allclose(passed, expected[0], atol=1e-5)
