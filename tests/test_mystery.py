"""The notebook's mystery: its run as it happened, and the same run with the points it was meant to get."""

import math
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from moons import DataSpec, Experiment, History, ModelSpec, make_dataset
from moons.data import scramble, scrambled
from moons.device import checksum
from moons.inspection.mystery import PRINTED, clues

SEEDS = range(20)


def trained(seed, *, is_scrambled, epochs=15_000):
    """The notebook's run with this seed for data and weights; and its clues at the end."""
    experiment = Experiment(DataSpec(seed=seed), ModelSpec(seed=seed))
    sent = make_dataset(experiment.data)
    history = History(experiment, dataset=scrambled(sent) if is_scrambled else sent)
    for chunk in history.play(history.last, 1_000):
        if chunk.stop >= epochs:
            break
    return history, clues(sent, history, history.n_epochs)


@given(st.integers(1, 40), st.integers(1, 4))
def test_scrambling_reads_column_major_memory_as_row_major(n, d):
    X = np.random.default_rng(n).normal(size=(n, d)).astype(np.float32)
    memory = np.frombuffer(np.asfortranarray(X).tobytes("A"), np.float32)
    np.testing.assert_array_equal(scramble(X), memory.reshape(n, d))


def test_scrambling_leaves_what_was_sent_alone():
    X = np.zeros((4, 2), np.float32)
    scramble(X)[0] = 1
    assert not X.any()


def test_the_device_gets_every_number_but_not_in_its_place():
    sent = make_dataset(DataSpec())
    received = scrambled(sent)
    for name in ("X_train", "X_test"):
        there, here = getattr(received, name), getattr(sent, name)
        assert there.flags.c_contiguous
        np.testing.assert_array_equal(np.sort(there, axis=None), np.sort(here, axis=None))
        np.testing.assert_array_equal(there[:128].ravel(), here[:, 0])
    np.testing.assert_array_equal(received.y_train, sent.y_train)


@pytest.mark.parametrize("is_scrambled", [True, False])
def test_over_twenty_seeds_the_mystery_stays_at_chance_and_the_fixed_run_learns(is_scrambled):
    with ThreadPoolExecutor(2) as pool:
        runs = list(pool.map(lambda seed: trained(seed, is_scrambled=is_scrambled), SEEDS))
    losses = np.array([history.train_loss[-1] for history, _clues in runs])
    accuracies = np.array([found.accuracy for _history, found in runs])
    if is_scrambled:
        assert 0.64 <= losses.min() <= losses.max() <= 0.69
        assert accuracies.max() < 0.65
    else:
        assert accuracies.min() > 0.89
        assert np.median(accuracies) > 0.97


def test_our_mystery_is_the_notebooks_curve():
    history, found = trained(0, is_scrambled=True)
    assert [(epoch, printed) for epoch, printed, _ours in found.losses] == list(PRINTED.items())
    for epoch, printed, ours in found.losses:
        assert ours == history.train_loss[epoch]
        assert ours == pytest.approx(printed, abs=0.03 if epoch == 0 else 0.01)


def test_the_clues_give_the_fault_away():
    history, found = trained(0, is_scrambled=True, epochs=1_000)
    sent = make_dataset(DataSpec())
    assert not found.intact
    assert found.sent_checksum == checksum(sent.X_train)
    assert found.received_checksum == checksum(history.dataset.X_train)
    assert found.moved > 0.98
    np.testing.assert_array_equal(found.sent, sent.X_train[:5])
    np.testing.assert_array_equal(found.received[0], sent.X_train[:2, 0])
    assert found.chance_loss == math.log(2)
    assert found.chance_accuracy == 0.5
    assert found.losses[-1] == (14_000, PRINTED[14_000], None)


def test_the_fixed_run_leaves_nothing_to_find():
    _history, found = trained(0, is_scrambled=False, epochs=1_000)
    assert found.intact
    assert found.moved == 0
    assert found.accuracy > 0.8
