"""Whole kinds of faults, each under several settings: what the proof names, and that its remedy helps."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
import torch
from sklearn.metrics import accuracy_score, r2_score

from moons import DataSpec, Experiment, ModelSpec, TrainSpec, run
from moons.data import GENERATORS, OWN, Table
from moons.inspection.health import Ceiling, diagnose, measure, prove
from moons.inspection.health.verdict import judged

ADAM = {"optimizer": "adam", "learning_rate": 0.01}


def generated(kind, seed=0, n=256, noise=0.1, **model):
    return lambda epochs=500, **training: Experiment(
        DataSpec(kind, n_points=n, noise=noise, seed=seed), ModelSpec(seed=seed, **model), TrainSpec(epochs, **training)
    )


def table(X, y, names, test=()):
    x0, x1 = np.asarray(X, float).T.tolist()
    return DataSpec(kind=OWN, table=Table(tuple(x0), tuple(x1), tuple(np.asarray(y).tolist()), names, test=test))


def units(kind, scale, shift=(0.0, 0.0), y_scale=1.0, y_shift=0.0):
    """Generated points as someone's table in other units."""
    X, y = GENERATORS[kind].draw(150, noise=0.1, seed=3)
    names = tuple("ab") if GENERATORS[kind].n_classes else ()
    return table(X * scale + shift, y if names else y * y_scale + y_shift, names)


def of(data, epochs=500, **training):
    return Experiment(data, training=TrainSpec(epochs, **training))


STEEP = generated("moons", hidden=(16,) * 3, init="he", init_scale=10.0)
# kind: [experiments], the conditions that may be said of it, the causes that may be named
KINDS = {
    "inputs in other units": (
        [
            of(units("circles", (300.0, 1.0), (1_200.0, 0.0)), **ADAM),
            of(units("moons", (20_000.0, 15.0), (40_000.0, 45.0)), 1_000, learning_rate=0.1),
            of(units("circles", (0.001, 1.0)), **ADAM),
        ],
        {"unscaled"},
        {"standardise"},
    ),
    "a target in other units": (
        [
            of(units("plane", (1.0, 1.0), (0.0, 0.0), *unit), **ADAM)
            for unit in ((300.0, 900.0), (1e-3, 0.0))
        ],
        {"unscaled"},
        {"target"},
    ),
    "few units": (
        [generated(kind, seed, hidden=(8,))(**ADAM) for kind in ("spirals", "checkerboard") for seed in (0, 1)],
        {"underfitting"},
        {"wider"},
    ),
    "noise learned by heart": (
        [
            generated("moons", 0, 60, 0.5, hidden=(64,))(800, **ADAM),
            Experiment(  # of which the rules say that the labels are shuffled
                DataSpec("circles", n_points=60, noise=0.2, label_noise=0.2, seed=4),
                ModelSpec((32,), seed=4),
                TrainSpec(600, **ADAM),
            ),
        ],
        {"overfitting"},
        {"early_stop", "penalise", "rate_down"},
    ),
    "units silenced by the rate": (
        [
            generated("circles", hidden=(16, 16))(learning_rate=5.0),
            generated("circles", hidden=(16, 16))(optimizer="adam", learning_rate=3.0),
        ],
        {"dead", "diverging"},
        {"rate_down"},
    ),
    "units silenced by the start": ([STEEP(learning_rate=0.1)], {"dead", "diverging"}, {"init"}),
    "a rate that is too large": (
        [generated("moons")(100, learning_rate=10.0), generated("spirals")(100, optimizer="adam", learning_rate=1.0)],
        {"diverging"},
        {"rate_down"},
    ),
    "far from what the points allow": (
        [generated("spirals", seed)(1_000, learning_rate=0.1) for seed in (0, 1)] + [generated("spirals")(**ADAM)],
        {"unfinished", "plateau", "underfitting"},
        {"adam", "rate_up", "wider", "deeper", "longer", "several"},
    ),
    "ended too early": (
        [generated("checkerboard", seed, hidden=(16, 16))(stop_train_loss=0.6, **ADAM) for seed in (0, 5)],
        {"unfinished"},
        {"stopping"},
    ),
    "a rare class": (
        [
            of(DataSpec("moons", n_points=200, noise=0.3, seed=seed, balance=0.9), 1_500, learning_rate=0.02)
            for seed in (0, 1)
        ],
        {"unbalanced"},
        {"balance"},
    ),
    "several at once": (
        [
            generated("spirals", hidden=())(600, optimizer="momentum", learning_rate=0.2, schedule="step"),
            generated("spirals", hidden=(3,), activation="softplus")(
                learning_rate=0.02, class_loss="hinge", dropout=0.2
            ),
        ],
        {"underfitting", "at_chance", "plateau", "unfinished"},
        {"several"},
    ),
}  # fmt: skip
SOUND = [
    generated("gaussians", 0, noise=0.3)(1_000, **ADAM),
    generated("moons", 1)(1_000, **ADAM),
    generated("circles", 0, noise=0.2)(**ADAM),
]
CASES = [(kind, place) for kind, (experiments, *_rest) in KINDS.items() for place in range(len(experiments))]


@cache
def proved(experiment):
    return prove(run(experiment, device="cpu"))


def score(history):
    """Of a run on its test points, by scikit-learn: accuracy or R²; −1 where it isn't finite."""
    dataset, model = history.dataset, history.model_at(history.n_epochs)
    answers = model.predict(torch.from_numpy(dataset.X_test)).double().numpy()
    if not np.isfinite(answers).all():
        return -1.0
    return accuracy_score(dataset.y_test, answers) if dataset.n_classes else r2_score(dataset.y_test, answers)


@pytest.mark.parametrize(("kind", "place"), CASES)
def test_a_kind_of_fault_is_named_and_its_remedy_helps(kind, place):
    experiments, conditions, causes = KINDS[kind]
    proof = proved(experiments[place])
    assert not proof.verdict.healthy
    assert proof.verdict.condition in conditions
    assert proof.cause in causes
    if kind == "a rare class":  # the test points are as uneven: the mean of the classes' accuracies tells
        assert proof.best.worst.compared > proof.base.heldout.compared + 0.04
        return
    gain = score(run(proof.verdict.remedy.experiment, device="cpu")) - max(score(proof.base.history), -1.0)
    falls = proof.best.scores.test_loss < 0.75 * proof.base.scores.test_loss
    assert gain > 0.03 or (falls and gain > -0.02)


def test_settings_that_only_help_together_are_named_one_by_one():
    for faulty in KINDS["several at once"][0]:
        remedy = proved(faulty).verdict.remedy
        assert len(remedy.parts) > 1
        assert remedy.words(str) == f"Change {len(remedy.parts)} settings at once"
        assert all(part.words(str) in remedy.all_words(str) for part in remedy.parts)
        assert remedy.parts[-1].experiment == remedy.experiment
        alone, together = (run(part.experiment, device="cpu") for part in (remedy.parts[0], remedy))
        assert score(alone) < score(together) - 0.03


@pytest.mark.parametrize("healthy", SOUND)
def test_no_longer_run_is_offered_where_nothing_is_left_to_gain(healthy):
    proof = proved(healthy)
    assert proof.verdict.healthy
    assert proof.verdict.remedy is None


def test_points_with_both_labels_are_said_whatever_is_tried():
    places = np.random.default_rng(0).uniform(-1, 1, (40, 2)).round(2)
    data = table(np.concatenate([places, places]), np.repeat([0, 1], 40), ("a", "b"))
    history = run(of(data, 300, **ADAM), device="cpu")
    for found in (diagnose(history), prove(history).verdict):
        assert found.condition == "data"
        assert "The same inputs have several classes" in found.said(found.cause)


@pytest.mark.parametrize("epochs", [30, 300])
def test_a_class_without_a_test_point_is_said_of_a_short_run_too(epochs):
    X, y = GENERATORS["blobs"].draw(90, noise=0.1, seed=0, n_classes=3)
    data = table(X, y, ("ant", "bee", "cow"), tuple(bool(k != 2 and i % 4 == 0) for i, k in enumerate(y)))
    found = diagnose(run(of(data, epochs, optimizer="adam", learning_rate=0.05), device="cpu"))
    assert found.condition == "data"
    assert "cow" in found.said(found.sentence)


@pytest.mark.parametrize(("ahead", "said"), [(0.0, "may be all these points allow"), (0.3, "but another learner")])
def test_where_nothing_helps_the_points_are_blamed_only_if_no_other_learner_is_ahead(ahead, said):
    proof = proved(SOUND[0])
    finding, signs = replace(proof.finding, condition="at_chance"), measure(proof.base.history, proof.base.epoch)
    ceiling = Ceiling(proof.base.heldout.compared + ahead, "neighbours")
    verdict, cause = judged(finding, signs, proof.base, proof.trials, None, ceiling)
    assert (cause, verdict.remedy) == ("", None)
    assert said in verdict.said(verdict.measured)
