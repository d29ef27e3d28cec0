"""Points far from 0 are shown, measured and taken away in the units that a person wrote them in."""

import contextlib
import io
import json
import re
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import onnx
import pytest
import torch
from onnx.reference import ReferenceEvaluator
from safetensors import safe_open
from sklearn.metrics import mean_absolute_error, root_mean_squared_error

from moons import DataSpec, Experiment, ModelSpec, run
from moons.data import OWN, Table, make_dataset, read_table
from moons.digits import decimals
from moons.export.program import to_script
from moons.export.report import to_report
from moons.export.weights import to_onnx, to_safetensors
from moons.inspection.boundary import answers, boundary, make_grid
from moons.inspection.comparison import disagreement
from moons.inspection.metrics import measure_numbers
from moons.inspection.points import evaluate
from moons.inspection.space import hidden_space
from moons.model import build_model
from moons.plots.boundary import TEST_POINTS, TRAIN_POINTS, Lines, boundary_figure
from moons.plots.metrics import numbers_figure
from moons.plots.space import space_figure
from moons.plots.surface import surface_figure
from moons.train_spec import TrainSpec

N = 40
EASTING = 5_000_000 + 300 * np.random.default_rng(0).normal(size=N).round(3)
SECONDS = 1.6e9 + 60.0 * np.arange(N)[np.random.default_rng(1).permutation(N)]
PRICE = 300_000 + 50_000 * ((EASTING - 5e6) / 300) ** 2
COLUMNS = ("easting", "Unix time", "price")


def table(*, numbers):
    y = PRICE if numbers else (np.median(PRICE) < PRICE).astype(int)
    names = () if numbers else ("cheap", "dear")
    return Table(tuple(EASTING.tolist()), tuple(SECONDS.tolist()), tuple(y.tolist()), names, COLUMNS)


def experiment(*, numbers=True, standardise=True, **training):
    data = DataSpec(kind=OWN, table=table(numbers=numbers), standardise=standardise)
    return Experiment(data, ModelSpec(hidden=(6,)), TrainSpec(epochs=40, learning_rate=0.02, **training))


@pytest.fixture(scope="module", params=[True, False], ids=["number", "classes"])
def trained(request):
    return run(experiment(numbers=request.param))


def test_the_plane_is_drawn_in_the_persons_units_under_their_columns_names(trained):
    dataset, model = trained.dataset, trained.model_at(40)
    grid = make_grid(dataset)
    lines = Lines(contours=dataset.X_train[:3])
    shown = boundary_figure(boundary(model, grid), dataset, evaluate(model, dataset, TrainSpec()), lines=lines)
    heat, contours, train, test = (shown.data[i] for i in (0, 1, TRAIN_POINTS, TEST_POINTS))
    assert {*train.x, *test.x} == set(EASTING)
    assert {*train.y, *test.y} == set(SECONDS)
    left, right = shown.layout.xaxis.range
    assert left < EASTING.min() < EASTING.max() < right
    assert (heat.x0, heat.x0 + heat.dx * (grid.columns - 1)) == pytest.approx((left, right))
    assert (heat.y0, heat.y0 + heat.dy * (grid.rows - 1)) == pytest.approx(shown.layout.yaxis.range)
    np.testing.assert_allclose(np.sort(contours.x), np.sort(train.x[:3]), atol=0.01)
    assert (shown.layout.xaxis.title.text, shown.layout.yaxis.title.text) == COLUMNS[:2]
    assert all(name in train.hovertemplate for name in COLUMNS)
    if not dataset.n_classes:
        assert heat.colorbar.title.text == "price"
        low, _middle, high = (float(text.replace(",", "")) for text in heat.colorbar.ticktext)
        assert (low, high) == pytest.approx((min(train.customdata), max(train.customdata)), abs=1_000)


def test_an_unscaled_figure_is_what_it_was():
    dataset = make_dataset(DataSpec())
    grid = make_grid(dataset)
    model = build_model(ModelSpec(), 2)
    heat = boundary_figure(boundary(model, grid), dataset, evaluate(model, dataset, TrainSpec())).data[0]
    assert (heat.x0, heat.dx, heat.y0, heat.dy) == (grid.x0, grid.dx, grid.y0, grid.dy)


def test_landscape_hidden_space_and_numbers_are_in_the_persons_units():
    history = run(experiment())
    dataset, model = history.dataset, history.model_at(40)
    grid = make_grid(dataset, 5, 4)
    figure = surface_figure(grid, model.predict(grid.points).numpy(), dataset, 1)
    surface, points = figure.data
    assert set(points.x) <= set(EASTING)
    assert set(points.z) <= set(PRICE)
    assert PRICE.min() - 3e5 < surface.z.min() < surface.z.max() < PRICE.max() + 3e5
    assert figure.layout.scene.xaxis.title.text == "easting"
    assert set(space_figure(hidden_space(model, dataset, 1), dataset).data[1].customdata) <= set(PRICE)
    measured = measure_numbers(model, dataset.X_test, dataset.y_test, dataset.scaling)
    true = dataset.test_in_units()[1]
    predicted = model.predict(torch.from_numpy(dataset.X_test)).numpy() * PRICE_SCALE(dataset) + dataset.scaling.y_shift
    assert measured.mae == pytest.approx(mean_absolute_error(true, predicted), rel=1e-4)
    assert measured.rmse == pytest.approx(root_mean_squared_error(true, predicted), rel=1e-4)
    assert numbers_figure({"test": measured}, "price").layout.xaxis.title.text == "true price"


def PRICE_SCALE(dataset):  # noqa: N802
    """What the targets were divided by, by a plain formula."""
    return dataset.train_in_units()[1].std()


def test_a_report_has_points_axes_colours_and_errors_in_the_persons_units(trained):
    text = to_report(trained)
    data = json.loads(text[text.index('id="run">') + 9 : text.index("</script>")])
    x0, x1 = zip(*data["points"]["train"]["x"], *data["points"]["test"]["x"], strict=True)
    assert (set(x0), set(x1)) == (set(EASTING), set(SECONDS))
    left, right, bottom, top = data["frames"]["extent"]
    assert left < EASTING.min() < EASTING.max() < right
    assert bottom < SECONDS.min() < SECONDS.max() < top
    if trained.dataset.n_classes:
        assert data["numbers"] is None
    else:
        assert data["numbers"][0] == "price"
        model, dataset = trained.model_at(40), trained.dataset
        rmse = measure_numbers(model, dataset.X_train, dataset.y_train, dataset.scaling).rmse
        assert f"{rmse:,.0f}" in " ".join(data["ending"])


@pytest.mark.parametrize("standardise", [True, False])
def test_a_program_holds_the_points_as_they_were_written_and_gives_the_network_the_same_numbers(standardise):
    for numbers in (True, False):
        history = run(experiment(numbers=numbers, standardise=standardise))
        script = to_script(history)
        assert f"\n{history.dataset.train_in_units()[0][0, 0]}," in script
        place = script.index('print("X"')
        names: dict[str, Any] = {}
        exec(compile(script[:place], "script", "exec"), names)
        for name, wanted in (("X", history.dataset.X_train), ("y_test", history.dataset.y_test)):
            np.testing.assert_array_equal(names[name].numpy(), wanted)


def test_a_programs_points_and_errors_are_in_the_persons_units(monkeypatch):
    history = run(experiment(), engine="torch")
    dataset, printed = history.dataset, io.StringIO()
    monkeypatch.setattr(plt, "show", plt.close)
    with contextlib.redirect_stdout(printed):
        exec(compile(to_script(history), "script", "exec"), {})
    lines = printed.getvalue().splitlines()
    rows = [re.fullmatch(r"\((\S+), (\S+)\) (\S+) (\S+)", line) for line in lines]
    points = [[float(number) for number in row.groups()[:3]] for row in rows if row]
    wanted = np.column_stack([*dataset.train_in_units()[0].T, dataset.train_in_units()[1]])[: len(points)]
    np.testing.assert_allclose(points, wanted, rtol=1e-5)
    np.testing.assert_allclose(np.array(points)[:, 1], wanted[:, 1], atol=0.5)  # seconds
    rmse = measure_numbers(history.model_at(40), dataset.X_test, dataset.y_test, dataset.scaling).rmse
    said = next(line for line in lines if line.startswith("root mean squared error on the test"))
    assert float(said.split()[-1]) == pytest.approx(rmse, rel=1e-3)


@pytest.mark.parametrize("features", [("x0", "x1"), ("x1", "x0_x1")])
def test_an_onnx_graph_takes_points_and_gives_numbers_in_the_persons_units(features):
    history = run(Experiment(experiment().data, ModelSpec(hidden=(6,), features=features), TrainSpec(epochs=5)))
    dataset, model = history.dataset, history.model_at(5)
    graph = onnx.load_from_string(to_onnx(model, dataset.scaling, dataset))
    said = {entry.key: json.loads(entry.value) for entry in graph.metadata_props}
    assert said == {"columns": list(dataset.columns)}
    (found,) = ReferenceEvaluator(graph).run(None, {"points": np.array(dataset.train_in_units()[0], np.float64)})
    wanted = dataset.y_to_units(model.predict(torch.from_numpy(dataset.X_train)).numpy())
    np.testing.assert_allclose(found[:, 0], wanted, rtol=1e-4)


def test_weights_say_how_the_points_were_scaled(tmp_path):
    history = run(experiment())
    path = tmp_path / "weights.safetensors"
    model, dataset = history.model_at(0), history.dataset
    path.write_bytes(to_safetensors(model, scaling=dataset.scaling, dataset=dataset))
    with safe_open(path, "np") as file:
        said = {name: json.loads(value) for name, value in file.metadata().items()}
    assert said["columns"] == list(dataset.columns)
    assert said["shift"] == list(dataset.scaling.shift)
    assert said["y_scale"] == dataset.scaling.y_scale


@pytest.mark.parametrize("numbers", [True, False])
def test_networks_that_see_the_same_points_scaled_otherwise_are_compared_in_the_persons_units(numbers):
    scaled, plain = (make_dataset(experiment(numbers=numbers, standardise=on).data) for on in (True, False))
    model = build_model(ModelSpec(hidden=()), scaled.n_classes)
    twin = build_model(ModelSpec(hidden=()), scaled.n_classes)
    with torch.no_grad():  # the same answers, from the points as the other dataset has them
        for one, other in zip(model.parameters(), twin.parameters(), strict=True):
            other.copy_(one)
        weight, bias = twin.parameters()
        both, unlike = scaled.scaling, plain.scaling
        stretch = torch.tensor(np.divide(unlike.scale, both.scale), dtype=torch.float32)
        moved = torch.tensor((np.array(unlike.shift) - both.shift) / both.scale, dtype=torch.float32)
        bias += weight @ moved
        weight *= stretch
        if numbers:
            weight *= both.y_scale / unlike.y_scale
            bias *= both.y_scale / unlike.y_scale
            bias += (both.y_shift - unlike.y_shift) / unlike.y_scale
    grid = make_grid(scaled, 20, 20)
    found = disagreement(model, twin, scaled, grid.points, plain.scaling)
    assert found.places.mean() < 0.02  # rounding, along the boundary
    assert disagreement(model, twin, scaled, grid.points).places.any()


def test_points_taken_away_are_the_points_that_were_brought(trained):
    dataset = trained.dataset
    back = read_table(dataset.all_to_csv().encode())
    again = back.table(*back.guess())
    assert (set(again.x0), set(again.x1)) == (set(EASTING), set(SECONDS))
    assert again.columns == COLUMNS


@pytest.mark.parametrize(
    ("span", "digits", "wanted"), [(3.0, 3, 2), (3.0, 5, 4), (5_000, 3, 0), (0.0004, 3, 6), (0.0, 3, 2), (1e-30, 3, 12)]
)
def test_decimals_tell_numbers_within_a_span_apart(span, digits, wanted):
    assert decimals(span, digits) == wanted


def test_the_answers_of_a_grid_are_those_of_the_network_at_its_own_numbers(trained):
    grid = make_grid(trained.dataset, 4, 3)
    assert np.isfinite(answers(trained.model_at(40), grid).numpy()).all()
    assert np.abs(grid.points.numpy()).max() < 10
