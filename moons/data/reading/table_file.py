"""From a file's bytes to a sheet. What is no table gets a sentence."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from moons.data.cells import clean, is_split, number, unguarded, unique, unnamed
from moons.data.numbers import is_missing
from moons.data.options import Note, ReadOptions, note
from moons.data.reading import records
from moons.data.reading.delimited import Raw, check_width, read_delimited
from moons.data.reading.encoding import decoded
from moons.data.reading.frame import Frame, framed
from moons.data.reading.kinds import check_kind, check_size, check_text, is_workbook, unpacked
from moons.data.reading.workbook import read_workbook
from moons.data.sheet import Sheet
from moons.fields import N_, FieldError

PEEK = 2_000  # characters in which a program's or a database's statement begins
_KEYED = re.compile(r"\s*([^\W\d][\w .-]{0,40}?)\s*[=:]\s*(.*)", re.DOTALL)
_STATEMENT = re.compile(
    r"^\s*(?:(?:const|let|var)\s+\w+\s*=|INSERT\s+INTO[^(;]*(?:\([^()]*\)\s*)?VALUES)\s*", re.IGNORECASE
)


def read_table(
    data: bytes,
    *,
    name: str = "",
    options: ReadOptions | None = None,
    progress: Callable[[float], None] | None = None,
) -> Sheet:
    """The cells of any table: text of any dialect, workbooks, JSON, .arff, LIBSVM, gzip.

    `name` is the file's; what the file is decides its content. `progress` hears the share that is done, from 0 to 1,
    and stops the reading by raising. Raises FieldError, in one sentence with a way on, for what is no table.
    """
    options, say = options or ReadOptions(), progress or (lambda _share: None)
    say(0.0)
    check_size(data)
    check_kind(data)
    data = unpacked(data)
    check_kind(data)
    say(0.1)
    raw, options = _workbook(data, options) if is_workbook(data) else _text(data, options, say)
    say(0.7)
    frame = framed(_unkeyed(raw), options)
    sheet = _sheet(raw, frame, options)
    say(1.0)
    return sheet


def _workbook(data: bytes, options: ReadOptions) -> tuple[Raw, ReadOptions]:
    rows, sheet, notes, questions = read_workbook(data, options)
    numbered = [(n, row) for n, row in enumerate(rows, 1) if any(cell.strip() for cell in row)]
    raw = Raw([row for _n, row in numbered], [n for n, _row in numbered], "", notes=notes, questions=questions)
    return raw, replace(options, sheet=options.sheet or sheet)


def _text(data: bytes, options: ReadOptions, say: Callable[[float], None]) -> tuple[Raw, ReadOptions]:
    text = decoded(data, options)
    check_text(options, text.text)
    say(0.2)
    raw = _raw(text.text, options, say)
    raw = replace(raw, notes=(*text.notes, *raw.notes), questions=(*text.questions, *raw.questions))
    found = {"encoding": text.encoding, "delimiter": raw.delimiter, "comment": raw.comment}
    return raw, options.filled(**found)


def _raw(text: str, options: ReadOptions, say: Callable[[float], None]) -> Raw:
    if options.delimiter is None:
        text = _STATEMENT.sub("", text[:PEEK], count=1) + text[PEEK:]
        if records.is_log(text):
            return read_delimited(records.without_log(text), options, say)
        if records.is_json(text):
            try:
                return records.read_json(text.rstrip().removesuffix(";"))
            except FieldError:
                if not records.is_bracketed(text):
                    raise
        if records.is_bracketed(text):
            return read_delimited(records.unbracketed(text), options, say)
        if records.is_arff(text):
            return records.read_arff(text)
        if records.is_libsvm(text):
            return records.read_libsvm(text)
    return read_delimited(text, options, say)


def _unkeyed(raw: Raw) -> Raw:
    """Rows like temp=21.5,state=on, whose cells have their column's name before them, with names above instead."""
    keys = [_KEYED.match(cell) for cell in raw.rows[0]] if raw.rows and not raw.structured else []
    if len(keys) < 2 or not all(keys) or len(raw.rows) < 2:
        return raw
    names = [key[1] for key in keys if key]
    rows = [[_KEYED.match(cell) for cell in row] for row in raw.rows]
    if not all([cell[1] for cell in row if cell] == names and len(row) == len(names) for row in rows):
        return raw
    return replace(raw, rows=[[cell[2] for cell in row if cell] for row in rows], names=(names, 0), structured=True)


def _sheet(raw: Raw, frame: Frame, options: ReadOptions) -> Sheet:
    width = len(frame.rows[0]) if frame.rows else 0
    if not frame.rows:
        raise FieldError(N_("the table has a header and no rows under it"))
    header = frame.names or [""] * width
    freed = _unformulate(frame.rows, header)
    used = _used(frame.rows, header)
    check_width(len(used))
    if len(used) < 2:
        raise FieldError(N_("a table must have at least two columns, and this one has one"))
    rows = frame.rows if len(used) == width else [[row[i] for i in used] for row in frame.rows]
    full = [unguarded(header[i]) if i < len(header) else "" for i in used]
    columns = tuple(unique(name or unnamed(i + 1) for i, name in zip(used, full, strict=True)))
    sheet = Sheet(
        columns=columns,
        rows=rows,
        first_row=frame.numbers[0],
        has_names=frame.names is not None,
        numbers=frame.numbers,
        options=options.filled(header=frame.header, first_row=frame.numbers[0], comment=""),
        file_notes=(*raw.notes, *frame.notes, *freed, *_named(header, used, full, columns)),
        file_questions=(*raw.questions, *frame.questions),
        full_names=tuple(full),
        strict=False,
    )
    return replace(sheet, strict=True) if is_export(sheet) else sheet


def _unformulate(rows: Sequence[list[str]], header: list[str]) -> list[Note]:
    """Take the text out of cells like ="007", by which a spreadsheet is kept from reading a number."""
    found = ""
    for row in (header, *rows):
        for i, cell in enumerate(row):
            if cell[:2] == '="' and cell[-1:] == '"' and len(cell) > 2:
                found, row[i] = found or cell, cell[2:-1]
    template = N_("Cells like {cell} were read as what stands between their quotes.")
    return [note(template, cell=found[:40])] if found else []


def _used(rows: Sequence[Sequence[str]], header: Sequence[str]) -> list[int]:
    """The columns with anything in them."""
    used = set[int]()
    waiting = set(range(len(rows[0])))
    for row in rows:
        used |= {i for i in waiting if row[i].strip()}
        waiting -= used
        if not waiting:
            break
    return sorted(used)


def _named(header: Sequence[str], used: Sequence[int], full: Sequence[str], columns: Sequence[str]) -> list[Note]:
    """What was done to the columns' names."""
    notes = []
    if any(clean(header[i]) != " ".join(header[i].split()) for i in used if i < len(header)):
        notes.append(note(N_("Characters that can't be seen were dropped from the columns' names.")))
    changed = [(name, column) for name, column in zip(full, columns, strict=True) if name and name != column]
    if changed:
        template = N_("Columns with long or equal names were renamed, like {value}.")
        notes.append(note(template, value=changed[0][1]))
    return notes


def is_export(sheet: Sheet) -> bool:
    """Whether a sheet is what `Dataset.all_to_csv` wrote: then each cell is meant as it is written."""
    if len(sheet.columns) != 4 or not sheet.has_names or sheet.options.delimiter != "," or sheet.file_questions:
        return False
    splits = [row[3] for row in sheet.rows]
    if (
        sheet.columns[3].rstrip("_") != "split"
        or set(splits) != {"train", "test"}
        or not is_split(sheet.columns[3], splits)
    ):
        return False
    n_train = splits.index("test")
    ordered = all(split == "test" for split in splits[n_train:])
    return ordered and all(_is_plain(row[0]) and _is_plain(row[1]) and row[2] for row in sheet.rows)


def _is_plain(cell: str) -> bool:
    """Whether a cell is a finite number as a program writes it."""
    value = None if "," in cell or is_missing(cell) or not cell.isascii() else number(cell)
    return value is not None and abs(value) < float("inf")
