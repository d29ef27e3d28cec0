"""Each preset shows what it says."""

import numpy as np
import pytest

from moons import Experiment, run
from moons.presets import PRESETS


def ends(name):
    history = run(PRESETS[name].experiment)
    return next(history.play(history.state_at(history.n_epochs - 1), 1)).scores, history


def test_the_notebook_is_the_default():
    assert PRESETS["notebook"].experiment == Experiment()


@pytest.mark.parametrize("name", ["circles", "xor", "gaussians", "spiral"])
def test_tensorflow_playgrounds_datasets_are_learned(name):
    assert ends(name)[0].test_score >= 0.95


def test_a_line_does_not_solve_xor():
    assert ends("xor_line")[0].test_score < 0.75


def test_too_large_a_rate_throws_the_loss_above_its_start():
    losses = ends("too_fast")[1].train_loss
    assert losses.max() > 3 * losses[0]


def test_overfitting_raises_the_test_loss_while_the_training_loss_falls():
    scores, history = ends("overfitting")
    assert scores.train_loss < history.train_loss.min() + 1e-3
    assert scores.test_loss > 2 * history.test_loss.min()


def test_the_regression_explains_its_targets():
    scores, history = ends("regression")
    assert scores.test_score > 0.9
    assert np.isfinite(history.test_loss).all()
