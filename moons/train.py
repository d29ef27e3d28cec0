"""Training as a generator of chunks: the notebook's loop in plain PyTorch, and the choice of an engine."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from moons import compiled
from moons.data import Dataset
from moons.device import select_device, to_device
from moons.dropout import in_training
from moons.fields import N_, FieldError
from moons.graphed import GraphedEpochs, can_graph
from moons.loss import Loss, hits, make_loss, score
from moons.model import NaiveNet, get_parameters, set_parameters
from moons.progress import NOT_FINITE, OPTIMIZERS, TRAINED, Chunk, Scores, State, TrainSpec
from moons.schedule import learning_rates
from moons.stopping import can_stop, until_stop

Row = tuple[float, float, float, float]  # of an epoch: losses, then scores; each of train, then of test
ENGINES = ("auto", "torch", "compiled")

# what torch.optim calls the numbers that State.moments holds, row by row
_MOMENTS: dict[str, tuple[str, ...]] = {
    "sgd": (),
    "momentum": ("momentum_buffer",),
    "nesterov": ("momentum_buffer",),
    "rmsprop": ("square_avg",),
    "adam": ("exp_avg", "exp_avg_sq"),
    "adamw": ("exp_avg", "exp_avg_sq"),
}


@dataclass(frozen=True)
class EngineChoice:
    """Which engine serves, and why: a sentence, untranslated."""

    name: str
    why: str


def choose_engine(
    model: NaiveNet, dataset: Dataset, spec: TrainSpec, engine: str, device: torch.device
) -> EngineChoice:
    """The engine that `train` will use. Raises FieldError for an unknown one, or one that can't serve."""
    if engine not in ENGINES:
        raise FieldError(
            N_("{field} must be one of {options}, got {value}"),
            field="engine",
            options=", ".join(ENGINES),
            value=repr(engine),
        )
    if engine == "torch":
        return EngineChoice("torch", N_("PyTorch, because you chose it."))
    if device.type != "cpu":
        if engine == "compiled":
            raise FieldError(
                N_("{field} must be cpu for the compiled engine, got {value}"), field="device", value=device
            )
        return EngineChoice("torch", N_("PyTorch, because the compiled engine runs on the CPU only."))
    if engine == "auto" and not compiled.faster(model.sizes):
        return EngineChoice("torch", N_("PyTorch, because it is faster for a network this wide."))
    return EngineChoice("compiled", N_("compiled, because it is faster here; the numbers are PyTorch's."))


def train(
    model: NaiveNet,
    dataset: Dataset,
    spec: TrainSpec,
    *,
    engine: str = "auto",
    device: str = "auto",
    start: State | None = None,
    chunk_epochs: int = 100,
) -> Iterator[Chunk]:
    """Train `model` from `start` (untrained, if None) to `spec.epochs`, one Chunk per `chunk_epochs` epochs.

    After each chunk the model holds the weights of the chunk's end. The caller owns pace and stopping: nothing
    happens until the next chunk is asked for. Raises FieldError at once if the settings can't be served.
    """
    spec.steps_per_epoch(len(dataset.X_train))
    place = select_device(device)
    name = choose_engine(model, dataset, spec, engine, place).name
    start = start or untrained(model, spec)

    def chunks(start: State, chunk_epochs: int) -> Iterator[Chunk]:
        if name == "compiled":
            return compiled.train_compiled(model, dataset, spec, start=start, chunk_epochs=chunk_epochs)
        return train_torch(model, dataset, spec, device=place, start=start, chunk_epochs=chunk_epochs)

    if can_stop(spec):
        return until_stop(chunks, start, chunk_epochs, spec)
    return chunks(start, chunk_epochs)


def untrained(model: NaiveNet, spec: TrainSpec) -> State:
    """The state before the first update, with the model's present weights."""
    parameters = get_parameters(model)
    return State(0, 0, parameters, np.zeros((OPTIMIZERS[spec.optimizer], parameters.size), np.float32))


def train_torch(
    model: NaiveNet,
    dataset: Dataset,
    spec: TrainSpec,
    *,
    device: torch.device,
    start: State | None = None,
    chunk_epochs: int = 100,
) -> Iterator[Chunk]:
    """The notebook's loop: forward, loss, zero_grad, backward, step. See `train`."""
    start = start or untrained(model, spec)
    set_parameters(model, start.parameters)
    model.to(device)
    train = _Split(dataset.X_train, dataset.y_train, dataset.n_classes, device)
    test = _Split(dataset.X_test, dataset.y_test, dataset.n_classes, device)
    loss_function = make_loss(spec, dataset.n_classes)
    optimizer = make_optimizer(model, spec)
    _load_moments(optimizer, spec, start)
    steps_per_epoch = spec.steps_per_epoch(len(train.X))
    state, ended = start, None
    graphed: GraphedEpochs | None = None
    if can_graph(spec, device):
        graphed = GraphedEpochs(lambda: _graphed_epoch(model, train, test, loss_function, optimizer, spec))

    def snapshot(epoch: int) -> State:
        return _snapshot(model, optimizer, spec, epoch, start.step + (epoch - start.epoch) * steps_per_epoch)

    while ended is None:
        first, last = state.epoch, min(state.epoch + chunk_epochs, spec.epochs)
        rows = _graphed_rows(graphed, last - first, train, test) if graphed else []
        if graphed and not rows:  # a loss isn't finite: the same epochs once more, one by one, as far as they go
            graphed, optimizer = None, make_optimizer(model, spec)
            set_parameters(model, state.parameters)
            _load_moments(optimizer, spec, state)
        left = first + len(rows)
        for epoch, rate in zip(range(left, last), learning_rates(spec, left, last), strict=True):
            optimizer.param_groups[0]["lr"] = float(rate)
            before = state if spec.batch_size is None else snapshot(epoch)
            test_loss, test_score = _evaluate(model, test, loss_function)
            train_loss, train_score = _epoch(model, train, loss_function, optimizer, spec, epoch)
            if not math.isfinite(train_loss):
                ended, last = NOT_FINITE, epoch
                break
            rows.append((train_loss, test_loss, train_score, test_score))

        # a full batch that isn't finite was never used for an update; updates by smaller batches are taken back
        undo = ended and spec.batch_size is not None
        state = before if undo else snapshot(last)
        set_parameters(model, state.parameters)
        ended = ended or (TRAINED if last == spec.epochs else None)
        losses, test_losses, scores, test_scores = np.array(rows, np.float32).reshape(-1, 4).T.copy()
        now = _scores(model, train, test, loss_function)
        yield Chunk(first, last, losses, test_losses, scores, test_scores, state, now, ended)


class _Split:
    """One split's points on a device."""

    def __init__(self, X: NDArray[np.float32], y: NDArray[np.generic], n_classes: int, device: torch.device) -> None:
        self.X, self.y, self.n_classes = to_device(X, device), to_device(y, device), n_classes


@torch.enable_grad()  # whoever asks for an epoch may not want gradients, but training does
def _epoch(
    model: NaiveNet, train: _Split, loss_function: Loss, optimizer: torch.optim.Optimizer, spec: TrainSpec, epoch: int
) -> tuple[float, float]:
    """One pass over all points. Returns the mean loss and the score, each batch's before its own update.

    Returns at once, without an update, when a batch's loss isn't finite.
    """
    total = right = 0.0
    network = in_training(model, spec, epoch)
    for batch in _batches(spec, epoch, len(train.X), train.X.device):
        y_logits, y = network(train.X[batch]), train.y[batch]
        loss = loss_function(y_logits, y)
        total += loss.item() * len(y)
        right += hits(y_logits, y, train.n_classes).item()
        if not math.isfinite(total):
            break
        _update(model, loss, optimizer, spec)
    return total / len(train.X), score(right, train.y, train.n_classes)


def _update(model: NaiveNet, loss: Tensor, optimizer: torch.optim.Optimizer, spec: TrainSpec) -> None:
    """Make the loss smaller: zero_grad, backward, step."""
    if spec.l1:
        loss = loss + spec.l1 * _size(model)
    optimizer.zero_grad()
    loss.backward()
    if spec.clip_norm is not None:
        nn.utils.clip_grad_norm_(model.parameters(), spec.clip_norm)
    optimizer.step()


def _graphed_rows(graphed: GraphedEpochs, n: int, train: _Split, test: _Split) -> list[Row]:
    """The next `n` epochs' losses and scores; none if a loss isn't finite, as a graph can't stop there."""
    sums = graphed.run(n).cpu().tolist()
    if not all(math.isfinite(train_loss) for train_loss, *_rest in sums):
        return []
    return [(a, b, score(c, train.y, train.n_classes), score(d, test.y, test.n_classes)) for a, b, c, d in sums]


@torch.enable_grad()
def _graphed_epoch(
    model: NaiveNet, train: _Split, test: _Split, loss_function: Loss, optimizer: torch.optim.Optimizer, spec: TrainSpec
) -> Tensor:
    """One epoch by a full batch, nothing of which is read back: both losses, then what both scores sum up; (4,)."""
    with torch.no_grad():
        on_test = model(test.X)
    y_logits = model(train.X)
    loss = loss_function(y_logits, train.y)
    with torch.no_grad():
        losses = loss.detach(), loss_function(on_test, test.y)
        sums = (hits(y_logits, train.y, train.n_classes), hits(on_test, test.y, test.n_classes))
        row = torch.stack([number.float() for number in (*losses, *sums)])
    _update(model, loss, optimizer, spec)
    return row


def make_optimizer(model: nn.Module, spec: TrainSpec) -> torch.optim.Optimizer:
    """The torch.optim optimiser that `spec` names, with PyTorch's defaults for all that `spec` doesn't say."""
    parameters, lr, decay = model.parameters(), spec.learning_rate, spec.weight_decay
    if spec.optimizer == "rmsprop":
        return torch.optim.RMSprop(parameters, lr=lr, weight_decay=decay)
    if spec.optimizer == "adam":
        return torch.optim.Adam(parameters, lr=lr, weight_decay=decay)
    if spec.optimizer == "adamw":
        return torch.optim.AdamW(parameters, lr=lr, weight_decay=decay)
    momentum = 0.0 if spec.optimizer == "sgd" else 0.9
    return torch.optim.SGD(
        parameters, lr=lr, momentum=momentum, nesterov=spec.optimizer == "nesterov", weight_decay=decay
    )


def _batches(spec: TrainSpec, epoch: int, n_points: int, device: torch.device) -> tuple[Tensor | slice, ...]:
    """The points of each update of one epoch: all of them, or a seeded shuffle dealt into batches."""
    batch_size = spec.batch_size or n_points
    if batch_size == n_points:  # as the compiled engine: dropout goes by the points' order
        return (slice(None),)
    generator = torch.Generator().manual_seed(spec.shuffle_seed(epoch))
    return torch.split(torch.randperm(n_points, generator=generator).to(device), batch_size)


def _size(model: nn.Module) -> Tensor:
    """The sum of the absolute values of all weights and biases, as the L1 penalty counts it."""
    return torch.stack([p.abs().sum() for p in model.parameters()]).sum()


@torch.no_grad()
def _evaluate(model: NaiveNet, split: _Split, loss_function: Loss) -> tuple[float, float]:
    """Mean loss and score."""
    outputs = model(split.X)
    right = hits(outputs, split.y, split.n_classes).item()
    return loss_function(outputs, split.y).item(), score(right, split.y, split.n_classes)


def scores_of(model: NaiveNet, dataset: Dataset, spec: TrainSpec) -> Scores:
    """How `model` (on the CPU) does on both splits."""
    splits = (dataset.X_train, dataset.y_train), (dataset.X_test, dataset.y_test)
    train, test = (_Split(X, y, dataset.n_classes, torch.device("cpu")) for X, y in splits)
    return _scores(model, train, test, make_loss(spec, dataset.n_classes))


def _scores(model: NaiveNet, train: _Split, test: _Split, loss_function: Loss) -> Scores:
    (train_loss, train_score), (test_loss, test_score) = (
        _evaluate(model, split, loss_function) for split in (train, test)
    )
    return Scores(train_loss, test_loss, train_score, test_score)


def _snapshot(model: nn.Module, optimizer: torch.optim.Optimizer, spec: TrainSpec, epoch: int, step: int) -> State:
    """What training holds now, after `epoch` epochs and `step` updates."""
    parameters = get_parameters(model)
    rows = [
        torch.cat([_moment(optimizer, p, name).reshape(-1) for p in model.parameters()]).cpu().numpy()
        for name in _MOMENTS[spec.optimizer]
    ]
    return State(epoch, step, parameters, np.array(rows, np.float32).reshape(len(rows), parameters.size))


def _moment(optimizer: torch.optim.Optimizer, parameter: Tensor, name: str) -> Tensor:
    """What the optimiser remembers of a parameter; nothing, before its first update."""
    remembered = optimizer.state.get(parameter, {}).get(name)
    return torch.zeros_like(parameter) if remembered is None else remembered.detach()


def _load_moments(optimizer: torch.optim.Optimizer, spec: TrainSpec, state: State) -> None:
    """Give the optimiser the memory it had in `state`; before the first update it has none."""
    if state.step == 0:
        return
    names = _MOMENTS[spec.optimizer]
    offset = 0
    for parameter in optimizer.param_groups[0]["params"]:
        part = slice(offset, offset + parameter.numel())
        memory = {
            name: torch.from_numpy(row[part].copy()).view_as(parameter).to(parameter.device)
            for name, row in zip(names, state.moments, strict=True)
        }
        optimizer.state[parameter] = {"step": torch.tensor(float(state.step)), **memory}
        offset += parameter.numel()
