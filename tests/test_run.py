"""A run is its complete, replayable history."""

import threading
from dataclasses import FrozenInstanceError, replace
from importlib import import_module

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moons import DataSpec, Experiment, FieldError, History, ModelSpec, TrainSpec, run
from moons.run import KEYFRAME_BYTES
from tests.strategies import data_specs, model_specs, train_specs

experiments = st.builds(Experiment, data_specs, model_specs, train_specs)
QUICK = Experiment(DataSpec(n_points=60), training=TrainSpec(epochs=400))


def play(history, *, cut=100, until=None):
    for chunk in history.play(history.last, cut):
        if until is not None and chunk.stop >= until:
            break
    return history


@pytest.mark.parametrize("engine", ["torch", "compiled"])
def test_the_default_run_gives_the_notebooks_losses(engine):
    epochs = 2_001 if engine == "torch" else 15_000
    history = run(replace(Experiment(), training=TrainSpec(epochs=epochs)), engine=engine)
    known = {0: 0.7497, 1_000: 0.2865, 2_000: 0.2365, 5_000: 0.1794, 10_000: 0.0883, 14_000: 0.0499}
    for epoch, loss in known.items():
        if epoch < epochs:
            assert history.train_loss[epoch] == pytest.approx(loss, abs=1e-3)


def test_an_experiment_is_a_value():
    assert Experiment() == Experiment()
    assert hash(Experiment()) == hash(Experiment())
    with pytest.raises(FrozenInstanceError):
        Experiment().data = DataSpec(noise=0.2)


@settings(max_examples=20, deadline=None)
@given(experiments, st.integers(1, 70), st.data())
def test_any_epoch_is_rebuilt_bit_for_bit(experiment, cut, data):
    history = History(experiment)
    states = {chunk.stop: chunk.state for chunk in history.play(history.last, 1)}
    again = play(History(experiment), cut=cut)
    np.testing.assert_array_equal(history.train_loss, again.train_loss)
    np.testing.assert_array_equal(history.test_loss, again.test_loss)
    for epoch in data.draw(st.lists(st.integers(1, again.n_epochs), max_size=5)) if again.n_epochs else []:
        np.testing.assert_array_equal(again.weights_at(epoch), states[epoch].parameters)
        np.testing.assert_array_equal(again.state_at(epoch).moments, states[epoch].moments)


@settings(max_examples=15, deadline=None)
@given(experiments, st.integers(0, 60))
def test_a_branch_with_unchanged_settings_is_the_run_itself(experiment, at):
    history = run(experiment)
    at = min(at, history.n_epochs)
    branch = play(history.branch(at, experiment.training), cut=13)
    np.testing.assert_array_equal(branch.train_loss, history.train_loss)
    np.testing.assert_array_equal(branch.weights_at(branch.n_epochs), history.weights_at(history.n_epochs))


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 399), st.floats(1e-4, 0.1)), min_size=1, max_size=3), st.integers(1, 399))
def test_a_run_changed_on_its_way_is_replayed_exactly(changes, epoch):
    history = History(QUICK)
    for at, rate in sorted(changes):
        play(history, until=at)
        history = history.branch(at, replace(QUICK.training, learning_rate=rate))
    play(history)
    again = run(history.experiment)
    np.testing.assert_array_equal(again.train_loss, history.train_loss)
    np.testing.assert_array_equal(again.weights_at(epoch), history.weights_at(epoch))


def test_a_change_takes_effect_at_its_epoch_and_not_before():
    whole = run(QUICK)
    changed = play(whole.branch(100, replace(QUICK.training, learning_rate=0.2)))
    np.testing.assert_array_equal(changed.train_loss[:101], whole.train_loss[:101])
    assert changed.train_loss[101] != whole.train_loss[101]
    assert changed.experiment.changes[0].epoch == 100


def test_what_needs_a_new_start_can_not_change_on_the_way():
    history = run(QUICK)
    with pytest.raises(FieldError, match="optimizer can't change while a run goes on"):
        history.branch(10, replace(QUICK.training, optimizer="adam"))
    with pytest.raises(FieldError, match="regression_loss can't change while a run goes on"):
        history.branch(10, replace(QUICK.training, regression_loss="huber"))
    with pytest.raises(FieldError, match="epochs must be at least 300, the epochs already trained, got 200"):
        history.branch(300, replace(QUICK.training, epochs=200))


def test_an_epoch_that_is_not_trained_yet_is_refused():
    history = play(History(QUICK), until=100)
    for epoch in (-1, history.n_epochs + 1):
        with pytest.raises(FieldError, match="epoch must be between 0 and"):
            history.weights_at(epoch)


def test_what_a_history_hands_out_can_not_be_written_to():
    history = run(QUICK)
    with pytest.raises(ValueError, match="read-only"):
        history.train_loss[0] = 0
    with pytest.raises(ValueError, match="read-only"):
        history.weights_at(0)[0] = 0


@pytest.mark.parametrize(("hidden", "epochs"), [((16,), 100_000), ((256, 256), 40), ((64,) * 6, 300)])
def test_a_run_stays_within_eight_megabytes(hidden, epochs):
    spec = TrainSpec(epochs=epochs, optimizer="adam")
    history = play(
        History(Experiment(DataSpec(n_points=20, n_test=20), ModelSpec(hidden), spec)), cut=max(1, epochs // 200)
    )
    assert history.nbytes <= 8_000_000
    assert sum(state.nbytes for state in history._keyframes[1:-1]) <= KEYFRAME_BYTES
    middle = history.n_epochs // 2
    assert history.state_at(middle).epoch == middle


def test_the_network_after_no_epochs_is_the_untrained_one():
    history = run(QUICK)
    assert history.train_loss[0] == pytest.approx(0.7497, abs=0.05)
    np.testing.assert_array_equal(history.weights_at(0), History(QUICK).last.parameters)


def test_a_run_can_be_read_while_another_thread_trains_it(monkeypatch):
    monkeypatch.setattr(
        import_module("moons.run"), "KEYFRAME_BYTES", 20_000
    )  # so that keyframes are thinned all the time
    experiment = Experiment(DataSpec(n_points=40, n_test=20), training=TrainSpec(epochs=4_000))
    expected, history = run(experiment), History(experiment)
    trained = threading.Thread(target=lambda: [None for _chunk in history.play(history.last, 10)])
    trained.start()
    rng = np.random.default_rng(0)
    while trained.is_alive():
        epoch = int(rng.integers(0, history.n_epochs + 1))
        np.testing.assert_array_equal(history.weights_at(epoch), expected.weights_at(epoch))
        epochs, values = history.course(3)
        assert len(epochs) == len(values)
    np.testing.assert_array_equal(history.train_loss, expected.train_loss)
