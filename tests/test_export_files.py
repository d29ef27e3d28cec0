"""Weights, tables and experiments as files, and back."""

import io
import json
import pickle
from contextlib import suppress
from dataclasses import replace

import numpy as np
import onnx
import onnxruntime
import pandas as pd
import pytest
import safetensors.torch
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from moons import DataSpec, Edit, Experiment, FieldError, History, ModelSpec, TrainSpec, build_model, run
from moons.export.program import to_loop
from moons.export.settings import ever
from moons.export.tables import from_json, losses_csv, to_json
from moons.export.weights import from_safetensors, to_onnx, to_safetensors
from moons.features import FEATURES
from moons.inspection.points import evaluate
from moons.model import ACTIVATIONS, get_parameters
from tests.export_strategies import experiments
from tests.strategies import model_specs

NET = build_model(ModelSpec(), 2)


@settings(max_examples=20, deadline=None)
@given(model_specs, st.integers(2, 5))
def test_weights_come_back_as_they_went(spec, n_classes):
    model = build_model(spec, n_classes)
    file = to_safetensors(model)
    np.testing.assert_array_equal(from_safetensors(file, model), get_parameters(model))
    tensors = safetensors.torch.load(file)
    assert tensors.keys() == model.state_dict().keys()
    assert all(torch.equal(tensors[name], value) for name, value in model.state_dict().items())


@pytest.mark.parametrize("dropout", [0.0, 0.3])
@pytest.mark.parametrize("spec", [ModelSpec(hidden=()), ModelSpec(hidden=(5, 4), activations=("linear", "tanh"))])
def test_weights_fit_the_exported_program_s_network_and_come_back(spec, dropout):
    history = run(Experiment(model=spec, training=TrainSpec(epochs=3, dropout=dropout)))
    model = history.model_at(3)
    program: dict[str, object] = {}
    with torch.random.fork_rng():
        exec(to_loop(history), program)
    file = to_safetensors(model, dropout=ever(history.experiment, "dropout"))
    program["model"].load_state_dict(safetensors.torch.load(file))
    points = torch.from_numpy(history.dataset.X_test)
    assert torch.equal(program["model"].eval()(points), model(points))
    np.testing.assert_array_equal(from_safetensors(file, model), get_parameters(model))


def saved_by_torch():
    file = io.BytesIO()
    torch.save(NET.state_dict(), file)
    return file.getvalue()


def with_tensor(name, value):
    return safetensors.torch.save({**NET.state_dict(), name: value})


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        (saved_by_torch(), "a .pt or pickle file is never opened"),
        (pickle.dumps({"layers.0.weight": 1}), "a .pt or pickle file is never opened"),
        (pickle.dumps([1], protocol=0), "must be a safetensors file, and this is none"),
        (b"", "must be a safetensors file, and this is none"),
        (to_safetensors(NET)[:-1], "must be a safetensors file, and this is none"),
        (b"x" * 20_000_001, "must be at most 20000000 bytes, got 20000001"),
        (with_tensor("layers.0.weight", torch.zeros(8, 2)), "layers.0.weight must have the shape 16 × 2, got 8 × 2"),
        (with_tensor("layers.0.weight", torch.zeros(16, 2).double()), "layers.0.weight must be float32, got float64"),
        (with_tensor("layers.0.weight", torch.zeros(16, 2).bfloat16()), "must be a"),
        (with_tensor("layers.2.bias", torch.tensor([0.0, torch.nan])), "layers.2.bias must hold finite numbers only"),
        (
            to_safetensors(build_model(ModelSpec(hidden=()), 2)),
            "weights must hold .*, got layers.0.bias, layers.0.weight",
        ),
    ],
)
def test_other_files_are_refused_in_a_sentence(file, sentence):
    with pytest.raises(FieldError, match=sentence):
        from_safetensors(file, NET)


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_no_bytes_crash_the_reader(file):
    with pytest.raises(FieldError):
        from_safetensors(file, NET)


@settings(deadline=None)
@given(st.integers(0, len(to_safetensors(NET)) - 1), st.integers(0, 255))
def test_a_damaged_file_is_refused_or_read_as_weights(position, byte):
    file = bytearray(to_safetensors(NET))
    file[position] = byte
    try:
        parameters = from_safetensors(bytes(file), NET)
    except FieldError:
        return
    assert parameters.shape == get_parameters(NET).shape
    assert np.isfinite(parameters).all()


@pytest.mark.parametrize(
    ("spec", "n_classes"),
    [
        *[(ModelSpec(hidden=(7, 5), activation=name), 3) for name in sorted(ACTIVATIONS)],
        *[(ModelSpec(features=(name,)), 2) for name in FEATURES],
        (ModelSpec(hidden=(7, 5), activations=("tanh", "silu"), features=tuple(FEATURES)), 0),
    ],
)
def test_onnx_gives_pytorchs_outputs(spec, n_classes):
    model = build_model(spec, n_classes)
    points = torch.randn(50, 2, generator=torch.Generator().manual_seed(0)) * 3
    file = to_onnx(model)
    onnx.checker.check_model(onnx.load_from_string(file), full_check=True)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])
    (outputs,) = session.run(["logits" if n_classes else "numbers"], {"points": points.numpy()})
    np.testing.assert_allclose(outputs, model(points).detach().numpy(), rtol=1e-4, atol=1e-5)


@settings(max_examples=60, deadline=None)
@given(experiments())
def test_an_experiment_comes_back_as_it_went(experiment):
    assert from_json(to_json(experiment)) == experiment


def test_what_a_file_leaves_out_has_its_default():
    text = '{"format": "moons experiment", "version": 1, "data": {"noise": 0.2}, "model": {"hidden": []}}'
    assert from_json(text) == Experiment(DataSpec(noise=0.2), ModelSpec(hidden=()))


def document(**parts):
    return json.dumps({"format": "moons experiment", "version": 1, **parts})


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "the file must be JSON, and this is none"),
        ("[" * 100_000, "the file must be JSON, and this is none"),
        ("[]", "the file must be an object, got []"),
        ("{}", "format must be moons experiment, got None"),
        (document(version=2), "version must be 1, got 2"),
        (document(modle={}), "“modle” is no setting"),
        (document(data={"colour": 1}), "“data.colour” is no setting"),
        (document(data=3), "data must be an object, got 3"),
        (document(data={"noise": 7}), "data.noise must be between 0.0 and 1.0, got 7"),
        (document(data={"noise": float("nan")}), "data.noise must be between 0.0 and 1.0, got nan"),
        (document(data={"n_points": "many"}), "data.n_points must be a whole number, got 'many'"),
        (document(data={"kind": ["moons"]}), "data.kind must be one of "),
        (document(model={"hidden": 3}), "model.hidden must be a tuple, got 3"),
        (document(model={"hidden": [16, 0]}), "model.hidden[1] must be between 1 and 256, got 0"),
        (document(training={"optimizer": "sdg"}), "training.optimizer must be one of "),
        (document(changes=3), "changes must be a list, got 3"),
        (document(changes=[{"epoch": 0}]), "changes[0].epoch must be between 1 and 15,000, got 0"),
        (document(changes=[{"epoch": True}]), "changes[0].epoch must be between 1 and 15,000, got True"),
        (document(changes=[{"epoch": 20_000}]), "changes[0].epoch must be between 1 and 15,000, got 20000"),
        (document(changes=[{"epoch": 9}, {"epoch": 9}]), "changes[1].epoch must be between 10 and 15,000, got 9"),
        (document(changes=[{"epoch": 9, "training": {"l1": -1}}]), "changes[0].training.l1 must be between 0.0 and "),
        (document(changes=[{"epoch": 9, "training": {"seed": 1}}]), "changes[0].training.seed can't change"),
    ],
)
def test_what_is_wrong_in_a_file_is_said_by_name(text, sentence):
    with pytest.raises(FieldError) as caught:
        from_json(text)
    assert str(caught.value).startswith(sentence)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["epoch", "training", "seed"]), inner),
    max_leaves=5,
)


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(["data", "model", "training", "changes"]), json_values))
def test_no_file_crashes_the_reader(parts):
    with suppress(FieldError):
        assert isinstance(from_json(document(**parts)), Experiment)


def test_losses_as_csv_read_back_the_same():
    history = run(replace(Experiment(), training=TrainSpec(epochs=30)), engine="torch")
    table = pd.read_csv(io.StringIO(losses_csv(history)))
    assert list(table.columns) == ["epoch", "train_loss", "test_loss"]
    np.testing.assert_array_equal(table.epoch, np.arange(30))
    np.testing.assert_array_equal(table.train_loss.astype(np.float32), history.train_loss)
    np.testing.assert_array_equal(table.test_loss.astype(np.float32), history.test_loss)


@pytest.mark.parametrize("engine", ["torch", "compiled"])
def test_a_run_with_dropout_has_both_training_losses_in_its_csv(engine):
    experiment = Experiment(training=TrainSpec(epochs=30, batch_size=100)).changed(
        10, TrainSpec(epochs=30, batch_size=100, dropout=0.5)
    )
    history = History(experiment.edited(Edit(20, 3, 2.0)), engine=engine)
    for chunk in history.play(history.last, 7):
        if chunk.stop > 20:
            break
    n_epochs = history.n_epochs
    table = pd.read_csv(io.StringIO(losses_csv(history))).astype(np.float32)
    losses = ["train_loss_with_dropout", "train_loss_without_dropout", "test_loss_without_dropout"]
    assert list(table.columns) == ["epoch", *losses]
    np.testing.assert_array_equal(table.epoch, np.arange(n_epochs))
    np.testing.assert_array_equal(table.train_loss_with_dropout, history.train_loss)
    np.testing.assert_array_equal(table.test_loss_without_dropout, history.test_loss)
    whole = [evaluate(history.model_at(epoch), history.dataset, experiment.training) for epoch in range(n_epochs)]
    expected = [verdicts.scores.train_loss for verdicts in whole]
    np.testing.assert_allclose(table.train_loss_without_dropout, expected, rtol=1e-5)
    assert history.n_epochs == n_epochs < 30
