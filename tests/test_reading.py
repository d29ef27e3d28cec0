"""Files that are brought back: read as experiments, or refused in a sentence."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moons import DataSpec, Experiment, FieldError, History, ModelSpec, TrainSpec, build_model, run
from moons.export.reading import MOST_WEIGHTS, read_experiment
from moons.export.tables import to_json
from moons.export.weights import to_safetensors
from moons.model import get_parameters
from moons.share import from_query, to_query
from tests.export_strategies import experiments
from tests.page import at_end, click, experiment_of, kept, open_page, player, rerun, text

SMALL = Experiment(DataSpec(n_points=40, n_test=20), ModelSpec(hidden=(4,)), TrainSpec(epochs=50))


def weights(spec=SMALL.model, seed=7):
    return build_model(ModelSpec(hidden=spec.hidden, seed=seed), 2)


@settings(max_examples=40, deadline=None)
@given(experiments())
def test_an_experiment_that_was_taken_away_comes_back(experiment):
    assert read_experiment("moons.json", to_json(experiment).encode(), SMALL) == experiment


@pytest.mark.parametrize("dropout", [False, True])
def test_weights_become_the_first_ones_and_are_recorded(dropout):
    trained = run(SMALL.changed(10, TrainSpec(epochs=50, learning_rate=0.1))).experiment
    model = weights()
    experiment = read_experiment("w.safetensors", to_safetensors(model, dropout=dropout), trained)
    assert experiment.changes == ()
    np.testing.assert_array_equal(History(experiment).weights_at(0), get_parameters(model))
    again = read_experiment("moons.json", to_json(experiment).encode(), SMALL)
    assert again == experiment
    np.testing.assert_array_equal(run(again).train_loss, run(experiment).train_loss)


def test_a_link_that_cannot_hold_the_weights_says_so():
    large = ModelSpec(hidden=(50, 50))
    experiment = read_experiment("w.safetensors", to_safetensors(weights(large)), Experiment(model=large))
    read, errors = from_query(to_query(experiment))
    assert read == Experiment(model=large)
    assert [str(error) for error in errors] == [
        "the changes on the way were too many for a link: download them as a file"
    ]


def broken(**parts):
    return json.dumps({"format": "moons experiment", "version": 1, **parts}).encode()


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("points.csv", b"x0,x1,y", "a table of points goes to the room Data"),
        ("moons.json", b"\xff\xfe", "the file must be JSON, and this is none"),
        ("moons.txt", b"{}", "a table of points goes to the room Data"),
        ("moons", b"{}", "format must be moons experiment, got None"),
        ("moons.json", b"x" * 20_000_001, "the file must be at most 20 MB large"),
        (
            "w.safetensors",
            to_safetensors(weights(ModelSpec())),
            "must have the shape 4 × 2, got 16 × 2",
        ),
        ("w.pt", b"PK\x03\x04", "a .pt or pickle file is never opened"),
        ("photo.png", b"\x89PNG", "weights must be a safetensors file, and this is none"),
        (
            "moons.json",
            broken(training={"batch_size": 600}),
            "batch_size must be at most the number of ",
        ),
        ("moons.json", broken(edits=[{"value": 1}, {"value": 2}]), "parameter 0 is set twice at epoch 0"),
        ("moons.json", broken(edits=[{"parameter": 82}]), "parameter must be between 0 and 81, got 82"),
    ],
)
def test_anything_else_is_refused_in_a_sentence(name, data, sentence):
    with pytest.raises(FieldError, match=sentence):
        read_experiment(name, data, SMALL)


def test_more_weights_than_an_experiment_can_hold_are_refused():
    wide = Experiment(model=ModelSpec(hidden=(200, 200)))
    with pytest.raises(FieldError, match=f"at most {MOST_WEIGHTS:,} numbers"):
        read_experiment("w.safetensors", to_safetensors(build_model(wide.model, 2)), wide)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(["a.json", "a.safetensors", "a.bin", "a.csv", ""]), st.binary(max_size=200))
def test_no_file_crashes_the_reader(name, data):
    with pytest.raises(FieldError):
        read_experiment(name, data, SMALL)


def bring(page, name, data):
    page.segmented_control(key="room").set_value("takeaway")
    rerun(page).file_uploader(key="brought").upload(name, data, "application/octet-stream")
    return rerun(page)


def test_an_experiment_that_is_brought_back_is_on_the_page_and_the_old_run_is_kept():
    page = click(open_page(training__epochs="60"), "step")
    before = player(page).run
    page = bring(page, "moons.json", to_json(SMALL).encode())
    assert experiment_of(page) == SMALL
    assert at_end(page)
    assert page.slider(key="data.n_points").value == 40
    assert kept(page) == [before, player(page).run]
    assert player(click(page, "undo")).run is before


def test_weights_that_are_brought_are_the_networks_until_and_after_a_reset():
    model = weights(ModelSpec())
    page = bring(open_page(training__epochs="60"), "w.safetensors", to_safetensors(model))
    np.testing.assert_array_equal(player(page).state.parameters, get_parameters(model))
    page.segmented_control(key="room").set_value("train")
    page = click(click(rerun(page), "step"), "reset")
    np.testing.assert_array_equal(player(page).state.parameters, get_parameters(model))


def test_a_file_that_cannot_be_used_leaves_everything_as_it_was():
    page = click(open_page(), "step")
    before = player(page)
    page = bring(page, "w.pt", b"PK\x03\x04")
    assert "a .pt or pickle file is never opened" in text(page)
    assert player(page) is before
