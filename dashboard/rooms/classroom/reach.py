"""Whether a class sheet's goal can be reached: a few runs are tried, and what they show is said."""

from functools import partial

import streamlit as st

from dashboard.app.checking import Checked, Checking
from dashboard.app.names import what_differs
from dashboard.page import session, tasks, timer
from dashboard.page.language import _, literal
from moons.assignment import Assignment

LOOK_EVERY = 0.5  # seconds


def draw(sheet: Assignment) -> None:
    """The button, then what came of it; of another sheet nothing is shown."""
    with st.container(key="sheet_reach"):
        attempting = session.served().attempting
        if attempting is None or attempting.sheet != sheet:
            st.button(
                _("Can it be reached?"), key="attempt_goal", icon=":material/flag:", on_click=_attempt, args=(sheet,),
                help=_("Tries at most twelve runs within the limits: other sizes, activations and optimisers."),
            )  # fmt: skip
            return
        running = attempting.running
        timer.draw(partial(_outcome, attempting, running), LOOK_EVERY if running else None)


def _attempt(sheet: Assignment) -> None:
    session.served().attempt(sheet)


def _outcome(attempting: Checking, looking: bool) -> None:
    """`looking`: whether this looks again by a timer."""
    session.served().look()
    if attempting.running:
        done, total = attempting.done, len(attempting.rows)
        st.progress(done / total, _("Runs tried: {n} of {all}").format(n=done, all=total))
        st.button(_("Stop"), key="stop_attempting", on_click=attempting.stop)
        return
    if looking:
        st.rerun()  # the timer must go
    st.markdown(_verdict(attempting))


def _verdict(attempting: Checking) -> str:
    """What the runs that were tried show, and no more."""
    tried = [row for row in attempting.ranked() if row.result is not None]
    if not tried:
        return _("No run was tried, so nothing is known.")
    met = [row for row in tried if row.result is not None and row.result.met]
    values = {"n": len(tried), "met": len(met), "best": _told(attempting.sheet, tried[0])}
    if met:
        return _("Reached by **{met} of {n}** runs tried. The best: {best}.").format(**values)
    return _(
        "Reached at the end of **none of {n}** runs tried. That doesn't prove that it can't be. The best: {best}."
    ).format(**values)


def _told(sheet: Assignment, row: Checked) -> str:
    assert row.answer is not None
    assert row.result is not None
    experiment = row.answer.experiment
    figure = tasks.figure_text(sheet, row.result.value, sheet.start.data.class_count)
    changed = literal(what_differs(experiment, _, sheet.start)) if experiment != sheet.start else _("nothing changed")
    return _("{figure} ({changed})").format(figure=figure, changed=changed)
