"""Classical models beside a run, as a program that measures them again. It needs neither `moons` nor PyTorch."""

from collections.abc import Mapping, Sequence

from moons.classical import ClassicalModel, models_for
from moons.export.code import WIDTH, code
from moons.export.points import PointSettings
from moons.export.program import as_comment, imports_of, spaced, templates, wrapped
from moons.export.settings import settings_of
from moons.inspection.classical import NETWORK, Fit
from moons.plots.words import Translate, untranslated
from moons.run import History


def to_classical_script(
    history: History, fits: Sequence[Fit], *, random_state: int = 0, _: Translate = untranslated
) -> str:
    """A Python program that fits these models again, prints their scores and shows their boundaries.

    `fits` are what `fit_model` gave with that `random_state`, perhaps with the network's own among them.
    """
    environment, run, dataset = templates(), settings_of(history), history.dataset
    entries = {fit.key: models_for(dataset.task)[fit.key] for fit in fits if fit.key != NETWORK}
    words = {
        "_": _,
        "run": run,
        "points": PointSettings(history.experiment.data, dataset),
        "features": [feature.replace("torch", "np") for feature in run.features],
        "random_state": random_state,
        "models": [_item(entry) for entry in entries.values()],
        "most_points": {
            entry.label: entry.most_points
            for entry in entries.values()
            if entry.most_points is not None and entry.most_points < len(dataset.y_train)
        },
        "table": "\n".join(_row(fit, entries) for fit in fits),
    }
    header = environment.get_template("classical.md.jinja").render(words)
    program = wrapped(environment.get_template("classical.py.jinja").render(words))
    return spaced("\n\n".join([as_comment(header.strip("\n")), imports_of(program), program]))


def _item(entry: ClassicalModel) -> str:
    """A line of the dictionary of models; several where a formatter breaks it."""
    line = f"    {code(entry.label)}: {entry.whole_source},"
    return line if len(line) <= WIDTH else line.replace("(", "(\n        ", 1).removesuffix("),") + "\n    ),"


def _row(fit: Fit, entries: Mapping[str, ClassicalModel]) -> str:
    name = entries[fit.key].label if fit.key in entries else "The network"
    return f"- {name}: {fit.train_score:.4f}, {fit.test_score:.4f}"
