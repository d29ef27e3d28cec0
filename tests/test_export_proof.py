"""The proof that an exported program gives the losses of its run."""

import ast
import itertools
import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from moons import DataSpec, Edit, Experiment, History, TrainSpec, run
from moons.data import OWN, Table
from moons.export.agreement import Agreement
from moons.export.program import to_loop, to_notebook, to_script
from moons.export.proof import ProgramError, estimated_seconds, prove
from moons.presets import PRESETS
from tests.forked_loop import forked_loop

PLACES = [(i % 7 - 3.0, i % 5 - 2.0) for i in range(40)]
CATS = Table(
    x0=tuple(x0 for x0, _x1 in PLACES),
    x1=tuple(x1 for _x0, x1 in PLACES),
    y=tuple(int(x0 * x1 > 0) for x0, x1 in PLACES),
    class_names=("tabby cat", "삼색이"),
    columns=("height", "y", "breed"),
)
SHORT = TrainSpec(epochs=60)
RUNS = {
    "default": Experiment(training=replace(SHORT, epochs=300)),
    "regression": replace(
        PRESETS["regression"].experiment, training=replace(PRESETS["regression"].experiment.training, epochs=60)
    ),
    "own points": Experiment(DataSpec(kind=OWN, table=CATS), training=SHORT),
    "dropout": Experiment(training=replace(SHORT, epochs=20, dropout=0.3, optimizer="adam", batch_size=32)),
    "changed": Experiment(training=SHORT)
    .changed(20, replace(SHORT, learning_rate=0.1, l1=0.001))
    .edited(Edit(30, 3, 1.5))
    .edited(Edit(60, 81, -0.5)),
    "scrambled": Experiment(DataSpec(transfer="scrambled"), training=SHORT),
}
NAMED = {"math", "io", "matplotlib", "numpy", "torch", "sklearn"}  # as the page says, and Python's own
OTHERS = ["moons", "dashboard", "streamlit", "plotly", "pandas", "numba", "safetensors", "onnx", "onnxruntime"]
CLEAN = f"""
import json, sys
from importlib.machinery import PathFinder

class Finder(PathFinder):
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        return None if name.partition(".")[0] in {OTHERS} else super().find_spec(name, path, target)

sys.meta_path = [Finder if finder is PathFinder else finder for finder in sys.meta_path]
for program in json.load(sys.stdin):
    names = {{"__name__": "__main__"}}
    exec(compile(program, "moons.py", "exec"), names)
    print(json.dumps(names["losses"]), file=sys.stderr)
"""


def proof(history):
    *_progress, last = prove(history, loop=forked_loop)
    return last


def packages(program):
    """The packages that a program imports."""
    imports = [node for node in ast.walk(ast.parse(program)) if isinstance(node, ast.Import | ast.ImportFrom)]
    modules = [
        [node.module] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names] for node in imports
    ]
    return {module.partition(".")[0] for names in modules for module in names}


@pytest.fixture(scope="module")
def clean_losses(tmp_path_factory):
    """The losses of each run's program, in a process that has only the packages that the programs name."""
    programs = [to_script(History(experiment)) for experiment in RUNS.values()]
    assert set.union(*map(packages, programs)) == NAMED
    done = subprocess.run(
        [sys.executable, "-I", "-W", "error", "-c", CLEAN],
        cwd=tmp_path_factory.mktemp("clean"),
        env=os.environ | {"MPLBACKEND": "template", "OMP_NUM_THREADS": "1"},
        input=json.dumps(programs),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    losses = [np.array(json.loads(line), np.float32) for line in done.stderr.splitlines()]
    return dict(zip(RUNS, losses, strict=True))


@pytest.mark.parametrize("name", ["default", "regression", "changed"])  # a process each; the next test has them all
def test_an_export_gives_in_a_clean_process_the_losses_that_its_proof_measured(name, clean_losses):
    history = run(RUNS[name])
    *_progress, measured = prove(history)
    assert measured.complete
    difference = np.abs(clean_losses[name].astype(float) - history.train_loss).max()
    assert difference == pytest.approx(measured.difference, abs=1e-7)
    assert difference <= 2e-6


@pytest.mark.parametrize("name", RUNS)
def test_a_run_recorded_with_pytorch_has_exactly_the_losses_of_its_program(name, clean_losses):
    np.testing.assert_array_equal(run(RUNS[name], engine="torch").train_loss, clean_losses[name])


def test_a_program_with_exactly_the_same_losses_says_so():
    history = run(RUNS["dropout"], engine="torch")
    measured = proof(history)
    assert (measured.complete, measured.difference) == (True, 0.0)
    assert "exactly the same losses over all 20 epochs" in spoken(to_script(history, agreement=measured))


def spoken(script):
    """The header of a script as one line."""
    return " ".join(script.partition("\nimport")[0].replace("#", "").split())


def test_where_rounding_grows_the_header_says_from_when_and_why():
    history = run(PRESETS["regression"].experiment)
    measured = proof(history)
    assert 0 < measured.agreeing < measured.compared == 2_000
    assert measured.single_epoch < 1e-6
    said = spoken(to_script(history, agreement=measured))
    assert f"up to epoch {measured.agreeing - 1}, then they part" in said
    assert f"and {history.train_loss[-1]:.5g} on the page" in said
    assert "what parts them is rounding" in said
    assert "divides by the size of past gradients" in said
    assert "same losses" not in said


@pytest.mark.parametrize("difference", [1.19e-7, 1.49e-8, 5e-7, 9.26e-5, 9.6e-8])
def test_a_header_promises_no_less_than_the_measured_difference(difference):
    history = run(RUNS["changed"])
    n = history.n_epochs
    measured = Agreement(n, n, n, difference, (0.1, 0.1), 1.0, program_epochs=n)
    promised = float(re.search(r"within (\S+)", spoken(to_script(history, agreement=measured))).group(1))
    assert difference <= promised <= 2 * difference


@pytest.mark.parametrize("engine", ["torch", "compiled"])
def test_what_was_not_measured_is_not_claimed(engine):
    history = History(RUNS["default"], engine=engine)
    for program in (to_script(history), to_notebook(history)):
        assert "Run this program to compare." in spoken(program)
        assert "same losses" not in program


def test_losses_that_explode_are_compared_by_their_size():
    history = run(Experiment(DataSpec(kind="gaussian"), training=replace(SHORT, learning_rate=5.0)))
    measured = proof(history)
    assert measured.largest == history.train_loss.max() > 1e10
    assert measured.complete
    said = spoken(to_script(history, agreement=measured))
    assert f"over all {history.n_epochs} epochs" in said
    assert f"The largest of these losses is {measured.largest:.0e}." in said


def test_a_record_that_is_not_the_program_s_is_seen():
    history = run(RUNS["default"])
    history.experiment = replace(history.experiment, training=replace(history.experiment.training, learning_rate=0.02))
    measured = proof(history)
    assert not measured.complete
    assert measured.agreeing < 5
    assert measured.single_epoch > 1e-4
    said = spoken(to_script(history, agreement=measured))
    assert "then they part" in said
    assert "rounding" not in said


def test_a_program_that_goes_on_after_the_record_ended_is_seen():
    spec = replace(SHORT, epochs=40)
    history = run(Experiment(training=spec))
    history.experiment = replace(history.experiment, training=SHORT)
    measured = proof(history)
    assert (measured.agreeing, measured.program_epochs, measured.complete) == (40, 60, False)
    assert "it ends after 60 epochs and the page after 40" in spoken(to_script(history, agreement=measured))


@pytest.mark.parametrize("epochs", [15_000, 100])  # the program's loop ends long after the comparison, or before it
def test_a_run_that_is_not_at_its_end_is_compared_as_far_as_it_is(epochs):
    history = History(Experiment(training=TrainSpec(epochs=epochs)))
    next(history.play(history.last, 50))
    measured = proof(history)
    assert (measured.compared, measured.recorded, measured.complete) == (50, 50, True)
    assert "over all 50 epochs that the page has trained" in spoken(to_script(history, agreement=measured))
    next(history.play(history.last, 50))
    assert "Run this program to compare." in spoken(to_script(history, agreement=measured))


def children():
    """The processes that this one has started and that still run."""
    lists = [path.read_text() for path in Path("/proc/self/task").glob("*/children")]
    return {int(number) for text in lists for number in text.split()}


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="reads Linux's list of processes")
def test_a_proof_that_is_given_up_leaves_no_process():
    history = run(Experiment(training=TrainSpec(epochs=5_000)))
    before, comparison = children(), prove(history)
    assert isinstance(next(comparison), Agreement)
    assert len(children() - before) == 1
    comparison.close()
    assert children() <= before


def test_a_proof_tells_how_far_it_is():
    history = run(Experiment(training=TrainSpec(epochs=2_000)))
    *progress, last = prove(history, loop=forked_loop)
    compared = [agreement.compared for agreement in progress]
    assert compared == sorted(compared)
    assert not any(agreement.ended for agreement in progress)
    assert all(agreement.seconds_left >= 0 for agreement in progress if agreement.compared)
    assert (last.compared, last.ended, last.seconds_left) == (2_000, True, 0)


def test_a_program_that_breaks_off_is_an_error_with_its_traceback(monkeypatch):
    history = run(RUNS["default"])
    monkeypatch.setattr("moons.export.proof.to_loop", lambda history: to_loop(history) + "\nlosses[1_000_000]\n")
    with pytest.raises(ProgramError, match="IndexError"):
        proof(history)


def test_an_untrained_run_can_not_be_compared():
    with pytest.raises(ValueError, match="at least one epoch"):
        next(prove(History(Experiment())))


def test_the_estimate_leaves_out_the_first_update_which_can_take_a_thousand_times_as_long(monkeypatch):
    took = iter(itertools.accumulate([0.0, 9.0] + 100 * [0.001]))
    monkeypatch.setattr("moons.export.proof.time.perf_counter", lambda: next(took))
    assert estimated_seconds(History(Experiment(training=SHORT))) == pytest.approx(0.06)


def test_the_estimate_counts_every_update():
    whole = History(Experiment(training=TrainSpec(epochs=1_000)))
    batches = History(Experiment(training=TrainSpec(epochs=1_000, batch_size=1)))
    assert estimated_seconds(batches) > 20 * estimated_seconds(whole) > 0
