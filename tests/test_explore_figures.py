"""The pictures of classical models, landscapes and sharpness show what was computed."""

from xml.etree import ElementTree

import numpy as np
import pytest
import torch

from moons import DataSpec, Experiment, ModelSpec, TrainSpec, run
from moons.features import PLAIN
from moons.inspection.boundary import boundary_of, make_grid, shares
from moons.inspection.classical import fit_model
from moons.inspection.landscape import (
    Plane,
    Sharpness,
    Surface,
    extent_around,
    on_plane,
    principal_plane,
    sharpness,
    spot,
    surface,
    weight_path,
)
from moons.plots.landscape import DrawnPath, map_figure, relief_figure
from moons.plots.palette import NUMBERS, class_color
from moons.plots.sharpness import sharpness_figure
from moons.plots.thumbnail import small_boundary

SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("kind", ["rings", "gaussian"])
def test_a_small_boundary_marks_points_and_wrong_ones(kind):
    history = run(Experiment(DataSpec(kind, 60, n_test=60, noise=0.3), ModelSpec((4,)), TrainSpec(epochs=1)))
    dataset, grid = history.dataset, make_grid(history.dataset, 20, 16)
    fit = fit_model("tree", dataset, PLAIN, grid.points)
    answers = torch.from_numpy(fit.answers)
    wrong = fit.errors > 0 if dataset.n_classes else None
    answer = boundary_of(answers if dataset.n_classes else shares(answers, grid), grid)
    picture = ElementTree.fromstring(small_boundary(answer, dataset, wrong))
    assert len(picture.findall(f"{SVG}image")) == 1
    circles = picture.findall(f"{SVG}circle")
    assert len(circles) == 60
    fills = np.array([circle.get("fill") for circle in circles])
    if dataset.n_classes:
        assert fills.tolist() == [class_color(label) for label in dataset.y_train.tolist()]
    else:
        assert tuple(fills[[dataset.y_train.argmin(), dataset.y_train.argmax()]]) == NUMBERS[::2]
    crosses = picture.findall(f"{SVG}path")
    assert [cross.get("d").count("M") for cross in crosses] == ([wrong.sum()] * 2 if dataset.n_classes else [])


@pytest.fixture(scope="module")
def landscape():
    experiment = Experiment(DataSpec(n_points=40, n_test=20), ModelSpec((3,)), TrainSpec(epochs=40, learning_rate=0.5))
    history = run(experiment)
    path = weight_path(history, 40)
    plane = principal_plane(path.weights)
    seen = on_plane(history, plane, path)
    *_earlier, last = surface(history, plane, extent_around(seen), points=9)
    return history, plane, [DrawnPath("mine", seen, own=True), DrawnPath("other", seen)], last


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_map_shows_the_surface_the_paths_and_where_the_run_is(landscape, theme):
    history, plane, paths, last = landscape
    figure = map_figure(last, plane, paths, spot(history, 10, plane), theme=theme)
    named = {trace.name: trace for trace in figure.data if trace.name}
    assert {"mine", "other", "epoch 10", "downhill", "next step"} <= named.keys()
    np.testing.assert_array_equal(figure.data[0].customdata, last.losses)
    np.testing.assert_allclose(np.column_stack([named["mine"].x, named["mine"].y]), paths[0].path.places)
    np.testing.assert_array_equal(named["mine"].customdata[:, 0], paths[0].path.epochs)
    assert f"{plane.shares[0]:.1%}" in figure.layout.xaxis.title.text
    way = spot(history, 10, plane).downhill
    drawn = np.array([named["downhill"].x[1] - named["downhill"].x[0], named["downhill"].y[1] - named["downhill"].y[0]])
    np.testing.assert_allclose(drawn / np.linalg.norm(drawn), way / np.linalg.norm(way), atol=1e-9)
    after_the_end = map_figure(last, plane, paths, spot(history, 40, plane), theme=theme)
    assert "next step" not in {trace.name for trace in after_the_end.data}


def test_on_a_relief_the_paths_lie_on_the_surface(landscape):
    history, plane, paths, last = landscape
    figure = relief_figure(last, plane, paths, spot(history, 10, plane))
    ground, mine, _other, here = figure.data
    low = min(np.min(last.losses), np.min(paths[0].path.losses_on_plane))
    log = np.max(last.losses) > 10 * low
    expected = paths[0].path.losses_on_plane
    np.testing.assert_allclose(mine.z, np.log10(expected) if log else expected, rtol=1e-6)
    assert here.z[0] == pytest.approx(mine.z[paths[0].path.epochs.tolist().index(10)])
    assert ground.z.shape == last.losses.shape


def test_heights_that_are_not_finite_or_far_above_the_path_are_cut_off(landscape):
    _history, _plane, paths, _last = landscape
    plane = Plane(np.zeros(2), np.eye(2))
    losses = np.array([[0.001, 1e30], [np.inf, np.nan]], np.float32)
    wild = Surface(np.array([0.0, 1.0]), np.array([0.0, 1.0]), losses, 1.0)
    figure = map_figure(wild, plane, paths, None)
    top = np.log10(3 * max(paths[0].path.losses_on_plane))
    np.testing.assert_allclose(figure.data[0].z, [[-3, top], [top, top]], rtol=1e-5)
    assert figure.layout.xaxis.title.text == "first random direction"


def test_sharpness_is_drawn_beside_its_limit():
    history = run(Experiment(DataSpec(n_points=40), ModelSpec((2,)), TrainSpec(epochs=20, learning_rate=0.5)))
    *_earlier, last = sharpness(history, 20)
    figure = sharpness_figure(last, 20, 5)
    np.testing.assert_array_equal(figure.data[0].y, np.where(last.largest > 0, last.largest, np.nan))
    np.testing.assert_allclose(figure.data[1].y, 2 / 0.5)
    assert figure.layout.shapes[0].x0 == 5
    unknown = Sharpness(last.epochs, last.largest, np.full(len(last.epochs), np.nan), 1.0)
    assert len(sharpness_figure(unknown, 20, 5).data) == 1
