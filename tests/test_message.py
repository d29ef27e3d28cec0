"""The live message holds what a browser doesn't have yet, and nothing else."""

import time
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.app import events as e
from dashboard.app.message import ENDED, MORE, PLAYING, Listener, curve_part, message
from dashboard.app.sessions import Sessions
from moons import DataSpec, Experiment, ModelSpec, TrainSpec, run
from tests.page import decoded

EXPERIMENT = Experiment(DataSpec(n_points=40, n_test=20), training=TrainSpec(epochs=3_000))


@pytest.fixture
def session():
    sessions = Sessions()
    session = sessions.new()
    session.send(e.SettingsChanged(EXPERIMENT, "cpu"))
    yield session
    sessions.runner.close()


def settle(session, seconds=60):
    session.look()
    assert session.player.wait(seconds)


def test_states_and_curves_are_those_of_the_run(session):
    listener = Listener()
    settle(session)
    said = decoded(message(session, listener, 60.0))
    whole = run(EXPERIMENT)
    assert (said["version"], said["known"], said["cursor"]) == (1, 3_000, 3_000)
    assert said["flags"] & ENDED and not said["flags"] & (PLAYING | MORE)
    last = said["states"][-1]
    assert last["epoch"] == 3_000
    np.testing.assert_array_equal(last["parameters"], whole.weights_at(3_000))
    for state in said["states"][:-1]:
        assert state["scores"][0] == pytest.approx(float(whole.train_loss[state["epoch"]]), rel=1e-4)
    for name, curve in (("train", whole.train_loss), ("test", whole.test_loss)):
        epochs, losses = said[name].T
        np.testing.assert_array_equal(losses, curve[epochs.astype(int)])


def test_nothing_is_sent_twice(session):
    listener = Listener()
    session.send(e.SettingsChanged(replace(EXPERIMENT, training=TrainSpec(epochs=3_001)), "cpu"))
    settle(session)  # its last column isn't full
    assert message(session, listener, 60.0)
    assert message(session, listener, 60.0) is None
    session.send(e.Sought(100))
    settle(session)
    said = decoded(message(session, listener, 60.0))
    assert [state["epoch"] for state in said["states"]] == [100]
    assert len(said["train"]) <= 2 * (3_000 // 400 + 1), "only the last, unfinished column"


def test_parts_of_a_curve_join_to_the_whole(session):
    curve: dict[float, float] = {}
    listener, deadline = Listener(), time.monotonic() + 60
    session.send(e.Sought(0))
    session.send(e.TrainPressed())
    while time.monotonic() < deadline:
        session.look()
        if (news := message(session, listener, 60.0)) is None:
            if not session.state.busy:
                break
            continue
        said = decoded(news)
        curve = {epoch: loss for epoch, loss in curve.items() if epoch < said["curve_from"]}
        curve |= dict(said["train"].tolist())
    losses = run(EXPERIMENT).train_loss
    assert max(curve) == 2_999
    assert min(curve.values()) == losses.min() and max(curve.values()) == losses.max()
    assert all(losses[int(epoch)] == np.float32(loss) for epoch, loss in curve.items())


def test_another_run_begins_anew(session):
    listener = Listener()
    settle(session)
    first = decoded(message(session, listener, 60.0))
    session.send(e.SettingsChanged(replace(EXPERIMENT, model=ModelSpec(hidden=(3,))), "cpu"))
    settle(session)
    said = decoded(message(session, listener, 60.0))
    assert said["scene"] != first["scene"] and said["curve_from"] == 0


def test_a_slow_wire_gets_fewer_states_and_the_last_among_them(session):
    settle(session)
    session.send(e.Sought(0))
    session.send(e.TrainPressed())
    settle(session)
    narrow = decoded(message(session, Listener(), 0.01))["states"]
    wide = decoded(message(session, Listener(), 60.0))["states"]
    assert len(narrow) < len(wide)
    assert narrow[-1]["epoch"] == wide[-1]["epoch"]


@given(st.lists(st.floats(0, 10, width=32), max_size=200), st.integers(1, 9), st.integers(0, 30))
def test_a_part_of_a_curve_keeps_each_columns_extremes(values, width, column):
    loss, start = np.array(values, np.float32), column * width
    part = curve_part(loss, start, width)
    assert len(part) <= 2 * (-(-max(0, len(loss) - start) // width)) + 1
    for first in range(start, len(loss), width):
        inside = part[(part[:, 0] >= first) & (part[:, 0] < first + width), 1]
        assert inside.min() == loss[first : first + width].min()
        assert inside.max() == loss[first : first + width].max()
    if len(loss) > start:
        assert part[-1, 0] == len(loss) - 1
