"""A weight or bias set by hand, in the middle of a run."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from moons.fields import N_, FieldError, Spec, between
from moons.progress import State
from moons.train_spec import MAX_EPOCHS

LARGEST = 1_000.0  # a weight set by hand


@dataclass(frozen=True)
class Edit(Spec):
    """After `epoch` epochs, one parameter gets another value. The optimiser's memory stays as it is."""

    epoch: int = between(
        0, low=0, high=MAX_EPOCHS, label=N_("Epoch"), help=N_("How many epochs were trained when the weight was set.")
    )
    parameter: int = between(
        0,
        low=0,
        high=1_000_000,
        label=N_("Parameter"),
        help=N_("Which weight or bias, counted in the order of model.parameters(), each row by row."),
    )
    value: float = between(
        0.0, low=-LARGEST, high=LARGEST, step=0.01, label=N_("Value"), help=N_("What the weight or bias is set to.")
    )


def edited(state: State, edits: Iterable[Edit]) -> State:
    """`state` with the edits made at its epoch. Raises FieldError for a parameter that the network doesn't have."""
    now = [edit for edit in edits if edit.epoch == state.epoch]
    if not now:
        return state
    parameters = state.parameters.copy()
    for edit in now:
        if edit.parameter >= len(parameters):
            raise FieldError(
                N_("{field} must be between {low} and {high}, got {value}"),
                field="parameter",
                low=0,
                high=len(parameters) - 1,
                value=edit.parameter,
            )
        parameters[edit.parameter] = edit.value
    return replace(state, parameters=parameters)
