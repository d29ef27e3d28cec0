"""A run's settings and changes as rows that a person reads."""

from collections import Counter
from typing import Any

from moons.choices import NAMES, number_text, units_text
from moons.data import GENERATORS, OWN_LABEL
from moons.edit import Edit
from moons.features import input_label
from moons.fields import N_, Spec, default_of, label_of, ruled_fields
from moons.inspection.step import parameter_place
from moons.plots.words import Translate
from moons.run import Change, Experiment, History
from moons.share import PARTS, is_loaded

MOST_EDITS = 20  # told one by one; of more, the number
GROUPS = {"data": N_("Data"), "model": N_("Network"), "training": N_("Training")}


def setting_groups(experiment: Experiment, _: Translate) -> list[dict[str, Any]]:
    """Each part's settings: a title, and rows of label, value and whether it differs from the default."""
    return [_group(part, experiment, _) for part in PARTS]


def change_groups(history: History, _: Translate) -> list[dict[str, Any]]:
    """What was changed while the run went on, settings first, then weights: a title, and rows of label and value."""
    changes = [_change(history, position, _) for position in range(len(history.experiment.changes))]
    return [*changes, *_edits(history, _)]


def _group(part: str, experiment: Experiment, _: Translate) -> dict[str, Any]:
    spec: Spec = getattr(experiment, part)
    rows = [
        {
            "label": _(label_of(type(spec), f.name)),
            "value": _value(f.name, getattr(spec, f.name), _),
            "marked": getattr(spec, f.name) != default_of(type(spec), f.name),
        }
        for f, _rule in ruled_fields(type(spec))
        if f"{part}.{f.name}" not in _without_meaning(experiment)
    ]
    return {"title": _(GROUPS[part]), "rows": rows}


def _without_meaning(experiment: Experiment) -> set[str]:
    """Settings that decide nothing for these points."""
    data = experiment.data
    generator = GENERATORS.get(data.kind)
    found = {"training.regression_loss" if data.class_count else "training.class_loss"}
    if generator is None:
        return found | {f"data.{name}" for name in ("n_points", "noise", "n_test", "n_classes", "balance")}
    found |= {"data.held_out", "data.table"}
    if not generator.any_n_classes:
        found.add("data.n_classes")
    if not data.class_count:
        found |= {"data.balance", "data.label_noise"}
    return found


def _change(history: History, position: int, _: Translate) -> dict[str, Any]:
    changes = (Change(0, history.experiment.training), *history.experiment.changes)
    before, after = changes[position : position + 2]
    names = [f.name for f, _rule in ruled_fields(type(after.training))]
    rows = [
        {
            "label": _(label_of(type(after.training), name)),
            "value": _("{before} → {after}").format(
                before=_value(name, getattr(before.training, name), _),
                after=_value(name, getattr(after.training, name), _),
            ),
        }
        for name in names
        if getattr(before.training, name) != getattr(after.training, name)
    ]
    return {"title": _("From epoch {epoch}").format(epoch=f"{after.epoch:,}"), "rows": rows}


def _edits(history: History, _: Translate) -> list[dict[str, Any]]:
    edits = history.experiment.edits
    if is_loaded(history.experiment):
        first = {"title": _("From epoch {epoch}").format(epoch="0"), "rows": [_loaded(history, _)]}
        return [first, *[_edit(history, edit, _) for edit in edits if edit.epoch][:MOST_EDITS]]
    if len(edits) <= MOST_EDITS:
        return [_edit(history, edit, _) for edit in edits]
    return [
        {
            "title": _("From epoch {epoch}").format(epoch=f"{epoch:,}"),
            "rows": [{"label": _("Weights set by hand"), "value": f"{n:,}"}],
        }
        for epoch, n in Counter(edit.epoch for edit in edits).items()
    ]


def _loaded(history: History, _: Translate) -> dict[str, str]:
    n = sum(edit.epoch == 0 for edit in history.experiment.edits)
    return {"label": _("Weights loaded from a file"), "value": f"{n:,}"}


def _edit(history: History, edit: Edit, _: Translate) -> dict[str, Any]:
    layer, unit, source = parameter_place(history.sizes, edit.parameter)
    if source is None:
        label = _("Bias of unit {unit} in layer {layer}, set by hand")
    elif layer:
        label = _("Weight from unit {source} to unit {unit} in layer {layer}, set by hand")
    else:
        label = _("Weight from {source} to unit {unit} in layer {layer}, set by hand")
    place = {"layer": layer + 1, "unit": unit, "source": source if layer or source is None else _input(history, source)}
    row = {"label": label.format(**place), "value": f"{edit.value:g}"}
    return {"title": _("From epoch {epoch}").format(epoch=f"{edit.epoch:,}"), "rows": [row]}


def _input(history: History, place: int) -> str:
    """What an input of the network is called: the column's name, or the feature's formula."""
    return input_label(history.experiment.model.features[place], history.dataset.columns)


def _value(name: str, value: Any, _: Translate) -> str:
    """A setting's value as a person reads it."""
    if isinstance(value, bool):
        return _("on") if value else _("off")
    if value is None:
        return _("all points") if name == "batch_size" else _("none")
    if isinstance(value, tuple):
        said = " · ".join(_(NAMES.get(one, str(one))) for one in value) or _("none")
        return units_text(said, _) if name == "hidden" and value else said
    if name == "kind":
        return _(GENERATORS[value].label if value in GENERATORS else OWN_LABEL)
    if value in NAMES:
        return _(NAMES[value])
    return str(value) if name == "seed" else number_text(value)
