"""What the panels share whose study is one computation of several steps."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import streamlit as st

from dashboard.app.exploring import Asked, Steps
from dashboard.page import session
from dashboard.page.language import _
from dashboard.rooms.explore import study

Make = Callable[[Callable[[], bool]], Iterator[object]]  # given `stop`: the results
SHORT = 5.0  # seconds: what is about as quick begins by itself


def draw(
    wanted: Asked,
    make: Make,
    planned: int,
    label: str,
    show: Callable[[Steps], None],
    *,
    complete: Callable[[Steps], bool],
    seconds: float,
    by_itself: bool = True,
    stays: bool = False,
) -> None:
    """The button `label`, which begins the study of `make`, by an estimate so long; and what `show` draws of it.

    `complete` says whether one has all its results. `by_itself`: whether a short one begins by itself where no other is
    under way. `stays`: whether it goes on, and its results are shown, when the page has other settings.
    """
    served = session.served()
    found = served.studies.get(wanted.panel)
    wanted, seconds = replace(wanted, expected=seconds), seconds * study.learned(wanted.panel)
    others = any(one.running for panel, one in served.studies.items() if panel != wanted.panel)
    if found is not None and found.asked != wanted and not stays:
        found.stop()  # nobody sees it
    if by_itself and seconds < SHORT and not others and (found is None or found.asked != wanted):
        found = served.explore_steps(wanted, make, planned)
    running = found is not None and found.running and (stays or found.asked == wanted)
    with st.container(horizontal=True, vertical_alignment="center", key=f"begin_{wanted.panel}"):
        if running:
            st.button(_("Stop"), key="stop_study", icon=":material/stop:", on_click=served.stop_exploring)
        elif not isinstance(found, Steps) or found.asked != wanted or not complete(found):
            st.button(
                label, key="begin_study", type="primary", icon=":material/play_arrow:",
                on_click=_begin, args=(wanted, make, planned),
            )  # fmt: skip
            if seconds > SHORT:
                st.caption(study.time_text(seconds))
    st.fragment(_look, run_every=study.LOOK_EVERY if running else None)(wanted, running, show, stays)


def _begin(wanted: Asked, make: Make, planned: int) -> None:
    session.served().explore_steps(wanted, make, planned)


def _look(wanted: Asked, running: bool, show: Callable[[Steps], None], stays: bool) -> None:
    """One look at the study. `running`: whether a timer brings the next."""
    if not session.runs_whole() and session.needs_surroundings():
        st.rerun()  # a run was opened from here
    served = session.served()
    served.look()
    found = served.studies.get(wanted.panel)
    if running and (found is None or not found.running or (found.asked != wanted and not stays)):
        st.rerun()  # the timer must go
    if isinstance(found, Steps) and (stays or found.asked == wanted):
        if found.failure is not None:
            study.progress(found)
        study.say_whose(found, wanted)
        show(found)
