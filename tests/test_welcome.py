"""The way in: questions that open their answers, a tour that notices what was done, notes that a browser keeps."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from dashboard.app import events as e
from dashboard.app.notes import Notes, from_text, merged, to_text
from dashboard.app.questions import QUESTIONS
from dashboard.app.state import Cursor, Looked, PageState, Place, Progress
from dashboard.app.tour import STOPS
from dashboard.app.update import update
from dashboard.rooms.learn import LESSONS
from tests.page import click, history_of, open_page, rerun, send, state

ACTS = {
    "data": e.PointFollowed(3),
    "forward": e.WeightPointedAt(Place(1, 2)),
    "loss": e.PointFollowed(5),
    "gradient": e.WeightPointedAt(Place(2, 0, 4)),
    "step": e.StepPressed(1),
    "repeat": e.TrainPressed(),
}
GUESSES = st.dictionaries(st.text(max_size=9), st.booleans()).map(lambda said: tuple(said.items()))
NOTES = st.builds(Notes, st.booleans(), GUESSES)


def test_each_stop_notices_the_one_act_that_it_asks_for():
    now = PageState()
    for number, stop in enumerate(STOPS):
        now = update(now, e.TourMoved(number))
        for key, act in ACTS.items():
            twin = {"data": "loss", "loss": "data"}.get(key)
            also = key == "gradient" and stop.key == "forward"  # a weight leads into a unit
            assert update(now, act).tour.done == (stop.key in (key, twin) or also), (stop.key, key)
        now = update(now, ACTS[stop.key])
    assert update(now, e.TourMoved(len(STOPS))).tour is None


def test_the_tour_begins_at_rest_with_the_untrained_network():
    moving = update(PageState(Looked(cursor=Cursor(700)), Progress(900)), e.TrainPressed())
    begun = update(moving, e.TourMoved(0))
    assert (begun.epoch, begun.busy, begun.view.room) == (0, False, "train")


def test_a_question_opens_a_lesson_that_exists():
    for key, question in QUESTIONS.items():
        after = update(PageState(), e.Asked(key))
        assert after.view.room == question.room
        assert after.view.lesson in LESSONS
    assert update(PageState(), e.Asked("logit")).lessons.screen_network == 1


@pytest.mark.parametrize(
    "question, term",
    [
        ("forward", "forward"),
        ("logit", "logit"),
        ("argmax", "argmax"),
        ("cross_entropy", "loss"),
        ("backward", "gradient"),
    ],
)
def test_a_question_about_a_word_of_the_notebook_opens_the_screen_that_the_glossary_names(question, term):
    assert question in QUESTIONS
    asked, looked_up = (update(PageState(), e.Asked(key)) for key in (question, term))
    assert (asked.view, asked.lessons) == (looked_up.view, looked_up.lessons)


@given(NOTES, NOTES)
def test_notes_come_back_from_the_browser_and_its_first_guesses_count(kept, now):
    assert from_text(to_text(kept)) == (kept if kept != Notes() else Notes())
    both = merged(kept, now)
    assert dict(both.guesses) == dict(now.guesses) | dict(kept.guesses)
    assert both.welcome == (kept.welcome and now.welcome)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"welcome": 1}', '{"welcome": true, "guesses": [3]}', "null"])
def test_notes_that_can_not_be_read_say_nothing(text):
    assert from_text(text) == Notes()


def said(page):
    return " ".join(element.value for element in page.markdown)


def test_a_visitor_is_asked_shown_round_and_left_alone():
    page = open_page(training__epochs="300", v="1")
    page = click(page, "ask_logit")
    assert (state(page).view.room, state(page).lessons.screen_network) == ("learn", 1)
    page.session_state["room"] = "train"
    page = click(rerun(page), "tour_begin")
    page = send(page, e.PointFollowed(7))
    X, y = history_of(page).dataset.X_train, history_of(page).dataset.y_train
    assert f"Point 7: x0 is {X[7, 0]:.3f}, x1 is {X[7, 1]:.3f}, its class is {y[7]}." in said(page)
    page = click(click(page, "tour_next"), "tour_next")
    page = send(page, e.PointFollowed(9))
    logits = history_of(page).model_at(0)(torch.from_numpy(X[9:10]))
    probability = logits.softmax(dim=1)[0, y[9]].item()
    assert f"{probability:.4f}" in said(page)
    assert f"= {-math.log(probability):.4f}." in said(page)
    page = click(click(page, "tour_close"), "questions_close")
    assert not state(page).notes.welcome
    assert not [button for button in page.button if (button.key or "").startswith("ask_")]


def test_a_class_link_that_hides_the_rooms_asks_no_question_that_leads_there():
    page = open_page(view__hide="rooms")
    keys = {button.key for button in page.button}
    assert "tour_begin" in keys
    assert not {f"ask_{key}" for key in QUESTIONS} & keys
    page = open_page(view__hide="rooms-welcome")
    assert "tour_begin" not in {button.key for button in page.button}
