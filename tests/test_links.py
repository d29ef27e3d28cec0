"""Links, made and opened, on the page as Streamlit runs it."""

from dataclasses import replace

import pytest

from moons import DataSpec, Experiment, ModelSpec
from moons.edit import Edit
from moons.export.tables import to_json
from tests.test_page import open_page, player, setting, text
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


def test_only_what_a_link_has_wrong_falls_back_to_its_default():
    page = open_page(
        v="1", data__kind="circles", data__noise="0.2", model__hidden="8", training__batch_size="500", view__epoch="3"
    )
    assert "Batch size must be at most the number of training points (256), got 500" in text(page)
    experiment = player(page).history.experiment
    assert experiment == Experiment(DataSpec(kind="circles", noise=0.2), ModelSpec(hidden=(8,)))
    assert player(page).epoch == 3
    assert page.slider(key="data.noise").value == 0.2
    assert "training.batch_size" not in page.query_params


def test_of_a_link_of_another_version_the_settings_are_used_and_the_page_says_so():
    page = open_page(v="2", data__noise="0.3", training__epochs="300")
    assert player(page).history.experiment.data.noise == 0.3
    assert text(page) == (
        "What this link shows may differ from what was shared: the link is of version 2, and here links are read as of "
        "version 1."
    )


def test_a_link_that_says_no_version_is_read_as_of_this_one():
    assert text(open_page(v="", data__noise="0.3")) == ""
