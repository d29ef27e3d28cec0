"""A brought table's first and last rows, and all rows that are marked, with the columns that are used."""

from collections.abc import Iterable
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.app.importing import Upload
from dashboard.page.language import _, literal, ngettext
from dashboard.rooms.data.sentences import opening
from moons.data import NONE

HEAD, TAIL, MARKED = 5, 3, 20  # rows that are shown
MOST_COLUMNS = 60
_WRONG, _LEFT_OUT, _USED = "rgba(213, 94, 0, 0.45)", "rgba(230, 159, 0, 0.30)", "rgba(0, 114, 178, 0.10)"


def draw(upload: Upload) -> None:
    """The table, and what its marks mean."""
    wrong, left_out = _marks(upload)
    rows, numbers = upload.sheet.filled
    places = _shown(len(rows), sorted({row for row, _column in wrong}), sorted({row for row, _column in left_out}))
    columns = _columns(upload)
    frame = pd.DataFrame([[rows[i][c] for c in columns] for i in places], index=[f"{numbers[i]:,}" for i in places])
    frame.columns = pd.Index([upload.sheet.columns[c] for c in columns])
    colors = [[_color(i, c, upload, wrong, left_out) for c in columns] for i in places]
    style = pd.DataFrame(colors, index=frame.index, columns=frame.columns)
    st.dataframe(
        frame.style.apply(lambda _frame: style, axis=None), column_config=_tooltips(upload, columns), height="content"
    )
    st.caption(_said(upload, len(places), bool(wrong), bool(left_out)))
    _problems(upload)


def _marks(upload: Upload) -> tuple[set[tuple[int, int]], set[tuple[int, int]]]:
    """The cells that can't be used, and those for which a row is left out: (row among the filled ones, column)."""
    wrong = {(problem.place, problem.column) for problem in upload.selection.problems}
    place_of = {number: i for i, number in enumerate(upload.sheet.filled[1])}
    left_out = {
        (place_of[row], note.column)
        for note in upload.selection.notes
        for row in (note.rows if note.column is not None else ())[:MARKED]
        if row in place_of and note.column is not None
    }
    return wrong, left_out - wrong


def _shown(n: int, wrong: list[int], left_out: list[int]) -> list[int]:
    """The places of the rows to show."""
    marked: Iterable[int] = [*wrong, *left_out][:MARKED]
    return sorted({*range(min(HEAD, n)), *marked, *range(max(0, n - TAIL), n)})


def _columns(upload: Upload) -> list[int]:
    """The places of the columns to show: the first ones, and those that are used."""
    used = {place for place in upload.places if place != NONE}
    return sorted(used | set(range(min(MOST_COLUMNS, len(upload.sheet.columns)))))


def _color(row: int, column: int, upload: Upload, wrong: set[tuple[int, int]], left_out: set[tuple[int, int]]) -> str:
    if (row, column) in wrong:
        return f"background-color: {_WRONG}"
    if (row, column) in left_out:
        return f"background-color: {_LEFT_OUT}"
    return f"background-color: {_USED}" if column in upload.places else ""


def _tooltips(upload: Upload, columns: list[int]) -> dict[str, Any]:
    """Names that were shortened, in full."""
    full = upload.sheet.full_names
    return {
        upload.sheet.columns[c]: st.column_config.Column(help=literal(full[c]))
        for c in columns
        if c < len(full) and full[c] and full[c] != upload.sheet.columns[c]
    }


def _said(upload: Upload, shown: int, wrong: bool, left_out: bool) -> str:
    n, width = len(upload.sheet.filled[0]), len(upload.sheet.columns)
    sentences = [ngettext("{n} row, {width} columns.", "{n} rows, {width} columns; {shown} rows are shown.", n)]
    sentences += [_("Tinted: the columns that are used.")]
    sentences += [_("Red: cells that can't be used.")] if wrong else []
    sentences += [_("Yellow: cells for which a row is left out.")] if left_out else []
    return " ".join(sentences).format(n=f"{n:,}", width=f"{width:,}", shown=shown)


def _problems(upload: Upload) -> None:
    """All cells that can't be used, in one list."""
    problems = upload.selection.problems
    if not problems:
        return
    label = ngettext("{n} cell that can't be used", "All {n} cells that can't be used", len(problems))
    with st.expander(label.format(n=f"{len(problems):,}"), expanded=upload.error is not None):
        st.markdown("\n".join(f"- {opening(problem)}" for problem in problems[:MARKED]))
        if len(problems) > MARKED:
            cells = [(p.row, upload.sheet.columns[p.column], upload.sheet.cells(p.column)[p.place]) for p in problems]
            st.dataframe(pd.DataFrame(cells, columns=[_("Row"), _("Column"), _("Cell")]), hide_index=True, height=240)
