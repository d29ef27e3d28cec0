"""The form of a class sheet."""

from dataclasses import replace

import streamlit as st

from dashboard.page import session
from dashboard.page.language import _
from moons import Experiment
from moons.assignment import FIXABLE, METRICS, Assignment, label_of_setting
from moons.fields import Between, help_of, label_of, rule_of
from moons.inspection.variations import rewound


def start() -> Experiment:
    """What the task begins with: as the sheet of the link has it, or the run on the page from its initial weights."""
    sheet = session.state().view.sheet
    return sheet.start if sheet else replace(rewound(session.state().experiment), edits=())


def draw() -> None:
    """A widget for each field."""
    classes = start().data.class_count > 0
    st.text_input(
        _(label_of(Assignment, "task")), key="sheet_task", max_chars=300,
        placeholder=_("for example: reach 95% on the spirals with at most 12 units"),
    )  # fmt: skip
    with st.container(horizontal=True):
        st.selectbox(
            _(label_of(Assignment, "metric")), list(METRICS), key="sheet_metric", width=260,
            format_func=lambda name: _(METRICS[name].of_classes if classes else METRICS[name].of_numbers),
        )  # fmt: skip
        _number("goal")
    _percent(classes)
    with st.container(horizontal=True):
        _number("max_units")
        _number("max_epochs")
    st.multiselect(
        _(label_of(Assignment, "fixed")), list(FIXABLE), key="sheet_fixed", help=_(help_of(Assignment, "fixed")),
        format_func=lambda place: _(label_of_setting(place)), placeholder=_("none: all may be changed"),
    )  # fmt: skip
    st.toggle(_(label_of(Assignment, "by_hand")), key="sheet_by_hand", help=_(help_of(Assignment, "by_hand")))


def _percent(classes: bool) -> None:
    """The goal as the page writes it elsewhere: an accuracy in percent."""
    goal, metric = session.state().classroom.sheet_goal, session.state().classroom.sheet_metric
    if classes and METRICS[metric].higher:
        st.caption(_("To reach {goal} is an accuracy of {percent}.").format(goal=f"{goal:g}", percent=f"{goal:.1%}"))


def _number(name: str) -> None:
    rule = rule_of(Assignment, name)
    assert isinstance(rule, Between)
    st.number_input(
        _(label_of(Assignment, name)), key=f"sheet_{name}", help=_(help_of(Assignment, name)), width=220,
        min_value=rule.low, max_value=rule.high, step=rule.step, value=None if rule.optional else "min",
        placeholder=_("any") if rule.optional else None, format=None if rule.whole else "%g",
    )  # fmt: skip
