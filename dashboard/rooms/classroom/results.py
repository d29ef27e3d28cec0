"""What was handed in for a class sheet, checked and side by side."""

from functools import partial

import pandas as pd
import streamlit as st

from dashboard.app.checking import MOST, Checked, Checking
from dashboard.app.names import what_differs
from dashboard.page import session, tasks, timer
from dashboard.page.language import _, error_sentence, literal, ngettext
from moons.answer import Result
from moons.assignment import Assignment

LOOK_EVERY = 0.5  # seconds


def draw(sheet: Assignment) -> None:
    """The codes, and what came of them."""
    with st.container(key="sheet_codes_form"):
        st.text_area(
            _("Codes"), key="sheet_codes", height=120,
            placeholder=_("Paste the codes here, or whole messages with codes in them"),
            help=_("At most {n} at once. Each run is computed anew, so that no result can be made up.").format(n=MOST),
        )  # fmt: skip
        st.button(
            _("Check"), key="check_codes", type="primary", icon=":material/fact_check:", on_click=_check, args=(sheet,),
            disabled=not session.state().classroom.sheet_codes.strip(),
        )  # fmt: skip
    checking = session.served().checking
    if checking is None or checking.sheet != sheet:
        return
    running = checking.running
    timer.draw(partial(_results, checking, running), LOOK_EVERY if running else None)


def _check(sheet: Assignment) -> None:
    session.served().check(sheet, session.state().classroom.sheet_codes)


def _results(checking: Checking, looking: bool) -> None:
    """`looking`: whether this looks again by a timer."""
    session.served().look()
    if checking.running:
        done, total = checking.done, len(checking.rows)
        st.progress(done / total, _("Computing anew: {n} of {all}").format(n=done, all=total))
        st.button(_("Stop"), key="stop_checking", on_click=checking.stop)
    elif looking:
        st.rerun()  # the timer must go
    _skipped(checking)
    rows = [row for row in checking.ranked() if not row.waiting]
    if not rows:
        return
    st.markdown(_reached(rows))
    st.table(
        pd.DataFrame([_row(row, place, checking) for place, row in enumerate(rows, 1)]).set_index("#").rename_axis(None)
    )
    if any(row.waiting for row in checking.rows):
        st.caption(_("{n} are not computed yet.").format(n=sum(row.waiting for row in checking.rows)))
    with st.container(key="print_hint"):
        st.caption(_("Print this page with your browser: the form and the buttons stay off the paper."))


def _reached(rows: list[Checked]) -> str:
    """How many reached the goal; a run that was handed in more than once counts once."""
    runs = [row for row in rows if row.same_as is None]
    met, same = sum(row.result is not None and row.result.met for row in runs), len(rows) - len(runs)
    if not same:
        return _("**{met} of {n}** reached the goal.").format(met=met, n=len(runs))
    said = ngettext(
        "**{met} of {n}** reached the goal; {same} more line is the same run as another one.",
        "**{met} of {n}** reached the goal; {same} more lines are the same run as another one.",
        same,
    )
    return said.format(met=met, n=len(runs), same=same)


def _goal(result: Result) -> str:
    if result.met:
        return f":green[{_('reached')}]"
    return f":red[{_('beyond the limits') if result.reached else _('not reached')}]"


def _skipped(checking: Checking) -> None:
    """What of the text isn't in the table."""
    said = []
    if not checking.rows:
        said.append(_("No code was found in this text."))
    if checking.other_lines:
        n = checking.other_lines
        said.append(
            ngettext("{n} line without a code is left out.", "{n} lines without a code are left out.", n).format(n=n)
        )
    if checking.left_out:
        said.append(
            _("Only the first {most} codes are checked, {n} are left out.").format(most=MOST, n=checking.left_out)
        )
    if said:
        st.caption(" ".join(said))


def _row(row: Checked, place: int, checking: Checking) -> dict[str, str]:
    """What the table says of one code."""
    sheet = checking.sheet
    number, n_classes = _("line {n}").format(n=row.line), sheet.start.data.class_count
    name = literal((row.answer.name if row.answer else "") or row.written) or number
    said = {"#": str(place), _("Name"): name, _("Goal"): "–", tasks.metric_name(sheet): "–"}
    said |= {_("Units"): "–", _("Epoch"): "–", _("Changed"): "–", _("Notes"): ""}
    if row.error is not None:
        where = [f"{number}:"] if name != number else []
        return said | {_("Notes"): " ".join([*where, error_sentence(row.error)])}
    assert row.result is not None
    assert row.answer is not None
    result, experiment = row.result, row.answer.experiment
    notes = [error_sentence(error) for error in result.broken]
    if row.same_as is not None:
        notes.append(_("The same run as in line {n}.").format(n=checking.rows[row.same_as].line))
    return said | {
        _("Goal"): _goal(result),
        tasks.metric_name(sheet): tasks.figure_text(sheet, result.value, n_classes),
        _("Units"): f"{sum(experiment.model.hidden):,}",
        _("Epoch"): f"{result.epoch:,}",
        _("Changed"): literal(what_differs(experiment, _, sheet.start))
        if experiment != sheet.start
        else _("none at all"),
        _("Notes"): " ".join(notes),
    }
