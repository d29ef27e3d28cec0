"""The browser's modules, run by Node, against the package: what the browser paints is what the server would."""

import json
import shutil
import struct
import subprocess
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from moons.inspection.boundary import VIEWS, Boundary, answers, areas, boundary, change
from moons.inspection.levels import level_lines
from moons.inspection.neurons import hidden_sums, neurons
from moons.inspection.points import evaluate
from moons.losses import CLASS_LOSSES
from moons.plots.boundary import boundary_figure
from moons.train_spec import TrainSpec
from tests.browser.package import DATASET, LINE_MESH, MESH, PACKAGE, PALETTE, SPAN, SPECS, array, case, numbers, request

NODE = shutil.which("node")
pytestmark = pytest.mark.skipif(NODE is None, reason="needs Node, which runs the browser's modules")
GRID, LINE_GRID = replace(MESH, span=SPAN), replace(LINE_MESH, span=SPAN)
NEAR = 1e-4  # of a boundary: there float32 and float64 may disagree


def node(*arguments: object, stdin: bytes = b"") -> bytes:
    return subprocess.run([str(NODE), *map(str, arguments)], input=stdin, capture_output=True, check=True).stdout


@pytest.fixture(scope="module")
def answered():
    """name of a case -> what the browser's modules say."""
    asked = json.dumps({"cases": [request(case(name)) for name in SPECS], "palette": PALETTE})
    said = json.loads(node(PACKAGE / "tests" / "evaluate.js", stdin=asked.encode()))
    return dict(zip(SPECS, said, strict=True))


def test_every_module_passes_its_own_tests():
    node("--test", *sorted((PACKAGE / "tests").glob("*.test.js")))


@pytest.mark.parametrize("name", SPECS)
def test_the_outputs_are_those_of_the_model(name, answered):
    with torch.no_grad():
        outputs = case(name).model(GRID.points).numpy()
    said = array(answered[name]["outputs"]).reshape(outputs.shape[1], -1).T
    assert np.abs(said - outputs).max() <= 1e-4 * np.abs(outputs).max()


@pytest.mark.parametrize("name", [name for name, (_, n_classes) in SPECS.items() if n_classes])
def test_labels_are_what_the_model_predicts_but_for_points_on_the_boundary(name, answered):
    model = case(name).model
    with torch.no_grad():
        top = model(GRID.points).topk(2).values
    clear = (top[:, 0] - top[:, 1]).numpy() > NEAR
    labels = array(answered[name]["pictures"]["label"], np.uint8)
    np.testing.assert_array_equal(labels[clear], model.predict(GRID.points).numpy()[clear])
    assert name == "zeros" or clear.mean() > 0.9


@pytest.mark.parametrize("name", SPECS)
@pytest.mark.parametrize("view", [*VIEWS, "change", "areas"])
def test_pictures_are_the_servers_within_one_level(view, name, answered):
    asked = case(name)
    if view == "change":
        there = change(asked.model, answers(asked.before, GRID), GRID)
    elif view == "areas":
        there = areas(asked.model, GRID)
    else:
        there = boundary(asked.model, GRID, view)
    here = array(answered[name]["pictures"][view], np.uint8).reshape(there.values.shape)
    distance = np.abs(here.astype(int) - there.values)
    if asked.n_classes > 2 and view in {"label", "probability", "areas"}:  # another class is another band
        distance[near_ties(asked.model)] = 0
    assert distance.max() <= 1
    assert (distance > 0).mean() < 0.01


def near_ties(model):
    top = answers(model, GRID).topk(2, dim=1).values
    return ((top[:, 0] - top[:, 1]).numpy() < NEAR).reshape(GRID.rows, GRID.columns)


@pytest.mark.parametrize("name", SPECS)
def test_colour_scales_are_the_figures(name, answered):
    asked = case(name)
    for view, scale in answered[name]["scales"].items():
        drawn = heatmap(view, asked.n_classes)
        assert (scale["zmin"], scale["zmax"]) == (drawn.zmin, drawn.zmax)
        for (at, color), (there, its) in zip(scale["colorscale"], drawn.colorscale, strict=True):
            assert at == pytest.approx(there)
            assert [float(part) for part in color[5:-1].split(",")] == [float(part) for part in its[5:-1].split(",")]


def heatmap(view, n_classes):
    values = np.zeros((GRID.rows, GRID.columns), np.uint8)
    answer = Boundary(GRID, view, n_classes, values, SPAN)
    return boundary_figure(answer, DATASET, evaluate(case("relu").model, DATASET, TrainSpec())).data[0]


@pytest.mark.parametrize("name", SPECS)
def test_unit_pictures_and_their_scales_are_the_servers(name, answered):
    asked = case(name)
    y = DATASET.y_train if asked.n_classes else DATASET.y_train.astype(np.float32)
    dataset = replace(DATASET, n_classes=asked.n_classes, y_train=y)
    seen = neurons(asked.model, TrainSpec(), dataset, GRID.points, asked.shown)
    for layer, said in enumerate(answered[name]["tiles"]):
        tiles = array(said["tiles"], np.uint8).reshape(seen.tiles[layer].shape).astype(int)
        np.testing.assert_allclose(array(said["scales"]), seen.scales[layer], rtol=1e-4, atol=1e-6)
        assert np.abs(tiles - seen.tiles[layer]).max() <= 1


@pytest.mark.parametrize("name", SPECS)
def test_lines_lie_where_the_servers_do(name, answered):
    asked = case(name)
    of_output = answers(asked.model, LINE_GRID).numpy().T
    fields, levels = (of_output, (0.5,)) if len(of_output) > 2 else (of_output[-1:], (0.1, 0.25, 0.5, 0.75, 0.9))
    assert_same_lines(answered[name]["contours"], fields, levels)
    assert_same_lines(answered[name]["hinges"], hidden_sums(asked.model, LINE_GRID.points, asked.shown), (0,))


def assert_same_lines(said, fields, levels):
    grid = LINE_GRID
    found = [level_lines(field.reshape(grid.rows, grid.columns), level) for field in fields for level in levels]
    there = np.concatenate([*found, np.empty((0, 2))]) * [grid.dx, grid.dy] + [grid.x0, grid.y0]
    here = np.stack([array(said["x"]), array(said["y"])], axis=1)
    assert len(here) == pytest.approx(len(there), abs=6)  # a level met at a grid point may or may not be crossed
    if len(here) == len(there):
        np.testing.assert_allclose(here, there, atol=2e-3)


@pytest.mark.parametrize("name", SPECS)
def test_misclassified_points_are_those_the_model_puts_elsewhere(name, answered):
    asked = case(name)
    wrong = asked.model.predict(asked.X) != asked.y if asked.n_classes else torch.zeros(len(asked.X), dtype=torch.bool)
    here = np.stack([array(answered[name]["wrong"][axis]) for axis in "xy"], axis=1)
    np.testing.assert_array_equal(here, asked.X[wrong].numpy())


@pytest.mark.parametrize("name", SPECS)
def test_losses_and_gradients_are_those_of_autograd(name, answered):
    asked = case(name)
    outputs = asked.model(asked.X)
    if asked.n_classes:
        losses = [entry.make()(outputs, asked.y) for entry in CLASS_LOSSES.values()]
    else:
        y = torch.from_numpy(numbers(asked.X))
        losses = [rule(outputs.squeeze(dim=1), y) for rule in (nn.functional.mse_loss, nn.functional.huber_loss)]
    for said, loss in zip(answered[name]["losses"], losses, strict=True):
        slopes = torch.autograd.grad(loss, list(asked.model.parameters()), retain_graph=True)
        flat = torch.cat([slope.reshape(-1) for slope in slopes]).numpy()
        assert said["loss"] == pytest.approx(loss.item(), rel=1e-5)
        np.testing.assert_allclose(array(said["gradient"]), flat, rtol=1e-4, atol=1e-4 * np.abs(flat).max())


def test_a_message_packed_by_the_server_is_read_whole(tmp_path):
    rng = np.random.default_rng(0)
    n_parameters, epochs = 82, (40, 41, 99)
    scores, parameters = rng.random((3, 4), np.float32), rng.normal(size=(3, n_parameters)).astype("<f4")
    scores[1, 1] = np.nan
    train, test = rng.random((5, 2)).astype("<f4"), rng.random((3, 2)).astype("<f4")
    message = struct.pack("<BBHIIIIIIIIf", 1, 0b1001, 0, 7, 99, 41, 36, 5, 3, 3, n_parameters, 1234.5)
    for epoch, score, row in zip(epochs, scores, parameters, strict=True):
        message += struct.pack("<I", epoch) + score.astype("<f4").tobytes() + row.tobytes()
    message += train.tobytes() + test.tobytes()
    again = tmp_path / "message"
    said = json.loads(node(PACKAGE / "tests" / "read_message.js", again, stdin=message))
    assert again.read_bytes() == message
    assert (said["playing"], said["ended"], said["more"], said["backwards"]) == (True, False, False, True)
    assert (said["scene"], said["known"], said["cursor"], said["curveFrom"]) == (7, 99, 41, 36)
    assert said["pace"] == 1234.5
    assert [state["epoch"] for state in said["states"]] == list(epochs)
    assert said["states"][1]["scores"]["testLoss"] is None  # NaN, as JSON has it
    assert said["states"][2]["scores"]["testScore"] == scores[2, 3]
    np.testing.assert_array_equal([state["parameters"] for state in said["states"]], parameters)
    np.testing.assert_array_equal(said["train"]["epochs"], train[:, 0])
    np.testing.assert_array_equal(said["test"]["losses"], test[:, 1])
