"""A lesson as a few short screens, one after the other."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from dashboard.app.view import LESSONS
from dashboard.page import session
from dashboard.page.glossary import explain
from dashboard.page.language import _
from moons.data import Dataset
from moons.plots.mystery import cloud_figure
from moons.plots.scatter import color_places, point_colors

LONGEST = 24  # letters of a column's name


@dataclass(frozen=True)
class Screen:
    """One screen."""

    title: str  # untranslated
    draw: Callable[[], None]
    terms: tuple[str, ...] = ()  # keys of the glossary
    follows: bool = False  # a run that moves: then it is drawn once a second
    is_live: Callable[[], bool] = lambda: False  # whether the pictures of Watch are on it


def turn(lesson: str, screens: tuple[Screen, ...]) -> None:
    """The screen that is open, between the way to the others above and Back and Next below."""
    key = f"screen_{lesson}"
    at: int = getattr(session.state().lessons, key)
    if not 0 <= at < len(screens):  # of a link
        _go(key, 0)
        at = 0
    if "lessons" in session.state().view.hidden:
        _draw(screens[at])
        return
    with st.container(key="steps"):
        st.segmented_control(
            _("Screen"),
            range(len(screens)),
            key=key,
            format_func=lambda number: f"{number + 1} · {_(screens[number].title)}",
            required=True,
            label_visibility="collapsed",
        )
    _draw(screens[at])
    with st.container(key="turn", horizontal=True, vertical_alignment="center"):
        back = {"disabled": at == 0, "on_click": _go, "args": (key, at - 1)}
        st.button(_("Back"), key="screen_back", icon=":material/arrow_back:", **back)  # type: ignore[arg-type]
        if at + 1 < len(screens):
            onward = _("Next: {title}").format(title=_(screens[at + 1].title))
            st.button(onward, key="screen_next", type="primary", on_click=_go, args=(key, at + 1))
        else:
            after = LESSONS[LESSONS.index(lesson) + 1]
            st.button(_("Next lesson"), key="lesson_next", on_click=open_lesson, args=(after,))
        st.markdown(f":gray[{_('Screen {n} of {all}').format(n=at + 1, all=len(screens))}]", width="content")
    explain(*screens[at].terms)


def _draw(screen: Screen) -> None:
    def part() -> None:
        if not session.runs_whole() and session.needs_surroundings():
            st.rerun()  # a button of this fragment has changed what stands around it
        screen.draw()

    with st.container(key="screen"):
        follows = screen.follows and session.state().busy
        st.fragment(part, run_every=session.every(1.0, share=0.2) if follows else None)()


def quote(words: str) -> None:
    """What the notebook's author wrote in the margin."""
    st.markdown(_("> *{words}* :gray[— a note in the notebook]").format(words=words))


def _go(key: str, to: int) -> None:
    changed: dict[str, Any] = {key: to}
    session.choose(replace(session.state().lessons, **changed))


def open_lesson(lesson: str) -> None:
    """Go to another lesson."""
    session.look(lesson=lesson)


def cloud(dataset: Dataset, key: str, height: int, marked: Sequence[int] = ()) -> None:
    """The training points, drawn; some of them `marked` with the numbers of their rows."""
    colors = point_colors(dataset.n_classes)
    inks = [colors[k] for k in color_places(dataset.y_train, dataset.n_classes)]
    names = dataset.column_name(0, LONGEST), dataset.column_name(1, LONGEST)
    figure = cloud_figure(dataset.train_in_units()[0], inks, marked, names, same=dataset.same_units)
    alt = _("The training points, coloured by class.") if dataset.n_classes else _("The training points.")
    st.plotly_chart(figure, key=key, height=height, config={"displayModeBar": False}, alt=alt)
