"""A handful of runs that a class sheet's goal may be reached by: not all that could be tried."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

from moons.answer import broken_limits
from moons.assignment import Assignment
from moons.fields import FieldError
from moons.run import Experiment

MOST = 12
UNITS = 32  # where the sheet sets no limit
OTHER_WAY = ("adam", 0.01)  # optimiser and learning rate
OTHER_ACTIVATION = "tanh"


def attempts(assignment: Assignment) -> tuple[Experiment, ...]:
    """At most MOST runs within all limits of a sheet, from its own one on, each as long as may be."""
    found = dict.fromkeys(one for one in _variations(assignment) if not broken_limits(assignment, one, _length(one)))
    return tuple(found)[:MOST]


def _length(experiment: Experiment) -> int:
    return experiment.training.epochs


def _variations(assignment: Assignment) -> Iterator[Experiment]:
    """All combinations of a few settings with the sheet's own, those that break a limit too."""
    start, units = assignment.start, assignment.max_units
    epochs = start.training.epochs if assignment.max_epochs is None else assignment.max_epochs
    most = UNITS if units is None else units
    shapes = start.model.hidden, (most,) if most else (), (most // 2, most // 2) if most > 1 else ()
    ways = (start.training.optimizer, start.training.learning_rate), OTHER_WAY
    for shape, activation, way in product(shapes, (start.model.activation, OTHER_ACTIVATION), ways):
        optimizer, rate = way
        try:
            model = replace(start.model, hidden=shape, activation=activation, activations=())
            training = replace(start.training, epochs=epochs, optimizer=optimizer, learning_rate=rate)
            yield replace(start, model=model, training=training)
        except FieldError:
            continue  # a layer that is too wide, for example
