"""The player moves a cursor through a history."""

import threading
from types import SimpleNamespace

import numpy as np
import pytest

from dashboard.player import Player
from moons import DataSpec, Experiment, History, ModelSpec, TrainSpec, run

EXPERIMENT = Experiment(DataSpec(n_points=40, n_test=20), training=TrainSpec(epochs=1_000))


def test_a_tick_moves_by_whole_pictures_and_stops_at_the_end():
    player = Player(History(EXPERIMENT))
    player.play()
    seen = [state.epoch for state in player.tick(pictures=3, epochs=20, budget=60)]
    assert seen == [20, 40, 60]
    while player.playing:
        seen += [state.epoch for state in player.tick(pictures=8, epochs=200, budget=60)]
    assert seen[-1] == 1_000
    assert player.at_end


def test_a_step_is_exactly_as_long_as_asked():
    player = Player(History(EXPERIMENT))
    for epochs, epoch in ((1, 1), (10, 11), (100, 111), (1_000, 1_000), (1, 1_000)):
        player.step(epochs, within=60)
        assert player.epoch == epoch
        assert not player.playing


def test_a_step_that_takes_long_is_played_so_that_it_can_be_paused():
    player = Player(History(EXPERIMENT))
    player.step(100, within=0)
    assert player.playing
    seen = [state.epoch for state in player.tick(pictures=8, epochs=1, budget=60)]
    assert seen[-1] == player.epoch == 100
    assert not player.playing
    player.step(100, within=0)
    player.pause()
    player.play()
    while player.playing:
        list(player.tick(pictures=8, epochs=500, budget=60))
    assert player.epoch == 1_000


def test_the_pace_is_that_of_whole_ticks(monkeypatch):
    seconds = iter(range(1_000))
    monkeypatch.setattr("dashboard.player.time", SimpleNamespace(perf_counter=lambda: next(seconds) / 100))
    player = Player(History(EXPERIMENT))
    player.play()
    began, paces = [], []
    while player.playing:
        began.append(player.epoch)
        list(player.tick(pictures=4, epochs=70, budget=60))
        paces.append(player.pace)
    assert began[-1] == 840  # so that the last tick moves by less
    assert paces[0] == 0 < paces[1]
    assert paces[-1] == pytest.approx(paces[1], rel=0.1)
    player.play()
    assert player.pace == 0
    list(player.tick(pictures=4, epochs=1_000, budget=60))
    assert player.pace > 1_000


def test_a_step_crosses_a_change_of_settings():
    history = History(EXPERIMENT)
    Player(history).step(100, within=60)
    player = Player(history.branch(50, TrainSpec(epochs=1_000, learning_rate=0.1)), 0)
    player.step(200, within=60)
    assert player.epoch == 200


def test_playing_a_finished_run_replays_it_from_the_start():
    history = run(EXPERIMENT)
    losses = history.train_loss.copy()
    player = Player(history, 1_000)
    player.play()
    assert player.epoch == 0
    assert [state.epoch for state in player.tick(pictures=4, epochs=10, budget=60)] == [10, 20, 30, 40]
    np.testing.assert_array_equal(history.train_loss, losses)
    assert history.n_epochs == 1_000


def test_playing_backwards_passes_the_same_states_the_other_way():
    history = run(EXPERIMENT)
    there, back = Player(history), Player(history, 1_000)
    there.play()
    back.play(backwards=True)
    forwards = list(there.tick(pictures=20, epochs=50, budget=60))
    backwards = list(back.tick(pictures=20, epochs=50, budget=60))
    assert not back.playing
    assert [state.epoch for state in backwards] == list(range(950, -1, -50))
    for one, other in zip(forwards[:-1], backwards[-2::-1], strict=True):
        np.testing.assert_array_equal(one.parameters, other.parameters)


def test_a_branch_goes_on_from_its_epoch_and_leaves_the_run_as_it_was():
    player = Player(run(EXPERIMENT), 1_000)
    losses = player.history.train_loss.copy()
    other = player.branch(400, TrainSpec(epochs=1_000, learning_rate=0.3))
    assert other.epoch == 400
    assert other.finish(within=60)
    np.testing.assert_array_equal(player.history.train_loss, losses)
    np.testing.assert_array_equal(other.history.train_loss[:401], losses[:401])
    assert other.history.train_loss[401] != losses[401]


def test_a_run_is_finished_at_once_or_not_at_all():
    player = Player(History(EXPERIMENT))
    player.step(10)
    assert player.finish() in {True, False}
    assert player.epoch in {0, 1_000}


def test_only_one_thread_has_the_turn():
    player = Player(History(EXPERIMENT))
    heard = []
    with player.turn() as mine:
        assert mine
        other = threading.Thread(target=lambda: heard.append(player.turn().__enter__()))
        other.start()
        other.join()
    assert heard == [False]
    with player.turn() as mine:
        assert mine


def test_a_costly_run_is_not_begun_by_many_epochs_at_once(monkeypatch):
    player = Player(History(Experiment(DataSpec(n_points=5_000), ModelSpec(hidden=(256,) * 6))))
    tried: list[int] = []
    monkeypatch.setattr(player, "advance", tried.append)
    assert not player.finish()
    assert tried[0] == 1
    tried.clear()
    assert not player.reach(1_000, within=0.1)
    assert tried[0] == 1
