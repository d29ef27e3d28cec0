"""Runs beside each other: what was set differently, what came of it, and where their networks disagree."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.app import events as e
from dashboard.app.names import LETTERS, course_text, field_name, names_beside, score_text, what_differs
from dashboard.app.shelf import MOST, MOST_PINNED, Kept, Shelf
from dashboard.app.state import Comparison, Cursor
from dashboard.page import class_key, memory, session, settings
from dashboard.page.language import _, ngettext
from dashboard.rooms.compare import rewind, sidebyside
from dashboard.rooms.compare.sidebyside import Look
from moons import Experiment, History
from moons.digits import Digits
from moons.inspection.comparison import differences
from moons.inspection.curve import LossCurve, loss_curve
from moons.plots.comparison import losses_figure
from moons.plots.palette import RUNS
from moons.share import is_loaded

_COLORS = "".join(
    f".st-key-run{place} button {{ border-left: 0.5rem solid {color}; }}" for place, color in enumerate(RUNS)
)


def draw() -> None:
    """The room."""
    shelf = session.served().shelf
    runs = _choose(shelf)
    if len(runs) > 1:
        rewind.draw()
        pictures = st.container()
        _pair(runs)
    else:
        pictures, invitation = st.columns(2, gap="large")
        with invitation:
            rewind.invite()
    table = None
    if sidebyside.last_epoch(runs):
        losses, about = st.columns([3, 2], gap="medium")
        with losses:
            _losses(runs)
        table = about.empty()
    with pictures:
        class_key.draw([kept.history.dataset for kept in runs], _("only training points are drawn"))
        sidebyside.draw(runs, partial(_table, runs, table) if table else _nothing)
    if shelf.removed:
        st.caption(
            ngettext(
                "{n} run was removed to make room for newer ones. Pin a run to keep it.",
                "{n} runs were removed to make room for newer ones. Pin a run to keep it.",
                shelf.removed,
            ).format(n=shelf.removed)
        )


def _choose(shelf: Shelf) -> list[Kept]:
    """Which runs, and what can be done with each: at first the current one and the one kept before it.

    Where none is chosen it is the current one, even if it is not trained and so not kept yet.
    """
    by_number = {kept.number: kept for kept in shelf}
    chosen = _chosen(by_number)
    runs = [by_number[number] for number in chosen.compared]
    letters = LETTERS[: max(2, len(runs))]
    first = chosen.compared_first if chosen.compared_first in letters else letters[0]
    others = [letter for letter in letters if letter != first]
    chosen = replace(chosen, compared_first=first, against=chosen.against if chosen.against in others else others[0])
    session.show_while_drawing(e.Chosen(chosen))
    st.html(f"<style>{_COLORS}</style>")
    with st.container(key="runs", horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{_('Runs')}**", width="content")
        for place, kept in enumerate(runs):
            _run(kept, place)
        if not by_number:
            st.markdown(_("No run is kept yet. Each run that you train will be."))
        else:
            memory.offer_to_forget()
    if by_number:
        names = dict(zip(by_number, names_beside(list(by_number.values()), _), strict=True))
        st.multiselect(
            _("Runs to compare"),
            list(by_number),
            key="compared",
            format_func=names.__getitem__,
            max_selections=len(LETTERS),
            help=_("The {most} newest runs are kept, and those that you pin.").format(most=MOST),
        )
    run, looked = session.player().run, session.state().looked
    return runs or [shelf.find(run.id) or Kept(run, looked, 1 + max(by_number, default=0), 0.0)]


def _chosen(by_number: dict[int, Kept]) -> Comparison:
    """The runs chosen, as far as they are still there; a run that has become the current one joins them."""
    now = session.state().comparison
    numbers = tuple(number for number in now.compared if number in by_number)
    current = session.served().shelf.find(session.player().run.id)
    if current is not None and current.number != now.compared_with:
        now = replace(now, compared_with=current.number)
        if current.number not in numbers:
            before = numbers or tuple(number for number in by_number if number != current.number)[-1:]
            numbers = (*before[: len(LETTERS) - 1], current.number)
    return replace(now, compared=numbers)


def _losses(runs: list[Kept]) -> None:
    with st.container(key="compared_losses"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{_('Loss')}**", width="stretch", help=_("Solid: training points. Dashed: test points."))
            st.toggle(_("Log scale"), key="log", help=_("Logarithmic loss axis."))
        figure = losses_figure(
            [_curve(kept.history) for kept in runs],
            LETTERS,
            epoch=0,  # the browser moves the mark, so that the chart isn't drawn anew
            log=session.state().view.log,
            theme=session.theme(),
            _=_,
        )
        alt = ngettext(
            "The loss of {n} run over the epochs, for training and test points.",
            "The losses of {n} runs over the epochs, for training and test points.",
            len(runs),
        ).format(n=len(runs))
        st.plotly_chart(figure, key="compared_losses_chart", height=300, config={"displayModeBar": False}, alt=alt)


def _curve(history: History) -> LossCurve:
    changes = (change.epoch for change in history.experiment.changes if change.epoch < history.n_epochs)
    return replace(loss_curve(history), epochs=history.n_epochs, changes=tuple(changes))


def _run(kept: Kept, place: int) -> None:
    """A run's letter; behind it what can be done with the run. Its name stands at its picture."""
    current = kept.run.id == session.state().looked.run
    label = _("{run} · on the page") if current else "{run}"
    with st.popover(label.format(run=LETTERS[place]), key=f"run{place}", help=_("Open, name, pin or remove this run")):
        help_text = _("Make it the run on the page, at the epoch shown here.")
        st.button(_("Open"), key=f"open{place}", disabled=current, on_click=_open, args=(kept,), help=help_text)
        st.text_input(
            _("Name"), kept.name, key=f"name{kept.number}", max_chars=40, on_change=_rename, args=(kept,),
            placeholder=what_differs(kept.run.experiment, _),
        )  # fmt: skip
        st.toggle(
            _("Pinned"), kept.pinned, key=f"pin{kept.number}", on_change=_pin, args=(kept,),
            disabled=not (kept.pinned or session.served().shelf.can_pin()),
            help=_("A pinned run stays when older ones leave to make room. At most {n} can be pinned.").format(
                n=MOST_PINNED
            ),
        )  # fmt: skip
        st.button(
            _("Remove"), key=f"remove{kept.number}", icon=":material/delete:", on_click=_remove, args=(kept,),
            disabled=current,
            help=_("It is the run on the page, which is always kept: open another run first.") if current else None,
        )  # fmt: skip


def _open(kept: Kept) -> None:
    epoch = min(sidebyside.epoch_of([kept]), kept.history.n_epochs)
    settings.send(e.RunOpened(replace(kept.looked, cursor=Cursor(epoch))))


def _rename(kept: Kept) -> None:
    kept.name = str(settings.value(f"name{kept.number}")).strip()


def _pin(kept: Kept) -> None:
    kept.pinned = bool(settings.value(f"pin{kept.number}"))


def _remove(kept: Kept) -> None:
    session.served().shelf.remove(kept.number)


def _nothing(_looks: Sequence[Look]) -> None:
    """No run is trained yet."""


def _table(runs: list[Kept], place: DeltaGenerator, looks: Sequence[Look]) -> None:
    """Only the settings that differ, and what has come of them at the epoch looked at."""
    found = differences([kept.history.experiment for kept in runs]) if len(runs) > 1 else ()
    rows: dict[str, Sequence[str]] = {
        field_name(d, _): [course_text(d, run, _) for run in range(len(runs))] for d in found
    }
    if len({kept.history.experiment.edits for kept in runs}) > 1:
        rows[_("Weights set by hand")] = [_edits(kept.history.experiment) for kept in runs]
    rows |= dict(zip(_result_names(runs), zip(*map(_results, looks), strict=True), strict=True))
    columns = list(LETTERS[: len(runs)])
    place.table(pd.DataFrame.from_dict(rows, orient="index", columns=columns), border="horizontal")


def _edits(experiment: Experiment) -> str:
    later = sum(edit.epoch > 0 for edit in experiment.edits)
    if not is_loaded(experiment):
        return f"{len(experiment.edits):,}"
    return _("loaded, and {n} by hand").format(n=f"{later:,}") if later else _("loaded")


def _result_names(runs: list[Kept]) -> list[str]:
    tasks = {bool(kept.history.dataset.n_classes) for kept in runs}
    scores = {
        frozenset({True}): (_("Accuracy, train"), _("Accuracy, test")),
        frozenset({False}): (_("R², train"), _("R², test")),
    }.get(frozenset(tasks), (_("Accuracy or R², train"), _("Accuracy or R², test")))
    return [_("Epoch"), _("Loss, train"), _("Loss, test"), *scores, _("Epochs trained"), _("Computing time")]


def _results(look: Look) -> list[str]:
    history, scores = look.kept.history, look.scores
    return [
        f"{look.epoch:,}",
        f"{Digits(scores.train_loss):.4f}",
        f"{Digits(scores.test_loss):.4f}",
        score_text(scores.train_score, history.dataset.n_classes),
        score_text(scores.test_score, history.dataset.n_classes),
        f"{history.n_epochs:,}",
        _("{n} s").format(n=_seconds(look.kept.run.seconds)),
    ]


def _seconds(seconds: float) -> str:
    return f"{seconds:.2f}" if seconds >= 1 else f"{seconds:.2g}"


def _pair(runs: list[Kept]) -> None:
    """Which two runs the map compares, where there is a choice."""
    if len(runs) < 3:
        return
    letters = LETTERS[: len(runs)]
    others = [letter for letter in letters if letter != session.state().comparison.compared_first]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(_("Map of where these two disagree:"), width="content")
        st.segmented_control(
            _("One run"), list(letters), key="compared_first", required=True, label_visibility="collapsed"
        )
        st.markdown(_("and"), width="content")
        st.segmented_control(_("Another run"), others, key="against", required=True, label_visibility="collapsed")
