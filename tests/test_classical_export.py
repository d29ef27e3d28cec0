"""Classical models taken away as a program, run where `moons` isn't."""

import os
import re
import subprocess
import sys

import pytest
import torch

from moons import DataSpec, Experiment, History, ModelSpec
from moons.classical import CLASSIFIERS, REGRESSORS
from moons.data import OWN, SCRAMBLED, Table
from moons.export.classical import to_classical_script
from moons.inspection.classical import Fit, fit_model, network_fit

NOWHERE = torch.zeros((1, 2))
QUICK = ("linear", "neighbours", "svm", "tree", "mlp")
OWN_POINTS = Table(
    tuple(i % 7 / 3 for i in range(40)),
    tuple(i % 11 / 5 for i in range(40)),
    tuple(i % 3 for i in range(40)),
    columns=("wide", "high", "kind"),
    class_names=("a", "b\\", '"c"'),
)
FAR = Table(
    tuple(5_000_000 + i % 7 / 3 for i in range(40)),
    tuple(1.6e9 + 3_600.0 * (i % 11) for i in range(40)),
    tuple(300_000.0 + 1_000 * (i % 7) ** 2 - 500 * (i % 11) for i in range(40)),
    columns=("easting", "time", "price"),
)
CASES = {
    "all models": (DataSpec(n_points=310, n_test=60, noise=0.3), ModelSpec(), tuple(CLASSIFIERS)),
    "numbers": (DataSpec(kind="gaussian", n_points=60, n_test=60, standardise=True), ModelSpec(), tuple(REGRESSORS)),
    "altered points and other inputs": (
        DataSpec("circles", 60, 0.2, 3, 60, balance=0.3, label_noise=0.1, standardise=True, transfer=SCRAMBLED),
        ModelSpec(features=("x0", "x1_squared", "sin_x1", "cos_x0")),
        QUICK,
    ),
    "own points": (DataSpec(kind=OWN, table=OWN_POINTS, held_out=0.5), ModelSpec(), QUICK),
    "own numbers far from 0": (DataSpec(kind=OWN, table=FAR, standardise=True), ModelSpec(), tuple(REGRESSORS)[:3]),
}


def fitted(dataset, model, key):
    fit = fit_model(key, dataset, model.features, NOWHERE, random_state=5)
    assert isinstance(fit, Fit)
    return fit


@pytest.fixture(scope="module")
def programs(tmp_path_factory):
    """Each case's fits, its program, and what that prints; all of them in one process without `moons`."""
    folder, made = tmp_path_factory.mktemp("classical"), {}
    for number, (name, (data, model, keys)) in enumerate(CASES.items()):
        history = History(Experiment(data, model))
        fits = [fitted(history.dataset, model, key) for key in keys]
        network = network_fit(history.model_at(0), history.dataset, NOWHERE, 0.0)
        program = to_classical_script(history, [network, *fits], random_state=5)
        (folder / f"classical{number}.py").write_text(program, encoding="utf-8")
        made[name] = fits, program
    run = "import runpy; [print('END') for n in range(5) if runpy.run_path(f'classical{n}.py')]"
    environment = os.environ | {"OMP_NUM_THREADS": "1", "MPLBACKEND": "template"}
    done = subprocess.run(
        [sys.executable, "-I", "-W", "error", "-c", run],
        cwd=folder, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    printed = done.stdout.split("END")
    return folder, {name: (*two, text) for (name, two), text in zip(made.items(), printed, strict=False)}


@pytest.mark.parametrize("name", CASES)
def test_a_program_of_scikit_learn_reproduces_the_numbers(programs, name):
    fits, program, printed = programs[1][name]
    scores = [(float(train), float(test)) for train, test in re.findall(r"train (\S+), test (\S+), fitted", printed)]
    assert len(scores) == len(fits)
    for measured, fit in zip(scores, fits, strict=True):
        assert measured == pytest.approx((fit.train_score, fit.test_score), abs=1e-4)
    for word in ("moons", "torch"):
        assert f"import {word}" not in program and f"from {word}" not in program
    assert ("some(" in program) == (name == "all models")  # only then there are too many points for a Gaussian process


def test_the_programs_read_as_a_formatter_leaves_them(programs):
    for command in (["format", "--check", "--diff"], ["check", "--select", "E,F,W,I,UP,B"]):
        ruff = [sys.executable, "-m", "ruff", *command, "--isolated", "--line-length=120", "."]
        done = subprocess.run(ruff, cwd=programs[0], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
