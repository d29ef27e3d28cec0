"""The loss around a run's weights: planes, the surface over them, paths, the Hessian's largest eigenvalue."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sklearn.decomposition import PCA
from torch.autograd.functional import hessian
from torch.func import functional_call

from moons import DataSpec, Experiment, FieldError, History, ModelSpec, TrainSpec, build_model, run
from moons.edit import Edit
from moons.inspection.landscape import (
    ALL,
    RANDOM,
    PathOnPlane,
    extent_around,
    hessian_product,
    largest_eigenvalue,
    losses_at,
    on_plane,
    path_epochs,
    principal_plane,
    random_plane,
    rivals,
    seeded_for,
    sharpness,
    spot,
    surface,
    survey,
    weight_path,
)
from moons.inspection.landscape.sharpness import limits
from moons.loss import make_loss
from moons.model import ACTIVATIONS, set_parameters
from moons.optimizers import OPTIMIZERS
from moons.progress import Stopped
from moons.train import scores_of
from tests.strategies import data_specs, model_specs, number_specs, train_specs

SMALL = Experiment(DataSpec(n_points=40, n_test=20), ModelSpec((3,), "tanh"), TrainSpec(epochs=60, learning_rate=0.5))
KINDS = [
    SMALL,
    Experiment(
        DataSpec("rings", 40, n_test=20),
        ModelSpec((4, 3), "gelu"),
        TrainSpec(epochs=60, learning_rate=0.5, class_loss="focal"),
    ),
    replace(SMALL, data=DataSpec("gaussian", 40, n_test=20), training=TrainSpec(epochs=60, regression_loss="huber")),
]
KIND_NAMES = ["two classes", "three classes", "numbers"]


def loss_by_moons(history, weights):
    model = history.model_at(0)
    set_parameters(model, np.asarray(weights, np.float32))
    return scores_of(model, history.dataset, history.experiment.training).train_loss


@pytest.fixture(scope="module")
def history():
    return run(SMALL)


@pytest.fixture(scope="module")
def path(history):
    return weight_path(history, 60)


def test_the_plane_of_a_path_is_its_principal_components(path):
    plane, oracle = principal_plane(path.weights), PCA(2).fit(path.weights.astype(float))
    np.testing.assert_allclose(plane.shares, oracle.explained_variance_ratio_, rtol=1e-9)
    np.testing.assert_allclose(np.abs(np.sum(plane.directions * oracle.components_, axis=1)), 1, rtol=1e-9)
    assert plane.share_of(path.weights) == pytest.approx(oracle.explained_variance_ratio_.sum())
    np.testing.assert_array_equal(plane.origin, path.weights[-1])
    np.testing.assert_allclose(plane.places_of(path.weights)[-1], 0, atol=1e-12)
    moved = (path.weights - path.weights[-1].astype(float)) @ plane.directions.T
    np.testing.assert_allclose(plane.places_of(path.weights), moved, atol=1e-9)


def test_the_plane_of_several_paths_is_that_of_all_their_weights(path):
    other = run(replace(SMALL, training=replace(SMALL.training, optimizer="adam")))
    others = weight_path(other, 60).weights
    plane, oracle = (
        principal_plane(path.weights, [others]),
        PCA(2).fit(np.concatenate([path.weights, others], dtype=float)),
    )
    np.testing.assert_allclose(plane.shares, oracle.explained_variance_ratio_, rtol=1e-9)
    np.testing.assert_array_equal(plane.origin, path.weights[-1])


def test_a_path_has_the_weights_of_its_epochs(history, path):
    np.testing.assert_array_equal(path.epochs, path_epochs(60))
    for place in (0, 5, len(path.epochs) - 1):
        np.testing.assert_array_equal(path.weights[place], history.weights_at(int(path.epochs[place])))
    with pytest.raises(Stopped):
        weight_path(run(SMALL), 60, stop=lambda: True)
    untrained = History(SMALL)  # it is trained on the way
    np.testing.assert_array_equal(weight_path(untrained, 60).weights, path.weights)
    with pytest.raises(Stopped):
        weight_path(History(SMALL), 60, stop=lambda: True)


@given(st.integers(0, 100_000))
def test_the_epochs_of_a_path_go_from_the_start_to_the_end(n_epochs):
    epochs = path_epochs(n_epochs)
    assert (epochs[0], epochs[-1]) == (0, n_epochs)
    assert (np.diff(epochs) > 0).all() and len(epochs) <= 150


def test_two_epochs_are_needed_for_a_plane(history):
    with pytest.raises(FieldError, match="epochs must be at least 2, got 1"):
        principal_plane(weight_path(history, 1).weights)
    assert principal_plane(weight_path(history, 2).weights).directions.shape == (2, 17)


@settings(deadline=None)
@given(st.integers(0, 999), st.lists(st.floats(-9, 9), min_size=2, max_size=2))
def test_a_place_on_a_plane_is_the_place_of_its_weights(seed, place):
    plane = random_plane(build_model(ModelSpec((3,)), 2), torch.Generator().manual_seed(seed))
    weights = plane.weights_at(np.array([place]))
    np.testing.assert_allclose(plane.places_of(weights), [place], atol=1e-9)
    away = np.random.default_rng(seed).normal(size=weights.shape[1])
    away -= plane.components_of(away[None])[0] @ plane.directions
    np.testing.assert_allclose(plane.directions @ away, 0, atol=1e-9)  # what is left is at a right angle to the plane
    np.testing.assert_allclose(plane.places_of(weights + away), [place], atol=1e-9)


@given(model_specs, st.integers(0, 999))
@settings(max_examples=20, deadline=None)
def test_in_a_random_direction_every_filter_is_as_long_as_in_the_network(spec, seed):
    model = build_model(spec, 3)
    plane = random_plane(model, torch.Generator().manual_seed(seed))
    assert plane.shares is None
    for direction in plane.directions:
        there = build_model(spec, 3).double()
        offset = 0
        for parameter in there.parameters():
            part = direction[offset : offset + parameter.numel()]
            parameter.data = torch.from_numpy(part).view_as(parameter)
            offset += parameter.numel()
        for layer, own in zip(list(there.layers)[::2], list(model.layers)[::2], strict=True):
            for unit in range(len(own.bias)):
                lengths = [torch.cat([one.weight[unit], one.bias[unit : unit + 1]]).norm() for one in (layer, own)]
                assert lengths[0].item() == pytest.approx(lengths[1].item(), rel=1e-5, abs=1e-9)
    again = random_plane(model, torch.Generator().manual_seed(seed))
    np.testing.assert_array_equal(plane.directions, again.directions)


@pytest.mark.parametrize("experiment", KINDS, ids=KIND_NAMES)
def test_the_surface_is_the_networks_own_loss(experiment):
    history = run(experiment)
    path = weight_path(history, 60)
    plane = principal_plane(path.weights)
    extent = extent_around(on_plane(history, plane, path))
    *_earlier, last = surface(history, plane, extent, points=13)
    assert last.losses.shape == (13, 13) and last.share == 1
    rng = np.random.default_rng(0)
    for row, column in rng.integers(0, 13, (20, 2)).tolist():
        weights = plane.weights_at(np.array([[last.across[column], last.up[row]]]))[0]
        assert last.losses[row, column] == pytest.approx(loss_by_moons(history, weights), rel=1e-4, abs=1e-6)


@given(data_specs | number_specs, model_specs, train_specs)
@settings(max_examples=15, deadline=None)
def test_the_loss_of_many_networks_is_that_of_each(data, model, training):
    history = History(Experiment(data, model, training))
    own = history.weights_at(0)
    many = np.stack([own, 0 * own, own + 0.1, 2 * own])
    expected = [loss_by_moons(history, weights) for weights in many]
    np.testing.assert_allclose(losses_at(history, many), expected, rtol=2e-4, atol=1e-5)


def test_a_surface_grows_finer(history, path, monkeypatch):
    plane = principal_plane(path.weights)
    extent = extent_around(on_plane(history, plane, path))
    growing = list(surface(history, plane, extent))
    shapes = [part.losses.shape for part in growing]
    assert shapes == sorted(shapes)
    assert {16, 31, 61} == {shape[0] for shape in shapes}
    assert [part.share for part in growing] == sorted(part.share for part in growing)
    coarse, fine = growing[0], growing[-1]
    np.testing.assert_array_equal(coarse.losses, fine.losses[::4, ::4])
    np.testing.assert_array_equal(coarse.across, fine.across[::4])
    assert np.isfinite(fine.losses).all()
    left, right, bottom, top = extent
    assert (fine.across[0], fine.across[-1], fine.up[0], fine.up[-1]) == pytest.approx((left, right, bottom, top))


@given(st.lists(st.tuples(st.floats(-9, 9), st.floats(-9, 9)), min_size=1, max_size=5))
def test_an_extent_holds_its_paths_and_is_never_flat(places):
    nothing = np.zeros(0)
    paths = [PathOnPlane(nothing, np.array(part), nothing, nothing, 1.0) for part in (places, [(5e3, 0.0)])]
    left, right, bottom, top = extent_around(paths[0])
    assert all(left < a < right and bottom < b < top for a, b in places)
    assert 0.1 < (right - left) / (top - bottom) < 10
    wider = extent_around(paths[0], paths[1:])
    assert wider[1] > right and wider[1] - wider[0] < 10 * max(right - left, top - bottom)


def test_a_path_lies_on_the_surface_where_the_plane_holds_it(history, path):
    plane = principal_plane(path.weights)
    seen = on_plane(history, plane, path)
    np.testing.assert_allclose(seen.losses[:-1], history.train_loss[path.epochs[:-1]], rtol=1e-4)
    np.testing.assert_array_equal(seen.places, plane.places_of(path.weights))
    nearest = plane.weights_at(seen.places)
    np.testing.assert_allclose(
        seen.losses_on_plane[::20], [loss_by_moons(history, w) for w in nearest[::20]], rtol=1e-4
    )
    assert seen.losses_on_plane[-1] == pytest.approx(seen.losses[-1], rel=1e-5)  # the plane goes through the last one
    assert seen.share == plane.share_of(path.weights)
    flat = replace(path, weights=plane.weights_at(seen.places))  # a path within the plane
    inside = on_plane(history, plane, flat)
    assert inside.share == pytest.approx(1)
    np.testing.assert_allclose(inside.losses, inside.losses_on_plane, rtol=1e-5)


def test_a_spot_has_the_gradient_and_the_step_of_its_epoch(history, path):
    plane = principal_plane(path.weights)
    here, there = (history.weights_at(epoch).astype(float) for epoch in (20, 21))
    found = spot(history, 20, plane)
    assert found.loss == pytest.approx(history.train_loss[20], rel=1e-5)
    np.testing.assert_allclose(found.place, plane.places_of(here[None])[0])
    np.testing.assert_allclose(found.step, plane.places_of(there[None])[0] - found.place, atol=1e-9)
    np.testing.assert_allclose(found.step, 0.5 * found.downhill, atol=1e-6)  # plain SGD: the rate times the slope
    on_plane = plane.weights_at(found.place[None])[0]
    assert found.loss_on_plane == pytest.approx(loss_by_moons(history, on_plane), rel=1e-5)
    gradient = (here - there) / 0.5
    assert found.gradient_norm == pytest.approx(np.linalg.norm(gradient), rel=1e-3)
    inside = np.linalg.norm(plane.directions @ gradient) / np.linalg.norm(gradient)
    assert found.share_of_gradient == pytest.approx(inside**2, rel=1e-3)
    assert spot(history, 60, plane).step is None


def test_rivals_start_where_the_run_started():
    changed = replace(SMALL, edits=(Edit(0, 3, 0.7), Edit(5, 3, 0.1))).changed(30, TrainSpec(epochs=90, l1=0.01))
    others = [rival.experiment for rival in rivals(changed, ("sgd", "adam"))]
    assert [other.training.optimizer for other in others] == ["sgd", "adam"]
    for other in others:
        assert (other.epochs, other.training.l1, other.changes) == (90, 0.01, ())
        np.testing.assert_array_equal(History(other).weights_at(0), History(changed).weights_at(0))


def test_other_seeds_differ_in_that_seed_alone_and_reach_the_same_plane():
    batches = replace(SMALL, training=replace(SMALL.training, batch_size=8), edits=(Edit(0, 3, 0.7),))
    assert seeded_for(batches) == ("weights", "points", "order")
    assert seeded_for(SMALL) == ("weights", "points")
    found = rivals(batches, seeds=("weights", "points", "order"))
    assert [rival.kind for rival in found] == ["weights"] * 3 + ["points"] * 3 + ["order"] * 3
    start = History(batches).weights_at(0)
    for number, rival in enumerate(found):
        part = {"weights": "model", "points": "data", "order": "training"}[rival.kind]
        other = getattr(rival.experiment, part)
        assert other.seed == getattr(batches, part).seed + 1 + number % 3 == int(rival.value)
        edits = () if rival.kind == "weights" else batches.edits
        spec = replace(other, seed=getattr(batches, part).seed)
        assert replace(rival.experiment, **{part: spec}) == replace(batches, edits=edits)
        assert np.array_equal(History(rival.experiment).weights_at(0), start) == (rival.kind != "weights")
    history = run(SMALL)
    last = list(survey(history, 60, seeds=("points",)))[-1]
    for rival, seen in last.others:
        there = run(rival.experiment).weights_at(60)
        np.testing.assert_allclose(seen.places[-1], last.plane.places_of(there[None])[0], atol=1e-6)
        assert seen.losses[-1] == pytest.approx(loss_by_moons(history, there), rel=1e-4)  # on the run's own points


def full_hessian(history, epoch):
    """By PyTorch's own, the whole matrix."""
    model = history.model_at(epoch).double()
    shapes = {name: parameter.shape for name, parameter in model.named_parameters()}
    loss_function = make_loss(history.experiment.training, history.dataset.n_classes)
    X, y = torch.from_numpy(history.dataset.X_train).double(), torch.from_numpy(history.dataset.y_train)
    y = y if history.dataset.n_classes else y.double()

    def loss_of(flat):
        parts = torch.split(flat, [shape.numel() for shape in shapes.values()])
        there = {name: part.view(shape) for (name, shape), part in zip(shapes.items(), parts, strict=True)}
        return loss_function(functional_call(model, there, (X,)), y)

    return hessian(loss_of, torch.cat([p.detach().reshape(-1) for p in model.parameters()]))


@pytest.mark.parametrize("experiment", KINDS, ids=KIND_NAMES)
def test_sharpness_is_the_largest_eigenvalue_of_the_full_hessian(experiment):
    history = run(experiment)
    *_earlier, last = sharpness(history, 60)
    assert last.share == 1 and len(last.epochs) == 41
    for place in range(0, 41, 8):
        exact = torch.linalg.eigvalsh(full_hessian(history, int(last.epochs[place])))
        assert last.largest[place] == pytest.approx(exact[-1].item(), rel=1e-3)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_a_hessian_product_is_exact_for_every_activation(activation):
    history = History(replace(SMALL, model=ModelSpec((3, 2), activation)))
    product = hessian_product(history.model_at(0).double(), history)
    matrix, vectors = full_hessian(history, 0), torch.eye(len(history.weights_at(0))).double()
    np.testing.assert_allclose(torch.stack([product(v) for v in vectors]), matrix, atol=1e-9)


@given(st.lists(st.integers(-1_000, 1_000), min_size=2, max_size=6))
@example([1, -1])
@example([0, 0])
def test_the_largest_eigenvalue_is_found_even_below_a_negative_one(values):
    n, generator = len(values), torch.Generator().manual_seed(1)
    turn = torch.linalg.qr(torch.randn(n, n, generator=generator, dtype=torch.float64))[0]
    matrix = turn @ torch.diag(torch.tensor(values, dtype=torch.float64)) @ turn.T
    value, vector = largest_eigenvalue(lambda v: matrix @ v, torch.ones(n, dtype=torch.float64))
    assert value == pytest.approx(max(values), abs=1e-3 * max(map(abs, values)))
    assert (matrix @ vector - value * vector).norm() <= 0.02 * max(map(abs, values)) + 1e-9
    assert vector.norm().item() == pytest.approx(1)


def test_where_the_loss_is_not_finite_there_is_no_eigenvalue():
    value, _vector = largest_eigenvalue(lambda v: v * torch.nan, torch.ones(2, dtype=torch.float64))
    assert np.isnan(value)


def test_an_eigenvalue_can_be_stopped():
    with pytest.raises(Stopped):
        largest_eigenvalue(lambda v: v, torch.ones(2), stop=lambda: True)


@pytest.mark.parametrize("name", [name for name, entry in OPTIMIZERS.items() if entry.edge])
@pytest.mark.parametrize("share", [0.97, 1.03])
def test_an_optimiser_is_unstable_beyond_its_edge(name, share):
    entry, rate, decay = OPTIMIZERS[name], 0.1, 0.5
    experiment = Experiment(training=TrainSpec(epochs=10, learning_rate=rate, optimizer=name, weight_decay=decay))
    curvature = share * limits(History(experiment), np.array([0]))[0]
    weight = torch.nn.Parameter(torch.tensor(1.0, dtype=torch.float64))
    optimizer = entry.make([weight], lr=rate, weight_decay=decay)
    for _step in range(400):
        optimizer.zero_grad()
        (curvature * weight**2 / 2).backward()
        optimizer.step()
    assert (abs(weight.item()) < 1) == (share < 1)


def test_the_limit_follows_the_learning_rate():
    training = TrainSpec(epochs=30, learning_rate=0.1, schedule="step")
    history = History(Experiment(training=training))
    np.testing.assert_allclose(limits(history, np.array([0, 10, 20])), [20, 200, 2_000])
    adam = History(Experiment(training=replace(training, optimizer="adam")))
    assert np.isnan(limits(adam, np.array([0]))).all()


def test_a_survey_has_the_paths_first_and_the_surface_in_the_end(history, path):
    growing = list(survey(history, 60, optimizers=("momentum", "adam")))
    shares = [landscape.share for landscape in growing]
    assert shares == sorted(shares) and shares[-1] == 1
    last = growing[-1]
    assert next(one for one in growing if one.plane is not None).surface is None
    oracle = principal_plane(path.weights)
    np.testing.assert_array_equal(last.plane.directions, oracle.directions)
    assert [rival.value for rival, _path in last.others] == ["momentum", "adam"]
    adam = weight_path(run(rivals(SMALL, ("adam",))[0].experiment), 60)
    np.testing.assert_array_equal(last.others[1][1].places, on_plane(history, oracle, adam).places)
    np.testing.assert_allclose(last.others[1][1].places[0], last.own.places[0], atol=1e-9)  # the same start
    everyone = list(survey(history, 60, plane=ALL, optimizers=("adam",)))[-1]
    assert everyone.others[0][1].share > last.others[1][1].share
    drawn = list(survey(history, 60, plane=RANDOM, random_state=3))[-1]
    generator = torch.Generator().manual_seed(3)
    np.testing.assert_array_equal(drawn.plane.directions, random_plane(history.model_at(60), generator).directions)
    np.testing.assert_allclose(drawn.own.places[-1], 0, atol=1e-6)
    with pytest.raises(Stopped):
        list(survey(history, 60, stop=lambda: True))


def test_a_large_networks_path_has_fewer_epochs():
    large = Experiment(DataSpec(n_points=20, n_test=20), ModelSpec((256,) * 4), TrainSpec(epochs=40))
    path = weight_path(History(large), 40)
    assert len(path.epochs) <= 50 and path.weights.size <= 1e7
    assert (path.epochs[0], path.epochs[-1]) == (0, 40)
