"""The import step: a table as it was read, what is asked about it, and the points that it gives."""

from dataclasses import replace
from functools import partial

import streamlit as st

from dashboard.app import importing
from dashboard.app.importing import AUTO, Upload
from dashboard.app.state import Notice
from dashboard.page import session, settings
from dashboard.page.language import _, error_sentence, literal, ngettext
from dashboard.rooms.data import import_options, import_table, own, pairs, sketch, upload
from dashboard.rooms.data.sentences import opening, sentence
from moons.data import CLASSIFICATION, NONE, OWN, REGRESSION, DataSpec, Question
from moons.data.table import MOST
from moons.fields import N_
from moons.plots.words import Translate

TASKS = {
    AUTO: N_("what it looks like"),
    CLASSIFICATION: N_("classes"),
    REGRESSION: N_("a number to predict"),
}
FEW_NOTES = 4  # which stay open beside the points
COLUMNS = ("upload_x0", "upload_x1", "upload_label")


def draw(brought: Upload) -> None:
    """The step, instead of the room's points."""
    with st.container(horizontal=True, vertical_alignment="center", key="import_top"):
        st.markdown(f"**{_title(brought)}**", width="stretch")
        st.button(_("Cancel"), key="cancel_upload", type="tertiary", on_click=upload.close)
        st.button(
            _("Use these points"),
            key="use_upload",
            type="primary",
            icon=":material/check:",
            disabled=brought.table is None,
            on_click=_use,
        )
    left, right = st.columns([1.15, 1], gap="large")
    with left:
        import_table.draw(brought)
        _choices(brought)
        if brought.data is not None:
            import_options.draw(brought, _read_again)
        upload.uploader(_("Bring another table instead"))
    with right:
        _outcome(brought)


def _title(brought: Upload) -> str:
    return literal(brought.name) if brought.data is not None else _(brought.name)


def _choices(brought: Upload) -> None:
    """Which columns, and what the last one holds."""
    places = list(range(len(brought.sheet.columns)))
    shares = dict(brought.ranking)
    inputs = sorted(places, key=lambda place: -shares.get(place, 0.0)) if shares else places
    options = (inputs, [*inputs, NONE], [*places, NONE])
    labels = (_("First input"), _("Second input"), _("Class or number"))
    help_text = _("Percent: how much a small decision tree uses the column to predict the class or number.")
    for column, label, key, choices in zip(st.columns(3), labels, COLUMNS, options, strict=True):
        with column:
            ranked = shares if key != COLUMNS[2] else {}
            st.selectbox(
                label,
                choices,
                key=key,
                format_func=partial(_column, brought, ranked),
                help=help_text if ranked else None,
                on_change=_choose,
            )
    best = tuple(place for place, share in brought.ranking if share > 0)[:2]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox(
            _("The last column holds"),
            TASKS,
            key="upload_task",
            format_func=lambda task: _(TASKS[task]),
            width=220,
            on_change=_choose,
        )
        if len(best) == 2 and set(best) != set(brought.places[:2]):
            names = [literal(brought.sheet.columns[place]) for place in best]
            label = _("Use the two most informative columns: {first}, {second}").format(first=names[0], second=names[1])
            st.button(label, key="take_best", on_click=_take, args=(best,))
    pairs.draw(brought, _take)


def _column(brought: Upload, shares: dict[int, float], place: int) -> str:
    if place == NONE:
        return _("none")
    name = literal(brought.sheet.columns[place])
    return f"{name} · {shares[place]:.0%}" if shares.get(place, 0.0) >= 0.005 else name


def _outcome(brought: Upload) -> None:
    """What is asked, the points as they would be, and what was assumed."""
    version = session.state().data_room.uploads
    for question in brought.selection.questions:
        _ask(question, version)
    if brought.error is not None:
        st.error(error_sentence(brought.error))
    elif brought.table is not None:
        sketch.preview(DataSpec(kind=OWN, table=brought.table))
        st.caption(_counts(brought))
    notes = notes_of(brought)
    if brought.selection.suggests_standardise:
        notes.append(_("Standardise will be on: the numbers are large, far from 0, or have unlike scales."))
    _list(notes)


def notes_of(brought: Upload) -> list[str]:
    """What was assumed, left out or changed, and where the table is from."""
    notes = [opening(note) for note in brought.selection.notes]
    if brought.sheet.source:
        notes.append(_("Source: {source}").format(source=literal(brought.sheet.source)))
    return notes


def _list(notes: list[str]) -> None:
    if notes:
        st.markdown("\n".join(f"- {note}" for note in notes))


def draw_origin() -> None:
    """The table that the points were brought in: what was said about it, and the way back to its options."""
    brought = own.origin()
    if brought is None:
        return
    notes = notes_of(brought)
    label = ngettext("{name}, {n} note", "{name}, {n} notes", len(notes))
    said = label.format(name=_title(brought), n=len(notes))
    with st.expander(said, expanded=0 < len(notes) <= FEW_NOTES, icon=":material/table_view:", key="origin"):
        _list(notes)
        st.button(
            _("Columns and options"), key="look_again", icon=":material/tune:", on_click=upload.reopen, args=(brought,)
        )


def _ask(question: Question, version: int) -> None:
    """One clear choice, with the likely answer preselected."""
    texts = {answer.key: sentence(answer) for answer in question.answers}
    key = f"ask_{version}_{question.key}"
    keys = list(texts)
    st.radio(
        sentence(question),
        keys,
        index=keys.index(question.chosen) if question.chosen in keys else 0,
        key=key,
        format_func=texts.__getitem__,
        horizontal=True,
        on_change=_answer,
        args=(question.key, key),
    )


def _counts(brought: Upload) -> str:
    assert brought.table is not None
    table = brought.table
    said = ngettext("{n} point", "{n} points", len(table.y)).format(n=f"{len(table.y):,}")
    if not table.class_names:
        return _("{points}, {label} to predict.").format(points=said, label=literal(table.columns[2]))
    counts = [(table.y.count(place), name) for place, name in enumerate(table.class_names)]
    shown = ", ".join(f"{literal(name)} {count:,}" for count, name in counts[:12])
    return f"{said}: {shown}{', …' if len(counts) > 12 else ''}."


def _choose() -> None:
    room = session.state().data_room
    if room.upload is not None:
        places = room.upload_x0, room.upload_x1, room.upload_label
        upload.start(partial(importing.choose, room.upload, places, room.upload_task))


def _take(best: tuple[int, int]) -> None:
    brought = session.state().data_room.upload
    if brought is not None:
        upload.start(partial(importing.choose, brought, (*best, brought.places[2]), brought.task))


def _answer(key: str, widget: str) -> None:
    brought = session.state().data_room.upload
    if brought is not None and settings.has(widget):
        upload.start(partial(importing.answered, brought, key, settings.value(widget)))


def _read_again(name: str) -> None:
    room = session.state().data_room
    if room.upload is not None:
        upload.start(partial(importing.reread, room.upload, import_options.asked(room, room.upload, name)))


def _use() -> None:
    room = session.state().data_room
    brought = room.upload
    if brought is None or brought.table is None:
        return
    n_rows, said = len(brought.selection.X), None
    if n_rows > MOST:
        said = Notice(partial(_sample, n_rows))
    unlike = not settings.value("data.standardise") and brought.selection.suggests_standardise
    if unlike:
        said = said or Notice(
            lambda _: _("Standardise is on now: the numbers are large, far from 0, or have unlike scales.")
        )
    session.choose(replace(room, upload=None, waiting=()))
    own.use(brought.table, said, standardise=unlike, origin=brought)


def _sample(n_rows: int, _: Translate) -> str:
    said = _("The table has {rows} rows: a sample of {n} is used, with each class in proportion.")
    return said.format(rows=f"{n_rows:,}", n=f"{MOST:,}")
