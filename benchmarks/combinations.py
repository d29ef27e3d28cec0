"""The corpus's third part: combinations of settings at random, and the faults planted in them."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from benchmarks.faults import FAULTS, KINDS, Case, Draw, Part, planted, sound, tabled
from moons import DataSpec, Experiment, ModelSpec, TrainSpec
from moons.activations import ACTIVATIONS
from moons.data import OWN
from moons.features import PLAIN
from moons.losses import CLASS_LOSSES, REGRESSION_LOSSES
from moons.optimizers import OPTIMIZERS
from moons.schedules import SCHEDULES

AT_RANDOM, PER_FAULT = 60, 2
FIRST_NUMBER = 10_000
SIZES = ((), (3,), (8,), (16,), (32,), (64,), (8, 8), (16, 16), (24, 12, 6), (16,) * 4)
FEATURES = (("x0",), (*PLAIN, "x0_squared", "x1_squared"), (*PLAIN, "sin_x0", "cos_x1"), (*PLAIN, "x0_x1"))
COUPLED = ("sgd", "momentum", "nesterov")  # these want longer steps than the others


def combinations(seed: int = 2_027) -> list[Case]:
    """All cases, of one seed always the same."""
    rng = np.random.default_rng(seed)
    cases = [at_random(rng) for _ in range(AT_RANDOM)]
    for family, fault in FAULTS.items():
        cases += [planted(family, fault, sound(rng), rng) for _ in range(PER_FAULT)]
    return [replace(case, number=FIRST_NUMBER + number) for number, case in enumerate(cases) if _is_filled(case)]


def _is_filled(case: Case) -> bool:
    """Whether the points fill a batch."""
    return (case.experiment.training.batch_size or 1) <= case.experiment.data.n_train


def at_random(rng: Draw) -> Case:
    """Any settings; nothing is planted, and some are bad by chance."""

    def sometimes(*values: Any, otherwise: Any = None, chance: float = 0.15) -> Any:
        return values[rng.integers(len(values))] if rng.random() < chance else otherwise

    kind = str(rng.choice(KINDS))
    data = DataSpec(
        kind=kind,
        n_points=int(rng.choice([60, 100, 200, 300, 600])),
        n_test=100,
        noise=float(rng.choice([0.0, 0.05, 0.1, 0.2, 0.3])),
        n_classes=int(rng.integers(2, 6)),
        seed=int(rng.integers(10_000)),
        label_noise=sometimes(0.05, 0.15, otherwise=0.0),
        standardise=bool(sometimes(True, otherwise=False, chance=0.3)),
    )
    hidden = SIZES[rng.integers(len(SIZES))]
    model = ModelSpec(
        hidden=hidden,
        activation=str(rng.choice(list(ACTIVATIONS))),
        activations=sometimes(tuple(str(a) for a in rng.choice(list(ACTIVATIONS), len(hidden))), otherwise=()),
        features=sometimes(*FEATURES, otherwise=PLAIN, chance=0.25),
        init=str(rng.choice(["pytorch", "pytorch", "xavier", "he"])),
        init_scale=sometimes(0.3, 2.0, 4.0, otherwise=1.0),
        seed=int(rng.integers(10_000)),
    )
    experiment = Experiment(data, model, _training(rng, sometimes))
    case = Case(0, "at random", experiment, kind, data.noise)
    if rng.random() < 0.3:
        factor = float(rng.choice([1.0, 1.0, 0.3, 3.0, 20.0]))
        case = tabled(case, rng, {"scale": (factor, 1.0, 1.0), "shift": (factor, 0.0, 0.0)})
    return replace(case, undos=tuple(single_changes(case.experiment)))


def _training(rng: Draw, sometimes: Any) -> TrainSpec:
    optimizer = str(rng.choice(list(OPTIMIZERS)))
    rate = 10 ** rng.uniform(-2.3, 0.0) if optimizer in COUPLED else 10 ** rng.uniform(-3.5, -1.0)
    return TrainSpec(
        epochs=round(10 ** rng.uniform(1.8, 3.5)),
        learning_rate=float(f"{rate:.2g}"),
        batch_size=sometimes(16, 32, otherwise=None),
        optimizer=optimizer,
        schedule=str(sometimes(*SCHEDULES, otherwise="constant", chance=0.4)),
        weight_decay=sometimes(1e-4, 1e-3, 0.05, otherwise=0.0),
        l1=sometimes(1e-4, 0.01, otherwise=0.0),
        dropout=sometimes(0.05, 0.2, 0.5, otherwise=0.0),
        clip_norm=sometimes(0.01, 1.0),
        class_loss=str(sometimes(*CLASS_LOSSES, otherwise="cross_entropy", chance=0.3)),
        regression_loss=str(sometimes(*REGRESSION_LOSSES, otherwise="mse", chance=0.3)),
        stop_score=sometimes(0.8, chance=0.05),
        patience=sometimes(20, 100, chance=0.1),
    )


def single_changes(experiment: Experiment) -> Iterator[Experiment]:
    """The same with one part of it set right: what the best of them gains is what a remedy can gain."""
    data, model, now = experiment.data, experiment.model, experiment.training
    rate = 0.1 if now.optimizer in COUPLED else 0.01
    training: list[Part] = [
        {"learning_rate": rate}, {"learning_rate": 3 * rate}, {"learning_rate": rate / 3},
        {"learning_rate": 10 * rate}, {"optimizer": "adam", "learning_rate": 0.01}, {"epochs": 5 * now.epochs},
        {"batch_size": None}, {"schedule": "constant"}, {"weight_decay": 0.0, "l1": 0.0}, {"dropout": 0.0},
        {"clip_norm": None}, {"stop_score": None, "patience": None}, {"weight_decay": 0.01},
    ]  # fmt: skip
    network: list[Part] = [
        {"hidden": (32,), "activations": ()}, {"hidden": (32, 32), "activations": ()},
        {"activation": "relu", "activations": ()}, {"activation": "tanh", "activations": ()},
        {"features": tuple(dict.fromkeys((*PLAIN, *model.features)))}, {"init": "pytorch", "init_scale": 1.0},
    ]  # fmt: skip
    changed = [replace(experiment, training=replace(now, **part)) for part in training]
    changed += [replace(experiment, model=replace(model, **part)) for part in network]
    if data.kind == OWN or not data.standardise:
        changed.append(replace(experiment, data=replace(data, standardise=True)))
    yield from (one for one in dict.fromkeys(changed) if one != experiment)
