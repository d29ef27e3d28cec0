"""An experiment as a link, and back."""

from hypothesis import given, settings
from hypothesis import strategies as st

from moons import DataSpec, Experiment, ModelSpec, TrainSpec
from moons.share import from_query, to_query
from tests.strategies import data_specs, model_specs, train_specs


@settings(max_examples=100, deadline=None)
@given(st.builds(Experiment, data_specs, model_specs, train_specs))
def test_a_link_opens_to_the_same_experiment(experiment):
    assert from_query(to_query(experiment)) == (experiment, [])


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
    assert [str(error) for error in errors] == [
        "epochs must be between 1 and 100,000, got 1,000,000,000",
        "learning_rate must be between 1e-05 and 10.0, got nan",
        "hidden[0] must be between 1 and 256, got 0",
        "model.depth is no setting",
        "n_points must be a whole number, got 'many'",
    ]


@given(
    st.dictionaries(st.sampled_from(["data.noise", "model.hidden", "training.batch_size", "v", "data.kind"]), st.text())
)
def test_any_link_opens(query):
    experiment, _errors = from_query(query)
    assert isinstance(experiment, Experiment)
