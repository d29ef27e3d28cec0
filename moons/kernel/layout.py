"""The kernel's memory: the layout of the points and of the work buffers, made once and used in every step."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from moons.kernel.shuffle import WORDS
from moons.kernel.vector_math import COEFFICIENTS

Floats = NDArray[np.float32]
Integers = NDArray[np.int64]

BLOCK = 256  # points that the kernel takes at once: their activations stay in the processor's nearest cache
LINE = 16  # numbers in a line of that cache


class StepSettings(NamedTuple):
    """The loss, the optimiser and its settings, as codes of the kernel."""

    loss: int
    optimizer: int
    decoupled: bool  # whether weight decay shrinks the weights themselves
    weight_decay: np.float32
    l1: np.float32
    clip_norm: np.float32  # 0: don't clip
    dropout: float  # the share of units that sit out


class Blocks(NamedTuple):
    """Points laid out for the kernel: every batch begins a new block."""

    X: Floats  # (blocks, features, points)
    y: Floats  # (blocks, points): −1 or 1 of two classes, else the class or the number to predict
    n_points: int
    batch_size: int


class Buffers(NamedTuple):
    """Preallocated work buffers."""

    A: Floats  # (rows, points of a block)
    Z: Floats
    D: Floats
    c: Floats  # vector_math.COEFFICIENTS
    top: Floats  # (points of a block,), for softmax
    mass: Floats
    Q: Floats  # the parameters as the network uses them: without what two classes share, or P itself
    G: Floats  # (n_parameters,), the gradient
    P_before: Floats  # the epoch's start, to go back to
    M_before: Floats
    order: Integers  # (n,)
    words: NDArray[np.uint32]  # (shuffle.WORDS,)
    masks: Floats  # (hidden units · points of a batch,): see `dropout`


class Snapshots(NamedTuple):
    """What a call passes: the state after each `every` epochs but the last, so that one call serves several chunks."""

    every: int
    P: Floats  # (snapshots, n_parameters)
    M: Floats  # (snapshots, moments, n_parameters)
    now: NDArray[np.float64]  # (snapshots, 4): see `train_epochs`


def snapshots(count: int, every: int, n_parameters: int, n_moments: int) -> Snapshots:
    """Room for so many."""
    P, M = np.empty((count, n_parameters), np.float32), np.empty((count, n_moments, n_parameters), np.float32)
    return Snapshots(every, P, M, np.empty((count, 4)))


def blocks(X: Floats, y: Floats, batch_size: int) -> Blocks:
    """The points X (n, features), y (n,) in their own order, in blocks."""
    width = min(BLOCK, -(-batch_size // LINE) * LINE)
    n_blocks = -(-len(y) // batch_size) * -(-batch_size // width)
    laid_out = Blocks(zeros(n_blocks, X.shape[1], width), zeros(n_blocks, width), len(y), batch_size)
    batch, place = divmod(np.arange(len(y)), batch_size)
    block, place = batch * -(-batch_size // width) + place // width, place % width
    laid_out.X[block, :, place], laid_out.y[block, place] = X, y
    return laid_out


def buffers(sizes: Integers, n_parameters: int, n_moments: int, train: Blocks, test: Blocks) -> Buffers:
    """Buffers for a network of these sizes (layers + 1,), its optimiser and these points."""
    rows, width = int(sizes.sum()), max(train.y.shape[1], test.y.shape[1])
    return Buffers(
        A=zeros(rows, width),
        Z=zeros(rows, width),
        D=zeros(rows, width),
        c=COEFFICIENTS,
        top=zeros(width),
        mass=zeros(width),
        Q=zeros(n_parameters - int(sizes[-2]) - 1),
        G=zeros(n_parameters),
        P_before=zeros(n_parameters),
        M_before=zeros(n_moments, n_parameters),
        order=np.arange(train.n_points),
        words=np.zeros(WORDS, np.uint32),
        masks=zeros(int(sizes[1:-1].sum()) * train.batch_size),
    )


def zeros(*shape: int) -> Floats:
    """Zeros from the start of a cache line on: a vector that straddles two takes twice as long to load."""
    size = math.prod(shape)
    spare = np.zeros(size + LINE, np.float32)
    first = -spare.ctypes.data // spare.itemsize % LINE
    return spare[first : first + size].reshape(shape)
