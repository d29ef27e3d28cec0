"""What is read off a network or a run, against the network itself."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from moons import DataSpec, Experiment, FieldError, History, ModelSpec, TrainSpec, build_model, make_dataset
from moons.inspection.boundary import (
    COLUMNS,
    PROBABILITY,
    ROWS,
    UNCERTAINTY,
    answers,
    areas,
    boundary,
    change,
    edge_levels,
    labels_of,
    make_grid,
    pairs,
)
from moons.inspection.curve import loss_curve, thin
from moons.inspection.points import evaluate
from tests.strategies import data_specs, model_specs

DATASET = make_dataset(DataSpec(n_points=60, n_test=40))
GRID = make_grid(DATASET)


@settings(max_examples=20, deadline=None)
@given(model_specs)
def test_the_boundary_is_predict_on_a_mesh_grid(spec):
    model = build_model(spec, 2)
    answer = boundary(model, GRID)
    assert answer.values.shape == (ROWS, COLUMNS)
    assert answer.values.size >= 100 * 100
    assert answer.values.dtype == np.uint8
    for row, column in ((0, 0), (17, 90), (ROWS - 1, COLUMNS - 1)):
        point = torch.tensor([[GRID.x0 + column * GRID.dx, GRID.y0 + row * GRID.dy]], dtype=torch.float32)
        logits = model(point)[0]
        if (logits[0] - logits[1]).abs() > 1e-5:
            assert answer.values[row, column] == logits.argmax()


@pytest.mark.parametrize("n_classes", [2, 3, 5, 20])
def test_areas_have_their_edges_where_the_straight_lines_between_a_linear_models_classes_are(n_classes):
    model = build_model(ModelSpec(hidden=()), n_classes)
    predicted = model.predict(GRID.points).numpy().reshape(ROWS, COLUMNS)
    values = areas(model, GRID).values
    np.testing.assert_array_equal(labels_of(values, n_classes), predicted)
    outputs = model(GRID.points).detach().numpy()
    cells = model.layers[0].weight.detach().numpy() * [GRID.dx, GRID.dy]
    top, second = np.argsort(-outputs, axis=1)[:, :2].T
    every = np.arange(len(top))
    away = (outputs[every, top] - outputs[every, second]) / np.hypot(*(cells[top] - cells[second]).T)
    inside = np.minimum(1, away).reshape(ROWS, COLUMNS)
    levels = {2: 100, 3: 82, 5: 24, 20: 0}[n_classes]
    assert edge_levels(n_classes) == levels
    if not levels:
        return
    of_pair = np.array(pairs(n_classes))[values // levels]
    edge = inside < 1 - 4 / levels
    own_and_next = np.sort(np.stack([top, second], axis=1)).reshape(ROWS, COLUMNS, 2)
    assert (of_pair == own_and_next)[edge].mean() >= (1 if n_classes == 2 else 0.99)
    side = np.where(predicted == of_pair[..., 1], 1, -1)
    expected = (levels - 1) / 2 + side * (0.5 + (levels / 2 - 1) * inside)
    kinks = 0 if n_classes == 2 else 0.01  # where three areas meet
    assert (np.abs(values % levels - expected) > 0.51).mean() <= kinks


def test_the_probability_is_softmaxs_in_percent():
    model = build_model(ModelSpec(), 2)
    answer = boundary(model, GRID, PROBABILITY)
    probability = model(GRID.points).softmax(dim=1)[:, 1].detach().numpy().reshape(ROWS, COLUMNS)
    assert np.abs(answer.values - 100 * probability).max() <= 0.5 + 1e-4


def test_more_than_two_classes_share_one_byte():
    model = build_model(ModelSpec(), 5)
    answer = boundary(model, GRID, PROBABILITY)
    predicted = model.predict(GRID.points).numpy().reshape(ROWS, COLUMNS)
    np.testing.assert_array_equal(answer.values // 50, predicted)


def test_a_network_gone_to_nan_still_has_a_picture():
    model = build_model(ModelSpec(), 2)
    with torch.no_grad():
        model.layers[0].weight.fill_(math.nan)
    assert (boundary(model, GRID, PROBABILITY).values == 50).all()


def test_an_unknown_view_is_refused():
    with pytest.raises(FieldError, match="view must be one of label, probability, uncertainty, got 'x-ray'"):
        boundary(build_model(ModelSpec(), 2), GRID, "x-ray")


@settings(max_examples=20, deadline=None)
@given(data_specs, model_specs)
def test_verdicts_are_a_plain_count(data, spec):
    dataset = make_dataset(data)
    model = build_model(spec, dataset.n_classes)
    verdicts = evaluate(model, dataset, TrainSpec())
    predicted = model(torch.from_numpy(dataset.X_train)).argmax(dim=1).numpy()
    assert verdicts.scores.train_score == pytest.approx((predicted == dataset.y_train).mean())
    np.testing.assert_array_equal(verdicts.wrong_train, predicted != dataset.y_train)
    log_probabilities = torch.log_softmax(model(torch.from_numpy(dataset.X_test)).double(), dim=1)
    picked = log_probabilities[range(len(dataset.y_test)), dataset.y_test]
    assert verdicts.scores.test_loss == pytest.approx(-picked.mean().item(), rel=1e-4)


@given(st.lists(st.floats(0, 10, width=32), max_size=3_000), st.integers(5, 500))
def test_a_thinned_curve_keeps_ends_and_extremes(values, columns):
    loss = np.array(values, np.float32)
    line = thin(loss, columns)
    assert len(line.epoch) <= 2 * columns + 2
    np.testing.assert_array_equal(line.loss, loss[line.epoch])
    assert (np.diff(line.epoch) > 0).all()
    if values:
        assert (line.epoch[0], line.epoch[-1]) == (0, len(loss) - 1)
        assert (line.loss.min(), line.loss.max()) == (loss.min(), loss.max())


def test_no_spike_is_lost_between_pixels():
    loss = np.ones(100_000, np.float32)
    loss[54_321] = 9
    line = thin(loss)
    assert 54_321 in line.epoch


def test_guessing_costs_the_log_of_the_number_of_classes():
    dataset = make_dataset(DataSpec())
    history = History(Experiment(), dataset=replace(dataset, n_classes=3))
    assert loss_curve(history).guessing == pytest.approx(math.log(3))


def test_uncertainty_is_the_entropy_in_percent_of_guessing():
    model = build_model(ModelSpec(), 3)
    answer = boundary(model, GRID, UNCERTAINTY)
    p = model(GRID.points).softmax(dim=1).detach().numpy().astype(np.float64)
    entropy = -(p * np.log(p)).sum(axis=1).reshape(ROWS, COLUMNS)
    assert np.abs(answer.values - 100 * entropy / math.log(3)).max() <= 0.5 + 1e-3


@pytest.mark.parametrize("n_classes", [2, 3])
def test_the_map_of_change_says_where_and_how_far_the_answer_moved(n_classes):
    before, after = build_model(ModelSpec(seed=1), n_classes), build_model(ModelSpec(seed=2), n_classes)
    answer = change(after, answers(before, GRID), GRID)
    moved = [model(GRID.points).softmax(dim=1).detach().numpy() for model in (before, after)]
    rise = moved[1] - moved[0]
    expected = rise[:, 1] if n_classes == 2 else np.maximum(rise, 0).sum(axis=1)
    assert np.abs((answer.values.ravel() - 128.0) / 127 - expected).max() <= 0.5 / 127 + 1e-4
    assert (change(after, answers(after, GRID), GRID).values == 128).all()
