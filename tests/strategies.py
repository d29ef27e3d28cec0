"""Experiments of every kind, small enough to run in a test."""

import numpy as np
from hypothesis import strategies as st

from moons.data import GENERATORS, INTACT, OWN, SCRAMBLED, DataSpec, Table
from moons.data.cells import is_name, number
from moons.features import FEATURES, PLAIN
from moons.losses import CLASS_LOSSES, REGRESSION_LOSSES
from moons.model import ACTIVATIONS, INITS, ModelSpec
from moons.optimizers import OPTIMIZERS
from moons.schedules import SCHEDULES
from moons.train_spec import TrainSpec

KINDS = sorted(kind for kind, generator in GENERATORS.items() if generator.n_classes)  # classification


@st.composite
def tables(draw):
    """A person's own points, with classes of any name; enough of them for any batch below."""
    words = st.text(min_size=1, max_size=8).filter(lambda word: is_name(word) and number(word) is None)
    names = sorted(draw(st.lists(words, min_size=2, max_size=4, unique=True)))
    n = draw(st.integers(40, 50))
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    x0, x1 = rng.normal(size=(2, n)).round(3)
    labels = rng.permutation(np.arange(n) % len(names))
    return Table(tuple(x0.tolist()), tuple(x1.tolist()), tuple(labels.tolist()), class_names=tuple(names))


drawn = {
    "n_points": st.integers(20, 80),
    "noise": st.floats(0, 0.3),
    "seed": st.integers(0, 9_999),
    "n_test": st.integers(20, 60),
}
moons_specs = st.builds(DataSpec, **drawn)
data_specs = st.builds(
    DataSpec,
    kind=st.sampled_from([*KINDS, OWN]),
    **drawn,
    n_classes=st.integers(2, 5),
    balance=st.sampled_from([0.5, 0.2, 0.9]),
    label_noise=st.sampled_from([0.0, 0.25]),
    standardise=st.booleans(),
    transfer=st.sampled_from([INTACT, SCRAMBLED]),
    held_out=st.sampled_from([0.25, 0.5]),
    table=tables(),
)
number_specs = st.builds(  # regressions
    DataSpec,
    kind=st.sampled_from(sorted(set(GENERATORS) - set(KINDS))),
    **drawn,
    standardise=st.just(True),
)


def networks(widths, max_layers):
    """Networks of every kind, with these widths of hidden layers."""
    names, layers = st.sampled_from(sorted(ACTIVATIONS)), st.lists(widths, max_size=max_layers).map(tuple)
    inputs = st.just(PLAIN) | st.lists(st.sampled_from(list(FEATURES)), min_size=1, max_size=9, unique=True).map(tuple)
    rest = {"init": st.sampled_from(list(INITS)), "init_scale": st.sampled_from([0.5, 1.0]), "features": inputs}
    return layers.flatmap(
        lambda hidden: st.builds(
            ModelSpec,
            hidden=st.just(hidden),
            activation=names,
            activations=st.just(()) | st.tuples(*[names] * len(hidden)),
            seed=st.integers(0, 9_999),
            **rest,
        )
    )


model_specs = networks(st.integers(1, 12), 3)
train_specs = st.builds(
    TrainSpec,
    epochs=st.integers(1, 60),
    learning_rate=st.floats(1e-4, 0.03),
    batch_size=st.none() | st.integers(1, 20),
    seed=st.integers(0, 9_999),
    optimizer=st.sampled_from(sorted(OPTIMIZERS)),
    schedule=st.sampled_from(sorted(SCHEDULES)),
    weight_decay=st.sampled_from([0.0, 1e-3]),
    l1=st.sampled_from([0.0, 1e-3]),
    clip_norm=st.none() | st.floats(0.1, 2.0),
    dropout=st.just(0.0) | st.floats(0.05, 0.9),
    class_loss=st.sampled_from(sorted(CLASS_LOSSES)),
    regression_loss=st.sampled_from(sorted(REGRESSION_LOSSES)),
)
