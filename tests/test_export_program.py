"""A run taken away as a program, run where `moons` isn't."""

import ast
import json
import os
import re
import subprocess
import sys
import tokenize
from dataclasses import replace
from io import StringIO
from pathlib import Path

import nbformat
import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from nbclient import NotebookClient

from moons import DataSpec, Experiment, History, ModelSpec, TrainSpec, make_dataset, run
from moons.data import GENERATORS, OWN, Table
from moons.data.table import STARTER
from moons.edit import Edit
from moons.export.code import code, definition
from moons.export.program import to_notebook, to_script
from moons.export.sources import IMPORTS
from moons.features import FEATURES
from moons.losses import REGRESSION_LOSSES
from moons.model import INITS
from moons.progress import HIGH_SCORE, LOW_TEST_LOSS, LOW_TRAIN_LOSS, NO_IMPROVEMENT, NOT_FINITE
from moons.train import scores_of
from tests import messages
from tests.export_strategies import experiments

RUNNER = Path(__file__).with_name("export_runner.py")
NOTEBOOKS_LOSSES = {0: 0.7497, 1_000: 0.2865, 2_000: 0.2365, 5_000: 0.1794, 10_000: 0.0883, 14_000: 0.0499}


CLEAN = [sys.executable, "-I", "-W", "error"]  # -I: no search path of ours, so no `moons`


@pytest.fixture(scope="module")
def clean(tmp_path_factory):
    """Runs a script in a process without `moons` that takes warnings for errors; says what it computed and printed."""
    folder = tmp_path_factory.mktemp("clean")
    environment = os.environ | {"OMP_NUM_THREADS": "1", "MPLBACKEND": "template"}
    command = [*CLEAN, str(RUNNER)]
    with subprocess.Popen(
        command, cwd=folder, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:

        def run_script(script):
            path = folder / "script.py"
            path.write_text(script, encoding="utf-8")
            process.stdin.write(f"{path}\n")
            process.stdin.flush()
            answer = json.loads(process.stdout.readline())
            assert "error" not in answer, answer["error"] + script
            return answer

        yield run_script


def printed_losses(text):
    found = re.findall(r"^epoch +([\d,]+) loss (\S+)$", text, re.MULTILINE)
    return {int(epoch.replace(",", "")): float(loss) for epoch, loss in found}


def losses_to_print(history, epochs):
    """The losses at these epochs: while it trained as recorded, at the end the trained network's."""
    model, training = history.model_at(history.n_epochs), history.experiment.training_now
    end = {history.n_epochs: scores_of(model, history.dataset, training).train_loss}
    return {epoch: float(history.train_loss[epoch]) for epoch in epochs if epoch < history.n_epochs} | end


@pytest.fixture(scope="module", autouse=True)
def default_script(tmp_path_factory):
    """The default run's script in a process of its own, begun before the other tests: it takes a while."""
    folder = tmp_path_factory.mktemp("default")
    (folder / "moons.py").write_text(to_script(History(Experiment())), encoding="utf-8")
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    command = [*CLEAN, "moons.py"]
    with subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        yield process


def before_luck(history):
    """Epochs over which rounding decides nothing: as far as the two engines have the same losses."""
    one, other = history.train_loss, run(history.experiment, engine="compiled").train_loss
    n = min(len(one), len(other))
    apart = ~np.isclose(other[:n], one[:n], rtol=1e-5, atol=1e-6, equal_nan=True)
    return int(apart.argmax()) if apart.any() else n


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(experiments())
def test_any_run_is_the_same_run_where_moons_is_not(clean, experiment):
    history = run(experiment, engine="torch")
    output, n = clean(to_script(history)), before_luck(history)
    np.testing.assert_allclose(output["losses"][:n], history.train_loss[:n], rtol=1e-4, atol=1e-5)
    printed = printed_losses(output["printed"])
    if n == history.n_epochs and history.ended != NOT_FINITE:  # else the network at the end has no finite loss
        assert len(output["losses"]) == n
        assert printed == pytest.approx(losses_to_print(history, printed), rel=1e-4, abs=1e-3)
        assert {0, history.n_epochs} <= printed.keys()
    assert output["figures"] == 2


ONE_BY_ONE = [
    Experiment(training=TrainSpec(epochs=30)),
    *[
        Experiment(training=TrainSpec(epochs=30, optimizer=name))
        for name in ("momentum", "nesterov", "rmsprop", "adam")
    ],
    Experiment(training=TrainSpec(epochs=30, optimizer="adamw", weight_decay=0.1)),
    *[Experiment(training=TrainSpec(epochs=30, schedule=name)) for name in ("step", "cosine", "warmup", "exponential")],
    Experiment(training=TrainSpec(epochs=30, batch_size=100, l1=0.01, clip_norm=0.1)),
    Experiment(training=TrainSpec(epochs=30)).changed(10, TrainSpec(epochs=40, batch_size=100, clip_norm=0.1)),
    Experiment(training=TrainSpec(epochs=30)).changed(10, TrainSpec(epochs=40)),
    Experiment(training=TrainSpec(epochs=30, dropout=0.3)),
    Experiment(model=ModelSpec(hidden=(4, 3), activations=("linear", "tanh")), training=TrainSpec(epochs=30))
    .changed(10, TrainSpec(epochs=40, dropout=0.5, batch_size=100, patience=40))
    .changed(20, TrainSpec(epochs=40, dropout=0.2)),
    Experiment(training=TrainSpec(epochs=30, schedule="cosine")).changed(10, TrainSpec(epochs=40, schedule="step")),
    *[Experiment(model=ModelSpec(init=name, init_scale=2.0), training=TrainSpec(epochs=30)) for name in INITS],
    Experiment(model=ModelSpec(features=tuple(FEATURES)), training=TrainSpec(epochs=30)),
    Experiment(model=ModelSpec(hidden=(4, 3), activations=("tanh", "gelu")), training=TrainSpec(epochs=30)),
    *[
        Experiment(DataSpec(kind=kind), training=TrainSpec(epochs=30, class_loss=name))
        for kind, name in (("moons", "focal"), ("rings", "hinge"), ("blobs", "squared_error"))
    ],
    *[
        Experiment(DataSpec(kind="gaussian"), training=TrainSpec(epochs=30, regression_loss=name, stop_score=0.99))
        for name in REGRESSION_LOSSES
    ],
    Experiment(DataSpec(kind="plane")).changed(10, TrainSpec(epochs=40, patience=3)),
    Experiment(DataSpec(kind="blobs", n_classes=4, balance=0.8, label_noise=0.1), training=TrainSpec(epochs=30)),
    Experiment(DataSpec(standardise=True, transfer="scrambled"), training=TrainSpec(epochs=30)),
    Experiment(training=TrainSpec(epochs=30, optimizer="adam"))
    .edited(Edit(0, 3, 0.5))
    .edited(Edit(10, 81, -1.25))
    .edited(Edit(30, 0, 2.0)),
]
ENDED_EARLY = [
    (Experiment(training=TrainSpec(stop_train_loss=0.6)), LOW_TRAIN_LOSS),
    (Experiment(training=TrainSpec(stop_test_loss=0.6)), LOW_TEST_LOSS),
    (Experiment(training=TrainSpec(stop_score=0.8)), HIGH_SCORE),
    (Experiment(DataSpec(kind="plane"), training=TrainSpec(stop_score=0.9)), HIGH_SCORE),
    (Experiment(training=TrainSpec(learning_rate=10.0, patience=5)), NO_IMPROVEMENT),
    # a condition that is met just as other settings begin to hold doesn't end the run
    (Experiment(training=TrainSpec(patience=300)).changed(300, TrainSpec(stop_train_loss=0.4)), LOW_TRAIN_LOSS),
]


@pytest.mark.parametrize("experiment", ONE_BY_ONE)
def test_every_option_of_training_by_itself_is_the_same_run(clean, experiment):
    history = run(experiment, engine="torch")
    np.testing.assert_allclose(clean(to_script(history))["losses"], history.train_loss, rtol=1e-5)


@pytest.mark.parametrize(("experiment", "why"), ENDED_EARLY)
def test_a_run_that_was_good_enough_ends_in_the_same_epoch(clean, experiment, why):
    history = run(experiment, engine="torch")
    assert history.ended == why
    np.testing.assert_allclose(clean(to_script(history))["losses"], history.train_loss, rtol=1e-4)


def test_a_run_that_diverges_ends_where_it_ended(clean):
    spec = TrainSpec(epochs=5_000, learning_rate=10.0, weight_decay=0.5)
    history = run(Experiment(DataSpec(n_points=60), ModelSpec(hidden=()), spec), engine="torch")
    assert history.ended == NOT_FINITE
    output = clean(to_script(history))
    np.testing.assert_allclose(output["losses"], history.train_loss, rtol=1e-3)
    assert "The loss is no longer a number" in output["printed"]


@pytest.mark.parametrize("batch_size", [None, 20])
def test_the_scores_of_numbers_that_explode_are_those_of_the_page(clean, batch_size):
    spec = TrainSpec(epochs=300, learning_rate=10.0, batch_size=batch_size)
    history = run(Experiment(DataSpec(kind="plane", n_points=60, n_test=30), training=spec), engine="torch")
    scores = scores_of(history.model_at(history.n_epochs), history.dataset, spec)
    assert history.ended == NOT_FINITE
    printed = clean(to_script(history))["printed"]
    assert f"R squared on the training points {scores.train_score:.4f}" in printed
    assert f"R squared on the test points {scores.test_score:.4f}" in printed


def test_points_that_nothing_draws_are_written_down(clean):
    own = make_dataset(DataSpec(n_points=40, n_test=20, seed=5))
    experiment = Experiment(training=TrainSpec(epochs=50))  # says nothing of these points
    history = History(experiment, engine="torch", dataset=own)
    for _chunk in history.play(history.last, 50):
        pass
    script = to_script(history)
    assert "make_moons" not in script
    np.testing.assert_allclose(clean(script)["losses"], history.train_loss, rtol=1e-5)


@pytest.mark.parametrize(
    "spec",
    [
        DataSpec(kind=OWN),
        DataSpec(kind="blobs", n_classes=5, n_points=40),
        DataSpec(balance=0.9, n_points=40),
        DataSpec(label_noise=0.3, n_points=40),
        DataSpec(standardise=True, n_points=40),
        DataSpec(transfer="scrambled", n_points=40),
    ],
)
def test_points_to_which_something_was_done_are_the_same_in_the_program(clean, spec):
    history = run(Experiment(spec, training=TrainSpec(epochs=30)), engine="torch")
    np.testing.assert_allclose(clean(to_script(history))["losses"], history.train_loss, rtol=1e-5)


@pytest.mark.parametrize("kind", sorted(GENERATORS))
def test_every_kind_of_data_can_be_written_out(kind):
    """If this fails for a new kind: let its `draw` be a function at the top of a module, with ordinary imports."""
    names: dict[str, object] = {}
    exec("\n".join([*IMPORTS.values(), definition(GENERATORS[kind].draw, "draw")]), names)
    X, y = names["draw"](50, 0.1, 3)
    expected_X, expected_y = GENERATORS[kind].draw(50, 0.1, 3)
    np.testing.assert_array_equal(X, expected_X)
    np.testing.assert_array_equal(y, expected_y)


NAMES = (
    *("Katze", 'the "x"', "it's", 'it\'s "y"', "back\\slash", "{{ run }}", "{% raw %}"),
    *("#", "개", "\N{CAT}", "%s", "x" * 60),
)
MANY_CLASSES = Table(
    x0=tuple(range(24)),
    x1=tuple(range(24)),
    y=tuple(i // 2 for i in range(24)),
    class_names=NAMES,
    columns=("$x_0$", '"""', "import os"),
)
LONG_NUMBERS = TrainSpec(epochs=30, learning_rate=0.012345678901234567, optimizer="adamw", weight_decay=1 / 3, l1=1 / 7)


def test_a_formatter_and_a_linter_find_nothing_to_change(tmp_path):
    odd = [Experiment(DataSpec(kind=OWN, table=MANY_CLASSES), training=LONG_NUMBERS), Experiment(DataSpec(kind=OWN))]
    drawn = [Experiment(DataSpec(kind=kind)) for kind in GENERATORS]
    for number, experiment in enumerate([*odd, *drawn, *ONE_BY_ONE, *(experiment for experiment, _why in ENDED_EARLY)]):
        (tmp_path / f"script_{number}.py").write_text(to_script(History(experiment, engine="torch")), encoding="utf-8")
    for command in (["check", "--select=E,F,I,W"], ["format", "--check"]):
        ruff = [sys.executable, "-m", "ruff", *command, "--isolated", "--line-length=120", "."]
        done = subprocess.run(ruff, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def test_names_that_a_person_has_written_stay_text(clean):
    history = run(Experiment(DataSpec(kind=OWN, table=MANY_CLASSES), training=TrainSpec(epochs=2)), engine="torch")
    script = to_script(history)
    tree = ast.parse(script)
    lists = [
        node.value
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "class_names"
    ]
    assert [ast.literal_eval(names) for names in lists] == [list(NAMES)]
    assert """# In this run x0 is "$x_0$", x1 is '\"\"\"' and y is "import os".""" in script
    assert "back\\slash" in clean(script)["printed"]


def test_names_that_the_figure_s_font_has_stand_in_the_figure_and_points_are_printed_as_written(clean):
    x0 = (5_000.1, *(5_000.25 + value for value in STARTER.x0[1:]))
    named = replace(STARTER, x0=x0, class_names=("ring", 'the "core"'), columns=("height [cm]", "größe, €", "kind"))
    script = to_script(run(Experiment(DataSpec(kind=OWN, table=named), training=TrainSpec(epochs=2)), engine="torch"))
    assert 'axes.set(xlabel="height [cm]", ylabel="größe, €"' in script
    assert script.count("axes.legend()") == 2
    assert "for label, name in enumerate(class_names):" in script
    korean = replace(named, class_names=("고리", "속"))
    assert "in enumerate(range(len(class_names))):" in to_script(History(Experiment(DataSpec(kind=OWN, table=korean))))
    printed = re.findall(
        r"^\((.*), .*\) (?:ring|the \"core\") (?:ring|the \"core\")$", clean(script)["printed"], re.MULTILINE
    )
    assert len(printed) == 5
    assert {float(number) for number in printed} <= set(x0)


@given(st.text())
def test_any_text_is_written_as_itself_on_one_printable_line(text):
    assert ast.literal_eval(code(text)) == text
    assert code(text).isprintable()


def test_only_what_the_run_uses_appears():
    plain = to_script(History(Experiment()))
    for word in ("clip", "ropout", "l1", "batch", "schedule", "weight_decay", "moons.", "run.", "NDArray", "StringIO"):
        assert word not in plain.replace("datasets.make_moons", "")
    full = Experiment(training=TrainSpec(clip_norm=1.0, l1=0.1, batch_size=8, schedule="cosine", weight_decay=0.1))
    script = to_script(History(full))
    for word in ("clip_norm = 1.0", "l1 = 0.1", "batch_size = 8", "def cosine", "weight_decay=0.1"):
        assert word in script
    assert "def warmup" not in script


def test_the_notebook_runs_and_prints_what_the_script_prints(tmp_path, monkeypatch):
    monkeypatch.delenv("MPLBACKEND", raising=False)  # the kernel draws into the notebook, as Jupyter does
    history = run(Experiment(training=TrainSpec(epochs=200)), engine="torch")
    notebook = nbformat.reads(to_notebook(history), as_version=4)
    nbformat.validate(notebook)
    NotebookClient(notebook, timeout=60, resources={"metadata": {"path": str(tmp_path)}}).execute()
    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    text = "".join(output.text for output in outputs if output.output_type == "stream")
    printed = printed_losses(text)
    assert printed == pytest.approx(losses_to_print(history, range(0, 200, 10)), abs=1e-3)
    assert sum("image/png" in output.get("data", {}) for output in outputs) == 2


def test_comments_and_printed_words_are_in_the_page_s_language(clean):
    script = to_script(History(Experiment(training=TrainSpec(epochs=1))), _=lambda sentence: f"«{sentence}»")
    tokens = tokenize.generate_tokens(StringIO(script).readline)
    comments = " ".join(token.string for token in tokens if token.type == tokenize.COMMENT)
    assert set(re.sub("«[^»]*»", "", comments)) == set("# -")
    assert "«epoch»" in clean(script)["printed"]


def test_a_translator_is_shown_every_sentence():
    asked = set()

    def told(sentence):
        asked.add(sentence)
        return sentence

    for experiment in ONE_BY_ONE:
        for engine in ("torch", "compiled"):
            to_script(History(experiment, engine=engine), _=told)
    listed = {message.id for message in messages.template()}
    assert asked <= listed
    assert {"Network", "epoch", "From full speed to none along half a cosine."} <= asked


def test_taking_a_run_away_touches_no_global_seed():
    before = torch.get_rng_state()
    to_script(History(Experiment()))
    assert torch.equal(torch.get_rng_state(), before)


def test_the_default_script_prints_the_notebooks_losses(default_script):
    output, errors = default_script.communicate(timeout=200)
    assert (default_script.returncode, errors) == (0, "")
    printed = printed_losses(output)
    assert list(printed) == list(range(0, 15_001, 1_000))
    assert {epoch: printed[epoch] for epoch in NOTEBOOKS_LOSSES} == pytest.approx(NOTEBOOKS_LOSSES, abs=1e-3)
    assert "accuracy on the test points" in output
