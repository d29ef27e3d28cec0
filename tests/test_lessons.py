"""What the lessons rest on: costly points, slopes, XOR by hand, the museum."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import approx_fprime
from sklearn.metrics import balanced_accuracy_score

from moons import DataSpec, Experiment, FieldError, ModelSpec, TrainSpec, make_dataset, run
from moons.inspection.costs import measures, most_expensive
from moons.inspection.health import diagnose
from moons.inspection.health.museum import EXHIBITS
from moons.inspection.points import a_few_rows
from moons.inspection.slope import along_gradient, along_weight
from moons.inspection.xor import ANSWERS, CORNERS, SOLUTION, Weights, network, outputs, solves, starts_that_learn

QUICK = Experiment(DataSpec(n_points=60), ModelSpec(hidden=(4,), activation="tanh"), TrainSpec(epochs=40))
NUMBERS = Experiment(DataSpec(kind="plane", n_points=60), ModelSpec(hidden=(4,)), TrainSpec(epochs=40))


@pytest.mark.parametrize("experiment", [QUICK, NUMBERS])
def test_the_costliest_points_are_those_of_a_plain_sort(experiment):
    history = run(experiment)
    found = most_expensive(history, 30, 5)
    with torch.no_grad():
        answers = history.model_at(30)(torch.from_numpy(history.dataset.X_train)).double().numpy()
    y = history.dataset.y_train
    if history.dataset.n_classes:
        p = np.exp(answers) / np.exp(answers).sum(axis=1, keepdims=True)
        given_to_y = p[np.arange(60), y]
        costs = -np.log(given_to_y)
    else:
        given_to_y = answers[:, 0]
        costs = (given_to_y - y) ** 2
    order = sorted(range(60), key=lambda row: -costs[row])[:5]
    assert found.rows.tolist() == order
    np.testing.assert_allclose(found.answers, given_to_y[order], rtol=1e-4)
    np.testing.assert_allclose(found.costs, costs[order], rtol=1e-4)
    assert found.loss == pytest.approx(history.train_loss[30], rel=1e-4)


@given(st.lists(st.floats(-6, 6), min_size=2, max_size=4), st.integers(0, 1))
def test_three_measures_of_a_point_and_their_slopes_are_scipys(logits, label):
    def costs(z):
        p = np.exp(z) / np.exp(z).sum()
        return -np.log(p[label]), ((p - np.eye(len(z))[label]) ** 2).sum()

    found = measures(np.array(logits), label)
    for number, name in enumerate(("cross_entropy", "squared_error")):
        assert found[name].cost == pytest.approx(costs(np.array(logits))[number], abs=1e-9)
        slope = approx_fprime(logits, lambda z, number=number: costs(z)[number], 1e-6)[label]
        assert found[name].slope == pytest.approx(slope, abs=1e-4)
    assert found["accuracy"].cost == float(np.argmax(logits) != label)
    assert found["accuracy"].slope == 0


@pytest.mark.parametrize("kind", ["moons", "rings", "plane"])
def test_a_few_rows_are_the_first_of_every_class_in_turn(kind):
    dataset = make_dataset(DataSpec(kind=kind, n_points=60))
    queues = [[row for row in range(60) if dataset.y_train[row] == label] for label in range(dataset.n_classes)]
    queues = queues or [list(range(60))]
    dealt = [row for turn in zip(*queues, strict=False) for row in turn]
    found = a_few_rows(dataset, 2 * len(queues))
    assert found.tolist() == sorted(dealt[: 2 * len(queues)])


@pytest.mark.parametrize("experiment", [QUICK, NUMBERS])
def test_the_valley_passes_through_the_run_and_its_slope_is_scipys(experiment):
    history = run(experiment)
    valley = along_weight(history, 20, 3)
    middle = len(valley.values) // 2
    assert valley.loss == pytest.approx(history.train_loss[20], rel=1e-5)
    assert valley.losses[middle] == pytest.approx(valley.loss, rel=1e-5)
    assert valley.at == history.weights_at(20)[3]
    slope = approx_fprime([valley.at], lambda at: np.interp(at[0], valley.values, valley.losses), 0.05)
    assert valley.gradient == pytest.approx(slope[0], abs=0.02)
    with pytest.raises(FieldError, match="parameter must be between 0"):
        along_weight(history, 20, 10_000)


@pytest.mark.parametrize("experiment", [QUICK, NUMBERS])
def test_a_step_at_the_runs_own_rate_leads_to_its_next_loss(experiment):
    history = run(experiment)
    rates = along_gradient(history, 20)
    assert rates.loss == pytest.approx(history.train_loss[20], rel=1e-5)
    at_its_rate = np.interp(math.log(0.01), np.log(rates.rates), rates.losses)
    assert at_its_rate == pytest.approx(history.train_loss[21], rel=1e-3)
    assert rates.losses[0] < rates.loss < rates.losses[-1]


def test_two_relu_units_solve_xor():
    a = np.maximum(CORNERS.sum(axis=1), 0)
    b = np.maximum(CORNERS.sum(axis=1) - 1, 0)
    np.testing.assert_array_equal(a - 2 * b, ANSWERS)
    h, output = outputs(SOLUTION)
    np.testing.assert_array_equal(h, np.stack([a, b], axis=1))
    np.testing.assert_array_equal(output, ANSWERS - 0.5)
    assert solves(SOLUTION)
    assert not solves(Weights())


@settings(max_examples=30, deadline=None)
@given(st.builds(Weights, *[st.floats(-3, 3).map(lambda value: round(value, 1))] * 9))
def test_hand_made_weights_are_where_their_names_say(weights):
    a = np.maximum(CORNERS @ [weights.a0, weights.a1] + weights.a_bias, 0)
    b = np.maximum(CORNERS @ [weights.b0, weights.b1] + weights.b_bias, 0)
    expected = weights.out_a * a + weights.out_b * b + weights.out_bias
    np.testing.assert_allclose(outputs(weights)[1], expected, atol=1e-5)
    predicted = network(weights).predict(torch.from_numpy(CORNERS)).numpy()
    sure = np.abs(expected) > 1e-4
    np.testing.assert_array_equal(predicted[sure], (expected > 0)[sure])


def test_one_unit_never_solves_xor_and_more_units_find_it_more_often():
    found = [starts_that_learn(units) for units in (1, 2, 4, 8)]
    assert found[0] == 0
    assert 0 < found[1] < found[2] < found[3]


@pytest.mark.parametrize("key", EXHIBITS)
def test_an_exhibit_has_its_fault_and_its_cure_has_not(key):
    exhibit = EXHIBITS[key]
    before, after = run(exhibit.before), run(exhibit.after)
    assert diagnose(before, before.n_epochs).condition == exhibit.condition
    assert diagnose(after, after.n_epochs).healthy
    ill, well = (
        balanced_accuracy_score(h.dataset.y_test, h.model_at(h.n_epochs).predict(torch.from_numpy(h.dataset.X_test)))
        for h in (before, after)
    )
    assert well > ill


@pytest.mark.parametrize("key", EXHIBITS)
def test_an_exhibit_and_its_cure_differ_in_one_part(key):
    before, after = EXHIBITS[key].before, EXHIBITS[key].after
    assert sum(getattr(before, part) != getattr(after, part) for part in ("data", "model", "training")) == 1
