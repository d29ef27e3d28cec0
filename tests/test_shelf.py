"""The shelf keeps a session's runs."""

from dataclasses import replace

import pytest
from dashboard.player import Player
from dashboard.shelf import GLIMPSE, MOST, MOST_PINNED, Shelf

from dashboard import shelf as shelf_module
from moons import DataSpec, Experiment, History, ModelSpec, TrainSpec

EXPERIMENT = Experiment(DataSpec(n_points=20, n_test=20), ModelSpec(hidden=(2,)), TrainSpec(epochs=20))


class Clock:
    """Time that passes when it is told to."""

    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def shelf(clock):
    return Shelf(clock)


def player(seed=0, epochs=20):
    """A run that is trained for some of its 20 epochs."""
    made = Player(History(replace(EXPERIMENT, model=replace(EXPERIMENT.model, seed=seed)), engine="torch"))
    made.step(epochs)
    made.by_hand = False
    return made


def numbers(shelf):
    return [kept.number for kept in shelf]


def show(shelf, clock, *players):
    """Each is current for a minute; returns what had to leave."""
    gone = []
    for one in players:
        gone += shelf.show(one)
        clock.now += 60
    return gone


def test_a_run_is_kept_once_it_is_trained(shelf, clock):
    one = player(epochs=0)
    show(shelf, clock, one)
    assert len(shelf) == 0
    one.step(5)
    show(shelf, clock, one, one)
    assert [kept.player for kept in shelf] == [one]


def test_a_run_that_was_playing_when_another_began_is_kept(shelf, clock):
    one, other = player(epochs=0), player(1)
    shelf.show(one)
    one.step(5)
    shelf.show(other)
    assert [kept.player for kept in shelf] == [one, other]


def test_runs_passed_in_a_glimpse_are_not_kept_but_the_last_is(shelf, clock):
    passed = [player(seed) for seed in range(5)]
    for one in passed:
        shelf.show(one)
        clock.now += GLIMPSE / 10
    assert [kept.player for kept in shelf] == passed[-1:]


def test_a_run_that_a_person_has_moved_is_kept_at_once(shelf):
    one, other = player(epochs=10), player(1)
    one.step(1)
    shelf.show(one)
    shelf.show(other)
    assert [kept.player for kept in shelf] == [one, other]


def test_a_run_that_was_looked_at_stays_when_it_is_passed_again(shelf, clock):
    one, other = player(), player(1)
    show(shelf, clock, one, other)
    shelf.show(one)
    shelf.show(other)
    assert [kept.player for kept in shelf] == [one, other]


def test_the_same_run_again_keeps_its_place_and_the_longer_one_is_kept(shelf, clock):
    short, long, again = player(epochs=10), player(), player(epochs=0)
    show(shelf, clock, short, long, again)
    assert [kept.player for kept in shelf] == [long]
    again.step(20)
    show(shelf, clock, again)
    assert [kept.player for kept in shelf] == [again]


def test_a_run_gone_on_with_at_its_end_takes_the_place_of_its_first_part(shelf, clock):
    one = player(epochs=10)
    on = one.branch(10, replace(EXPERIMENT.training, learning_rate=0.5))
    on.step(5)
    show(shelf, clock, one, on)
    assert [kept.player for kept in shelf] == [on]


def test_a_run_branched_before_its_end_is_kept_beside_its_branch(shelf, clock):
    one = player()
    branch = one.branch(10, replace(EXPERIMENT.training, learning_rate=0.5))
    branch.origin = 10
    show(shelf, clock, one, branch)
    assert [kept.player for kept in shelf] == [one]  # the branch has nothing of its own yet
    branch.step(10)
    show(shelf, clock, branch)
    assert [kept.player for kept in shelf] == [one, branch]


def test_the_oldest_unpinned_leaves_first(shelf, clock):
    players = [player(seed, epochs=1) for seed in range(MOST)]
    assert show(shelf, clock, *players) == []
    assert len(shelf) == MOST >= 20
    first, second, *_others = shelf
    first.pinned = True
    assert show(shelf, clock, player(MOST, epochs=1)) == [second]
    assert shelf.departed == 1
    assert first in list(shelf)


def test_memory_is_bounded_and_the_current_run_stays(shelf, clock, monkeypatch):
    players = [player(seed, epochs=1) for seed in range(4)]
    monkeypatch.setattr(shelf_module, "MOST_BYTES", 2 * players[0].history.nbytes)
    show(shelf, clock, *players)
    assert [kept.player for kept in shelf] == players[2:]
    monkeypatch.setattr(shelf_module, "MOST_BYTES", 0)
    show(shelf, clock, players[3])
    assert [kept.player for kept in shelf] == players[3:]


def test_some_places_cannot_be_pinned(shelf, clock):
    show(shelf, clock, *(player(seed, epochs=1) for seed in range(MOST_PINNED)))
    assert shelf.can_pin()
    for kept in shelf:
        kept.pinned = True
    assert not shelf.can_pin()
    assert MOST_PINNED < MOST
