"""A run as one HTML file: settings, charts, the boundary over time. Opens anywhere, asks no network."""

import base64
import json
import math
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from moons.data import Dataset
from moons.digits import Digits, decimals, evenly
from moons.export.frames import Frames, boundary_frames, point_colors
from moons.export.listing import change_groups, setting_groups
from moons.export.settings import ever
from moons.fields import N_
from moons.inspection.boundary import COLUMNS, ROWS
from moons.inspection.curve import loss_curve
from moons.inspection.health import CONDITIONS, Proof, Trial
from moons.inspection.metrics import measure_numbers
from moons.loss import guessing_loss, loss_unit
from moons.plots import palette
from moons.plots.words import Translate, untranslated
from moons.progress import HIGH_SCORE, LOW_TEST_LOSS, LOW_TRAIN_LOSS, NO_IMPROVEMENT, NOT_FINITE, Scores
from moons.run import History

TEMPLATE = Path(__file__).with_name("report.html")
PLACE = "{{data}}"  # where the template wants the run
N_FRAMES = 80

WORDS = {
    "title": N_("How a small neural network learned"),
    "boundary": N_("Boundary"),
    "settings": N_("Settings"),
    "marked": N_("Marked: what differs from the default."),
    "changes": N_("Changed while it ran"),
    "notes": N_("Notes"),
    "tried": N_("What was tried"),
    "change": N_("Change"),
    "epoch": N_("Epoch"),
    "train": N_("train"),
    "test": N_("test"),
    "train_loss": N_("loss, train"),
    "test_loss": N_("loss, test"),
    "train_score": N_("accuracy, train"),
    "test_score": N_("accuracy, test"),
    "guessing": N_("guessing"),
    "log": N_("Logarithmic"),
    "play": N_("Play"),
    "pause": N_("Pause"),
    "training_point": N_("training point"),
    "test_point": N_("test point"),
}
NUMBER_WORDS = {  # instead, where a number is predicted
    "boundary": N_("Prediction"),
    "train_score": N_("R², train"),
    "test_score": N_("R², test"),
    "guessing": N_("always the mean"),
}
DROPOUT_WORDS = {"train": N_("train, with dropout")}
STOPS = {
    LOW_TRAIN_LOSS: N_("It ended there: the training loss was low enough."),
    LOW_TEST_LOSS: N_("It ended there: the test loss was low enough."),
    HIGH_SCORE: N_("It ended there: it was good enough on the test points."),
    NO_IMPROVEMENT: N_("It ended there: the test loss did not get lower any more."),
}
SHADES = 33  # of points whose colour stands for a number


def to_report(
    history: History,
    *,
    _: Translate = untranslated,
    note: str = "",
    proof: Proof | None = None,
    language: str = "en",
) -> str:
    """The report of a run so far, trained or not.

    `note` is plain text; `proof` says how the run does and what was tried (see health.prove), and comes before the
    note; `language` is what a browser calls the language: "en", "ko".
    """
    frames = boundary_frames(history, count=N_FRAMES, columns=COLUMNS, rows=ROWS)
    words = WORDS if history.dataset.n_classes else WORDS | NUMBER_WORDS
    words = words | {"loss": loss_unit(history.experiment.training, history.dataset)}
    if ever(history.experiment, "dropout"):
        words = words | DROPOUT_WORDS
    run = {
        "language": language,
        "words": {key: _(sentence) for key, sentence in words.items()},
        "ending": _ending(history, frames.scores[-1], _),
        "note": "\n".join(filter(None, (_verdict(proof, _) if proof else "", note))),
        "tried": _tried(proof, _) if proof else [],
        "settings": setting_groups(history.experiment, _),
        "changes": change_groups(history, _),
        "loss": _losses(history),
        "frames": _frames(frames, history.dataset),
        "points": _points(history.dataset),
        "axes": history.dataset.columns[:2],
        "classes": history.dataset.all_class_names,
        "numbers": _span(history.dataset),
        "colors": _colors(history.dataset),
    }
    # no "<" can be in the text: so nothing in it can end the script element
    text = json.dumps(run, ensure_ascii=False, allow_nan=False).replace("<", "\\u003c")
    return TEMPLATE.read_text(encoding="utf-8").replace(PLACE, text)


def _verdict(proof: Proof, _: Translate) -> str:
    """What is seen, why it is so, what was measured, what helps, and what another learner reaches."""
    found, ceiling = proof.verdict, proof.ceiling
    said = [f"{_(CONDITIONS[found.condition])}."]
    said += [found.said(_(sentence)) for sentence in (found.sentence, found.cause, found.measured) if sentence]
    if found.remedy is not None:
        said.append(_("What helps: {change}.").format(change=found.remedy.all_words(_)))
    if ceiling is not None:
        of_classes = _("Another learner is right for {score} of the points held out.")
        sentence = of_classes if proof.base.history.dataset.n_classes else _("Another learner has an R² of {score}.")
        said.append(sentence.format(score=_score_text(ceiling.score, proof.base.history.dataset.n_classes)))
    if not proof.complete:
        said.append(_("{n} of {all} changes are tried so far.").format(n=proof.tried, all=proof.planned))
    return " ".join(said)


def _tried(proof: Proof, _: Translate) -> list[list[str]]:
    """A row for the run itself and one for each change, the best first: its name, test loss, test score."""
    trials = (proof.base, *proof.trials) if proof.trials else ()
    return [[_change(t, proof, _), *_on_test(t, proof.base.history.dataset.n_classes)] for t in trials]


def _change(trial: Trial, proof: Proof, _: Translate) -> str:
    if trial is proof.base:
        return _("As it is")
    return trial.remedy.all_words(_) if trial.remedy.label else _("Train to the last epoch")


def _on_test(trial: Trial, n_classes: int) -> list[str]:
    return [f"{Digits(trial.scores.test_loss):.4f}", _score_text(trial.scores.test_score, n_classes)]


def _ending(history: History, scores: Scores, _: Translate) -> list[str]:
    """How the run stands, in sentences."""
    if history.n_epochs == 0:
        return [_("It isn't trained yet.")]
    if history.ended == NOT_FINITE:
        why = _("It stopped at epoch {n}: the loss was no longer a number, because the updates were too large.")
        return [why.format(n=f"{history.n_epochs:,}")]
    classes = history.dataset.n_classes > 0
    sentence = _(
        "After {n} of {epochs} epochs the loss on the training points is {loss}; guessing would give {guessing}."
    )
    said = [
        sentence.format(
            n=f"{history.n_epochs:,}",
            epochs=f"{history.experiment.epochs:,}",
            loss=f"{Digits(scores.train_loss):.4f}",
            guessing=f"{Digits(guessing_loss(history.dataset, history.experiment.training_now)):.4f}",
        ),
        _(STOPS[history.ended]) if history.ended in STOPS else "",
        (
            _("Of the training points {train} are put in the right class, of points it has never seen {test}.")
            if classes
            else _("R² is {train} on the training points and {test} on points it has never seen: 1 is perfect.")
        ).format(
            train=_score_text(scores.train_score, history.dataset.n_classes),
            test=_score_text(scores.test_score, history.dataset.n_classes),
        ),
    ]
    return [sentence for sentence in (*said, "" if classes else _errors(history, _)) if sentence]


def _errors(history: History, _: Translate) -> str:
    """How far off the predicted numbers are, in a person's own units."""
    dataset, model = history.dataset, history.model_at(history.n_epochs)
    splits = {"train": (dataset.X_train, dataset.y_train), "test": (dataset.X_test, dataset.y_test)}
    measured = {name: measure_numbers(model, X, y, dataset.scaling) for name, (X, y) in splits.items()}
    said = _("The root mean squared error of {name} is {train} on the training points and {test} on the others.")
    digits = decimals(float(np.ptp(measured["train"].true)), digits=5)
    errors = {name: f"{Digits(metrics.rmse):,.{digits}f}" for name, metrics in measured.items()}
    return said.format(name=dataset.columns[2], **errors)


def _score_text(score: float, n_classes: int) -> str:
    """Accuracy in percent, or R², as the page writes them."""
    return f"{score:.1%}" if n_classes else f"{score:.4f}"


def _losses(history: History) -> dict[str, Any]:
    experiment = history.experiment
    curve = loss_curve(history)
    at = np.union1d(curve.train.epoch, curve.test.epoch)  # the same epochs in both, so that one is pointed at
    return {
        "at": at.tolist(),
        "train": [_number(loss) for loss in history.train_loss[at]],
        "test": [_number(loss) for loss in history.test_loss[at]],
        "guessing": curve.guessing,
        "epochs": history.n_epochs or experiment.epochs,
        "changes": curve.changes,
    }


def _frames(frames: Frames, dataset: Dataset) -> dict[str, Any]:
    count, rows, columns = frames.images.shape
    packed = zlib.compress(frames.images.tobytes(), 9)
    return {
        "epochs": frames.epochs,
        "train_loss": [_number(scores.train_loss) for scores in frames.scores],
        "texts": [_texts(scores, dataset.n_classes) for scores in frames.scores],
        "count": count,
        "rows": rows,
        "columns": columns,
        "extent": dataset.extent_in_units(),
        "levels": frames.colors.ravel().tolist(),
        "images": base64.b64encode(packed).decode("ascii"),
    }


def _texts(scores: Scores, n_classes: int) -> dict[str, str]:
    """The figures of a frame with the digits that the page shows."""
    losses = {name: f"{Digits(getattr(scores, name)):.4f}" for name in ("train_loss", "test_loss")}
    return losses | {name: _score_text(getattr(scores, name), n_classes) for name in ("train_score", "test_score")}


def _points(dataset: Dataset) -> dict[str, Any]:
    return {
        split: {"x": [[_digits(value) for value in row] for row in X], "y": _shades(dataset, y).tolist()}
        for split, X, y in (
            ("train", dataset.train_in_units()[0], dataset.y_train),
            ("test", dataset.test_in_units()[0], dataset.y_test),
        )
    }


def _span(dataset: Dataset) -> list[str] | None:
    """What a number to predict is called, and the ends of its colours, in a person's own units."""
    y = dataset.train_in_units()[1]
    return None if dataset.n_classes else [dataset.columns[2], *evenly((float(y.min()), float(y.max())))]


def _shades(dataset: Dataset, y: NDArray[Any]) -> NDArray[Any]:
    """Each point's place in the list of colours: its class, or its number as a share of the range."""
    if dataset.n_classes:
        return y
    low, high = dataset.y_train.min(), dataset.y_train.max()
    place = np.clip((y - low) / max(high - low, 1e-12), 0, 1)
    shades: NDArray[np.int64] = (place * (SHADES - 1)).round().astype(np.int64)
    return shades


def _colors(dataset: Dataset) -> dict[str, Any]:
    low, high = dataset.y_train.min(), dataset.y_train.max()
    answers = np.arange(dataset.n_classes) if dataset.n_classes else np.linspace(low, high, SHADES)
    return {
        "classes": ["#" + bytes(color).hex() for color in point_colors(dataset, answers)],
        "train": palette.TRAIN,
        "test": palette.TEST,
        "guessing": palette.GUESSING,
    }


def _digits(value: np.floating[Any]) -> float:
    """All digits that a coordinate has, and no more."""
    return float(str(value))


def _number(value: float) -> float | None:
    """All digits of a float32: a number that is rounded twice may differ in its last one. None if it isn't finite."""
    return float(f"{value:.9g}") if math.isfinite(value) else None
