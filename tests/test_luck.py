"""The lesson Is it luck?: what it says of many runs is what single runs say."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from dashboard.rooms.learn.luck import EACH, RACING, RATES, optimizers_text, rate_text
from moons import run
from moons.explore import Axis, Sweep
from tests.page import click, experiment_of, open_page, rerun, served, study_ended, until

SHORT = {"training.epochs": "60", "data.n_points": "40", "data.n_test": "20", "view.epoch": "60"}


def lesson(screen, **query):
    return open_page(**SHORT | {"view.room": "learn", "view.lesson": "luck", "view.screen": str(screen)} | query)


def studied(page, panel):
    return study_ended(click(page, "begin_study"), panel)


def after(experiment):
    """The test loss and accuracy after the last epoch, by PyTorch."""
    history = run(experiment)
    with torch.no_grad():
        logits = history.model_at(history.n_epochs)(torch.from_numpy(history.dataset.X_test))
    y = torch.from_numpy(history.dataset.y_test)
    return nn.functional.cross_entropy(logits, y).item(), (logits.argmax(dim=1) == y).double().mean().item()


def said(page):
    return " ".join(element.value for element in (*page.markdown, *page.caption, *page.info))


def test_twenty_runs_say_where_one_s_own_stands_among_them():
    page = studied(lesson(1), "seeds")
    mine = experiment_of(page)
    scores = [after(replace(mine, model=replace(mine.model, seed=seed)))[1] for seed in range(20)]
    better = sum(score < scores[0] for score in scores[1:])
    assert f"Yours, {scores[0]:.1%}, is better than {better} of the 19 other runs." in said(page)
    page = click(page, "luck_explore")
    assert (served(page).state.view.panel, served(page).state.view.seeds) == ("seeds", 20)
    assert "These results are for other settings" not in said(page)  # the same study, and not run again


def test_other_learning_rates_and_optimisers_are_tried_on_one_s_own_points():
    page = studied(lesson(2, **{"training.learning_rate": "0.05"}), "lesson_rate")
    mine = experiment_of(page)
    rates = sorted({*map(float, RATES.values), 0.05})

    def loss(rate, optimizer="sgd", seed=0):
        training = replace(mine.training, learning_rate=rate, optimizer=optimizer)
        return after(replace(mine, model=replace(mine.model, seed=seed), training=training))[0]

    losses = [np.median([loss(rate, seed=seed) for seed in range(EACH)]) for rate in rates]
    best = int(np.argmin(losses))
    assert f"The lowest test loss is at a rate of {rates[best]:g}: {losses[best]:.4f}." in said(page)
    page = studied(lesson(3, **{"training.learning_rate": "0.05"}), "lesson_adam")
    ends = {name: [loss(rate, name) for rate in rates] for name in RACING}
    lowest = min(map(min, ends.values()))
    near = sum(end <= 1.5 * lowest for end in ends["adam"])
    at = rates[int(np.argmin(ends["adam"]))]
    assert f"Adam gets to {min(ends['adam']):.4f} at {at:g}, and near the lowest of all at {near} of 12" in said(page)


def test_what_diverged_is_said():
    axes = Axis("learning_rate", (0.1, 1.0, 10.0)), Axis("optimizer", ("sgd", "adam"))
    losses, nothing = np.array([[0.5, 0.2, np.nan], [0.29, np.nan, np.nan]]), np.full((2, 3), np.nan)
    found = Sweep(axes, losses, losses, np.ones((2, 3), int), np.isnan(losses).astype(int))
    alone = replace(found, axes=axes[:1], test_loss=losses[:1], done=found.done[:1], diverged=found.diverged[:1])
    assert rate_text(alone, 0.1) == (
        "The lowest test loss is at a rate of 1: 0.2000. Yours, 0.1, ends at 0.5000. At 10 every run diverged."
    )
    assert "That is yours." in rate_text(alone, 1.0)
    assert optimizers_text(found) == (
        "SGD gets to 0.2000 at 1, and near the lowest of all at 1 of 3 rates. "
        "Adam gets to 0.2900 at 0.1, and near the lowest of all at 1 of 3 rates."
    )
    lost = replace(found, test_loss=nothing)
    assert rate_text(lost, 0.1) == optimizers_text(lost) == "Every run so far has diverged."


@pytest.mark.parametrize("kind", ["gaussian", "own"])
def test_the_walk_is_drawn_for_any_points(kind):
    page = lesson(4, **{"data.kind": kind})
    until(lambda: not served(page).studies["landscape"].running)
    assert served(page).studies["landscape"].failure is None
    assert "of the path's variance lies in this plane" in said(rerun(page))
