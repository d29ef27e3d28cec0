"""`update(state, event)`: the page's next state. The only place where the state changes."""

from collections.abc import Callable
from dataclasses import fields, replace
from functools import partial
from typing import Any

from dashboard.app import events as e
from dashboard.app import notes, questions, tour
from dashboard.app.state import (
    Classroom,
    Comparison,
    Cursor,
    DataRoom,
    Exploration,
    HandEdit,
    Inside,
    Lessons,
    Looked,
    Motion,
    Notice,
    PageState,
    Progress,
    RunId,
    Shared,
    Transport,
)
from dashboard.app.view import TURNED, View
from dashboard.app.words import value_text
from moons import Edit, Experiment, TrainSpec
from moons.fields import N_
from moons.inspection.boundary import CHANGE
from moons.inspection.variations import rewound
from moons.plots.words import Translate
from moons.progress import TRAINED
from moons.run import FIXED_FIELDS

UNDOS = 100  # changes that can be taken back
_PARTS: dict[type, str] = {
    View: "view",
    Transport: "transport",
    Inside: "inside",
    Lessons: "lessons",
    DataRoom: "data_room",
    Comparison: "comparison",
    Exploration: "exploration",
    Shared: "shared",
    Classroom: "classroom",
}


def update(state: PageState, event: e.Event) -> PageState:
    """The state after `event`. Raises FieldError where the event asks for what no experiment may hold."""
    return tour.followed(event, _update(state, event))


def _update(state: PageState, event: e.Event) -> PageState:  # noqa: PLR0911, PLR0912 - one branch an event
    match event:
        case e.Opened():
            since = event.view.since if event.view.picture == CHANGE else None
            looked = Looked(RunId(event.experiment), Cursor(event.view.epoch, goal=since))
            return replace(_opened(_look_at(state, looked, event.notice), event.view), past=state.past)
        case e.Moved():
            return replace(state, looked=event.looked, progress=event.progress)
        case e.SettingsChanged():
            return _settings_changed(state, event)
        case e.TrainPressed():
            return _by_hand(replace(_moving(state, backwards=event.backwards), notice=None))
        case e.PausePressed():
            return _at(state, Cursor(state.epoch if event.epoch is None else event.epoch, paused=True))
        case e.StepPressed():
            return _by_hand(replace(_at(state, Cursor(_wanted(state) + event.epochs)), notice=None))
        case e.ResetPressed():
            return _reset(state)
        case e.BranchPressed():
            return _branch(state)
        case e.Sought():
            if state.busy or event.epoch != state.looked.cursor.epoch:
                state = _at(state, Cursor(event.epoch))
            return replace(state, notice=None)
        case e.RunOpened():
            return _look_at(state, event.looked, event.notice)
        case e.Undone():
            return _undone(state)
        case e.WeightSet():
            return _weight_set(state, event)
        case e.WeightRestored():
            return _weight_restored(state)
        case e.WeightPointedAt():
            return replace(state, pointed_at=event.place)
        case e.UnitPicked():
            return _unit_picked(state, event.unit)
        case e.PointFollowed():
            return _point_followed(state, event.point)
        case e.SurfaceAsked():
            return replace(_at(state, Cursor(state.epoch)) if event.shown else state, surface=event.shown)
        case e.TourMoved():
            return tour.moved(state, event.stop)
        case e.Asked():
            return questions.answered(state, event.question)
        case e.WelcomeShown():
            return replace(state, notes=replace(state.notes, welcome=event.shown))
        case e.Guessed():
            return replace(state, notes=state.notes.with_guess(event.exercise, right=event.right))
        case e.Remembered():
            return replace(state, notes=notes.merged(event.notes, state.notes))
        case e.Chosen():
            changed: dict[str, Any] = {_PARTS[type(event.part)]: event.part}
            return replace(state, **changed)
        case e.Said():
            return replace(state, notice=event.notice, data_room=replace(state.data_room, notice=None))
        case e.Failed():
            return replace(_at(state, Cursor(state.epoch)), notice=event.notice)


def _opened(state: PageState, view: View) -> PageState:
    """The view that a link asks for: its lesson's screen, and its class sheet in the form."""
    screens: dict[str, Any] = (
        {f"screen_{view.lesson}": view.screen - 1} if view.screen and view.lesson in TURNED else {}
    )
    lessons = replace(state.lessons, **screens)
    name = state.classroom.answer_name
    classroom = replace(Classroom.of(view.sheet), answer_name=name) if view.sheet else state.classroom
    return replace(state, view=view, lessons=lessons, classroom=classroom)


def _at(state: PageState, cursor: Cursor) -> PageState:
    return replace(state, looked=replace(state.looked, cursor=_within(cursor, state.experiment.epochs)))


def _within(cursor: Cursor, epochs: int) -> Cursor:
    """The cursor, within a run of so many epochs."""
    goal = None if cursor.goal is None else min(cursor.goal, epochs)
    return replace(cursor, epoch=max(0, min(cursor.epoch, epochs)), goal=goal)


def _by_hand(state: PageState) -> PageState:
    return replace(state, looked=replace(state.looked, by_hand=True))


def _wanted(state: PageState) -> int:
    """The epoch that a further step counts from: quick clicks add up."""
    return state.looked.cursor.epoch if state.computing else state.epoch


def _moving(state: PageState, *, backwards: bool, goal: int | None = None) -> PageState:
    """In motion; forwards from the beginning, where the run is at its end."""
    at_end = state.epoch >= state.experiment.epochs or (
        state.progress.ended is not None and state.epoch >= state.progress.known
    )
    epoch = 0 if at_end and not backwards else state.epoch
    return _at(state, Cursor(epoch, Motion.BACKWARD if backwards else Motion.FORWARD, goal))


def _look_at(state: PageState, looked: Looked, notice: Notice | None) -> PageState:
    """Another run as the current one; the one before rests."""
    before = replace(state.looked, cursor=Cursor(state.epoch))
    looked = replace(looked, cursor=_within(looked.cursor, looked.run.experiment.epochs))
    same_data = looked.run.experiment.data == state.experiment.data
    return replace(
        state,
        looked=looked,
        progress=state.progress if looked.run == state.looked.run else Progress(),
        past=(*state.past, before)[-UNDOS:] if looked != before else state.past,
        notice=notice,
        followed=state.followed if same_data else None,
    )


def _undone(state: PageState) -> PageState:
    """The run before the last change: of a setting, of points, of a weight."""
    if state.before is None:
        return state
    after = replace(_look_at(state, state.before, None), past=state.past[:-1])
    if after.experiment.data == state.experiment.data:
        return after
    room = state.data_room  # its table starts afresh
    return replace(after, data_room=replace(room, version=room.version + 1, waiting=(), notice=None))


def _reset(state: PageState) -> PageState:
    """The same experiment from the same initial weights; what was changed on the way holds from the start."""
    now = state.experiment
    experiment = rewound(now)
    notice = None
    if len(experiment.edits) < len(now.edits):
        notice = Notice(lambda _: _("Back at the initial weights, without those that you set by hand."), undo=True)
    return _look_at(state, Looked(replace(state.looked.run, experiment=experiment)), notice)


def _branch(state: PageState) -> PageState:
    """A run of its own from the epoch looked at, with the settings that held there."""
    if state.looked.origin == state.epoch:
        return state
    training, _end = state.experiment.segment(state.epoch)
    looked = _continued(state, state.epoch, training)
    looked = replace(looked, origin=state.epoch, cursor=Cursor(state.epoch))
    sentence = N_(
        "A branch at epoch {epoch}: change a training setting, or press Train. The run it leaves is kept in Compare."
    )
    epoch = f"{state.epoch:,}"
    return _look_at(state, looked, Notice(lambda _: _(sentence).format(epoch=epoch), undo=True))


def _weight_set(state: PageState, event: e.WeightSet) -> PageState:
    """The run goes on from the epoch looked at as a branch of its own."""
    edit = Edit(state.epoch, event.parameter, event.value)
    last = undoable(state)
    # a value that is dragged is set many times: what it was before all that can be had back
    again = last is not None and (last.epoch, last.parameter) == (edit.epoch, edit.parameter)
    before = last.before if last and again else replace(state.looked, cursor=Cursor(state.epoch))
    run = replace(state.looked.run, experiment=state.experiment.edited(edit))
    cursor = Cursor(state.epoch)
    if state.playing and state.epoch < run.experiment.epochs:
        cursor = Cursor(state.epoch, Motion.FORWARD)
    unit = state.view.unit if state.view.unit == (event.place.layer, event.place.unit) else ()
    after = _look_at(state, Looked(run, cursor, origin=state.epoch), None)
    return replace(
        after,
        past=state.past if again else after.past,
        hand_edit=HandEdit(run, before, edit.epoch, edit.parameter, event.was, event.say),
        view=replace(state.view, unit=unit),
    )


def undoable(state: PageState) -> HandEdit | None:
    """The last edit, as long as its run is the one looked at."""
    last = state.hand_edit
    return last if last is not None and last.run == state.looked.run else None


def _weight_restored(state: PageState) -> PageState:
    return replace(_undone(state), hand_edit=None) if undoable(state) else state


def _unit_picked(state: PageState, unit: tuple[int, ...]) -> PageState:
    return replace(state, view=replace(state.view, unit=() if unit == state.view.unit else unit))


def _point_followed(state: PageState, point: int) -> PageState:
    if state.followed == point:
        return replace(state, followed=None)
    return replace(state, followed=point, inside=replace(state.inside, path_point=point))


# what a changed setting does to the run looked at


def _settings_changed(state: PageState, event: e.SettingsChanged) -> PageState:
    """The run that the settings ask for.

    Training settings change live while epochs are left, and from its origin on where a run was branched; all else
    needs a new run from the same initial weights. With `instant`, a run that isn't playing is computed to its end.
    """
    now, wanted = state.experiment, event.wanted
    if _same_network(state, event) and now.training_now == wanted.training:
        if event.notice:  # the very run that is shown
            return replace(state, notice=replace(event.notice, undo=False))
        return state
    changes = partial(_changes, now, wanted)
    instant = state.transport.instant and not state.playing
    if not instant and _can_go_on(state, event) and _has_more(state, wanted.training):
        return _live(state, event, changes)
    looked = _anew(state, event)
    notice = event.notice
    if not notice and looked.origin:
        notice = _from_epoch(looked.origin, changes)
    elif not notice and state.epoch > 0 and (not instant or now != rewound(now) or _loses_edits(looked, now)):
        notice = _new_run(looked, now, changes)  # else the settings bring the old run back at once: nothing is lost
    if state.playing:
        looked = replace(looked, cursor=Cursor(looked.origin, Motion.FORWARD))
    elif instant:
        looked = replace(looked, cursor=Cursor(wanted.training.epochs))
    return _look_at(state, looked, notice)


def _live(state: PageState, event: e.SettingsChanged, changes: Callable[[Translate], str]) -> PageState:
    """The run goes on from the epoch looked at."""
    looked = _continued(state, state.epoch, event.wanted.training)
    if state.playing and state.epoch < event.wanted.training.epochs:
        looked = replace(looked, cursor=replace(state.looked.cursor, epoch=state.epoch, motion=Motion.FORWARD))
    notice = event.notice or _from_epoch(state.epoch, changes)
    return _look_at(state, looked, notice)


def _continued(state: PageState, epoch: int, training: TrainSpec) -> Looked:
    run = replace(state.looked.run, experiment=state.experiment.changed(epoch, training))
    return Looked(run, Cursor(epoch), min(state.looked.origin, epoch))


def anew(state: PageState, wanted: Experiment) -> Looked:
    """The run of other settings on the same device, where they hold from: at the start, or where it branched."""
    return _anew(state, e.SettingsChanged(wanted, state.looked.run.device))


def _anew(state: PageState, event: e.SettingsChanged) -> Looked:
    now, wanted, origin = state.experiment, event.wanted, state.looked.origin
    if origin and wanted.training.epochs > origin and _can_go_on(state, event):
        return _continued(state, origin, wanted.training)
    if _same_weights(now, wanted):  # what was set by hand before the first epoch is where the run starts
        wanted = replace(wanted, edits=rewound(now).edits)
    return Looked(RunId(wanted, event.device))


def _from_epoch(epoch: int, changes: Callable[[Translate], str]) -> Notice:
    sentence = N_("From epoch {epoch} on: {changes}. The loss chart marks it.")
    return Notice(lambda _: _(sentence).format(epoch=f"{epoch:,}", changes=changes(_)), undo=True)


def _new_run(other: Looked, now: Experiment, changes: Callable[[Translate], str]) -> Notice:
    sentence = N_("{changes}: this needs a new run. It starts from the same weight seed.")
    if _loses_edits(other, now):
        sentence = N_("{changes}: this needs a new run, without the weights that you set by hand.")
    elif other.run.experiment.edits:
        sentence = N_("{changes}: this needs a new run. It starts from the weights that you set by hand.")
    return Notice(lambda _: _(sentence).format(changes=changes(_)), undo=True)


def _loses_edits(other: Looked, now: Experiment) -> bool:
    return other.run.experiment.edits != now.edits


def _same_network(state: PageState, event: e.SettingsChanged) -> bool:
    now = state.experiment
    return (now.data, now.model, state.looked.run.device) == (event.wanted.data, event.wanted.model, event.device)


def _can_go_on(state: PageState, event: e.SettingsChanged) -> bool:
    """Whether the run can go on with the settings wanted: what is fixed at its start must last."""
    now = state.experiment.training_now
    lasts = all(getattr(now, name) == getattr(event.wanted.training, name) for name in FIXED_FIELDS)
    return lasts and _same_network(state, event)


def _has_more(state: PageState, training: TrainSpec) -> bool:
    """Whether a run that has begun has epochs left, after the one looked at, for other settings to hold in."""
    ended = state.epoch == state.progress.known and state.progress.ended not in (None, TRAINED)
    return 0 < state.epoch < training.epochs and not ended


def _same_weights(now: Experiment, wanted: Experiment) -> bool:
    """Whether both start from the same weights."""
    model = replace(now.model, activation=wanted.model.activation, activations=wanted.model.activations)
    return model == wanted.model and now.data.class_count == wanted.data.class_count


def _changes(now: Experiment, wanted: Experiment, _: Translate) -> str:
    """What differs, as "label value"."""
    pairs = ((now.data, wanted.data), (now.model, wanted.model), (now.training_now, wanted.training))
    changed = [
        f"{_(f.metadata['label'])} {value_text(getattr(after, f.name), f.name, _)}"
        for before, after in pairs
        for f in fields(after)
        if getattr(before, f.name) != getattr(after, f.name)
    ]
    return ", ".join(changed) or _("Device")
