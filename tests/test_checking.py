"""Class sheets on the page: the form, a student's progress, and the check of what is handed in."""

import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.app import events as e
from dashboard.app.checking import MOST, Checking, find_codes, read_codes
from moons import DataSpec, Experiment, FieldError, ModelSpec, TrainSpec, run
from moons.answer import Answer, broken_limits, result_from
from moons.assignment import Assignment
from moons.attempts import MOST as MOST_ATTEMPTS
from moons.attempts import attempts
from tests.page import click, experiment_of, open_page, rerun, send, served, setting, state, until

START = Experiment(DataSpec(n_points=60), ModelSpec((8,)), TrainSpec(epochs=400, learning_rate=0.3))
SHEET = Assignment("Reach 80 %", goal=0.8, max_units=8, start=START)
LARGER = Experiment(START.data, ModelSpec((9,)), START.training)


def checked(text, sheet=SHEET, slices=2_000):
    checking = Checking(sheet, text, watched=lambda: True, changed=lambda: None)
    for _slice in range(slices):
        if checking.work(time.perf_counter() + 1.0) is None:
            break
    return checking


def test_what_is_handed_in_is_computed_anew_and_ranked():
    hopeless = Experiment(START.data, ModelSpec((8,)), TrainSpec(epochs=400, learning_rate=1e-5))
    answers = [("a", hopeless, 400), ("b", LARGER, 400), ("c", START, 400), ("d", START, 400), ("e", START, 9_000)]
    codes = [Answer(name, epoch, experiment).code(SHEET) for name, experiment, epoch in answers]
    checking = checked("\n".join([*codes, codes[1][2:], codes[0][:-3]]))
    assert not checking.running
    assert checking.done == 7
    ranked = checking.ranked()
    assert [row.answer.name for row in ranked if row.result and row.result.met] == ["c", "d", "e"]
    first = ranked[0]
    assert first.result.value == result_from(SHEET, run(START), 400).value
    assert [row.same_as for row in ranked[:3]] == [None, 2, None]
    assert ranked[2].result.epoch == 400  # the run is no longer than that, whatever the code says
    assert [type(row.error) for row in ranked[-2:]] == [FieldError, FieldError]


def test_a_check_can_be_stopped_and_a_run_that_is_too_large_is_not_begun():
    wide = Experiment(START.data, ModelSpec((256,) * 4), TrainSpec(epochs=100_000))
    checking = checked(Answer("x", 100_000, wide).code(SHEET), slices=3)
    assert "too long" in str(checking.rows[0].error)
    checking = Checking(SHEET, Answer("x", 400, START).code(SHEET), watched=lambda: True, changed=lambda: None)
    checking.stop()
    assert checking.work(time.perf_counter() + 1.0) is None
    assert not checking.running
    many = Checking(
        SHEET, "\n".join([Answer("x", 400, START).code(SHEET)[4:]] * 1_000), watched=lambda: True, changed=lambda: None
    )
    assert (len(many.rows), many.left_out) == (MOST, 1_000 - MOST)


def test_codes_are_found_in_a_chat_in_a_quoted_mail_and_where_a_line_is_broken():
    mina, jun = (Answer(name, 400, START).code(SHEET) for name in ("Mina", "준"))
    broken = "\n> ".join(mina[at : at + 30] for at in range(0, len(mina), 30))
    damaged = jun[:20] + "*" + jun[21:]
    chat = [
        *("[09:12] Mina Kim: hello, here it is:", f"> {broken}", "", f"준: `{jun}`, thanks!!"),
        *(f"a,{mina};{jun}", f"Donaudampfschifffahrtsgesellschaft {damaged}", "-" * 60, "https://example.org/?v=1"),
    ]
    codes, other_lines = find_codes("\r\n".join(chat))
    assert [code for _line, code in codes] == [mina, jun, mina, jun, jun[:20] if len(jun[:20]) > 24 else jun[21:]]
    lines = [line for line, _code in codes]
    first = 2 + broken.count("\n") + 2
    assert lines == [2, first, first + 1, first + 1, first + 2]
    assert other_lines == 3
    assert find_codes("good morning") == ([], 1)


def names_in(*lines):
    handed_in = read_codes(SHEET, "\n".join(lines))
    return [row.written for row in handed_in.rows], handed_in.other_lines


def test_a_name_on_the_line_above_a_code_is_its_owner_s_damaged_or_not():
    whole, other = (Answer("", epoch, START).code(SHEET) for epoch in (400, 300))
    damaged = whole[5:]
    assert names_in("Kim Minji", whole, "준:", damaged, "> [09:12] Lee,", f"> {other}") == (
        ["Kim Minji", "준", "Lee"],
        0,
    )
    assert names_in("Mina Kim  9:12 AM", damaged, "Jun — Today at 9:15", other) == (["Mina Kim", "Jun"], 0)
    assert names_in("hello, here it is:", damaged) == ([""], 1)
    assert names_in("Mina", "", damaged) == ([""], 1)  # a signature of what came before, perhaps
    assert names_in("Mina", f"Jun: {damaged}") == (["Jun"], 1)
    assert names_in("Mina\r", f"{damaged}\r") == (["Mina"], 0)


def test_names_below_their_codes_are_not_given_to_the_codes_below_them():
    codes = [Answer("", epoch, START).code(SHEET)[4:] for epoch in (400, 300)]
    assert names_in(codes[0], "Mina", codes[1], "Jun") == (["", ""], 2)
    assert names_in(codes[0], "Mina", "Jun:", codes[1]) == (["", "Jun"], 1)


@given(st.text(), st.lists(st.sampled_from(["Mina", "Jun"]), max_size=3))
def test_whatever_stands_around_codes_they_are_found(text, names):
    around = " ".join(word for word in text.split() if len(word) < 20)
    codes = [Answer(name, 400, START).code(SHEET) for name in names]
    found, _others = find_codes(f"\n{around}\n".join(["", *codes, ""]))
    assert [code for _line, code in found] == codes


def test_a_run_whose_figure_is_no_number_comes_last():
    hopeless = Experiment(START.data, ModelSpec((8,)), TrainSpec(epochs=400, learning_rate=1e-5))
    checking = checked("\n".join(Answer("x", epoch, hopeless).code(SHEET) for epoch in (100, 400)))
    broken, poor = checking.rows
    checking.rows = (replace(broken, result=replace(broken.result, value=float("nan"))), poor)
    assert [row.line for row in checking.ranked()] == [2, 1]


def text_of(page):
    return " ".join(element.value for element in [*page.markdown, *page.caption])


def keys_of(page):
    kinds = ("button_group", "slider", "select_slider", "selectbox", "number_input")
    return {element.key for kind in kinds for element in page.get(kind)}


def test_a_student_sees_the_task_and_gets_a_code_when_the_goal_is_reached():
    page = open_page(view__sheet=SHEET.code)
    assert experiment_of(page) == START
    assert "Reach 80 %" in text_of(page)
    assert "Goal reached" not in text_of(page)
    assert "data.kind" not in keys_of(page)  # the points are given
    assert "diagnosis" in state(page).view.hidden  # it would tell what to do
    send(page, e.Sought(400))
    assert "Goal reached" in text_of(page)
    setting(page, "select_slider", "width0", 9)
    assert "At most 8 hidden units are allowed, and it has 9." in text_of(page)


def test_a_teacher_finds_the_sheet_again_in_the_link_and_checks_codes():
    page = open_page(view__room="classroom", view__sheet=SHEET.code)
    assert page.text_input(key="sheet_task").value == "Reach 80 %"
    setting(page, "number_input", "sheet_goal", 0.7)
    code = Answer("Mina", 400, START).code(replace(SHEET, goal=0.7))
    setting(page, "text_area", "sheet_codes", f"Mina: {code}\n\n{code[5:]}\nthat was all")
    click(page, "check_codes")
    until(lambda: not served(page).checking.running)
    rerun(page)
    (table,) = page.table
    assert table.value["Name"].tolist() == ["Mina", "line 3"]
    assert "no code of a class sheet" in table.value["Notes"].iloc[1]
    assert "1 line without a code is left out." in text_of(page)
    setting(page, "text_area", "sheet_codes", Answer("Jun", 400, LARGER).code(replace(SHEET, goal=0.7)))
    click(page, "check_codes")
    until(lambda: not served(page).checking.running)
    (table,) = rerun(page).table
    assert table.value["Goal"].tolist() == [":red[beyond the limits]"]


def test_a_run_handed_in_three_times_counts_once_and_a_name_beside_a_damaged_code_is_kept():
    page = open_page(view__room="classroom", view__sheet=SHEET.code)
    code = Answer("", 400, START).code(SHEET)
    other = Answer("", 300, START).code(SHEET)
    lines = [f"Kim: {code}", f"[09:12] Lee\t{code}", f"> Park Minji {code}", f"Choi, {code[5:]}", other]
    setting(page, "text_area", "sheet_codes", "\n".join(lines))
    click(page, "check_codes")
    until(lambda: not served(page).checking.running)
    (table,) = rerun(page).table
    assert set(table.value["Name"]) == {"Kim", "Lee", "Park Minji", "Choi", "line 5"}
    met = sum(result_from(SHEET, run(START), epoch).met for epoch in (400, 300))
    said = f"**{met} of 3** reached the goal; 2 more lines are the same run as another one."
    assert said in text_of(page)


@pytest.mark.parametrize(
    ("before", "name"),
    [
        ("Kim: ", "Kim"),
        ("김민지: ", "김민지"),
        ("  > [Mon 09:12] Kim Min-ji = `", "Kim Min-ji"),
        ("Kim;abcdEF*", "Kim"),
        ("hello, here it is: ", ""),
        ("", ""),
        ("x" * 41 + ": ", ""),
    ],
)
def test_a_name_is_what_stands_before_a_code(before, name):
    code = Answer("", 400, START).code(SHEET)[5:]
    (row,) = read_codes(SHEET, before + code).rows
    assert row.written == name


def test_the_goal_is_said_in_percent_beside_its_field_and_the_students_link_is_on_the_paper():
    page = open_page(view__room="classroom", view__sheet=replace(SHEET, goal=0.97).code)
    assert "To reach 0.97 is an accuracy of 97.0%." in text_of(page)
    sheet = replace(SHEET, goal=0.97)
    assert any(f"view.sheet={sheet.code}" in element.value for element in page.text)
    page = setting(page, "selectbox", "sheet_metric", "test_loss")
    assert "is an accuracy of" not in text_of(page)


def test_a_damaged_sheet_is_told():
    page = open_page(view__sheet="rubbish")
    assert "can't be read" in page.error[0].value


def test_a_link_shows_one_screen_alone_and_says_what_to_do():
    query = {"view.room": "learn", "view.lesson": "network", "view.screen": "2", "view.only": "true"}
    page = open_page(**query, **{"view.task": "Count the **units**."})
    assert "Count the \\*\\*units\\*\\*." in text_of(page)
    assert state(page).lessons.screen_network == 1
    assert not {"room", "lesson", "screen_network", "n_layers", "preset"} & keys_of(page)


def test_a_parameter_that_is_given_twice_has_both_values():
    page = open_page(**{"view.hide": ["rooms", "presets"]})
    assert state(page).view.hide == ("rooms", "presets")
    assert not {"room", "preset"} & keys_of(page)


@pytest.mark.parametrize(
    "limits",
    [{}, {"max_units": 0}, {"max_units": 1, "max_epochs": 50}, {"fixed": ("model.activation", "training.optimizer")}],
)
def test_what_is_tried_for_a_goal_keeps_to_its_limits_and_varies_the_rest(limits):
    sheet = replace(SHEET, **{"max_units": None, **limits})
    tried = attempts(sheet)
    assert len(set(tried)) == len(tried) <= MOST_ATTEMPTS
    for one in tried:
        assert not broken_limits(sheet, one, one.training.epochs)
    assert tried
    free = {"activation", "optimizer"} - {place.partition(".")[2] for place in sheet.fixed}
    for name in free - ({"activation"} if limits.get("max_units") == 0 else set()):
        assert len({getattr(one.model, name, None) or getattr(one.training, name) for one in tried}) > 1


def test_a_teacher_learns_whether_a_goal_was_reached_by_any_run_tried():
    page = open_page(view__room="classroom", view__sheet=SHEET.code)
    click(page, "attempt_goal")
    until(lambda: not served(page).attempting.running)
    rerun(page)
    met = sum(row.result.met for row in served(page).attempting.rows)
    assert met > 0
    assert f"Reached by **{met} of {len(attempts(SHEET))}** runs tried." in text_of(page)
    setting(page, "number_input", "sheet_goal", 1.0)
    setting(page, "number_input", "sheet_max_epochs", 1)
    assert "runs tried" not in text_of(page)  # they belong to another goal
    click(page, "attempt_goal")
    until(lambda: not served(page).attempting.running)
    assert "**none of" in text_of(rerun(page))
    assert "That doesn't prove that it can't be." in text_of(page)
