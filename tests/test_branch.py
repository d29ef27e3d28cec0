"""Train on from here: a run of its own from an epoch looked at. Without a browser."""

import numpy as np
import pytest

from dashboard.app import events as e
from moons import Experiment, ModelSpec, TrainSpec, run
from tests.page import (
    at_end,
    click,
    experiment_of,
    history_of,
    kept,
    open_page,
    payloads,
    player,
    send,
    served,
    setting,
    settled,
    state,
    text,
)


@pytest.fixture
def at_5000():
    """The notebook's run, finished and looked at 5,000 epochs in."""
    return send(open_page(view__epoch="15000"), e.Sought(5_000))


def finish(page):
    return settled(click(setting(page, "selectbox", "speed", 100_000), "train"))


def histories(page):
    return [run.history for run in kept(page)]


def test_a_branch_at_epoch_5000_with_unchanged_settings_equals_the_run(at_5000):
    original = history_of(at_5000)
    page = finish(click(at_5000, "branch"))
    branch = history_of(page)
    assert branch is not original
    np.testing.assert_array_equal(branch.train_loss, original.train_loss)
    np.testing.assert_array_equal(branch.test_loss, original.test_loss)
    for epoch in (4_999, 5_001, 15_000):
        np.testing.assert_array_equal(branch.weights_at(epoch), original.weights_at(epoch))
    assert histories(page) == [original, branch]


def test_a_setting_changed_after_it_holds_from_there_and_both_branches_are_kept(at_5000):
    original = history_of(at_5000)
    page = click(at_5000, "branch")
    assert "A branch at epoch 5,000" in text(page)
    page = setting(page, "select_slider", "training.learning_rate", 0.1)
    assert "From epoch 5,000 on: Learning rate 0.1" in text(page)
    assert at_end(page)
    expected = run(Experiment().changed(5_000, TrainSpec(learning_rate=0.1)))
    np.testing.assert_array_equal(history_of(page).train_loss, expected.train_loss)
    assert histories(page) == [original, history_of(page)]


def test_a_second_change_starts_from_the_same_epoch(at_5000):
    page = click(at_5000, "branch")
    for rate in (0.1, 0.2):
        page = setting(page, "select_slider", "training.learning_rate", rate)
    (change,) = experiment_of(page).changes
    assert (change.epoch, change.training.learning_rate) == (5_000, 0.2)


def test_what_needs_a_new_network_starts_anew(at_5000):
    page = setting(click(at_5000, "branch"), "number_input", "model.seed", 3)
    assert experiment_of(page) == Experiment(model=ModelSpec(seed=3))
    assert state(page).looked.origin == 0


def test_the_branch_can_be_undone(at_5000):
    before = player(at_5000).run
    page = click(click(at_5000, "branch"), "undo")
    assert player(page).run is before
    assert player(page).epoch == 5_000


def test_the_filmstrip_shows_each_epoch_that_is_trained():
    page = open_page(training__epochs="1000")
    page = setting(page, "selectbox", "step_size", 100)
    page = click(page, "step")
    strip = payloads(page)[-1]["pictures"]
    assert strip[0]["epoch"] == 0
    assert strip[-1]["epoch"] == 1_000
    assert [picture["epoch"] <= 100 for picture in strip] == [picture["z"] is not None for picture in strip]


def test_a_run_is_played_backwards_to_its_start(at_5000):
    seen = served(at_5000).feed.number
    page = settled(click(setting(at_5000, "selectbox", "speed", 500), "backwards"))
    assert [frame.epoch for frame in served(page).feed.since(seen)] == list(range(4_500, -1, -500))
    assert player(page).epoch == 0
    assert history_of(page).n_epochs == 15_000
    assert page.button(key="train").label == "Train"
