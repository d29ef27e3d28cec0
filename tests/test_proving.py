"""What would help is tried in the background, and never at the cost of what moves."""

import time

import pytest

from dashboard.app import events as e
from dashboard.app import proving as proving_module
from dashboard.app.proving import Proving
from dashboard.app.runner import BACKGROUND, Runner
from dashboard.app.runs import Run
from dashboard.app.session import Session
from dashboard.app.state import Cursor, Looked, RunId
from moons import Experiment, TrainSpec, run
from moons.inspection.health import prove
from tests.page import until

FAULTY = Experiment(training=TrainSpec(300, learning_rate=10.0))


class Task:
    """Counts its slices, and may hold one up until it is let go."""

    apart = False

    def __init__(self, owner, *, held=False):
        self.owner, self.held, self.done = owner, held, 0

    def work(self, until_then):
        self.done += 1
        while self.held:
            time.sleep(0.001)  # the runner's own thread: nobody else waits


@pytest.fixture
def runner():
    made = Runner(2)
    yield made
    made.close()


@pytest.fixture
def session(runner):
    made = Session(runner)
    made.send(e.SettingsChanged(FAULTY, "cpu"))
    made.send(e.Sought(300))
    assert made.player.wait(60)
    return made


def ended(session):
    session.look()
    return not session.proving.running


def test_the_background_waits_for_what_moves(runner):
    moving, later = Task("a person", held=True), Task(BACKGROUND)
    runner.wake(moving)
    until(lambda: moving.done)
    runner.wake(later)
    other = Task("another person")
    runner.wake(other)
    until(lambda: other.done)
    assert later.done == 0
    moving.held = False
    until(lambda: later.done)


def test_a_run_that_moves_goes_before_what_is_tried(runner, monkeypatch):
    monkeypatch.setattr(proving_module, "CALM", 0.0)
    tried = Proving(Run(RunId(FAULTY), run(FAULTY)), 300, watched=lambda: True, changed=lambda: None)
    moving = Task("a person", held=True)
    runner.wake(moving)
    until(lambda: moving.done)
    runner.wake(tried)
    for number in range(5):  # a thread is free all the while
        other = Task(f"person {number}")
        runner.wake(other)
        until(lambda other=other: other.done)
    assert tried.proof is None
    moving.held = False
    until(lambda: tried.proof is not None)
    tried.stop()


def test_a_slice_ends_when_its_time_is_up(monkeypatch):
    monkeypatch.setattr(proving_module, "CALM", 0.0)
    tried = Proving(Run(RunId(FAULTY), run(FAULTY)), 300, watched=lambda: True, changed=lambda: None)
    tried.work(time.perf_counter())  # its time is up before it begins
    assert tried.proof is None
    tried.work(time.perf_counter() + 1e-9)
    known = tried.proof
    assert known is None or (known.tried, known.complete) == (0, False)


def test_what_is_tried_is_what_the_package_finds(session):
    assert session.prove().running
    until(lambda: ended(session))
    there, here = session.proving.proof, prove(run(FAULTY, device="cpu"))
    assert [(t.cause, t.figures) for t in there.trials] == [(t.cause, t.figures) for t in here.trials]
    assert there.verdict == here.verdict
    assert session.proving.best.remedy == here.verdict.remedy


def test_a_person_who_goes_elsewhere_ends_it(session):
    first = session.prove()
    session.send(e.Sought(100))
    assert first.over
    assert session.proving is None
    assert session.player.wait(60)
    assert session.prove() is not first


def test_what_is_done_stays_for_whoever_comes_back(session):
    first = session.prove()
    until(lambda: ended(session))
    session.send(e.Sought(100))
    assert session.player.wait(60)
    assert session.proving is None
    session.send(e.Sought(300))
    assert session.player.wait(60)
    assert session.prove() is first


def test_nothing_is_tried_of_a_run_that_moves_or_is_untrained(session):
    session.send(e.Sought(0))
    assert session.player.wait(60)
    assert session.prove() is None
    session.send(e.SettingsChanged(Experiment(training=TrainSpec(100_000)), "cpu"))
    session.send(e.TrainPressed())
    assert session.prove() is None


def test_it_ends_with_its_time_and_goes_on_when_it_is_allowed_more():
    history = run(FAULTY)
    proving = Proving(Run(RunId(FAULTY), history), 300, watched=lambda: True, changed=lambda: None)
    proving.allow(-1e9)
    assert proving.paused
    proving.allow(60.0)
    while (again := proving.work(time.perf_counter() + 60.0)) is not None:
        assert again >= 0
    assert proving.proof.complete
    assert not proving.running


def test_a_trained_run_is_opened_as_it_is(session):
    other = run(Experiment(training=TrainSpec(200, learning_rate=1.0)), device="cpu")
    known = Run(RunId(other.experiment, "cpu"), other)
    session.put_run(known)
    session.send(e.RunOpened(Looked(known.id, Cursor(200))))
    assert session.player.run is known
    assert session.player.wait(60)
    assert session.player.epoch == 200


def test_a_recording_replaces_the_same_run(session):
    before, now = session.player, session.state
    again = Run(before.run.id, run(FAULTY, engine="torch", device="cpu"))
    session.put_run(again)
    assert session.player.run is again
    assert session.player.number != before.number
    assert session.player.wait(60)
    assert session.state.looked == now.looked
