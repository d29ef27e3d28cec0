"""Where threads run: on one processor while many look on, else anywhere."""

import os
import sys
import threading

import pytest

from dashboard.app.processor import AGAIN, MANY, Processor

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or len(os.sched_getaffinity(0)) < 2, reason="there is one processor, or it can't be told"
)
ALL = os.sched_getaffinity(0) if sys.platform == "linux" else set()


@pytest.fixture
def apart():
    """Does something on a thread of its own, whose place is forgotten with it."""

    def done(act):
        found = []
        thread = threading.Thread(target=lambda: found.append(act()))
        thread.start()
        thread.join(20)
        return found[0]

    return done


def place():
    return os.sched_getaffinity(0)


def after(act):
    act()
    return place()


def test_threads_share_a_processor_while_many_look_on(apart, clock):
    processor = Processor(clock)

    def served():
        """What the thread does that always has something to do."""
        seen = []
        for sessions in (MANY - 1, MANY, MANY - 1):
            processor.choose(sessions)
            seen.append((place(), apart(lambda: after(processor.join)), apart(lambda: after(processor.leave))))
        return seen

    few, many, again = apart(served)
    assert few == again == (ALL, ALL, ALL)
    assert len(many[0]) == 1
    assert many == (many[0], many[0], ALL)


def test_the_processor_is_chosen_anew_from_time_to_time(apart, clock):
    processor = Processor(clock)

    def served():
        for _look in range(2):
            processor.choose(MANY)
        chosen = place()
        processor.choose(MANY)
        still = place()
        clock.now += AGAIN + 1
        processor.choose(MANY)
        free = place()
        others = apart(lambda: after(processor.join))
        processor.choose(MANY)
        return chosen, still, free, others, place()

    chosen, still, free, others, anew = apart(served)
    assert len(chosen) == len(anew) == 1
    assert still == others == chosen
    assert free == ALL


def test_where_the_system_refuses_nothing_happens(apart, clock, monkeypatch):
    processor = Processor(clock)

    def refuse(_thread, _where):
        raise PermissionError

    monkeypatch.setattr(os, "sched_setaffinity", refuse)

    def served():
        for _look in range(3):
            processor.choose(MANY)
        processor.join()
        processor.leave()
        return place()

    assert apart(served) == ALL
