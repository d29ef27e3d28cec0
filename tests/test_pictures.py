"""The pictures of a playing run: exactly the run's states, and as many a second as there is room for."""

import time

import numpy as np
import pytest

from dashboard.app.feed import Feed
from dashboard.app.player import FEWEST, MOST_PICTURES, PICTURES, Player, fair_pictures
from dashboard.app.runs import Run
from dashboard.app.state import Cursor, Motion, RunId
from moons import DataSpec, Experiment, History, TrainSpec, run

EXPERIMENT = Experiment(DataSpec(n_points=40, n_test=20), training=TrainSpec(epochs=210))


def play(player, *, slices):
    """Let the player move to the end, in slices of so many seconds, one after the other."""
    for seconds in slices:
        if player.work(time.perf_counter() + seconds) is None:
            return
    raise AssertionError("the run never came to its end")


def player_of(history, feed):
    looked_at = Run(RunId(history.experiment), history)
    return Player(looked_at, Cursor(), feed, number=1, owner=feed, watched=lambda: True)


@pytest.mark.parametrize("seconds", [0.0, 0.03])
@pytest.mark.parametrize("batch_size", [None, 8])
def test_each_picture_is_the_runs_own_state_of_its_epoch(seconds, batch_size):
    experiment = Experiment(EXPERIMENT.data, training=TrainSpec(epochs=210, batch_size=batch_size))
    feed = Feed()
    player = player_of(History(experiment), feed)
    player.go(Cursor(0, Motion.FORWARD))
    play(player, slices=[seconds] * 5_000)
    frames, whole = feed.since(0), run(experiment)
    assert frames[-1].epoch == 210
    for frame in frames:
        np.testing.assert_array_equal(frame.parameters, whole.weights_at(frame.epoch))
    np.testing.assert_array_equal(player.run.history.train_loss, whole.train_loss)


def test_another_speed_holds_from_the_next_picture_on():
    feed = Feed()
    player = player_of(History(EXPERIMENT), feed)
    player.go(Cursor(0, Motion.FORWARD))
    player.work(time.perf_counter() + 60)
    before = feed.since(0)
    player.speed = 7
    player.work(time.perf_counter() + 60)
    assert {frame.epoch % 20 for frame in before} == {0}
    after = [before[-1].epoch, *(frame.epoch for frame in feed.since(before[-1].number))]
    assert set(np.diff(after)) == {7}


def test_many_players_share_the_pictures_that_a_server_makes():
    assert fair_pictures(0) == fair_pictures(1) == PICTURES
    assert 20 <= fair_pictures(100) <= MOST_PICTURES / 100
    assert FEWEST < fair_pictures(100, waiting=4) < fair_pictures(100)
    assert fair_pictures(100_000) == FEWEST
