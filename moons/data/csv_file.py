"""A CSV file as rows of text, whatever its header, delimiter and encoding. What is no table gets a sentence."""

import codecs
import csv
import io
from collections import Counter
from collections.abc import Sequence
from itertools import islice

from moons.data.cells import LONGEST_NAME, is_split, number, unguarded, unnamed
from moons.data.sheet import PEEK, Sheet
from moons.fields import N_, FieldError

MOST_BYTES = 64_000_000
DELIMITERS = ("\t", ";", ",")  # a decimal comma goes with the first two, so they are tried first


def read_csv(data: bytes, *, has_names: bool | None = None) -> Sheet:
    """The rows of a CSV file, whatever its header, delimiter and encoding (UTF-8, CP949, or UTF-16 that says so).

    `has_names`: whether the first row holds the columns' names; None: whether it looks like it. Columns with nothing
    in them are left out, as a delimiter at the end of each row makes one. Raises FieldError for what is no table.
    """
    text = _text(data)
    delimiter = _delimiter(text)
    rows = _rows(text, delimiter)
    start = next((i for i, row in enumerate(rows) if row), None)
    if start is None:
        raise FieldError(N_("the file is empty"))
    first = rows[start]
    _check_width(len(first))
    _trim(rows, len(first))
    if has_names is None:
        has_names = _looks_like_names(first, rows[start + 1 :])
    body = rows[start + has_names :]
    if not any(body):
        raise FieldError(N_("the file has a header and no rows under it"))
    used = [i for i in range(len(first)) if any(row[i].strip() for row in body if row)]
    _check_width(len(used))
    if len(used) < len(first):
        body = [[row[i] for i in used] if row else [] for row in body]
    columns = _columns(first if has_names else [""] * len(first), used)
    return Sheet(columns, body, start + has_names + 1, has_names=has_names, decimal_comma=delimiter == ";")


def _looks_like_names(first: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Whether the first row holds no number; or names that are numbers, years say, with text that is foreign below.

    The last cell has to be such a text: a missing value's mark among the inputs makes no header.
    """
    texts = [i for i, cell in enumerate(first) if cell.strip() and number(cell) is None]
    filled = [i for i, cell in enumerate(first) if cell.strip()]
    if texts == filled:
        return True
    rows = [row for row in below if row]
    return filled[-1] in texts and all(_is_foreign(first[i], [row[i] for row in rows]) for i in texts)


def _is_foreign(text: str, cells: Sequence[str]) -> bool:
    """Whether text can't be one more of the cells: they are numbers, or words that all come again, and it does not."""
    counts = Counter(cell.strip() for cell in cells if cell.strip())
    if is_split(text, cells):
        return True
    return text.strip() not in counts and (all(number(cell) is not None for cell in counts) or min(counts.values()) > 1)


def _check_width(width: int) -> None:
    if width < 3:
        raise FieldError(
            N_("a file must have at least three columns, two inputs and a label, and this one has {value}"),
            value=width,
        )


def _trim(rows: list[list[str]], width: int) -> None:
    """Make all rows as wide as the first, where only empty cells stand beyond."""
    for n, row in enumerate(rows, 1):
        if row and len(row) != width:
            if len(row) < width or any(cell.strip() for cell in row[width:]):
                raise FieldError(
                    N_("row {row} must have {expected} cells, as the first row has, got {value}"),
                    row=n,
                    value=len(row),
                    expected=width,
                )
            del row[width:]


def _text(data: bytes) -> str:
    if len(data) > MOST_BYTES:
        raise FieldError(
            N_("the file must have at most {high} MB, and it has {value}"),
            high=MOST_BYTES // 1_000_000,
            value=len(data) // 1_000_000,
        )
    wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))  # what Excel calls Unicode text
    for encoding in ("utf-16",) if wide else ("utf-8-sig", "cp949"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    if b"\0" in data and not wide:
        raise FieldError(N_("the file must be text, and this one is binary"))
    raise FieldError(N_("the file must be text in UTF-8, UTF-16 or CP949, and this one is in none of them"))


def _rows(text: str, delimiter: str) -> list[list[str]]:
    """The cells, a blank line as an empty row."""
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
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


def _columns(header: Sequence[str], used: Sequence[int]) -> tuple[str, ...]:
    """The names of the columns in use; those without one are called by their place in the file."""
    names = [unguarded(header[i])[:LONGEST_NAME] or unnamed(i + 1) for i in used]
    for name in names:
        if names.count(name) > 1:
            raise FieldError(N_("two columns have the same name in the header, {value}"), value=repr(name))
    return tuple(names)
