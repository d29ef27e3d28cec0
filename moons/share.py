"""An experiment as the text of a link, and back."""

from collections.abc import Mapping
from dataclasses import replace

from moons.data import DataSpec, Table
from moons.fields import N_, FieldError, ruled_fields
from moons.model import ModelSpec
from moons.progress import TrainSpec
from moons.run import Experiment

VERSION = "1"  # of the defaults: what a link leaves out means the defaults of its version
PARTS = {"data": DataSpec, "model": ModelSpec, "training": TrainSpec}


def to_query(experiment: Experiment) -> dict[str, str]:
    """The experiment as URL parameters, like {"data.noise": "0.2"}; what has its default is left out."""
    query: dict[str, str] = {}
    specs = {"data": experiment.data, "model": experiment.model, "training": experiment.training_now}
    for part, spec in specs.items():
        for f, _rule in ruled_fields(type(spec)):
            value = getattr(spec, f.name)
            if value != f.default:
                query[f"{part}.{f.name}"] = _text(value)
    return {"v": VERSION, **query} if query else {}


def from_query(query: Mapping[str, str]) -> tuple[Experiment, list[FieldError]]:
    """The experiment of a link, and what was wrong with it: each wrong value is left at its default."""
    experiment, errors = Experiment(), []
    for key, text in query.items():
        part, _dot, name = key.partition(".")
        if part not in PARTS:
            continue  # not ours: "embed", say
        try:
            rule = next((rule for f, rule in ruled_fields(PARTS[part]) if f.name == name), None)
            if rule is None:
                raise FieldError(N_("{field} is no setting"), field=key[:40])
            spec = replace(getattr(experiment, part), **{name: rule.parse(name, text)})
            experiment = replace(experiment, **{part: spec})
        except FieldError as error:
            errors.append(error)
    return experiment, errors


def _text(value: object) -> str:
    if value is None:
        return "none"
    if isinstance(value, Table):
        return value.link
    return "-".join(map(str, value)) if isinstance(value, tuple) else str(value)
