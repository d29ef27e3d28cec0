"""The network diagram on the page, without a browser."""

import base64
import json

import numpy as np
import pytest
import torch

from dashboard.app import events as e
from dashboard.app.state import Place
from dashboard.rooms.train import chooser
from moons.inspection.boundary import make_grid
from tests.page import (
    click,
    experiment_of,
    history_of,
    live,
    open_page,
    rerun,
    send,
    setting,
    state,
    text,
)


def scene(page):
    """What the browser is told of the run looked at."""
    return live(page)["scene"]


def line(page, trace):
    """The coordinates of a line over the picture."""
    return next(one["x"] for one in scene(page)["figures"]["boundary"]["data"] if one.get("meta") == trace)


def test_without_the_diagram_nothing_of_it_travels():
    page = setting(open_page(), "toggle", "network_wide", False)
    assert scene(page)["diagram"] is None
    assert not scene(page)["look"]["network"]


def test_the_browser_is_given_the_weights_of_the_epoch_looked_at_and_their_gradients():
    page = open_page(training__epochs="300")
    page = setting(page, "selectbox", "step_size", 100)
    page = click(page, "step")
    model = history_of(page).model_at(100)
    parameters = np.frombuffer(base64.b64decode(live(page)["now"]["parameters"]), "<f4")
    np.testing.assert_array_equal(parameters, history_of(page).weights_at(100))
    assert live(page)["now"]["epoch"] == 100
    dataset = history_of(page).dataset
    loss = torch.nn.functional.cross_entropy(
        model(torch.from_numpy(dataset.X_train)), torch.from_numpy(dataset.y_train)
    )
    gradient = torch.autograd.grad(loss, model.layers[0].weight)[0].numpy()
    sent = np.frombuffer(base64.b64decode(scene(page)["diagram"]["weightGradients"][1]), "<f4").reshape(16, 2)
    np.testing.assert_allclose(sent, gradient, rtol=1e-5, atol=1e-7)


def test_of_a_network_too_wide_for_a_browser_the_server_sends_pictures():
    page = open_page(model__hidden="128-128")
    assert scene(page)["wide"]
    now = live(page)["now"]
    assert "parameters" not in now
    assert len(base64.b64decode(now["z"])) == 125 * 100
    assert now["diagram"]["weights"][1]


@pytest.mark.parametrize(("hidden", "titles"), [("", 2), ("3-4", 4)])
def test_every_layer_has_a_name(hidden, titles):
    layers = scene(open_page(model__hidden=hidden))["diagram"]["layers"]
    assert [layer["title"] for layer in layers][:: titles - 1] == ["Inputs", "Outputs"]
    assert [layer["names"][0] for layer in layers][:: titles - 1] == ["x0", "class 0"]
    assert len(layers) == titles


def test_a_wide_layer_says_how_many_units_it_hides():
    layer = scene(open_page(model__hidden="64"))["diagram"]["layers"][1]
    assert (len(layer["units"]), layer["more"]) == (16, 48)
    assert layer["note"].startswith("48 more")


def pixels(page):
    z = scene(page)["figures"]["boundary"]["data"][0]["z"]
    return np.frombuffer(base64.b64decode(z["bdata"]), np.uint8).reshape(100, 125)


@pytest.mark.parametrize("layer", [0, 1, 2])
def test_a_picked_unit_fills_the_large_picture_until_it_is_dismissed(layer):
    page = click(open_page(training__epochs="300"), "step")
    before = pixels(page)
    page.session_state["unit"] = (layer, 1)
    page = rerun(page)
    model, grid = history_of(page).model_at(1), make_grid(history_of(page).dataset)
    hidden = torch.relu(model.layers[0](grid.points))
    whole = (grid.points, hidden, model(grid.points).softmax(dim=1))[layer][:, 1].detach().numpy()
    scale = 1 if layer == 2 else np.abs(whole).max()
    shown = (pixels(page).ravel() - 128.0) / 127
    assert np.abs(shown - whole / scale).max() < 0.02
    page = click(page, "unpick")
    np.testing.assert_array_equal(pixels(page), before)


def test_a_picked_unit_that_a_smaller_network_lacks_is_let_go():
    page = open_page()
    page.session_state["unit"] = (1, 15)
    page = setting(page, "select_slider", "width0", 4)
    assert live(page)["picked"] is None


@pytest.mark.parametrize("picture", [*chooser.PICTURES])
def test_every_picture_can_be_shown_with_every_line(picture):
    page = setting(open_page(training__epochs="50"), "radio", "picture", picture)
    page = setting(page, "checkbox", "contours", True)
    page = setting(page, "checkbox", "hinges", True)
    page = click(page, "step")
    assert line(page, "hinges")["bdata"]
    assert line(page, "contours") is not None
    view = "areas" if picture == "label" else picture
    assert scene(page)["look"] == scene(page)["look"] | {"contours": True, "hinges": True, "view": view}


def test_the_map_of_change_compares_with_the_chosen_epoch():
    page = setting(open_page(training__epochs="300"), "radio", "picture", "change")
    page = setting(page, "selectbox", "step_size", 100)
    assert (pixels(page) == 128).all(), "nothing has changed since epoch 0"
    page = click(page, "step")
    assert not (pixels(page) == 128).all()
    page = setting(page, "number_input", "since", 100)
    assert (pixels(page) == 128).all()


def test_the_map_of_change_compares_with_the_run_as_it_was_edited():
    page = setting(open_page(training__epochs="300"), "radio", "picture", "change")
    page = edit(page, 2.5)
    assert (pixels(page) == 128).all(), "the edit is part of epoch 0"


def test_test_points_and_crosses_can_be_hidden():
    page = setting(open_page(), "checkbox", "test_points", False)
    page = setting(page, "checkbox", "misclassified", False)
    traces = scene(page)["figures"]["boundary"]["data"]
    assert [trace.get("visible", True) for trace in traces[3:]] == [False, True, False]


def edit(page, value):
    """A person sets the weight from x1 to unit 3."""
    return send(page, e.WeightSet(Place(1, 3, 1), 7, value, 0.0, lambda _: "A weight is set."))


def test_an_edited_run_keeps_its_weights_when_a_setting_changes():
    page = setting(open_page(training__epochs="300"), "selectbox", "step_size", 100)
    page = edit(click(page, "step"), 2.5)
    page = setting(page, "select_slider", "training.learning_rate", 0.1)
    experiment = experiment_of(page)
    assert experiment.edits[0].value == 2.5
    assert experiment.training_now.learning_rate == 0.1


@pytest.mark.parametrize("epoch", [0, 100])
def test_a_changed_setting_is_said_to_be_marked_where_the_chart_marks_it(epoch):
    page = setting(open_page(training__epochs="300"), "selectbox", "step_size", 100)
    page = setting(page, "toggle", "instant", False)
    page = edit(click(page, "step") if epoch else page, 2.5)
    page = setting(page, "select_slider", "training.learning_rate", 0.1)
    shapes = scene(page)["figures"]["loss"]["layout"]["shapes"]
    marked = any(shape["x0"] == epoch and shape["line"]["dash"] == "dash" for shape in shapes)
    assert ("The loss chart marks it." in text(page)) == marked == (epoch > 0)


def test_reset_goes_back_to_weights_that_nobody_has_set():
    page = click(edit(click(open_page(training__epochs="300"), "step"), 2.5), "reset")
    assert experiment_of(page).edits == ()
    assert live(page)["now"]["scores"]["train_loss"] == pytest.approx(0.7497, abs=1e-4)
    assert "without those that you set by hand" in text(page)
    assert experiment_of(click(page, "undo")).edits[0].value == 2.5


@pytest.mark.parametrize("kind", ["moons", "rings", "plane"])
def test_the_surface_is_as_high_as_the_answer(kind):
    page = click(open_page(training__epochs="300", data__kind=kind), "surface_button")
    spec = next(
        spec
        for spec in (json.loads(chart.proto.spec) for chart in page.get("plotly_chart"))
        if spec["data"][0]["type"] == "surface"
    )
    sent = spec["data"][0]["z"]
    heights = np.frombuffer(base64.b64decode(sent["bdata"]), sent["dtype"])
    history = history_of(page)
    outputs = history.model_at(0)(make_grid(history.dataset, 63, 50).points)
    expected = outputs.softmax(dim=1)[:, {"moons": 1, "rings": 0}[kind]] if kind != "plane" else outputs[:, 0]
    np.testing.assert_allclose(heights, expected.detach().numpy(), atol=1e-6)
    assert not state(page).playing
