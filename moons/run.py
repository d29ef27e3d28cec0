"""An experiment is a value; a run is its complete, replayable history."""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from moons.data import Dataset, DataSpec, make_dataset
from moons.device import select_device
from moons.edit import Edit, edited
from moons.fields import N_, FieldError
from moons.model import ModelSpec, NaiveNet, build_model, set_parameters
from moons.progress import NOT_FINITE, Chunk, State, TrainSpec
from moons.train import EngineChoice, choose_engine, scores_of, train, untrained

KEYFRAME_BYTES = 6_000_000  # with the curves of 100,000 epochs a run stays below 8 MB
SETTLED = ("optimizer", "seed", "regression_loss")  # its memory, the shuffles, and what every loss is measured in
CHUNK_EPOCHS = 250  # of a run at once: short enough that any epoch is near a keyframe


@dataclass(frozen=True)
class Change:
    """From `epoch` on, train as `training` says."""

    epoch: int
    training: TrainSpec


@dataclass(frozen=True)
class Experiment:
    """All that decides the outcome of a run. The default is exactly the notebook.

    Raises FieldError for a parameter that is set by hand twice at the same epoch.
    """

    data: DataSpec = DataSpec()
    model: ModelSpec = ModelSpec()
    training: TrainSpec = TrainSpec()
    changes: tuple[Change, ...] = ()  # made while training, by epoch
    edits: tuple[Edit, ...] = ()  # weights set by hand, by epoch; each parameter once an epoch

    def __post_init__(self) -> None:
        places: set[tuple[int, int]] = set()
        for edit in self.edits:
            if (edit.epoch, edit.parameter) in places:
                raise FieldError(
                    N_(
                        "a weight can be set by hand once an epoch, and parameter {value} is set twice at epoch {epoch}"
                    ),
                    value=edit.parameter,
                    epoch=f"{edit.epoch:,}",
                )
            places.add((edit.epoch, edit.parameter))

    @property
    def training_now(self) -> TrainSpec:
        """How it trains after all changes."""
        return self.changes[-1].training if self.changes else self.training

    @property
    def epochs(self) -> int:
        """Length of the whole run."""
        return self.training_now.epochs

    def stretch(self, epoch: int) -> tuple[TrainSpec, int]:
        """How the epochs from `epoch` on are trained, and the epoch at which that ends."""
        spec = [self.training, *(change.training for change in self.changes if change.epoch <= epoch)][-1]
        turns = [change.epoch for change in self.changes] + [edit.epoch for edit in self.edits]
        return spec, min([turn for turn in turns if turn > epoch] + [spec.epochs])

    def changed(self, epoch: int, training: TrainSpec) -> "Experiment":
        """The same experiment, trained as `training` says from `epoch` on. Later changes and edits are dropped.

        Raises FieldError for what can't change without a new start.
        """
        for name in SETTLED:
            before, after = getattr(self.training, name), getattr(training, name)
            if before != after:
                raise FieldError(
                    N_("{field} can't change while a run goes on (it is {before}), got {value}"),
                    field=name,
                    before=before,
                    value=after,
                )
        if training.epochs < epoch:
            raise FieldError(
                N_("{field} must be at least {low}, the epochs already trained, got {value}"),
                field="epochs",
                low=f"{epoch:,}",
                value=f"{training.epochs:,}",
            )
        edits = tuple(edit for edit in self.edits if edit.epoch <= epoch)
        if epoch == 0:
            return replace(self, training=training, changes=(), edits=edits)
        kept = tuple(change for change in self.changes if change.epoch < epoch)
        return replace(self, changes=(*kept, Change(epoch, training)), edits=edits)

    def edited(self, edit: Edit) -> "Experiment":
        """The same experiment with a weight set by hand. Later changes and edits are dropped.

        Raises FieldError for an edit after the run's end.
        """
        changes = tuple(change for change in self.changes if change.epoch <= edit.epoch)
        shorter = replace(self, changes=changes)
        if edit.epoch > shorter.epochs:
            raise FieldError(
                N_("{field} must be between {low} and {high}, got {value}"),
                field="epoch",
                low=0,
                high=f"{shorter.epochs:,}",
                value=f"{edit.epoch:,}",
            )
        place = edit.epoch, edit.parameter
        kept = [e for e in self.edits if e.epoch <= edit.epoch and (e.epoch, e.parameter) != place]
        return replace(shorter, edits=(*kept, edit))


class History:
    """A run so far: every epoch's losses, and enough weights to rebuild any epoch exactly.

    It grows at its end alone; what it has handed out never changes. One thread may train it while others look.
    """

    def __init__(
        self, experiment: Experiment, *, engine: str = "auto", device: str = "auto", dataset: Dataset | None = None
    ) -> None:
        self.experiment = experiment
        self.dataset = dataset or make_dataset(experiment.data)
        self.ended: str | None = None  # why training can't go on: see progress.Chunk
        self.asked_device = device
        self.device = select_device(device)
        model = self._build_model()
        self.sizes = model.sizes  # units of each layer, inputs and outputs included
        self.choice: EngineChoice = choose_engine(model, self.dataset, experiment.training, engine, self.device)
        self._n_epochs = 0
        self._curves = np.empty((4, experiment.epochs), np.float32)  # losses, scores; train, test
        self._keyframes = [edited(untrained(model, experiment.training), experiment.edits)]  # by epoch
        self._replayed = self._keyframes[0]  # the state last asked for: the next one is often near

    @property
    def n_epochs(self) -> int:
        """Epochs trained so far."""
        return self._n_epochs

    @property
    def train_loss(self) -> NDArray[np.float32]:
        """(n_epochs,) mean per point; [i] is the loss before update i, so [0] is the untrained network's."""
        return self._read_only(0)

    @property
    def test_loss(self) -> NDArray[np.float32]:
        """(n_epochs,) mean per point, of the same weights as `train_loss`."""
        return self._read_only(1)

    @property
    def train_score(self) -> NDArray[np.float32]:
        """(n_epochs,) accuracy, or R² of a regression, of the same outputs as `train_loss`."""
        return self._read_only(2)

    @property
    def test_score(self) -> NDArray[np.float32]:
        """(n_epochs,) accuracy, or R² of a regression, of the same outputs as `test_loss`."""
        return self._read_only(3)

    @property
    def nbytes(self) -> int:
        """Memory held by curves and keyframes, bytes; the dataset is not counted."""
        return self._curves.nbytes + sum(state.nbytes for state in self._keyframes)

    @property
    def last(self) -> State:
        """The state at the end of what is trained."""
        return self._keyframes[-1]

    def play(self, start: State, chunk_epochs: int) -> Iterator[Chunk]:
        """Train on from `start`, any state of this run, recording what is new. One Chunk per `chunk_epochs`."""
        model, state = self._build_model(), start
        while state.epoch < self.experiment.epochs:
            spec, end = self.experiment.stretch(state.epoch)
            length = min(chunk_epochs, end - state.epoch)
            for chunk in train(
                model,
                self.dataset,
                spec,
                engine=self.choice.name,
                device=self.device.type,
                start=state,
                chunk_epochs=length,
            ):
                if chunk.stop == end < self.experiment.epochs and chunk.ended != NOT_FINITE:
                    chunk = replace(chunk, ended=None)  # noqa: PLW2901 - it goes on, under other settings
                if any(edit.epoch == chunk.stop > chunk.start for edit in self.experiment.edits):
                    chunk = self._edited(chunk)  # noqa: PLW2901
                self._record(chunk)
                yield chunk
                if chunk.ended:
                    return
                state = chunk.state
                if state.epoch + length > end:  # the next chunk would cross a change of settings
                    break

    def state_at(self, epoch: int) -> State:
        """The state after `epoch` epochs, bit for bit as training passed through it.

        Raises FieldError for an epoch that isn't trained yet.
        """
        if not 0 <= epoch <= self.n_epochs:
            raise FieldError(
                N_("{field} must be between {low} and {high}, got {value}"),
                field="epoch",
                low=0,
                high=self.n_epochs,
                value=epoch,
            )
        keyframes, replayed = self._keyframes, self._replayed
        near = keyframes[bisect_right(keyframes, epoch, key=lambda state: state.epoch) - 1]
        if near.epoch < replayed.epoch <= epoch:
            near = replayed
        if near.epoch < epoch:
            near = next(c.state for c in self.play(near, epoch - near.epoch) if c.stop == epoch)
        self._replayed = near
        return near

    def weights_at(self, epoch: int) -> NDArray[np.float32]:
        """All weights and biases after `epoch` epochs: (n_parameters,), in the order of `model.parameters()`."""
        return self.state_at(epoch).parameters

    def model_at(self, epoch: int) -> NaiveNet:
        """The network after `epoch` epochs, on the CPU; 0 is untrained."""
        model = self._build_model()
        set_parameters(model, self.weights_at(epoch))
        return model

    def kept(self, until: int, most: int) -> list[State]:
        """At most `most` of the states that are kept whole, evenly from the first to the last up to `until` epochs."""
        there = [state for state in self._keyframes if state.epoch <= until]
        places = np.unique(np.linspace(0, len(there) - 1, most).round().astype(int))
        return [there[place] for place in places]

    def course(self, parameter: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """One weight or bias at the epochs that are kept whole: (k,) epochs from 0 on, (k,) values."""
        kept = self._keyframes
        return np.array([s.epoch for s in kept]), np.array([s.parameters[parameter] for s in kept], np.float32)

    def branch(self, epoch: int, training: TrainSpec) -> "History":
        """A new run that shares this one's first `epoch` epochs and goes on from there as `training` says."""
        return self._continued(self.experiment.changed(epoch, training), epoch)

    def edit(self, epoch: int, parameter: int, value: float) -> "History":
        """A new run that shares this one's first `epoch` epochs and goes on with a weight or bias set to `value`.

        Raises FieldError for what can't be set: see Edit.
        """
        return self._continued(self.experiment.edited(Edit(epoch, parameter, value)), epoch)

    def continued(self, experiment: Experiment, epoch: int) -> "History":
        """A new run of `experiment`, which has the first `epoch` epochs in common with this one's."""
        return self._continued(experiment, epoch)

    def _continued(self, experiment: Experiment, epoch: int) -> "History":
        other = History(experiment, engine=self.choice.name, device=self.asked_device, dataset=self.dataset)
        now = edited(self.state_at(epoch), experiment.edits)
        other._n_epochs = epoch
        other._curves[:, :epoch] = self._curves[:, :epoch]
        other._keyframes = [state for state in self._keyframes if state.epoch < epoch] + [now]
        other._replayed = other._keyframes[0]
        return other

    def _edited(self, chunk: Chunk) -> Chunk:
        """A chunk at whose end weights were set by hand."""
        state, model = edited(chunk.state, self.experiment.edits), self._build_model()
        set_parameters(model, state.parameters)
        return replace(chunk, state=state, scores=scores_of(model, self.dataset, self.experiment.training_now))

    def _build_model(self) -> NaiveNet:
        return build_model(self.experiment.model, self.dataset.n_classes)

    def _read_only(self, row: int) -> NDArray[np.float32]:
        curve = self._curves[row, : self.n_epochs]
        curve.flags.writeable = False
        return curve

    def _record(self, chunk: Chunk) -> None:
        """Keep what a chunk adds to the run's end; a replayed chunk adds nothing."""
        self.ended = chunk.ended or self.ended
        if chunk.stop <= self.n_epochs:
            return
        new = slice(self.n_epochs - chunk.start, None)
        curves = chunk.train_loss, chunk.test_loss, chunk.train_score, chunk.test_score
        self._curves[:, self.n_epochs : chunk.stop] = [curve[new] for curve in curves]
        self._n_epochs = chunk.stop
        keyframes = [*self._keyframes, chunk.state]  # a new list: another thread may be reading the old one
        while len(keyframes) > 2 and sum(state.nbytes for state in keyframes) > KEYFRAME_BYTES:
            keyframes[1:-1] = keyframes[2:-1:2]  # every second one; the first and the last stay
        self._keyframes = keyframes


def run(experiment: Experiment, *, engine: str = "auto", device: str = "auto") -> History:
    """The whole run at once."""
    history = History(experiment, engine=engine, device=device)
    for _ in history.play(history.last, CHUNK_EPOCHS):
        pass
    return history
