"""Batches and epochs: what is called from outside."""

import numpy as np
from numpy.typing import NDArray

from moons.kernel.codes import LINEAR, MANY_CLASSES, NUMBERS, RELU, TWO_CLASSES
from moons.kernel.dropout import draw_masks, skip_masks
from moons.kernel.jit import Bool, Float, Int, f32, jit_once, on_disk
from moons.kernel.layout import Blocks, Buffers, Floats, Integers, Snapshots, StepSettings, blocks, buffers, snapshots
from moons.kernel.losses import many_classes, numbers, two_classes
from moons.kernel.network import backward, forward
from moons.kernel.shuffle import WORDS, permutation, seed_words
from moons.kernel.updates import collapse, copy, expand, regularise, sgd, update


@jit_once
def deal(X: Floats, y: Floats, order: Integers, points: Blocks) -> None:
    """Lay the points (features, n) out in blocks, in that order."""
    width = points.y.shape[1]
    per_batch = -(-points.batch_size // width)
    for k in range(order.size):
        t = k % points.batch_size
        block, t = k // points.batch_size * per_batch + t // width, t % width
        points.y[block, t] = y[order[k]]
        for i in range(X.shape[0]):
            points.X[block, i, t] = X[i, order[k]]


@jit_once
def sweep(
    sizes: Integers, codes: Integers, work: Buffers, points: Blocks, code: Int, batch: Int, learn: Bool, dropout: float
) -> tuple[Float, Float]:
    """Summed loss and score (right answers, or squared errors) of one batch; if `learn`, G is the gradient."""
    width, outputs = points.y.shape[1], sizes[sizes.size - 1]
    A, Z, D, c = work.A, work.Z, work.D, work.c
    row = A.shape[0] - outputs
    left = points.n_points - batch * points.batch_size
    left = left if left < points.batch_size else points.batch_size
    block = batch * -(-points.batch_size // width)
    n_batch, share = left, f32(1) / f32(left)
    total: Float = 0.0
    score: Float = 0.0
    for p in range(work.G.size if learn else 0):
        work.G[p] = 0
    while left > 0:
        n = left if left < width else width
        X, y = points.X[block], points.y[block]
        for i in range(sizes[0]):
            for k in range(n):
                A[i, k] = X[i, k]
        forward(sizes, codes, work.Q, A, Z, n, c, dropout, work.masks, n_batch - left, n_batch)
        if code < MANY_CLASSES:
            loss, right = two_classes(code, A[row], D[row], y, n, share, c)
        elif code < NUMBERS:
            loss, right = many_classes(code, A, D, row, outputs, y, n, share, work.top, work.mass, c)
        else:
            loss, right = numbers(code, A[row], D[row], y, n, share)
        total += loss
        score += right
        if learn:
            backward(sizes, codes, work.Q, work.G, A, Z, D, n, c, dropout, work.masks, n_batch - left, n_batch)
        left -= n
        block += 1
    return total, score


@jit_once
def run_through(
    sizes: Integers,
    codes: Integers,
    P: Floats,
    M: Floats,
    work: Buffers,
    points: Blocks,
    settings: StepSettings,
    rate: float,
    step: Int,
    seed: Int,
    learn: Bool,
    first: Int,
    last: Int,
    total: Float,
    score: Float,
) -> tuple[Float, Float]:
    """Add the loss and score of batches [first, last); if `learn`, with one update by each.

    Breaks off where a batch's loss isn't finite. `step` counts the updates before the epoch; `seed` is dropout's.
    """
    pair, n_in = settings.loss < MANY_CLASSES, sizes[sizes.size - 2]
    drawn: Int = WORDS
    dropout = settings.dropout if learn else 0.0
    hidden = work.A.shape[0] - sizes[0] - sizes[sizes.size - 1]
    if dropout > 0:
        seed_words(seed, work.words)
        drawn = skip_masks(hidden * first * points.batch_size, work.words, drawn)
    for batch in range(first, last):
        if dropout > 0:
            n = points.n_points - batch * points.batch_size
            n = n if n < points.batch_size else points.batch_size
            drawn = draw_masks(dropout, work.masks, hidden * n, work.words, drawn)
        loss, right = sweep(sizes, codes, work, points, settings.loss, batch, learn, dropout)
        total += loss
        score += right
        if learn and not np.isfinite(total):
            break
        if learn:
            if pair:
                expand(work.G, n_in)
            regularise(P, work.G, settings, rate)
            update(settings.optimizer, P, M, work.G, rate, step + batch + 1)
            if pair:
                collapse(P, work.Q, n_in)
    return total, score


def _train_epochs(  # noqa: PLR0912 - one loop, so that it is compiled once
    sizes: Integers,
    codes: Integers,
    P: Floats,
    M: Floats,
    work: Buffers,
    X: Floats,
    y: Floats,
    train: Blocks,
    test: Blocks,
    rates: NDArray[np.float64],
    step: Int,
    seeds: tuple[Int, Int],
    settings: StepSettings,
    curves: Floats,
    now: NDArray[np.float64],
    passed: Snapshots,
    done: int,
    batch: int,
    budget: int,
) -> tuple[int, int, bool]:
    """Train in place, one epoch for each of the rates, and at most `budget` batches.

    Returns the number of epochs done, the batches done of the next one, and whether all losses were finite. Where one
    wasn't, P and M are what that epoch began with.

    sizes (layers + 1,): units of each layer, with 1 output for two classes; codes (layers,): activations, LINEAR
    the last; P (n_parameters,), M (moments, n_parameters): parameters, and what the optimiser remembers of them;
    X (features, n), y (n,): the training points, as `Blocks` has them; rates (epochs,), of which the first `done` are
    done already; step: updates before epoch `done`; seeds: of the first epoch's shuffle and of its dropout, one more
    for each further epoch's; curves (4, epochs): filled with the mean loss of the training points, each batch before
    its own update and with dropout, and of the test points before the epoch, then the mean score of
    the same outputs; now (4,): filled with the same at the end, without dropout; passed: filled as far as it comes.

    batch: batches of epoch `done` that are done already. It began with work.P_before and work.M_before, and `now`
    holds its numbers so far: sums over the training points, means over the test points. On return likewise.
    """
    batches, pair, n_in = -(-train.n_points // train.batch_size), settings.loss < MANY_CLASSES, sizes[sizes.size - 2]
    epochs = rates.size
    due = min((done // passed.every + 1) * passed.every, epochs)  # the epoch whose end is measured next
    if pair:
        collapse(P, work.Q, n_in)
    finite = True
    while True:
        learn = done < due
        if learn and budget < 1:
            return done, batch, finite
        if learn and batches > 1:
            permutation(seeds[0] + done, work.order, work.words)
            deal(X, y, work.order, train)
            if batch == 0:
                copy(P, M, work.P_before, work.M_before)
        rate = rates[done] if learn else 0.0
        last = batch + budget if learn and budget < batches - batch else batches
        for split in range(0 if batch > 0 else 1, -1, -1):  # the test set first: training changes the weights
            points, until = (test, 1) if split == 1 else (train, last)
            if batch == 0:
                now[split] = now[2 + split] = 0.0
            now[split], now[2 + split] = run_through(
                sizes,
                codes,
                P,
                M,
                work,
                points,
                settings,
                rate,
                step,
                seeds[1] + done,
                learn and split == 0,
                0 if split == 1 else batch,
                until,
                now[split],
                now[2 + split],
            )
            if split == 1 or last == batches:
                now[split] /= points.n_points
                now[2 + split] /= points.n_points
        if not learn:
            if done == epochs:
                return done, 0, finite
            place = done // passed.every - 1
            copy(P, M, passed.P[place], passed.M[place])
            for row in range(4):
                passed.now[place, row] = now[row]
            due = min(due + passed.every, epochs)
            continue
        budget -= last - batch
        batch = 0 if last == batches else last
        if np.isfinite(now[0]):
            if batch == 0:
                for row in range(4):
                    curves[row, done] = now[row]
                step += batches
                done += 1
            continue
        epochs, due, batch, finite = done, done, 0, False
        if batches > 1:
            copy(work.P_before, work.M_before, P, M)
            if pair:
                collapse(P, work.Q, n_in)


train_epochs = on_disk(_train_epochs)


def warm_up() -> None:
    """Compile `train_epochs`, or load it from the disk: a few seconds the first time, else a moment."""
    sizes, codes, P = np.array([2, 1, 1]), np.array([RELU, LINEAR]), np.zeros(7, f32)
    X, y, M = np.zeros((2, 1), f32), np.zeros(1, f32), np.zeros((0, 7), f32)
    points, settings = blocks(X.T, y, 1), StepSettings(TWO_CLASSES, sgd.code, False, f32(0), f32(0), f32(0), 0.0)
    no_rates, curves, now = np.empty(0), np.empty((4, 0), f32), np.empty(4)
    work = buffers(sizes, P.size, len(M), points, points)
    passed = snapshots(0, 1, P.size, len(M))
    train_epochs(
        sizes, codes, P, M, work, X, y, points, points, no_rates, 0, (0, 0), settings, curves, now, passed, 0, 0, 1
    )  # fmt: skip
