"""What differs between runs, in settings and in answers."""

from dataclasses import fields, replace

import numpy as np
import torch
from hypothesis import given, settings

from moons import DataSpec, Experiment, ModelSpec, TrainSpec, build_model, make_dataset
from moons.inspection.comparison import differences, disagreement
from moons.inspection.variations import variations
from moons.share import PARTS
from tests.export_strategies import experiments


def setting(experiment, name):
    """The value of "training.epochs" and the like."""
    part, _dot, field = name.partition(".")
    return getattr(getattr(experiment, part), field)


@settings(max_examples=40, deadline=None)
@given(experiments(), experiments())
def test_a_setting_is_listed_exactly_if_it_ever_differs(one, other):
    one, other = (replace(e, changes=()) for e in (one, other))
    listed = {(d.spec, d.name): d.courses for d in differences((one, other))}
    for part, spec in PARTS.items():
        for f in fields(spec):
            values = [setting(e, f"{part}.{f.name}") for e in (one, other)]
            assert ((spec, f.name) in listed) == (values[0] != values[1])
            if values[0] != values[1]:
                assert listed[spec, f.name] == (((0, values[0]),), ((0, values[1]),))


def test_a_setting_changed_on_the_way_is_listed_with_its_epochs():
    usual = Experiment()
    other = usual.changed(10, TrainSpec(learning_rate=0.1)).changed(20, TrainSpec(learning_rate=0.1, l1=0.01))
    found = {d.name: d.courses[1] for d in differences((usual, other))}
    assert found == {"learning_rate": ((0, 0.01), (10, 0.1)), "l1": ((0, 0.0), (20, 0.01))}


def test_a_change_that_changes_nothing_is_no_difference():
    assert differences((Experiment(), Experiment().changed(10, TrainSpec()))) == ()


def predicted(model, X):
    """The classes by a plain loop over NumPy's products."""
    parameters = [p.detach().numpy().astype(float) for p in model.parameters()]
    A = X.astype(float)
    for layer in range(0, len(parameters), 2):
        A = A @ parameters[layer].T + parameters[layer + 1]
        A = np.maximum(A, 0) if layer < len(parameters) - 2 else A
    return A.argmax(axis=1)


def test_networks_disagree_where_their_classes_differ():
    dataset = make_dataset(DataSpec(n_points=60, n_test=40))
    first, second = (build_model(ModelSpec(seed=seed), 2) for seed in (0, 1))
    places = torch.randn(500, 2, generator=torch.Generator().manual_seed(0))
    found = disagreement(first, second, dataset, places)
    for seen, X in ((found.places, places.numpy()), (found.train, dataset.X_train), (found.test, dataset.X_test)):
        np.testing.assert_array_equal(seen, predicted(first, X) != predicted(second, X))
    assert 0 < found.places.sum() < 500
    same = disagreement(first, first, dataset, places)
    assert not (same.places.any() or same.train.any() or same.test.any())


def test_numbers_disagree_by_more_than_a_tenth_of_their_range():
    dataset = make_dataset(DataSpec(kind="plane", n_points=60, n_test=40))
    first, second = (build_model(ModelSpec(seed=seed, hidden=()), 0) for seed in (0, 1))
    found = disagreement(first, second, dataset, torch.zeros(1, 2))
    (w, b), (v, c) = ([p.detach().numpy() for p in model.parameters()] for model in (first, second))
    far = 0.1 * (dataset.y_train.max() - dataset.y_train.min())
    np.testing.assert_array_equal(found.train, np.abs(dataset.X_train @ (w - v)[0] + b - c) > far)
    assert 0 < found.train.sum() < 60


@settings(max_examples=40, deadline=None)
@given(experiments())
def test_every_variation_has_one_other_setting_and_the_same_seeds(experiment):
    found = variations(experiment)
    assert len(set(found)) == len(found) >= 3
    start = replace(experiment, training=experiment.training_now, changes=())
    for other in found:
        assert len(differences((start, other))) == 1
        assert (other.data, other.model.seed, other.training.seed) == (
            experiment.data, experiment.model.seed, experiment.training.seed,
        )  # fmt: skip


def test_a_variation_beyond_a_bound_is_left_out():
    wide = Experiment(model=ModelSpec(hidden=(256,) * 6), training=TrainSpec(learning_rate=10.0))
    assert [d.name for other in variations(wide) for d in differences((wide, other))] == [
        "learning_rate", "optimizer", "activation",
    ]  # fmt: skip
