"""Experiments with every option there is, whose settings may change while they run."""

from dataclasses import replace

from hypothesis import strategies as st

from moons import DataSpec, Experiment
from moons.data import GENERATORS
from moons.edit import Edit
from moons.run import FIXED_FIELDS
from tests.strategies import data_specs, drawn, model_specs, train_specs

numbers = st.builds(DataSpec, kind=st.sampled_from([k for k, g in GENERATORS.items() if not g.n_classes]), **drawn)
stops = st.fixed_dictionaries(
    {
        "stop_train_loss": st.none() | st.sampled_from([0.1, 0.4, 0.7]),
        "stop_test_loss": st.none() | st.sampled_from([0.1, 0.4, 0.7]),
        "stop_score": st.none() | st.sampled_from([0.0, 0.5, 0.9]),
        "patience": st.none() | st.integers(1, 20),
    }
)
stopping_specs = train_specs | st.builds(lambda spec, stops: replace(spec, **stops), train_specs, stops)


@st.composite
def experiments(draw):
    """Every option, and sometimes other settings from some epoch on."""
    experiment = Experiment(draw(data_specs | numbers), draw(model_specs), draw(stopping_specs))
    for _change in range(draw(st.integers(0, 2))):
        now = experiment.training_now
        first = experiment.changes[-1].epoch + 1 if experiment.changes else 1
        if first <= now.epochs:
            epoch, other = draw(st.integers(first, now.epochs)), draw(stopping_specs)
            kept = {name: getattr(now, name) for name in FIXED_FIELDS}
            experiment = experiment.changed(epoch, replace(other, **kept, epochs=max(epoch, other.epochs)))
    for _edit in range(draw(st.integers(0, 2))):
        first = experiment.edits[-1].epoch if experiment.edits else 0
        epoch = draw(st.integers(first, experiment.epochs))
        experiment = experiment.edited(Edit(epoch, draw(st.integers(0, 1)), draw(st.floats(-2, 2))))
    return experiment
