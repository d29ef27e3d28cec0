"""A person's own points: every change makes a new table of them, and can be taken back."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from dashboard import session
from dashboard.language import _, error_sentence
from dashboard.session import Notice
from moons import Dataset, FieldError
from moons.data import INTACT, OWN, DataSpec, Sheet, Table, make_dataset, read_csv, sheet_of
from moons.data.cells import TRAIN, number
from moons.data.table import STARTER

UNDOS = 100
HEIGHT = 300  # pixels of the table

Rows = list[list[str]]


def shown(spec: DataSpec) -> Dataset:
    """The points as the room shows them: a person's own as they wrote them, before anything is done to them."""
    if spec.kind != OWN:
        return session.player().history.dataset
    return make_dataset(replace(spec, standardise=False, label_noise=0.0, transfer=INTACT))


def use(table: Table, said: Notice | None = None, *, standardise: bool = False) -> None:
    """Make these points the data, unless the other settings don't allow it."""
    if session.get("data.kind") == OWN and (session.get("data.table") or STARTER) == table:
        session.put(said=said)
        return
    before = {name: session.get(name) for name in ("data.kind", "data.table", "data.standardise")}
    session.put(**{"data.kind": OWN, "data.table": table})
    if standardise:
        session.put(**{"data.standardise": True})
    try:
        session.settings({"training.batch_size": None})  # which is taken down where it must be
    except FieldError as error:
        session.put(**before)
        refuse(error)
        return
    session.put(
        points_before=(*session.get("points_before"), before)[-UNDOS:],
        points_version=session.get("points_version") + 1,
        said=said,
    )


def change(act: Callable[[Rows], None]) -> None:
    """Do something to the rows of the points. Points that no network could learn from stay what they were."""
    if session.get("data.kind") != OWN:
        return
    table = session.get("data.table") or STARTER
    sheet = sheet_of(table)
    rows = [list(row) for row in sheet.rows]
    act(rows)
    try:
        use(Sheet(sheet.columns, rows).table(0, 1, 2, task=table.task))
    except FieldError as error:
        refuse(error)


def refuse(error: FieldError) -> None:
    """Say what is wrong; the last good points stay."""
    session.put(said=Notice(partial(error_sentence, error), error=True))


def buttons(spec: DataSpec) -> None:
    """Undo, or the way from a shape to points of one's own."""
    if session.get("points_before"):
        st.button(_("Undo"), key="undo_points", icon=":material/undo:", on_click=_undo, args=(session.get("drawn"),))
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
    if not session.has(key):  # the widget starts afresh and has forgotten the rows that wait
        session.put(points_waiting_shown=session.get("points_waiting"))
    st.data_editor(
        _frame(points),
        key=key,
        num_rows="dynamic",
        height=HEIGHT,
        hide_index=True,
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
        for x0, x1, label in session.get("points_waiting_shown")
    ]
    rows = [*zip(points.x0, points.x1, labels, strict=True), *waiting]
    return pd.DataFrame(rows, columns=list(points.columns))


def _key() -> str:
    """The table's widget starts afresh when its points have changed."""
    return f"points_table_{session.get('points_version')}"


def _edited(key: str, points: Table) -> None:
    """What has been written into the table."""
    if key != _key():
        return
    written = session.get(key)
    waiting = [list(row) for row in session.get("points_waiting_shown")]
    new = waiting + [[_text(row.get(name)) for name in points.columns] for row in written["added_rows"]]
    deleted = set(written["deleted_rows"])

    def act(rows: Rows) -> None:
        known = len(rows)
        rows += [[*row, TRAIN] if points.test else row for row in new]
        for row, cells in written["edited_rows"].items():
            for name, value in cells.items():
                rows[int(row)][points.columns.index(name)] = _text(value)
        kept = [(row, i < known or all(row)) for i, row in enumerate(rows) if i not in deleted]
        rows[:] = [row for row, counts in kept if counts]
        session.put(points_waiting=tuple(tuple(row[:3]) for row, counts in kept if not counts))

    change(act)


def _text(value: Any) -> str:
    """A cell as a file would have it."""
    return "" if value is None else str(value)


def _adopt() -> None:
    """Make the points on the screen one's own: the same training points, the same test points."""
    dataset = session.player().history.dataset
    sheet = read_csv(dataset.all_to_csv().encode())
    session.put(points_waiting=())
    try:
        use(sheet.table(*sheet.guess(), task=dataset.task))
    except FieldError as error:
        refuse(error)


def _undo(drawn: int) -> None:
    if session.is_new("undo_points", drawn):
        *earlier, before = session.get("points_before")
        version = session.get("points_version") + 1
        session.put(**before, points_before=tuple(earlier), points_version=version, points_waiting=(), said=None)
