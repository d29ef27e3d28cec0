"""The measures, against a plain count; regressions against their definition."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings

from moons import DataSpec, ModelSpec, build_model, make_dataset
from moons.inspection.metrics import measure_classes, measure_numbers
from moons.model import get_parameters, set_parameters
from moons.plots import palette
from moons.plots.metrics import calibration_figure, numbers_figure, roc_figure
from tests.strategies import data_specs, model_specs


@settings(max_examples=25, deadline=None)
@given(data_specs, model_specs)
def test_the_confusion_matrix_is_a_plain_count(data, spec):
    dataset = make_dataset(data)
    if not dataset.n_classes:
        return
    model = build_model(spec, dataset.n_classes)
    X, y = dataset.X_test, dataset.y_test
    predicted = model.predict(torch.from_numpy(X)).numpy()
    measured = measure_classes(model, X, y)
    for true in range(dataset.n_classes):
        for label in range(dataset.n_classes):
            assert measured.confusion[true, label] == ((y == true) & (predicted == label)).sum()
        assert measured.recall[true] == pytest.approx((predicted[y == true] == true).mean() if (y == true).any() else 0)
        put_there = y[predicted == true]
        assert measured.precision[true] == pytest.approx((put_there == true).mean() if len(put_there) else 0)


def test_the_area_under_roc_is_the_chance_that_a_pair_is_ranked_right():
    model = build_model(ModelSpec(), 2)
    generator = np.random.default_rng(0)
    X, y = generator.standard_normal((80, 2)).astype(np.float32), generator.integers(0, 2, 80)
    logits = model(torch.from_numpy(X)).detach().double().numpy()
    lead = logits[:, 1] - logits[:, 0]
    pairs = lead[y == 1][:, None] - lead[y == 0][None, :]
    assert measure_classes(model, X, y).auc == pytest.approx((pairs > 0).mean() + 0.5 * (pairs == 0).mean())


def test_a_network_that_answers_nothing_finite_still_has_measures():
    model = build_model(ModelSpec(), 2)
    set_parameters(model, np.full_like(get_parameters(model), np.nan))
    measured = measure_classes(model, np.zeros((10, 2), np.float32), np.array([0, 1] * 5))
    assert measured.confusion.sum() == 10


def test_the_measures_of_a_regression_are_their_definitions():
    model = build_model(ModelSpec(), 0)
    X = np.random.default_rng(0).standard_normal((50, 2)).astype(np.float32)
    y = X[:, 0] * 2
    measured = measure_numbers(model, X, y)
    predicted = model(torch.from_numpy(X)).detach().numpy()[:, 0]
    assert measured.mae == pytest.approx(np.abs(predicted - y).mean(), rel=1e-5)
    assert measured.r2 == pytest.approx(1 - ((predicted - y) ** 2).sum() / ((y - y.mean()) ** 2).sum(), abs=1e-5)
    figure = numbers_figure({"train": measured})
    np.testing.assert_array_equal(figure.data[1].y, measured.predicted)


def test_each_split_has_its_colour_in_every_figure():
    dataset = make_dataset(DataSpec())
    model = build_model(ModelSpec(), 2)
    train = measure_classes(model, dataset.X_train, dataset.y_train)
    assert train.roc is not None
    for figure in (
        roc_figure({"train": train.roc}, {"train": train.auc}),
        calibration_figure({"train": train.calibration}),
    ):
        assert figure.data[1].line.color == palette.TRAIN
