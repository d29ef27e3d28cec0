"""A file becomes points: what it says, which columns to take, and what is wrong with it."""

from dataclasses import replace
from functools import partial

import pandas as pd
import streamlit as st

from dashboard.app.state import Notice, Upload
from dashboard.page import session, settings
from dashboard.page.language import _, ngettext
from dashboard.rooms.data import own
from moons import FieldError
from moons.data import CLASSIFICATION, OWN, REGRESSION, DataSpec, make_dataset, read_csv
from moons.data.csv_file import MOST_BYTES
from moons.data.table import MOST
from moons.fields import N_
from moons.plots.words import Translate

HEAD = 5  # rows that are shown
COLUMNS = ("upload_x0", "upload_x1", "upload_label")
TASKS = {
    "auto": N_("what it looks like"),
    CLASSIFICATION: N_("classes"),
    REGRESSION: N_("a number to predict"),
}


def draw() -> None:
    """The way in for a file, and its columns to choose from."""
    st.file_uploader(
        _("Bring a CSV file"),
        key="upload_file",
        max_upload_size=MOST_BYTES // 1_000_000,
        on_change=_look,
    )
    if session.state().data_room.upload is None:
        said = _(
            "Two columns of numbers and one with the class or the number to predict, with or without a header; "
            "comma, semicolon or tab; UTF-8, UTF-16 or CP949. Of more than {n} rows a sample is taken."
        )
        st.caption(said.format(n=f"{MOST:,}"))
    upload = session.state().data_room.upload
    if upload is not None:
        _choose(upload)
    elif settings.value("upload_file") is not None:
        st.button(_("Choose its columns"), key="look_again", icon=":material/view_column:", on_click=_look)


def _choose(upload: Upload) -> None:
    names = list(range(len(upload.columns)))
    said = ngettext("{n} row.", "{n} rows; the first {head} are shown.", upload.n_rows)
    st.caption(said.format(n=f"{upload.n_rows:,}", head=len(upload.head)))
    st.dataframe(pd.DataFrame(upload.head, columns=list(upload.columns)), hide_index=True)
    st.toggle(_("The first row holds names"), key="upload_names", on_change=_look_again)
    labels = (_("First input"), _("Second input"), _("Class or number"))
    for column, label, key in zip(st.columns(3), labels, COLUMNS, strict=True):
        with column:
            st.selectbox(label, names, key=key, format_func=upload.columns.__getitem__)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox(
            _("The last one holds"), TASKS, key="upload_task", format_func=lambda task: _(TASKS[task]), width=220
        )
        st.button(_("Use these points"), key="use_upload", type="primary", on_click=_use)
        st.button(_("Cancel"), key="cancel_upload", type="tertiary", on_click=_cancel)


def _look() -> None:
    """A file has come, or gone."""
    session.choose(replace(session.state().data_room, upload=None, notice=None))
    file = settings.value("upload_file")
    if file is not None:
        _open(file.getvalue())


def _look_again() -> None:
    """The person has said whether the first row holds names."""
    own.tell(None)
    room = session.state().data_room
    if room.upload and not _open(room.upload.data, has_names=room.upload_names):
        session.choose(replace(session.state().data_room, upload_names=not room.upload_names))


def _open(data: bytes, has_names: bool | None = None) -> bool:
    """Show what a file holds, with a guess at its columns, or say what is wrong. Returns whether it is shown."""
    try:
        sheet = read_csv(data, has_names=has_names)
    except FieldError as error:
        own.refuse(error)
        return False
    rows = [row for row in sheet.rows if row]
    x0, x1, label = sheet.guess()
    session.choose(
        replace(
            session.state().data_room,
            upload=Upload(data, sheet.columns, tuple(tuple(row) for row in rows[:HEAD]), len(rows)),
            upload_names=sheet.has_names,
            upload_task="auto",
            upload_x0=x0,
            upload_x1=x1,
            upload_label=label,
        )
    )
    return True


def _cancel() -> None:
    session.choose(replace(session.state().data_room, upload=None, notice=None))


def _use() -> None:
    room = session.state().data_room
    upload, task = room.upload, room.upload_task
    if upload is None:
        return
    try:
        sheet = read_csv(upload.data, has_names=room.upload_names)
        places = room.upload_x0, room.upload_x1, room.upload_label
        table = sheet.table(*places, task=None if task == "auto" else task)
    except FieldError as error:
        own.refuse(error)
        return
    n_rows, said = upload.n_rows, None
    if n_rows > MOST:
        said = Notice(partial(_sample, n_rows))
    unlike = not settings.value("data.standardise") and not make_dataset(DataSpec(kind=OWN, table=table)).same_units
    if unlike:
        said = said or Notice(lambda _: _("The two inputs have very different scales, so Standardise is on now."))
    session.choose(replace(session.state().data_room, upload=None, waiting=()))
    own.use(table, said, standardise=unlike)


def _sample(n_rows: int, _: Translate) -> str:
    sentence = _("The file has {rows} rows: a sample of {n} is used, with each class in proportion.")
    return sentence.format(rows=f"{n_rows:,}", n=f"{MOST:,}")
