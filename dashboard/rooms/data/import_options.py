"""How a file was read, as small choices that read it again at once."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import streamlit as st

from dashboard.app.importing import Upload
from dashboard.app.state import DataRoom
from dashboard.page.language import _, literal
from moons.data import ReadOptions
from moons.data.reading.encoding import NAMES
from moons.fields import N_

ENCODINGS = {"utf-8": "UTF-8", "utf-16": "UTF-16", **NAMES}
DELIMITERS = {
    ",": N_("comma"),
    ";": N_("semicolon"),
    "\t": N_("tab"),
    "|": N_("pipe"),
    " ": N_("blanks"),
    "  ": N_("two or more blanks"),
}
DECIMALS = {".": N_("point"), ",": N_("comma")}
THOUSANDS = {"": N_("none"), ",": N_("comma"), ".": N_("point"), " ": N_("blank"), "'": N_("apostrophe")}
COMMENTS = {"": N_("none"), "#": "#", "%": "%", "//": "//"}
_TEXTS: dict[str, tuple[str, dict[str, str]]] = {
    "encoding": (N_("Encoding"), ENCODINGS),
    "delimiter": (N_("Delimiter"), DELIMITERS),
    "decimal": (N_("Decimal mark"), DECIMALS),
    "thousands": (N_("Thousands mark"), THOUSANDS),
    "comment": (N_("Comment mark"), COMMENTS),
}
_ROWS = {"header": N_("Row of the names; 0: none"), "first_row": N_("First row of data")}


def in_effect(upload: Upload) -> ReadOptions:
    """How the file was read, all marks filled in."""
    marks = upload.sheet.marks
    return upload.sheet.options.filled(decimal=marks.decimal, thousands=marks.thousands, header=1, first_row=2)


def shown(room: DataRoom, upload: Upload) -> DataRoom:
    """The room with the widgets that say so."""
    found = in_effect(upload)
    return replace(
        room,
        upload_encoding=found.encoding,
        upload_delimiter=found.delimiter,
        upload_decimal=found.decimal,
        upload_thousands=found.thousands,
        upload_comment=found.comment,
        upload_header=found.header or 0,
        upload_first_row=found.first_row or 1,
    )


def asked(room: DataRoom, upload: Upload, name: str) -> ReadOptions:
    """What the person has set, with what one of the widgets says now."""
    value, found = getattr(room, f"upload_{name}"), in_effect(upload)
    if name == "header":  # the names' row that was is data now, or the data begin under the new one
        first = found.header or found.first_row if value == 0 else None
        return replace(upload.options, header=value, first_row=first)
    if name == "first_row":
        return replace(upload.options, header=found.header, first_row=value)
    if name in ("encoding", "delimiter"):  # other cells: their rows and marks are found anew
        return ReadOptions(**{name: value}, sheet=upload.options.sheet, answers=upload.options.answers)
    return replace(upload.options, **{name: value})


def draw(upload: Upload, changed: Callable[[str], None]) -> None:
    """The choices, under a line that sums them up."""
    with (
        st.expander(_summary(upload), key="upload_options", icon=":material/tune:"),
        st.container(horizontal=True, vertical_alignment="bottom", gap="small"),
    ):
        for name, (label, known) in _TEXTS.items():
            value = getattr(in_effect(upload), name)
            if value is None or (name == "delimiter" and _is_structured(upload)):
                continue
            texts = known if value in known else {value: value, **known}
            st.selectbox(
                _(label),
                list(texts),
                key=f"upload_{name}",
                format_func=partial(_text, texts),
                width=150,
                on_change=changed,
                args=(name,),
            )
        for name, label in () if _is_structured(upload) else _ROWS.items():
            low = 0 if name == "header" else 1
            st.number_input(
                _(label), key=f"upload_{name}", min_value=low, step=1, width=170, on_change=changed, args=(name,)
            )


def _text(texts: dict[str, str], key: str) -> str:
    return literal(_(texts[key]))


def _is_structured(upload: Upload) -> bool:
    """Whether the format itself says where its names and its cells are: .arff, JSON, LIBSVM."""
    return len(upload.sheet.options.delimiter or "") > len("  ")


def _summary(upload: Upload) -> str:
    found = in_effect(upload)
    header = _("names in row {row}").format(row=found.header) if found.header else _("no names")
    decimal = _("decimal {mark}").format(mark=_(DECIMALS[found.decimal or "."]))
    parts = [ENCODINGS.get(found.encoding or "", found.encoding or ""), found.sheet or ""]
    parts += [_(DELIMITERS.get(found.delimiter or "", found.delimiter or "")) if found.delimiter else ""]
    return _("How it was read: {how}").format(how=literal(" · ".join(filter(None, [*parts, decimal, header]))))
