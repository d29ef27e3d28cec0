"""A file that a person brings back, as an experiment. Nothing in it is ever unpickled or executed."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from moons.edit import Edit
from moons.export.tables import MOST_BYTES, from_json
from moons.export.weights import from_safetensors
from moons.fields import N_, Between, FieldError, fields_of
from moons.model import build_model
from moons.run import Experiment
from moons.share import n_parameters

MOST_WEIGHTS = 30_000  # that are taken over: an experiment is a value, and holds each of them


def is_experiment(name: str, data: bytes) -> bool:
    """Whether a file is meant to hold an experiment, and not weights."""
    return not name.lower().endswith(".safetensors") and (name.lower().endswith(".json") or data.lstrip()[:1] == b"{")


def read_experiment(name: str, data: bytes, now: Experiment) -> Experiment:
    """The experiment of a JSON file; or, of a safetensors file, `now` from its start with the weights in it.

    Raises FieldError, in a sentence, for anything else.
    """
    if len(data) > MOST_BYTES:
        raise FieldError(N_("the file must be at most {limit} MB large"), limit=MOST_BYTES // 1_000_000)
    if name.lower().endswith((".csv", ".tsv", ".txt")):
        raise FieldError(N_("a table of points goes to the room Data, not here"))
    if is_experiment(name, data):
        return _served(from_json(_text(data)))
    return with_weights(now, from_safetensors(data, build_model(now.model, now.data.class_count)))


def with_weights(experiment: Experiment, parameters: NDArray[np.float32]) -> Experiment:
    """The experiment from its start, as it trains now, with these initial weights (n_parameters,).

    They are recorded as weights set by hand before the first epoch, so exports and files hold them.
    """
    if len(parameters) > MOST_WEIGHTS:
        raise FieldError(
            N_("weights must be at most {limit} numbers to be taken over, got {value}"),
            limit=f"{MOST_WEIGHTS:,}",
            value=f"{len(parameters):,}",
        )
    edits = tuple(Edit(0, place, value) for place, value in enumerate(parameters.tolist()))
    return replace(experiment, training=experiment.training_now, changes=(), edits=edits)


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise FieldError(N_("the file must be JSON, and this is none")) from None


def _served(experiment: Experiment) -> Experiment:
    """The experiment, once what its parts ask of each other is checked."""
    for training in (experiment.training, *(change.training for change in experiment.changes)):
        training.steps_per_epoch(experiment.data.n_train)
    with fields_of(Edit):
        for edit in experiment.edits:
            Between(0, n_parameters(experiment) - 1, 1).check("parameter", edit.parameter)
    return experiment
