"""The ways in for a person's own table: a file, a drop, a paste, a real data set."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import streamlit as st

from dashboard.app import events as e
from dashboard.app import importing
from dashboard.app.importing import Reading, Say, Upload
from dashboard.app.state import DataRoom
from dashboard.page import component, session, settings
from dashboard.page.language import _, literal
from dashboard.rooms.data import import_options, own
from moons import FieldError
from moons.data.reading.kinds import MOST_BYTES
from moons.data.samples import SAMPLES
from moons.data.table import MOST

PATIENCE = 2.0  # seconds until a reading shows how far it is


def draw() -> None:
    """The ways in."""
    if session.state().data_room.reading is not None:
        st.fragment(_progress, run_every=0.5)()
        return
    uploader(_("Bring a table"))
    with st.container(horizontal=True, gap="small"):
        _paste()
        _samples()
        if settings.value("upload_file") is not None and own.origin() is None:
            st.button(_("Choose its columns"), key="look_again", icon=":material/view_column:", on_click=_look)
    said = _(
        "CSV or any delimited text, Excel, ODS, JSON, .arff, gzip: drop it anywhere here, or copy cells in a "
        "spreadsheet and paste. Of more than {n} rows a sample is taken."
    )
    st.caption(said.format(n=f"{MOST:,}"))


def uploader(label: str) -> None:
    """A place for a file, which takes those too that are dropped or pasted anywhere in the room."""
    st.file_uploader(label, key="upload_file", max_upload_size=MOST_BYTES // 1_000_000, on_change=_look)
    mount = component.component("drop", "drop.js", html="<div></div>")
    mount(key="drop", data={"word": _("Drop the file anywhere")}, height=1)


def _paste() -> None:
    with st.popover(_("Paste cells"), icon=":material/content_paste:"):
        st.text_area(
            _("Cells of a spreadsheet"),
            key="upload_text",
            height=180,
            help=_("Copy cells, with their header if there is one, and paste them here or anywhere in the room."),
        )
        st.button(_("Read these cells"), key="read_text", on_click=_look_at_text)


def _samples() -> None:
    with st.popover(_("Real data"), icon=":material/dataset:"):
        for key, sample in SAMPLES.items():
            st.button(_(sample.label), key=f"sample_{key}", on_click=_look_at_sample, args=(key,))
            st.caption(literal(f"{sample.source}. {sample.licence}"))


def _look() -> None:
    """A file has come, or gone."""
    close()
    file = settings.value("upload_file")
    if file is not None:
        start(partial(importing.read, file.getvalue(), file.name))


def _look_at_text() -> None:
    text = session.state().data_room.upload_text
    start(partial(importing.read, text.encode(), _("Pasted cells")))


def _look_at_sample(key: str) -> None:
    start(partial(importing.sample, key))


def close() -> None:
    """Put the table aside."""
    room = session.state().data_room
    if room.reading is not None:
        room.reading.cancel()
    session.choose(replace(room, upload=None, reading=None, notice=None))


def start(work: Callable[[Say], Upload]) -> None:
    """Read a table; what takes longer than a moment goes on while the page shows how far it is."""
    own.tell(None)
    reading = Reading(work)
    if reading.wait(PATIENCE):
        session.choose(finished(reading).part)
    else:
        session.choose(replace(session.state().data_room, reading=reading))


def finished(reading: Reading) -> e.Chosen:
    """The room with what came of a reading, or with what was wrong: then the last table stays."""
    room = replace(session.state().data_room, reading=None)
    try:
        upload = reading.result()
    except FieldError as error:
        room = replace(room, notice=own.wrong(error))
        return e.Chosen(import_options.shown(room, room.upload) if room.upload else room)
    return e.Chosen(_opened(room, upload))


def reopen(upload: Upload) -> None:
    """A table that was brought before, as it was read and chosen."""
    session.choose(_opened(replace(session.state().data_room, notice=None), upload))


def _opened(room: DataRoom, upload: Upload) -> DataRoom:
    """The room with a table to choose from."""
    new = room.upload is None or upload.data is not room.upload.data or upload.name != room.upload.name
    x0, x1, label = upload.places
    room = replace(room, upload=upload, uploads=room.uploads + new, upload_task=upload.task)
    return import_options.shown(replace(room, upload_x0=x0, upload_x1=x1, upload_label=label), upload)


def _progress() -> None:
    """How far a long reading is."""
    reading = session.state().data_room.reading
    if reading is None:
        st.rerun()
    elif reading.wait():
        session.show_while_drawing(finished(reading))
        st.rerun()
    else:
        st.progress(reading.share, text=_("The table is being read."))
        st.button(_("Cancel"), key="cancel_reading", on_click=close)
