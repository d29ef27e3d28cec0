"""An experiment with one other setting: what one would like to see beside it."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any

from moons.fields import FieldError
from moons.run import Experiment


def variations(experiment: Experiment) -> tuple[Experiment, ...]:
    """The experiment `rewound`, each time with one other setting.

    The weight seed stays: a network of the same size starts from the same weights.
    """
    start = rewound(experiment)
    found = []
    for part, name, value in _others(start):
        with suppress(FieldError):  # a neighbour beyond the field's bounds
            other = replace(start, **{part: replace(getattr(start, part), **{name: value})})
            found.append(replace(other, edits=()) if name == "hidden" else other)
    return tuple(found)


def rewound(experiment: Experiment) -> Experiment:
    """The experiment from its start, as it trains now; of the weights set by hand only the initial ones."""
    edits = tuple(edit for edit in experiment.edits if edit.epoch == 0)
    return replace(experiment, training=experiment.training_now, changes=(), edits=edits)


def _others(start: Experiment) -> Iterator[tuple[str, str, Any]]:
    """(part, field, another value)."""
    model, training = start.model, start.training
    for factor in (10.0, 0.1):
        yield "training", "learning_rate", float(f"{training.learning_rate * factor:.6g}")
    yield "training", "optimizer", "adam" if training.optimizer == "sgd" else "sgd"
    if model.hidden:
        yield "model", "hidden", tuple(2 * width for width in model.hidden)
    yield "model", "hidden", (*model.hidden, model.hidden[-1] if model.hidden else 16)
    yield "model", "activation", "tanh" if model.activation == "relu" else "relu"
