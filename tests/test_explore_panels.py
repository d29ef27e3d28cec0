"""The panels Other models and Landscape of the room Explore, on real runs."""

import json

import numpy as np
import pytest

from dashboard.app.exploring import Asked
from dashboard.app.runner import Runner
from dashboard.app.session import Session
from dashboard.rooms.learn import training
from moons import Experiment
from moons.classical import CLASSIFIERS, REGRESSORS
from moons.inspection.landscape import Sharpness
from tests.page import click, open_page, rerun, served, setting, study_ended, until

SHORT = {
    "training.epochs": "60",
    "data.n_points": "40",
    "data.n_test": "20",
    "view.room": "explore",
    "view.epoch": "60",
}


def said(page):
    return " ".join(element.value for element in (*page.markdown, *page.caption, *page.info))


def charts(page):
    return [json.loads(chart.proto.spec) for chart in page.get("plotly_chart")]


def test_other_models_stand_beside_the_network_and_outlive_changes_of_its_training():
    page = study_ended(open_page(**SHORT, **{"view.panel": "models", "data.noise": "0.3"}), "models")
    text = said(page)
    assert all(f"**{entry.label}**" in text for entry in CLASSIFIERS.values())
    assert "**The network**" in text
    assert "network is not needed here" in text or "Another model is better here" in text
    assert "The quickest that is at least as good" in text
    study = served(page).studies["models"]
    assert {button.proto.label for button in page.get("download_button")} >= {"Python script (scikit-learn)"}
    page = setting(page, "number_input", "training.epochs", 80)
    assert served(page).studies["models"] is study and study.done == len(CLASSIFIERS)
    served(page).player.run.seconds = 12.0
    assert "trained in 12.0 s" in said(rerun(page))


def test_regressors_stand_beside_a_network_that_predicts_numbers():
    query = SHORT | {"view.panel": "models", "data.kind": "gaussian", "view.epoch": "0", "model.features": "x0-sin_x1"}
    page = study_ended(open_page(**query), "models")
    text = said(page)
    assert all(f"**{entry.label}**" in text for entry in REGRESSORS.values())
    assert "All get the same inputs as the network." in text
    assert "The network is untrained" in text
    assert "trained in" not in text  # nor on the network's card


def test_a_landscape_shows_the_run_s_own_path_its_rivals_and_its_curvature():
    page = study_ended(open_page(**SHORT, **{"view.panel": "landscape", "view.race": "adam"}), "landscape")
    text = said(page)
    for sentence in ("After epoch 60 the training loss is", "of the path's variance lies in this plane",
                     "Adam ends at a training loss of", "at this learning rate SGD is stable up to 200"):  # fmt: skip
        assert sentence in text
    ground, curvature = charts(page)
    assert ground["data"][0]["type"] == "contour"
    assert {"SGD, this run", "Adam", "epoch 60", "downhill"} <= {trace.get("name") for trace in ground["data"]}
    assert {trace["name"] for trace in curvature["data"]} == {
        "largest eigenvalue",
        "stability limit at this learning rate",
    }
    study = served(page).studies["landscape"]
    page = setting(page, "slider", "landscape_epoch", 10)  # the page's own epoch
    assert served(page).state.epoch == 10
    assert "After epoch 10 the training loss is" in said(page)
    assert served(page).studies["landscape"] is study
    page = setting(page, "toggle", "relief", True)
    assert charts(page)[0]["data"][0]["type"] == "surface"
    assert served(page).link["view.race"] == "adam"


def test_a_lesson_tells_of_the_run_s_own_walk_and_opens_its_landscape():
    page = open_page(**SHORT | {"view.room": "learn", "view.lesson": "training"})
    titles = [screen.title for screen in training.SCREENS]
    page.session_state["screen_training"] = titles.index("Landscape")
    text = said(rerun(page))
    assert "Your network has 82 weights and biases" in text  # 2·16 + 16 + 16·2 + 2
    history = served(page).player.run.history
    distance = np.linalg.norm(history.weights_at(60) - history.weights_at(0))
    assert f"After epoch 60 your run is {distance:.2f} away from its start" in text
    page = study_ended(click(page, "walk_race"), "landscape")
    view = served(page).state.view
    assert (view.room, view.panel, view.plane) == ("explore", "landscape", "all")
    assert view.race == ("momentum", "adam")  # the run itself is SGD's
    assert "Adam ends at a training loss of" in said(page)


def test_what_a_surface_leaves_out_is_said():
    query = {
        "training.optimizer": "adam",
        "training.batch_size": "10",
        "training.dropout": "0.1",
        "training.l1": "0.01",
    }
    page = study_ended(open_page(**SHORT, **query, **{"view.panel": "landscape", "view.plane": "random"}), "landscape")
    text = said(page)
    for sentence in ("the loss of its batch", "without dropout", "without the penalties", "Two random directions",
                     "Adam scales each step by past gradients"):  # fmt: skip
        assert sentence in text
    assert isinstance(served(page).studies["landscape"].results[-1], Sharpness)


def test_without_a_path_there_is_no_landscape():
    page = open_page(**(SHORT | {"view.panel": "landscape", "training.epochs": "1", "view.epoch": "1"}))
    assert "Train for two epochs or more" in said(page)
    assert not page.get("plotly_chart")


@pytest.fixture
def runner():
    made = Runner(1)
    yield made
    made.close()


def test_a_computation_goes_on_though_looks_come_late_and_ends_without_any(runner):
    now = [0.0]
    session = Session(runner, clock=lambda: now[0])

    def make(stop):
        now[0] = 30.0
        yield stop()
        now[0] = 100.0
        yield stop()
        yield "too late"

    study = session.explore_steps(Asked("models", Experiment()), make, 3)
    until(lambda: not study.running)
    assert study.results == [False, True]


def test_a_search_says_what_it_found_and_opens_its_best_run():
    page = open_page(**SHORT, **{"view.panel": "search", "view.search_runs": "20", "training.learning_rate": "0.001"})
    page = study_ended(click(page, "begin_study"), "search")
    text = said(page)
    assert "The best of 20 runs:" in text
    history, importance = charts(page)
    assert len(history["data"][0]["y"]) == 20
    assert importance["data"][0]["type"] == "bar"
    best = served(page).studies["search"].results[-1].best
    page = click(page, "open_best")
    assert served(page).state.experiment == best.experiment
    text = said(setting(page, "segmented_control", "room", "explore"))
    assert "The best of 20 runs:" in text
    assert "These results are for other settings: " in text
