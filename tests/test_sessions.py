"""Sessions on the server: runs that worker threads train, found again by a token, cancelled at once."""

import threading
import time
from dataclasses import replace

import numpy as np
import pytest

from dashboard.app import events as e
from dashboard.app import sessions as sessions_module
from dashboard.app import shelf as shelf_module
from dashboard.app.runner import Runner
from dashboard.app.runs import Run, open_run, shared_epochs
from dashboard.app.session import ABSENT, Session
from dashboard.app.sessions import KEPT, Sessions
from dashboard.app.state import Cursor, Looked, Motion, Notice, Place, RunId, Transport
from dashboard.app.view import View
from moons import DataSpec, Edit, Experiment, FieldError, History, ModelSpec, TrainSpec, run
from moons.run import CHUNK_EPOCHS
from tests.page import PATIENCE, until

SHORT = Experiment(DataSpec(n_points=40, n_test=20), training=TrainSpec(epochs=500))
ENDLESS = replace(SHORT, training=TrainSpec(epochs=100_000))
HUGE = Experiment(DataSpec(n_points=5_000), ModelSpec(hidden=(256,) * 6), TrainSpec(epochs=100_000, batch_size=32))


@pytest.fixture
def runner():
    made = Runner(2)
    yield made
    made.close()


@pytest.fixture
def session(runner, clock):
    return opened(Session(runner, clock), SHORT)


def opened(session, experiment, epoch=0):
    session.send(e.Opened(experiment, View(epoch=epoch)))
    return session


def ask(session, **training):
    """A setting is changed."""
    now = session.state.experiment
    wanted = replace(now.training_now, **training)
    return session.send(e.SettingsChanged(Experiment(now.data, now.model, wanted), session.state.looked.run.device))


def idle(runner):
    until(lambda: not runner.busy)


# a run is asked for, and comes


@pytest.mark.parametrize("patience", [0.0, PATIENCE])
def test_instant_ends_at_the_same_finished_run_however_long_it_takes(session, patience):
    ask(session, learning_rate=0.1)
    early = session.settle(patience)
    assert early.looked.cursor.epoch == 500, "nothing else is ever wanted"
    state = session.settle(PATIENCE)
    assert (state.epoch, state.busy) == (500, False)
    expected = run(replace(SHORT, training=TrainSpec(epochs=500, learning_rate=0.1)))
    np.testing.assert_array_equal(session.player.run.history.train_loss, expected.train_loss)
    np.testing.assert_array_equal(session.player.state.parameters, expected.weights_at(500))


def test_a_link_is_trained_up_to_its_epoch_and_to_the_one_its_change_is_shown_since(session):
    session.send(e.Opened(SHORT, View(epoch=100, since=250, picture="change")))
    state = session.settle(PATIENCE)
    assert (state.epoch, state.progress.known, session.player.epoch) == (100, 250, 100)
    assert not state.busy


def test_while_it_is_computed_the_state_says_so_and_pause_ends_it(session, runner):
    opened(session, ENDLESS, epoch=100_000)
    assert session.state.computing
    until(lambda: session.player.epoch > 0)
    assert session.player.seconds_left > 0
    state = session.send(e.PausePressed())
    idle(runner)
    assert not session.state.busy
    assert session.state.epoch >= state.epoch > 0


def test_a_changed_setting_ends_the_run_before_at_once(session, runner):
    opened(session, ENDLESS)
    ask(session, learning_rate=0.1)
    before = session.player
    until(lambda: before.epoch > 0)
    ask(session, epochs=100)
    stopped = before.run.history.n_epochs
    assert session.settle(PATIENCE).epoch == 100
    idle(runner)
    assert before.run.history.n_epochs <= stopped + CHUNK_EPOCHS < 100_000
    assert session.player.run is not before.run


def test_a_huge_run_can_be_abandoned(runner, clock):
    sessions = Sessions(runner, clock)
    session = opened(sessions.new(), HUGE)
    session.send(e.TrainPressed())
    until(lambda: runner.busy)
    sessions.forget(session.token)
    clock.now += 2 * ABSENT
    idle(runner)
    assert session.player.run.history.n_epochs < 100


def test_train_moves_the_state_without_anybody_asking(session, runner):
    opened(session, ENDLESS)
    session.send(e.TrainPressed())
    first = session.player.epoch
    until(lambda: session.player.epoch > first)
    state = session.send(e.PausePressed())
    idle(runner)
    assert session.state.epoch == session.player.epoch == state.epoch
    frames = session.feed.since(0)
    assert [frame.epoch for frame in frames] == sorted(frame.epoch for frame in frames)


def test_a_preview_shows_the_finished_run_and_leaves_the_one_looked_at(session):
    before = session.player
    other = Looked(RunId(replace(SHORT, training=TrainSpec(epochs=60, learning_rate=0.1))))
    preview = session.preview(other, 60, PATIENCE)
    assert (preview.epoch, session.player) == (60, before)
    np.testing.assert_array_equal(preview.state.parameters, run(other.run.experiment).weights_at(60))
    assert session.feed.since(0) == []


def test_a_preview_that_takes_too_long_is_none_and_ends(session, runner):
    assert session.preview(Looked(RunId(ENDLESS)), 100_000, 0.0) is None
    idle(runner)


def test_a_run_beside_is_trained_as_long_as_it_is_asked_for_and_kept(session, runner, clock):
    data = session.player.run.history.dataset
    short = session.beside(SHORT, data, 3)
    assert short.wait(PATIENCE)
    assert session.beside(SHORT, data, 3) is short
    np.testing.assert_array_equal(short.run.history.train_loss, run(SHORT).train_loss)
    long = session.beside(HUGE, data, 3)
    clock.now += 60
    idle(runner)
    assert not long.done
    known = long.run.history.n_epochs
    session.beside(HUGE, data, 3)
    until(lambda: long.run.history.n_epochs > known)
    assert session.state.epoch == 0


def test_a_run_beside_that_can_not_go_on_is_no_longer_waited_for(session, caplog, monkeypatch):
    def play(*_arguments, **_options):
        raise MemoryError

    monkeypatch.setattr(History, "play", play)
    assert session.beside(SHORT, session.player.run.history.dataset, 3).wait(PATIENCE)
    until(lambda: "A task has failed" in caplog.text)


# what can't be


@pytest.mark.parametrize(
    "event",
    [
        e.SettingsChanged(SHORT, "nowhere"),
        e.WeightSet(Place(1, 0), 10_000, 1.0, 0.0, str),
        e.RunOpened(Looked(RunId(replace(SHORT, edits=(Edit(0, 10_000, 1.0),))))),
    ],
    ids=["device", "weight", "edit"],
)
@pytest.mark.parametrize("playing", [False, True])
def test_what_can_not_be_leaves_state_and_player_as_they_were(session, event, playing):
    opened(session, ENDLESS, epoch=20)
    session.settle(PATIENCE)
    if playing:
        session.send(e.TrainPressed())
    before, player, shelf = session.state, session.player, list(session.shelf)
    with pytest.raises(FieldError):
        session.send(event)
    after = session.state
    assert (after.looked.run, after.playing, after.before, after.notice, after.view) == (
        before.looked.run, playing, before.before, before.notice, before.view,
    )  # fmt: skip
    assert session.player is player
    assert list(session.shelf) == shelf
    assert session.try_send(event).notice.error
    assert session.player is player
    first = player.epoch
    if playing:
        until(lambda: player.epoch > first)


# undo, and the shelf


def test_undo_finds_the_run_that_was_left_with_all_that_was_trained(session):
    session.send(e.Sought(300))
    session.settle(PATIENCE)
    before = session.player.run
    ask(session, optimizer="adam")
    session.settle(PATIENCE)
    state = session.send(e.Undone())
    assert session.player.run is before
    assert (session.state.epoch, state.looked.cursor) == (300, Cursor(300))


def test_a_run_that_was_left_before_it_was_trained_is_found_by_undo_too(session):
    before = session.player.run
    session.send(e.RunOpened(Looked(RunId(ENDLESS))))
    session.send(e.Undone())
    assert session.player.run is before


# open_run


def trained(experiment, epochs):
    history = History(experiment)
    while history.n_epochs < epochs:
        next(history.play(history.last, epochs - history.n_epochs))
    return Run(RunId(experiment), history, seconds=2.0)


def test_a_run_that_is_known_is_found_again():
    one, other = trained(SHORT, 10), trained(ENDLESS, 10)
    assert open_run(RunId(SHORT), [other, one]) is one


@pytest.mark.parametrize(
    ("wanted", "shared"),
    [
        (SHORT.changed(200, TrainSpec(epochs=500, learning_rate=0.1)), 200),
        (SHORT.changed(400, TrainSpec(epochs=500, learning_rate=0.1)), 300),
        (SHORT.edited(Edit(100, 3, 1.5)), 100),
        (replace(SHORT, edits=(Edit(0, 3, 1.5),)), 0),
        (replace(SHORT, training=TrainSpec(epochs=500, learning_rate=0.1)), 0),
    ],
    ids=["change", "change beyond what is trained", "edit", "initial weights", "another run"],
)
def test_a_run_shares_the_epochs_it_has_in_common_with_a_known_one_bit_for_bit(wanted, shared):
    like = trained(SHORT, 300)
    losses = like.history.train_loss.copy()
    found = open_run(RunId(wanted), [like])
    assert found.history.n_epochs == shared
    assert found.seconds == pytest.approx(2.0 * shared / 300)
    for _chunk in found.history.play(found.history.last, 250):
        pass
    np.testing.assert_array_equal(found.history.train_loss, run(wanted).train_loss)
    np.testing.assert_array_equal(like.history.train_loss, losses)


def test_of_two_known_runs_the_one_with_more_in_common_is_shared():
    wanted = SHORT.changed(200, TrainSpec(epochs=500, learning_rate=0.1))
    short, long = trained(SHORT, 50), trained(SHORT.changed(150, TrainSpec(epochs=500, learning_rate=0.2)), 300)
    assert shared_epochs(long.experiment, wanted) == 150
    assert open_run(RunId(wanted), [short, long]).history.n_epochs == 150


def test_the_points_of_a_known_run_are_not_made_again():
    known = trained(SHORT, 1)
    other = open_run(RunId(replace(SHORT, model=ModelSpec(seed=3))), [known])
    assert other.history.dataset is known.history.dataset
    assert other.history.n_epochs == 0


# all sessions


def test_a_token_finds_its_session_and_no_other_one_does(runner, clock):
    sessions = Sessions(runner, clock)
    one, other = sessions.new(), sessions.new()
    assert sessions.find(one.token) is one
    assert sessions.find(other.token) is other
    assert sessions.find("") is sessions.find("another") is None
    assert len({sessions.new().token for _session in range(50)}) == 50
    assert len(one.token) >= 32


def test_what_is_forgotten_is_gone(runner, clock):
    sessions = Sessions(runner, clock)
    one = sessions.new()
    sessions.forget(one.token)
    sessions.forget(one.token)
    assert sessions.find(one.token) is None
    assert len(sessions) == 0


def test_a_session_is_kept_for_an_hour_after_its_browser_s_last_sign(runner, clock):
    sessions = Sessions(runner, clock)
    one = sessions.new()
    clock.now += KEPT
    sessions.tidy()
    assert sessions.find(one.token) is one
    clock.now += 1
    sessions.tidy()
    assert sessions.find(one.token) is None


def test_a_session_that_is_looked_at_is_never_forgotten(runner, clock):
    sessions = Sessions(runner, clock)
    one = sessions.new()
    one.feed.listen("a browser", lambda: None)
    clock.now += 10 * KEPT
    sessions.tidy()
    assert sessions.find(one.token) is one
    assert sessions.live == 1


def test_over_all_sessions_memory_is_bounded_and_those_not_looked_at_give_first(runner, clock, monkeypatch):
    sessions = Sessions(runner, clock)
    away, here = sessions.new(), sessions.new()
    for session in (away, here):
        for seed in range(4):
            opened(session, replace(SHORT, model=ModelSpec(hidden=(2,), seed=seed)), epoch=1)
            session.settle(PATIENCE)
            session.shelf.keep(session.player.run, session.state.looked, stays=True)
    clock.now += 2 * ABSENT
    here.look()
    one = away.player.run.history.nbytes
    monkeypatch.setattr(sessions_module, "MOST_BYTES", 5 * one)
    sessions.tidy()
    assert (len(away.shelf), len(here.shelf)) == (1, 4)
    monkeypatch.setattr(sessions_module, "MOST_BYTES", 0)
    sessions.tidy()
    assert sessions.find(away.token) is None
    assert len(here.shelf) == 1, "the current run of whoever looks stays"


def test_what_nobody_looks_at_is_suspended_and_goes_on_when_somebody_does(session, runner, clock):
    opened(session, ENDLESS)
    session.send(e.TrainPressed())
    until(lambda: session.player.epoch > 0)
    clock.now += ABSENT
    idle(runner)
    there = session.player.epoch
    assert session.state.playing
    session.look()
    until(lambda: session.player.epoch > there)


def test_whoever_waits_for_a_run_looks(session, clock):
    opened(session, ENDLESS)
    session.send(e.Sought(20_000))
    waiting = threading.Thread(target=session.settle, args=(PATIENCE,))
    waiting.start()
    deadline = time.monotonic() + PATIENCE
    while waiting.is_alive() and time.monotonic() < deadline:
        clock.now += ABSENT
    waiting.join()
    assert session.state.epoch == 20_000


def test_a_run_that_fails_is_told_and_the_page_goes_on(session, monkeypatch, caplog):
    with monkeypatch.context() as faulty:
        faulty.setattr(session.player.run.history, "play", lambda *_asked: iter(()))  # no chunk comes
        session.send(e.Sought(100))
        state = session.settle(PATIENCE)
        assert (state.notice.error, state.busy, state.epoch) == (True, False, 0)
        assert state.notice.say(str).startswith("The run can't go on: ")
    session.send(e.Sought(100))
    assert session.settle(PATIENCE).epoch == 100


def test_runs_removed_to_make_room_are_told_once(session, monkeypatch):
    monkeypatch.setattr(shelf_module, "MOST", 2)
    told = []
    for seed in range(4):
        opened(session, replace(SHORT, model=ModelSpec(hidden=(2,), seed=seed)), epoch=1)
        session.settle(PATIENCE)
        session.send(e.StepPressed(1))
        session.settle(PATIENCE)
        told += session.keep()
    assert [kept.run.experiment.model.seed for kept in told] == [0, 1]
    assert session.keep() == []
    assert session.shelf.removed == 2


def test_events_from_many_threads_leave_one_sound_state(session):
    opened(session, ENDLESS)

    def press():
        for _time in range(30):
            session.send(e.TrainPressed())
            session.send(e.StepPressed(10))
            session.send(e.Chosen(Transport(speed=100)))
            session.send(e.PausePressed())

    threads = [threading.Thread(target=press) for _thread in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    session.send(e.PausePressed())
    state = session.settle(PATIENCE)
    assert state.looked.cursor.motion is Motion.REST
    assert 0 <= state.epoch == session.player.epoch <= state.progress.known
    assert state.transport.speed == session.player.speed == 100


def test_a_notice_is_told_once_and_replaced_by_the_next(session):
    session.send(e.Said(Notice(lambda _: "one")))
    assert session.state.notice.say(str) == "one"
    session.send(e.TrainPressed())
    assert session.state.notice is None
