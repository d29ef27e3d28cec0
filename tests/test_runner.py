"""The runner's worker threads share their time fairly."""

import threading
import time

import pytest

from dashboard.app.runner import LowPriority, Runner
from tests.page import until


class Task:
    """Counts its slices; each takes that many seconds."""

    apart = False

    def __init__(self, owner=None, *, seconds=0.001, slices=10**9, again=0.0):
        self.owner, self.seconds, self.left, self.again = owner or self, seconds, slices, again
        self.done, self.inside, self.crowded = 0, 0, False

    def work(self, until_then):
        self.inside += 1
        self.crowded |= self.inside > 1
        self.spend()
        self.inside -= 1
        self.done += 1
        self.left -= 1
        return time.perf_counter() + self.again if self.left > 0 else None

    def spend(self):
        end = time.perf_counter() + self.seconds
        while time.perf_counter() < end:
            pass


class Turns:
    """A clock on which each slice of its tasks takes a second, and the owners in the order of their slices.

    On a real clock, an owner is charged for the time in which the machine did something else.
    """

    def __init__(self):
        self.owners, self.tasks = [], []

    def now(self):
        return float(len(self.owners))

    def task(self, owner, slices):
        turns = self

        class Timed(Task):
            def spend(self):
                turns.owners.append(self.owner)

            def work(self, until_then):
                return turns.now() if super().work(until_then) is not None else None

        return Timed(owner, slices=slices)


@pytest.fixture(params=[1, 4])
def runner(request):
    made = Runner(request.param)
    yield made
    made.close()


def test_a_task_is_worked_on_until_it_has_nothing_left_to_do(runner):
    task = Task(slices=7)
    runner.wake(task)
    until(lambda: not runner.busy)
    assert task.done == 7


def test_owners_get_equal_shares_however_many_tasks_they_have():
    turns = Turns()
    few, many = turns.task("few", 10_000), [turns.task("many", 2_000) for _task in range(5)]
    runner = Runner(1, turns.now)
    for task in (few, *many):
        runner.wake(task)
    until(lambda: not runner.busy)
    runner.close()
    both = turns.owners[turns.owners.index("many") :]
    assert both.count("many") == 10_000
    share = both[: 2 * both.count("few")]
    assert share.count("many") == pytest.approx(len(share) / 2, abs=1)


def test_an_owner_that_comes_later_has_no_arrears_to_catch_up():
    turns = Turns()
    first, second = turns.task("first", 100_000), turns.task("second", 100)
    runner = Runner(1, turns.now)
    runner.wake(first)
    until(lambda: first.done > 200)
    runner.wake(second)
    until(lambda: second.left == 0)
    runner.close()
    begun = turns.owners.index("second")
    assert begun > 200
    assert turns.owners[begun : begun + 199].count("second") == 100


def test_a_task_is_worked_on_by_one_thread_at_a_time():
    runner = Runner(4)
    tasks = [Task(slices=200, seconds=0.0002) for _task in range(3)]
    for _time in range(50):
        for task in tasks:
            runner.wake(task)
    until(lambda: not runner.busy)
    runner.close()
    assert not any(task.crowded for task in tasks)


def test_a_task_that_fails_stops_none_of_the_others(runner):
    class Faulty(Task):
        def work(self, until_then):
            super().work(until_then)
            raise ValueError("a fault")

    faulty, sound = Faulty(), Task(slices=20)
    for _time in range(8):
        runner.wake(faulty)
    runner.wake(sound)
    until(lambda: not runner.busy)
    assert sound.done == 20
    assert faulty.done >= 1


def test_a_wake_while_it_works_is_not_lost(runner):
    inside, go_on = threading.Event(), threading.Event()

    class Held(Task):
        def work(self, until_then):
            inside.set()
            go_on.wait(60)
            self.done += 1

    task = Held()
    runner.wake(task)
    assert inside.wait(60)
    runner.wake(task)
    go_on.set()
    until(lambda: not runner.busy)
    assert task.done == 2


def test_a_task_that_is_due_later_leaves_the_time_to_others():
    runner = Runner(1)
    later, now = Task(again=3600.0), Task(slices=50)
    runner.wake(later)
    until(lambda: later.done == 1)
    runner.wake(now)
    until(lambda: now.done == 50)
    assert later.done == 1
    runner.wake(later)
    until(lambda: later.done == 2)
    runner.close()


class Crowd:
    """Counts how many of its tasks are worked on at once."""

    def __init__(self):
        self.lock, self.inside, self.most = threading.Lock(), 0, 0

    def task(self, **how):
        crowd = self

        class Counted(Task):
            def work(self, until_then):
                with crowd.lock:
                    crowd.inside += 1
                    crowd.most = max(crowd.most, crowd.inside)
                again = super().work(until_then)
                with crowd.lock:
                    crowd.inside -= 1
                return again

        return Counted(**how)


def test_tasks_of_low_priority_leave_a_thread_to_what_moves_and_take_it_when_that_ends():
    runner, crowd, live = Runner(2), Crowd(), Task("live", again=0.002)
    low = [crowd.task(owner=LowPriority("study")) for _task in range(3)]
    for task in (live, *low):
        runner.wake(task)
    until(lambda: live.done > 20 and sum(task.done for task in low) > 100)
    assert crowd.most == 1
    live.left = 0
    until(lambda: crowd.most == 2)
    runner.close()


def test_on_a_single_thread_tasks_of_low_priority_have_the_time_that_others_do_not_need():
    runner, low, seen = Runner(1), Task(LowPriority("study")), []

    class Live(Task):
        def work(self, until_then):
            seen.append(low.done)
            if len(seen) == 1:
                runner.wake(low)
            return super().work(until_then)

    runner.wake(Live("live", slices=50))
    until(lambda: low.done > 20)
    runner.close()
    assert seen == [0] * 50
