"""The network: PyTorch's own layers and weights, without touching PyTorch's global seed."""

from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from torch import nn

from moons import ModelSpec, build_model
from moons.model import ACTIVATIONS, get_parameters, set_parameters
from tests.strategies import model_specs


@settings(max_examples=40, deadline=None)
@given(model_specs)
def test_initial_weights_are_those_of_a_seeded_stack_of_linear_layers(spec):
    model = build_model(spec, n_classes=2)
    with torch.random.fork_rng():
        torch.manual_seed(spec.seed)
        sizes = (2, *spec.hidden, 2)
        layers = [nn.Linear(a, b) for a, b in pairwise(sizes)]
    expected = torch.cat([p.detach().reshape(-1) for layer in layers for p in layer.parameters()])
    np.testing.assert_array_equal(get_parameters(model), expected.numpy())


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


def test_train_is_still_pytorchs():
    model = build_model(ModelSpec(), n_classes=2)
    assert model.train(False) is model
    assert not model.training
    assert type(model).train is nn.Module.train


@settings(max_examples=20, deadline=None)
@given(model_specs)
def test_weights_written_back_are_the_weights_read(spec):
    model, other = build_model(spec, 2), build_model(ModelSpec(spec.hidden, spec.activation, seed=1234), 2)
    set_parameters(other, get_parameters(model))
    X = torch.randn(9, 2, generator=torch.Generator().manual_seed(1))
    assert torch.equal(model(X), other(X))


def test_parameters_read_are_a_copy():
    model = build_model(ModelSpec(), 2)
    parameters = get_parameters(model)
    parameters[:] = 0
    assert get_parameters(model).any()
