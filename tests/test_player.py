"""The player moves a cursor through a run, a slice of time at a time."""

import math
import time
from dataclasses import replace
from importlib import import_module
from types import SimpleNamespace

import numpy as np
import pytest

from dashboard.app.feed import Feed
from dashboard.app.player import PICTURES, Player
from dashboard.app.runs import Run
from dashboard.app.state import Cursor, Motion, RunId
from moons import DataSpec, Experiment, History, ModelSpec, TrainSpec, run
from moons.device import TransferError, to_device
from moons.inspection.points import evaluate
from moons.progress import State
from moons.scores import scores_of

EXPERIMENT = Experiment(DataSpec(n_points=40, n_test=20), training=TrainSpec(epochs=1_000))
LARGE = Experiment(DataSpec(n_points=5_000), ModelSpec(hidden=(256,) * 6))


def player_of(history, *, feed=None, watched=True):
    looked_at = Run(RunId(history.experiment), history)
    feed = feed or Feed()
    return Player(looked_at, Cursor(), feed, owner=feed, number=1, watched=lambda: watched)


def go(player, epoch, motion=Motion.REST, goal=None):
    """Let it go there, or move from there, until it rests. Returns the epochs it has shown."""
    seen = player.owner.number
    player.go(Cursor(epoch, motion, goal))
    while player.work(time.perf_counter() + 60) is not None:
        pass
    assert player.arrived
    return [frame.epoch for frame in player.owner.since(seen)]


@pytest.mark.parametrize("speed", [100, 300])
def test_playing_shows_a_picture_every_so_many_epochs_and_rests_at_the_end(speed):
    player = player_of(History(EXPERIMENT))
    player.speed = speed
    assert go(player, 0, Motion.FORWARD) == [*range(speed, 1_000, speed), 1_000]
    assert player.cursor == Cursor(1_000)
    np.testing.assert_array_equal(player.run.history.train_loss, run(EXPERIMENT).train_loss)


def test_what_is_asked_for_is_shown_to_the_epoch():
    player = player_of(History(EXPERIMENT))
    for epoch in (1, 11, 111, 1_000, 400):
        go(player, epoch)
        assert player.epoch == epoch
        np.testing.assert_array_equal(player.state.parameters, run(EXPERIMENT).weights_at(epoch))


@pytest.mark.parametrize("motion", [Motion.REST, Motion.FORWARD])
def test_where_it_rests_the_figures_are_those_of_every_file(motion):
    player = player_of(History(EXPERIMENT))
    seen = player.owner.number
    go(player, 1_000 if motion is Motion.REST else 0, motion)
    last = list(player.owner.since(seen))[-1]
    assert last.scores == evaluate(player.model(), player.run.history.dataset, EXPERIMENT.training).scores


@pytest.mark.parametrize("known", [False, True], ids=["new", "trained before"])
def test_pytorch_is_asked_for_the_figures_only_where_it_rests(known, monkeypatch):
    history, asked = History(EXPERIMENT), []
    if known:
        go(player_of(history), 1_000)

    def counted(*told):
        asked.append(told)
        return scores_of(*told)

    monkeypatch.setattr("dashboard.app.player.scores_of", counted)
    seen = go(player_of(history), 0, Motion.FORWARD)
    assert len(seen) == 50
    assert len(asked) == 1


def test_a_goal_ends_the_motion():
    player = player_of(History(EXPERIMENT))
    go(player, 0, Motion.FORWARD, goal=110)
    assert player.cursor == Cursor(110)
    assert player.run.history.n_epochs == 110


def test_the_pace_is_that_of_the_last_pictures(monkeypatch):
    clock = SimpleNamespace(now=0.0)

    class Slow(Feed):
        """Each picture takes a tenth of a second."""

        def add(self, *told):
            clock.now += 0.1
            super().add(*told)

    monkeypatch.setattr(
        "dashboard.app.player.time", SimpleNamespace(perf_counter=lambda: clock.now, thread_time=lambda: clock.now)
    )
    player = player_of(History(EXPERIMENT), feed=Slow())
    player.speed = 5
    player.go(Cursor(0, Motion.FORWARD))
    assert player.pace == 0
    while player.epoch < 2 * PICTURES * player.speed:
        player.work(math.nextafter(clock.now, math.inf) + 1)
    assert player.pace == pytest.approx(50)
    go(player, player.epoch, Motion.BACKWARD)
    assert player.pace == pytest.approx(50)
    player.go(Cursor(100))
    assert player.pace == 0
    go(player, 0)  # a leap
    assert player.pace == 0


def test_playing_crosses_a_change_of_settings():
    player = player_of(run(EXPERIMENT).branch(50, TrainSpec(epochs=1_000, learning_rate=0.1)))
    go(player, 0, Motion.FORWARD, goal=200)
    assert player.epoch == 200
    expected = run(EXPERIMENT.changed(50, TrainSpec(epochs=1_000, learning_rate=0.1)))
    np.testing.assert_array_equal(player.state.parameters, expected.weights_at(200))


def test_a_finished_run_is_replayed_without_a_change():
    history = run(EXPERIMENT)
    losses = history.train_loss.copy()
    player = player_of(history)
    assert go(player, 0, Motion.FORWARD, goal=40) == [20, 40]
    np.testing.assert_array_equal(history.train_loss, losses)
    assert history.n_epochs == 1_000


def test_playing_backwards_passes_the_same_states_the_other_way():
    player = player_of(run(EXPERIMENT))
    player.speed = 50
    forwards = go(player, 0, Motion.FORWARD)
    shown = {frame.epoch: frame.parameters for frame in player.owner.since(0)}
    backwards = go(player, 1_000, Motion.BACKWARD)
    assert backwards == [*forwards[-2::-1], 0]
    assert player.cursor == Cursor(0)
    for frame in player.owner.since(len(forwards))[:-1]:
        np.testing.assert_array_equal(frame.parameters, shown[frame.epoch])


def interrupted(player, by):
    """Let `by` happen in the midst of each chunk."""
    play = player.run.history.play

    def chunks(start, epochs, *, stop):
        for chunk in play(start, epochs, stop=stop):
            by()
            yield chunk

    player.run.history.play = chunks


@pytest.mark.parametrize("motion", [Motion.REST, Motion.FORWARD])
def test_work_for_an_epoch_that_is_wanted_no_more_ends_with_its_chunk_and_is_not_shown(motion):
    player = player_of(History(EXPERIMENT))
    interrupted(player, lambda: player.go(Cursor(0)))
    player.go(Cursor(1_000 if motion is Motion.REST else 0, motion))
    player.work(time.perf_counter() + 60)
    assert player.arrived
    assert (player.epoch, player.owner.number) == (0, 0)
    assert player.run.history.n_epochs <= 250


@pytest.mark.parametrize("cursor", [Cursor(1_000), Cursor(0, Motion.FORWARD)], ids=["computed", "played"])
def test_a_slice_of_a_costly_run_ends_inside_an_epoch_and_the_next_goes_on_there(cursor):
    batches = replace(LARGE, training=TrainSpec(batch_size=1))
    player = player_of(History(batches))
    player.go(cursor)
    for done in (1, 2):
        assert player.work(time.perf_counter() + 0.02) is not None
        assert player.run.history.n_epochs == 0
        assert player.run.history.last.partial.batches >= done
    assert player.epoch == 0


def test_what_is_left_to_compute_is_told_in_seconds():
    player = player_of(History(EXPERIMENT))
    player.go(Cursor(1_000))
    assert player.seconds_left > 0
    go(player, 1_000)
    assert player.seconds_left == 0
    costly = player_of(History(LARGE))
    costly.go(Cursor(1_000))
    assert costly.seconds_left > 60


def test_where_nobody_looks_nothing_is_computed():
    player = player_of(History(EXPERIMENT), watched=False)
    player.go(Cursor(1_000))
    assert player.work(time.perf_counter() + 60) is None
    assert player.run.history.n_epochs == 0
    assert not player.arrived


def test_a_faulty_transfer_ends_the_motion_and_is_told(monkeypatch):
    history = History(EXPERIMENT, engine="torch")
    player = player_of(history)
    with monkeypatch.context() as faulty:
        faulty.setattr(
            import_module("moons.scores"),
            "to_device",
            lambda array, device: to_device(array, device, lambda tensor, _: tensor.flip(0)),
        )
        go(player, 10)
        assert isinstance(player.failure, TransferError)
        assert (player.epoch, history.n_epochs) == (0, 0)
    go(player, 10)
    assert player.failure is None
    assert player.epoch == 10


def test_a_fault_that_nobody_has_foreseen_ends_the_motion_too():
    player = player_of(History(EXPERIMENT))
    interrupted(player, lambda: 1 / 0)
    player.go(Cursor(10))
    with pytest.raises(ZeroDivisionError):
        player.work(time.perf_counter() + 60)
    assert player.arrived
    assert isinstance(player.failure, ZeroDivisionError)


def test_a_slow_listener_misses_the_oldest_frames_alone():
    feed = Feed()
    state = State(0, 0, np.zeros(1, np.float32), np.zeros((0, 1), np.float32))
    for epoch in range(1_000):
        feed.add(1, epoch, None, state.parameters)
    kept = [frame.number for frame in feed.since(0)]
    assert kept == list(range(1_001 - len(kept), 1_001))
    assert [frame.epoch for frame in feed.since(997)] == [997, 998, 999]


def test_a_listener_is_woken_by_each_frame_until_it_leaves():
    feed, heard = Feed(), []
    feed.listen("one", lambda: heard.append(feed.number))
    feed.add(1, 0, None, np.zeros(1, np.float32))
    feed.leave("one")
    feed.add(1, 1, None, np.zeros(1, np.float32))
    assert heard == [1]
    assert feed.listeners == 0
