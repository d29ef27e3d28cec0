"""The corpus of the diagnosis: sound experiments, and the same with one fault planted in each."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from moons import DataSpec, Edit, Experiment, ModelSpec, TrainSpec
from moons.data import GENERATORS, OWN, SCRAMBLED, Table
from moons.features import PLAIN

PER_FAULT, SOUND, NOTEBOOKS = 8, 48, 8  # how many experiments of each
KINDS = tuple(GENERATORS)


@dataclass(frozen=True)
class Case:
    """An experiment, where its points come from, and what was planted in it."""

    number: int  # even: in the half that is looked at
    family: str
    experiment: Experiment
    kind: str  # of generator: also of its own table
    noise: float
    scale: tuple[float, float, float] = (1.0, 1.0, 1.0)  # of an own table's columns
    shift: tuple[float, float, float] = (0.0, 0.0, 0.0)
    undo: Experiment | None = None
    undos: tuple[Experiment, ...] = ()  # where nothing was planted: what may make it better
    conditions: tuple[str, ...] = ()  # what a right diagnosis may say
    causes: tuple[str, ...] = ()

    def as_table(self, X: Any, y: Any) -> tuple[Any, Any]:
        """Points in the units of the table."""
        X = X * self.scale[:2] + self.shift[:2]
        return X, y if GENERATORS[self.kind].n_classes else y * self.scale[2] + self.shift[2]


Draw = np.random.Generator
Part = dict[str, Any]


@dataclass(frozen=True)
class Fault:
    """How to break a sound case; `plant` returns the broken one and the fields that break it."""

    plant: Callable[[Case, Draw], Case]
    conditions: tuple[str, ...]
    causes: tuple[str, ...]


def corpus() -> list[Case]:
    """All cases, always the same."""
    rng = np.random.default_rng(15)
    cases = [sound(rng) for _ in range(SOUND)] + [notebook(rng) for _ in range(NOTEBOOKS)]
    for family, fault in FAULTS.items():
        cases += [planted(family, fault, sound(rng, plain=True), rng) for _ in range(PER_FAULT)]
    return [replace(case, number=number) for number, case in enumerate(cases)]


def planted(family: str, fault: Fault, base: Case, rng: Draw) -> Case:
    """The sound case with the fault, and with what undoes it."""
    broken = fault.plant(base, rng)
    undo = None if fault.conditions == ("data",) else broken.undo or base.experiment
    return replace(broken, family=family, undo=undo, conditions=fault.conditions, causes=fault.causes)


def sound(rng: Draw, plain: bool = False) -> Case:
    """An experiment that does as well as its points allow; `plain` leaves the optional settings at their defaults."""
    kind = str(rng.choice(KINDS))
    noise = float(rng.choice([0.0, 0.1, 0.1, 0.2]))
    data = {
        "kind": kind,
        "n_points": int(rng.choice([100, 200, 256])),
        "n_test": 100,
        "noise": noise,
        "seed": int(rng.integers(10_000)),
    }
    data["n_classes"] = int(rng.integers(2, 6)) if kind == "blobs" else 3
    if kind in ("spirals", "checkerboard", "gaussian"):
        data["n_points"] = 300
    hidden = (
        [(16,), (32,), (16, 16)][rng.integers(3)] if kind not in ("spirals", "checkerboard", "gaussian") else (16, 16)
    )
    model = {
        "hidden": hidden,
        "activation": str(rng.choice(["relu", "tanh", "silu", "leaky_relu"])),
        "seed": int(rng.integers(10_000)),
    }
    train: Part = {"epochs": int(rng.choice([400, 500])), "learning_rate": 0.01, "optimizer": "adam"}
    if not plain:
        _vary(data, model, train, rng)
    case = Case(0, "sound", Experiment(DataSpec(**data), ModelSpec(**model), TrainSpec(**train)), kind, noise)
    return tabled(case, rng) if rng.random() < 0.25 else case


def _vary(data: Part, model: Part, train: Part, rng: Draw) -> None:
    """Some of the page's optional settings, at values that do no harm."""
    optional: list[tuple[Part, str, Any]] = [
        (train, "schedule", "cosine"), (train, "schedule", "warmup"), (train, "batch_size", 64),
        (train, "weight_decay", 1e-4), (train, "l1", 1e-5), (train, "dropout", 0.05), (train, "clip_norm", 5.0),
        (train, "optimizer", "rmsprop"), (train, "optimizer", "adamw"), (train, "regression_loss", "huber"),
        (train, "patience", 300), (train, "stop_train_loss", 0.001), (data, "standardise", True),
        (data, "balance", 0.65), (data, "noise", 0.35), (data, "label_noise", 0.05),
        (model, "init", "he"), (model, "init", "xavier"), (model, "init_scale", 1.5), (model, "activation", "gelu"),
        (model, "activation", "elu"), (model, "activation", "softplus"),
        (model, "features", (*PLAIN, "x0_squared", "x1_squared")), (model, "features", (*PLAIN, "sin_x0", "x0_x1")),
    ]  # fmt: skip
    for place in rng.choice(len(optional), 3, replace=False):
        part, name, value = optional[place]
        part[name] = value
    if "noise" in data and data["noise"] == 0.35:
        train["epochs"] = 300


def notebook(rng: Draw) -> Case:
    """The notebook under other seeds."""
    seed, other = (int(s) for s in rng.integers(10_000, size=2))
    return Case(0, "notebook", Experiment(DataSpec(seed=seed), ModelSpec(seed=other)), "moons", 0.1)


def tabled(case: Case, rng: Draw, scale: Part | None = None) -> Case:
    """The same points as a person's own table, in units of `scale` (none: as they were)."""
    spec, generator = case.experiment.data, GENERATORS[case.kind]
    options = {"n_classes": spec.n_classes} if generator.any_n_classes else {}
    X, y = generator.draw(spec.n_points, noise=spec.noise, seed=spec.seed, **options)
    moved = replace(case, noise=spec.noise, **(scale or {}))
    X, y = moved.as_table(X, y)
    names = tuple(f"class {k}" for k in range(spec.class_count))
    x0, x1 = (tuple(map(float, c)) for c in X.T)
    table = Table(x0, x1, tuple(map(int if names else float, y)), names)
    kept = {"standardise": spec.standardise, "label_noise": spec.label_noise, "seed": spec.seed}
    return replace(moved, experiment=replace(case.experiment, data=DataSpec(kind=OWN, table=table, **kept)))


def _set(part: str, **choices: Any) -> Callable[[Case, Draw], Case]:
    """A fault that sets fields of one part; each to one of several values."""

    def plant(case: Case, rng: Draw) -> Case:
        values = {name: options[rng.integers(len(options))] for name, options in choices.items()}
        changed = replace(getattr(case.experiment, part), **values)
        return replace(case, experiment=replace(case.experiment, **{part: changed}))

    return plant


def _both(*plants: Callable[[Case, Draw], Case]) -> Callable[[Case, Draw], Case]:
    def plant(case: Case, rng: Draw) -> Case:
        for one in plants:
            case = one(case, rng)
        return case

    return plant


def _of(*kinds: str, **data: Any) -> Callable[[Case, Draw], Case]:
    """The same on one of these kinds of generated points; before a fault, so the undone run has them too."""

    def plant(case: Case, rng: Draw) -> Case:
        kind = str(rng.choice(kinds))
        spec = DataSpec(
            **{"kind": kind, "n_test": 100, "n_points": 200, "noise": 0.1, "seed": int(rng.integers(10_000))} | data
        )
        experiment = replace(case.experiment, data=spec)
        return replace(case, experiment=experiment, undo=experiment, kind=kind, noise=spec.noise)

    return plant


def _sgd(case: Case, rng: Draw) -> Case:
    """The notebook's optimiser at a rate that works."""
    training = TrainSpec(epochs=3_000, learning_rate=0.3)
    experiment = replace(case.experiment, training=training)
    return replace(case, experiment=experiment, undo=experiment)


def _unscaled(case: Case, rng: Draw) -> Case:
    factor, shift = float(rng.choice([50.0, 300.0, 1e-3])), float(rng.choice([0.0, 4.0]))
    scale = {"scale": (factor, 1.0, 1.0), "shift": (shift * factor, 0.0, 0.0)}
    if rng.random() < 0.5:
        scale = {"scale": (factor, factor, 1.0), "shift": (shift * factor,) * 2 + (0.0,)}
    broken = tabled(case, rng, scale)
    good = replace(broken.experiment, data=replace(broken.experiment.data, standardise=True))
    return replace(broken, undo=good)


def _unscaled_target(case: Case, rng: Draw) -> Case:
    factor = float(rng.choice([300.0, 5_000.0]))
    broken = tabled(case, rng, {"scale": (1.0, 1.0, factor), "shift": (0.0, 0.0, 3 * factor)})
    good = replace(broken.experiment, data=replace(broken.experiment.data, standardise=True))
    return replace(broken, undo=good)


def _rows(case: Case, rng: Draw) -> Case:
    """XOR as four rows, of which one is held out."""
    table = Table((0.0, 0.0, 1.0, 1.0), (0.0, 1.0, 0.0, 1.0), (0, 1, 1, 0), ("no", "yes"))
    data = DataSpec(kind=OWN, table=table, seed=int(rng.integers(10_000)))
    return replace(case, experiment=replace(case.experiment, data=data), kind="xor", noise=0.0, scale=(0.1, 0.1, 1.0),
                   shift=(0.5, 0.5, 0.0))  # fmt: skip


def _contradictory(case: Case, rng: Draw) -> Case:
    """Each of a few places with both labels."""
    n = int(rng.integers(20, 60))
    x0, x1 = (tuple(map(float, rng.uniform(-1, 1, n).round(2))) * 2 for _ in range(2))
    table = Table(x0, x1, (0,) * n + (1,) * n, ("a", "b"))
    data = DataSpec(kind=OWN, table=table, seed=int(rng.integers(10_000)))
    return replace(case, experiment=replace(case.experiment, data=data), kind="moons", noise=1.0)


def _untested(case: Case, rng: Draw) -> Case:
    """A class of which the file holds no point out."""
    broken = tabled(_of("blobs")(case, rng), rng)
    assert broken.experiment.data.table
    y = broken.experiment.data.table.y
    test = tuple(label != 2 and bool(i % 4 == 0) for i, label in enumerate(y))
    data = replace(broken.experiment.data, table=replace(broken.experiment.data.table, test=test))
    return replace(broken, experiment=replace(broken.experiment, data=data))


def _by_hand(case: Case, rng: Draw) -> Case:
    epoch = case.experiment.epochs - int(rng.integers(0, 30))
    edits = tuple(Edit(epoch, k, float(rng.choice([-50.0, 50.0]))) for k in range(6))
    return replace(case, experiment=replace(case.experiment, edits=edits))


def _penalty_later(case: Case, rng: Draw) -> Case:
    """A weak penalty, switched on in the middle: no fault, and no divergence."""
    good = case.experiment
    training = replace(good.training, weight_decay=float(rng.choice([1e-4, 1e-3, 0.01])))
    return replace(case, experiment=good.changed(good.epochs // 2, training))


CURVED = ("moons", "circles", "xor", "spirals", "checkerboard", "heart", "rings")
HARD = ("spirals", "checkerboard")
STUCK = ("at_chance", "plateau", "underfitting", "unfinished")
TOO_LARGE = ("diverging", "exploding", "saturated", "dead")
FAULTS: dict[str, Fault] = {
    "rate small": Fault(_set("training", learning_rate=(1e-5, 3e-5)), STUCK, ("rate_up", "longer")),
    "rate small, SGD": Fault(_both(_sgd, _set("training", learning_rate=(1e-4, 1e-3))), STUCK, ("rate_up", "longer")),
    "rate large": Fault(_set("training", learning_rate=(1.0, 3.0, 10.0)), TOO_LARGE, ("rate_down",)),
    "rate large, SGD": Fault(_both(_sgd, _set("training", learning_rate=(5.0, 10.0))), TOO_LARGE, ("rate_down",)),
    "rate large, batch": Fault(
        _set("training", learning_rate=(1.0, 10.0), batch_size=(8, 16), optimizer=("momentum",)),
        TOO_LARGE,
        ("rate_down", "batch"),
    ),
    "unfinished": Fault(_set("training", epochs=(15, 40)), ("unfinished", "learning"), ("longer", "rate_up")),
    "stopped": Fault(
        _both(_of(*HARD), _set("training", stop_train_loss=(0.6,))), ("unfinished", "learning"), ("stopping",)
    ),
    "unscaled": Fault(
        _both(_of("moons", "circles", "heart", "blobs", "xor"), _sgd, _unscaled), ("unscaled",), ("standardise",)
    ),
    "unscaled, Adam": Fault(_both(_of("moons", "circles", "rings"), _unscaled), ("unscaled",), ("standardise",)),
    "unscaled target": Fault(_both(_of("plane", "gaussian"), _unscaled_target), ("unscaled",), ("target",)),
    "dropout": Fault(_both(_of(*CURVED), _set("training", dropout=(0.8, 0.9))), ("at_chance", "plateau"), ("dropout",)),
    "L2": Fault(_set("training", weight_decay=(0.3, 1.0)), ("at_chance", "plateau"), ("penalty",)),
    "L1": Fault(_set("training", l1=(0.1, 0.3)), ("at_chance", "plateau"), ("penalty",)),
    "clipping": Fault(_both(_sgd, _set("training", clip_norm=(1e-3, 3e-3))), ("at_chance", "plateau"), ("clip",)),
    "schedule": Fault(
        _both(_of(*HARD), _set("training", schedule=("exponential",), learning_rate=(1e-3,))),
        STUCK,
        ("schedule", "rate_up", "longer"),
    ),
    "narrow": Fault(
        _both(_of(*HARD), _set("model", hidden=((2,), (4,), (8,)))), ("underfitting",), ("wider", "deeper")
    ),
    "no hidden layer": Fault(_both(_of(*CURVED), _set("model", hidden=((),))), ("underfitting",), ("bend",)),
    "linear": Fault(_both(_of(*CURVED), _set("model", activation=("linear",))), ("underfitting",), ("bend",)),
    "sigmoids": Fault(
        _both(_sgd, _set("model", hidden=((16,) * 4, (16,) * 5), activation=("sigmoid",))),
        ("vanishing",),
        ("activation",),
    ),
    "zeros": Fault(_set("model", init=("zeros",)), ("at_chance", "plateau", "underfitting", "dead"), ("init",)),
    "scale large": Fault(
        _set("model", init_scale=(8.0, 10.0)), ("saturated", "dead", "plateau", "overfitting"), ("init",)
    ),
    "input missing": Fault(
        _both(_of("xor", "checkerboard", "circles", "moons", "spirals"), _set("model", features=(("x0",), ("x1",)))),
        ("underfitting",),
        ("features",),
    ),
    "scrambled": Fault(_set("data", transfer=(SCRAMBLED,)), ("shuffled",), ("transfer",)),
    "shuffled": Fault(
        _both(_of("moons", "circles", "xor", "heart"), _set("data", label_noise=(0.5,))), ("shuffled",), ("labels",)
    ),
    "unbalanced": Fault(
        _both(
            _of("moons", "circles", "gaussians", "heart", noise=0.3),
            _sgd,
            _set("training", learning_rate=(0.02,)),
            _set("data", balance=(0.9,)),
        ),
        ("unbalanced",),
        ("balance",),
    ),
    "overfitting": Fault(
        _both(
            _of("moons", "circles", "gaussians", "heart", "plane", n_points=60, noise=0.5),
            _set("model", hidden=((128,), (64, 64))),
        ),
        ("overfitting",),
        ("early_stop", "penalise"),
    ),
    "set by hand": Fault(_by_hand, STUCK + TOO_LARGE + ("learning",), ("by_hand",)),
    "penalty later": Fault(_penalty_later, ("plateau",), ("penalty",)),
    "four rows": Fault(_rows, ("data",), ()),
    "contradictory": Fault(_contradictory, ("data",), ()),
    "untested": Fault(_untested, ("data",), ()),
}
