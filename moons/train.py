"""Training as a generator of chunks: the notebook's loop in plain PyTorch, or the same as machine code."""

import inspect
import math
from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor, nn

from moons import compiled
from moons.data import Dataset
from moons.device import select_device
from moons.dropout import in_training
from moons.engine import ENGINES, EngineChoice, choose_engine
from moons.graphed import WORTH_IT, GraphedEpochs, can_graph
from moons.loss import make_loss, score_sum
from moons.model import NaiveNet, get_parameters, set_parameters
from moons.optimizers import OPTIMIZERS, read_moments, write_moments
from moons.progress import NOT_FINITE, TRAINED, Chunk, PartialEpoch, Scores, State, Stop
from moons.schedule import learning_rates
from moons.scores import Split, loss_and_score_mean, scores_of, scores_on
from moons.stopping import can_stop, until_stop
from moons.train_spec import TrainSpec

__all__ = [
    "ENGINES",
    "EngineChoice",
    "choose_engine",
    "make_optimizer",
    "scores_of",
    "step_phases",
    "take_step",
    "train",
]
__all__ += ["train_step", "train_torch", "untrained"]

Row = tuple[float, float, float, float]  # of an epoch: losses, then scores; each of train, then of test
CPU = torch.device("cpu")
BACKWARD, PENALTIES, UPDATE = "backward", "penalties", "update"  # the phases of a step


def train(
    model: NaiveNet,
    dataset: Dataset,
    spec: TrainSpec,
    *,
    engine: str = "auto",
    device: str = "auto",
    start: State | None = None,
    chunk_epochs: int = 100,
    stop: Stop | None = None,
) -> Iterator[Chunk]:
    """Train `model` from `start` (untrained, if None) to `spec.epochs`, one Chunk per `chunk_epochs` epochs.

    After each chunk the model holds the weights of the chunk's end. The caller owns the pace: until the next chunk is
    asked for nothing happens; short ones may be computed a millisecond ahead.

    `stop` is asked between batches, about every 5 ms or after each. Where it is true, the chunk ends there, after at
    least one batch, perhaps inside an epoch (`chunk.state.partial`). The next chunk goes on to where this one would
    have ended. So does another call with `start=chunk.state`; either way it is bit for bit the run that wasn't stopped.

    Raises FieldError at once if the settings can't be served.
    """
    spec.steps_per_epoch(len(dataset.X_train))
    place = select_device(device)
    name = choose_engine(model, dataset, spec, engine, place).name
    start = start or untrained(model, spec)

    def chunks(start: State, chunk_epochs: int, stop: Stop | None) -> Iterator[Chunk]:
        if name == "compiled":
            return compiled.train_compiled(model, dataset, spec, start=start, chunk_epochs=chunk_epochs, stop=stop)
        return train_torch(model, dataset, spec, device=place, start=start, chunk_epochs=chunk_epochs, stop=stop)

    if can_stop(spec):
        return until_stop(chunks, start, chunk_epochs, spec, stop)
    return chunks(start, chunk_epochs, stop)


def untrained(model: NaiveNet, spec: TrainSpec) -> State:
    """The state before the first update, with the model's present weights."""
    parameters = get_parameters(model)
    moments = len(OPTIMIZERS[spec.optimizer].moments)
    return State(0, 0, parameters, np.zeros((moments, parameters.size), np.float32))


def train_step(model: nn.Module, loss: Tensor, optimizer: torch.optim.Optimizer, spec: TrainSpec) -> None:
    """One update of all weights: zero_grad, backward, what `spec` does to the gradients, step."""
    for _phase in step_phases(model, loss, optimizer, spec):
        pass


def step_phases(
    model: nn.Module, loss: Tensor, optimizer: torch.optim.Optimizer, spec: TrainSpec, *, clear: bool = True
) -> Iterator[str]:
    """`train_step` phase by phase. After BACKWARD the gradients are those of the loss.

    After PENALTIES they are what the optimiser is given: L1's gradient added, then clipped. `clear=False` leaves
    zero_grad out.
    """
    if clear:
        optimizer.zero_grad()
    loss.backward()
    yield BACKWARD
    if spec.l1:
        for parameter in model.parameters():
            assert parameter.grad is not None
            parameter.grad.add_(parameter.detach().sign(), alpha=spec.l1)
    if spec.clip_norm is not None:
        nn.utils.clip_grad_norm_(model.parameters(), spec.clip_norm)
    yield PENALTIES
    take_step(optimizer)
    yield UPDATE


def make_optimizer(model: nn.Module, spec: TrainSpec, state: State | None = None) -> torch.optim.Optimizer:
    """The optimiser that `spec` names, at its first rate; with `state`, with the memory and the rate it has there."""
    entry = OPTIMIZERS[spec.optimizer]
    _leave_the_compiler()
    optimizer = entry.make(model.parameters(), lr=spec.learning_rate, weight_decay=spec.weight_decay)
    if state is not None:
        write_moments(optimizer, entry.moments, state.moments, state.step)
        set_rate(optimizer, float(learning_rates(spec, state.epoch, state.epoch + 1)[0]))
    return optimizer


def take_step(optimizer: torch.optim.Optimizer) -> None:
    """`optimizer.step()`, which would import torch.compile's machinery first: seconds and 80 MB for nothing."""
    with torch.no_grad():
        inspect.unwrap(type(optimizer).step)(optimizer)


def _leave_the_compiler() -> None:
    """Tell PyTorch that an optimiser's own methods need no shield against torch.compile: that too would import it."""
    for method in (torch.optim.Optimizer.add_param_group, torch.optim.Optimizer.zero_grad):
        plain = inspect.unwrap(method)
        setattr(plain, "__dynamo_disable", plain)  # where PyTorch itself keeps the shielded method


def set_rate(optimizer: torch.optim.Optimizer, rate: float) -> None:
    """Set the learning rate of the next updates."""
    optimizer.param_groups[0]["lr"] = rate


def batches_of_epoch(
    spec: TrainSpec, epoch: int, n_points: int, device: torch.device = CPU
) -> tuple[Tensor | slice, ...]:
    """The points of each update of one epoch: all of them, or a seeded shuffle dealt into batches."""
    batch_size = spec.batch_size or n_points
    if batch_size == n_points:  # as the compiled engine: dropout goes by the points' order
        return (slice(None),)
    generator = torch.Generator().manual_seed(spec.shuffle_seed(epoch))
    return torch.split(torch.randperm(n_points, generator=generator).to(device), batch_size)


def train_torch(
    model: NaiveNet,
    dataset: Dataset,
    spec: TrainSpec,
    *,
    device: torch.device,
    start: State | None = None,
    chunk_epochs: int = 100,
    stop: Stop | None = None,
) -> Iterator[Chunk]:
    """The notebook's loop: forward, loss, zero_grad, backward, step. See `train`."""
    run = _TorchRun(model, dataset, spec, device, start or untrained(model, spec))
    last, finished, ended = run.epoch, True, None
    while ended is None:
        first, last = run.epoch, min(run.epoch + chunk_epochs, spec.epochs) if finished else last
        rows, finite = run.train_epochs(last, stop)
        state = run.state()
        set_parameters(model, state.parameters)
        if not finite:
            ended = NOT_FINITE
        elif state.epoch == spec.epochs:
            ended = TRAINED
        losses, test_losses, scores, test_scores = np.array(rows, np.float32).reshape(-1, 4).T.copy()
        finished = ended is not None or run.epoch == last
        measured = run.scores() if finished else None
        yield Chunk(first, state.epoch, losses, test_losses, scores, test_scores, state, measured, ended)


class _TorchRun:
    """A network, its optimiser and its points on a device, somewhere in a run."""

    def __init__(self, model: NaiveNet, dataset: Dataset, spec: TrainSpec, device: torch.device, start: State) -> None:
        self._model, self._spec, self._device = model.to(device), spec, device
        self._train = Split(dataset.X_train, dataset.y_train, dataset.n_classes, device)
        self._test = Split(dataset.X_test, dataset.y_test, dataset.n_classes, device)
        self._loss_function = make_loss(spec, dataset.n_classes)
        self._go_to(start)
        self._graphed = GraphedEpochs(self._graphed_epoch) if can_graph(spec, device) else None

    def train_epochs(self, last: int, stop: Stop | None) -> tuple[list[Row], bool]:
        """Train to epoch `last`, or till `stop`. Returns the finished epochs' rows, and if all losses are finite."""
        rows: list[Row] = []
        while self.epoch < last:
            graphed = self._graphed_epochs(last if stop is None else min(last, self.epoch + WORTH_IT))
            if graphed:
                rows += graphed
            else:
                finite, finished = self._train_epoch(stop)
                if not finite:
                    return rows, False
                if not finished:
                    return rows, True
                rows.append(self._end_epoch())
            if stop and stop():
                break
        return rows, True

    def state(self) -> State:
        """A copy of all that training carries on."""
        parameters = get_parameters(self._model)
        moments = read_moments(self._optimizer, OPTIMIZERS[self._spec.optimizer].moments)
        partial = None
        if self._batches:
            assert self._before is not None
            partial = PartialEpoch(self._before, self._batches, self._loss_sum, self._score_sum, *self._tested)
        return State(self.epoch, self._step, parameters, moments, partial=partial)

    def scores(self) -> Scores:
        """Of the network as it is."""
        return scores_on(self._model, self._train, self._test, self._loss_function)

    def _go_to(self, state: State) -> None:
        set_parameters(self._model, state.parameters)
        self._optimizer = make_optimizer(self._model, self._spec, state)
        self.epoch, self._step = state.epoch, state.step
        self._batches, self._loss_sum, self._score_sum = 0, 0.0, 0.0  # of the epoch, so far
        self._tested = math.nan, math.nan  # test loss and mean score term at its start
        self._before: State | None = None  # its start, if it has several batches
        partial = state.partial
        if partial:
            self._batches, self._loss_sum, self._score_sum = partial.batches, partial.loss_sum, partial.score_sum
            self._tested, self._before = (partial.test_loss, partial.test_score_mean), partial.before
            self._deal()

    def _deal(self) -> None:
        """Deal the epoch's batches, and draw its dropout."""
        self._dealt = batches_of_epoch(self._spec, self.epoch, len(self._train.X), self._device)
        points_done = self._batches * (self._spec.batch_size or 0)
        self._network = in_training(self._model, self._spec, self.epoch, points_done)

    @torch.enable_grad()  # whoever asks for an epoch may not want gradients, but training does
    def _train_epoch(self, stop: Stop | None) -> tuple[bool, bool]:
        """The batches that are left of an epoch. Returns whether all losses are finite, and whether it is finished.

        A batch whose loss isn't finite makes no update, and those by the batches before it are taken back.
        """
        if self._batches == 0:
            self._deal()
            set_rate(self._optimizer, float(learning_rates(self._spec, self.epoch, self.epoch + 1)[0]))
            self._before = self.state() if len(self._dealt) > 1 else None
            with torch.no_grad():
                self._tested = loss_and_score_mean(self._model(self._test.X), self._test, self._loss_function)
        for batch in self._dealt[self._batches :]:
            outputs, y = self._network(self._train.X[batch]), self._train.y[batch]
            loss = self._loss_function(outputs, y)
            self._loss_sum += loss.item() * len(y)
            self._score_sum += score_sum(outputs, y, self._train.n_classes).item()
            if not math.isfinite(self._loss_sum):
                if self._before:
                    self._go_to(self._before)
                return False, False
            train_step(self._model, loss, self._optimizer, self._spec)
            self._batches += 1
            self._step += 1
            if self._batches < len(self._dealt) and stop and stop():
                return True, False
        return True, True

    def _end_epoch(self) -> Row:
        """The finished epoch's losses and scores."""
        n, (test_loss, test_score_mean) = len(self._train.X), self._tested
        row = self._loss_sum / n, test_loss, self._train.score(self._score_sum / n), self._test.score(test_score_mean)
        self.epoch += 1
        self._batches, self._loss_sum, self._score_sum, self._before = 0, 0.0, 0.0, None
        return row

    def _graphed_epochs(self, last: int) -> list[Row]:
        """Epochs up to `last` by graph. None without a graph, or if a loss isn't finite: a graph can't stop there."""
        if self._graphed is None:
            return []
        before = self.state()
        sums = self._graphed.run(last - self.epoch).cpu().tolist()
        if not all(math.isfinite(train_loss) for train_loss, *_rest in sums):
            self._graphed = None
            self._go_to(before)
            return []
        self._step += last - self.epoch
        self.epoch = last
        n, m = len(self._train.X), len(self._test.X)
        return [(a, b, self._train.score(c / n), self._test.score(d / m)) for a, b, c, d in sums]

    @torch.enable_grad()
    def _graphed_epoch(self) -> Tensor:
        """One epoch by a full batch, nothing of which is read back: both losses, then both score sums; (4,)."""
        train, test = self._train, self._test
        with torch.no_grad():
            on_test = self._model(test.X)
        outputs = self._model(train.X)
        loss = self._loss_function(outputs, train.y)
        with torch.no_grad():
            losses = loss.detach(), self._loss_function(on_test, test.y)
            sums = (score_sum(outputs, train.y, train.n_classes), score_sum(on_test, test.y, test.n_classes))
            row = torch.stack([number.float() for number in (*losses, *sums)])
        train_step(self._model, loss, self._optimizer, self._spec)
        return row
