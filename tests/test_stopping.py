"""A run ends in the first epoch that meets a condition, however it is cut into chunks."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moons import DataSpec, Experiment, History, TrainSpec, run
from moons.progress import HIGH_SCORE, LOW_TEST_LOSS, LOW_TRAIN_LOSS, NO_IMPROVEMENT, TRAINED

PLAIN = Experiment(DataSpec(n_points=60, n_test=40), training=TrainSpec(epochs=300, learning_rate=0.5, batch_size=20))
WHOLE = run(PLAIN, engine="torch")


def first(met):
    """The number of epochs after which a plain look at every epoch's record would have stopped."""
    return int(np.flatnonzero(met)[0]) + 1 if met.any() else len(met)


def out_of_patience(losses, patience):
    best, best_epoch, met = np.inf, 0, []
    for epoch, loss in enumerate(losses):
        if loss < best:
            best, best_epoch = loss, epoch
        met.append(epoch - best_epoch >= patience)
    return np.array(met)


def played(limits, cut, engine="torch"):
    history = History(replace(PLAIN, training=replace(PLAIN.training, **limits)), engine=engine)
    for _chunk in history.play(history.last, cut):
        pass
    return history


@settings(max_examples=25, deadline=None)
@given(
    st.none() | st.floats(0.05, 0.8),
    st.none() | st.floats(0.05, 0.8),
    st.none() | st.floats(0.5, 1.0),
    st.none() | st.integers(1, 40),
    st.integers(1, 120),
)
def test_a_run_ends_in_the_first_epoch_that_meets_a_condition(train_loss, test_loss, score, patience, cut):
    limits = {
        "stop_train_loss": train_loss, "stop_test_loss": test_loss, "stop_score": score, "patience": patience,
    }  # fmt: skip
    ends = {
        LOW_TRAIN_LOSS: first(WHOLE.train_loss < train_loss) if train_loss is not None else 300,
        LOW_TEST_LOSS: first(WHOLE.test_loss < test_loss) if test_loss is not None else 300,
        HIGH_SCORE: first(WHOLE.test_score >= np.float32(score)) if score is not None else 300,
        NO_IMPROVEMENT: first(out_of_patience(WHOLE.test_loss, patience)) if patience is not None else 300,
    }
    history = played(limits, cut)
    assert history.n_epochs == min(ends.values())
    assert ends.get(history.ended, 300) == history.n_epochs
    np.testing.assert_array_equal(history.weights_at(history.n_epochs), WHOLE.weights_at(history.n_epochs))
    np.testing.assert_array_equal(history.train_loss, WHOLE.train_loss[: history.n_epochs])


@pytest.mark.parametrize(
    ("limits", "why"),
    [
        ({"stop_train_loss": 0.2}, LOW_TRAIN_LOSS),
        ({"stop_test_loss": 0.2}, LOW_TEST_LOSS),
        ({"stop_score": 0.95}, HIGH_SCORE),
        ({"patience": 3}, NO_IMPROVEMENT),
    ],
)
def test_both_engines_stop_in_the_same_epoch(limits, why):
    compiled, reference = (played(limits, 250, engine) for engine in ("compiled", "torch"))
    assert (compiled.ended, compiled.n_epochs) == (reference.ended, reference.n_epochs)
    assert compiled.ended == why


@pytest.mark.parametrize("engine", ["torch", "compiled"])
def test_both_engines_stop_at_a_loss(engine):
    history = played({"stop_test_loss": 0.2}, 250, engine)
    assert history.ended == LOW_TEST_LOSS
    assert history.test_loss[-1] < 0.2 <= history.test_loss[:-1].min()


def test_a_stopped_run_goes_on_when_the_limit_is_lifted():
    history = played({"stop_test_loss": 0.2}, 250)
    branch = history.branch(history.n_epochs, PLAIN.training)
    for _chunk in branch.play(branch.last, 100):
        pass
    assert (branch.ended, branch.n_epochs) == (TRAINED, 300)
    np.testing.assert_array_equal(branch.train_loss, WHOLE.train_loss)
    again = run(branch.experiment, engine="torch")
    np.testing.assert_array_equal(again.train_loss, branch.train_loss)
