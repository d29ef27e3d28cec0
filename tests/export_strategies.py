"""Experiments whose settings change while they run."""

from dataclasses import replace

from hypothesis import strategies as st

from moons import Experiment, ModelSpec
from moons.model import ACTIVATIONS
from tests.strategies import data_specs, train_specs

model_specs = st.builds(
    ModelSpec,
    hidden=st.lists(st.integers(1, 12), max_size=3).map(tuple),
    activation=st.sampled_from(sorted(ACTIVATIONS)),
    seed=st.integers(0, 9_999),
)


@st.composite
def experiments(draw):
    """Every option, and sometimes other settings from some epoch on."""
    experiment = Experiment(draw(data_specs), draw(model_specs), draw(train_specs))
    for _change in range(draw(st.integers(0, 2))):
        now = experiment.training_now
        first = experiment.changes[-1].epoch + 1 if experiment.changes else 1
        if first <= now.epochs:
            epoch, other = draw(st.integers(first, now.epochs)), draw(train_specs)
            kept = {"optimizer": now.optimizer, "seed": now.seed, "epochs": max(epoch, other.epochs)}
            experiment = experiment.changed(epoch, replace(other, **kept))
    return experiment
