"""The page, run as Streamlit runs it, without a browser."""

import base64
import re

import numpy as np
import pytest
import torch

from dashboard.app import view
from dashboard.page import session
from dashboard.page.shortcuts import KEYS
from dashboard.rooms import ROOMS, VISIBLE, takeaway
from dashboard.rooms.learn import LESSONS
from moons import DataSpec, Experiment, TrainSpec, run
from moons.data import Table
from moons.device import available_devices
from moons.presets import PRESETS
from tests.page import (
    at_end,
    click,
    experiment_of,
    history_of,
    live,
    new_page,
    open_page,
    player,
    proved,
    rerun,
    served,
    setting,
    settled,
    state,
    text,
    until,
)  # fmt: skip


def test_a_beginner_sees_an_untrained_network_and_one_obvious_button():
    page = open_page()
    assert page.button(key="train").label == "Train"
    assert player(page).epoch == 0
    assert live(page)["status"]["title"] == "Untrained."
    visible = [
        w for kind in ("slider", "select_slider", "number_input", "selectbox", "toggle") for w in page.main.get(kind)
    ]
    assert len(visible) <= 12
    assert text(page) == ""


def test_a_closed_group_of_settings_is_not_drawn_and_keeps_what_it_says():
    page = open_page(training__dropout="0.5")
    assert page.slider(key="training.dropout").value == 0.5
    page.session_state["more_training"] = False
    rerun(page)
    assert "training.dropout" not in {slider.key for slider in page.slider}
    assert experiment_of(page).training.dropout == 0.5
    setting(page, "slider", "data.noise", 0.2)
    page.session_state["more_training"] = True
    assert rerun(page).slider(key="training.dropout").value == experiment_of(page).training.dropout == 0.5


def test_weights_that_were_loaded_are_not_called_random():
    told = live(open_page(edit__0__35="30"))["status"]
    assert told["title"] == "Epoch 0."
    assert "random" not in told["text"]


def test_no_learning_rate_is_named_for_what_a_weight_set_by_hand_has_done():
    told = live(open_page(training__epochs="400", edit__300__35="30", view__epoch="400"))["status"]
    assert told["title"] == "Finished."
    assert "set by hand at epoch 300" in told["text"] and "rate" not in told["text"]


def test_another_kind_of_loss_needs_a_new_run():
    page = click(open_page(data__kind="gaussian"), "train")
    until(lambda: player(page).epoch > 0)
    page = setting(page, "selectbox", "training.regression_loss", "huber")
    assert "this needs a new run" in text(page)
    assert experiment_of(page).changes == ()
    assert experiment_of(page).training.regression_loss == "huber"


def test_a_link_can_not_change_the_kind_of_loss_on_the_way():
    query = {"change.200": "regression_loss:huber"}
    page = open_page(data__kind="gaussian", training__epochs="400", view__epoch="0", **query)
    assert "can't change while a run goes on" in text(page)
    assert experiment_of(page).changes == ()


def test_a_picture_that_a_regression_does_not_have_is_not_named():
    page = open_page(data__kind="gaussian", view__picture="uncertainty", training__epochs="300", view__epoch="300")
    assert "**Predicted number**" in [said.value for said in page.markdown]
    assert "ncertainty" not in live(page)["alts"]["boundary"]


def test_a_screen_reader_is_told_which_picture_is_shown():
    separates = "Decision boundary at epoch 300: it separates"
    for picture, said in {
        "uncertainty": "Uncertainty, at epoch 300.",
        "label": separates,
        "probability": separates,
    }.items():
        page = open_page(training__epochs="300", view__epoch="300", view__picture=picture)
        assert live(page)["alts"]["boundary"].startswith(said)
    page.session_state["unit"] = (0, 1)
    rerun(page)
    assert live(page)["alts"]["boundary"] == "Input x1, at epoch 300."


def test_train_moves_on_by_itself_and_pause_stops_it():
    page = click(open_page(training__epochs="100000"), "train")
    assert live(page)["playing"]
    first = player(page).epoch
    until(lambda: player(page).epoch > first)
    page = click(page, "pause")
    stopped = player(page).epoch
    assert stopped > 0
    rerun(page)
    assert player(page).epoch == stopped
    assert not live(page)["playing"]


ENDLESS = {"data__n_points": "5000", "model__hidden": "64-64", "training__epochs": "100000", "view__epoch": "100000"}


def test_a_link_to_a_long_run_shows_a_whole_page_that_says_what_it_computes():
    page = rerun(new_page(**ENDLESS), patience=0.0)
    said = live(page)["status"]
    assert said["title"] == "Computing …"
    assert re.fullmatch(r"Epoch [\d,]+ of 100,000\. About [\d]+ (seconds|minutes|hours) left\.", said["text"])
    assert said["quiet"]
    assert live(page)["computing"]
    assert page.tabs


def test_what_is_computed_can_be_paused_stepped_and_reset():
    page = click(rerun(new_page(**ENDLESS), patience=0.0), "pause")
    assert not live(page)["computing"]
    there = player(page).epoch
    assert there < 100_000
    page = click(page, "step")
    assert player(page).epoch == there + 1
    assert player(click(page, "reset")).epoch == 0


def test_while_a_run_is_computed_another_setting_can_be_chosen():
    page = rerun(new_page(**ENDLESS), patience=0.0)
    page = setting(page, "number_input", "training.epochs", 10)
    assert at_end(page)
    assert history_of(page).n_epochs == 10


@pytest.mark.parametrize("room", ROOMS)
@pytest.mark.parametrize("network", [False, True])
def test_every_room_is_drawn_in_one_go(room, network, monkeypatch):
    page = open_page(training__epochs="30", view__epoch="30", data__kind="own", view__network=str(network).lower())
    begun = []
    begin = session.begin_drawing

    def begin_and_count():
        begun.append(room)
        begin()

    monkeypatch.setattr(session, "begin_drawing", begin_and_count)
    page.segmented_control(key="room").set_value(room)
    rerun(page)
    assert begun == [room]


@pytest.mark.parametrize("epochs", [1, 10, 100, 1_000])
def test_step_moves_by_the_chosen_number_of_epochs(epochs):
    page = setting(open_page(), "selectbox", "step_size", epochs)
    assert player(click(page, "step")).epoch == epochs


def test_reset_goes_back_to_the_same_initial_weights():
    page = open_page()
    before = player(page).state.parameters
    page = click(click(page, "step"), "reset")
    assert player(page).epoch == 0
    np.testing.assert_array_equal(player(page).state.parameters, before)


def test_a_run_ends_by_itself_and_the_button_says_train_again():
    page = open_page(training__epochs="300")
    page = settled(click(page, "train"))
    assert at_end(page)
    assert page.button(key="train").label == "Train"
    assert live(page)["status"]["title"].startswith("Finished.")


def test_a_changed_setting_shows_the_finished_run_at_once():
    page = open_page(training__epochs="50")
    page = setting(page, "slider", "data.noise", 0.3)
    assert at_end(page)
    expected = run(experiment_of(page))
    np.testing.assert_array_equal(history_of(page).train_loss, expected.train_loss)


def test_a_learning_rate_changed_while_training_changes_live_and_can_be_undone():
    page = click(open_page(), "train")
    until(lambda: player(page).epoch > 0)
    before = player(page)
    page = setting(page, "select_slider", "training.learning_rate", 0.1)
    assert state(page).playing
    assert experiment_of(page).changes[0].training.learning_rate == 0.1
    assert player(page).epoch >= before.epoch > 0
    assert "Learning rate 0.1" in text(page)
    page = click(page, "undo")
    assert player(page).run is before.run
    assert page.select_slider(key="training.learning_rate").value == 0.01


@pytest.mark.parametrize(
    ("kind", "key", "value"),
    [
        ("slider", "data.noise", 0.25),
        ("slider", "data.n_points", 100),
        ("slider", "n_layers", 2),
        ("select_slider", "width0", 4),
        ("number_input", "model.seed", 3),
        ("selectbox", "training.optimizer", "adam"),
        ("number_input", "training.epochs", 20_000),
        ("select_slider", "training.batch_size", 32),
        ("select_slider", "training.learning_rate", 0.1),
    ],
)
def test_any_setting_can_change_while_training(kind, key, value):
    page = click(open_page(), "train")
    until(lambda: player(page).epoch > 0)
    page = setting(page, kind, key, value)
    assert state(page).playing
    assert text(page), "the person is told"
    rerun(page)
    assert experiment_of(page) != Experiment()


@pytest.mark.parametrize("preset", PRESETS)
def test_a_preset_loads_a_whole_experiment(preset):
    page = setting(setting(open_page(), "slider", "data.noise", 0.2), "selectbox", "preset", preset)
    assert experiment_of(page) == PRESETS[preset].experiment
    assert PRESETS[preset].shows in text(page)
    assert page.selectbox(key="preset").value is None
    assert experiment_of(click(page, "undo")) == Experiment(DataSpec(noise=0.2))


def after_a_preset():
    return setting(open_page(), "selectbox", "preset", "xor_line")


def after_a_change():
    page = open_page(training__epochs="500")
    page.session_state["instant"] = False
    return setting(click(page, "step"), "slider", "data.noise", 0.2)


def after_a_broken_link():
    return open_page(data__noise="7", edit__0__9999="1")


@pytest.mark.parametrize("reach", [after_a_preset, after_a_change, after_a_broken_link])
def test_what_the_page_has_said_it_says_in_the_language_chosen_later(reach):
    page = reach()
    assert not re.search("[가-힣]", text(page))
    page = setting(page, "radio", "language", "ko")
    assert re.search("[가-힣]", text(page))
    assert not re.search("[a-z]{4,}", text(page)), text(page)


def test_a_preset_that_is_on_the_page_already_says_what_it_shows():
    preset = next(name for name in PRESETS if PRESETS[name].experiment == Experiment())
    page = setting(open_page(), "selectbox", "preset", preset)
    assert PRESETS[preset].shows in text(page)
    assert not [button for button in page.button if button.key == "undo"]


def test_a_tiny_loss_keeps_its_digits_on_the_way_to_the_browser():
    query = {"data.kind": "gaussians", "data.noise": "0", "training.optimizer": "adam", "training.learning_rate": "0.1"}
    page = open_page(**query, training__epochs="2000", view__epoch="2000", view__log="true")
    losses = history_of(page).train_loss
    assert 0 < losses[-1] < 1e-6
    sent = np.frombuffer(base64.b64decode(live(page)["scene"]["train"]["y"]), "<f4")
    assert sent[-1] == losses[-1]


def test_pause_leaves_what_was_said_and_its_undo():
    page = click(open_page(), "train")
    until(lambda: player(page).epoch > 0)
    page = setting(page, "select_slider", "training.learning_rate", 0.1)
    page = click(page, "pause")
    assert "Learning rate 0.1" in text(page)
    assert experiment_of(click(page, "undo")) == Experiment()


def test_new_points_are_another_draw_of_the_same_kind():
    page = click(open_page(training__epochs="20"), "new_points")
    assert experiment_of(page).data.seed == 1


def batches(page):
    return [option.replace(",", "") for option in page.select_slider(key="training.batch_size").options]


def test_no_batch_is_offered_that_the_points_can_t_fill():
    page = open_page()
    assert batches(page)[-2:] == ["128", "all"]
    page = setting(page, "slider", "data.n_points", 100)
    assert batches(page) == ["1", "2", "4", "8", "16", "32", "64", "all"]


def test_with_fewer_points_than_a_batch_has_the_batch_is_taken_down_and_that_is_said():
    page = setting(open_page(), "select_slider", "training.batch_size", 64)
    before = experiment_of(page)
    page = setting(page, "slider", "data.n_points", 50)
    now = experiment_of(page)
    assert (now.data.n_points, now.training.batch_size) == (50, 32)
    assert page.select_slider(key="training.batch_size").value == 32
    assert text(page) == "There are only 50 points to learn from, so the batch size is 32 now."
    assert experiment_of(click(page, "undo")) == before


DEVICES = {"cpu": "CPU", "cuda": "NVIDIA GPU (cuda)", "mps": "Apple GPU (mps)"}


def test_devices_that_are_not_there_are_not_offered():
    assert open_page().selectbox(key="device").options == [
        "Fastest",
        *(DEVICES[device] for device in available_devices()),
    ]


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"training__epochs": "1000000000"}, "Epochs must be between 1 and 100,000, got 1,000,000,000"),
        ({"data__noise": "nan"}, "Noise must be between 0.0 and 1.0, got nan"),
        ({"data__noise": "loud"}, "Noise must be a number, got 'loud'"),
        ({"model__hidden": "0"}, "Hidden layers, entry 1 must be between 1 and 256, got 0"),
        ({"training__batch_size": "600"}, "Batch size must be at most the number of training points (256), got 600"),
        ({"training__optimizer": "<b>x</b>"}, "Optimiser must be one of"),
        ({"v": "2"}, "was shared. The link is of version 2, and here links are read as of version 1."),
        ({"data": "3"}, "shown instead. “data” is no setting."),
        ({"edit__0__9999": "1"}, "shown instead. Parameter must be between 0 and 81, got 9,999."),
        ({"edit__99999__0": "1"}, "shown instead. Epoch must be between 0 and 15,000, got 99,999."),
        ({"change__0": "l1:0.1"}, "shown instead. Epoch must be between 1 and 15,000, got 0."),
    ],
)
def test_a_broken_link_opens_with_a_sentence_and_the_defaults(query, sentence):
    page = open_page(**query)
    assert sentence in text(page)
    assert experiment_of(page) == Experiment()


def test_a_link_opens_to_its_experiment_and_the_address_follows_the_page():
    page = open_page(v="1", training__learning_rate="0.0123", model__hidden="8-4", embed="true")
    experiment = experiment_of(page)
    assert (experiment.training.learning_rate, experiment.model.hidden) == (0.0123, (8, 4))
    page = setting(page, "slider", "data.noise", 0.2)
    assert page.query_params["data.noise"] == "0.2"
    assert page.query_params["embed"] == "true"


def test_a_link_opens_to_the_same_picture_trained():
    page = setting(open_page(training__epochs="300"), "select_slider", "training.learning_rate", 0.1)
    page = setting(page, "checkbox", "contours", True)
    query = dict(page.query_params)
    assert query["view.epoch"] == "300"
    other = new_page()
    for name, (value, *_more) in (
        (name, [value] if isinstance(value, str) else value) for name, value in query.items()
    ):
        other.query_params[name] = value
    other = rerun(other)
    assert player(other).epoch == 300
    np.testing.assert_array_equal(player(other).state.parameters, player(page).state.parameters)
    assert state(other).view.contours


def test_a_link_brings_changes_and_weights_set_by_hand():
    page = open_page(
        **{"training.epochs": "80", "change.50": "learning_rate:0.5", "edit.60.3": "1.5", "view.epoch": "60"}
    )
    history = history_of(page)
    assert (history.experiment.changes[0].epoch, history.experiment.edits[0].value) == (50, 1.5)
    assert player(page).state.parameters[3] == 1.5
    assert page.query_params["edit.60.3"] in ("1.5", ["1.5"])


def test_a_link_knows_every_room_and_lesson_and_each_key_opens_its_room():
    assert tuple(ROOMS) == view.ROOMS
    assert tuple(LESSONS) == view.LESSONS
    places = {key.place: key.does for key in KEYS.values() if key.name == "room"}
    assert places == {place: ROOMS[room].label for place, room in enumerate(VISIBLE)}


def test_a_link_for_a_class_hides_what_the_teacher_chose():
    page = open_page(**{"view.hide": "data-rooms-more-diagnosis", "view.epoch": "3"})
    assert live(page)["status"]["title"] == "Paused."
    assert [heading.value for heading in page.sidebar.subheader] == ["Network", "Training"]
    assert not [control for control in page.get("button_group") if control.key == "room"]
    assert not page.sidebar.expander


def test_the_notebooks_other_outputs_are_there():
    page = open_page(training__epochs="2500")
    page = setting(page, "selectbox", "step_size", 1_000)
    page = click(click(page, "step"), "step")
    losses = run(Experiment(training=TrainSpec(epochs=2_500))).train_loss
    assert f"epoch   1,000: loss {losses[1_000]:.4f}" in page.main.text[-1].value
    assert [tab.label for tab in page.tabs] == [
        "Log",
        "Tried",
        "Metrics",
        "Layers",
        "Hidden space",
        "One point",
        "Dataset",
        "Structure",
        "Sample points",
        "Device",
    ]


@pytest.mark.parametrize("hidden", ["16", ""])
def test_the_metrics_are_those_of_the_epoch_looked_at(hidden):
    page = click(open_page(model__hidden=hidden, view__tab="metrics"), "step")
    history, dataset = history_of(page), history_of(page).dataset
    predicted = history.model_at(1).predict(torch.from_numpy(dataset.X_test)).numpy()
    shown = page.dataframe[2].value
    assert int(shown.iloc[1, 0].split()[0]) == ((dataset.y_test == 1) & (predicted == 0)).sum()


def test_a_diverged_run_says_so_and_keeps_what_came_before():
    page = open_page(
        training__learning_rate="10", training__weight_decay="0.5", model__hidden="", training__epochs="500"
    )
    page = settled(click(page, "train"))
    assert live(page)["status"]["title"] == "Stopped. Diverging:"
    assert live(proved(page))["status"]["remedy"] in ("Train without a penalty", "Try a learning rate of 0.1")
    assert history_of(page).n_epochs > 0


def test_while_training_the_page_says_how_it_goes():
    page = click(open_page(training__epochs="100000"), "train")
    until(lambda: player(page).epoch > 60)
    said = live(rerun(page))["status"]
    assert (said["title"], said["text"]) == ("Training …", "Learning")
    assert (said["tone"], said["quiet"], said["remedy"]) == ("good", True, "")


def test_the_diagnosis_says_what_is_wrong_and_offers_one_thing_to_try():
    page = setting(open_page(training__epochs="300"), "select_slider", "training.learning_rate", 10.0)
    said = live(page)["status"]
    assert said["title"] == "Finished. Diverging:"
    assert "The learning rate of 10 is too large" in said["text"]
    assert "Trying what would help …" in said["text"]
    assert said["remedy"] == ""  # none is offered before it is tried
    said = live(proved(page))["status"]
    assert re.search(r"test accuracy [\d.]+% instead of [\d.]+%", said["text"])
    assert said["remedy"] == "Try a learning rate of 1"


def test_what_was_tried_is_listed_and_the_very_run_can_be_taken():
    page = proved(open_page(training__epochs="300", training__learning_rate="10", view__epoch="300"))
    page.session_state["tabs"] = "Tried"
    rerun(page)
    query = {key: value if isinstance(value, str) else value[0] for key, value in page.query_params.items()}
    assert query["view.tab"] == "tried"
    linked = proved(open_page(**query))
    assert served(linked).proving.best.remedy == served(page).proving.best.remedy
    found = served(page).proving.proof
    assert sum(button.label == "Take this run" for button in linked.button) == len(found.trials)
    cards = [button for button in page.button if button.label == "Take this run"]
    assert len(cards) == len(found.trials)
    first, tried = found.trials[0], history_of(page)
    page = click(page, cards[0].key)
    assert at_end(page)
    assert history_of(page) is first.history
    assert experiment_of(page) == first.remedy.experiment
    assert history_of(click(page, "undo")) is tried


def test_a_healthy_run_is_not_disturbed_by_what_is_tried():
    page = open_page(training__epochs="15000", view__epoch="15000")
    before = live(page)["status"]
    assert "Trying" not in before["text"]
    after = live(proved(page))["status"]
    assert (after["text"], after["tone"]) == (before["text"], "good")


def test_nothing_is_tried_where_the_diagnosis_is_hidden():
    page = open_page(training__epochs="30", view__epoch="30", view__hide="diagnosis")
    assert served(page).proving is None


def test_every_file_can_be_taken_away(monkeypatch):
    makers = {}
    monkeypatch.setattr(
        takeaway.st, "download_button", lambda _label, make, name, *_rest, **_how: makers.update({name: make})
    )
    open_page(training__epochs="30", view__epoch="30", view__room="takeaway")
    assert len(makers) == 9
    for name, make in makers.items():
        assert len(make()) > 50, name


def test_the_take_away_room_offers_every_file():
    page = open_page()
    page.segmented_control(key="room").set_value("takeaway")
    page = rerun(page)
    assert len(page.get("download_button")) == 9


@pytest.mark.parametrize(
    ("link", "label"),
    [
        ({"data.seed": "-1"}, "Data seed"),
        ({"model.seed": "-1"}, "Weight seed"),
        ({"model.seed": "x"}, "Weight seed"),
        ({"training.seed": "-1"}, "Shuffle seed"),
        ({"change.5": "seed:4"}, "Shuffle seed"),
        ({"view.room": "cellar"}, "Room"),
    ],
)
def test_a_wrong_link_names_the_field_as_its_widget_does(link, label):
    assert f"{label} " in text(open_page(**link))


def test_a_wrong_value_of_any_length_makes_a_sentence_of_some_lines():
    assert len(text(open_page(**{"model.init": "a" * 5_000}))) < 500


@pytest.mark.parametrize(("hidden", "activations"), [("4", "tanh"), ("4-4", "tanh-relu"), ("4-4", "tanh-tanh")])
def test_a_link_with_an_activation_for_each_layer_opens_to_its_run(hidden, activations):
    query = {"model.hidden": hidden, "model.activations": activations, "training.epochs": "50", "edit.20.3": "2.0"}
    page = open_page(**query, view__epoch="30")
    assert player(page).epoch == 30
    assert len(experiment_of(page).edits) == 1
    assert experiment_of(page).model.layer_activations == tuple(activations.split("-"))


REGRESSION = {"data__kind": "gaussian", "training__optimizer": "adam", "training__epochs": "60"}


def test_a_regression_is_told_in_numbers_and_r_squared():
    page = open_page(**REGRESSION, training__stop_score="0.0", view__epoch="60")
    score = f"{live(page)['now']['scores']['train_score']:.4f}"
    epoch = player(page).epoch
    assert (
        live(page)["alts"]["boundary"] == f"Predicted numbers at epoch {epoch}: R² is {score} on the training points."
    )
    assert live(page)["status"]["title"].startswith("Stopped at the R² you set.")
    page.session_state["tabs"] = "Sample points"
    page = rerun(page)
    table = page.dataframe[0].value
    assert list(table.columns) == ["x0", "x1", "Output", "y", "predict"]
    np.testing.assert_array_equal(table["Output"], table["predict"])
    assert f"At epoch {epoch}. forward gives one number; predict gives the same." in [c.value for c in page.caption]


def test_a_small_loss_reaches_the_browser():
    x0 = tuple(place / 20 for place in range(20))
    points = Table(x0, x0[::-1], tuple(0.002 * x for x in x0))
    page = open_page(data__kind="own", data__table=points.link, training__optimizer="adam", view__epoch="2000")
    losses = history_of(page).train_loss
    assert losses[-1] < 1e-5
    sent = np.frombuffer(base64.b64decode(live(page)["scene"]["train"]["y"]), "<f4")
    assert sent[-1] == losses[-1]
