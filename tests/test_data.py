"""Points: scikit-learn's own or a formula's, as a training set and a test draw of its own."""

import io
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.datasets import make_blobs, make_circles, make_moons

from moons import DataSpec, make_dataset
from moons.data import GENERATORS, OWN, REGRESSION, TEST_SEED, Table, scramble
from tests.strategies import data_specs, moons_specs

KINDS = sorted(GENERATORS)
CLASSES = [kind for kind in KINDS if GENERATORS[kind].n_classes]
ANGLES = np.linspace(0, 2 * np.pi, 4)[:3]
SKLEARN = {
    "moons": lambda n, noise, seed: make_moons(n, noise=noise, random_state=seed),
    "circles": lambda n, noise, seed: make_circles(n, noise=noise, random_state=seed, factor=0.5),
    # TensorFlow Playground: centres (±2, ±2), a variance from 0.5 without noise to 4 at noise 0.5
    "gaussians": lambda n, noise, seed: make_blobs(
        n, centers=[[-2, -2], [2, 2]], cluster_std=np.sqrt(np.interp(noise, [0, 0.5], [0.5, 4])), random_state=seed
    ),
    "blobs": lambda n, noise, seed: make_blobs(
        n, centers=4 * np.stack([np.sin(ANGLES), np.cos(ANGLES)], 1), cluster_std=0.5 + noise, random_state=seed
    ),
}


def points(kind, noise=0.0, n=1_000, seed=0):
    X, y = GENERATORS[kind].draw(n, noise, seed)
    return X[:, 0], X[:, 1], y


def test_the_default_is_the_notebooks_two_moons():
    X, y = make_moons(256, noise=0.1, random_state=0)
    dataset = make_dataset(DataSpec())
    np.testing.assert_array_equal(dataset.X_train, X.astype(np.float32))
    np.testing.assert_array_equal(dataset.y_train, y)


@settings(max_examples=20, deadline=None)
@given(moons_specs, st.sampled_from(sorted(SKLEARN)))
def test_what_scikit_learn_draws_is_exactly_what_it_draws(spec, kind):
    dataset = make_dataset(replace(spec, kind=kind))
    draws = (
        (dataset.X_train, dataset.y_train, spec.n_points, 0),
        (dataset.X_test, dataset.y_test, spec.n_test, TEST_SEED),
    )
    for X, y, n, offset in draws:
        X_expected, y_expected = SKLEARN[kind](n, min(spec.noise, 0.5), spec.seed + offset)
        np.testing.assert_array_equal(X, X_expected.astype(np.float32))
        np.testing.assert_array_equal(y, y_expected)


def test_xor_is_the_sign_of_the_product_with_a_gap_at_the_axes():
    x0, x1, y = points("xor")
    np.testing.assert_array_equal(y, x0 * x1 > 0)
    for x in (x0, x1):
        assert 0.3 <= np.abs(x).min() <= 0.35
        assert 5.2 <= np.abs(x).max() <= 5.3


def test_a_spirals_radius_grows_with_its_angle_over_one_and_three_quarter_turns():
    x0, x1, y = points("spirals")
    for label, start in ((1, 0), (0, np.pi)):
        arm = sorted(zip(np.hypot(x0, x1)[y == label], x0[y == label], x1[y == label], strict=True))
        assert len(arm) == 500
        for i, (radius, a, b) in enumerate(arm):
            r, t = i / 500 * 5, 1.75 * i / 500 * 2 * np.pi + start
            assert (radius, a, b) == pytest.approx((r, r * np.sin(t), r * np.cos(t)))


def test_a_checkerboards_squares_alternate():
    x0, x1, y = points("checkerboard")
    dark = [(np.digitize(a, [-2, 0, 2]) + np.digitize(b, [-2, 0, 2])) % 2 for a, b in zip(x0, x1, strict=True)]
    np.testing.assert_array_equal(y, dark)
    assert np.abs([x0, x1]).max() <= 4


def test_rings_have_the_radii_one_two_three():
    x0, x1, y = points("rings")
    np.testing.assert_allclose(np.hypot(x0, x1), y + 1)
    assert np.bincount(y).tolist() == [334, 333, 333]


def test_a_heart_is_where_its_curve_is_negative_and_holds_half_of_the_points():
    x0, x1, y = points("heart", n=5_000)
    for a, b, label in zip(x0 / 3, x1 / 3, y, strict=True):
        assert label == ((a * a + b * b - 1) ** 3 - a * a * b**3 < 0)
    assert y.mean() == pytest.approx(0.5, abs=0.03)


def test_the_plane_rises_by_a_tenth_per_unit():
    x0, x1, y = points("plane")
    np.testing.assert_allclose(y, np.interp(x0 + x1, [-12, 12], [-1.2, 1.2]))


def test_the_hills_are_tensorflow_playgrounds():
    x0, x1, y = points("gaussian")
    hills = [(-4, 2.5, 1), (0, 2.5, -1), (4, 2.5, 1), (-4, -2.5, -1), (0, -2.5, 1), (4, -2.5, -1)]
    for a, b, target in zip(x0, x1, y, strict=True):
        heights = [sign * max(0, 1 - np.hypot(a - c, b - d) / 2) for c, d, sign in hills]
        assert target == pytest.approx(max(heights, key=abs))


@pytest.mark.parametrize("kind", sorted(set(KINDS) - set(SKLEARN)))
def test_noise_is_the_standard_deviation_from_the_shape(kind):
    clean, noisy = points(kind, n=5_000), points(kind, 0.7, n=5_000)
    moved = [2] if GENERATORS[kind].task == REGRESSION else [0, 1]
    for column in range(3):
        spread = np.std(noisy[column] - clean[column])
        assert spread == pytest.approx(0.7 if column in moved else 0, abs=0.03)


@settings(max_examples=50, deadline=None)
@given(data_specs)
def test_a_dataset_keeps_its_shapes_and_its_memory_order(spec):
    dataset = make_dataset(spec)
    n_test = spec.n_test if spec.kind != OWN else len(spec.table.y) - spec.n_train
    for X, y, n in ((dataset.X_train, dataset.y_train, spec.n_train), (dataset.X_test, dataset.y_test, n_test)):
        assert (X.shape, X.dtype, X.flags.c_contiguous) == ((n, 2), np.float32, True)
        assert (y.shape, y.dtype) == ((n,), np.int64)
        assert set(y.tolist()) <= set(range(dataset.n_classes))
        assert np.isfinite(X).all()


@pytest.mark.parametrize("kind", KINDS)
def test_the_spec_knows_task_and_classes_before_anything_is_drawn(kind):
    spec = DataSpec(kind=kind, n_classes=5, n_points=500)
    dataset = make_dataset(spec)
    assert (spec.task, spec.class_count) == (dataset.task, dataset.n_classes)
    if dataset.task == REGRESSION:
        assert (dataset.y_train.dtype, dataset.n_classes, dataset.n_outputs) == (np.float32, 0, 1)
    else:
        assert dataset.n_outputs == dataset.n_classes == len(set(dataset.y_train.tolist()))


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_seed_gives_the_same_points_and_another_seed_others(kind):
    first, again, other = (make_dataset(DataSpec(kind=kind, seed=seed)) for seed in (3, 3, 4))
    np.testing.assert_array_equal(first.X_train, again.X_train)
    assert not np.array_equal(first.X_train, other.X_train)
    both = {tuple(point) for point in first.X_train.tolist()} & {tuple(point) for point in first.X_test.tolist()}
    assert not both, "the test set is a fresh draw"


@pytest.mark.parametrize("kind", CLASSES)
@pytest.mark.parametrize("balance", [0.1, 0.35, 0.9])
def test_balance_is_how_often_class_0_is_drawn_against_each_other(kind, balance):
    spec = DataSpec(kind=kind, n_points=400, noise=0.0)
    counts = np.bincount(make_dataset(replace(spec, balance=balance)).y_train)
    assert counts.sum() == 400
    assert counts[0] / counts[1:] == pytest.approx(balance / (1 - balance), rel=0.12)
    assert np.ptp(counts[1:]) <= len(counts)


@pytest.mark.parametrize(
    ("kind", "n_points", "balance", "expected"),
    [
        ("moons", 20, 0.9, [18, 2]),  # nine times as often
        ("moons", 20, 0.1, [2, 18]),
        ("moons", 100, 0.9, [90, 10]),
        ("moons", 100, 0.8, [80, 20]),
        ("blobs", 130, 0.9, [90, 10, 10, 10, 10]),
        ("blobs", 20, 0.9, [14, 2, 2, 1, 1]),  # 13.8 and 1.5
        ("blobs", 20, 0.1, [1, 5, 5, 5, 4]),  # 0.5 and 4.9
    ],
)
def test_balance_is_kept_to_the_nearest_whole_point(kind, n_points, balance, expected):
    dataset = make_dataset(DataSpec(kind=kind, n_points=n_points, n_classes=5, balance=balance))
    assert np.bincount(dataset.y_train).tolist() == expected


def test_balance_keeps_the_shape():
    X = make_dataset(DataSpec(kind="rings", noise=0.0, balance=0.8)).X_train
    assert set(np.hypot(*X.T).round(4)) == {1, 2, 3}


@settings(max_examples=30, deadline=None)
@given(data_specs, st.sampled_from([0.01, 0.3, 0.5]))
def test_label_noise_changes_that_share_of_the_training_labels_and_nothing_else(spec, share):
    true, noisy = (make_dataset(replace(spec, label_noise=value)) for value in (0.0, share))
    assert (true.y_train != noisy.y_train).sum() == round(share * spec.n_train)
    for name in ("X_train", "X_test", "y_test"):
        np.testing.assert_array_equal(getattr(true, name), getattr(noisy, name))


@settings(max_examples=30, deadline=None)
@given(data_specs)
def test_standardised_training_points_have_mean_0_and_standard_deviation_1(spec):
    spec = replace(spec, transfer="intact")
    raw, scaled = (make_dataset(replace(spec, standardise=value)) for value in (False, True))
    X = raw.X_train.astype(float)
    for name in ("X_train", "X_test"):
        expected = (getattr(raw, name) - X.mean(axis=0)) / X.std(axis=0)
        np.testing.assert_allclose(getattr(scaled, name), expected, atol=1e-4)


@settings(max_examples=30, deadline=None)
@given(data_specs)
def test_a_scrambled_transfer_mixes_the_points_and_leaves_the_labels(spec):
    intact, received = (make_dataset(replace(spec, transfer=way)) for way in ("intact", "scrambled"))
    np.testing.assert_array_equal(received.X_train, scramble(intact.X_train))
    np.testing.assert_array_equal(received.X_test, scramble(intact.X_test))
    np.testing.assert_array_equal(received.y_train, intact.y_train)


@pytest.mark.parametrize("kind", [*KINDS, OWN])
def test_the_table_and_its_csv_hold_the_training_points(kind):
    dataset = make_dataset(DataSpec(kind=kind, n_points=40))
    frame = dataset.to_frame()
    assert list(frame.columns) == ["x0", "x1", "y"]
    back = pd.read_csv(io.StringIO(dataset.to_csv()))
    np.testing.assert_array_equal(back[["x0", "x1"]].to_numpy(np.float32), dataset.X_train)
    np.testing.assert_array_equal(back["y"].astype(dataset.y_train.dtype), dataset.y_train)


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
    left, right, bottom, top = dataset.extent_in_units(aspect=1.25)
    spread = np.ptp(np.concatenate([dataset.train_in_units()[0], dataset.test_in_units()[0]]), axis=0)
    if spread.max() <= 5 * spread.min():
        assert (right - left) / (top - bottom) == pytest.approx(1.25)


def test_columns_of_very_different_units_each_fill_their_axis():
    table = Table((0.0, 1.0, 0.5, 0.2), (0.0, 1_000.0, 10.0, 20.0), (0, 1, 0, 1), class_names=("a", "b"))
    left, right, bottom, top = make_dataset(DataSpec(kind=OWN, table=table)).extent(margin=0.1)
    assert (right - left, top - bottom) == pytest.approx((1.2, 1_200))
