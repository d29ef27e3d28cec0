"""Experiments of every kind, small enough to run in a test."""

from hypothesis import strategies as st

from moons.data import GENERATORS, DataSpec
from moons.model import ACTIVATIONS, ModelSpec
from moons.progress import OPTIMIZERS, SCHEDULES, TrainSpec

data_specs = st.builds(
    DataSpec,
    kind=st.sampled_from(sorted(GENERATORS)),
    n_points=st.integers(20, 80),
    noise=st.floats(0, 0.3),
    seed=st.integers(0, 9_999),
    n_test=st.integers(20, 60),
)
model_specs = st.builds(
    ModelSpec,
    hidden=st.lists(st.integers(1, 12), max_size=3).map(tuple),
    activation=st.sampled_from(sorted(ACTIVATIONS)),
    seed=st.integers(0, 9_999),
)
train_specs = st.builds(
    TrainSpec,
    epochs=st.integers(1, 60),
    learning_rate=st.floats(1e-4, 0.03),
    batch_size=st.none() | st.integers(1, 20),
    seed=st.integers(0, 9_999),
    optimizer=st.sampled_from(sorted(OPTIMIZERS)),
    schedule=st.sampled_from(SCHEDULES),
    weight_decay=st.sampled_from([0.0, 1e-3]),
    l1=st.sampled_from([0.0, 1e-3]),
    clip_norm=st.none() | st.floats(0.1, 2.0),
)
