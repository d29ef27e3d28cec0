"""A museum of failures: each fault as an experiment that has it at its end, beside one that is free of it."""

from dataclasses import dataclass, replace

import numpy as np

from moons.data import GENERATORS, OWN, SCRAMBLED, DataSpec, Table
from moons.fields import N_
from moons.model import ModelSpec
from moons.run import Experiment
from moons.train_spec import TrainSpec


@dataclass(frozen=True)
class Exhibit:
    """A fault: `before` has it, `after` differs in one thing and hasn't. Both are trained to their ends."""

    condition: str  # a key of CONDITIONS: what the diagnosis says of `before`
    title: str  # untranslated, as all that follows
    wrong: str  # what was set or done wrong
    right: str  # what cures it
    before: Experiment
    after: Experiment


def _of(epochs: int, hidden: tuple[int, ...] = (16,), activation: str = "relu", **training: object) -> Experiment:
    spec = replace(TrainSpec(epochs=epochs), **training)  # type: ignore[arg-type]
    return Experiment(model=ModelSpec(hidden, activation), training=spec)


def _table(stretch: float = 1.0, places: int = 15) -> DataSpec:
    """Two moons as a table: x0 in other units, both inputs rounded."""
    X, y = GENERATORS["moons"].draw(128, noise=0.1, seed=0)
    x0, x1 = np.round(X, places).T
    return DataSpec(OWN, table=Table(tuple((stretch * x0).tolist()), tuple(x1.tolist()), tuple(y.tolist()), ("0", "1")))


_FEW = DataSpec(n_points=40, noise=0.5)

EXHIBITS: dict[str, Exhibit] = {
    "crawl": Exhibit(
        "at_chance",
        N_("Too small a learning rate"),
        N_("A learning rate of 0.00001: after 1,000 epochs the loss is almost the same."),
        N_("A rate of 0.1."),
        _of(1_000, learning_rate=1e-5),
        _of(1_000, learning_rate=0.1),
    ),
    "overshoot": Exhibit(
        "diverging",
        N_("Too large a learning rate"),
        N_("A learning rate of 10: each update jumps over the valley and lands higher."),
        N_("A rate of 1."),
        _of(500, learning_rate=10.0),
        _of(500, learning_rate=1.0),
    ),
    "scrambled": Exhibit(
        "shuffled",
        N_("The scrambled transfer"),
        N_("The notebook's own: the points arrived mixed up, the labels did not."),
        N_("Contiguous memory, and a check that what arrived is what was sent."),
        replace(_of(2_000, learning_rate=0.1), data=DataSpec(transfer=SCRAMBLED)),
        _of(2_000, learning_rate=0.1),
    ),
    "labels": Exhibit(
        "shuffled",
        N_("The shuffled labels"),
        N_("The points are right, their classes are random. There is nothing to learn."),
        N_("The labels that belong to the points."),
        replace(_of(300, learning_rate=0.05), data=DataSpec(seed=2, label_noise=0.5)),
        replace(_of(300, learning_rate=0.05), data=DataSpec(seed=2)),
    ),
    "ruler": Exhibit(
        "underfitting",
        N_("No hidden layer"),
        N_("No hidden layer: the boundary is a straight line, however long it trains."),
        N_("One hidden layer of 16 units."),
        _of(3_000, (), learning_rate=0.1),
        _of(3_000, learning_rate=0.1),
    ),
    "parrot": Exhibit(
        "overfitting",
        N_("Memorised noise"),
        N_("256 units for 40 noisy points: it memorises them and fails on fresh ones."),
        N_("The same, stopped after 20 epochs."),
        replace(_of(400, (256,), learning_rate=0.1, optimizer="momentum"), data=_FEW),
        replace(_of(20, (256,), learning_rate=0.1, optimizer="momentum"), data=_FEW),
    ),
    "units": Exhibit(
        "unscaled",
        N_("Millimetres and metres"),
        N_("One input is a thousand times as large as the other, so no learning rate suits both."),
        N_("The same points, standardised."),
        replace(_of(1_000, learning_rate=0.1), data=_table(1_000.0)),
        replace(_of(1_000, learning_rate=0.1), data=replace(_table(1_000.0), standardise=True)),
    ),
    "rounded": Exhibit(
        "data",
        N_("The rounded table"),
        N_("Inputs rounded to whole numbers: points of both classes lie at the same places."),
        N_("The same points with all their decimals."),
        replace(_of(1_000, learning_rate=0.1), data=_table(places=0)),
        replace(_of(1_000, learning_rate=0.1), data=_table()),
    ),
    "unfinished": Exhibit(
        "unfinished",
        N_("A run that ends too early"),
        N_("250 epochs at the notebook's rate: the loss still falls when the run ends."),
        N_("The same with 15,000 epochs."),
        _of(250),
        _of(15_000),
    ),
    "dead": Exhibit(
        "dead",
        N_("Dead units"),
        N_("Adam with a rate of 0.5: after a few large updates most ReLUs give 0 for every point, and stay so."),
        N_("A rate of 0.01."),
        _of(300, learning_rate=0.5, optimizer="adam"),
        _of(300, learning_rate=0.01, optimizer="adam"),
    ),
    "saturated": Exhibit(
        "saturated",
        N_("Saturated units"),
        N_("Weights so large that every tanh gives −1 or 1. There it is flat, and no gradient passes."),
        N_("A rate of 0.003 instead of 1."),
        _of(500, (16, 16), "tanh", learning_rate=1.0, optimizer="rmsprop"),
        _of(500, (16, 16), "tanh", learning_rate=0.003, optimizer="rmsprop"),
    ),
    "vanishing": Exhibit(
        "vanishing",
        N_("Vanishing gradients"),
        N_("Five layers of sigmoids: the gradient shrinks in each until the first hardly learn."),
        N_("tanh, whose slope is four times as steep."),
        _of(1_000, (16,) * 5, "sigmoid", learning_rate=0.1),
        _of(1_000, (16,) * 5, "tanh", learning_rate=0.1),
    ),
    "exploding": Exhibit(
        "exploding",
        N_("Exploding gradients"),
        N_(
            "Three wide layers and a rate of 10: the gradient grows on its way back until it is too large for a number."
        ),
        N_("The same, with gradients clipped to a length of 0.1."),
        _of(100, (64,) * 3, learning_rate=10.0),
        _of(100, (64,) * 3, learning_rate=10.0, clip_norm=0.1),
    ),
    "plateau": Exhibit(
        "plateau",
        N_("Plateau"),
        N_("The slope is so gentle here that plain SGD seems to stand still."),
        N_("Adam, which lengthens its steps where it is level."),
        _of(500, activation="tanh", learning_rate=0.1),
        _of(500, activation="tanh", learning_rate=0.01, optimizer="adam"),
    ),
    "rare": Exhibit(
        "unbalanced",
        N_("A rare class"),
        N_("One point in ten is of class 1: always predicting 0 is right for 90%."),
        N_("Equally many points of each class."),
        replace(_of(1_000), data=DataSpec(balance=0.9)),
        _of(1_000),
    ),
}
