"""An experiment as a link, and back."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moons import DataSpec, Experiment, History, ModelSpec, TrainSpec, build_model
from moons.edit import Edit
from moons.run import FIXED_FIELDS
from moons.share import from_query, n_parameters, to_query
from tests.strategies import data_specs, model_specs, train_specs


@st.composite
def turning(draw):
    """Experiments that change on their way, with weights set by hand."""
    experiment = Experiment(draw(data_specs), draw(model_specs), draw(train_specs))
    for _change in range(draw(st.integers(0, 2))):
        now, first = experiment.training_now, experiment.changes[-1].epoch + 1 if experiment.changes else 1
        if first <= now.epochs:
            kept = {name: getattr(now, name) for name in FIXED_FIELDS}
            other = replace(draw(train_specs), **kept, epochs=now.epochs)
            experiment = experiment.changed(draw(st.integers(first, now.epochs)), draw(st.sampled_from([other, now])))
    places = st.tuples(st.integers(0, experiment.epochs), st.integers(0, n_parameters(experiment) - 1))
    edits = [Edit(epoch, at, draw(st.floats(-9, 9))) for epoch, at in draw(st.sets(places, max_size=2))]
    return replace(experiment, edits=tuple(sorted(edits, key=lambda e: (e.epoch, e.parameter))))


@settings(max_examples=100, deadline=None)
@given(turning())
def test_a_link_opens_to_the_same_experiment(experiment):
    assert from_query(to_query(experiment)) == (experiment, [])


@settings(max_examples=20, deadline=None)
@given(data_specs, model_specs)
def test_parameters_are_counted_as_pytorch_counts_them(data, model):
    built = build_model(model, data.class_count)
    assert n_parameters(Experiment(data, model)) == sum(p.numel() for p in built.parameters())


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"change.0": "l1:0.1"}, "epoch must be between 1 and 15,000, got 0"),
        ({"change.-3": "l1:0.1"}, "“change.-3” is no setting"),
        ({"change.5": "wisdom:3"}, "“change.wisdom” is no setting"),
        ({"change.5": "optimizer:adam"}, "optimizer can't change while a run goes on (it is sgd), got adam"),
        ({"edit.5.82": "1"}, "parameter must be between 0 and 81, got 82"),
        ({"edit.5.3": "1e9"}, "value must be between -1,000.0 and 1,000.0, got 1000000000.0"),
        ({"edit.99999.3": "1"}, "epoch must be between 0 and 15,000, got 99,999"),
        ({"change.5": "batch_size:500"}, "batch_size must be at most the number of training points (256), got 500"),
        ({"v": "2"}, "the link is of version 2, and here links are read as of version 1"),
    ],
)
def test_a_turn_that_can_not_be_taken_is_said(query, sentence):
    experiment, errors = from_query(query)
    assert experiment == Experiment()
    assert [str(error) for error in errors] == [sentence]


def test_the_default_link_is_empty_and_others_can_be_read():
    assert to_query(Experiment()) == {}
    link = to_query(Experiment(DataSpec(noise=0.2), ModelSpec(hidden=(8, 4)), TrainSpec(batch_size=16)))
    assert link == {"v": "1", "data.noise": "0.2", "model.hidden": "8-4", "training.batch_size": "16"}


def test_what_is_wrong_is_said_and_the_rest_is_kept():
    experiment, errors = from_query({
        "data.noise": "0.3", "training.epochs": "1000000000", "training.learning_rate": "nan",
        "model.hidden": "0", "model.depth": "3", "embed": "true", "data.n_points": "many",
    })  # fmt: skip
    assert experiment == Experiment(DataSpec(noise=0.3))
    assert {str(error) for error in errors} == {
        "epochs must be between 1 and 100,000, got 1,000,000,000",
        "learning_rate must be between 0.00001 and 10.0, got nan",
        "hidden[0] must be between 1 and 256, got 0",
        "“model.depth” is no setting",
        "n_points must be a whole number, got 'many'",
    }


def test_of_a_batch_that_the_points_cannot_fill_only_the_batch_is_left_out():
    experiment, errors = from_query({"data.n_points": "40", "training.batch_size": "41", "training.epochs": "90"})
    assert experiment == Experiment(DataSpec(n_points=40), training=TrainSpec(epochs=90))
    assert [str(error) for error in errors] == ["batch_size must be at most the number of training points (40), got 41"]


def test_a_weight_that_a_link_sets_twice_at_one_epoch_is_said():
    experiment, errors = from_query({"edit.5.3": "1", "edit.5.03": "2"})
    assert len(experiment.edits) == 1
    assert ["parameter 3 is set twice at epoch 5" in str(error) for error in errors] == [True]


KEYS = ["data.noise", "model.hidden", "training.batch_size", "v", "data.kind", "change.7", "edit.7.7", "change"]


@given(st.dictionaries(st.sampled_from(KEYS), st.text()))
def test_any_link_opens(query):
    experiment, _errors = from_query(query)
    assert History(experiment).n_epochs == 0


@settings(max_examples=100, deadline=None)
@given(turning())
def test_a_link_says_the_same_in_whatever_order_its_parameters_are(experiment):
    assert from_query(dict(reversed(to_query(experiment).items()))) == (experiment, [])


def test_a_link_with_too_many_weights_set_by_hand_says_that_some_are_left_out():
    experiment, errors = from_query({f"edit.{epoch}.0": "1" for epoch in range(60)})
    assert len(experiment.edits) == 50
    assert ["50 changes and weights set by hand, this one has 60" in str(error) for error in errors] == [True]


@pytest.mark.parametrize("exact", [True, False])
def test_loaded_weights_come_back_with_a_link(exact):
    plain = Experiment(model=ModelSpec((3,)))
    values = np.random.default_rng(0).normal(size=n_parameters(plain))
    values = values.astype(np.float32).astype(float) if exact else values
    loaded = replace(plain, edits=tuple(Edit(0, place, value) for place, value in enumerate(values.tolist())))
    later = loaded.edited(Edit(100, 2, 0.5))
    for experiment in (loaded, later):
        assert from_query(to_query(experiment)) == (experiment, [])
    assert len(to_query(later)["weights"]) < 300
    (error,) = from_query({**to_query(loaded), "model.hidden": "4"})[1]
    assert "of another network" in str(error)
    assert from_query({"weights": "rubbish"})[1]
    wide = Experiment(model=ModelSpec((64, 64)))
    many = replace(wide, edits=tuple(Edit(0, place, 0.1) for place in range(n_parameters(wide))))
    assert to_query(many).keys() == {"v", "model.hidden", "turns"}
