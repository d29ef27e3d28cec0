"""`update` is a pure function: what a person does to the state of the page, and what follows for the run."""

from copy import deepcopy
from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as st

from dashboard.app import events as e
from dashboard.app.questions import QUESTIONS
from dashboard.app.state import (
    Cursor,
    DataRoom,
    Inside,
    Looked,
    Motion,
    Notice,
    PageState,
    Place,
    Progress,
    RunId,
    Shared,
    Transport,
)  # fmt: skip
from dashboard.app.update import anew, undoable, update
from dashboard.app.view import View
from moons import DataSpec, Edit, Experiment, FieldError, History, ModelSpec, TrainSpec, run
from moons.data import make_dataset, table_of
from moons.progress import NOT_FINITE, TRAINED
from moons.run import Change

SHORT = Experiment(DataSpec(n_points=40, n_test=20), training=TrainSpec(epochs=500))
LONG = Experiment(DataSpec(n_points=5_000), ModelSpec(hidden=(256, 256)), TrainSpec(epochs=100_000))
NOTICE = Notice(lambda _: _("Something is said."))
FORWARD = Motion.FORWARD


def english(sentence):
    return sentence


def said(state):
    return state.notice.say(english) if state.notice else None


def at(experiment, epoch, *, known=None, instant=False, **looked):
    """The state of a run at rest, trained up to the epoch looked at if nothing else is said."""
    known = epoch if known is None else known
    ended = TRAINED if known == experiment.epochs else None
    run_looked_at = Looked(RunId(experiment), Cursor(epoch), **looked)
    return PageState(run_looked_at, Progress(known, ended), transport=Transport(instant=instant))


def playing(state, motion=FORWARD):
    return replace(state, looked=replace(state.looked, cursor=replace(state.looked.cursor, motion=motion)))


def asked(experiment, **training):
    """The experiment that the widgets say, with one other setting."""
    settings = replace(experiment.training_now, **training or {"learning_rate": 0.06})
    return Experiment(experiment.data, experiment.model, settings)


def changed(state, wanted, device="auto"):
    return update(state, e.SettingsChanged(wanted, device))


# settings that change


@pytest.mark.parametrize("instant", [True, False])
def test_a_long_run_that_is_played_goes_on_from_where_it_is(instant):
    state = changed(playing(at(LONG, 2, instant=instant)), asked(LONG))
    assert state.epoch == 0, "what the new run knows is told by the next Moved"
    assert state.looked.cursor == Cursor(2, FORWARD)
    assert [change.epoch for change in state.experiment.changes] == [2]
    assert said(state) == "From epoch 2 on: Learning rate 0.06. The loss chart marks it."
    assert state.notice.undo


def test_a_paused_run_goes_on_from_where_it_is():
    state = changed(at(LONG, 2), asked(LONG))
    assert state.looked.cursor == Cursor(2)
    assert [change.epoch for change in state.experiment.changes] == [2]


def test_with_instant_a_paused_run_is_computed_anew_to_its_end():
    state = changed(at(LONG, 2, instant=True), asked(LONG))
    assert state.experiment == asked(LONG)
    assert state.looked.cursor == Cursor(100_000)
    assert state.computing and state.busy


def test_at_the_end_of_a_run_another_rate_means_another_run():
    state = changed(at(SHORT, 500), asked(SHORT))
    assert state.looked == Looked(RunId(asked(SHORT)), Cursor(0))
    assert "needs a new run" in said(state)


def test_at_the_end_of_a_run_more_epochs_go_on_from_there():
    state = changed(at(SHORT, 500), asked(SHORT, epochs=800))
    assert (state.looked.cursor, state.experiment.epochs) == (Cursor(500), 800)


def test_a_run_that_has_diverged_has_no_epoch_left_to_go_on_with():
    diverged = replace(at(SHORT, 300), progress=Progress(300, NOT_FINITE))
    assert changed(diverged, asked(SHORT)).looked == Looked(RunId(asked(SHORT)))


def test_fewer_epochs_than_are_trained_mean_a_new_run_on_a_branch_too():
    branch = at(SHORT, 500, instant=True, origin=300)
    state = changed(branch, asked(SHORT, epochs=7))
    assert (state.looked.cursor.epoch, state.looked.origin) == (7, 0)


def test_a_change_before_the_epoch_of_a_branch_begins_there():
    state = changed(at(SHORT, 100, known=500, origin=300), asked(SHORT))
    assert (state.looked.cursor, state.looked.origin) == (Cursor(100), 100)


def test_with_instant_a_change_on_a_branch_holds_from_where_it_branched():
    state = changed(at(SHORT, 500, instant=True, origin=300), asked(SHORT))
    assert state.experiment == SHORT.changed(300, asked(SHORT).training)
    assert (state.looked.cursor, state.looked.origin) == (Cursor(500), 300)
    assert said(state).startswith("From epoch 300 on: Learning rate 0.06.")


ANEW = {
    "rate": asked(SHORT),
    "optimiser": asked(SHORT, optimizer="adam"),
    "activation": replace(SHORT, model=ModelSpec(activation="tanh")),
    "data": replace(SHORT, data=DataSpec(n_points=40, n_test=20, noise=0.3)),
}


@pytest.mark.parametrize("wanted", ANEW.values(), ids=ANEW)
@pytest.mark.parametrize("epoch", [0, 500])
def test_weights_set_by_hand_before_the_first_epoch_stay_where_a_run_starts(wanted, epoch):
    before = at(SHORT.edited(Edit(0, 35, 5.0)), epoch, instant=True)
    state = changed(before, wanted)
    assert History(state.experiment).weights_at(0)[35] == 5.0
    assert state.looked.cursor == Cursor(500)
    assert said(state) is None
    assert anew(before, wanted).run == state.looked.run


@pytest.mark.parametrize("model", [ModelSpec(hidden=(8,)), ModelSpec(seed=1), ModelSpec(init="xavier")])
def test_weights_set_by_hand_leave_with_the_network_they_were_set_in_and_that_is_said(model):
    state = changed(at(SHORT.edited(Edit(0, 35, 5.0)), 500, instant=True), replace(SHORT, model=model))
    assert state.experiment.edits == ()
    assert said(state).endswith("this needs a new run, without the weights that you set by hand.")
    assert state.notice.undo


def test_another_device_is_another_run():
    state = changed(at(SHORT, 500), SHORT, "cuda")
    assert state.looked == Looked(RunId(SHORT, "cuda"))
    assert said(state).startswith("Device: this needs a new run.")


def test_settings_that_say_what_is_run_already_change_nothing():
    state = replace(at(SHORT, 20), notice=NOTICE)
    assert changed(state, SHORT) is state
    more = update(state, e.SettingsChanged(SHORT, "auto", Notice(lambda _: _("A preset."), undo=True)))
    assert (said(more), more.notice.undo, more.looked) == ("A preset.", False, state.looked)


def test_a_weight_that_no_network_has_is_an_error():
    with pytest.raises(FieldError, match="parameter must be"):
        update(at(SHORT, 500), e.WeightSet(Place(1, 0), -1, 1.0, 0.0, english))


# the transport


def test_train_plays_on_and_at_the_end_from_the_start():
    assert update(at(SHORT, 20), e.TrainPressed()).looked.cursor == Cursor(20, FORWARD)
    assert update(at(SHORT, 500), e.TrainPressed()).looked.cursor == Cursor(0, FORWARD)
    stopped = replace(at(SHORT, 300), progress=Progress(300, NOT_FINITE))
    assert update(stopped, e.TrainPressed()).looked.cursor == Cursor(0, FORWARD)
    assert update(at(SHORT, 500), e.TrainPressed(backwards=True)).looked.cursor == Cursor(500, Motion.BACKWARD)
    assert update(at(SHORT, 20), e.TrainPressed()).looked.by_hand


def test_pause_rests_at_the_epoch_on_the_screen_and_leaves_what_was_said():
    state = replace(playing(at(SHORT, 120)), notice=NOTICE)
    assert update(state, e.PausePressed()).looked.cursor == Cursor(120, paused=True)
    assert update(state, e.PausePressed(epoch=100)).looked.cursor == Cursor(100, paused=True)
    assert update(state, e.PausePressed()).notice is NOTICE


def test_pause_ends_what_is_computed():
    state = update(at(SHORT, 500, known=120), e.PausePressed())
    assert (state.looked.cursor, state.busy) == (Cursor(120, paused=True), False)


def test_quick_steps_add_up():
    state = at(SHORT, 0)
    for epoch in (10, 20, 30):
        state = update(state, e.StepPressed(10))
        assert (state.looked.cursor, state.computing) == (Cursor(epoch), True)
    assert update(at(SHORT, 495), e.StepPressed(10)).looked.cursor == Cursor(500)


@pytest.mark.parametrize(("epoch", "found"), [(-5, 0), (100, 100), (999, 500)])
def test_an_epoch_is_sought_within_the_run(epoch, found):
    assert update(replace(at(SHORT, 20), notice=NOTICE), e.Sought(epoch)).looked.cursor == Cursor(found)


def test_reset_is_the_same_run_from_its_start_with_the_settings_it_has_now():
    state = update(at(SHORT.changed(100, asked(SHORT).training), 200), e.ResetPressed())
    assert state.looked == Looked(RunId(asked(SHORT)))
    assert said(state) is None


def test_a_branch_has_the_settings_that_held_at_its_epoch():
    branched = at(SHORT.changed(100, asked(SHORT).training), 80, known=500)
    state = update(branched, e.BranchPressed())
    assert (state.looked.origin, state.looked.cursor) == (80, Cursor(80))
    assert state.experiment.training_now == SHORT.training
    assert update(replace(state, progress=Progress(80)), e.BranchPressed()).looked == state.looked


# other runs, and back


def test_undo_brings_the_run_before_back_at_rest():
    first = playing(at(SHORT, 100))
    second = update(first, e.RunOpened(Looked(RunId(LONG), Cursor(7)), NOTICE))
    third = update(second, e.Undone())
    assert third.looked == at(SHORT, 100).looked
    assert third.notice is None
    assert update(third, e.Undone()) == third, "there was nothing before"


def test_undo_takes_back_what_was_done_last_whatever_it_was():
    states = [at(SHORT, 100)]
    states.append(edited(states[-1], 2.0))
    table = table_of(make_dataset(DataSpec(seed=5)))
    states.append(changed(states[-1], replace(states[-1].experiment, data=DataSpec("own", table=table))))
    states.append(changed(states[-1], replace(states[-1].experiment, training=TrainSpec(epochs=7))))
    undone = replace(states[-1], data_room=DataRoom(waiting=(("1", "", ""),)))
    for before in reversed(states[:-1]):
        undone = update(undone, e.Undone())
        assert undone.experiment == before.experiment
    assert undone.before is None
    assert (undone.data_room.version, undone.data_room.waiting) == (1, ()), "the table of the points starts afresh"


def test_a_link_opens_at_rest_and_is_computed_up_to_what_its_picture_needs():
    view = View(epoch=100, since=250, picture="change")
    state = update(PageState(), e.Opened(SHORT, view, NOTICE))
    assert (state.view, state.notice, state.looked.cursor.wanted) == (view, NOTICE, 250)
    label = update(PageState(), e.Opened(SHORT, replace(view, picture="label")))
    assert label.looked.cursor == Cursor(100)
    late = update(PageState(), e.Opened(SHORT, View(epoch=9_000, since=9_000, picture="change")))
    assert late.looked.cursor.wanted == late.looked.cursor.epoch == 500


def test_a_point_is_followed_as_long_as_the_points_are_the_same():
    state = update(at(SHORT, 0), e.PointFollowed(7))
    assert (state.followed, state.inside.path_point) == (7, 7)
    assert changed(state, asked(SHORT)).followed == 7
    assert changed(state, ANEW["data"]).followed is None
    assert update(state, e.PointFollowed(7)).followed is None


def test_a_unit_picked_twice_is_picked_no_more():
    state = update(at(SHORT, 0), e.UnitPicked((1, 3)))
    assert state.view.unit == (1, 3)
    assert update(state, e.UnitPicked((1, 3))).view.unit == ()
    assert update(state, e.UnitPicked((1, 4))).view.unit == (1, 4)


def test_the_surface_stands_still():
    state = update(playing(at(SHORT, 120)), e.SurfaceAsked())
    assert (state.surface, state.looked.cursor) == (True, Cursor(120))
    assert not update(state, e.SurfaceAsked(shown=False)).surface


def test_a_fault_ends_the_motion_and_is_said():
    state = update(playing(at(SHORT, 120)), e.Failed(NOTICE))
    assert (state.looked.cursor, state.notice) == (Cursor(120), NOTICE)


# weights set by hand

PLACE = Place(1, 3, 1)


def edited(state, value, was=0.5):
    return update(state, e.WeightSet(PLACE, 7, value, was, english))


def test_a_weight_set_by_hand_begins_a_branch_that_plays_on_if_the_run_did():
    state = edited(at(SHORT, 100), 2.0)
    assert state.experiment.edits == (Edit(100, 7, 2.0),)
    assert (state.looked.origin, state.looked.cursor) == (100, Cursor(100))
    assert edited(playing(at(SHORT, 100)), 2.0).looked.cursor == Cursor(100, FORWARD)
    assert edited(playing(at(SHORT, 500)), 2.0).looked.cursor == Cursor(500)


def test_a_weight_that_is_dragged_is_had_back_as_it_was_before_the_hand_took_it():
    before = at(SHORT, 100)
    state = before
    for value in (2.0, 3.0, 4.0):
        state = edited(state, value)
        state = update(state, e.Moved(state.looked, before.progress))
    assert state.experiment.edits == (Edit(100, 7, 4.0),)
    restored = update(state, e.WeightRestored())
    assert restored.looked == before.looked
    assert undoable(restored) is None
    assert update(restored, e.WeightRestored()) == restored


def test_an_edit_of_another_run_is_no_longer_undoable():
    state = edited(at(SHORT, 100), 2.0)
    assert undoable(state) is not None
    assert undoable(update(state, e.RunOpened(Looked(RunId(LONG))))) is None


def test_a_picked_unit_stays_large_while_its_own_weight_is_set():
    for unit, kept in (((1, 3), (1, 3)), ((1, 4), ())):
        picked = update(at(SHORT, 100), e.UnitPicked(unit))
        assert edited(picked, 2.0).view.unit == kept


# laws

EXPERIMENTS = [
    SHORT,
    asked(SHORT),
    asked(SHORT, epochs=7),
    asked(SHORT, optimizer="adam"),
    replace(SHORT, model=ModelSpec(hidden=(3,))),
    replace(SHORT, data=DataSpec(kind="plane", n_points=40)),
    SHORT.changed(100, asked(SHORT).training),
    replace(SHORT, edits=(Edit(0, 3, 1.0), Edit(50, 4, -1.0))),
    replace(SHORT, changes=(Change(10, asked(SHORT, epochs=30).training),)),
]
EPOCHS = st.integers(-5, 600)
PICTURES = st.sampled_from(["label", "change"])
NOTICES = st.sampled_from([None, NOTICE])
LOOKED = st.builds(
    lambda experiment, epoch: Looked(RunId(experiment), Cursor(min(epoch, experiment.epochs))),
    st.sampled_from(EXPERIMENTS),
    st.integers(0, 600),
)
EVENTS = st.one_of(
    st.builds(
        e.Opened,
        st.sampled_from(EXPERIMENTS),
        st.builds(View, epoch=st.integers(0, 600), since=st.integers(0, 600), picture=PICTURES),
        st.none(),
    ),
    st.builds(e.SettingsChanged, st.sampled_from(EXPERIMENTS), st.sampled_from(["auto", "cpu"]), NOTICES),
    st.builds(e.TrainPressed, st.booleans()),
    st.builds(e.PausePressed, st.none() | EPOCHS),
    st.builds(e.StepPressed, st.sampled_from([1, 10, 100, 1_000])),
    st.just(e.ResetPressed()),
    st.just(e.BranchPressed()),
    st.builds(e.Sought, EPOCHS),
    st.builds(e.RunOpened, LOOKED),
    st.just(e.Undone()),
    st.builds(
        e.WeightSet, st.just(PLACE), st.integers(0, 9), st.floats(-2, 2), st.just(0.0), st.just(english)
    ),
    st.just(e.WeightRestored()),
    st.builds(e.WeightPointedAt, st.none() | st.just(PLACE)),
    st.builds(e.UnitPicked, st.sampled_from([(), (1, 3), (0, 1)])),
    st.builds(e.PointFollowed, st.integers(0, 30)),
    st.builds(e.SurfaceAsked, st.booleans()),
    st.sampled_from([e.Chosen(Transport(instant=False)), e.Chosen(Shared("ko")), e.Chosen(Inside(path_point=3))]),
    st.builds(e.TourMoved, st.none() | st.integers(0, 6)),
    st.builds(e.Asked, st.sampled_from([*QUESTIONS])),
    st.builds(e.Said, NOTICES),
    st.just(e.Failed(NOTICE)),
    st.floats(0, 1),  # how far the player has come meanwhile: see moved
)  # fmt: skip


def moved(state, share):
    """What the player would say after a while: it trains up to what is wanted, or moves."""
    experiment, cursor, known = state.experiment, state.looked.cursor, state.progress.known
    if cursor.motion is FORWARD:
        epoch = int(cursor.epoch + share * (experiment.epochs - cursor.epoch))
        known, cursor = max(known, epoch), replace(cursor, epoch=epoch)
    elif cursor.motion is Motion.BACKWARD:
        cursor = replace(cursor, epoch=int(share * cursor.epoch))
    else:
        known = max(known, int(share * cursor.wanted))
    if cursor.motion is not Motion.REST and share == 1:
        cursor = Cursor(cursor.epoch)
    progress = Progress(known, TRAINED if known == experiment.epochs else None)
    return e.Moved(replace(state.looked, cursor=cursor), progress)


def holds(state):
    """What is true of every state."""
    looked, known, epochs = state.looked, state.progress.known, state.experiment.epochs
    assert 0 <= looked.cursor.epoch <= looked.cursor.wanted <= epochs
    assert 0 <= known <= epochs
    assert 0 <= looked.origin <= epochs
    assert 0 <= state.epoch <= known
    assert not (state.playing and state.computing)
    assert state.busy == (state.playing or state.computing)
    assert state.before is None or state.before.cursor.motion is Motion.REST
    if state.notice and state.notice.undo:
        assert state.before is not None
    if (edit := undoable(state)) is not None:
        assert edit.run == looked.run


@profile(max_examples=300, deadline=None)
@given(st.lists(EVENTS, max_size=25))
def test_whatever_happens_the_state_stays_sound_and_the_one_before_unchanged(events):
    state = PageState(Looked(RunId(SHORT)))
    for one in events:
        event = moved(state, one) if isinstance(one, float) else one
        before = {field.name: deepcopy(getattr(state, field.name)) for field in fields(state)}
        try:
            after, again = update(state, event), update(state, event)
        except FieldError:
            continue
        assert before == {field.name: getattr(state, field.name) for field in fields(state)}
        assert without_words(after) == without_words(again), "the same input, the same output"
        state = after
        holds(state)


def without_words(state):
    """A sentence is a new function each time."""
    edit = state.hand_edit
    return replace(
        state,
        notice=state.notice and (said(state), state.notice.undo, state.notice.error),
        hand_edit=edit and replace(edit, say=None),
    )


def test_a_run_that_goes_on_is_the_run_whose_settings_change_there():
    state = changed(at(SHORT, 200), asked(SHORT))
    expected = run(SHORT).branch(200, asked(SHORT).training)
    for _chunk in expected.play(expected.last, 500):
        pass
    np.testing.assert_array_equal(run(state.experiment).train_loss, expected.train_loss)
