"""Both engines take the same steps: from any state, one step of each is that of float64 within rounding.

Whole runs are no law: where training amplifies rounding, two runs in float32 part from each other as they part from
float64. So steps are compared, each from one state for all.
"""

from dataclasses import replace
from itertools import count, islice

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from moons import DataSpec, ModelSpec, TrainSpec, build_model, make_dataset, train
from moons.dropout import in_training
from moons.loss import make_loss
from moons.model import set_parameters
from moons.optimizers import OPTIMIZERS, read_moments
from moons.schedule import learning_rates
from moons.train import batches_of_epoch, make_optimizer
from tests.strategies import data_specs, model_specs, networks, number_specs, train_specs

wide_specs = networks(st.sampled_from([1, 2, 3, 4, 5, 7, 8, 16, 33, 70]), 6)
KINKS = {"relu", "leaky_relu"}
DATA = DataSpec(n_points=40, n_test=20)
EPS = 2.0**-23
STATES = 4  # of each run


def every(n):
    asked = count(1)
    return lambda: next(asked) % n == 0


def start(engine, dataset, model_spec, spec, **how):
    model = build_model(model_spec, dataset.n_classes)
    return train(model, dataset, spec, engine=engine, device="cpu", chunk_epochs=7, **how)


class Reference:
    """The step that follows a state, in `dtype`."""

    def __init__(self, dataset, model_spec, spec, state, dtype):
        self.spec, self.state = spec, state
        self.model = build_model(model_spec, dataset.n_classes)
        set_parameters(self.model, state.parameters)
        self.model.to(dtype)
        done = state.partial.batches if state.partial else 0
        batch = batches_of_epoch(spec, state.epoch, len(dataset.X_train))[done]
        X, y = torch.tensor(dataset.X_train)[batch].to(dtype), torch.tensor(dataset.y_train)[batch]
        y = y.to(dtype) if y.is_floating_point() else y
        network = in_training(self.model, spec, state.epoch, done * (spec.batch_size or 0))
        outputs = network(X)
        loss_function, parameters = make_loss(spec, dataset.n_classes), list(self.model.parameters())
        loss = loss_function(outputs, y)
        self.X, self.y, self.loss, self.size = X, y, loss.item(), len(y)
        self.largest = outputs.detach().abs().max().item()
        self.gradients = [g.double() for g in torch.autograd.grad(loss, parameters, retain_graph=True)]
        losses = torch.stack([loss_function(outputs[[i]], y[[i]]) for i in range(len(y))])
        parts = torch.autograd.grad(losses, parameters, torch.eye(len(y), dtype=dtype), is_grads_batched=True)
        # the sum that each gradient is a mean of, without cancellation: what its rounding is measured by
        self.summands = [part.double().abs().mean(dim=0) for part in parts]

    def after(self, gradients):
        """Parameters and moments after the step with these gradients: L1, clipping, the optimiser's rule."""
        model = build_model_like(self.model)
        optimizer = make_optimizer(model, self.spec, self.state)
        rate = learning_rates(self.spec, self.state.epoch, self.state.epoch + 1)[0]
        optimizer.param_groups[0]["lr"] = float(rate)
        for parameter, gradient in zip(model.parameters(), gradients, strict=True):
            parameter.grad = gradient + self.spec.l1 * parameter.detach().sign()
        if self.spec.clip_norm is not None:
            nn.utils.clip_grad_norm_(model.parameters(), self.spec.clip_norm)
        optimizer.step()
        moments = read_moments(optimizer, OPTIMIZERS[self.spec.optimizer].moments)
        return np.concatenate([p.detach().numpy().ravel() for p in model.parameters()]), moments.astype(float)

    @torch.no_grad()
    def near_a_kink(self):
        """Whether some sum is 0 but for rounding where a slope jumps: either slope is right there."""
        h = self.model.features(self.X)
        for place, activation in zip(range(0, len(self.model.layers) - 1, 2), self.model.activations, strict=True):
            linear = self.model.layers[place]
            z = linear(h)
            size = h.abs() @ linear.weight.abs().T + linear.bias.abs()
            if activation in KINKS and (z.abs() <= 1e-5 * size).any():
                return True
            h = self.model.layers[place + 1](z)
        if self.spec.class_loss != "hinge" or self.y.is_floating_point():
            return False
        logits = self.model(self.X)
        lacking = 1 - logits.gather(1, self.y[:, None]) + logits
        return (lacking.abs() <= 1e-5 * (1 + logits.abs().max())).any()


def build_model_like(model):
    copy = nn.Sequential(*[nn.Linear(p.in_features, p.out_features) for p in model.layers if hasattr(p, "in_features")])
    nn.utils.vector_to_parameters(
        nn.utils.parameters_to_vector(model.parameters()).detach(), copy.double().parameters()
    )
    return copy


def check_step(dataset, model_spec, spec, state):
    """One step of each engine from `state`. What float32 loses in a gradient, a step may lose, but no more."""
    exact, rounded = (Reference(dataset, model_spec, spec, state, dtype) for dtype in (torch.float64, torch.float32))
    if exact.near_a_kink() or not np.isfinite(rounded.loss):
        return
    lost = [
        4 * (g - r).abs().max() + 16 * EPS * size.max()
        for g, r, size in zip(exact.gradients, rounded.gradients, exact.summands, strict=True)
    ]
    parameters, moments = exact.after(exact.gradients)
    rng = torch.Generator().manual_seed(0)
    ways = [[s * loss for loss in lost] for s in (-1, 1)]
    ways += [
        [loss * (2 * torch.rand(g.shape, generator=rng) - 1) for loss, g in zip(lost, exact.gradients, strict=True)]
        for _ in range(2)
    ]
    others = [exact.after([g + d for g, d in zip(exact.gradients, way, strict=True)]) for way in ways]
    slack = 2 * np.max([np.abs(other - parameters) for other, _m in others], axis=0)
    slack_of_moments = 2 * np.max([np.abs(other - moments) for _p, other in others], axis=0)
    moved = np.abs(parameters - state.parameters)
    for engine in ("torch", "compiled"):
        chunk = next(start(engine, dataset, model_spec, spec, start=state, stop=lambda: True))
        after = chunk.state
        assert after.step == state.step + 1
        off = np.abs(after.parameters - parameters)
        assert (off <= slack + 4 * EPS * np.abs(parameters) + 32 * EPS * moved + 1e-12).all(), engine
        off = np.abs(after.moments - moments)
        assert (off <= slack_of_moments + 16 * EPS * np.abs(moments) + 1e-30).all(), engine
        if state.partial is None:
            loss = after.partial.loss_sum / exact.size if after.partial else chunk.train_loss[0]
            scale = exact.loss + exact.largest + (0 if dataset.n_classes else exact.largest**2)
            assert abs(loss - exact.loss) <= 4 * abs(rounded.loss - exact.loss) + 16 * EPS * scale, engine


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@settings(max_examples=10, deadline=None, derandomize=True)
@given(data_specs | number_specs, model_specs | wide_specs, train_specs, st.integers(1, 40))
def test_from_any_state_both_engines_take_the_step_of_float64(optimizer, data, model, spec, apart):
    dataset, spec = make_dataset(data), replace(spec, optimizer=optimizer)
    walk = start("compiled", dataset, model, spec, stop=every(apart))
    first = next(start("torch", dataset, model, replace(spec, epochs=spec.epochs), stop=lambda: True)).state
    for state in (first.whole, *(chunk.state for chunk in islice(walk, STATES) if not chunk.ended)):
        if state.epoch < spec.epochs:
            check_step(dataset, model, spec, state)


def test_dropout_in_a_narrow_network_is_no_exception():
    model = ModelSpec(hidden=(1, 16, 1, 1), activation="elu")
    spec = TrainSpec(epochs=30, optimizer="adam", dropout=0.75)
    for batch_size in (None, 7):
        for seed in range(3):
            data = make_dataset(replace(DATA, seed=seed))
            one = replace(spec, batch_size=batch_size, seed=seed)
            for chunk in train(build_model(model, 2), data, one, engine="compiled", device="cpu", chunk_epochs=3):
                if not chunk.ended:
                    check_step(data, model, one, chunk.state)
