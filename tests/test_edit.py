"""A weight set by hand, against PyTorch with that weight and a plain loop from there on."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from moons import DataSpec, Edit, Experiment, FieldError, History, TrainSpec, run
from moons.export.program import to_script
from moons.export.report import to_report
from moons.export.tables import from_json, to_json
from moons.inspection.step import parameter_index, parameter_place
from tests.strategies import data_specs, model_specs, train_specs

QUICK = Experiment(DataSpec(n_points=60), training=TrainSpec(epochs=400, learning_rate=0.1))


def play_on(history, cut=37):
    for _chunk in history.play(history.last, cut):
        pass
    return history


def plain_loop(model, dataset, rate, epochs):
    """The notebook's loop; the losses before each update."""
    X, y = torch.from_numpy(dataset.X_train), torch.from_numpy(dataset.y_train)
    optimizer, losses = torch.optim.SGD(model.parameters(), lr=rate), []
    for _epoch in range(epochs):
        loss = torch.nn.functional.cross_entropy(model(X), y)
        losses.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return losses


def test_training_goes_on_from_the_edited_weights():
    before = run(QUICK)
    after = play_on(before.edit(100, 3, 2.5))
    np.testing.assert_array_equal(after.train_loss[:100], before.train_loss[:100])
    model = before.model_at(100)
    with torch.no_grad():
        model.layers[0].weight[1, 1] = 2.5
    np.testing.assert_allclose(after.train_loss[100:], plain_loop(model, before.dataset, 0.1, 300), rtol=2e-3)


def test_the_edited_epoch_has_the_edited_weights_and_no_others_changed():
    before = run(QUICK)
    after = before.edit(100, 3, 2.5)
    expected = before.weights_at(100).copy()
    expected[3] = 2.5
    np.testing.assert_array_equal(after.weights_at(100), expected)
    np.testing.assert_array_equal(after.weights_at(99), before.weights_at(99))
    assert after.experiment.edits == (Edit(100, 3, 2.5),)


@settings(max_examples=15, deadline=None)
@given(st.builds(Experiment, data_specs, model_specs, train_specs), st.integers(0, 60), st.integers(1, 40), st.data())
def test_an_edited_run_is_replayed_bit_for_bit(experiment, at, cut, data):
    history = run(experiment)
    at = min(at, history.n_epochs)
    parameter = data.draw(st.integers(0, len(history.weights_at(0)) - 1))
    edited = play_on(history.edit(at, parameter, 0.25), cut)
    again = run(edited.experiment)
    np.testing.assert_array_equal(again.train_loss, edited.train_loss)
    for epoch in {at, again.n_epochs, again.n_epochs // 2}:
        np.testing.assert_array_equal(again.weights_at(epoch), edited.weights_at(epoch))
        np.testing.assert_array_equal(again.state_at(epoch).moments, edited.state_at(epoch).moments)
    assert from_json(to_json(edited.experiment)) == edited.experiment


def test_the_scores_at_an_edit_are_those_of_the_edited_network():
    history = run(replace(QUICK, edits=(Edit(100, 3, 2.5),)))
    chunk = next(history.play(history.state_at(0), 100))
    X, y = torch.from_numpy(history.dataset.X_train), torch.from_numpy(history.dataset.y_train)
    outputs = history.model_at(100)(X)
    assert chunk.scores.train_loss == pytest.approx(torch.nn.functional.cross_entropy(outputs, y).item(), rel=1e-5)
    assert chunk.scores.train_loss == pytest.approx(history.train_loss[100], rel=1e-4)


def test_edits_and_changes_live_side_by_side():
    history = run(QUICK).branch(100, replace(QUICK.training, learning_rate=0.01))
    history = play_on(play_on(history).edit(100, 0, 1.0).edit(100, 1, -1.0))
    history = play_on(history.edit(200, 0, 2.0).branch(200, replace(QUICK.training, learning_rate=0.2)))
    assert [edit.epoch for edit in history.experiment.edits] == [100, 100, 200]
    assert [change.epoch for change in history.experiment.changes] == [100, 200]
    np.testing.assert_array_equal(run(history.experiment).train_loss, history.train_loss)
    earlier = history.edit(150, 0, 0.0)
    assert [edit.epoch for edit in earlier.experiment.edits] == [100, 100, 150], "what came later is dropped"
    assert [change.epoch for change in earlier.experiment.changes] == [100]


def test_the_same_weight_set_again_in_the_same_epoch_is_one_edit():
    history = run(QUICK).edit(100, 3, 2.5).edit(100, 3, -1.0)
    assert history.experiment.edits == (Edit(100, 3, -1.0),)
    assert history.weights_at(100)[3] == -1


@pytest.mark.parametrize("epoch", [0, 400])
def test_the_first_and_the_last_epoch_can_be_edited(epoch):
    history = play_on(run(QUICK).edit(epoch, 3, 2.5))
    assert history.weights_at(epoch)[3] == 2.5
    assert history.n_epochs == 400
    np.testing.assert_array_equal(run(history.experiment).weights_at(400), history.weights_at(400))


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        ((100, 3, float("nan")), "value must be between -1,000.0 and 1,000.0, got nan"),
        ((100, 3, 1e9), "value must be between -1,000.0 and 1,000.0"),
        ((100, 82, 1.0), "parameter must be between 0 and 81, got 82"),
        ((-1, 3, 1.0), "epoch must be between 0 and 100,000, got -1"),
    ],
)
def test_what_can_not_be_set_is_refused(edit, message):
    with pytest.raises(FieldError, match=message):
        run(QUICK).edit(*edit)


def test_an_epoch_that_is_not_trained_yet_can_not_be_edited():
    with pytest.raises(FieldError, match="epoch must be between 0 and 0, got 10"):
        History(QUICK).edit(10, 3, 1.0)


@pytest.mark.parametrize(
    ("edits", "message"),
    [
        ("{}", "edits must be a list"),
        ('[{"epoch": 500}]', r"edits\[0\].epoch must be between 0 and 400, got 500"),
        ('[{"epoch": 50}, {"epoch": 20}]', r"edits\[1\].epoch must be between 50 and 400, got 20"),
        ('[{"value": "much"}]', r"edits\[0\].value must be a number, got 'much'"),
    ],
)
def test_a_broken_edit_in_a_file_is_named(edits, message):
    text = to_json(QUICK).replace('"edits": []', f'"edits": {edits}')
    with pytest.raises(FieldError, match=message):
        from_json(text)


def test_a_program_sets_the_same_weights_in_the_same_epoch():
    script = to_script(run(QUICK).edit(100, 3, 2.5))
    assert "\n100,3,2.5\n" in script
    assert "set_by_hand(epoch)" in script


def test_the_report_lists_what_was_set_by_hand():
    text = to_report(play_on(run(QUICK).edit(100, 3, 2.5).edit(100, 33, 1.5)))
    assert "Weight from x1 to unit 1 in layer 1, set by hand" in text
    assert "Bias of unit 1 in layer 1, set by hand" in text


@given(st.lists(st.integers(1, 6), min_size=2, max_size=5).map(tuple), st.data())
def test_a_parameters_place_is_its_index_read_backwards(sizes, data):
    total = sum((a + 1) * b for a, b in pairwise(sizes))
    parameter = data.draw(st.integers(0, total - 1))
    assert parameter_index(sizes, *parameter_place(sizes, parameter)) == parameter
    with pytest.raises(FieldError, match="parameter is no weight"):
        parameter_place(sizes, total)
