"""Losses as CSV; an experiment as JSON, and back."""

import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from moons.data.table import Table, TableRule, table_from
from moons.edit import Edit
from moons.export.settings import ever
from moons.fields import N_, FieldError, Rule, Several, Spec, ruled_fields
from moons.run import Change, Experiment, History
from moons.share import PARTS
from moons.train import scores_of

MOST_BYTES = 20_000_000  # of a file that is read back
FORMAT = "moons experiment"
VERSION = 1  # of the file; what a file leaves out means the defaults of its version


def losses_csv(history: History) -> str:
    """The losses of every epoch before its first update, mean per point: columns epoch, train_loss, test_loss.

    Of a run with dropout the training loss as recorded, with dropout, and the one without, which is computed here by
    training once more: epoch, train_loss_with_dropout, train_loss_without_dropout, test_loss_without_dropout.
    """
    columns = {"train_loss": history.train_loss, "test_loss": history.test_loss}
    if ever(history.experiment, "dropout"):
        columns = {
            "train_loss_with_dropout": history.train_loss,
            "train_loss_without_dropout": _without_dropout(history),
            "test_loss_without_dropout": history.test_loss,
        }
    rows = [",".join(map(str, row)) for row in zip(range(history.n_epochs), *columns.values(), strict=True)]
    return "\n".join([",".join(["epoch", *columns]), *rows]) + "\n"


def _without_dropout(history: History) -> NDArray[np.float32]:
    """The training loss of the whole network before each epoch: (n_epochs,)."""
    first = scores_of(history.model_at(0), history.dataset, history.experiment.training)
    later = (chunk.scores for chunk in history.play(history.state_at(0), 1))
    scores = [first, *islice(later, history.n_epochs - 1)] if history.n_epochs else []
    return np.array([each.train_loss for each in scores], np.float32)


def to_json(experiment: Experiment) -> str:
    """Everything that decides a run, the defaults included, as JSON text."""
    document: dict[str, Any] = {"format": FORMAT, "version": VERSION}
    for part in PARTS:
        document[part] = _values(getattr(experiment, part))
    document["changes"] = [
        {"epoch": change.epoch, "training": _values(change.training)} for change in experiment.changes
    ]
    document["edits"] = [_values(edit) for edit in experiment.edits]
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def from_json(text: str) -> Experiment:
    """The experiment that `to_json` wrote. Raises FieldError, naming the field, for all that isn't one."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise FieldError(N_("the file must be JSON, and this is none")) from None
    entries = _entries(document, "", {"format", "version", "changes", "edits", *PARTS})
    if entries.get("format") != FORMAT:
        raise FieldError(
            N_("{field} must be {expected}, got {value}"),
            field="format",
            expected=FORMAT,
            value=_short(entries.get("format")),
        )
    if entries.get("version") != VERSION:
        raise FieldError(
            N_("{field} must be {expected}, got {value}"),
            field="version",
            expected=VERSION,
            value=_short(entries.get("version")),
        )
    specs = {part: _spec(entries.get(part, {}), part, spec) for part, spec in PARTS.items()}
    return _with_edits(_with_changes(Experiment(**specs), entries.get("changes", [])), entries.get("edits", []))


def _with_edits(experiment: Experiment, documents: Any) -> Experiment:
    if not isinstance(documents, list):
        raise FieldError(N_("{field} must be a list, got {value}"), field="edits", value=_short(documents))
    edits: list[Edit] = []
    for position, document in enumerate(documents):
        edit = _spec(document, f"edits[{position}]", Edit)
        first = edits[-1].epoch if edits else 0
        if not first <= edit.epoch <= experiment.epochs:
            raise FieldError(
                N_("{field} must be between {low} and {high}, got {value}"),
                field=f"edits[{position}].epoch",
                low=f"{first:,}",
                high=f"{experiment.epochs:,}",
                value=f"{edit.epoch:,}",
            )
        edits.append(edit)
    return replace(experiment, edits=tuple(edits))


def _with_changes(experiment: Experiment, changes: Any) -> Experiment:
    if not isinstance(changes, list):
        raise FieldError(N_("{field} must be a list, got {value}"), field="changes", value=_short(changes))
    read: list[Change] = []
    first, last = 1, experiment.epochs
    for position, change in enumerate(changes):
        name = f"changes[{position}]"
        entries = _entries(change, name, {"epoch", "training"})
        training = _spec(entries.get("training", {}), f"{name}.training", PARTS["training"])
        epoch = entries.get("epoch")
        if not isinstance(epoch, int) or isinstance(epoch, bool) or not first <= epoch <= last:
            raise FieldError(
                N_("{field} must be between {low} and {high}, got {value}"),
                field=f"{name}.epoch",
                low=f"{first:,}",
                high=f"{last:,}",
                value=_short(epoch),
            )
        try:
            experiment.check_change(epoch, training)
        except FieldError as error:
            raise _placed(error, f"{name}.training") from None
        read.append(Change(epoch, training))
        first, last = epoch + 1, training.epochs
    return replace(experiment, changes=tuple(read))


def _spec(document: Any, name: str, spec: type[Spec]) -> Any:
    """One spec; what is left out has its default. A FieldError names the field with its place in the file."""
    rules = {f.name: rule for f, rule in ruled_fields(spec)}
    entries = _entries(document, name, set(rules))
    try:
        return spec(**{key: _read(rules[key], value) for key, value in entries.items()})
    except FieldError as error:
        raise _placed(error, name) from None


def _read(rule: Rule, value: Any) -> Any:
    """A setting's value as JSON has it, as its spec wants it."""
    if isinstance(rule, TableRule) and value is not None:
        return table_from(value)
    return tuple(value) if isinstance(rule, Several) and isinstance(value, list) else value


def _placed(error: FieldError, name: str) -> FieldError:
    """The same error, its field named with its place in the file."""
    return FieldError(error.template, **error.values | {"field": f"{name}.{error.values.get('field', '')}"})


def _entries(document: Any, name: str, known: set[str]) -> Mapping[str, Any]:
    if not isinstance(document, dict):
        rule = N_("{field} must be an object, got {value}") if name else N_("the file must be an object, got {value}")
        raise FieldError(rule, field=name, value=_short(document))
    for key in document:
        if key not in known:
            place = f"{name}.{key}" if name else key
            raise FieldError(N_("“{field}” is no setting"), field=place[:60])
    return document


def _values(spec: Spec) -> dict[str, Any]:
    values = {f.name: getattr(spec, f.name) for f, _rule in ruled_fields(type(spec))}
    return {name: asdict(value) if isinstance(value, Table) else value for name, value in values.items()}


def _short(value: Any) -> str:
    return repr(value)[:60]
