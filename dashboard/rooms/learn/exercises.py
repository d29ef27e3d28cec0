"""Exercises on the person's own run: predict first, then see."""

from dataclasses import replace

import pandas as pd
import streamlit as st

from dashboard.app import events as e
from dashboard.app.names import course_text, field_name, score_text
from dashboard.app.state import Cursor, Looked, Notice, RunId
from dashboard.page import session, settings
from dashboard.page.language import _
from dashboard.rooms.learn.exercise_list import EXERCISES, Exercise
from dashboard.rooms.learn.runs import beside, points_of, scores_of, trained
from moons import Experiment, FieldError, History
from moons.digits import Digits
from moons.fields import N_
from moons.inspection.comparison import differences
from moons.inspection.variations import rewound

ALIKE = 0.1  # losses that differ by less than this share count as the same
OUTCOMES = {"lower": N_("lower"), "same": N_("about the same"), "higher": N_("higher")}


def draw(lesson: str) -> None:
    """The exercises of a lesson, one under the other."""
    st.markdown(_("Predict first, then see it happen to your own run."))
    notes = session.state().notes
    if notes.guesses:
        said = _("Your score: {right} of {n} first guesses right. There are {all} exercises in all.")
        n_all = sum(map(len, EXERCISES.values()))
        st.caption(said.format(right=notes.n_right, n=len(notes.guesses), all=n_all))
    mine = session.player().run.history
    for exercise in EXERCISES[lesson]:
        with st.container(border=True):
            _ask(exercise, mine)


def _ask(exercise: Exercise, mine: History) -> None:
    now = rewound(mine.experiment)
    then = _changed(exercise, now)
    if then is None:
        st.caption(_("This exercise has nothing to change in your run."))
        return
    if then.model != now.model:  # in another network a weight set by hand would be another weight
        now, then = replace(now, edits=()), replace(then, edits=())
    question = _("{setting}: {then} instead of {now}. The loss on fresh points at the end will be …")
    st.markdown(question.format(**_difference(now, then)))
    guess = st.segmented_control(
        _("Your prediction"),
        OUTCOMES,
        key=f"guess_{exercise.key}",
        format_func=lambda outcome: _(OUTCOMES[outcome]),
        label_visibility="collapsed",
    )
    if guess is None:
        return
    other = beside(then, mine.dataset if then.data == now.data else points_of(then))
    is_mine = now == mine.experiment
    own = [] if is_mine and mine.ended else [beside(now, mine.dataset)]
    if not trained(*own, other):
        return
    runs = own[0].run.history if own else mine, other.run.history
    if is_mine:
        _see(exercise, guess, dict(zip((_("your run"), _("changed")), runs, strict=True)))
        return
    st.caption(
        _(
            "Your run was changed on its way, or has weights set by hand. Here both runs start anew with its present "
            "settings, so that this one thing alone differs."
        )
    )
    _see(exercise, guess, dict(zip((_("your settings"), _("changed")), runs, strict=True)))


def _changed(exercise: Exercise, now: Experiment) -> Experiment | None:
    """The run to compare with; None at the limit of what is allowed, or with a person's own points."""
    try:
        then = exercise.change(now)
    except FieldError:
        return None
    own = now.data.own is not None and then.data != now.data
    return None if own or then == now else then


def _see(exercise: Exercise, guess: str, runs: dict[str, History]) -> None:
    """Two runs by name, the second one changed."""
    mine, other = runs.values()
    scores = [scores_of(run) for run in (mine, other)]
    outcome = _outcome(*(each.test_loss for each in scores))
    _answer(exercise, guess, outcome)
    n_classes = mine.dataset.n_classes
    score = _("accuracy, fresh points") if n_classes else _("R², fresh points")
    frame = pd.DataFrame(
        {
            _("epochs"): [f"{run.n_epochs:,}" for run in (mine, other)],
            _("loss, training points"): [f"{Digits(each.train_loss):.4f}" for each in scores],
            _("loss, fresh points"): [f"{Digits(each.test_loss):.4f}" for each in scores],
            score: [score_text(each.test_score, n_classes) for each in scores],
        },
        index=list(runs),
    )
    st.table(frame)
    st.button(_("Put the changed run on the page"), key=f"take_{exercise.key}", on_click=_take, args=(other,))


def _answer(exercise: Exercise, guess: str, outcome: str) -> None:
    """What came of the guess, and what speaks against it, where another one was right."""
    if guess == outcome:
        said = _("Right: it is {outcome}.").format(outcome=_(OUTCOMES[outcome]))
        st.success(f"{said} {_(exercise.why)}", icon=":material/check:")
    else:
        said = _("It is {outcome}. You expected: {guess}.").format(
            outcome=_(OUTCOMES[outcome]), guess=_(OUTCOMES[guess])
        )
        st.warning(f"{said} {_(exercise.reply(guess))} {_(exercise.why)}", icon=":material/visibility:")
    if exercise.key not in dict(session.state().notes.guesses):
        session.send(e.Guessed(exercise.key, right=guess == outcome))
        st.rerun()  # the browser is told to keep it, and the score above follows


def _take(other: History) -> None:
    run = RunId(other.experiment, session.state().looked.run.device)
    notice = Notice(lambda _: _("The changed run is on the page now."), undo=True)
    settings.send(e.RunOpened(Looked(run, Cursor(other.experiment.epochs)), notice))


def _outcome(before: float, after: float) -> str:
    if not after <= before * (1 + ALIKE):  # so that NaN, a run that has diverged, counts as higher
        return "higher"
    return "lower" if after < before * (1 - ALIKE) else "same"


def _difference(now: Experiment, then: Experiment) -> dict[str, str]:
    """The setting in which the two differ, by its widget's name, and its values."""
    first = differences((now, then))[0]
    values = (course_text(first, run, _) for run in (0, 1))
    return {"setting": field_name(first, _)} | dict(zip(("now", "then"), values, strict=True))
