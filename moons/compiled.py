"""The training loop as machine code: the same chunks as the PyTorch engine's, many times as fast.

Here Python lays out the memory; `kernel` does the work. What it computes depends on the state that an epoch
begins with and on nothing else, so a run is the same bit for bit however it is cut into chunks.
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np
import torch

from moons import kernel
from moons.data import Dataset
from moons.kernel import codes, layout
from moons.model import ACTIVATIONS, NaiveNet, set_parameters
from moons.progress import NOT_FINITE, OPTIMIZERS, REGRESSION_LOSSES, TRAINED, Chunk, Scores, State, TrainSpec
from moons.schedule import learning_rates


def train_compiled(
    model: NaiveNet, dataset: Dataset, spec: TrainSpec, *, start: State, chunk_epochs: int
) -> Iterator[Chunk]:
    """The same chunks as `train.train_torch`, up to rounding. See `train.train`."""
    state, ended = start, None
    two_classes = dataset.n_classes == 2  # then the loss sees the difference of two logits alone: one output
    sizes = np.array([*model.sizes[:-1], 1 if two_classes else model.sizes[-1]])
    activations = np.array([*map(list(ACTIVATIONS).index, model.activations), codes.LINEAR])
    X_train, X_test = (model.features(torch.from_numpy(X)).numpy() for X in (dataset.X_train, dataset.X_test))
    y, y_of_test = (np.asarray(2 * t - 1 if two_classes else t, np.float32) for t in (dataset.y_train, dataset.y_test))
    train = layout.blocks(X_train, y, spec.batch_size or len(y))
    test = layout.blocks(X_test, y_of_test, len(y_of_test))
    room = layout.room(sizes, state.parameters.size, len(state.moments), train, test)
    rule = _rule(spec, dataset.n_classes)
    X = np.array(X_train.T, order="C")
    while ended is None:
        first, last = state.epoch, min(state.epoch + chunk_epochs, spec.epochs)
        parameters, moments = state.parameters.copy(), state.moments.copy()
        curves, now = np.empty((4, last - first), np.float32), np.empty(4)
        done = kernel.train_epochs(
            sizes,
            activations,
            parameters,
            moments,
            room if two_classes else room._replace(Q=parameters),
            X,
            y,
            train,
            test,
            learning_rates(spec, first, last),
            state.step,
            (spec.shuffle_seed(first), spec.dropout_seed(first)),
            rule,
            curves,
            now,
        )
        if first + done < last:
            ended = NOT_FINITE
        elif last == spec.epochs:
            ended = TRAINED
        step = state.step + done * spec.steps_per_epoch(len(y))
        state = State(first + done, step, parameters, moments)
        set_parameters(model, parameters)
        loss, test_loss, score, test_score = curves[:, :done].copy()
        if dataset.n_classes == 0:
            score, test_score = _r2(score, y), _r2(test_score, y_of_test)
            now[2:] = _r2(now[2], y), _r2(now[3], y_of_test)
        scores = Scores(*now.tolist())
        yield Chunk(first, state.epoch, loss, test_loss, score, test_score, state, scores, ended)


def faster(sizes: tuple[int, ...]) -> bool:
    """Whether this engine beats PyTorch's for such a network, however many points it is trained with.

    PyTorch pays for every operation, and is the better at multiplying large matrices: it catches up where the
    weights no longer fit in the processor's cache. `python -m benchmarks.engine` shows both engines on either side.
    """
    return sum(n_inputs * n_outputs for n_inputs, n_outputs in pairwise(sizes)) <= 150_000


def warm_up() -> None:
    """Compile what every run needs, or load it from the disk: a few seconds the first time, else a moment."""
    kernel.warm_up()


def _rule(spec: TrainSpec, n_classes: int) -> layout.Rule:
    """How to train, in the kernel's codes."""
    loss = {0: codes.MSE + REGRESSION_LOSSES.index(spec.regression_loss), 2: codes.TWO_CLASSES}
    return layout.Rule(
        loss.get(n_classes, codes.MANY_CLASSES),
        list(OPTIMIZERS).index(spec.optimizer),
        np.float32(spec.weight_decay),
        np.float32(spec.l1),
        np.float32(spec.clip_norm or 0),
        spec.dropout,
    )


def _r2(mean_square: Any, y: layout.Floats) -> Any:
    """R², a number or many, by the mean squared error: see loss.score."""
    variance = y.var()
    return 1 - mean_square / variance if variance else np.zeros_like(mean_square)
