"""The losses of classes beside cross-entropy: what they are, and what is said of their runs."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy.optimize import minimize
from sklearn.metrics import brier_score_loss, hinge_loss

from moons import DataSpec, Experiment, ModelSpec, TrainSpec, make_dataset, run
from moons.inspection.health import diagnose
from moons.loss import constant_loss, guessing_loss, make_loss
from moons.losses import CLASS_LOSSES
from moons.share import from_query, to_query

OTHERS = [name for name in CLASS_LOSSES if name != "cross_entropy"]
RNG = np.random.default_rng(0)


def loss_of(name, logits, y):
    return make_loss(TrainSpec(class_loss=name), logits.shape[1])(torch.tensor(logits), torch.tensor(y)).item()


def test_the_squared_error_is_briers_score_and_the_hinge_that_of_a_support_vector_machine():
    logits, y = RNG.normal(size=(30, 2)) * 2, RNG.integers(0, 2, 30)
    p = np.exp(logits[:, 1]) / np.exp(logits).sum(axis=1)
    assert loss_of("squared_error", logits, y) == pytest.approx(2 * brier_score_loss(y, p))
    assert loss_of("hinge", logits, y) == pytest.approx(hinge_loss(y, logits[:, 1] - logits[:, 0]))


@pytest.mark.parametrize("n_classes", [2, 5])
def test_losses_of_many_classes_are_those_of_a_plain_loop(n_classes):
    logits, y = RNG.normal(size=(20, n_classes)) * 2, RNG.integers(0, n_classes, 20)
    sums = dict.fromkeys(OTHERS, 0.0)
    for z, label in zip(logits, y, strict=True):
        p = np.exp(z) / np.exp(z).sum()
        sums["squared_error"] += sum((p[j] - (j == label)) ** 2 for j in range(n_classes))
        sums["focal"] -= (1 - p[label]) ** 2 * np.log(p[label])
        sums["hinge"] += sum(max(0.0, 1 - z[label] + z[j]) for j in range(n_classes) if j != label)
    for name in OTHERS:
        assert loss_of(name, logits, y) == pytest.approx(sums[name] / 20)


@pytest.mark.parametrize("name", OTHERS)
@pytest.mark.parametrize("shares", [(0.5, 0.5), (0.9, 0.1), (0.2, 0.3, 0.5)])
def test_no_constant_answer_does_better_than_the_chance_level(name, shares):
    spec, n = TrainSpec(class_loss=name), len(shares)
    loss, y = make_loss(spec, n), torch.arange(n)

    def expected(z):
        row = torch.tensor(z)[None]
        return sum(share * loss(row, y[k : k + 1]).item() for k, share in enumerate(shares))

    starts = [np.zeros(n), np.log(shares), *np.eye(n)]
    best = min(minimize(expected, start, method="Nelder-Mead").fun for start in starts)
    assert constant_loss(np.array(shares), spec) == pytest.approx(best, rel=0.01)


@pytest.mark.parametrize("name", OTHERS)
def test_guessing_is_what_equal_logits_cost(name):
    dataset, spec = make_dataset(DataSpec(kind="blobs", n_classes=3)), TrainSpec(class_loss=name)
    logits, y = torch.zeros(len(dataset.y_train), 3), torch.from_numpy(dataset.y_train)
    assert guessing_loss(dataset, spec) == pytest.approx(make_loss(spec, 3)(logits, y).item())


@pytest.mark.parametrize("name", OTHERS)
def test_a_run_that_learns_is_not_taken_for_one_that_fails(name):
    training = TrainSpec(epochs=3_000, learning_rate=0.3, class_loss=name)
    assert diagnose(run(Experiment(training=training))).healthy
    frozen = Experiment(DataSpec(), ModelSpec(init="zeros"), TrainSpec(epochs=500, class_loss=name))
    assert diagnose(run(frozen)).condition == "at_chance"
    few = DataSpec(n_points=40, noise=0.4)
    memorised = Experiment(few, ModelSpec((64,)), replace(training, epochs=8_000, learning_rate=0.5))
    assert diagnose(run(memorised)).condition == "overfitting"


def test_links_hold_the_loss_and_those_without_mean_cross_entropy():
    experiment = Experiment(training=TrainSpec(class_loss="focal"))
    assert to_query(experiment) == {"v": "1", "training.class_loss": "focal"}
    assert from_query(to_query(experiment)) == (experiment, [])
    assert from_query({"v": "1"})[0].training.class_loss == "cross_entropy"


@pytest.mark.parametrize("name", CLASS_LOSSES)
def test_logits_that_are_no_numbers_make_no_finite_loss(name):
    logits = np.array([[np.nan, 0.0], [1.0, 2.0]])
    assert not np.isfinite(loss_of(name, logits, np.array([0, 1])))
