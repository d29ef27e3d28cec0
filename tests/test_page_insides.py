"""The tabs that tell the network's inside in numbers, without a browser."""

import base64
import json
import math

import numpy as np
import pytest
import torch

from tests.page import click, history_of, open_page, rerun, setting, state


def open_tab(name, **query):
    page = open_page(training__epochs="20000", **query)
    page.session_state["tabs"] = name
    return rerun(page)


def captions(page):
    return " ".join(element.value for element in [*page.caption, *page.markdown])


def charts(page):
    """The figures under the tabs, each by the first words of what it is said to show."""
    payloads = [json.loads(component.proto.json) for component in page.get("bidi_component")]
    return {payload["alt"].split()[0]: payload["figure"] for payload in payloads if "figure" in payload}


@pytest.mark.parametrize("playing", [False, True])
def test_layers_are_told_in_a_table_and_two_charts(playing):
    page = open_tab("Layers", model__hidden="5-3")
    page = click(page, "train" if playing else "step")
    assert state(page).playing == playing
    table = page.dataframe[0].value
    assert table["Units"].tolist() == [5, 3, 2]
    assert table["Activation"].tolist() == ["ReLU", "ReLU", "None (linear)"]
    bars = [trace["y"] for trace in charts(page)["Histograms"]["data"]]
    assert [sum(decoded(counts)) for counts in bars] == [2 * 5, 2 * 5, 5 * 3, 5 * 3, 3 * 2, 3 * 2]


def decoded(array):
    """An array as Plotly sends it."""
    return np.frombuffer(base64.b64decode(array["bdata"]), array["dtype"]) if isinstance(array, dict) else array


def test_the_log_of_a_run_that_moves_says_when_its_lines_come_and_not_to_press_train():
    page = click(open_tab("Log"), "train")
    assert state(page).playing
    assert "A line for every 1,000 epochs; what is new appears when the run pauses or ends." in captions(page)
    assert "press Train" not in " ".join(text.value for text in page.text)


@pytest.mark.parametrize(("name", "shown"), [("Metrics", {"ROC", "Probability"}), ("Hidden space", {"The"})])
def test_while_training_no_chart_is_held_back(name, shown):
    assert charts(click(open_tab(name), "train")).keys() == shown


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
    history = history_of(page)
    point, y = torch.from_numpy(history.dataset.X_train[[7]]), int(history.dataset.y_train[7])
    probability = history.model_at(0)(point).softmax(dim=1)[0, y].item()
    assert f"the loss is −ln of it, {-math.log(probability):.4f}" in captions(page)
