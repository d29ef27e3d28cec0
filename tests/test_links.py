"""Links, made and opened, on the page as Streamlit runs it."""

from dataclasses import replace

import numpy as np
import pytest

from dashboard.app import events as e
from dashboard.app.state import Place
from dashboard.page import session
from moons import DataSpec, Experiment, ModelSpec
from moons.data import Table
from moons.edit import Edit
from moons.export.tables import to_json
from tests.page import (
    click,
    experiment_of,
    history_of,
    open_page,
    payloads,
    player,
    rerun,
    send,
    setting,
    state,
    text,
)
from tests.test_page_network import pixels
from tests.test_reading import bring

PROMISE = "This link opens to the same picture, trained, on another machine."


def with_edits(n):
    return replace(Experiment(), edits=tuple(Edit(0, place, 1.0) for place in range(n)))


@pytest.mark.parametrize(("n", "promised"), [(50, True), (51, False)])
def test_share_promises_the_same_picture_only_where_the_link_holds_it(n, promised):
    page = bring(open_page(training__epochs="60"), "moons.json", to_json(with_edits(n)).encode())
    assert (PROMISE in [said.value for said in page.main.markdown]) == promised
    assert [said.value.partition(".")[0] for said in page.main.warning] == (
        [] if promised else ["Changes on the way and weights set by hand are too many for a link"]
    )


def test_what_a_link_had_no_room_for_is_said_once():
    page = open_page(v="1", training__epochs="300", turns="too-many")
    assert "too many for a link" in text(page)
    page = setting(page, "slider", "data.noise", 0.2)
    assert "turns" not in page.query_params
    assert text(page) == ""


def test_even_a_link_of_defaults_says_whose_defaults_they_are():
    link, frame = (data for data in payloads(open_page()) if "mark" in data)
    assert link["begin"].endswith("?v=1")
    assert (
        frame["begin"] + frame["end"]
        == f'<iframe src="{link["begin"]}&amp;embed=true" width="100%" height="700"></iframe>'
    )


def opened(query):
    return open_page(**query)


def link_of(page):
    return {name: value if isinstance(value, str) else value[0] for name, value in page.query_params.items()}


def test_a_link_says_since_which_epoch_the_change_is_shown():
    page = setting(open_page(training__epochs="300"), "radio", "picture", "change")
    page = setting(page, "slider", "data.noise", 0.2)
    page = setting(page, "number_input", "since", 250)
    query = link_of(page)
    assert (query["view.epoch"], query["view.since"]) == ("300", "250")
    other = opened(query)
    assert text(other) == ""
    np.testing.assert_array_equal(pixels(other), pixels(page))
    assert "**Change since epoch 250**" in [said.value for said in other.main.markdown]


def test_the_change_since_a_later_epoch_than_the_one_looked_at_is_in_a_link_too():
    page = opened({"training.epochs": "300", "view.picture": "change", "view.since": "250", "view.epoch": "100"})
    assert (player(page).epoch, history_of(page).n_epochs) == (100, 250)


def test_a_link_shows_the_unit_that_fills_the_large_picture():
    page = click(open_page(training__epochs="300"), "step")
    page.session_state["unit"] = (1, 3)
    query = link_of(rerun(page))
    assert query["view.unit"] == "1-3"
    other = opened(query)
    np.testing.assert_array_equal(pixels(other), pixels(page))
    assert "view.unit" not in setting(other, "select_slider", "width0", 2).query_params


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"view.picture": "change", "view.since": "301"}, "Since epoch must be between 0 and 300, got 301."),
        ({"view.unit": "1-16"}, "Unit must be a layer and a unit of this network, like 1-3, got 1-16."),
        ({"view.unit": "3-0"}, "Unit must be a layer and a unit of this network, like 1-3, got 3-0."),
        ({"view.unit": "1"}, "Unit must be a layer and a unit of this network, like 1-3, got 1."),
        ({"view.unit": "h"}, "Unit must be a whole number, got 'h'."),
    ],
)
def test_a_view_that_the_run_does_not_have_is_said_and_the_rest_is_shown(query, sentence):
    page = opened({"training.epochs": "300", "view.epoch": "5", "view.contours": "true", **query})
    assert text(page).endswith(f"their defaults are shown instead. {sentence}")
    assert (player(page).epoch, state(page).view.contours) == (5, True)
    assert (state(page).view.since, state(page).view.unit) == (0, ())


def test_a_picture_that_a_regression_does_not_have_is_its_plain_one():
    page = opened({"data.kind": "plane", "view.picture": "uncertainty"})
    assert text(page) == ""
    assert "**Predicted number**" in [said.value for said in page.main.markdown]
    assert "view.picture" not in page.query_params


def test_only_what_a_link_has_wrong_falls_back_to_its_default():
    page = open_page(
        v="1", data__kind="circles", data__noise="0.2", model__hidden="8", training__batch_size="500", view__epoch="3"
    )
    assert "Batch size must be at most the number of training points (256), got 500" in text(page)
    experiment = experiment_of(page)
    assert experiment == Experiment(DataSpec(kind="circles", noise=0.2), ModelSpec(hidden=(8,)))
    assert player(page).epoch == 3
    assert page.slider(key="data.noise").value == 0.2
    assert "training.batch_size" not in page.query_params


def test_of_a_link_of_another_version_the_settings_are_used_and_the_page_says_so():
    page = open_page(v="2", data__noise="0.3", training__epochs="300")
    assert experiment_of(page).data.noise == 0.3
    assert text(page) == (
        "What this link shows may differ from what was shared. The link is of version 2, and here links are read as of "
        "version 1."
    )


def test_a_link_that_says_no_version_is_read_as_of_this_one():
    assert text(open_page(v="", data__noise="0.3")) == ""


@pytest.fixture
def back(monkeypatch):
    """Go to a link as Back and Forward do: the same session, another address."""

    def go(page, query):
        page.query_params.clear()
        for name, value in query.items():
            page.query_params[name] = value
        with monkeypatch.context() as history:
            history.setattr(session, "went_back", lambda: True)
            return rerun(page)

    return go


def test_back_to_a_link_with_something_wrong_shows_it_as_its_first_look_did(back):
    wrong = {"training.epochs": "300", "data.noise": "loud", "view.epoch": "20"}
    page = opened(wrong)
    before, first = text(page), experiment_of(page)
    page = setting(page, "slider", "data.noise", 0.3)
    assert text(page) != before
    page = back(page, wrong)
    assert text(page) == before
    assert (experiment_of(page), player(page).epoch) == (first, 20)
    assert page.slider(key="data.noise").value == first.data.noise


def test_back_finds_the_run_whose_weights_or_points_are_too_many_for_a_link(back):
    many = Table(tuple(range(600)), tuple(range(600)), tuple(n % 2 for n in range(600)), class_names=("a", "b"))
    for experiment in (with_edits(51), Experiment(DataSpec(kind="own", table=many))):
        page = bring(open_page(training__epochs="60"), "moons.json", to_json(experiment).encode())
        page.segmented_control(key="room").set_value("train")
        page = click(rerun(page), "reset")
        page = click(page, "step")
        query = link_of(page)
        page = setting(page, "select_slider", "width0", 4)
        page = back(page, query)
        assert text(page) == ""
        assert experiment_of(page) == experiment
        assert page.select_slider(key="width0").value == 16


def test_back_while_training_stops_at_the_epoch_of_the_link(back):
    page = opened({"training.epochs": "100000", "view.epoch": "30"})
    query, losses = link_of(page), history_of(page)
    page = click(page, "train")
    assert state(page).playing
    page = back(page, query)
    assert (player(page).epoch, state(page).playing, history_of(page)) == (30, False, losses)
    assert rerun(page).button(key="train").label == "Train"
    assert player(page).epoch == 30


def test_back_keeps_the_frame_and_what_is_hidden_and_finds_an_edit(back):
    page = opened({"training.epochs": "80", "view.epoch": "40", "view.hide": "data-rooms", "embed": "true"})
    edited = e.WeightSet(Place(1, 1, 1), 3, 0.1, 0.0, lambda _: "A weight is set.")
    query = link_of(send(page, edited))
    page = setting(page, "select_slider", "training.learning_rate", 0.1)
    page = back(page, query)
    assert [(edit.epoch, edit.value) for edit in experiment_of(page).edits] == [(40, 0.1)]
    assert (player(page).epoch, player(page).state.parameters[3]) == (40, np.float32(0.1))
    assert [heading.value for heading in page.sidebar.subheader] == ["Network", "Training"]
    assert link_of(page) == query
