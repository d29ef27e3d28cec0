"""The proof of an export: its program's training loop is run, and the losses are compared with the recorded ones."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from moons.export.agreement import Agreement, limit_of
from moons.export.frames import spaced_epochs
from moons.export.program import to_loop
from moons.inspection.points import evaluate
from moons.loss import make_loss
from moons.model import build_model
from moons.progress import State
from moons.run import History
from moons.train import make_optimizer, take_step, train
from moons.train_spec import TrainSpec

LOOP_RUNNER = Path(__file__).with_name("loop_runner.py")
PROBES = 12  # epochs at which a single epoch is compared
FEWEST_STEPS, TIMED_STEPS, TIMED_SECONDS = 6, 30, 0.1  # the smaller of the last two, but never fewer than the first


class ProgramError(RuntimeError):
    """An exported program broke off: a defect of the export. Holds the program's traceback."""


def prove(
    history: History, *, loop: Callable[[str], Generator[bytes, None, None]] | None = None
) -> Generator[Agreement, None, None]:
    """Run the training loop of the run's exported program, and compare its losses with the recorded ones.

    Yields what is known so far about four times a second; the last Agreement has `ended`. The program runs in a process
    of its own, on one thread and at low priority; closing the iterator ends it. What may change in `history` is read
    before the first Agreement, so that another thread can train it on from there. `loop` runs the program instead of
    `run_loop`. Raises ValueError for an untrained run, and ProgramError if the program breaks off.
    """
    recorded, whole = history.train_loss.copy(), history.ended is not None
    if not len(recorded):
        raise ValueError("only a run with at least one epoch can be compared")
    probes = [] if history.choice.name == "torch" else _probes(history)
    losses: list[float] = []
    with closing((loop or run_loop)(to_loop(history))) as lines:
        for growth in map(_growth, lines):
            losses += growth.losses
            agreement = _compared(np.array(losses, np.float32), recorded, growth.seconds)
            if growth.ended or (not whole and len(losses) >= len(recorded)):
                yield replace(
                    agreement,
                    program_epochs=len(losses) if whole else min(len(losses), len(recorded)),
                    single_epoch=max((_single_epoch(history, probe) for probe in probes), default=None),
                )
                return
            yield agreement


def estimated_seconds(history: History) -> float:
    """About how long the exported program trains on this machine, by timing a few updates in plain PyTorch.

    Right for a process in which PyTorch has one thread, as the program has.
    """
    spec, dataset, model = history.experiment.training_now, history.dataset, history.model_at(0)
    size = spec.batch_size or len(dataset.X_train)
    X, y = torch.from_numpy(dataset.X_train[:size]), torch.from_numpy(dataset.y_train[:size])
    loss_function, optimizer = make_loss(spec, dataset.n_classes), make_optimizer(model, spec)
    times = [time.perf_counter()]
    with torch.enable_grad():
        while len(times) <= FEWEST_STEPS or (len(times) <= TIMED_STEPS and times[-1] - times[0] < TIMED_SECONDS):
            loss = loss_function(model(X), y)
            optimizer.zero_grad()
            loss.backward()
            take_step(optimizer)
            times.append(time.perf_counter())
    step = float(np.median(np.diff(times)[1:]))  # the first update of a process can take a thousand times as long
    return step * spec.steps_per_epoch(len(dataset.X_train)) * history.experiment.epochs


@dataclass(frozen=True)
class _Growth:
    """What a program has computed since the last one."""

    losses: list[float]
    seconds: float  # since its first loss
    ended: bool


def run_loop(program: str) -> Generator[bytes, None, None]:
    """Run a program in a process of its own: the lines that `loop_runner` writes. Closing the iterator ends it."""
    command = [sys.executable, "-I", str(LOOP_RUNNER)]  # -I: without this package on its path
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        assert process.stdin and process.stdout
        try:
            process.stdin.write(program.encode())
            process.stdin.close()
            yield from process.stdout
        finally:
            process.kill()


def _growth(line: bytes) -> _Growth:
    growth = json.loads(line)
    if error := growth.pop("error"):
        raise ProgramError(error)
    return _Growth(**growth)


def _compared(losses: NDArray[np.float32], recorded: NDArray[np.float32], seconds: float) -> Agreement:
    n = min(len(losses), len(recorded))
    differences = np.abs(losses[:n].astype(np.float64) - recorded[:n])
    apart = ~(differences <= limit_of(recorded)[:n])  # so that NaN is apart
    agreeing = int(apart.argmax()) if apart.any() else n
    return Agreement(
        compared=n,
        recorded=len(recorded),
        agreeing=agreeing,
        difference=float(differences[:agreeing].max(initial=0.0)),
        last_losses=(float(losses[n - 1]), float(recorded[n - 1])) if n else (np.nan, np.nan),
        seconds=seconds * n / max(1, len(losses)),
        largest=float(recorded[:agreeing].max(initial=0.0)),
    )


@dataclass(frozen=True, eq=False)
class _Probe:
    """A recorded epoch: how it was trained, from where, and the training loss of the network after it."""

    spec: TrainSpec
    start: State
    loss: float


def _probes(history: History) -> list[_Probe]:
    """Epochs from all over a run; none after which weights were set by hand."""
    edited = {edit.epoch for edit in history.experiment.edits}
    epochs = [epoch for epoch in spaced_epochs(history.n_epochs - 1, PROBES) if epoch + 1 not in edited]
    return [_probe(history, epoch) for epoch in epochs]


def _probe(history: History, epoch: int) -> _Probe:
    spec, _end = history.experiment.segment(epoch)
    start = history.state_at(epoch)
    return _Probe(spec, start, evaluate(history.model_at(epoch + 1), history.dataset, spec).scores.train_loss)


def _single_epoch(history: History, probe: _Probe) -> float:
    """How far the training losses differ after an epoch in PyTorch and the recorded one, from the same weights."""
    dataset = history.dataset
    model = build_model(history.experiment.model, dataset.n_classes)
    chunk = next(train(model, dataset, probe.spec, engine="torch", device="cpu", start=probe.start, chunk_epochs=1))
    return abs(chunk.scores.train_loss - probe.loss)
