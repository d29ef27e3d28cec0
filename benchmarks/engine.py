"""The engines against their rivals, all in one run on one core: µs per step, and ratios."""

import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
from sklearn.datasets import make_moons
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier
from torch import nn

from moons import Dataset, Experiment, ModelSpec, TrainSpec, build_model, make_dataset, run, train
from moons.compiled import faster
from moons.model import get_parameters

DEFAULT = Experiment()
DATASET = make_dataset(DEFAULT.data)


def main() -> None:
    """Print every figure."""
    torch.set_num_threads(1)
    steps()
    whole_runs()
    compile_time()
    sweep()


def steps() -> None:
    """The default experiment, µs per step. All but the limit run their own way of keeping the losses."""
    ours = microseconds(lambda: engine("compiled", 15_000), 15_000)
    rivals = {
        "the notebook's loop (train loss only)": microseconds(lambda: notebook(400), 400),
        "scikit-learn's MLPClassifier (train loss only)": microseconds(lambda: scikit_learn(400), 400),
        "moons, PyTorch engine": microseconds(lambda: engine("torch", 300), 300),
        "moons, compiled": ours,
        "moons, compiled, tanh": microseconds(lambda: engine("compiled", 15_000, ModelSpec(activation="tanh")), 15_000),
        **limits(),
    }
    for name, time_of_step in rivals.items():
        print(f"{name:<48}{time_of_step:9.2f} µs a step {time_of_step / ours:9.2f} × ours")


def whole_runs() -> None:
    """15,000 epochs with every loss kept; weights at any epoch; two runs in two threads."""
    history = run(DEFAULT)
    print(f"15,000 epochs with every loss: {milliseconds(lambda: run(DEFAULT)):.0f} ms, {history.nbytes / 1e3:.0f} kB")
    epochs = iter(np.random.default_rng(0).permutation(15_000).tolist())
    print(f"weights_at(any epoch): {milliseconds(lambda: history.weights_at(next(epochs)), 50):.2f} ms")
    with ThreadPoolExecutor(2) as pool:
        alone, both = (
            min(timed(lambda n=n: list(pool.map(lambda _: engine("compiled", 60_000), range(n))), time.perf_counter)
                for _repeat in range(7))
            for n in (1, 2)
        )  # fmt: skip
    print(f"two runs in two threads: {2 * alone / both:.2f} × the throughput of one")


def compile_time() -> None:
    """From an empty cache, in a process of its own."""
    program = (
        "import os, time; from moons import compiled; began, cpu = time.perf_counter(), sum(os.times()[:4]);"
        "compiled.warm_up();"
        "print(f'{time.perf_counter() - began:.1f} s, of them busy {sum(os.times()[:4]) - cpu:.1f} s')"
    )
    with tempfile.TemporaryDirectory() as cache:
        for state in ("empty", "filled"):
            command = [sys.executable, "-c", program]
            done = subprocess.run(command, env={"NUMBA_CACHE_DIR": cache}, capture_output=True, text=True, check=True)
            print(f"compile or load, {state} cache: {done.stdout.strip()}")


def sweep() -> None:
    """The choice of `auto` over depth, width, points and batch, with the ratio of the engine it chose to the other."""
    for hidden in ((4,), (16,), (64,), (16,) * 6, (128, 128), (256, 256), (256,) * 6):
        for n_points, batch_size in (
            (64, None),
            (256, None),
            (256, 16),
            (1_000, None),
            (5_000, None),
            (5_000, 64),
            (10_000, None),
            (10_000, 512),
        ):
            sizes, data = (2, *hidden, 2), moons_of(n_points)
            n_steps = -(-n_points // (batch_size or n_points))
            epochs = max(1, 2_000_000 // (n_points * sum(hidden)) // n_steps)
            spec = TrainSpec(epochs=min(epochs, 200), batch_size=batch_size)
            chosen, other = ("compiled", "torch") if faster(sizes, batch_size or n_points) else ("torch", "compiled")
            rivals = [partial(play, name, data, ModelSpec(hidden), spec) for name in (chosen, other)]
            rivals.append(partial(plain, data, ModelSpec(hidden), spec))
            ours, theirs, loop = np.min([[timed(action) for action in rivals] for _repeat in range(5)], axis=0)
            ratio, per_step = ours / theirs, 1000 * ours / (spec.epochs * n_steps)
            work = n_points / n_steps * sum(n_in * n_out for n_in, n_out in pairwise(sizes))
            print(
                f"{'-'.join(map(str, sizes)):<28}{n_points:7,} points, batch {batch_size or 'all':>4}: "
                f"{chosen:<9}{per_step:10.1f} µs a step, {1000 * per_step / work:7.3f} ns per point and weight, "
                f"{ratio:5.2f} × the other{'  SLOWER' if ratio > 1.2 else ''}, {ours / loop:5.2f} × a plain loop"
            )


def moons_of(n_points: int) -> Dataset:
    """Two moons of any size, with 64 test points: a DataSpec allows 5,000."""
    (X, y), (X_test, y_test) = make_moons(n_points, noise=0.1, random_state=0), make_moons(64, random_state=1)
    return Dataset(X.astype(np.float32), y, X_test.astype(np.float32), y_test, 2)


def play(name: str, data: Dataset, model: ModelSpec, spec: TrainSpec) -> None:
    """One run on one engine."""
    for _ in train(build_model(model, 2), data, spec, engine=name, device="cpu", chunk_epochs=spec.epochs):
        pass


def plain(data: Dataset, model: ModelSpec, spec: TrainSpec) -> None:
    """The loop that anybody would write in PyTorch, with the same losses and scores in every epoch and at the end."""
    network, loss_function = build_model(model, 2), nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(network.parameters(), lr=spec.learning_rate)
    X, y, X_test, y_test = map(torch.from_numpy, (data.X_train, data.y_train, data.X_test, data.y_test))
    rows = []
    for _epoch in range(spec.epochs):
        with torch.no_grad():
            logits = network(X_test)
            row = [loss_function(logits, y_test).item(), (logits.argmax(1) == y_test).float().mean().item(), 0.0, 0.0]
        for batch in torch.randperm(len(y)).split(spec.batch_size) if spec.batch_size else (slice(None),):
            logits = network(X[batch])
            loss = loss_function(logits, y[batch])
            row[2] += loss.item() * len(logits)
            row[3] += (logits.argmax(1) == y[batch]).sum().item()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        rows.append(row)
    with torch.no_grad():
        for X_any, y_any in ((X, y), (X_test, y_test)):
            logits = network(X_any)
            rows[-1] += [loss_function(logits, y_any).item(), (logits.argmax(1) == y_any).float().mean().item()]


def engine(name: str, epochs: int, model: ModelSpec = DEFAULT.model) -> None:
    """The default experiment on one engine."""
    play(name, DATASET, model, replace(DEFAULT.training, epochs=epochs))


def notebook(epochs: int) -> None:
    """The notebook's loop as it stands there."""
    model = build_model(DEFAULT.model, 2)
    X, y = torch.from_numpy(DATASET.X_train), torch.from_numpy(DATASET.y_train)
    loss_function, optimizer, losses = nn.CrossEntropyLoss(), torch.optim.SGD(model.parameters(), lr=1e-2), []
    for _epoch in range(epochs):
        y_logits = model(X)
        loss = loss_function(y_logits, y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())


def scikit_learn(epochs: int) -> None:
    """The same network in scikit-learn."""
    network = MLPClassifier(
        (16,), solver="sgd", alpha=0, batch_size=256, learning_rate_init=1e-2, momentum=0, max_iter=epochs, tol=0,
        n_iter_no_change=epochs, shuffle=False,
    )  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        network.fit(DATASET.X_train, DATASET.y_train)


def limits() -> dict[str, float]:
    """The same by hand in C, with and without fast-math; nothing where there is no compiler."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        print("no C compiler: the limit is left out")
        return {}

    def columns(X: np.ndarray, y: np.ndarray) -> bytes:
        return np.concatenate([X[:, 0], X[:, 1], 2.0 * y - 1]).astype(np.float32).tobytes()

    points = columns(DATASET.X_train, DATASET.y_train) + columns(DATASET.X_test, DATASET.y_test)
    start = get_parameters(build_model(DEFAULT.model, 2)).tobytes()
    found, expected = {}, run(DEFAULT).train_loss[-1]
    with tempfile.TemporaryDirectory() as folder:
        for name, flags in {"C, -O3 -march=native": [], "C, the same with -ffast-math": ["-ffast-math"]}.items():
            program, source = str(Path(folder) / "limit"), str(Path(__file__).with_name("limit.c"))
            subprocess.run([compiler, "-O3", "-march=native", *flags, source, "-o", program, "-lm"], check=True)
            outs = [
                subprocess.run([program, "15000"], input=start + points, capture_output=True, check=True).stdout.split()
                for _repeat in range(5)
            ]
            assert abs(float(outs[0][1]) - expected) < 1e-3, "the limit trains another network"
            found[name] = min(float(out[0]) for out in outs)
    return found


def microseconds(action: Callable[[], None], n_steps: int) -> float:
    """Per step, the best of five."""
    action()
    return 1000 * min(timed(action) for _repeat in range(5)) / n_steps


def milliseconds(action: Callable[[], object], repeats: int = 5) -> float:
    """Median."""
    action()
    return statistics.median(timed(action) for _repeat in range(repeats))


def timed(action: Callable[[], object], clock: Callable[[], float] = time.thread_time) -> float:
    """One go, ms: of this thread's own time, so that whatever else the machine does counts for nothing."""
    began = clock()
    action()
    return 1000 * (clock() - began)


if __name__ == "__main__":
    main()
