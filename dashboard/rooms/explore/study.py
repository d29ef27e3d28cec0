"""What the panels share: the button that begins a study, its progress, and a run of it made the one on the page."""

from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import replace

import streamlit as st

from dashboard.app import events as e
from dashboard.app.exploring import Asked, ManyRuns, Study, times_expected
from dashboard.app.names import what_differs
from dashboard.app.state import Cursor, Looked, Notice, RunId
from dashboard.app.status import left_text
from dashboard.app.words import error_sentence, literal
from dashboard.page import session, settings
from dashboard.page.language import _, ngettext
from moons import Experiment, FieldError
from moons.explore.estimate import estimated_seconds

Show = Callable[[ManyRuns], None]  # draws a study's results
LOOK_EVERY = 0.7  # seconds, while a study runs
MORE = 1.2  # times the runs that are drawn
BESIDE = 0.012  # seconds that a run takes beside its training, mostly to be diagnosed; more workers don't help
WORTH_SAYING = 5.0  # seconds: what is quicker needs no estimate


def asked(panel: str, *values: object) -> Asked:
    """The study of the experiment on the page with these settings of a panel."""
    return Asked(panel, session.state().experiment, values)


def draw(wanted: Asked, make: Callable[[], Sequence[Experiment | None]], label: str, show: Show) -> None:
    """The button `label`, which begins the study of `make()`; its progress; and what `show` draws of it."""
    study = session.served().studies.get(wanted.panel)
    running = study is not None and study.running
    complete = study is not None and study.asked == wanted and study.done == study.planned
    _begin(wanted, make, label, running=running, complete=complete)
    st.fragment(_look, run_every=LOOK_EVERY if running else None)(wanted, running, show)


def _begin(
    wanted: Asked, make: Callable[[], Sequence[Experiment | None]], label: str, *, running: bool, complete: bool
) -> None:
    memory = session.browser().memory
    try:
        if memory.get("study", (None,))[0] != wanted:  # made once: of a person's table each is a table again
            memory["study"] = wanted, make()
        experiments: Sequence[Experiment | None] = memory["study"][1]
    except FieldError as error:
        st.error(error_sentence(error, _))
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        if running:
            st.button(_("Stop"), key="stop_study", icon=":material/stop:", on_click=session.served().stop_exploring)
        elif not complete:
            st.button(
                label, key="begin_study", type="primary", icon=":material/play_arrow:", on_click=_explore,
                args=(wanted, experiments),
            )  # fmt: skip
            _estimate(wanted.panel, experiments)


def _explore(wanted: Asked, experiments: Sequence[Experiment | None]) -> None:
    session.served().explore(replace(wanted, expected=seconds_of(experiments)), experiments)


def learned(panel: str) -> float:
    """What an estimate must be multiplied by, as the panel's last study shows."""
    return times_expected(session.served().studies.get(panel))


def _estimate(panel: str, experiments: Sequence[Experiment | None]) -> None:
    """About how long it will take, on one core and on all that train."""
    workers, factor = session.served().workers, learned(panel)
    alone = factor * seconds_of(experiments)
    together = factor * seconds_of(experiments, workers=workers)
    if alone > WORTH_SAYING:
        st.caption(time_text(alone) if together == alone else workers_text(alone, together, workers))


def seconds_of(experiments: Sequence[Experiment | None], *, workers: int = 1) -> float:
    """About how long experiments take, by what the run on the page took."""
    run = session.player().run
    known = run.experiment, run.history.n_epochs, run.seconds
    beside = BESIDE * sum(one is not None for one in experiments)
    return beside + estimated_seconds(experiments, *known, workers=workers)


def time_text(seconds: float) -> str:
    """A length of time in a sentence."""
    return _("About {time}.").format(time=_length(seconds))


def workers_text(alone: float, together: float, workers: int) -> str:
    """Two lengths of time in a sentence: with one worker and with several."""
    said = ngettext("About {alone}; {time} with {n} worker.", "About {alone}; {time} with {n} workers.", workers)
    return said.format(alone=_length(alone), time=_length(together), n=workers)


def _length(seconds: float) -> str:
    if seconds < 90:
        n = max(1, round(seconds))
        return ngettext("{n} second", "{n} seconds", n).format(n=n)
    if seconds < 5400:
        n = round(seconds / 60)
        return ngettext("{n} minute", "{n} minutes", n).format(n=n)
    n = round(seconds / 3600)
    return ngettext("{n} hour", "{n} hours", n).format(n=f"{n:,}")


def _look(wanted: Asked, running: bool, show: Show) -> None:
    """One look at the study. `running`: whether a timer brings the next."""
    if not session.runs_whole() and session.needs_surroundings():
        st.rerun()  # a run was opened from here
    served = session.served()
    served.look()
    study = served.studies.get(wanted.panel)
    if running and (study is None or not study.running):
        st.rerun()  # the timer must go
    if study is None:
        return
    progress(study)
    say_whose(study, wanted)
    if study.done and isinstance(study, ManyRuns):
        show(_still(study))


def _still(study: ManyRuns) -> ManyRuns:
    """The study as it was drawn last, until it has a fifth more: a new chart blinks, and keeps the browser busy."""
    memory = session.browser().memory
    last, drawn = memory.get("drawn", (None, study))
    if last is not study or not study.running or study.done >= MORE * drawn.done:
        drawn = copy(study)  # whose outcomes stay those of now
        memory["drawn"] = study, drawn
    still: ManyRuns = drawn
    return still


def say_whose(study: Study, wanted: Asked) -> None:
    """That results aren't those of the settings on the page."""
    if study.asked != wanted:
        said = _("These results are for other settings: {settings}.")
        st.info(said.format(settings=_difference(study.asked, wanted)))


def take_away(csv: Callable[[], str], name: str) -> None:
    """A study's runs as a table."""
    st.download_button(_("Table (CSV)"), csv, name, "text/csv", icon=":material/download:", on_click="ignore")


def progress(study: Study) -> None:
    """How far a study is, or why it ended early."""
    if study.failure is not None:
        failure = study.failure
        said = (
            error_sentence(failure, _)
            if isinstance(failure, FieldError)
            else literal(str(failure) or type(failure).__name__)
        )
        st.error(_("The study has ended early: {why}").format(why=said))
    elif study.running:
        said = _("{done} of {planned} done.").format(done=f"{study.done:,}", planned=f"{study.planned:,}")
        left = study.seconds_left
        if left is not None and left > WORTH_SAYING:
            said = f"{said} {left_text(left, _)}"
        st.progress(min(1.0, study.done / max(1, study.planned)), said)
    elif study.done < study.planned:
        said = _("Stopped after {done} of {planned}.").format(done=f"{study.done:,}", planned=f"{study.planned:,}")
        st.caption(said)


def _difference(shown: Asked, wanted: Asked) -> str:
    if shown.experiment != wanted.experiment:
        return literal(what_differs(shown.experiment, _, wanted.experiment))
    return _("the study's own")


def open_run(experiment: Experiment) -> None:
    """Make a run of a study the one on the page; the one before can be had back."""
    looked = Looked(RunId(experiment, session.state().looked.run.device), Cursor(experiment.epochs))
    notice = Notice(lambda _: _("The run of the study is on the page now."), undo=True)
    settings.send(e.RunOpened(looked, notice))
    session.open_room("train")
