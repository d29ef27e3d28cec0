"""What a changed setting does to the run being looked at."""

from dataclasses import replace

import numpy as np
import pytest
from dashboard.follow import anew, follow
from dashboard.player import Player

from moons import DataSpec, Experiment, History, ModelSpec, TrainSpec, run

SHORT = Experiment(DataSpec(n_points=40, n_test=20), training=TrainSpec(epochs=500))
LONG = Experiment(DataSpec(n_points=5_000), ModelSpec(hidden=(256, 256)), TrainSpec(epochs=100_000))


def faster(experiment, **settings):
    """The experiment that the widgets say, with one other setting."""
    training = replace(experiment.training_now, **settings or {"learning_rate": 0.06})
    return Experiment(experiment.data, experiment.model, training)


def at(experiment, epoch):
    player = Player(History(experiment))
    player.step(epoch, within=60)
    return player


@pytest.mark.parametrize("instant", [True, False])
def test_a_long_run_that_is_paused_goes_on_from_where_it_is(instant):
    player = at(LONG, 2)
    other, said = follow(player, faster(LONG), device="auto", instant=instant)
    assert other.epoch == 2
    assert [change.epoch for change in other.history.experiment.changes] == [2]
    assert said.say() == "From epoch 2 on: Learning rate 0.06. The loss chart marks it."


def test_at_the_end_of_a_run_another_rate_means_another_run():
    player = at(SHORT, 500)
    other, said = follow(player, faster(SHORT), device="auto", instant=False)
    assert other.epoch == 0
    assert other.history.experiment == faster(SHORT)
    assert "needs a new run" in said.say()
    other.play()
    while other.playing:
        list(other.tick(8, 500, 60))
    np.testing.assert_array_equal(other.history.train_loss, run(faster(SHORT)).train_loss)


def test_at_the_end_of_a_run_more_epochs_go_on_from_there():
    longer = faster(SHORT, epochs=800)
    other, _said = follow(at(SHORT, 500), longer, device="auto", instant=False)
    assert (other.epoch, other.history.experiment.epochs) == (500, 800)


def test_fewer_epochs_than_are_trained_mean_a_new_run_on_a_branch_too():
    player = at(SHORT, 500)
    branch = player.branch(300, SHORT.training)
    branch.origin = 300
    other, _said = follow(branch, faster(SHORT, epochs=7), device="auto", instant=True)
    assert (other.epoch, other.origin) == (7, 0)


@pytest.mark.parametrize(
    "wanted",
    [
        faster(SHORT),
        faster(SHORT, optimizer="adam"),
        replace(SHORT, model=ModelSpec(activation="tanh")),
        replace(SHORT, data=DataSpec(n_points=40, n_test=20, noise=0.3)),
    ],
    ids=["rate", "optimiser", "activation", "data"],
)
@pytest.mark.parametrize("epoch", [0, 500])
def test_weights_set_by_hand_before_the_first_epoch_stay_where_a_run_starts(wanted, epoch):
    player = Player(History(SHORT)).edit(0, 35, 5.0)
    player.step(epoch, within=60)
    other, said = follow(player, wanted, device="auto", instant=True)
    assert other.history.weights_at(0)[35] == 5.0
    assert other.at_end
    assert said is None
    np.testing.assert_array_equal(anew(player, wanted, "auto").state.parameters, other.history.weights_at(0))


@pytest.mark.parametrize("model", [ModelSpec(hidden=(8,)), ModelSpec(seed=1), ModelSpec(init="xavier")])
def test_weights_set_by_hand_leave_with_the_network_they_were_set_in_and_that_is_said(model):
    player = Player(History(SHORT)).edit(0, 35, 5.0)
    player.step(500, within=60)
    other, said = follow(player, replace(SHORT, model=model), device="auto", instant=True)
    assert other.history.experiment.edits == ()
    assert said.say().endswith("this needs a new run, without the weights that you set by hand.")
    assert said.undo


def test_a_change_before_the_epoch_of_a_branch_begins_there():
    player = at(SHORT, 500)
    branch = player.branch(300, SHORT.training)
    branch.origin = 300
    branch.seek(100)
    other, _said = follow(branch, faster(SHORT), device="auto", instant=False)
    assert (other.epoch, other.origin) == (100, 100)
