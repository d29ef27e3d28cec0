"""The script's turns: so many at once, clicks first."""

import threading

from dashboard.app.turns import CLICK, LOOK, Turns


def test_clicks_come_before_looks_and_each_in_its_order():
    turns, order, threads = Turns(1), [], []

    def go(why, name):
        with turns.take(why):
            order.append(name)

    with turns.take():
        for n, (why, name) in enumerate([(LOOK, "a look"), (CLICK, "a click"), (LOOK, "b look"), (CLICK, "b click")]):
            threads.append(threading.Thread(target=go, args=(why, name)))
            threads[-1].start()
            while turns.waiting <= n:
                pass
        assert turns.clicks == 2  # a timer's looks slow no picture down
    for thread in threads:
        thread.join(20)
    assert order == ["a click", "b click", "a look", "b look"]


def test_a_thread_that_has_a_turn_needs_no_other_and_lends_it_while_it_waits():
    turns, entered = Turns(1), threading.Event()

    def other():
        with turns.take():
            entered.set()

    with turns.take(), turns.take(LOOK):
        thread = threading.Thread(target=other)
        thread.start()
        with turns.aside():
            assert entered.wait(20)
    thread.join(20)


def test_never_more_than_so_many_at_once():
    turns, there, most = Turns(2), [], []

    def go():
        for _again in range(50):
            with turns.take():
                there.append(1)
                most.append(len(there))
                there.pop()

    threads = [threading.Thread(target=go) for _thread in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(most) == 300
    assert max(most) <= 2


def test_a_turn_that_takes_long_holds_up_nobody():
    turns, entered, go_on = Turns(1, patience=0.05), threading.Event(), threading.Event()

    def other():
        with turns.take():
            entered.set()
            go_on.wait(20)

    threads = [threading.Thread(target=other) for _thread in range(2)]
    with turns.take():
        for thread in threads:
            thread.start()
        assert entered.wait(20)
        assert turns.waiting == 1  # one beside it, not all
        go_on.set()
    for thread in threads:
        thread.join(20)
    assert turns.waiting == 0
