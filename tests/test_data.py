"""Points: scikit-learn's own, with a test draw of their own."""

import io

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from sklearn.datasets import make_moons

from moons import DataSpec, make_dataset
from moons.data import TEST_SEED
from tests.strategies import data_specs


def test_the_default_is_the_notebooks_two_moons():
    X, y = make_moons(256, noise=0.1, random_state=0)
    dataset = make_dataset(DataSpec())
    np.testing.assert_array_equal(dataset.X_train, X.astype(np.float32))
    np.testing.assert_array_equal(dataset.y_train, y)


@settings(max_examples=30, deadline=None)
@given(data_specs.filter(lambda spec: spec.kind == "moons"))
def test_moons_are_exactly_scikit_learns(spec):
    dataset = make_dataset(spec)
    draws = (
        (dataset.X_train, dataset.y_train, spec.n_points, 0),
        (dataset.X_test, dataset.y_test, spec.n_test, TEST_SEED),
    )
    for X, y, n, offset in draws:
        X_expected, y_expected = make_moons(n, noise=spec.noise, random_state=spec.seed + offset)
        np.testing.assert_array_equal(X, X_expected.astype(np.float32))
        np.testing.assert_array_equal(y, y_expected)


@settings(max_examples=50, deadline=None)
@given(data_specs)
def test_a_dataset_keeps_its_shapes_and_its_memory_order(spec):
    dataset = make_dataset(spec)
    for X, y, n in ((dataset.X_train, dataset.y_train, spec.n_points), (dataset.X_test, dataset.y_test, spec.n_test)):
        assert (X.shape, X.dtype, X.flags.c_contiguous) == ((n, 2), np.float32, True)
        assert (y.shape, y.dtype) == ((n,), np.int64)
        assert set(y.tolist()) <= set(range(dataset.n_classes))
        assert np.isfinite(X).all()


def test_the_test_set_is_a_fresh_draw():
    dataset = make_dataset(DataSpec())
    both = {tuple(point) for point in dataset.X_train.tolist()} & {tuple(point) for point in dataset.X_test.tolist()}
    assert not both


def test_the_table_and_its_csv_hold_the_training_points():
    dataset = make_dataset(DataSpec(n_points=40))
    frame = dataset.to_frame()
    assert list(frame.columns) == ["x0", "x1", "y"]
    back = pd.read_csv(io.StringIO(dataset.to_csv()))
    np.testing.assert_array_equal(back[["x0", "x1"]].to_numpy(np.float32), dataset.X_train)
    np.testing.assert_array_equal(back["y"], dataset.y_train)


@settings(max_examples=30, deadline=None)
@given(data_specs)
def test_the_extent_holds_every_point_at_its_aspect(spec):
    dataset = make_dataset(spec)
    left, right, bottom, top = dataset.extent(aspect=1.25)
    X = np.concatenate([dataset.X_train, dataset.X_test])
    assert (X[:, 0] > left).all()
    assert (X[:, 0] < right).all()
    assert (X[:, 1] > bottom).all()
    assert (X[:, 1] < top).all()
    assert (right - left) / (top - bottom) == pytest.approx(1.25)
