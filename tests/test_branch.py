"""Train on from here: a run of its own from an epoch looked at. Without a browser."""

import json

import numpy as np
import pytest

from moons import Experiment, ModelSpec, TrainSpec, run
from tests.test_page import checked, click, live, open_page, player, setting, text


@pytest.fixture
def at_5000():
    """The notebook's run, finished and looked at 5,000 epochs in."""
    page = setting(open_page(), "selectbox", "speed", 100_000)
    page = click(page, "train")
    while player(page).playing:
        checked(page.run())
    player(page).seek(5_000)
    return checked(page.run())


def finish(page):
    page = click(page, "train")
    while player(page).playing:
        checked(page.run())
    return checked(page.run())


def kept(page):
    return [entry.player.history for entry in page.session_state["shelf"]]


def test_a_branch_at_epoch_5000_with_unchanged_settings_equals_the_run(at_5000):
    original = player(at_5000).history
    page = finish(click(at_5000, "branch"))
    branch = player(page).history
    assert branch is not original
    np.testing.assert_array_equal(branch.train_loss, original.train_loss)
    np.testing.assert_array_equal(branch.test_loss, original.test_loss)
    for epoch in (4_999, 5_001, 15_000):
        np.testing.assert_array_equal(branch.weights_at(epoch), original.weights_at(epoch))
    assert kept(page) == [original, branch]


def test_a_setting_changed_after_it_holds_from_there_and_both_branches_are_kept(at_5000):
    original = player(at_5000).history
    page = click(at_5000, "branch")
    assert "A branch at epoch 5,000" in text(page)
    page = setting(page, "select_slider", "training.learning_rate", 0.1)
    assert "From epoch 5,000 on: Learning rate 0.1" in text(page)
    page = finish(page) if not player(page).at_end else page  # instant where the machine is fast enough
    expected = run(Experiment().changed(5_000, TrainSpec(learning_rate=0.1)))
    np.testing.assert_array_equal(player(page).history.train_loss, expected.train_loss)
    assert kept(page) == [original, player(page).history]


def test_a_second_change_starts_from_the_same_epoch(at_5000):
    page = click(at_5000, "branch")
    for rate in (0.1, 0.2):
        page = setting(page, "select_slider", "training.learning_rate", rate)
    (change,) = player(page).history.experiment.changes
    assert (change.epoch, change.training.learning_rate) == (5_000, 0.2)


def test_what_needs_a_new_network_starts_anew(at_5000):
    page = setting(click(at_5000, "branch"), "number_input", "model.seed", 3)
    assert player(page).history.experiment == Experiment(model=ModelSpec(seed=3))
    assert player(page).origin == 0


def test_the_branch_can_be_undone(at_5000):
    before = player(at_5000)
    page = click(click(at_5000, "branch"), "undo")
    assert player(page) is before
    assert player(page).epoch == 5_000


def test_the_filmstrip_shows_each_epoch_that_is_trained():
    page = open_page(training__epochs="1000")
    page = setting(page, "selectbox", "step_size", 100)
    page = click(page, "step")
    strip = json.loads(page.get("bidi_component")[-1].proto.json)["pictures"]
    assert strip[0]["epoch"] == 0
    assert strip[-1]["epoch"] == 1_000
    assert [picture["epoch"] <= 100 for picture in strip] == [picture["z"] is not None for picture in strip]


def test_a_run_is_played_backwards_to_its_start(at_5000):
    page = setting(at_5000, "selectbox", "speed", 500)
    page = click(page, "backwards")
    epochs = [frame["epoch"] for frame in live(page)["frames"]]
    assert epochs == sorted(epochs, reverse=True)
    while player(page).playing:
        checked(page.run())
    assert player(page).epoch == 0
    assert player(page).history.n_epochs == 15_000
    checked(page.run())
    assert page.button(key="train").label == "Train"
