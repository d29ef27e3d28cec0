"""The network: PyTorch's own layers and weights, without touching PyTorch's global seed."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from torch import nn

from moons import DataSpec, FieldError, ModelSpec, build_model, make_dataset
from moons.features import FEATURES, compute_features
from moons.model import ACTIVATIONS, get_parameters, set_parameters
from moons.task import Task
from tests.strategies import model_specs


def and_zero_biases(rule):
    def apply(layer):
        rule(layer.weight)
        nn.init.zeros_(layer.bias)

    return apply


RULES = {
    "pytorch": nn.Linear.reset_parameters,
    "xavier": and_zero_biases(nn.init.xavier_uniform_),
    "he": and_zero_biases(lambda weight: nn.init.kaiming_uniform_(weight, nonlinearity="relu")),
    "zeros": and_zero_biases(nn.init.zeros_),
}


@settings(max_examples=40, deadline=None)
@given(model_specs)
def test_initial_weights_are_those_of_a_seeded_stack_of_linear_layers(spec):
    model = build_model(spec, n_classes=2)
    with torch.random.fork_rng():
        torch.manual_seed(spec.seed)
        layers = [nn.Linear(a, b) for a, b in pairwise((len(spec.features), *spec.hidden, 2))]
        torch.manual_seed(spec.seed)
        for layer in layers:
            RULES[spec.init](layer)
    expected = torch.cat([p.detach().reshape(-1) for layer in layers for p in layer.parameters()])
    np.testing.assert_array_equal(get_parameters(model), expected.numpy() * np.float32(spec.init_scale))


def test_building_a_model_touches_no_global_seed():
    before = torch.get_rng_state()
    build_model(ModelSpec(seed=5), n_classes=2)
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_forward_is_linear_activation_linear(activation):
    model = build_model(ModelSpec(hidden=(5, 3), activation=activation), n_classes=4)
    X = torch.randn(7, 2, generator=torch.Generator().manual_seed(0))
    function = ACTIVATIONS[activation]()
    expected = X
    linears = [layer for layer in model.layers if isinstance(layer, nn.Linear)]
    for position, layer in enumerate(linears):
        expected = expected @ layer.weight.T + layer.bias
        expected = function(expected) if position < len(linears) - 1 else expected
    torch.testing.assert_close(model(X), expected)
    assert torch.equal(model.predict(X), expected.argmax(dim=1))
    assert model(X).requires_grad
    assert not model.predict(X).requires_grad


def test_each_layer_can_have_its_own_activation():
    model = build_model(ModelSpec(hidden=(5, 3), activations=("tanh", "sigmoid")), n_classes=2)
    X = torch.randn(7, 2, generator=torch.Generator().manual_seed(0))
    first, _tanh, second, _sigmoid, last = model.layers
    torch.testing.assert_close(model(X), last(torch.sigmoid(second(torch.tanh(first(X))))))


def test_features_are_what_their_names_say():
    X = np.random.default_rng(0).standard_normal((50, 2)).astype(np.float32)
    x0, x1 = X.T
    expected = [x0, x1, x0**2, x1**2, x0 * x1, np.sin(x0), np.sin(x1), np.cos(x0), np.cos(x1)]
    computed = compute_features(torch.from_numpy(X), tuple(FEATURES)).numpy()
    np.testing.assert_allclose(computed, np.stack(expected, axis=1), rtol=1e-6, atol=1e-7)


def test_a_regression_predicts_its_single_output():
    model = build_model(ModelSpec(), n_classes=0)
    X = torch.randn(7, 2, generator=torch.Generator().manual_seed(0))
    assert model(X).shape == (7, 1)
    assert torch.equal(model.predict(X), model(X)[:, 0])


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"features": ("x0", "x0")}, "features must all differ, got x0, x0"),
        ({"features": ()}, "features must have between 1 and 9 entries, got 0"),
        (
            {"activations": ("tanh",), "hidden": (4, 4)},
            "activations must name one for each of the 2 hidden layers",
        ),
    ],
)
def test_a_network_that_can_not_be_is_refused(fields, sentence):
    with pytest.raises(FieldError, match=sentence):
        ModelSpec(**fields)


def test_train_is_still_pytorchs():
    model = build_model(ModelSpec(), n_classes=2)
    assert model.train(False) is model
    assert not model.training
    assert type(model).train is nn.Module.train


@settings(max_examples=20, deadline=None)
@given(model_specs)
def test_weights_written_back_are_the_weights_read(spec):
    model, other = build_model(spec, 2), build_model(replace(spec, seed=1234), 2)
    set_parameters(other, get_parameters(model))
    X = torch.randn(9, 2, generator=torch.Generator().manual_seed(1))
    assert torch.equal(model(X), other(X))


def test_parameters_read_are_a_copy():
    model = build_model(ModelSpec(), 2)
    parameters = get_parameters(model)
    parameters[:] = 0
    assert get_parameters(model).any()


def test_the_task_has_a_name_everywhere():
    for kind, task in (("moons", Task.CLASSIFICATION), ("rings", Task.CLASSIFICATION), ("plane", Task.REGRESSION)):
        spec = DataSpec(kind=kind)
        dataset = make_dataset(spec)
        assert spec.task is dataset.task is build_model(ModelSpec(), dataset.n_classes).task is task
    assert (str(Task.REGRESSION), Task.CLASSIFICATION) == ("regression", "classification")


@settings(max_examples=30, deadline=None)
@given(model_specs)
def test_the_layers_values_are_those_of_the_parts(spec):
    model = build_model(spec, 3)
    x = torch.randn(7, 2, generator=torch.Generator().manual_seed(0))
    h = model.features(x)
    layers = model.activations_of(x)
    linears, activations = list(model.layers)[::2], [*list(model.layers)[1::2], nn.Identity()]
    for layer, linear, activation in zip(layers, linears, activations, strict=True):
        assert torch.equal(layer.inputs, h)
        assert torch.allclose(layer.sums, h @ linear.weight.T + linear.bias, atol=1e-5)
        h = activation(layer.sums)
        assert torch.equal(layer.activations, h)
    assert torch.equal(layers[-1].activations, model(x))
