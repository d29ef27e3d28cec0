"""XOR: two ReLU units do solve it."""

from dataclasses import astuple, dataclass
from functools import lru_cache

import numpy as np
import torch

from moons.data import Dataset
from moons.model import ModelSpec, NaiveNet, build_model, set_parameters
from moons.run import Experiment, History
from moons.train_spec import TrainSpec

CORNERS = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], np.float32)
ANSWERS = np.array([0, 1, 1, 0])
STARTS = 20  # random starts that are trained
TRAINING = TrainSpec(epochs=2_000, learning_rate=0.1)


@dataclass(frozen=True)
class Weights:
    """A network of two inputs, two ReLU units a and b, and one output, whose class is 1 where it is above 0."""

    a0: float = 1.0
    a1: float = 1.0
    a_bias: float = 0.0
    b0: float = 1.0
    b1: float = 1.0
    b_bias: float = 0.0
    out_a: float = 1.0
    out_b: float = 1.0
    out_bias: float = 0.0


# relu(x0 + x1) − 2 · relu(x0 + x1 − 1) is x0 XOR x1 itself, 0 or 1; the class changes halfway between
SOLUTION = Weights(b_bias=-1.0, out_b=-2.0, out_bias=-0.5)


def corners() -> Dataset:
    """The four points, as training and as test set."""
    return Dataset(CORNERS, ANSWERS.copy(), CORNERS.copy(), ANSWERS.copy(), n_classes=2)


def network(weights: Weights) -> NaiveNet:
    """The network with these weights: the logit of class 1 is the output, that of class 0 is always 0."""
    a0, a1, a_bias, b0, b1, b_bias, out_a, out_b, out_bias = astuple(weights)
    model = build_model(ModelSpec(hidden=(2,)), n_classes=2)
    flat = [a0, a1, b0, b1, a_bias, b_bias, 0, 0, out_a, out_b, 0, out_bias]
    set_parameters(model, np.array(flat, np.float32))
    return model


@torch.no_grad()
def outputs(weights: Weights) -> tuple[np.ndarray, np.ndarray]:
    """What the four corners make of the units, (4, 2), and of the output, (4,)."""
    model = network(weights)
    hidden, last = model.activations_of(torch.from_numpy(CORNERS))
    return hidden.activations.numpy(), last.activations[:, 1].numpy()


def solves(weights: Weights) -> bool:
    """Whether all four corners are in the right class."""
    _h, output = outputs(weights)
    return bool(((output > 0) == (ANSWERS == 1)).all())


@lru_cache(maxsize=8)
def starts_that_learn(n_units: int) -> int:
    """How many of STARTS random starts of a network with so many ReLU units training leads to the answer."""
    found = 0
    for seed in range(STARTS):
        history = History(Experiment(model=ModelSpec((n_units,), seed=seed), training=TRAINING), dataset=corners())
        for _chunk in history.play(history.last, TRAINING.epochs):
            pass
        found += bool((history.model_at(history.n_epochs).predict(torch.from_numpy(CORNERS)).numpy() == ANSWERS).all())
    return found
