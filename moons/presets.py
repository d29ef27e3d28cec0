"""Whole experiments worth starting from: some that work, some that fail for a reason."""

from dataclasses import dataclass

from moons.data import DataSpec
from moons.fields import N_
from moons.model import ModelSpec
from moons.run import Experiment
from moons.train_spec import TrainSpec


@dataclass(frozen=True)
class Preset:
    """An experiment with a name, and what it shows. Both sentences are untranslated."""

    label: str
    shows: str
    experiment: Experiment


ADAM = TrainSpec(epochs=2_000, optimizer="adam")

PRESETS: dict[str, Preset] = {
    "notebook": Preset(
        N_("The notebook"),
        N_("Two moons and 16 ReLU units: the boundary bends only after thousands of epochs."),
        Experiment(),
    ),
    "gaussians": Preset(
        N_("Two Gaussians, one line"),
        N_("Two clouds that a straight line separates: no hidden layer is needed."),
        Experiment(DataSpec(kind="gaussians"), ModelSpec(hidden=()), TrainSpec(epochs=1_000, learning_rate=0.1)),
    ),
    "xor_line": Preset(
        N_("XOR without a hidden layer"),
        N_("Fails: no straight line separates opposite corners, however long it trains."),
        Experiment(DataSpec(kind="xor"), ModelSpec(hidden=()), TrainSpec(epochs=2_000, learning_rate=0.1)),
    ),
    "xor": Preset(
        N_("XOR with a hidden layer"),
        N_("A few units bend the line, and the four corners come apart."),
        Experiment(DataSpec(kind="xor"), ModelSpec(hidden=(8,)), ADAM),
    ),
    "circles": Preset(
        N_("Circles by squares"),
        N_("With x0² and x1² as inputs a circle is a straight line: no hidden layer is needed."),
        Experiment(
            DataSpec(kind="circles"),
            ModelSpec(hidden=(), features=("x0_squared", "x1_squared")),
            TrainSpec(epochs=2_000, learning_rate=0.3),
        ),
    ),
    "spiral": Preset(
        N_("Spiral"),
        N_("The hard one: two layers of 16 and Adam follow three quarters of a turn, and more."),
        Experiment(
            DataSpec(kind="spirals", n_points=500),
            ModelSpec(hidden=(16, 16), activation="tanh", features=("x0", "x1", "sin_x0", "sin_x1")),
            ADAM,
        ),
    ),
    "too_fast": Preset(
        N_("Too large a learning rate"),
        N_("Fails: every update overshoots, and the loss jumps instead of falling."),
        Experiment(training=TrainSpec(epochs=500, learning_rate=10.0)),
    ),
    "overfitting": Preset(
        N_("Overfitting"),
        N_("40 noisy points and 64 units: it memorises them, and the test loss climbs."),
        Experiment(DataSpec(n_points=40, noise=0.5), ModelSpec(hidden=(64,)), ADAM),
    ),
    "regression": Preset(
        N_("Regression: hills and hollows"),
        N_("Predicts a number instead of a class; the loss is the mean squared error."),
        Experiment(
            DataSpec(kind="gaussian", n_points=500, noise=0.05), ModelSpec(hidden=(16, 16), activation="tanh"), ADAM
        ),
    ),
}
