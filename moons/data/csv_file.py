"""A CSV file as rows of text, whatever its header, delimiter and encoding. What is no table gets a sentence."""

import csv
import io
from collections.abc import Sequence
from itertools import islice

from moons.data.cells import LONGEST_NAME, number, unguarded, unnamed
from moons.data.sheet import PEEK, Sheet
from moons.fields import N_, FieldError

MOST_BYTES = 64_000_000
DELIMITERS = ("\t", ";", ",")  # a decimal comma goes with the first two, so they are tried first


def read_csv(data: bytes) -> Sheet:
    """The rows of a CSV file, whatever its header, delimiter and encoding (UTF-8 or CP949).

    A first row without any number is the header. Raises FieldError for what is no table.
    """
    rows = _rows(_text(data))
    start = next((i for i, row in enumerate(rows) if row), None)
    if start is None:
        raise FieldError(N_("the file is empty"))
    first = rows[start]
    if len(first) < 3:
        raise FieldError(
            N_("a file must have at least three columns, two inputs and a label, and this one has {value}"),
            value=len(first),
        )
    for n, row in enumerate(rows, 1):
        if row and len(row) != len(first):
            raise FieldError(
                N_("row {row} must have {expected} cells, as the first row has, got {value}"),
                row=n,
                value=len(row),
                expected=len(first),
            )
    if any(number(cell) is not None for cell in first):
        return Sheet(tuple(map(unnamed, range(1, len(first) + 1))), rows[start:], start + 1)
    if not any(rows[start + 1 :]):
        raise FieldError(N_("the file has a header and no rows under it"))
    return Sheet(_columns(first), rows[start + 1 :], start + 2)


def _text(data: bytes) -> str:
    if len(data) > MOST_BYTES:
        raise FieldError(
            N_("the file must have at most {high} MB, and it has {value}"),
            high=MOST_BYTES // 1_000_000,
            value=len(data) // 1_000_000,
        )
    if b"\0" in data:
        raise FieldError(N_("the file must be text, and this one is binary"))
    for encoding in ("utf-8-sig", "cp949"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise FieldError(N_("the file must be text in UTF-8 or CP949, and this one is neither"))


def _rows(text: str) -> list[list[str]]:
    """The cells, a blank line as an empty row."""
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text)))
    except csv.Error as error:
        raise FieldError(N_("the file can't be read as CSV: {why}"), why=error) from None
    return [row if any(cell.strip() for cell in row) else [] for row in rows]


def _delimiter(text: str) -> str:
    """What parts the cells: the first delimiter that cuts the first rows into equally many, at least three."""
    for delimiter in DELIMITERS:
        lines = csv.reader(io.StringIO(text[:10_000], newline=""), delimiter=delimiter)
        widths = {len(row) for row in islice(lines, PEEK) if row}
        if len(widths) == 1 and widths.pop() >= 3:
            return delimiter
    head = text[:10_000].partition("\n")[0]
    return max(DELIMITERS, key=head.count)


def _columns(header: Sequence[str]) -> tuple[str, ...]:
    names = [unguarded(cell)[:LONGEST_NAME] or unnamed(i) for i, cell in enumerate(header, 1)]
    for name in names:
        if names.count(name) > 1:
            raise FieldError(N_("two columns have the same name in the header, {value}"), value=repr(name))
    return tuple(names)
