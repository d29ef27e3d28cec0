"""An experiment as the text of a link, and back.

A link names only what differs from the defaults, one parameter for each setting:

    v=1&data.noise=0.2&model.hidden=8-4&change.500=learning_rate:0.1&edit.800.17=-0.5

Weights that were loaded for the whole network are one parameter, `weights`.
"""

import base64
from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np

from moons.data import DataSpec, Table
from moons.edit import Edit
from moons.fields import N_, Between, FieldError, Spec, default_of, fields_of, rule_of, ruled_fields
from moons.model import ModelSpec
from moons.run import Experiment
from moons.train_spec import TrainSpec

VERSION = "1"  # of the defaults: what a link leaves out means the defaults of its version
PARTS: dict[str, type[Spec]] = {"data": DataSpec, "model": ModelSpec, "training": TrainSpec}
CHANGE, EDIT = "change", "edit"
WEIGHTS = "weights"
MOST_WEIGHTS = 1_500  # loaded weights that a link may hold: about 8,000 characters
TURNS, LEFT_OUT = "turns", "too-many"
MOST_TURNS = 50  # changes and edits that a link may hold


def to_query(experiment: Experiment) -> dict[str, str]:
    """The experiment as URL parameters, like {"data.noise": "0.2"}; what has its default is left out."""
    query: dict[str, str] = {}
    for part in PARTS:
        query |= spec_query(part, getattr(experiment, part))
    edits = experiment.edits
    if is_loaded(experiment) and n_parameters(experiment) <= MOST_WEIGHTS:
        query[WEIGHTS] = _packed_weights(experiment)
        edits = tuple(edit for edit in edits if edit.epoch)
    if len(experiment.changes) + len(edits) > MOST_TURNS:
        return {"v": VERSION, **{key: text for key, text in query.items() if key != WEIGHTS}, TURNS: LEFT_OUT}
    before = experiment.training
    for change in experiment.changes:
        changed = spec_query("", change.training, before)
        query[f"{CHANGE}.{change.epoch}"] = ",".join(f"{name[1:]}:{text}" for name, text in changed.items())
        before = change.training
    for edit in edits:
        query[f"{EDIT}.{edit.epoch}.{edit.parameter}"] = str(edit.value)
    return {"v": VERSION, **query} if query else {}


def from_query(query: Mapping[str, str]) -> tuple[Experiment, list[FieldError]]:
    """The experiment of a link, and what was wrong with it: each wrong value is left at its default."""
    errors: list[FieldError] = []
    specs = {part: read_spec(query, part, spec, errors) for part, spec in PARTS.items()}
    try:
        specs["training"].steps_per_epoch(specs["data"].n_train)
    except FieldError as error:
        specs["training"] = replace(specs["training"], batch_size=default_of(TrainSpec, "batch_size"))
        errors.append(error)
    experiment = Experiment(**specs)
    if query.get("v", "") not in ("", VERSION):
        errors.append(
            FieldError(
                N_("the link is of version {value}, and here links are read as of version {version}"),
                value=query["v"],
                version=VERSION,
            )
        )
    if TURNS in query:
        errors.append(FieldError(N_("the changes on the way were too many for a link: download them as a file")))
    if WEIGHTS in query:
        try:
            experiment = replace(experiment, edits=_unpacked_weights(query[WEIGHTS], experiment))
        except FieldError as error:
            errors.append(error)
    turns: list[tuple[tuple[str, list[int]], str]] = []
    for key, text in query.items():
        if key.partition(".")[0] in (CHANGE, EDIT):
            try:
                turns.append((_turn(key), text))
            except FieldError as error:
                errors.append(error)
    if len(turns) > MOST_TURNS:
        errors.append(
            FieldError(
                N_(
                    "a link may hold {high} changes and weights set by hand, this one has {value}: the rest is left out"
                ),
                high=MOST_TURNS,
                value=len(turns),
            )
        )
    for (kind, place), text in sorted(turns)[:MOST_TURNS]:  # changes come before edits, both by epoch
        try:
            experiment = (_changed if kind == CHANGE else _edited)(experiment, place, text)
        except FieldError as error:
            errors.append(error)
    return experiment, errors


def spec_query(part: str, spec: Spec, usual: Spec | None = None) -> dict[str, str]:
    """The parameters of one spec: what differs from `usual`, or from the defaults."""
    return {
        f"{part}.{f.name}": _text(getattr(spec, f.name))
        for f, _rule in ruled_fields(type(spec))
        if getattr(spec, f.name) != (getattr(usual, f.name) if usual else f.default)
    }


def read_spec(query: Mapping[str, str], part: str, spec: type[Any], errors: list[FieldError]) -> Any:
    """One spec of a link. What is wrong goes to `errors`, and is left at its default."""
    read = spec()
    order = [f.name for f, _rule in ruled_fields(spec)]  # a later field may need an earlier one, in links of any order
    ours = [(key.partition(".")[2], key, text) for key, text in query.items() if key.partition(".")[0] == part]
    for name, key, text in sorted(ours, key=lambda one: order.index(one[0]) if one[0] in order else -1):
        try:
            read = _with(read, name, text, key)
        except FieldError as error:
            errors.append(error)
    return read


def n_parameters(experiment: Experiment) -> int:
    """How many weights and biases the experiment's network has."""
    model, outputs = experiment.model, experiment.data.class_count or 1
    return sum((a + 1) * b for a, b in pairwise((len(model.features), *model.hidden, outputs)))


def is_loaded(experiment: Experiment) -> bool:
    """Whether all weights and biases were set before the first epoch, as when a file of weights is loaded."""
    first = [edit.parameter for edit in experiment.edits if edit.epoch == 0]
    return len(first) > 1 and len(first) == n_parameters(experiment)


def _packed_weights(experiment: Experiment) -> str:
    """All initial weights in order: as float32 where that is exact, else as float64."""
    by_place = sorted((edit.parameter, edit.value) for edit in experiment.edits if edit.epoch == 0)
    values = np.array([value for _place, value in by_place])
    short = values.astype("<f4")
    return base64.urlsafe_b64encode((short if (short == values).all() else values).tobytes()).decode("ascii")


def _unpacked_weights(text: str, experiment: Experiment) -> tuple[Edit, ...]:
    """The weights of `_packed_weights` for this experiment's network. Raises FieldError for anything else."""
    n = n_parameters(experiment)
    try:
        data = base64.b64decode(text, altchars=b"-_", validate=True)
        values = np.frombuffer(data, {4 * n: "<f4", 8 * n: "<f8"}[len(data)])
    except (ValueError, KeyError):
        raise FieldError(N_("the loaded weights of the link can't be read, or are those of another network")) from None
    with fields_of(Edit):
        return tuple(Edit(0, place, value) for place, value in enumerate(values.tolist()))


def _with(spec: Any, name: str, text: str, key: str) -> Any:
    """The spec with one field read from text."""
    rule = next((rule for f, rule in ruled_fields(type(spec)) if f.name == name), None)
    if rule is None:
        raise FieldError(N_("“{field}” is no setting"), field=key[:40])
    with fields_of(type(spec)):
        return replace(spec, **{name: rule.parse(name, text)})


def _turn(key: str) -> tuple[str, list[int]]:
    """What a key like "change.500" or "edit.800.17" says: its kind, and where: epoch, or epoch and parameter."""
    kind, *numbers = key.split(".")
    if len(numbers) != (1 if kind == CHANGE else 2) or not all(n.isdecimal() and len(n) < 10 for n in numbers):
        raise FieldError(N_("“{field}” is no setting"), field=key[:40])
    return kind, [int(n) for n in numbers]


def _changed(experiment: Experiment, place: list[int], text: str) -> Experiment:
    """The experiment with one more change, like "learning_rate:0.1,l1:0.01"."""
    training = experiment.training_now
    for setting in text.split(",") if text else ():  # a branch is one, even before it changes anything
        name, _colon, value = setting.partition(":")
        training = _with(training, name, value, f"{CHANGE}.{name}")
    with fields_of(Edit):
        Between(1, training.epochs, 1).check("epoch", place[0])
    with fields_of(TrainSpec):
        training.steps_per_epoch(experiment.data.n_train)
        return experiment.changed(place[0], training)


def _edited(experiment: Experiment, place: list[int], text: str) -> Experiment:
    """The experiment with one more weight set by hand."""
    epoch, parameter = place
    with fields_of(Edit):
        edit = Edit(epoch, parameter, rule_of(Edit, "value").parse("value", text))
        Between(0, experiment.epochs, 1).check("epoch", epoch)
        Between(0, n_parameters(experiment) - 1, 1).check("parameter", parameter)
    return replace(experiment, edits=(*experiment.edits, edit))


def _text(value: object) -> str:
    if value is None:
        return "none"
    if isinstance(value, Table):
        return value.link
    if isinstance(value, bool):
        return str(value).lower()
    return "-".join(map(str, value)) if isinstance(value, tuple) else str(value)
