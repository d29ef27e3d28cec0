"""Class sheets: a teacher's form, the link for students, and a check of all that was handed in."""

from pathlib import Path

import streamlit as st

from dashboard.app.names import what_differs
from dashboard.page import session, sharing, tasks
from dashboard.page.language import _, error_sentence, literal
from dashboard.rooms.classroom import form, reach, results
from moons import FieldError
from moons.assignment import Assignment

_STYLE = Path(__file__).with_name("classroom.css")


def draw() -> None:
    """The room."""
    st.html(_STYLE)
    st.subheader(_("Class sheet"), anchor=False)
    left, right = st.columns(2, gap="large")
    with left, st.container(key="sheet_form"):
        st.markdown(f"#### {_('1 · A task with a goal')}")
        form.draw()
    sheet = _sheet()
    if sheet is None:
        return
    with right:
        st.markdown(f"#### {_('2 · Hand it out')}")
        _hand_out(sheet)
    st.markdown(f"#### {_('3 · Check what was handed in')}")
    results.draw(sheet)


def _sheet() -> Assignment | None:
    """The sheet that the form describes; None, and a sentence, where it can't be made."""
    try:
        sheet = session.state().classroom.sheet(form.start())
        _code = sheet.code
    except FieldError as error:
        st.error(error_sentence(error))
        return None
    return sheet


def _hand_out(sheet: Assignment) -> None:
    student = sharing.address({"view.sheet": sheet.code})
    with st.container(border=True, key="sheet_shown"):
        tasks.describe(sheet)
        st.caption(_("It begins with: {run}.").format(run=literal(what_differs(sheet.start, _))))
        with st.container(key="sheet_printed"):  # on paper, where the field to copy it from isn't
            st.text(f"{_('Link for students')}: {student}")
        with st.container(key="sheet_hint"):
            st.caption(_("Train the run that a task is to begin with, then make its sheet."))
    reach.draw(sheet)
    teacher = sharing.address({"view.room": "classroom", "view.sheet": sheet.code})
    with st.container(key="sheet_links"):
        st.markdown(_("For students: the task, its progress, and a code to hand in when the goal is reached."))
        sharing.copy(student, "copy_sheet", label=_("Link for students"), button=_("Copy link"))
        st.markdown(_("For you: this page again, to check the codes. Keep it, as nothing is stored on the server."))
        sharing.copy(teacher, "copy_teacher", label=_("Link for the teacher"), button=_("Copy link"))
