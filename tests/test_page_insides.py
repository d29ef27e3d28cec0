"""The tabs that tell the network's inside in numbers, without a browser."""

import math

import pytest
import torch

from tests.test_page import checked, click, open_page, player, setting


def open_tab(name, **query):
    page = open_page(training__epochs="300", **query)
    page.session_state["notebook"] = name
    return checked(page.run())


def captions(page):
    return " ".join(element.value for element in [*page.caption, *page.markdown])


def test_layers_are_told_in_a_table_and_two_charts():
    page = open_tab("Layers", model__hidden="5-3")
    table = page.dataframe[0].value
    assert table["Units"].tolist() == [5, 3, 2]
    assert table["Activation"].tolist() == ["relu", "relu", "linear"]
    page = click(page, "train")
    assert "Pause to see the histograms." in captions(page)


@pytest.mark.parametrize("hidden", ["", "1", "5-3"])
def test_the_hidden_space_is_shown_as_far_as_there_is_one(hidden):
    page = open_tab("Hidden space", model__hidden=hidden)
    said = captions(page)
    assert ("no hidden layer" in said) == (hidden == "")
    assert ("of the points' variance" in said) == (hidden != "")


def test_a_layer_chosen_in_a_larger_network_gives_way_to_one_that_is_there():
    page = open_tab("Hidden space", model__hidden="5-3")
    page = setting(page, "selectbox", "space_layer", 2)
    page = setting(page, "selectbox", "space_axes", "units")
    page = setting(page, "selectbox", "space_across", 2)
    page = setting(page, "slider", "n_layers", 1)
    assert page.session_state["space_layer"] == 1
    page = setting(page, "select_slider", "width0", 1)
    assert page.session_state["space_axes"] == "principal"


def test_one_points_way_ends_in_its_loss():
    page = setting(open_tab("One point"), "number_input", "path_point", 7)
    history = player(page).history
    point, y = torch.from_numpy(history.dataset.X_train[[7]]), int(history.dataset.y_train[7])
    probability = history.model_at(0)(point).softmax(dim=1)[0, y].item()
    assert f"its loss is −ln of that: {-math.log(probability):.4f}" in captions(page)
