"""Training as a generator of chunks: the notebook's loop in plain PyTorch, and the choice of an engine."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from moons import compiled
from moons.data import Dataset
from moons.device import select_device, to_device
from moons.fields import N_, FieldError
from moons.model import NaiveNet, get_parameters, set_parameters
from moons.progress import NOT_FINITE, OPTIMIZERS, TRAINED, Chunk, Scores, State, TrainSpec
from moons.schedule import learning_rates

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
    if engine == "auto" and not compiled.faster(model.sizes, len(dataset.X_train), spec.batch_size):
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
    if choose_engine(model, dataset, spec, engine, place).name == "compiled":
        return compiled.train_compiled(
            model,
            dataset.X_train,
            dataset.y_train,
            dataset.X_test,
            dataset.y_test,
            spec,
            start=start,
            chunk_epochs=chunk_epochs,
        )
    return train_torch(model, dataset, spec, device=place, start=start, chunk_epochs=chunk_epochs)


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
    X, y = to_device(dataset.X_train, device), to_device(dataset.y_train, device)
    X_test, y_test = to_device(dataset.X_test, device), to_device(dataset.y_test, device)
    loss_function = nn.CrossEntropyLoss()
    optimizer = make_optimizer(model, spec)
    _load_moments(optimizer, spec, start)
    steps_per_epoch = spec.steps_per_epoch(len(X))
    state, ended = start, None

    def snapshot(epoch: int) -> State:
        return _snapshot(model, optimizer, spec, epoch, start.step + (epoch - start.epoch) * steps_per_epoch)

    while ended is None:
        first, last = state.epoch, min(state.epoch + chunk_epochs, spec.epochs)
        losses: list[tuple[float, float]] = []
        for epoch, rate in zip(range(first, last), learning_rates(spec, first, last), strict=True):
            optimizer.param_groups[0]["lr"] = float(rate)
            before = state if spec.batch_size is None else snapshot(epoch)
            test_loss = _loss(model, X_test, y_test)
            train_loss = _epoch(model, X, y, loss_function, optimizer, spec, epoch)
            if not math.isfinite(train_loss):
                ended, last = NOT_FINITE, epoch
                break
            losses.append((train_loss, test_loss))

        # a full batch that isn't finite was never used for an update; updates by smaller batches are taken back
        undo = ended and spec.batch_size is not None
        state = before if undo else snapshot(last)
        set_parameters(model, state.parameters)
        ended = ended or (TRAINED if last == spec.epochs else None)
        train_losses, test_losses = np.array(losses, np.float32).reshape(-1, 2).T.copy()
        yield Chunk(first, last, train_losses, test_losses, state, _scores(model, X, y, X_test, y_test), ended)


def _epoch(
    model: NaiveNet,
    X: Tensor,
    y: Tensor,
    loss_function: nn.Module,
    optimizer: torch.optim.Optimizer,
    spec: TrainSpec,
    epoch: int,
) -> float:
    """One pass over all points. Returns the mean loss, each batch's before its own update.

    Returns at once, without an update, when a batch's loss isn't finite.
    """
    total = 0.0
    for batch in _batches(spec, epoch, len(X), X.device):
        y_logits = model(X[batch])
        loss = loss_function(y_logits, y[batch])
        total += loss.item() * len(y_logits)
        if not math.isfinite(total):
            break
        if spec.l1:
            loss = loss + spec.l1 * _size(model)
        optimizer.zero_grad()
        loss.backward()
        if spec.clip_norm is not None:
            nn.utils.clip_grad_norm_(model.parameters(), spec.clip_norm)
        optimizer.step()
    return total / len(X)


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
    if spec.batch_size is None:
        return (slice(None),)
    generator = torch.Generator().manual_seed(spec.shuffle_seed(epoch))
    return torch.split(torch.randperm(n_points, generator=generator).to(device), spec.batch_size)


def _size(model: nn.Module) -> Tensor:
    """The sum of the absolute values of all weights and biases, as the L1 penalty counts it."""
    return torch.stack([p.abs().sum() for p in model.parameters()]).sum()


@torch.no_grad()
def _loss(model: NaiveNet, X: Tensor, y: Tensor) -> float:
    return nn.functional.cross_entropy(model(X), y).item()


@torch.no_grad()
def _accuracy(model: NaiveNet, X: Tensor, y: Tensor) -> float:
    return (model.predict(X) == y).float().mean().item()


def _scores(model: NaiveNet, X: Tensor, y: Tensor, X_test: Tensor, y_test: Tensor) -> Scores:
    return Scores(
        train_loss=_loss(model, X, y),
        test_loss=_loss(model, X_test, y_test),
        train_accuracy=_accuracy(model, X, y),
        test_accuracy=_accuracy(model, X_test, y_test),
    )


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
