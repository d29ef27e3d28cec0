"""Class sheets: their codes come back whole, and what is handed in is computed anew."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moons import DataSpec, Edit, Experiment, FieldError, History, ModelSpec, TrainSpec, run
from moons.answer import MOST_COST, Answer, answer_from, first_epoch, result_from
from moons.assignment import FIXABLE, METRICS, Assignment, assignment_from
from moons.packed import pack, unpack
from moons.scores import scores_of
from tests.strategies import data_specs, model_specs, train_specs

starts = st.builds(Experiment, data_specs, model_specs, train_specs)
lines = st.text(st.characters(exclude_categories=["C", "Z"]), max_size=40)
assignments = st.builds(
    Assignment,
    task=lines,
    metric=st.sampled_from(sorted(METRICS)),
    goal=st.floats(0, 1_000),
    max_units=st.none() | st.integers(0, 1_000),
    max_epochs=st.none() | st.integers(1, 100_000),
    fixed=st.lists(st.sampled_from(sorted(FIXABLE)), unique=True).map(tuple),
    by_hand=st.booleans(),
    start=starts,
)
SPIRALS = Assignment(
    task="Reach 95 % on the spirals with at most 12 units.",
    max_units=12,
    max_epochs=5_000,
    fixed=("training.optimizer",),
    start=Experiment(DataSpec(kind="spirals")),
)
EASY = Assignment(goal=0.8, max_units=12, max_epochs=3_000, start=Experiment(model=ModelSpec(hidden=(8,))))


def rules_broken(assignment, experiment, epoch=0):
    return [error.template for error in result_from(assignment, History(experiment), epoch).broken]


@settings(max_examples=30, deadline=None)
@given(assignments)
def test_a_sheet_comes_back_whole_from_its_code(assignment):
    assert assignment_from(assignment.code) == assignment


@settings(max_examples=30, deadline=None)
@given(assignments, lines, st.integers(0, 100_000), model_specs, train_specs)
def test_an_answer_comes_back_whole_with_the_points_of_its_task(assignment, name, epoch, model, training):
    training = replace(training, batch_size=None)
    answer = Answer(name, epoch, Experiment(assignment.start.data, model, training))
    assert answer_from(answer.code(assignment), assignment) == answer
    with pytest.raises(FieldError, match="another task"):
        answer_from(answer.code(assignment), replace(assignment, goal=assignment.goal / 2 + 0.1))


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_a_damaged_code_is_refused_with_a_sentence_or_says_the_same(data):
    code = Answer("Mina", 500, EASY.start).code(EASY)
    place = data.draw(st.integers(0, len(code) - 1))
    damaged = code[:place] + data.draw(st.text(st.characters(codec="utf-8"), max_size=3)) + code[place + 1 :]
    try:
        assert answer_from(damaged, EASY) == answer_from(code, EASY)
    except FieldError as error:
        assert str(error)


@settings(max_examples=60, deadline=None)
@given(
    st.recursive(st.none() | st.integers() | st.floats() | st.text(max_size=5),
                 lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=5), inner, max_size=3)),
)  # fmt: skip
def test_what_is_packed_by_someone_else_gives_a_sentence_and_no_traceback(value):
    for forged in (value, [1, EASY.key, value, "x", {}], [1, EASY.key, 3, value, {}], [1, EASY.key, 3, "x", value]):
        for read in (assignment_from, lambda code: answer_from(code, EASY)):
            try:
                read(pack(forged))
            except FieldError as error:
                assert str(error)


def test_a_forged_answer_is_recomputed_to_the_truth():
    version, key, _epoch, _name, query = unpack(Answer("Mina", 5, EASY.start).code(EASY))
    better = {**query, "data.noise": "0.0", "data.n_points": "20"}  # easier points, and a figure
    forged = answer_from(pack([version, key, 2_000, "Mina", {**better, "test_score": "1.0"}]), EASY)
    assert forged.experiment.data == EASY.start.data
    history = run(forged.experiment)
    scores = scores_of(history.model_at(2_000), history.dataset, forged.experiment.training)
    assert result_from(EASY, history, 2_000).value == scores.test_score


def test_a_goal_is_met_within_all_limits_only():
    history = run(EASY.start)
    assert result_from(EASY, history, 2_000).met
    assert not result_from(EASY, history, 0).reached
    late = result_from(EASY, history, 3_001)
    assert late.reached
    assert not late.met
    epoch = first_epoch(EASY, history)
    assert epoch is not None
    assert result_from(EASY, history, epoch).met
    assert not result_from(EASY, history, epoch - 1).reached
    assert first_epoch(replace(EASY, goal=1.01, metric="train_score"), history) is None
    assert first_epoch(replace(EASY, goal=0.3, metric="test_loss"), history) == (history.test_loss <= 0.3).argmax()


def test_every_broken_limit_has_a_sentence():
    start = SPIRALS.start
    assert rules_broken(SPIRALS, replace(start, model=ModelSpec(hidden=(6, 6)))) == []
    assert "units" in rules_broken(SPIRALS, replace(start, model=ModelSpec(hidden=(7, 6))))[0]
    easier = replace(start, data=DataSpec(kind="spirals", noise=0.0), model=ModelSpec((4,)))
    assert "points" in rules_broken(SPIRALS, easier)[0]
    adam = replace(start, model=ModelSpec((4,)), training=TrainSpec(optimizer="adam"))
    assert rules_broken(SPIRALS, adam) == ["{field} must stay as it was"]
    small = replace(start, model=ModelSpec((4,)))
    by_hand = small.edited(Edit(0, 3, 0.5))
    assert "by hand" in rules_broken(SPIRALS, by_hand)[0]
    assert rules_broken(replace(SPIRALS, by_hand=True), by_hand) == []
    changed = small.changed(10, TrainSpec(learning_rate=0.1))
    assert rules_broken(replace(SPIRALS, fixed=("training.learning_rate",)), changed) == ["{field} must stay as it was"]
    wide = replace(SPIRALS.start, model=ModelSpec((256, 256)), training=TrainSpec(epochs=100_000))
    assert 10_000 * wide.data.n_train * (3 * 256 + 257 * 256 + 257 * 2) > MOST_COST


def test_a_sheet_of_too_many_points_says_so():
    many = replace(EASY, start=Experiment(DataSpec(kind="own")))
    assert assignment_from(many.code) == many
    edited = EASY.start
    for k in range(51):
        edited = edited.edited(Edit(k, 0, 0.1))
    with pytest.raises(FieldError, match="than a link can hold"):
        _code = replace(EASY, start=edited).code
