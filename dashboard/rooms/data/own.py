"""A person's own points: every change makes a new table of them, and can be taken back."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.app import events as e
from dashboard.app.importing import Upload
from dashboard.app.state import Notice
from dashboard.app.words import error_sentence
from dashboard.page import session, settings
from dashboard.page.language import _
from moons import Dataset, FieldError
from moons.data import INTACT, OWN, DataSpec, Table, make_dataset, rows_of, table_of, with_rows
from moons.data.cells import number
from moons.data.table import STARTER

REMEMBERED = 100  # tables whose upload is known
MOST_ORIGINS = 3  # brought tables that are remembered
MOST_DECIMALS = 12
HEIGHT = 300  # pixels of the table

Rows = list[list[Any]]  # x0, x1, the class's name or the number to predict, and whether the point is held out


def shown(spec: DataSpec) -> Dataset:
    """The points as the room shows them: a person's own as they wrote them, before anything is done to them."""
    if spec.kind != OWN:
        return session.player().run.history.dataset
    return make_dataset(replace(spec, standardise=False, label_noise=0.0, transfer=INTACT))


def use(table: Table, said: Notice | None = None, *, standardise: bool = False, origin: Upload | None = None) -> None:
    """Make these points the data, unless the other settings don't allow it. `origin`: what they were brought in."""
    before = _chosen()
    if before[0] == OWN and (before[1] or STARTER) == table:
        _remember(table, origin)
        tell(said)
        return
    _put(OWN, table, standardise or before[2])
    try:
        settings.read({"training.batch_size": None})  # which is taken down where it must be
    except FieldError as error:
        _put(*before)
        refuse(error)
        return
    _remember(table, origin)
    room = session.state().data_room
    session.choose(replace(room, version=room.version + 1, notice=said))


def origin() -> Upload | None:
    """What the points on the page were brought in, also once some are changed; None: no table was."""
    kind, table, _standardise = _chosen()
    known = session.state().data_room.origins if kind == OWN else ()
    return next((upload for known_table, upload in reversed(known) if known_table == table), None)


def _remember(table: Table, origin: Upload | None) -> None:
    """Of the last few tables only: an upload holds its file."""
    if origin is None:
        return
    room = session.state().data_room
    uploads = dict.fromkeys([*(upload for _table, upload in room.origins), origin])
    recent = [*[upload for upload in uploads if upload is not origin][1 - MOST_ORIGINS :], origin]
    kept = [(known, upload) for known, upload in room.origins if upload in recent and known != table]
    session.choose(replace(room, origins=(*kept, (table, origin))[-REMEMBERED:]))


def _chosen() -> tuple[str, Table | None, bool]:
    """What of the data the room changes, and has it back where no network could learn from it."""
    return settings.value("data.kind"), settings.value("data.table"), settings.value("data.standardise")


def _put(kind: str, table: Table | None, standardise: bool) -> None:
    settings.put("data.kind", kind)
    settings.put("data.table", table)
    settings.put("data.standardise", standardise)


def tell(notice: Notice | None) -> None:
    """What came of the last change."""
    session.choose(replace(session.state().data_room, notice=notice))


def change(act: Callable[[Rows], None]) -> None:
    """Do something to the rows of the points. Points that no network could learn from stay what they were."""
    if settings.value("data.kind") != OWN:
        return
    table = settings.value("data.table") or STARTER
    held = table.test or (False,) * len(table.y)
    rows = [[*row, test] for row, test in zip(rows_of(table), held, strict=True)]
    try:
        act(rows)
        use(with_rows(table, rows, [row[3] for row in rows] if table.test else None), origin=origin())
    except FieldError as error:
        refuse(error)


def refuse(error: FieldError) -> None:
    """Say what is wrong; the last good points stay."""
    tell(wrong(error))


def wrong(error: FieldError) -> Notice:
    """What is wrong, in a sentence."""
    return Notice(partial(error_sentence, error), error=True)


def buttons(spec: DataSpec) -> None:
    """Undo, or the way from a shape to points of one's own."""
    if session.state().before:
        st.button(_("Undo"), key="undo_points", icon=":material/undo:", on_click=_undo, args=(session.drawn(),))
    if spec.kind != OWN:
        st.button(_("Edit these points"), key="edit_points", icon=":material/edit:", on_click=_adopt)


def file(spec: DataSpec) -> None:
    """The points as a file."""
    st.download_button(
        _("Download as CSV"),
        shown(spec).all_to_csv,
        "points.csv",
        "text/csv",
        key="download_points",
        icon=":material/download:",
        on_click="ignore",
        help=_("All points on the screen. Read back, the file gives the same training and test points."),
    )


def table(spec: DataSpec) -> None:
    """The points as a table to write in."""
    points = spec.own
    assert points is not None
    key = _key()
    if not settings.has(key):  # the widget starts afresh and has forgotten the rows that wait
        room = session.state().data_room
        session.show_while_drawing(e.Chosen(replace(room, waiting_shown=room.waiting)))
    st.data_editor(
        _frame(points),
        key=key,
        num_rows="dynamic",
        height=HEIGHT,
        hide_index=True,
        column_config=_editors(points),
        on_change=_edited,
        args=(key, points),
    )
    st.caption(
        _("{n} points, {test} of them held out for the test. A new row counts once all its cells are filled.").format(
            n=f"{len(points.y):,}", test=f"{len(points.y) - spec.n_train:,}"
        )
    )


def _frame(points: Table) -> pd.DataFrame:
    """The points, and under them the rows that wait."""
    labels = [points.class_names[int(label)] for label in points.y] if points.class_names else points.y
    waiting = [
        (number(x0), number(x1), (label or None) if points.class_names else number(label))
        for x0, x1, label in session.state().data_room.waiting_shown
    ]
    rows = [*zip(points.x0, points.x1, labels, strict=True), *waiting]
    return pd.DataFrame(rows, columns=list(points.columns))


def _editors(points: Table) -> dict[str, Any]:
    """Numbers with all their digits; classes as text, whatever they are called."""
    numbers = [st.column_config.NumberColumn(format=_format(values)) for values in (points.x0, points.x1, points.y)]
    label = st.column_config.TextColumn() if points.class_names else numbers[2]
    return dict(zip(points.columns, (*numbers[:2], label), strict=True))


def _format(values: Sequence[float]) -> str:
    """A format with all decimals that any of the values has: the widget's own way of writing adds some."""
    texts = [repr(float(value)) for value in values]
    if any("e" in text for text in texts):
        return "plain"
    decimals = max(len(text.rstrip("0").partition(".")[2]) for text in texts)
    return f"%.{decimals}f" if decimals <= MOST_DECIMALS else "plain"


def _key() -> str:
    """The table's widget starts afresh when its points have changed."""
    return f"points_table_{session.state().data_room.version}"


def _edited(key: str, points: Table) -> None:
    """What has been written into the table."""
    if key != _key():
        return
    written = settings.value(key)
    waiting = [list(row) for row in session.state().data_room.waiting_shown]
    new = waiting + [[_text(row.get(name)) for name in points.columns] for row in written["added_rows"]]
    deleted = set(written["deleted_rows"])

    def act(rows: Rows) -> None:
        known = len(rows)
        rows += [[*row, False] for row in new]
        for row, cells in written["edited_rows"].items():
            for name, value in cells.items():
                rows[int(row)][points.columns.index(name)] = value
        kept = [
            (row, i < known or all(cell not in (None, "") for cell in row))
            for i, row in enumerate(rows)
            if i not in deleted
        ]
        rows[:] = [row for row, counts in kept if counts]
        _wait(tuple(tuple(map(_text, row[:3])) for row, counts in kept if not counts))

    change(act)


def _wait(rows: tuple[tuple[str, ...], ...]) -> None:
    """Remember new rows whose cells are not all filled."""
    session.choose(replace(session.state().data_room, waiting=rows))


def _text(value: Any) -> str:
    """A cell as a file would have it."""
    return "" if value is None else str(value)


def _adopt() -> None:
    """Make the points on the screen one's own: the same training points, the same test points."""
    dataset = session.player().run.history.dataset
    _wait(())
    try:
        use(table_of(dataset))
    except FieldError as error:
        refuse(error)


def _undo(drawn: int) -> None:
    if session.is_new("undo_points", drawn):
        settings.send(e.Undone())
