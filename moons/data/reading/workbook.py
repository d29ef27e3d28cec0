"""An Excel or OpenDocument workbook as rows of text."""

import io
import re
from datetime import date, datetime, time, timedelta
from typing import Any

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetVisibleEnum

from moons.data.options import Note, Question, ReadOptions, Sentence, note, question
from moons.data.reading.kinds import checked_parts
from moons.fields import N_, FieldError

MOST_CELLS = 20_000_000  # of the rectangle that a sheet spans
_DAMAGED = N_("the workbook can't be read: open it in a spreadsheet, save it as .xlsx or CSV and bring that")
_SPARSE = N_("a sheet of the workbook spans more than {high} cells: copy the table into a new workbook and bring that")

Rows = list[list[str]]
_OPEN = re.compile(rb"</f>(?:<v\s*/>|<v></v>)?</c>")


def read_workbook(data: bytes, options: ReadOptions) -> tuple[Rows, str, tuple[Note, ...], tuple[Question, ...]]:
    """The rows of one sheet, its name, notes, and the question which sheet if several hold a table."""
    n_open = _check_spans(data)
    sheets, hidden = _sheets(data)
    filled = {name: rows for name, rows in sheets.items() if any(any(row) for row in rows)}
    if not filled:
        raise FieldError(N_("the workbook is empty"))
    seen = {name: rows for name, rows in filled.items() if name not in hidden} or filled
    tables = [name for name, rows in seen.items() if sum(sum(map(bool, row)) > 1 for row in rows) > 2]
    likely = max(tables or seen, key=lambda name: sum(sum(map(bool, row)) for row in filled[name]))
    said = options.sheet or options.answer("sheet")
    if said is not None and said not in filled:
        raise FieldError(N_("the workbook has no sheet {value}, or it is empty"), value=repr(said)[:60])
    chosen = said or likely
    told = note(N_("The sheet {value} of the workbook was read."), value=chosen)
    notes: tuple[Note, ...] = (told,) if len(sheets) > 1 else ()
    if n_open:
        template = N_(
            "{value} cells hold formulas that were never calculated: open the workbook in a spreadsheet, save it and "
            "bring it again"
        )
        notes += (note(template, value=f"{n_open:,}"),)
    asked: tuple[Question, ...] = ()
    if len(tables) > 1:
        names = {name: Sentence("{name}", (("name", name),)) for name in tables}
        asked = (question("sheet", N_("Which sheet holds the points?"), names, likely, options),)
    return filled[chosen], chosen, notes, asked


def _sheets(data: bytes) -> tuple[dict[str, Rows], set[str]]:
    """The rows of each sheet, and the names of those that are hidden."""
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheets = {name: _rows(book.get_sheet_by_name(name)) for name in book.sheet_names}
        return sheets, {sheet.name for sheet in book.sheets_metadata if sheet.visible != SheetVisibleEnum.Visible}
    except (CalamineError, ValueError, OSError, MemoryError, UnicodeError, KeyError, IndexError):
        raise FieldError(_DAMAGED) from None
    except BaseException as error:  # the reader's own panics derive from no Exception
        if type(error).__name__ != "PanicException":
            raise
        raise FieldError(_DAMAGED) from None


def _rows(sheet: CalamineSheet) -> Rows:
    """The cells of a sheet. One that is merged over several rows stands in each of them."""
    rows = [[_text(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False)]
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
        for row in rows[top + 1 : bottom + 1] if left == right else ():
            if top < len(rows) and left < min(len(row), len(rows[top])):
                row[left] = row[left] or rows[top][left]
    return rows


def _check_spans(data: bytes) -> int:
    """A sheet with one cell far out spans billions of them, each of which the reader would make.

    How many cells hold a formula without its value is returned.
    """
    if not data.startswith(b"PK"):
        return 0
    n_open = 0
    for part in checked_parts(data, r"xl/worksheets/[^/]*\.xml|content\.xml"):
        rows = columns = 0
        for found in re.finditer(rb"\br=[\"']([A-Za-z]{1,4})(\d{1,9})[\"']", part):
            rows, columns = max(rows, int(found[2])), max(columns, _column(found[1]))
        repeated_rows, repeated_columns = _repeated(part)
        if max(rows * columns, repeated_rows * repeated_columns) > MOST_CELLS:
            raise FieldError(_SPARSE, high=f"{MOST_CELLS:,}")
        n_open += len(_OPEN.findall(part))
    return n_open


def _column(letters: bytes) -> int:
    place = 0
    for letter in letters.upper():
        place = 26 * place + letter - 64
    return place


_TAG = re.compile(
    rb"<table:table-row\b[^>]*?(?:number-rows-repeated=\"(\d{1,9})\"[^>]*)?>"
    rb"|<table:(?:covered-)?table-cell\b([^>]*)>|</table:table>"
)


def _repeated(part: bytes) -> tuple[int, int]:
    """How many rows and columns an OpenDocument sheet spans up to its last cell with a value."""
    most_rows = most_columns = row = 0
    column = times = 1
    for found in _TAG.finditer(part):
        if found[0].startswith(b"</"):
            row, times = 0, 1
        elif found[2] is None:
            row, times, column = row + times, int(found[1] or 1), 0
        else:
            repeated = re.search(rb"number-columns-repeated=\"(\d{1,9})\"", found[2])
            column += int(repeated[1]) if repeated else 1
            if b"value" in found[2]:
                most_rows, most_columns = max(most_rows, row + times), max(most_columns, column)
    return most_rows, most_columns


def _text(cell: Any) -> str:
    """A cell as a CSV file would have it."""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else f"{cell:.15g}"  # as spreadsheets do
    if isinstance(cell, datetime):
        return cell.isoformat(" ") if cell.time() != time() else cell.date().isoformat()
    if isinstance(cell, date | time):
        return cell.isoformat()
    return str(cell.total_seconds()) if isinstance(cell, timedelta) else str(cell).strip()
