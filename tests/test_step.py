"""One step opened: its numbers are autograd's, the run's, and those of a plain nudge."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from moons import DataSpec, Experiment, FieldError, ModelSpec, TrainSpec, build_model, run
from moons.inspection.step import chain, finite_difference, open_step, parameter_index, spread, uncleared
from moons.model import set_parameters
from tests.strategies import data_specs, model_specs, train_specs

number_specs = st.builds(DataSpec, kind=st.sampled_from(["plane", "gaussian"]), n_points=st.integers(20, 80))
experiments = st.builds(Experiment, data_specs | number_specs, model_specs, train_specs)
full_batch = train_specs.map(lambda spec: replace(spec, batch_size=None))
QUICK = Experiment(DataSpec(n_points=60), training=TrainSpec(epochs=50))
DEEP = replace(QUICK, model=ModelSpec(hidden=(5, 4), activation="tanh"))


def flat(step, what):
    """One kind of number of every parameter, in the order of `model.parameters()`."""
    both = [(getattr(layer.weight, what), getattr(layer.bias, what)) for layer in step.layers]
    return np.concatenate([array.ravel() for pair in both for array in pair])


INPUTS = {
    "x0": lambda a, b: a, "x1": lambda a, b: b, "x0_squared": lambda a, b: a * a, "x1_squared": lambda a, b: b * b,
    "x0_x1": lambda a, b: a * b, "sin_x0": lambda a, b: np.sin(a), "sin_x1": lambda a, b: np.sin(b),
    "cos_x0": lambda a, b: np.cos(a), "cos_x1": lambda a, b: np.cos(b),
}  # fmt: skip


def masks_by_hand(history, epoch, rows):
    """What dropout leaves of each hidden layer in an epoch's first batch."""
    spec, _end = history.experiment.segment(epoch)
    generator = torch.Generator().manual_seed(1_000_000_000 + 100_000 * spec.seed + epoch)
    for units in history.sizes[1:-1]:
        yield (spec.dropout <= torch.rand(units, len(rows), generator=generator).T) / (1 - spec.dropout)


def loss_by_hand(history, parameters, rows, epoch=0):
    """The loss as a function of a plain list of weights: no nn.Module, no optimiser, float64."""
    masks = masks_by_hand(history, epoch, rows)
    X, y = history.dataset.X_train[rows].astype(float), history.dataset.y_train[rows]
    model = build_model(history.experiment.model, history.dataset.n_classes)
    set_parameters(model, parameters)
    leaves = [p.detach().double().requires_grad_() for p in model.parameters()]
    h = torch.tensor(np.stack([INPUTS[name](*X.T) for name in history.experiment.model.features], axis=1))
    for i in range(0, len(leaves), 2):
        z = h @ leaves[i].T + leaves[i + 1]
        h = model.layers[i + 1](z) * next(masks) if i + 2 < len(leaves) else z
    if not history.dataset.n_classes:
        error = (h[:, 0] - torch.tensor(y.astype(float))).abs()
        if history.experiment.training.regression_loss == "mse":
            return (error**2).mean(), leaves
        return torch.where(error < 1, error**2 / 2, error - 0.5).mean(), leaves
    p = h.exp() / h.exp().sum(dim=1, keepdim=True)
    of_point = {
        "cross_entropy": lambda k, label: -p[k, label].log(),
        "squared_error": lambda k, label: (p[k, label] - 1) ** 2 + (p[k] ** 2).sum() - p[k, label] ** 2,
        "focal": lambda k, label: -((1 - p[k, label]) ** 2) * p[k, label].log(),
        "hinge": lambda k, label: sum(
            (1 - h[k, label] + h[k, j]).clamp(min=0) for j in range(p.shape[1]) if j != label
        ),
    }[history.experiment.training.class_loss]
    return torch.stack([of_point(k, label) for k, label in enumerate(y)]).mean(), leaves


@settings(max_examples=25, deadline=None)
@given(experiments, st.integers(0, 60), st.none() | st.integers(0, 19))
def test_the_gradients_are_those_of_an_independent_autograd(experiment, epoch, point):
    history = run(experiment)
    step = open_step(history, min(epoch, history.n_epochs), point)
    loss, leaves = loss_by_hand(history, history.weights_at(step.epoch), step.points, step.epoch)
    gradients = torch.autograd.grad(loss, leaves)
    assume(loss.item() < 1e30)  # a run that diverges overflows float32, which the step computes in
    assert step.loss == pytest.approx(loss.item(), rel=1e-4, abs=1e-5)
    np.testing.assert_allclose(flat(step, "gradient"), np.concatenate([g.ravel() for g in gradients]), 1e-3, 1e-5)
    np.testing.assert_array_equal(flat(step, "before"), history.weights_at(step.epoch))


@settings(max_examples=25, deadline=None)
@given(st.builds(Experiment, data_specs, model_specs, full_batch), st.integers(0, 59))
def test_a_step_ends_at_the_runs_own_next_weights(experiment, epoch):
    history = run(experiment)
    epoch = min(epoch, history.n_epochs - 1)
    step = open_step(history, epoch)
    after = history.weights_at(epoch + 1)
    np.testing.assert_allclose(step.loss, history.train_loss[epoch], rtol=1e-4)
    if experiment.training.optimizer in ("sgd", "momentum", "nesterov"):
        np.testing.assert_allclose(flat(step, "after"), after, rtol=1e-5, atol=1e-6)
    else:  # these divide by the gradient's size, which makes much of the last bit of a gradient that is almost 0
        assert np.abs(flat(step, "after") - after).max() <= 2 * step.rate


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "nesterov", "rmsprop", "adam", "adamw"])
def test_the_optimisers_own_memory_is_used(optimizer):
    spec = replace(QUICK.training, optimizer=optimizer, weight_decay=1e-3, l1=1e-3, schedule="cosine", clip_norm=0.2)
    history = run(replace(DEEP, training=spec), engine="torch")
    for epoch in (0, 1, 30):
        step = open_step(history, epoch)
        np.testing.assert_allclose(flat(step, "after"), history.weights_at(epoch + 1), rtol=0, atol=1e-6)


def test_with_batches_the_step_is_the_epochs_first_one():
    spec = replace(QUICK.training, batch_size=20)
    history = run(replace(QUICK, training=spec))
    step = open_step(history, 7)
    order = torch.randperm(60, generator=torch.Generator().manual_seed(spec.shuffle_seed(7)))
    np.testing.assert_array_equal(step.points, order[:20])
    weights = flat(step, "after")
    for rows in order[20:].split(20):  # the epoch's other steps
        loss, leaves = loss_by_hand(history, weights.astype(np.float32), rows.numpy())
        gradients = torch.autograd.grad(loss, leaves)
        weights = weights - spec.learning_rate * np.concatenate([g.ravel() for g in gradients])
    np.testing.assert_allclose(weights, history.weights_at(8), rtol=0, atol=1e-6)


def test_a_batch_as_large_as_the_data_is_the_full_batch():
    whole, dealt = run(QUICK), run(replace(QUICK, training=replace(QUICK.training, batch_size=60)))
    assert sorted(open_step(dealt, 3).points) == list(open_step(whole, 3).points)


@settings(max_examples=25, deadline=None)
@given(experiments, st.integers(0, 60), st.integers(0, 19), st.data())
def test_the_factors_of_a_chain_multiply_to_autograds_gradient(experiment, epoch, point, data):
    history = run(experiment)
    step = open_step(history, min(epoch, history.n_epochs), point)
    layer = data.draw(st.integers(0, len(step.layers) - 1))
    n_units, n_inputs = step.layers[layer].weight.before.shape
    unit, source = data.draw(st.integers(0, n_units - 1)), data.draw(st.none() | st.integers(0, n_inputs - 1))
    link = chain(step, layer, unit, source)
    parameter = parameter_index(history.model_at(0).sizes, layer, unit, source)
    assert link.gradient == flat(step, "gradient")[parameter]
    assert math.prod(factor.value for factor in link.factors) == pytest.approx(link.gradient, rel=1e-5, abs=1e-7)
    if link.sources:
        assert sum(way.gradient * way.weight for way in link.sources) == link.factors[0].value
        by_dropout = link.factors[1].value if step.dropout else 1.0
        by_h = link.factors[0].value * by_dropout
        assert by_h == pytest.approx(step.layers[layer].dh[0, unit], rel=1e-5, abs=1e-7)
    elif step.n_classes and step.loss_name == "cross_entropy":
        error = step.probabilities[0, unit] - (unit == step.y[0])
        assert link.factors[0].value == pytest.approx(error, rel=1e-5, abs=1e-7)
    for factor in link.factors:
        assert "{" not in factor.name.format(**factor.values)


@settings(max_examples=25, deadline=None)
@given(experiments, st.integers(0, 60), st.data())
def test_the_points_parts_add_up_to_autograds_gradient(experiment, epoch, data):
    history = run(experiment)
    step = open_step(history, min(epoch, history.n_epochs))
    layer = data.draw(st.integers(0, len(step.layers) - 1))
    n_units, n_inputs = step.layers[layer].weight.before.shape
    unit, source = data.draw(st.integers(0, n_units - 1)), data.draw(st.none() | st.integers(0, n_inputs - 1))
    parts = spread(step, layer, unit, source)
    parameter = parameter_index(history.model_at(0).sizes, layer, unit, source)
    assert parts.gradient == flat(step, "gradient")[parameter]
    total = sum(part for _row, part in parts.largest) + parts.rest
    assert total == pytest.approx(parts.gradient, rel=1e-4, abs=1e-6)
    assert {row for row, _part in parts.largest} <= set(step.points.tolist())


def test_a_points_part_in_the_batch_is_its_own_gradient_shared_by_all():
    history = run(QUICK)
    parts = spread(open_step(history, 9), 0, 3, 1, count=60)
    for row, part in parts.largest:
        alone = open_step(history, 9, row).layers[0].weight.gradient[3, 1]
        assert part == pytest.approx(alone / 60, rel=1e-4, abs=1e-8)
    assert parts.rest == pytest.approx(0, abs=1e-12)


def test_a_chain_belongs_to_one_point():
    with pytest.raises(FieldError, match=r"step.points must be between 1 and 1, got 60"):
        chain(open_step(run(QUICK), 0), 0, 0, 0)
    step = open_step(run(QUICK), 0, 5)
    with pytest.raises(FieldError, match="layer must be between 0 and 1, got 2"):
        chain(step, 2, 0, 0)
    with pytest.raises(FieldError, match="unit must be between 0 and 15, got 16"):
        chain(step, 0, 16, 0)
    with pytest.raises(FieldError, match="source must be between 0 and 1, got 2"):
        chain(step, 0, 0, 2)


@settings(max_examples=20, deadline=None)
@given(
    model_specs.filter(lambda spec: not {"relu", "leaky_relu"} & set(spec.layer_activations)),
    st.none() | st.integers(0, 59),
    st.integers(0, 50),
    st.data(),
)
def test_a_finite_difference_is_the_gradient(model, point, epoch, data):
    history = run(replace(QUICK, model=model))
    gradients = flat(open_step(history, epoch, point), "gradient")
    parameter = data.draw(st.integers(0, gradients.size - 1))
    difference = finite_difference(history, epoch, point, parameter)
    assert difference.slope == pytest.approx((difference.above - difference.below) / (2 * difference.h))
    assert difference.slope == pytest.approx(gradients[parameter], rel=1e-3, abs=1e-6)


def test_a_finite_difference_refuses_what_is_not_there():
    history = run(QUICK)
    with pytest.raises(FieldError, match="parameter must be between 0 and 81, got 82"):
        finite_difference(history, 0, None, 82)
    with pytest.raises(FieldError, match="h must be between"):
        finite_difference(history, 0, None, 0, h=0.0)
    with pytest.raises(FieldError, match="point must be between 0 and 59, got 60"):
        finite_difference(history, 0, 60, 0)
    with pytest.raises(FieldError, match="epoch must be between 0 and 50, got 51"):
        finite_difference(history, 51, None, 0)


@pytest.mark.parametrize("batch_size", [None, 20])
def test_without_zero_grad_the_last_steps_gradients_are_still_there(batch_size):
    history = run(replace(QUICK, training=replace(QUICK.training, batch_size=batch_size)), engine="torch")
    model, spec = history.model_at(6), history.experiment.training
    optimizer = torch.optim.SGD(model.parameters(), lr=spec.learning_rate)
    X, y = torch.tensor(history.dataset.X_train), torch.tensor(history.dataset.y_train)
    batches = [torch.arange(60)]
    if batch_size:
        order = [torch.randperm(60, generator=torch.Generator().manual_seed(spec.shuffle_seed(e))) for e in (6, 7)]
        batches = [*order[0].split(20), order[1][:20]]
    else:
        batches *= 2
    for i, rows in enumerate(batches):
        if i < len(batches) - 1:
            optimizer.zero_grad()
        torch.nn.functional.cross_entropy(model(X[rows]), y[rows]).backward()
        if i < len(batches) - 1:
            optimizer.step()
    left = np.concatenate([p.grad.numpy().ravel() for p in model.parameters()])
    step = open_step(history, 7)
    np.testing.assert_allclose(flat(step, "without_zero_grad"), left, rtol=1e-4, atol=1e-7)
    assert np.abs(left - flat(step, "gradient")).max() > 1e-3


def test_without_zero_grad_each_update_uses_the_sum_of_all_gradients_so_far():
    history = run(QUICK, engine="torch")
    found = uncleared(history, 10, None, 20)
    weights, total = history.weights_at(10), np.zeros(1)
    for k, norm in enumerate(found.piled_up):
        loss, leaves = loss_by_hand(history, weights.astype(np.float32), np.arange(60))
        total = total + np.concatenate([g.ravel() for g in torch.autograd.grad(loss, leaves)])
        assert norm == pytest.approx(np.linalg.norm(total), rel=1e-3)
        weights = weights - 0.01 * total
        own = flat(open_step(history, 10 + k), "gradient")
        assert found.cleared[k] == pytest.approx(np.linalg.norm(own), rel=1e-3)
    with pytest.raises(FieldError, match="updates must be between 1 and 1,000, got 0"):
        uncleared(history, 10, None, 0)


def test_before_the_first_step_there_is_nothing_to_clear():
    step = open_step(run(QUICK), 0)
    np.testing.assert_array_equal(flat(step, "without_zero_grad"), flat(step, "gradient"))


def test_the_forward_pass_is_the_models():
    history = run(DEEP)
    step = open_step(history, 20, 4)
    logits = history.model_at(20)(torch.from_numpy(step.X)).detach()
    np.testing.assert_array_equal(step.logits, logits)
    np.testing.assert_allclose(step.probabilities.sum(axis=1), 1, rtol=1e-6)
    assert step.loss == pytest.approx(-math.log(step.true_probability[0]), rel=1e-5)
    assert step.loss_after < step.loss
    np.testing.assert_array_equal(step.layers[1].inputs, step.layers[0].h)
    np.testing.assert_allclose(step.layers[0].slope, 1 - np.tanh(step.layers[0].z) ** 2, atol=1e-6)
    assert (step.layers[-1].slope == 1).all()
