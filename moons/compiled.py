"""The training loop as machine code: the same chunks as the PyTorch engine's, many times as fast.

Here Python lays out the memory; `kernel` does the work. What it computes depends on the state that an epoch
begins with and on nothing else, so a run is the same bit for bit however it is cut into chunks.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from moons import kernel
from moons.activations import ACTIVATIONS
from moons.data import Dataset
from moons.kernel import codes, layout
from moons.loss import loss_entry
from moons.model import NaiveNet
from moons.optimizers import OPTIMIZERS
from moons.progress import NOT_FINITE, TRAINED, Chunk, PartialEpoch, Scores, State, Stop
from moons.schedule import learning_rates
from moons.task import Task
from moons.train_spec import TrainSpec

CALL_SECONDS = 0.005  # of machine code at a time, where training can be stopped
ALL = 2**62  # batches
# Short chunks are computed some at a time: threads pass Python's lock on at each call, which takes longer than they do.
AHEAD_SECONDS, MOST_AHEAD = 0.001, 16
FITTING_WEIGHTS = 150_000  # that fit in the processor's cache
LARGE_BATCH = 64  # points, by which a weight is used often enough each time that it is fetched


def train_compiled(
    model: NaiveNet, dataset: Dataset, spec: TrainSpec, *, start: State, chunk_epochs: int, stop: Stop | None = None
) -> Iterator[Chunk]:
    """The same chunks as `train.train_torch`, up to rounding. See `train.train`."""
    state, ended = start, None
    two_classes = dataset.n_classes == 2  # then the loss sees the difference of two logits alone: one output
    sizes = np.array([*model.sizes[:-1], 1 if two_classes else model.sizes[-1]])
    activations = np.array([*map(_activation_code, model.activations), codes.LINEAR])
    X_train, X_test = (model.features(torch.from_numpy(X)).numpy() for X in (dataset.X_train, dataset.X_test))
    y, y_of_test = (np.asarray(2 * t - 1 if two_classes else t, np.float32) for t in (dataset.y_train, dataset.y_test))
    train = layout.blocks(X_train, y, spec.batch_size or len(y))
    test = layout.blocks(X_test, y_of_test, len(y_of_test))
    buffers = layout.buffers(sizes, state.parameters.size, len(state.moments), train, test)
    rule, X = _step_settings(spec, dataset.n_classes), np.array(X_train.T, order="C")
    batches, budget, ahead = spec.steps_per_epoch(len(y)), Budget() if stop else None, 1
    last, finished, write = state.epoch, True, _writer(model)
    targets = (y, y_of_test) if dataset.task is Task.REGRESSION else None
    while ended is None:
        first, last = state.epoch, min(state.epoch + chunk_epochs, spec.epochs) if finished else last
        length = max(1, last - first)
        end = min(first + ahead * length, spec.epochs) if finished else last
        parameters, moments, rates = state.parameters.copy(), state.moments.copy(), learning_rates(spec, first, end)
        curves, now = np.empty((4, end - first), np.float32), np.empty(4)
        passed = layout.snapshots(max(0, -(-(end - first) // length) - 1), length, parameters.size, len(moments))
        done, batch = 0, _resume(state.partial, buffers, now)
        step, begun = state.step - batch, time.thread_time()
        while True:
            began = time.thread_time(), done * batches + batch
            done, batch, finite = kernel.train_epochs(
                sizes,
                activations,
                parameters,
                moments,
                buffers if two_classes else buffers._replace(Q=parameters),
                X,
                y,
                train,
                test,
                rates,
                step + done * batches,
                (spec.shuffle_seed(first), spec.dropout_seed(first)),
                rule,
                curves,
                now,
                passed,
                done,
                batch,
                budget.batches if budget else ALL,
            )
            finished = not finite or done == end - first
            if finished or stop is None or stop():
                break
            if budget:
                budget.adapt(time.thread_time() - began[0], done * batches + batch - began[1])
        taken, whole = time.thread_time() - begun, min(len(passed.P), done // length)
        ahead = max(1, min(MOST_AHEAD, 2 * ahead, int(AHEAD_SECONDS * done / length / max(taken, 1e-9))))
        for place in range(whole):
            cut = (place + 1) * length
            state = State(first + cut, step + cut * batches, passed.P[place].copy(), passed.M[place].copy())
            write(state.parameters)
            yield _chunk(curves[:, cut - length : cut], state, passed.now[place], targets, None)
        cut = whole * length
        if not finished and done == cut and not batch:  # stopped at the end of a chunk
            finished = True
            continue
        last = min(first + cut + length, spec.epochs)
        state = State(first + done, step + done * batches + batch, parameters, moments)
        if batch:
            state = replace(state, partial=_partial(state, batch, buffers, now))
        ended = NOT_FINITE if not finite else TRAINED if state.epoch == spec.epochs else None
        write(parameters)
        yield _chunk(curves[:, cut:done], state, now if finished else None, targets, ended)


def _chunk(
    curves: layout.Floats,
    state: State,
    now: NDArray[np.float64] | None,
    targets: tuple[layout.Floats, layout.Floats] | None,
    ended: str | None,
) -> Chunk:
    """What the kernel has said, (4, epochs) and (4,), up to `state`; `targets`: of a regression, train and test."""
    loss, test_loss, score, test_score = curves.copy()
    numbers = None if now is None else now.copy()
    if targets:
        score, test_score = _r2(score, targets[0]), _r2(test_score, targets[1])
        if numbers is not None:
            numbers[2:] = _r2(numbers[2], targets[0]), _r2(numbers[3], targets[1])
    measured = None if numbers is None else Scores(*numbers.tolist())
    return Chunk(state.epoch - len(loss), state.epoch, loss, test_loss, score, test_score, state, measured, ended)


def _partial(state: State, batch: int, buffers: layout.Buffers, now: NDArray[np.float64]) -> PartialEpoch:
    """What is done of an epoch, from the kernel's buffers."""
    before = State(state.epoch, state.step - batch, buffers.P_before.copy(), buffers.M_before.copy())
    loss_sum, test_loss, score_sum, test_score_mean = now.tolist()
    return PartialEpoch(before, batch, loss_sum, score_sum, test_loss, test_score_mean)


def _resume(partial: PartialEpoch | None, buffers: layout.Buffers, now: NDArray[np.float64]) -> int:
    """Restore a partial epoch into the kernel's buffers. Returns the number of batches done."""
    if partial is None:
        return 0
    buffers.P_before[:], buffers.M_before[:] = partial.before.parameters, partial.before.moments
    now[:] = partial.loss_sum, partial.test_loss, partial.score_sum, partial.test_score_mean
    return partial.batches


def _writer(model: NaiveNet) -> Callable[[layout.Floats], None]:
    """A faster `set_parameters` for one network: it looks the parameters up once."""
    parameters = [parameter.detach() for parameter in model.parameters()]
    memory = torch.empty(sum(parameter.numel() for parameter in parameters))
    parts = torch.split(memory, [parameter.numel() for parameter in parameters])
    pairs = [(parameter, part.view_as(parameter)) for parameter, part in zip(parameters, parts, strict=True)]
    values = memory.numpy()

    def write(flat: layout.Floats) -> None:
        values[:] = flat
        for parameter, part in pairs:
            parameter.copy_(part)

    return write


class Budget:
    """How many batches take the kernel about CALL_SECONDS."""

    def __init__(self) -> None:
        self.batches = 1

    def adapt(self, seconds: float, batches: int) -> None:
        """Learn from a call that did so many batches."""
        fits = int(batches * CALL_SECONDS / max(seconds, 1e-9))
        self.batches = max(1, min(fits, 16 * self.batches))


def faster(sizes: tuple[int, ...], batch_size: int) -> bool:
    """Whether this engine beats PyTorch's on one core for such a network, by batches of so many points.

    PyTorch pays for every operation, and is the better at multiplying large matrices by few points: it catches up where
    the weights no longer fit in the processor's cache and a batch is small. `python -m benchmarks.engine` shows it.
    """
    weights = sum(n_inputs * n_outputs for n_inputs, n_outputs in pairwise(sizes))
    return weights <= FITTING_WEIGHTS or batch_size >= LARGE_BATCH


def warm_up() -> None:
    """Compile what every run needs, or load it from the disk: a few seconds the first time, else a moment."""
    kernel.warm_up()


def missing(model: NaiveNet, spec: TrainSpec, n_classes: int) -> str | None:
    """The first of the chosen optimiser, loss and activations that this engine doesn't have, by its label."""
    optimizer, loss = OPTIMIZERS[spec.optimizer], loss_entry(spec, n_classes)
    lacks = {optimizer.label: optimizer.kernel is None, loss.label: loss.kernel is None}
    lacks |= {ACTIVATIONS[name].label: ACTIVATIONS[name].kernel is None for name in model.activations}
    return next((label for label, lacking in lacks.items() if lacking), None)


def _activation_code(name: str) -> int:
    coded = ACTIVATIONS[name].kernel
    assert coded is not None
    return coded.code


def _step_settings(spec: TrainSpec, n_classes: int) -> layout.StepSettings:
    """How to train, in the kernel's codes."""
    optimizer, loss = OPTIMIZERS[spec.optimizer], loss_entry(spec, n_classes)
    assert optimizer.kernel is not None
    assert loss.kernel is not None
    return layout.StepSettings(
        loss.kernel(n_classes),
        optimizer.kernel.code,
        optimizer.decoupled_decay,
        np.float32(spec.weight_decay),
        np.float32(spec.l1),
        np.float32(spec.clip_norm or 0),
        spec.dropout,
    )


def _r2(mean_square: Any, y: layout.Floats) -> Any:
    """R², a number or many, by the mean squared error: see loss.score."""
    variance = y.var()
    return 1 - mean_square / variance if variance else np.zeros_like(mean_square)
