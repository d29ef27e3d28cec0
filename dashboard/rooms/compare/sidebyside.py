"""Boundaries of several runs at the same epoch, tied by one slider. A fragment: moving in time draws nothing else."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from dashboard.app.names import LETTERS, names_beside, score_text
from dashboard.app.shelf import Kept
from dashboard.page import component, session
from dashboard.page.language import _, ngettext
from moons.data import Dataset, DataSpec
from moons.digits import Digits
from moons.export.frames import level_colors, point_colors, rgb
from moons.inspection.boundary import COLUMNS, PROBABILITY, ROWS, boundary, make_grid
from moons.inspection.comparison import Disagreement, disagreement
from moons.inspection.points import evaluate
from moons.model import NaiveNet
from moons.plots import palette
from moons.progress import Scores

MOST_POINTS = 600  # in a picture as small as these

Payload = dict[str, Any]


@dataclass(frozen=True, eq=False)
class Look:
    """One run at the epoch looked at, or at its end if it is shorter."""

    kept: Kept
    epoch: int
    model: NaiveNet

    @cached_property
    def scores(self) -> Scores:
        """On both splits."""
        return evaluate(self.model, self.dataset, self.kept.history.experiment.training_now).scores

    @property
    def data(self) -> DataSpec:
        return self.kept.history.experiment.data

    @property
    def dataset(self) -> Dataset:
        return self.kept.history.dataset


def draw(runs: list[Kept], table: Callable[[Sequence[Look]], None]) -> None:
    """The slider, a picture of each run, and the map of where two of them disagree.

    `table` is handed the runs at the epoch looked at, each time that it moves.
    """
    st.fragment(_tick)(runs, table)


def last_epoch(runs: list[Kept]) -> int:
    """The end of the longest run."""
    return max(kept.history.n_epochs for kept in runs)


def epoch_of(runs: list[Kept]) -> int:
    """The epoch looked at: the end, until a person has moved it."""
    chosen = session.state().comparison.compared_epoch
    return last_epoch(runs) if chosen is None else min(chosen, last_epoch(runs))


def _tick(runs: list[Kept], table: Callable[[Sequence[Look]], None]) -> None:
    looks, names = [_look(kept, epoch_of(runs)) for kept in runs], names_beside(runs, _)
    pictures = [_picture(look, place, names[place], epoch_of(runs)) for place, look in enumerate(looks)]
    said, chosen = "", session.state().comparison
    pair = chosen.compared_first, chosen.against
    first, second = (looks[LETTERS.index(letter)] if len(looks) > 1 else looks[0] for letter in pair)
    if len(looks) > 1 and first.data.task == second.data.task:
        difference, said = _map(first, second, pair)
        pictures.append(difference)
    elif len(looks) > 1:
        said = _("{a} and {b} answer different questions: there is no map.")
        said = said.format(a=pair[0], b=pair[1])
    table(looks)
    data = {
        "serial": _serial(),
        "epoch": epoch_of(runs),
        "last": last_epoch(runs),
        "columns": COLUMNS,
        "rows": ROWS,
        "pictures": pictures,
        "disagreement": said,
        "language": session.language(),
        "words": {"epoch": _("Epoch {epoch}"), "timeline": _("Timeline of all runs: the epoch looked at")},
    }
    mount = component.component("side_by_side", "sidebyside.js", css="sidebyside.css", html="sidebyside.html")
    mount(key="compared_pictures", data=data, **session.hear("compared_pictures", {"seek": _seek}))


def _seek(said: int) -> None:
    session.choose(replace(session.state().comparison, compared_epoch=int(said)))


def _serial() -> int:
    """Counts what was sent, so that the browser knows an answer from the one before."""
    memory = session.browser().memory
    memory["compared_serial"] = memory.get("compared_serial", 0) + 1
    return int(memory["compared_serial"])


def _look(kept: Kept, epoch: int) -> Look:
    at = min(epoch, kept.history.n_epochs)
    return Look(kept, at, kept.history.model_at(at))


def _picture(look: Look, place: int, name: str, epoch: int) -> Payload:
    grid = make_grid(look.dataset)
    dataset, n_classes = look.dataset, look.dataset.n_classes
    scores = look.scores
    sentence = (
        _("Loss {train} (test {test}), accuracy {train_score} (test {test_score})")
        if n_classes
        else _("Loss {train} (test {test}), R² {train_score} (test {test_score})")
    )
    said = sentence.format(
        train=f"{Digits(scores.train_loss):.4f}",
        test=f"{Digits(scores.test_loss):.4f}",
        train_score=score_text(scores.train_score, n_classes),
        test_score=score_text(scores.test_score, n_classes),
    )
    if look.epoch < epoch:
        trained = ngettext("It is trained for {n} epoch.", "It is trained for {n} epochs.", look.epoch)
        said = f"{trained.format(n=f'{look.epoch:,}')} {said}"
    letter = LETTERS[place]
    alt = _("Decision boundary of {run} at epoch {epoch}.").format(run=letter, epoch=f"{look.epoch:,}")
    return {
        "letter": letter,
        "name": name,
        "color": palette.RUNS[place],
        "alt": alt,
        "says": said,
        "z": component.text(boundary(look.model, grid, PROBABILITY).values),
        "levels": component.text(level_colors(n_classes)),
        "extent": dataset.extent(),
        "points": _points(dataset, dataset.X_train, dataset.y_train, np.ones(len(dataset.y_train), bool)),
    }


def _map(first: Look, second: Look, letters: tuple[str, str]) -> tuple[Payload, str]:
    """Where the two say different classes, over the points of the first; and that in a sentence."""
    grid, dataset = make_grid(first.dataset), first.dataset
    found = disagreement(first.model, second.model, dataset, grid.points, second.dataset.scaling)
    pair = dict(zip("ab", letters, strict=True))
    sentence = (
        _(
            "{a} and {b} put {train} of {n_train} training points and {test} of {n_test} test points into different "
            "classes; they disagree on {share} of this plane."
        )
        if dataset.n_classes
        else _(
            "{a} and {b} are more than a tenth of the numbers' range apart at {train} of {n_train} training points "
            "and {test} of {n_test} test points, and on {share} of this plane."
        )
    )
    said = sentence.format(
        **pair,
        train=f"{found.train.sum():,}",
        n_train=f"{len(found.train):,}",
        test=f"{found.test.sum():,}",
        n_test=f"{len(found.test):,}",
        share=f"{found.places.mean():.1%}",
    )
    shown = {
        "letter": "≠",
        "name": _("Where {a} and {b} disagree").format(**pair),
        "color": palette.GUESSING,
        "alt": said,
        "says": _("Shaded: where they disagree. Points on which they disagree are solid, the others pale."),
        "z": component.text(found.places.astype(np.uint8)),
        "levels": component.text(_shade()),
        "extent": dataset.extent(),
        "points": _touched(dataset, found),
    }
    return shown, said


def _touched(dataset: Dataset, found: Disagreement) -> Payload:
    """Training and test points; those that are touched come first, so that none of them is left out."""
    X = np.concatenate([dataset.X_train, dataset.X_test])
    y = np.concatenate([dataset.y_train, dataset.y_test])
    on = np.concatenate([found.train, found.test])
    order = np.argsort(~on, kind="stable")
    return _points(dataset, X[order], y[order], on[order])


def _points(dataset: Dataset, X: NDArray[np.float32], y: NDArray[Any], on: NDArray[np.bool_]) -> Payload:
    first = slice(0, MOST_POINTS)
    ink, full = point_colors(dataset, y[first]), on[first].astype(np.uint8)
    return {"X": component.text(X[first]), "ink": component.text(ink), "on": component.text(full)}


def _shade() -> NDArray[np.uint8]:
    """(2, 4): nothing where two networks agree."""
    return np.array([[*rgb(palette.GUESSING), opacity] for opacity in (0, 150)]).astype(np.uint8)
