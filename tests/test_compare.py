"""The room Compare, run as Streamlit runs it, without a browser."""

from dataclasses import replace

import numpy as np
import pytest

from dashboard.app import events as e
from dashboard.app import shelf
from dashboard.app.names import names_beside
from dashboard.app.runs import Run
from dashboard.app.shelf import Kept
from dashboard.app.state import Comparison, Looked, RunId
from moons import Experiment, History, ModelSpec, TrainSpec, run
from tests.page import (
    at_end,
    click,
    history_of,
    live,
    open_page,
    player,
    rerun,
    send,
    served,
    setting,
    state,
)


@pytest.fixture(autouse=True)
def every_run_is_more_than_a_glimpse(monkeypatch):
    monkeypatch.setattr(shelf, "GLIMPSE", 0.0)


def compare(page):
    page.segmented_control(key="room").set_value("compare")
    return rerun(page)


def two_runs(**query):
    page = compare(open_page(training__epochs="60", **query))
    for rate in (0.1, 1.0):
        page = setting(page, "select_slider", "training.learning_rate", rate)
    return page


def said(page):
    """The table: {row: values}."""
    frame = page.table[0].value
    return {row: list(frame.loc[row]) for row in frame.index}


def test_the_last_two_runs_stand_beside_each_other_with_only_what_differs():
    page = two_runs()
    assert len(page.multiselect(key="compared").value) == 2
    rows = said(page)
    settings = list(rows)[: list(rows).index("Epoch")]
    assert settings == ["Learning rate"]
    assert rows["Learning rate"] == ["0.1", "1.0"]
    for column, rate in enumerate((0.1, 1.0)):
        history = run(Experiment(training=TrainSpec(epochs=61, learning_rate=rate)))
        assert float(rows["Loss, train"][column]) == pytest.approx(float(history.train_loss[60]), abs=1e-4)


def test_a_short_computing_time_is_not_told_as_none():
    page = two_runs()
    for kept, seconds in zip(served(page).shelf, (0.00321, 12.345), strict=True):
        kept.run.seconds = seconds
    assert [*rerun(page).table[0].value.loc["Computing time"]] == ["0.0032 s", "12.35 s"]


def test_the_pictures_are_of_the_epoch_looked_at():
    page = two_runs()
    page = send(page, e.Chosen(Comparison(compared=(1, 2), compared_with=2, compared_epoch=7)))
    shown = live(page)
    assert (shown["epoch"], shown["last"]) == (7, 60)
    loss = run(Experiment(training=TrainSpec(epochs=8, learning_rate=0.1))).train_loss[7]
    assert shown["pictures"][0]["says"].startswith(f"Loss {loss:.4f}")
    assert [picture["letter"] for picture in shown["pictures"]] == ["A", "B", "≠"]
    assert said(page)["Epoch"] == ["7", "7"]
    assert said(page)["Loss, train"][0] == f"{loss:.4f}"  # the table is of the same epoch as the captions
    assert said(page)["Epochs trained"] == ["60", "60"]
    assert "A and B put" in shown["disagreement"]


def test_a_rewind_is_one_click_and_starts_from_the_same_weights():
    page = two_runs()
    before = history_of(page)
    names = [button.label for button in page.button if button.key and button.key.startswith("rewind")]
    page = click(page, f"rewind{names.index('Optimiser Adam')}")
    now = history_of(page)
    assert now.experiment.training == TrainSpec(epochs=60, learning_rate=1.0, optimizer="adam")
    np.testing.assert_array_equal(now.weights_at(0), before.weights_at(0))
    assert at_end(page)
    assert page.selectbox(key="training.optimizer").value == "adam"
    assert len(page.multiselect(key="compared").value) == 3
    assert list(said(page))[:2] == ["Learning rate", "Optimiser"]


def test_a_kept_run_can_be_opened_again_as_the_current_one():
    page = two_runs()
    first = next(iter(served(page).shelf))
    page = click(page, "open0")
    assert player(page).run is first.run
    assert page.select_slider(key="training.learning_rate").value == 0.1
    assert page.button(key="open0").disabled


def test_a_run_can_be_named_pinned_and_removed():
    page = two_runs()
    page = setting(page, "text_input", "name1", "  <b>slow</b> ")
    assert live(page)["pictures"][0]["name"] == "1 · <b>slow</b>"
    page = setting(page, "toggle", "pin1", True)
    assert next(iter(served(page).shelf)).pinned
    page = click(page, "remove1")
    assert [kept.number for kept in served(page).shelf] == [2]
    assert page.multiselect(key="compared").value == [2]


def test_the_current_run_can_only_be_removed_once_another_is_opened():
    page = two_runs()
    assert [page.button(key=f"remove{number}").disabled for number in (1, 2)] == [False, True]
    assert "open another run first" in page.button(key="remove2").help
    page = click(page, "open0")
    assert [page.button(key=f"remove{number}").disabled for number in (1, 2)] == [True, False]


def test_before_anything_is_trained_one_press_makes_two_runs_to_compare():
    page = compare(open_page(training__epochs="60"))
    assert "No run is kept yet." in "".join(element.value for element in page.markdown)
    assert [picture["letter"] for picture in live(page)["pictures"]] == ["A"]
    assert not page.table
    page = click(page, "rewind0")
    rows = said(page)
    assert rows["Learning rate"] == ["0.01", "0.1"]
    assert rows["Epochs trained"] == ["60", "60"]
    assert state(page).comparison.compared == (1, 2)


def test_one_run_alone_is_shown_beside_what_to_compare_it_with():
    page = setting(compare(open_page(training__epochs="60")), "select_slider", "training.learning_rate", 0.1)
    assert page.button(key="rewind0").label == "Compare with: Learning rate 1.0"
    assert list(said(page)) == [
        "Epoch", "Loss, train", "Loss, test", "Accuracy, train", "Accuracy, test", "Epochs trained", "Computing time",
    ]  # fmt: skip


def test_with_no_run_chosen_the_one_on_the_page_is_shown():
    page = two_runs()
    page.multiselect(key="compared").set_value([])
    page = rerun(page)
    assert [picture["name"] for picture in live(page)["pictures"]] == ["2 · Epochs 60, Learning rate 1.0"]


def test_a_regression_is_compared_by_its_own_measures():
    page = two_runs(data__kind="plane")
    assert {"R², train", "R², test"} <= said(page).keys()
    assert "R² " in live(page)["pictures"][0]["says"]
    assert "a tenth of the numbers' range apart" in live(page)["disagreement"]


def test_runs_that_answer_different_questions_have_no_map():
    page = compare(open_page(training__epochs="60", data__kind="plane"))
    page = setting(page, "select_slider", "training.learning_rate", 0.1)
    page.session_state["data.kind"] = "moons"
    page = rerun(page)
    assert len(live(page)["pictures"]) == 2
    assert "there is no map" in live(page)["disagreement"]
    assert said(page)["Dataset"] == ["Plane", "Two moons"]


def test_runs_on_different_data_can_be_compared():
    page = open_page(training__epochs="60")
    for noise in (0.2, 0.3):
        page = setting(page, "slider", "data.noise", noise)
    page = compare(page)
    assert said(page)["Noise"] == ["0.2", "0.3"]


def test_titles_say_what_tells_the_runs_apart():
    wide = Experiment(
        model=ModelSpec((8, 8, 8), init_scale=2.0), training=TrainSpec(epochs=60, optimizer="adam", l1=0.01)
    )
    runs = [replace(wide, training=replace(wide.training, learning_rate=rate)) for rate in (0.1, 0.01)]
    kept = [Kept(Run(RunId(one), History(one)), Looked(), 4 + k, 0.0) for k, one in enumerate(runs)]
    assert names_beside(kept, str) == ["4 · Learning rate 0.1", "5 · Learning rate 0.01"]
    kept[1].name = "mine"
    assert names_beside(kept, str)[1] == "5 · mine"


def test_any_run_is_compared_with_any_other():
    page = two_runs()
    page = setting(page, "select_slider", "training.learning_rate", 0.5)
    page = setting(page, "multiselect", "compared", [1, 2, 3])
    page = setting(page, "segmented_control", "compared_first", "B")
    assert live(page)["pictures"][-1]["name"] == "Where B and A disagree"  # none with itself
    page = setting(page, "segmented_control", "against", "C")
    assert live(page)["pictures"][-1]["name"] == "Where B and C disagree"
