"""A run: its complete, replayable history."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from moons.data import Dataset, make_dataset
from moons.device import select_device
from moons.edit import Edit, edited
from moons.engine import EngineChoice, choose_engine
from moons.experiment import FIXED_FIELDS, Change, Experiment
from moons.fields import N_, FieldError
from moons.keyframes import Keyframes
from moons.model import NaiveNet, build_model, set_parameters
from moons.progress import NOT_FINITE, Chunk, State, Stop, Stopped
from moons.scores import scores_of
from moons.train import train, untrained
from moons.train_spec import TrainSpec

__all__ = ["CHUNK_EPOCHS", "FIXED_FIELDS", "KEYFRAME_BYTES", "Change", "Experiment", "History", "run"]

KEYFRAME_BYTES = 6_000_000  # with the curves of 100,000 epochs a run stays below 8 MB
KEYFRAME_SECONDS = 0.05  # of training between two keyframes, while there is memory for them
CHUNK_EPOCHS = 250  # of a run at once: short enough that any epoch is near a keyframe
SETTLED = FIXED_FIELDS  # deprecated name


class History:
    """A run so far: every epoch's losses, and enough weights to rebuild any epoch exactly.

    It grows at its end alone; what it has handed out never changes. So one thread may `play` it while any number of
    others read: the curves, `n_epochs`, `ended`, `last`, `state_at`, `model_at`, `branch`, `edit`, … `n_epochs` and
    then `ended` are set last: what they promise is there. Two threads must not `play` at the same time.
    """

    def __init__(
        self,
        experiment: Experiment,
        *,
        engine: str = "auto",
        device: str = "auto",
        dataset: Dataset | None = None,
        keyframe_bytes: int = KEYFRAME_BYTES,
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
        self._keyframe_bytes = keyframe_bytes
        self._seconds = 0.0  # of training since the last keyframe
        self._last = edited(untrained(model, experiment.training), experiment.edits)
        self._keyframes = Keyframes(self._last, keyframe_bytes)
        self._spare: list[NaiveNet] = []  # networks that are not in use: to build one can cost more than a short replay
        self._replayed = self._last  # where the last replay ended: the next state asked for is often near

    def __getstate__(self) -> dict[str, Any]:
        return self.__dict__ | {"_spare": []}  # no process needs another one's

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
        return self._curves.nbytes + self._keyframes.nbytes

    @property
    def last(self) -> State:
        """The state at the end of what is trained, perhaps inside an epoch."""
        return self._last

    def play(self, start: State, chunk_epochs: int, *, stop: Stop | None = None) -> Iterator[Chunk]:
        """Train on from `start`, any state of this run, recording what is new. One Chunk per `chunk_epochs`.

        Where `stop` is true, a shorter Chunk is yielded at once, perhaps ending inside an epoch; see train.train. The
        next one goes on from there, as does another call with `start=history.last`.
        """
        pieces: list[Chunk] = []
        pause = _Pause(stop)
        training = self._train(start, chunk_epochs, pause)
        while True:
            pause.begin()
            piece = next(training, None)
            if piece is None:
                return
            self._record(piece, min(pause.seconds, 2 * KEYFRAME_SECONDS))  # longer is the machine's, not the run's
            pieces.append(piece)
            if piece.measured is not None or pause.stopped:
                yield _joined(pieces)
                pieces = []

    def _train(self, start: State, chunk_epochs: int, stop: Stop | None) -> Iterator[Chunk]:
        """The chunks of this run from `start` on. Changes nothing."""
        try:
            model = self._spare.pop()
        except IndexError:
            model = self._build_model()
        try:
            yield from self._train_with(model, start, chunk_epochs, stop)
        finally:
            self._spare.append(model)

    def _train_with(self, model: NaiveNet, state: State, chunk_epochs: int, stop: Stop | None) -> Iterator[Chunk]:
        while state.epoch < self.experiment.epochs:
            spec, end = self.experiment.segment(state.epoch)
            length = min(chunk_epochs, end - state.epoch)
            for chunk in train(
                model,
                self.dataset,
                spec,
                engine=self.choice.name,
                device=self.device.type,
                start=state,
                chunk_epochs=length,
                stop=stop,
            ):
                if chunk.stop == end < self.experiment.epochs and chunk.ended != NOT_FINITE:
                    chunk = replace(chunk, ended=None)  # noqa: PLW2901 - it goes on, under other settings
                if any(edit.epoch == chunk.stop > chunk.start for edit in self.experiment.edits):
                    chunk = self._edited(chunk)  # noqa: PLW2901
                yield chunk
                if chunk.ended:
                    return
                state = chunk.state
                if chunk.measured is not None and state.epoch + length > end:  # the next chunk would cross a change
                    break

    def state_at(self, epoch: int, *, stop: Stop | None = None) -> State:
        """The state after `epoch` epochs, bit for bit as training passed through it.

        Raises FieldError for an epoch that isn't trained yet, and Stopped where `stop` is true before it is rebuilt;
        what was rebuilt so far is kept, so that asking again goes on from there.
        """
        if not 0 <= epoch <= self.n_epochs:
            raise FieldError(
                N_("{field} must be between {low} and {high}, got {value}"),
                field="epoch",
                low=0,
                high=self.n_epochs,
                value=epoch,
            )
        near, replayed = self._keyframes.before(epoch), self._replayed
        if near.step < replayed.step and replayed.epoch <= epoch:
            near = replayed
        if near.epoch < epoch:
            for chunk in self._train(near, epoch - near.epoch, stop):
                self._replayed = near = chunk.state
                if near.epoch == epoch and chunk.measured is not None:
                    break
                if stop is not None and chunk.measured is None:
                    raise Stopped
        self._replayed = near.whole
        return near.whole

    def weights_at(self, epoch: int, *, stop: Stop | None = None) -> NDArray[np.float32]:
        """All weights and biases after `epoch` epochs: (n_parameters,), in the order of `model.parameters()`.

        `stop` as in `state_at`.
        """
        return self.state_at(epoch, stop=stop).parameters

    def model_at(self, epoch: int, *, stop: Stop | None = None) -> NaiveNet:
        """The network after `epoch` epochs, on the CPU; 0 is untrained. `stop` as in `state_at`."""
        model = self._build_model()
        set_parameters(model, self.weights_at(epoch, stop=stop))
        return model

    def keyframes(self, until: int, most: int) -> list[State]:
        """At most `most` of the states that are kept, evenly from the first to the last up to `until` epochs."""
        there = self._keyframes.until(until)
        places = np.unique(np.linspace(0, len(there) - 1, most).round().astype(int))
        return [there[place] for place in places]

    def parameter_trace(self, parameter: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """One weight or bias at the keyframes: (k,) epochs from 0 on, (k,) values."""
        states = self._keyframes.states
        return np.array([s.epoch for s in states]), np.array([s.parameters[parameter] for s in states], np.float32)

    kept, course = keyframes, parameter_trace  # deprecated names

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
        other = History(
            experiment,
            engine=self.choice.name,
            device=self.asked_device,
            dataset=self.dataset,
            keyframe_bytes=self._keyframe_bytes,
        )
        now = edited(self.state_at(epoch), experiment.edits)
        other._n_epochs = epoch
        other._curves[:, :epoch] = self._curves[:, :epoch]
        other._keyframes = self._keyframes.continued(now)
        other._last, other._replayed = now, other._keyframes.states[0]
        return other

    def _edited(self, chunk: Chunk) -> Chunk:
        """A chunk at whose end weights were set by hand."""
        state, model = edited(chunk.state, self.experiment.edits), self._build_model()
        set_parameters(model, state.parameters)
        scores = scores_of(model, self.dataset, self.experiment.training_now) if chunk.measured else None
        return replace(chunk, state=state, measured=scores)

    def _build_model(self) -> NaiveNet:
        return build_model(self.experiment.model, self.dataset.n_classes)

    def _read_only(self, row: int) -> NDArray[np.float32]:
        curve = self._curves[row, : self.n_epochs]
        curve.flags.writeable = False
        return curve

    def _record(self, chunk: Chunk, seconds: float) -> None:
        """Keep what a chunk adds to the run's end; a replayed chunk adds nothing. For readers' sake in this order."""
        if chunk.stop > self.n_epochs:
            new = slice(self.n_epochs - chunk.start, None)
            curves = chunk.train_loss, chunk.test_loss, chunk.train_score, chunk.test_score
            self._curves[:, self.n_epochs : chunk.stop] = [curve[new] for curve in curves]
            self._keyframes.append(chunk.state.whole, self._seconds + seconds)
            self._last, self._seconds = chunk.state, 0.0
            self._n_epochs = chunk.stop
        elif chunk.stop == self.n_epochs and (chunk.ended or chunk.state.step > self._last.step):
            self._last, self._seconds = chunk.state, self._seconds + seconds
        self.ended = chunk.ended or self.ended


class _Pause:
    """Asks training to pause where `stop` is true, or where a keyframe is due."""

    def __init__(self, stop: Stop | None) -> None:
        self._stop = stop
        self.begin()

    def begin(self) -> None:
        """Count the seconds from now on."""
        self._began, self.stopped = time.perf_counter(), False

    @property
    def seconds(self) -> float:
        """Since `begin`."""
        return time.perf_counter() - self._began

    def __call__(self) -> bool:
        self.stopped = self._stop is not None and self._stop()
        return self.stopped or self.seconds > KEYFRAME_SECONDS


def _joined(pieces: Sequence[Chunk]) -> Chunk:
    """Chunks that follow one another, as one."""
    if len(pieces) == 1:
        return pieces[0]
    return replace(
        pieces[-1],
        start=pieces[0].start,
        train_loss=np.concatenate([piece.train_loss for piece in pieces]),
        test_loss=np.concatenate([piece.test_loss for piece in pieces]),
        train_score=np.concatenate([piece.train_score for piece in pieces]),
        test_score=np.concatenate([piece.test_score for piece in pieces]),
    )


def run(experiment: Experiment, *, engine: str = "auto", device: str = "auto") -> History:
    """The whole run at once."""
    history = History(experiment, engine=engine, device=device)
    for _ in history.play(history.last, CHUNK_EPOCHS):
        pass
    return history
