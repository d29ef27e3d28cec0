"""Each layer in numbers, a hidden layer's space and one point's way, against plain matrix arithmetic."""

from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sklearn.decomposition import PCA

from moons import DataSpec, Experiment, FieldError, ModelSpec, TrainSpec, build_model, make_dataset, run
from moons.inspection.layers import gradient_norms, layers
from moons.inspection.path import path
from moons.inspection.space import hidden_space
from moons.plots.layers import histograms_figure, norms_figure
from moons.plots.path import path_figure
from moons.plots.space import GRID, POINTS, space_figure
from tests.strategies import model_specs

DATASET = make_dataset(DataSpec(n_points=60, n_test=40))
SPEC = TrainSpec()
FUNCTIONS = {"relu": lambda z: np.maximum(z, 0), "tanh": np.tanh, "sigmoid": lambda z: 1 / (1 + np.exp(-z))}


def weights_and_biases(model):
    parameters = [p.detach().numpy().astype(np.float64) for p in model.parameters()]
    return list(zip(parameters[::2], parameters[1::2], strict=True))


def answers_by_hand(model, X, activation):
    """What each layer answers, the last one's logits included."""
    found = [X.astype(np.float64)]
    pairs = weights_and_biases(model)
    for i, (weight, bias) in enumerate(pairs):
        z = found[-1] @ weight.T + bias
        found.append(FUNCTIONS[activation](z) if i < len(pairs) - 1 else z)
    return found[1:]


@pytest.mark.parametrize("activation", FUNCTIONS)
def test_a_layers_numbers_are_those_of_its_answers(activation):
    model = build_model(ModelSpec((9, 4), activation, init_scale=5.0), 2)
    for layer, answers in zip(
        layers(model, SPEC, DATASET), answers_by_hand(model, DATASET.X_train, activation), strict=True
    ):
        assert [layer.mean, layer.std] == pytest.approx([answers.mean(), answers.std()], abs=1e-4)
        assert [layer.low, layer.high] == pytest.approx([answers.min(), answers.max()], abs=1e-4)
        if layer.dead is not None:
            assert layer.dead == pytest.approx(np.mean([not (unit > 0).any() for unit in answers.T]))
        if layer.saturated is not None:
            slope = 1 - answers**2 if activation == "tanh" else 4 * answers * (1 - answers)
            assert layer.saturated == pytest.approx((slope < 0.05).mean(), abs=0.01)
    assert (layer.dead, layer.saturated) == (None, None), "outputs neither die nor saturate"


def test_histograms_count_every_weight_and_gradient():
    model = build_model(ModelSpec((9, 4)), 2)
    for layer, (n_inputs, n_units) in zip(layers(model, SPEC, DATASET), pairwise(model.sizes), strict=True):
        assert layer.weights.counts.sum() == layer.gradients.counts.sum() == n_inputs * n_units
        np.testing.assert_allclose(layer.weights.edges, -layer.weights.edges[::-1])


def test_gradient_norms_are_those_of_the_runs_own_steps():
    history = run(Experiment(DataSpec(n_points=60), training=TrainSpec(epochs=600)))
    norms = gradient_norms(history, 600)
    assert (norms.epochs[0], norms.epochs[-1]) == (0, 600)
    for column, epoch in list(enumerate(norms.epochs.tolist()))[:-1]:
        before, after = (history.weights_at(at).astype(np.float64) for at in (epoch, epoch + 1))
        gradient = (before - after) / 0.01  # plain SGD moves the weights by rate times gradient
        lengths = np.linalg.norm(gradient[:48]), np.linalg.norm(gradient[48:])
        np.testing.assert_allclose(norms.norms[:, column], lengths, rtol=2e-2)


@settings(max_examples=15, deadline=None)
@given(model_specs.filter(lambda spec: spec.hidden), st.data())
def test_principal_components_are_scikit_learns(spec, data):
    model = build_model(spec, 2)
    layer = data.draw(st.integers(1, len(spec.hidden)))
    space = hidden_space(model, DATASET, layer)
    with torch.no_grad():
        h = model.layers[: 2 * layer](model.features(torch.from_numpy(DATASET.X_train))).double().numpy()
    count = min(2, h.shape[1])
    assume(h.var(axis=0).sum() > 1e-9)
    pca = PCA(count).fit(h)
    expected = pca.transform(h)
    scale = np.abs(expected).max() + 1e-9
    apart = pca.explained_variance_[:1].sum() > 1.05 * pca.explained_variance_[1:].sum()  # else any two will do
    if apart:
        np.testing.assert_allclose(np.abs(space.points[:, :count]) / scale, np.abs(expected) / scale, atol=2e-3)
    assert space.share == pytest.approx(pca.explained_variance_ratio_.sum(), abs=1e-4)


def test_two_units_for_axes_show_what_these_units_answer():
    model = build_model(ModelSpec((5, 3), "tanh"), 2)
    space = hidden_space(model, DATASET, 2, (2, 0))
    answers = answers_by_hand(model, DATASET.X_train, "tanh")[1]
    np.testing.assert_allclose(space.points, answers[:, [2, 0]], atol=1e-5)
    assert space.share == pytest.approx(answers[:, [2, 0]].var(axis=0).sum() / answers.var(axis=0).sum(), abs=1e-5)
    assert hidden_space(model, DATASET, 2, (1, 1)).share == pytest.approx(
        answers[:, 1].var() / answers.var(axis=0).sum(), abs=1e-5
    )


def test_a_network_without_bends_leaves_the_grid_straight():
    model = build_model(ModelSpec((4,), "linear"), 2)
    line = hidden_space(model, DATASET, 1).grid[:120].astype(np.float64)
    along = line[-1] - line[0]
    beside = (line - line[0]) @ np.array([-along[1], along[0]]) / np.linalg.norm(along)
    assert np.abs(beside).max() < 1e-5


@pytest.mark.parametrize(("layer", "units", "message"), [(0, None, "layer"), (2, None, "layer"), (1, (0, 9), "unit")])
def test_a_layer_or_unit_that_is_not_there_is_refused(layer, units, message):
    with pytest.raises(FieldError, match=f"{message} must be between"):
        hidden_space(build_model(ModelSpec((9,)), 2), DATASET, layer, units)


def test_a_points_path_is_the_forward_pass_by_hand():
    model = build_model(ModelSpec((5, 3), "tanh"), 2)
    found = path(model, SPEC, DATASET, 7)
    answers = answers_by_hand(model, DATASET.X_train[[7]], "tanh")
    for mine, expected in zip((*found.answers, found.sums[-1]), answers, strict=True):
        np.testing.assert_allclose(mine, expected[0], atol=1e-5)
    powers = np.exp(answers[-1][0])
    np.testing.assert_allclose(found.probabilities, powers / powers.sum(), atol=1e-5)
    assert found.loss == pytest.approx(-np.log(found.probabilities[int(found.y)]), abs=1e-5)
    with pytest.raises(FieldError, match="point must be between 0 and 59, got 60"):
        path(model, SPEC, DATASET, 60)


def test_the_figures_hold_what_they_are_given():
    model = build_model(ModelSpec((5, 3)), 2)
    found = layers(model, SPEC, DATASET)
    assert [len(trace.x) for trace in histograms_figure(found).data] == [len(found[0].weights.counts)] * 6
    history = run(Experiment(DataSpec(n_points=60), training=TrainSpec(epochs=60)))
    norms = gradient_norms(history, 60)
    np.testing.assert_array_equal(norms_figure(norms).data[1].y, norms.norms[1])
    assert norms_figure(norms).layout.yaxis.tickformat == "~g"  # else a tick at 0.05 would say 5
    space = hidden_space(model, DATASET, 1)
    figure = space_figure(space, DATASET)
    np.testing.assert_array_equal(figure.data[GRID].x, space.grid[:, 0])
    np.testing.assert_array_equal(figure.data[POINTS].y, space.points[:, 1])
    way = path(model, SPEC, DATASET, 3)
    bars = path_figure(way, ("x0", "x1"), DATASET).data
    assert [len(trace.x) for trace in bars] == [2, 5, 3, 2, 2]
    np.testing.assert_array_equal(bars[-1].x, way.probabilities)


def test_bars_are_equally_thick_and_centred_in_small_and_large_layers():
    figure = path_figure(path(build_model(ModelSpec((16, 4)), 2), SPEC, DATASET, 3), ("x0", "x1"), DATASET)
    spans = [axis.range[0] - axis.range[1] for axis in figure.select_yaxes()]
    thick = [bar.width / span for bar, span in zip(figure.data, spans, strict=True)]  # shares of the panel's height
    np.testing.assert_allclose(thick, thick[0])
    middles = [sum(axis.range) / 2 for axis in figure.select_yaxes()]
    assert middles == [(len(bar.y) - 1) / 2 for bar in figure.data]
