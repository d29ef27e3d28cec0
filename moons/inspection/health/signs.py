"""The signs of a run's health, measured once: what the rules judge by."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.neighbors import NearestNeighbors
from torch import Tensor

from moons.data import Dataset
from moons.features import PLAIN, compute_features
from moons.inspection.points import evaluate
from moons.loss import Loss, constant_loss, guessing_loss, make_loss, score
from moons.model import NaiveNet
from moons.progress import NOT_FINITE
from moons.run import History
from moons.units import dead_share, saturated_share

NEIGHBOURS = 9  # odd, so that two classes never tie; few, so that they lie within one moon
OFF_CENTRE = 3.0  # standard deviations from 0 to the mean, beyond which a column needs standardising
SPREADS = (0.2, 8.0)  # standard deviations between which it doesn't
LAST = 50  # epochs in which the loss is watched for swings
TINY = 1e-12  # keeps a loss of exactly 0 from being divided by, and an empty class from ln 0


@dataclass(frozen=True, eq=False)
class Signs:
    """A run after `epoch` epochs. Losses are the mean per point; scores and shares are at most 1.

    A score is the accuracy, or of a regression R², the share of the targets' variance that is explained.
    """

    epoch: int
    by_hand: int | None  # the epoch at which weights were last set by hand: what came before tells nothing of it since
    updates: int  # steps of the optimiser since then; or since the start, as all that is followed over the epochs
    finite: bool  # False if training ended here because the loss isn't a finite number any more
    train_loss: float
    test_loss: float
    since: int  # the epoch that `start_loss` is of: 0, or where weights were set or a penalty or dropout changed
    start_loss: float  # of the untrained network, or of that with the weights set by hand
    peak_loss: float  # the largest since
    peak_epoch: int
    best_test_loss: float  # the smallest since
    best_test_epoch: int
    half: int  # the epoch halfway from the start, or from the weights set by hand
    drop: float  # by how much the training loss fell since then, as a share
    swing: float  # the loss's mean change from one epoch to the next, of late, as a share; with dropout the test loss's
    test_drop: float  # as `drop`, of the test loss
    n_points: int  # of the training set, as the scores that follow
    train_score: float
    test_score: float
    n_classes: int  # 0 of a regression, where the next three are empty
    class_names: tuple[str, ...]  # what each is called, in plain text
    recalls: NDArray[np.float64]  # (n_classes,), share of each class's training points that is put in it
    shares: NDArray[np.float64]  # (n_classes,), of the training points
    guess_loss: float  # without looking at the points: see loss.guessing_loss
    chance_loss: float  # the best that the same answer everywhere can do: see loss.constant_loss; or guess_loss
    neighbour_score: float  # of asking the nearest other training points: what the data allows, about
    line_score: float  # of the best straight boundary, or plane, by least squares
    inputs_score: float  # of asking the nearest by the network's own inputs: what these allow, about
    contradictory: float  # share of points at whose place the other points have another class on the whole
    untested: tuple[int, ...]  # classes without a test point
    unscaled: bool  # whether an input lies far from 0, or spreads much more or less than a unit
    unscaled_target: bool  # the same of the number to predict
    dead: float  # share of ReLU units that give 0 on every training point, in the hidden layer with the most of them
    saturated: float  # share of a hidden layer's tanh or sigmoid answers where the slope is nearly 0, likewise
    gradient_norms: tuple[float, ...]  # Euclidean, of the loss by each layer's weights, all training points; in order
    start_norms: tuple[float, ...]  # the same of the untrained network

    @property
    def attainable(self) -> float:
        """The training score that the points themselves allow, about: by asking neighbours, or by a line."""
        return max(self.neighbour_score, self.line_score)

    @property
    def scale(self) -> float:
        """What losses and gradients are measured by: 1 nat, or as much of another loss by its chance level.

        Of a regression the loss of always saying the mean.
        """
        return self.guess_loss / math.log(self.n_classes) if self.n_classes > 1 else max(self.guess_loss, TINY)


@dataclass(frozen=True)
class DataSigns:
    """What can be known about a dataset without a network: scores, as in Signs."""

    neighbour_score: float
    line_score: float
    contradictory: float


def measure(history: History, epoch: int) -> Signs:
    """Measure a run after `epoch` epochs. Raises FieldError for an epoch that isn't trained yet."""
    dataset, untrained, model = history.dataset, history.model_at(0), history.model_at(epoch)
    X, y = torch.from_numpy(dataset.X_train), torch.from_numpy(dataset.y_train)
    spec, _end = history.experiment.segment(epoch)
    loss_function, n_classes = make_loss(spec, dataset.n_classes), dataset.n_classes
    norms = _gradient_norms(model, X, y, loss_function)
    if not np.isfinite(norms).all() and epoch > 0:  # the end of a run that diverged: what led there still has numbers
        norms = _gradient_norms(history.model_at(epoch - 1), X, y, loss_function)
    verdicts = evaluate(model, dataset, spec)
    scores, right = verdicts.scores, ~verdicts.wrong_train
    counts = np.bincount(dataset.y_train, minlength=n_classes) if n_classes else np.zeros(0)
    shares = counts / max(counts.sum(), 1)
    recalls = (np.bincount(dataset.y_train, right, n_classes) if n_classes else counts) / np.maximum(counts, 1)
    guess_loss = guessing_loss(dataset, spec)
    train_losses = np.append(history.train_loss[:epoch], scores.train_loss)
    turns = (edit.epoch for edit in history.experiment.edits if edit.epoch <= epoch)
    by_hand = max((turn for turn in turns if np.isfinite(train_losses[turn])), default=None)
    start = by_hand or 0
    since = max(start, _last_change_of_meaning(history, epoch))
    losses = _finite(train_losses[since:])
    test_losses = _finite(np.append(history.test_loss[start:epoch], scores.test_loss))
    peak, best = int(losses.argmax()), int(test_losses.argmin())
    from_data = data_signs(dataset)
    return Signs(
        epoch=epoch,
        by_hand=by_hand,
        updates=_updates(history, start, epoch),
        finite=history.ended != NOT_FINITE or epoch < history.n_epochs,
        train_loss=scores.train_loss,
        test_loss=scores.test_loss,
        since=since,
        start_loss=float(losses[0]),
        peak_loss=float(losses[peak]),
        peak_epoch=since + peak,
        best_test_loss=float(test_losses[best]),
        best_test_epoch=start + best,
        half=(start + epoch) // 2,
        drop=_drop(losses),
        swing=_swing(test_losses if spec.dropout else losses),
        test_drop=_drop(test_losses),
        n_points=len(y),
        train_score=scores.train_score,
        test_score=scores.test_score,
        n_classes=n_classes,
        class_names=tuple(dataset.all_class_names),
        recalls=recalls,
        shares=shares,
        guess_loss=guess_loss,
        chance_loss=constant_loss(shares, spec) if n_classes else guess_loss,
        neighbour_score=from_data.neighbour_score,
        line_score=from_data.line_score,
        inputs_score=inputs_score(dataset, history.experiment.model.features),
        contradictory=from_data.contradictory,
        untested=tuple(k for k in range(n_classes) if not (dataset.y_test == k).any()),
        unscaled=unscaled(dataset.X_train),
        unscaled_target=not n_classes and unscaled(dataset.y_train[:, None]),
        dead=_largest_share(dead_share, model, X),
        saturated=_largest_share(saturated_share, model, X),
        gradient_norms=norms,
        start_norms=_gradient_norms(untrained, X, y, loss_function),
    )


@lru_cache(maxsize=16)  # by identity: a Dataset never changes
def data_signs(dataset: Dataset) -> DataSigns:
    """How well the training points' classes, or numbers, can be told from where they lie: by neighbours, by a line.

    Each point is judged by its nearest other points (leave one out), and by the straight boundary, or plane, that
    least squares fits (T. Hastie, R. Tibshirani and J. Friedman, The Elements of Statistical Learning, 4.2 and 3.2).
    """
    X, y = dataset.X_train.astype(float), _targets(dataset)
    with_one = np.column_stack([X, np.ones(len(X))])
    by_line = with_one @ np.linalg.lstsq(with_one, y)[0]
    return DataSigns(inputs_score(dataset, PLAIN), _score(y, by_line, dataset.n_classes), _contradictory(dataset))


def unscaled(columns: NDArray[np.float32]) -> bool:
    """Whether a column (n, k) lies far from 0, or spreads much more or less than a unit."""
    spread = np.maximum(columns.std(axis=0, dtype=float), TINY)
    far = np.abs(columns.mean(axis=0, dtype=float)) > OFF_CENTRE * spread
    return bool((far | (spread < SPREADS[0]) | (spread > SPREADS[1])).any())


def _contradictory(dataset: Dataset) -> float:
    """The share of points that no boundary can get right, as others of another class lie at the very same place."""
    if not dataset.n_classes:
        return 0.0
    _places, place = np.unique(dataset.X_train, axis=0, return_inverse=True)
    counts = np.zeros((place.max() + 1, dataset.n_classes))
    np.add.at(counts, (place.ravel(), dataset.y_train), 1)
    return float(1 - counts.max(axis=1).sum() / len(place))


def _last_change_of_meaning(history: History, epoch: int) -> int:
    """When a penalty or dropout was last set anew: the loss rises then, as it is weighed against something else."""
    changes = [change for change in history.experiment.changes if change.epoch <= epoch]
    before, last = history.experiment.training, 0
    for change in changes:
        if any(getattr(before, name) != getattr(change.training, name) for name in ("l1", "weight_decay", "dropout")):
            last = change.epoch
        before = change.training
    return last


@lru_cache(maxsize=32)
def inputs_score(dataset: Dataset, names: tuple[str, ...]) -> float:
    """How well neighbours tell the training points where only these features of them are seen."""
    X = compute_features(torch.from_numpy(dataset.X_train), names).numpy().astype(float)
    y = _targets(dataset)
    k = min(NEIGHBOURS, len(y) - 1)
    neighbours = NearestNeighbors(n_neighbors=k).fit(X).kneighbors(return_distance=False)
    return _score(y, y[neighbours].mean(axis=1), dataset.n_classes)


def _targets(dataset: Dataset) -> NDArray[np.float64]:
    """(n, k): a column for each class, 1 where it is the point's; or the numbers themselves."""
    y = dataset.y_train
    columns = np.eye(dataset.n_classes)[y] if dataset.n_classes else y[:, None]
    return np.asarray(columns, np.float64)


def _score(y: NDArray[np.float64], answer: NDArray[np.float64], n_classes: int) -> float:
    if n_classes:
        return float((answer.argmax(axis=1) == y.argmax(axis=1)).mean())
    return score(float(((answer - y) ** 2).sum()), torch.from_numpy(y), 0)


def _updates(history: History, start: int, stop: int) -> int:
    """Steps of the optimiser in the epochs [start, stop)."""
    updates = 0
    while start < stop:
        spec, end = history.experiment.segment(start)
        updates += (min(end, stop) - start) * spec.steps_per_epoch(len(history.dataset.y_train))
        start = end
    return updates


def _finite(losses: NDArray[np.float32]) -> NDArray[np.float64]:
    """Without the last one, which alone may not be a finite number: training ends there."""
    return losses[np.isfinite(losses)].astype(np.float64)


def _drop(losses: NDArray[np.float64]) -> float:
    """1 − end / middle, each the mean over a twentieth of the epochs, so that batches' noise evens out."""
    width = 1 + len(losses) // 20
    middle = (len(losses) + width) // 2
    return float(1 - losses[-width:].mean() / max(losses[middle - width : middle].mean(), TINY))


def _swing(losses: NDArray[np.float64]) -> float:
    late = losses[-LAST - 1 :]
    return float(np.abs(np.diff(late)).mean() / max(late.mean(), TINY)) if len(late) > 1 else 0.0


def _gradient_norms(model: NaiveNet, X: Tensor, y: Tensor, loss_function: Loss) -> tuple[float, ...]:
    """The Euclidean norm of the loss's gradient by each layer's weights."""
    weights = [p for p in model.parameters() if p.dim() == 2]
    gradients = torch.autograd.grad(loss_function(model(X), y), weights)
    return tuple(g.norm().item() for g in gradients)


@torch.no_grad()
def _largest_share(share: Callable[[str, Tensor], float | None], model: NaiveNet, X: Tensor) -> float:
    """Of the hidden layers where the share is defined."""
    layers = zip(model.activations, model.activations_of(X), strict=False)
    return max((share(name, layer.activations) or 0.0 for name, layer in layers), default=0.0)
