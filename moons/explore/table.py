"""Studies as CSV: a row for each run."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence

from moons.explore.outcome import Outcome
from moons.explore.search import Search
from moons.explore.settings import value_in

SCORES = ("train_loss", "test_loss", "train_score", "test_score")


def outcomes_csv(outcomes: Mapping[int, Outcome], settings: Sequence[str] = ()) -> str:
    """Each finished run's `settings`, weight seed, final scores, diagnosis, data seed and number of training points."""
    header = [*settings, "weight_seed", *SCORES, "diagnosis", "data_seed", "training_points"]
    return _csv(header, (_row(one, settings) for _index, one in sorted(outcomes.items())))


def search_csv(found: Search) -> str:
    """Each run's settings and its score and loss on held-out points; empty where it diverged."""
    names = [name for name, _value in found.tried[0].values] if found.tried else []
    rows = (
        [*(value for _name, value in one.values), *((one.figures.score, one.figures.loss) if one.figures else ("", ""))]
        for one in found.tried
    )
    return _csv([*names, "held_out_score", "held_out_loss"], rows)


def _row(one: Outcome, settings: Sequence[str]) -> list[object]:
    experiment, data = one.experiment, one.experiment.data
    values = ["" if (value := value_in(experiment, name)) is None else value for name in settings]
    scores = [getattr(one.scores, name) for name in SCORES]
    return [*values, experiment.model.seed, *scores, one.condition, data.seed, data.n_train]


def _csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()
