"""The registries: an entry is all it takes."""

import math

import numpy as np
import pytest
import torch
from torch import nn

from moons import DataSpec, FieldError, ModelSpec, TrainSpec, build_model, losses, make_dataset, train
from moons.activations import ACTIVATIONS, Activation
from moons.features import FEATURES, Feature
from moons.losses import CLASS_LOSSES, REGRESSION_LOSSES, LossEntry
from moons.optimizers import OPTIMIZERS, Optimizer
from moons.schedule import learning_rates
from moons.schedules import SCHEDULES, Schedule

POINTS = make_dataset(DataSpec(n_points=40, n_test=30))
NUMBERS = make_dataset(DataSpec(kind="plane", n_points=40, n_test=30))
ENTRIES = [*OPTIMIZERS.values(), *SCHEDULES.values(), *ACTIVATIONS.values()]
ENTRIES += [*CLASS_LOSSES.values(), *REGRESSION_LOSSES.values(), *FEATURES.values()]


class Halving(torch.optim.Optimizer):
    """Moves each weight by half the gradient, whatever the rate."""

    def __init__(self, parameters, lr, weight_decay):
        super().__init__(parameters, {"lr": lr, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self, closure=None):
        for parameter in self.param_groups[0]["params"]:
            parameter.sub_(parameter.grad, alpha=0.5)


class Cube(nn.Module):
    def forward(self, x):
        return x**3


NEW = {
    "optimizer": (OPTIMIZERS, Optimizer("Halving", "", Halving, "Halving(model.parameters())")),
    "schedule": (SCHEDULES, Schedule("Half", "", lambda epoch, epochs: np.full_like(epoch, 0.5), "0.5")),
    "activation": (ACTIVATIONS, Activation("Cube", Cube, "Cube()")),
    "regression_loss": (REGRESSION_LOSSES, LossEntry("Absolute error", "", nn.L1Loss, "nn.L1Loss()")),
    "features": (FEATURES, Feature("|x0|", lambda x0, x1: x0.abs())),
}


def plain_loop(kind, model, dataset, epochs):
    """What the new entries ask for, written out."""
    X, y = torch.from_numpy(dataset.X_train), torch.from_numpy(dataset.y_train)
    rate = {"optimizer": 0.5, "schedule": 0.005}.get(kind, 0.01)
    W = [p.detach().clone().requires_grad_() for p in model.parameters()]
    losses = []
    for _epoch in range(epochs):
        inputs = X[:, :1].abs() if kind == "features" else X
        h = inputs @ W[0].T + W[1]
        z = (h**3 if kind == "activation" else h.clamp(min=0)) @ W[2].T + W[3]
        loss = (z[:, 0] - y).abs().mean() if kind == "regression_loss" else nn.functional.cross_entropy(z, y)
        losses.append(loss.item())
        for w, gradient in zip(W, torch.autograd.grad(loss, W), strict=True):
            w.data -= rate * gradient
    return losses


@pytest.mark.parametrize("kind", NEW)
def test_a_new_entry_trains(kind, monkeypatch):
    registry, entry = NEW[kind]
    monkeypatch.setitem(registry, "new", entry)
    in_model = {"activation": "new"} if kind == "activation" else {"features": ("new",)} if kind == "features" else {}
    spec = TrainSpec(epochs=20, **({} if in_model else {kind: "new"}))
    dataset = NUMBERS if kind == "regression_loss" else POINTS
    runs = {}
    for engine in ("auto", "torch"):
        model = build_model(ModelSpec(hidden=(5,), **in_model), dataset.n_classes)
        (chunk,) = train(model, dataset, spec, engine=engine, device="cpu")
        runs[engine] = chunk.train_loss
    model = build_model(ModelSpec(hidden=(5,), **in_model), dataset.n_classes)
    np.testing.assert_allclose(runs["auto"], plain_loop(kind, model, dataset, 20), rtol=1e-5)
    np.testing.assert_allclose(runs["torch"], runs["auto"], rtol=1e-5)
    with pytest.raises(FieldError, match="must be one of"):
        monkeypatch.delitem(registry, "new")
        ModelSpec(**in_model) if in_model else TrainSpec(**{kind: "new"})


@pytest.mark.parametrize("kind", ["optimizer", "activation", "regression_loss"])
def test_the_compiled_engine_refuses_what_it_does_not_have(kind, monkeypatch):
    registry, entry = NEW[kind]
    monkeypatch.setitem(registry, "new", entry)
    spec, model_spec = (
        (TrainSpec(), ModelSpec(activation="new"))
        if kind == "activation"
        else (TrainSpec(**{kind: "new"}), ModelSpec())
    )
    dataset = NUMBERS if kind == "regression_loss" else POINTS
    model = build_model(model_spec, dataset.n_classes)
    with pytest.raises(FieldError, match=f"engine must be torch for {entry.label}"):
        train(model, dataset, spec, engine="compiled", device="cpu")


def test_every_entry_has_a_label_of_its_own():
    for registry in (OPTIMIZERS, SCHEDULES, ACTIVATIONS, CLASS_LOSSES | REGRESSION_LOSSES, FEATURES):
        labels = [entry.label for entry in registry.values()]
        assert all(labels)
        assert len(set(labels)) == len(labels)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_an_optimisers_source_makes_it(name):
    entry, model = OPTIMIZERS[name], nn.Linear(2, 1)
    written = eval(entry.source, {"torch": torch, "model": model, "LEARNING_RATE": 0.02})
    made = entry.make(model.parameters(), lr=0.02, weight_decay=0.0)
    assert type(written) is type(made)
    assert written.defaults == made.defaults


@pytest.mark.parametrize("entry", [*ACTIVATIONS.values(), *CLASS_LOSSES.values(), *REGRESSION_LOSSES.values()],
                         ids=lambda entry: entry.label)  # fmt: skip
def test_a_modules_source_makes_it(entry):
    assert repr(eval(entry.source, {"nn": nn, **vars(losses)})) == repr(entry.make())


@pytest.mark.parametrize("name", SCHEDULES)
def test_a_schedules_source_gives_its_rates(name):
    spec = TrainSpec(epochs=97, learning_rate=1.0, schedule=name)
    source = compile(SCHEDULES[name].source, name, "eval")
    written = [eval(source, {"math": math, "epoch": epoch, "EPOCHS": 97}) for epoch in range(97)]
    np.testing.assert_allclose(learning_rates(spec, 0, 97), written, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("name", [name for name, entry in ACTIVATIONS.items() if entry.slope])
def test_a_saturating_activations_slope_is_autograds(name):
    z = torch.linspace(-6, 6, 101, requires_grad=True)
    h = ACTIVATIONS[name]()(z)
    (slope,) = torch.autograd.grad(h.sum(), z)
    np.testing.assert_allclose(ACTIVATIONS[name].slope(h.detach()), slope, atol=1e-6)
    assert ACTIVATIONS[name].steepest == pytest.approx(slope.max().item())
