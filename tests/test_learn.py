"""The Learn room, run as Streamlit runs it, without a browser: what it says is what the core computes."""

import json
import re

import numpy as np
import pytest
import torch

from dashboard.app import events as e
from dashboard.app.questions import SHOWN, answered
from dashboard.app.state import PageState
from dashboard.page.glossary import TERMS
from dashboard.rooms.learn import LESSONS, data, luck, mystery, network, training
from dashboard.rooms.learn.exercise_list import EXERCISES
from moons import Experiment, run
from moons.export.program import to_script
from moons.inspection.comparison import differences
from moons.inspection.health import CONDITIONS
from moons.inspection.health.museum import EXHIBITS
from moons.inspection.step import open_step
from moons.inspection.xor import SOLUTION
from moons.share import from_query
from tests.page import (
    click,
    experiment_of,
    history_of,
    new_page,
    open_page,
    player,
    rerun,
    send,
    state,
    until,
)

SECTIONS = {"data": data, "network": network, "training": training, "luck": luck, "mystery": mystery}


def learn(lesson, screen=None, **session):
    page = open_page(training__epochs="300", v="1")
    page.session_state["room"], page.session_state["lesson"] = "learn", lesson
    if screen is not None:
        page.session_state[f"screen_{lesson}"] = screen
    for key, value in session.items():
        page.session_state[key] = value
    return rerun(page)


def choose(page, key, value):
    page.segmented_control(key=key).set_value(value)
    return rerun(page)


def opened(page):
    component = page.get("bidi_component")[-1]  # the ones before it stand at the top of every room
    return json.loads(component.proto.json)


def said(page):
    kinds = ("markdown", "caption", "success", "warning", "info", "error")
    return "\n".join(element.value for kind in kinds for element in page.get(kind))


@pytest.mark.parametrize("lesson", LESSONS)
def test_every_lesson_opens_on_an_untrained_run(lesson):
    assert said(learn(lesson))


@pytest.mark.parametrize(
    ("lesson", "screen"), [(name, n) for name, room in SECTIONS.items() for n in range(len(room.SCREENS))]
)
def test_every_screen_opens_and_its_terms_are_in_the_glossary(lesson, screen):
    page = learn(lesson, screen)
    assert said(page)
    assert set(SECTIONS[lesson].SCREENS[screen].terms) <= set(TERMS)


KINDS = {
    "numbers": {"data.kind": "gaussian", "training.regression_loss": "huber"},
    "three classes, other inputs": {"data.kind": "rings", "model.features": "x0-x1_squared-sin_x0", "model.hidden": ""},
    "own points, mixed activations": {"data.kind": "own", "model.hidden": "4-3", "model.activations": "tanh-relu"},
    "a diverged run": {"training.learning_rate": "10", "training.weight_decay": "10"},
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_lesson_has_something_to_say_about_any_run(kind):
    page = new_page()
    page.query_params.update({"v": "1", "training.epochs": "30", **KINDS[kind]})
    rerun(page)
    page.session_state["room"] = "learn"
    rerun(page)
    if not history_of(page).n_epochs:
        page = click(page, "opened_train")
    for how in ("batch", "point"):
        page = choose(page, "opened_of", how)
    page.slider(key="opened_epoch").set_value(history_of(page).n_epochs)
    rerun(page)
    for lesson in ("data", "network", "training", "luck"):
        for screen in range(len(SECTIONS[lesson].SCREENS)):
            page.session_state["lesson"], page.session_state[f"screen_{lesson}"] = lesson, screen
            assert said(rerun(page))


@pytest.mark.parametrize("screen", [0, 1, 2, 3])
def test_of_a_run_that_has_diverged_no_number_is_told_that_is_none(screen):
    page = new_page()
    query = {"v": "1", "data.kind": "gaussian", "training.learning_rate": "10", "training.epochs": "300"}
    page.query_params.update(query | {"view.epoch": "300", "view.room": "learn", "view.lesson": "training"})
    rerun(page)
    page.session_state["screen_training"] = screen
    text = said(rerun(page))
    assert not re.search(r"\b(nan|inf)\b", text), text
    history = history_of(page)
    (found,) = (info.value for info in page.info if "has diverged" in info.value)
    earlier = int(re.search(r"Look at epoch (\d+)", found)[1])
    page.slider(key="opened_epoch").set_value(earlier)
    rerun(page)
    assert np.isfinite(history.train_loss[earlier])
    assert not any("has diverged" in info.value for info in page.info)


def test_the_colours_of_a_regression_are_not_called_classes():
    page = new_page()
    page.query_params.update({"v": "1", "data.kind": "plane", "training.epochs": "30", "view.room": "learn"})
    rerun(page)
    page.session_state["lesson"], page.session_state["screen_training"] = "training", 4
    assert any("number that the network predicts" in caption.value for caption in rerun(page).caption)


def test_next_and_back_turn_the_screens():
    page = learn("data")
    assert page.button(key="screen_back").disabled
    page = click(page, "screen_next")
    assert state(page).lessons.screen_data == 1
    assert state(click(page, "screen_back")).lessons.screen_data == 0


def test_the_last_screen_leads_to_the_next_lesson():
    assert state(click(learn("data", 3), "lesson_next")).view.lesson == "network"
    assert state(click(learn("mystery", 3), "lesson_next")).view.lesson == "museum"


def test_a_run_without_classes_is_shown_the_way_to_some():
    page = new_page()
    page.query_params.update({"v": "1", "training.epochs": "30", "data.kind": "plane", "view.room": "learn"})
    rerun(page)
    page.session_state["lesson"], page.session_state["screen_network"] = "network", 1
    assert state(click(rerun(page), "to_data")).view.room == "data"


@pytest.mark.parametrize("kind", ["moons", "rings"])
def test_the_few_points_looked_at_are_of_every_class_and_have_the_networks_logits(kind):
    page = new_page()
    page.query_params.update({"v": "1", "training.epochs": "30", "data.kind": kind, "view.room": "learn"})
    rerun(page)
    page.session_state["lesson"], page.session_state["screen_network"] = "network", 1
    page = click(rerun(page), "opened_train")
    shown, history = page.dataframe[0].value, history_of(page)
    assert set(shown["y"]) == set(range(history.dataset.n_classes))
    points = torch.from_numpy(history.dataset.X_train[shown["point"]])
    with torch.no_grad():
        logits = history.model_at(player(page).epoch)(points).numpy()
    for label in range(history.dataset.n_classes):
        np.testing.assert_allclose(shown[f"logit {label}"], logits[:, label], atol=1e-4)


def test_every_column_of_the_costliest_points_is_right_aligned_as_numbers_are():
    page = learn("training", 0)
    costliest, measured = (json.loads(table.proto.columns) for table in page.dataframe)
    assert costliest["y"]["alignment"] == "right"  # names of classes, which Streamlit would put on the left
    assert [column.get("alignment") for name, column in measured.items() if name != "_index"] == ["right"] * 2


def test_the_opened_step_shows_autograds_numbers():
    page = click(learn("step"), "opened_train")
    page.slider(key="opened_epoch").set_value(120)
    data = opened(rerun(page))
    history = history_of(page)
    step = open_step(history, 120, 0)
    assert data["epoch"] == player(page).epoch == 120
    assert data["loss"] == pytest.approx(step.loss, rel=1e-12)
    for weight in data["weights"]:
        layer, unit, source = step.layers[weight["layer"]], weight["unit"], weight["source"]
        own = layer.bias.gradient[unit] if source is None else layer.weight.gradient[unit, source]
        assert np.float32(weight["gradient"]) == own
        made = np.prod([factor["value"] for factor in data["ways"][weight["way"]]["factors"]])
        assert made == pytest.approx(weight["gradient"], rel=1e-4, abs=1e-7)
    assert len(data["weights"]) == 82


def test_beside_an_opened_step_stand_the_lines_of_the_program_that_is_handed_out():
    page = new_page()
    page.query_params.update({"v": "1", "training.epochs": "10", "model.hidden": "4-3", "training.batch_size": "32"})
    rerun(page)
    page.session_state["room"] = "learn"
    data = opened(rerun(page))
    script = [line.partition("  #")[0] for line in to_script(history_of(page)).split("\n")]
    assert {entry["code"] for entry in data["program"]} <= set(script)
    assert [entry["line"] for entry in data["program"] if entry["loop"] and entry["line"] is not None] == [
        0,
        1,
        3,
        4,
        5,
        2,
    ]  # fmt: skip - with batches the loss goes into the log after them
    step = open_step(history_of(page), 0, 0)
    layers = [entry for entry in data["program"] if entry["column"] and entry["incoming"]]
    assert [entry["column"] for entry in layers] == [1, 2, 3]
    for entry, layer in zip(layers, step.layers, strict=True):
        assert f"{layer.z.min():.4g} and {layer.z.max():.4g}" in entry["say"]


def test_a_points_gradients_begin_with_probability_minus_y():
    data = opened(click(learn("step"), "opened_train"))
    history = history_of(learn("step"))
    X, y = (torch.from_numpy(values[:1]) for values in (history.dataset.X_train, history.dataset.y_train))
    logits = history.model_at(0)(X)
    logits.retain_grad()
    torch.nn.functional.cross_entropy(logits, y).backward()
    first = opened(learn("step"))["starts"]
    assert [way["dz"] for way in first] == pytest.approx(logits.grad[0].tolist(), rel=1e-4)
    assert [way["p"] - way["y"] for way in data["starts"]] == pytest.approx([w["dz"] for w in data["starts"]], abs=1e-5)


def test_the_opened_step_of_a_batch_is_the_runs_own():
    page = choose(learn("step"), "opened_of", "batch")
    data = opened(page)
    assert data["points"] == 256
    assert data["loss"] == pytest.approx(run(experiment_of(page)).train_loss[0], rel=1e-5)
    parts = data["ways"]["0-3-1"]
    total = sum(part["value"] for part in parts["parts"]) + parts["rest"]
    (weight,) = (weight for weight in data["weights"] if weight["way"] == "0-3-1")
    assert total == pytest.approx(weight["gradient"], rel=1e-4, abs=1e-6)


def test_of_a_large_network_the_units_that_matter_are_drawn():
    page = new_page()
    page.query_params.update({"v": "1", "training.epochs": "10", "model.hidden": "64-32-8-8"})
    rerun(page)
    page.session_state["room"] = "learn"
    data = opened(rerun(page))
    assert [len(column["units"]) for column in data["columns"]] == [2, 8, 8, 8, 8, 2]
    assert [column["total"] for column in data["columns"]] == [2, 64, 32, 8, 8, 2]


def test_the_mystery_is_solved_by_its_clues():
    page = learn("mystery", 1)
    for clue in mystery.CLUES:
        page = click(page, f"look_{clue}")
    assert state(page).lessons.mystery_found == set(mystery.CLUES)
    text = said(page)
    assert "ln 2 = 0.693" in text
    assert "of the points arrived somewhere else" in text
    assert page.metric[0].value == "59%"
    for suspect in ("rate", "data"):
        page = choose(page, "mystery_suspect", suspect)
    assert "Every number arrived, but in another place" in said(page)


@pytest.mark.parametrize("screen", [2, 3])
def test_the_mysterys_cause_is_held_back_until_a_guess_was_made(screen):
    cause = "row by row" if screen == 2 else "With the points in order"
    page = learn("mystery", screen)
    assert cause not in said(page)
    assert cause in said(choose(page, "mystery_suspect", "epochs"))


def test_an_exercise_answers_the_guess_and_the_first_guess_counts():
    page = learn("training", len(training.SCREENS) - 1)
    page = choose(page, "guess_slow", "lower")  # a hundredth of the rate gets nowhere in 300 epochs
    assert "It is higher. You expected: lower. Small steps are careful, but they don't arrive." in said(page)
    page = choose(page, "guess_slow", "higher")
    assert "Right: it is higher." in said(page)
    assert state(page).notes.guesses == (("slow", False),)
    assert "Your score: 0 of 1 first guesses right." in said(page)


def test_each_lesson_has_six_exercises_or_more_and_each_changes_one_setting():
    for exercises in EXERCISES.values():
        assert len(exercises) >= 6
        for exercise in exercises:
            assert len(differences((Experiment(), exercise.change(Experiment())))) == 1, exercise.key
    keys = [exercise.key for exercises in EXERCISES.values() for exercise in exercises]
    assert len(keys) == len(set(keys))


def test_fixing_the_mystery_puts_the_run_on_the_page_and_it_learns():
    page = click(choose(learn("mystery", 3), "mystery_suspect", "rate"), "watch_broken")
    assert state(page).playing
    broken = history_of(page).dataset
    page = click(page, "watch_fixed")
    assert state(page).playing
    assert experiment_of(page) == Experiment()
    assert (history_of(page).dataset.X_train != broken.X_train).any()
    first = player(page).epoch
    until(lambda: player(page).epoch > first)
    assert history_of(click(page, "undo")).dataset is broken


@pytest.mark.parametrize(
    ("screen", "keys"),
    [("data", ("noise", "points")), ("network", ("units", "layer")), ("training", ("epochs", "rate"))],
)
def test_an_exercise_is_checked_against_the_persons_own_run(screen, keys):
    page = learn(screen, len(SECTIONS[screen].SCREENS) - 1)
    mine = history_of(page)
    to_its_end = run(mine.experiment)
    for key in keys:
        page = choose(page, f"guess_{key}", "lower")
        assert len(page.table) == 1 + keys.index(key)
        table = page.table[keys.index(key)].value
        assert table.iloc[0, 2] == f"{float(mine_scores(to_its_end).test_loss):.4f}"
    assert state(page).epoch == 0
    page = click(page, f"take_{keys[0]}")
    assert experiment_of(page) != mine.experiment
    assert history_of(click(page, "undo")) is mine


def test_an_exercise_whose_run_can_not_be_made_says_why_and_claims_nothing():
    page = learn("data", len(data.SCREENS) - 1, **{"data.n_points": 40, "training.batch_size": 32})
    page = choose(page, "guess_few", "lower")
    assert [error.value for error in page.error] == [
        "Batch size must be at most the number of training points (20), got 32."
    ]
    assert not page.table
    assert not state(page).notes.guesses


# what was done to a run on its way -> the exercise, and what its two runs are to be
TURNED = {
    "another rate": (
        {"change.100": "learning_rate:1"}, "training", "epochs",
        [{"training.epochs": "120", "training.learning_rate": "1"},
         {"training.epochs": "240", "training.learning_rate": "1"}],
    ),
    "a weight set by hand": (
        {"edit.100.35": "30"}, "network", "units",
        [{"training.epochs": "120"}, {"training.epochs": "120", "model.hidden": "64"}],
    ),
    "initial weights set by hand, another network": (
        {"edit.0.35": "30"}, "network", "units",
        [{"training.epochs": "120"}, {"training.epochs": "120", "model.hidden": "64"}],
    ),
    "initial weights set by hand": (
        {"edit.0.35": "30"}, "training", "rate",
        [{"training.epochs": "120", "edit.0.35": "30"},
         {"training.epochs": "120", "edit.0.35": "30", "training.learning_rate": "0.1"}],
    ),
    "numbers to predict": (
        {"data.kind": "gaussian"}, "training", "rate",
        [{"training.epochs": "120", "data.kind": "gaussian"},
         {"training.epochs": "120", "data.kind": "gaussian", "training.learning_rate": "0.1"}],
    ),
}  # fmt: skip


@pytest.mark.parametrize("turn", TURNED)
def test_an_exercise_changes_one_thing_alone_whatever_was_done_to_the_run(turn):
    link, lesson, key, expected = TURNED[turn]
    link = {"training.epochs": "120", **link}
    page = new_page()
    page.query_params.update({"v": "1", **link, "view.epoch": "120", "view.room": "learn", "view.lesson": lesson})
    rerun(page)
    page.session_state[f"screen_{lesson}"] = len(SECTIONS[lesson].SCREENS) - 1
    page = choose(rerun(page), f"guess_{key}", "lower")
    table = page.table[0].value
    for row, query in enumerate(expected):
        history = run(from_query(query)[0])
        scores = mine_scores(history)
        score = f"{scores.test_score:.1%}" if history.dataset.n_classes else f"{scores.test_score:.4f}"
        assert [*table.iloc[row]] == [
            str(history.n_epochs), f"{scores.train_loss:.4f}", f"{scores.test_loss:.4f}", score
        ]  # fmt: skip
    anew = expected[0] != link
    assert table.index[0] == ("your settings" if anew else "your run")
    assert any("start anew" in caption.value for caption in page.caption) == anew


def mine_scores(history):
    from moons.inspection.points import evaluate  # noqa: PLC0415

    return evaluate(history.model_at(history.n_epochs), history.dataset, history.experiment.training_now).scores


def test_the_parameters_are_counted():
    page = learn("network", 3)
    page.number_input(key="count_guess").set_value(80)
    assert "Not 80" in said(rerun(page))
    page.number_input(key="count_guess").set_value(82)
    assert "**82**" in said(rerun(page))


def test_xor_is_solved_by_hand():
    page = learn("network", 4)
    assert "All four are right" not in said(page)
    page = click(page, "xor_answer")
    assert "All four are right" in said(page)
    assert state(page).lessons.xor_out_b == SOLUTION.out_b
    page.number_input(key="xor_out_b").set_value(1.0)
    assert "All four are right" not in said(rerun(page))


def test_an_exhibit_is_put_on_the_page():
    page = learn("museum")
    assert len([button for button in page.button if str(button.key).startswith("museum_")]) == 2 * len(EXHIBITS)
    page = click(page, "museum_scrambled_before")
    assert state(page).view.room == "train"
    assert experiment_of(page) == EXHIBITS["scrambled"].before
    assert player(page).epoch == 2_000


def test_the_museum_has_every_fault():
    assert {exhibit.condition for exhibit in EXHIBITS.values()} | {"untrained", "learning", "converged"} == set(
        CONDITIONS
    )


@pytest.mark.parametrize(
    ("wanted", "meaning"),
    [
        ("softm", "Turns logits into probabilities"),
        ("argmax", "largest"),
        ("Optimizer", "The rule that turns gradients"),
    ],
)
def test_the_glossary_is_a_press_away_and_searchable(wanted, meaning):
    page = learn("step")
    page.session_state["find_term"] = wanted
    assert meaning in said(click(page, "all_terms"))
    assert "No such term here." not in said(page)


def test_a_term_of_the_glossary_opens_a_screen_that_explains_it():
    for term, place in SHOWN.items():
        after = answered(PageState(), term)
        assert after.view.room == "learn"
        if not place.words and place.lesson != "step":  # the opened step is one screen
            screen = SECTIONS[place.lesson].SCREENS[getattr(after.lessons, f"screen_{place.lesson}")]
            assert term in screen.terms


def test_an_untrained_arg_max_says_why_all_its_rows_are_alike():
    page = learn("network", 2)
    assert "All 5 points get class 1 here" in said(page)
    assert "All 5 points" not in said(click(page, "opened_train"))


def under_way(page):
    (line,) = (element.proto.body for element in page.get("html") if element.proto.body.startswith("<p>"))
    return line


@pytest.mark.parametrize(
    ("lesson", "screen", "also"),
    [
        ("step", None, "This screen follows it."),
        ("training", 4, "This screen follows it."),  # the pictures of Watch
        ("network", 1, "This screen follows it."),
        ("network", 3, "This screen doesn&#x27;t follow it."),
        ("mystery", 3, "This screen doesn&#x27;t follow it."),
        ("museum", None, "This screen doesn&#x27;t follow it."),
    ],
)
def test_a_lesson_says_that_a_run_goes_on_and_whether_its_numbers_follow(lesson, screen, also):
    page = learn(lesson, screen, **{"training.epochs": 90_000})
    assert under_way(page) == "<p></p>"
    line = under_way(send(page, e.TrainPressed()))
    epoch = int(re.search(r"Your run goes on: epoch ([\d,]+) of 90,000\. ", line)[1].replace(",", ""))
    assert 0 <= epoch <= player(page).epoch
    assert line.endswith(f"{also}</p>")
    assert under_way(send(page, e.PausePressed())) == "<p></p>"


def length_without_clearing(history, updates):
    """The gradient's length at the last of so many plain updates, where no gradient is ever set to 0."""
    network, dataset = history.model_at(0), history.dataset
    X, y = torch.from_numpy(dataset.X_train), torch.from_numpy(dataset.y_train)
    optimizer = torch.optim.SGD(network.parameters(), lr=history.experiment.training.learning_rate)
    for _update in range(updates):
        torch.nn.functional.cross_entropy(network(X), y).backward()
        length = torch.cat([p.grad.flatten() for p in network.parameters()]).norm().item()
        optimizer.step()
    return length


def test_before_the_first_update_zero_grad_changes_nothing_and_the_screen_says_when_it_does():
    page = learn("training", 2)
    text = said(page)
    assert "this is the first update, so nothing is left of an earlier one" in text
    later, piled = re.search(r"(\d+) updates later .* and ([\d.]+) long without\.", text).groups()
    assert float(piled) == pytest.approx(length_without_clearing(history_of(page), int(later) + 1), rel=1e-3)
    text = said(send(page, e.Sought(40)))
    left, unclear = re.search(r"update left (-?[\d.]+), .* would be (-?[\d.]+),", text).groups()
    assert float(left) != 0 and left != unclear
