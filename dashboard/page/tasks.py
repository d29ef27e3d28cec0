"""What a link asks for: a sentence at the top of the page, or a class sheet's task with its progress."""

from functools import lru_cache, partial
from pathlib import Path

import streamlit as st

from dashboard.app import events as e
from dashboard.app.names import score_text
from dashboard.page import session, settings, sharing, timer
from dashboard.page.language import _, error_sentence, literal
from moons import History
from moons.answer import Answer, Result, first_epoch, result_from
from moons.assignment import METRICS, Assignment, label_of_setting
from moons.digits import Digits

_STYLE = Path(__file__).with_suffix(".css")


def draw() -> None:
    """The task, where there is one; not in the room where class sheets are made."""
    view = session.state().view
    sheet = view.sheet if view.room != "classroom" else None
    if not (view.task or sheet):
        return
    with st.container(key="task", border=True, gap="xsmall"):
        if view.task:
            st.markdown(f"**{literal(view.task)}**")
        if sheet:
            st.html(_STYLE)
            about, progress = st.columns([1, 1], gap="medium")
            with about:
                describe(sheet)
            every = session.every(1.0, share=0.05) if session.state().busy else None
            with progress:
                timer.draw(partial(_progress, sheet), every)


def describe(sheet: Assignment) -> None:
    """A sheet's task, its goal and its limits."""
    n_classes = sheet.start.data.class_count
    if sheet.task:
        st.markdown(f"**{literal(sheet.task)}**")
    goal = _("{metric}: at least {goal}") if sheet.higher else _("{metric}: at most {goal}")
    parts = [f"**{goal.format(metric=metric_name(sheet), goal=figure_text(sheet, sheet.goal, n_classes))}**"]
    if sheet.max_units is not None:
        parts.append(_("at most {n} hidden units").format(n=f"{sheet.max_units:,}"))
    if sheet.max_epochs is not None:
        parts.append(_("at most {n} epochs").format(n=f"{sheet.max_epochs:,}"))
    parts.append(_("the points are given"))
    if sheet.fixed:
        names = ", ".join(_(label_of_setting(place)) for place in sheet.fixed)
        parts.append(_("these settings stay as they are: {names}").format(names=names))
    st.caption(" · ".join(parts))


def metric_name(sheet: Assignment) -> str:
    """What the goal is about."""
    metric = METRICS[sheet.metric]
    return _(metric.of_classes if sheet.start.data.class_count else metric.of_numbers)


def figure_text(sheet: Assignment, value: float, n_classes: int) -> str:
    """A figure of the goal's metric as the page writes it."""
    return score_text(value, n_classes) if sheet.higher else f"{Digits(value):.4f}"


def _progress(sheet: Assignment) -> None:
    player = session.player()
    history, epoch = player.run.history, player.epoch
    result = _result(sheet, history, epoch)
    n_classes = sheet.start.data.class_count
    text = _("Epoch {epoch}: {value}, goal {goal}").format(
        epoch=f"{epoch:,}",
        value=figure_text(sheet, result.value, n_classes),
        goal=figure_text(sheet, sheet.goal, n_classes),
    )
    st.progress(_share(sheet, result), text)
    with st.container(key="task_outcome", gap="xsmall"):  # a place for all that may be said: nothing moves for it
        if result.broken:
            st.caption(f":red[:material/block: {' '.join(error_sentence(error) for error in result.broken)}]")
        if result.met:
            _hand_in(sheet, epoch)
        elif session.state().busy or not _offer_earlier(sheet, history, epoch):
            st.caption("" if result.broken else _("When the goal is reached, a code to hand in is here."))


@lru_cache(maxsize=256)
def _result(sheet: Assignment, history: History, epoch: int) -> Result:
    return result_from(sheet, history, epoch)


def _share(sheet: Assignment, result: Result) -> float:
    """How much of the goal is reached."""
    if result.reached:
        return 1.0
    share = result.value / sheet.goal if sheet.higher else sheet.goal / result.value
    return min(0.99, max(0.0, share)) if share == share else 0.0  # noqa: PLR0124 - NaN is nothing


def _hand_in(sheet: Assignment, epoch: int) -> None:
    st.markdown(f":green[:material/check_circle: **{_('Goal reached.')}**] {_('Hand this code in:')}")
    with st.container(key="answer", horizontal=True, gap="xsmall"):
        name = str(
            st.text_input(
                _("Name"),
                key="answer_name",
                max_chars=40,
                placeholder=_("Your name, if you like"),
                label_visibility="collapsed",
            )
        )
        plain = "".join(sign for sign in name if sign.isprintable())
        code = Answer(plain, epoch, session.state().experiment).code(sheet)
        sharing.copy(code, "copy_answer", label=_("Code"), button=_("Copy code"))


def _offer_earlier(sheet: Assignment, history: History, epoch: int) -> bool:
    """A way to the first epoch at which the goal was reached, where it was. Returns whether it was."""
    first = first_epoch(sheet, history)
    if first is None or first == epoch or not _result(sheet, history, first).met:
        return False
    label = _("Look at epoch {epoch}, where the goal is reached").format(epoch=f"{first:,}")
    st.button(label, key="look_at_goal", icon=":material/flag:", on_click=_look, args=(first,))
    return True


def _look(epoch: int) -> None:
    settings.send(e.Sought(epoch))
