"""The shelf keeps a session's runs."""

from dataclasses import replace

import pytest

from dashboard.app import shelf as shelf_module
from dashboard.app.runs import Run
from dashboard.app.shelf import GLIMPSE, MOST, MOST_PINNED, Shelf
from dashboard.app.state import Cursor, Looked, RunId
from moons import DataSpec, Experiment, History, ModelSpec, TrainSpec

EXPERIMENT = Experiment(DataSpec(n_points=20, n_test=20), ModelSpec(hidden=(2,)), TrainSpec(epochs=20))


@pytest.fixture
def shelf(clock):
    return Shelf(clock)


def run_of(seed=0, epochs=20):
    """A run that is trained for some of its 20 epochs."""
    experiment = replace(EXPERIMENT, model=replace(EXPERIMENT.model, seed=seed))
    return trained(Run(RunId(experiment), History(experiment, engine="torch")), epochs)


def trained(run, epochs):
    """The run, so many epochs further."""
    wanted = run.history.n_epochs + epochs
    while run.history.n_epochs < wanted:
        next(run.history.play(run.history.last, wanted - run.history.n_epochs))
    return run


def branch(run, epoch, rate=0.5):
    """A run that goes on from there at another rate."""
    history = run.history.branch(epoch, replace(EXPERIMENT.training, learning_rate=rate))
    return Run(RunId(history.experiment), history)


def looked(run, origin=0, *, by_hand=False):
    return Looked(run.id, Cursor(run.history.n_epochs), origin, by_hand)


def kept(shelf):
    return [one.run for one in shelf]


def show(shelf, clock, *runs, origin=0):
    """Each is current for a minute; returns what had to leave."""
    gone = []
    for one in runs:
        gone += shelf.show(one, looked(one, origin))
        clock.now += 60
    return gone


def test_a_run_is_kept_once_it_is_trained(shelf, clock):
    one = run_of(epochs=0)
    show(shelf, clock, one)
    assert len(shelf) == 0
    trained(one, 5)
    show(shelf, clock, one, one)
    assert kept(shelf) == [one]


def test_a_run_that_was_playing_when_another_began_is_kept(shelf, clock):
    one, other = run_of(epochs=0), run_of(1)
    shelf.show(one, looked(one))
    trained(one, 5)
    shelf.show(other, looked(other))
    assert kept(shelf) == [one, other]


def test_runs_passed_in_a_glimpse_are_not_kept_but_the_last_is(shelf, clock):
    passed = [run_of(seed) for seed in range(5)]
    for one in passed:
        shelf.show(one, looked(one))
        clock.now += GLIMPSE / 10
    assert kept(shelf) == passed[-1:]


def test_a_run_that_a_person_has_moved_is_kept_at_once(shelf):
    one, other = run_of(epochs=10), run_of(1)
    shelf.show(one, looked(one, by_hand=True))
    shelf.show(other, looked(other))
    assert kept(shelf) == [one, other]


def test_a_run_that_was_looked_at_stays_when_it_is_passed_again(shelf, clock):
    one, other = run_of(), run_of(1)
    show(shelf, clock, one, other)
    shelf.show(one, looked(one))
    shelf.show(other, looked(other))
    assert kept(shelf) == [one, other]


def test_the_same_run_again_keeps_its_place_and_the_longer_one_is_kept(shelf, clock):
    short, long, again = run_of(epochs=10), run_of(), run_of(epochs=0)
    show(shelf, clock, short, long, again)
    assert kept(shelf) == [long]
    trained(again, 20)
    show(shelf, clock, again)
    assert kept(shelf) == [again]


def test_a_run_gone_on_with_at_its_end_takes_the_place_of_its_first_part(shelf, clock):
    one = run_of(epochs=10)
    on = branch(one, 10)
    trained(on, 5)
    show(shelf, clock, one, on)
    assert kept(shelf) == [on]


def test_a_run_branched_before_its_end_is_kept_beside_its_branch(shelf, clock):
    one = run_of()
    other = branch(one, 10)
    show(shelf, clock, one)
    show(shelf, clock, other, origin=10)
    assert kept(shelf) == [one]  # the branch has nothing of its own yet
    trained(other, 10)
    show(shelf, clock, other, origin=10)
    assert kept(shelf) == [one, other]


def test_the_oldest_unpinned_leaves_first(shelf, clock):
    players = [run_of(seed, epochs=1) for seed in range(MOST)]
    assert show(shelf, clock, *players) == []
    assert len(shelf) == MOST >= 20
    first, second, *_others = shelf
    first.pinned = True
    assert show(shelf, clock, run_of(MOST, epochs=1)) == [second]
    assert shelf.removed == 1
    assert first in list(shelf)


def test_memory_is_bounded_and_the_current_run_stays(shelf, clock, monkeypatch):
    players = [run_of(seed, epochs=1) for seed in range(4)]
    monkeypatch.setattr(shelf_module, "MOST_BYTES", 2 * players[0].history.nbytes)
    show(shelf, clock, *players)
    assert kept(shelf) == players[2:]
    monkeypatch.setattr(shelf_module, "MOST_BYTES", 0)
    show(shelf, clock, players[3])
    assert kept(shelf) == players[3:]


def test_some_places_cannot_be_pinned(shelf, clock):
    show(shelf, clock, *(run_of(seed, epochs=1) for seed in range(MOST_PINNED)))
    assert shelf.can_pin()
    for kept in shelf:
        kept.pinned = True
    assert not shelf.can_pin()
    assert MOST_PINNED < MOST
