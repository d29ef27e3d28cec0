"""The way in, over the pictures: a beginner's questions, or the guided path once it is begun."""

from pathlib import Path

import streamlit as st

from dashboard.app import events as e
from dashboard.app.questions import QUESTIONS
from dashboard.app.state import Tour
from dashboard.app.tour import STOPS
from dashboard.page import session, settings
from dashboard.page.language import _
from dashboard.rooms.train.tour_numbers import numbers

_STYLE = Path(__file__).with_suffix(".css")
_ROWS = Path(__file__).with_name("questions.css")


def draw() -> None:
    """The questions or the tour; nothing in a frame, or once it was closed."""
    if st.context.is_embedded:
        return
    now = session.state()
    # the container is always there: an element that comes and goes would shift, and so dim, all below it
    with st.container(key="welcome"):
        st.html(_STYLE)
        if now.tour is not None:
            _tour(now.tour)
        elif now.notes.welcome and "welcome" not in now.view.hidden:
            _questions()


def _questions() -> None:
    st.html(_ROWS)
    with st.container(key="questions", horizontal=True, vertical_alignment="center", gap="xsmall"):
        st.markdown(f":gray[{_('New here?')}]", width="content")
        st.button(
            _("One step at a time"), key="tour_begin", icon=":material/route:", on_click=settings.send,
            args=(e.TourMoved(0),),
        )  # fmt: skip
        if "rooms" not in session.state().view.hidden:
            for key, question in QUESTIONS.items():
                st.button(_(question.words), key=f"ask_{key}", on_click=settings.send, args=(e.Asked(key),))
        _close("questions_close", e.WelcomeShown(shown=False))


def _tour(tour: Tour) -> None:
    stop, player = STOPS[tour.stop], session.player()
    names = [f"**{_(each.name)}**" if each is stop else f":gray[{_(each.name)}]" for each in STOPS]
    sentence = _(stop.text(done=tour.done, classes=player.run.history.dataset.n_classes > 0))
    with st.container(key="tour", horizontal=True, vertical_alignment="center", border=True):
        mark = ":green[:material/check_circle:] " if tour.done else ""
        text = sentence.format(**numbers(player, tour))
        with st.container(key="tour_text"):
            st.markdown(f"{' :gray[→] '.join(names)}  \n{mark}{text}")
        last = tour.stop + 1 == len(STOPS)
        onward = _("Done") if last else _("Next: {title}").format(title=_(STOPS[tour.stop + 1].name))
        label = onward if tour.done else _("Skip")
        st.button(label, key="tour_next", on_click=settings.send, args=(e.TourMoved(tour.stop + 1),))
        _close("tour_close", e.TourMoved(None))


def _close(key: str, event: e.Event) -> None:
    st.button(
        _("Close"), key=key, icon=":material/close:", type="tertiary", on_click=settings.send, args=(event,),
    )  # fmt: skip
