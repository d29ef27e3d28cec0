"""Tables in other forms than rows of cells: JSON, JSON lines, Weka's .arff, LIBSVM."""

import ast
import csv
import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from moons.data.options import note
from moons.data.reading.delimited import MOST_CELLS, MOST_COLUMNS, Raw, check_width
from moons.data.reading.kinds import check_document, loads
from moons.fields import N_, FieldError

_NO_TABLE = N_("this is JSON, but no table: it must be a list of records, or lists of equal length under names")
_ARFF = re.compile(r"(?im)^\s*@relation\b")
_FILLED = re.compile(r"[^\s,]")
_BRACKETED = re.compile(r"\s*[\[(]+.*[\])]+[,;]?\s*$")
_LOG = re.compile(r"\[([^\[\]{}\"]*)\]([\s,;|])")
MOST_LITERAL = 2_000_000  # characters of a list as Python prints it
MOST_LISTED = 10  # numbers in a list within a record that become columns
_LIBSVM = re.compile(
    r"[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?:\s+qid:\d+)?(?:\s+\d{1,6}:[+-]?[\d.]+(?:[eE][+-]?\d+)?)+\s*(?:#.*)?"
)


def is_json(text: str) -> bool:
    """Whether text begins as JSON, or JSON lines, does."""
    return text.lstrip("\ufeff \t\r\n")[:1] in ("{", "[") and not _ARFF.search(text[:5_000])


def read_json(text: str) -> Raw:
    """The table of a JSON text. Raises FieldError if it has none."""
    document = _document(text.lstrip("\ufeff"))
    check_document(document)
    names, rows = _table(document)
    check_width(len(names))
    return Raw(rows, list(range(1, len(rows) + 1)), "json", names=(list(names), 0), structured=True)


def _document(text: str) -> Any:
    """What a text of JSON says, of JSON lines, of several texts after another, or of lists as Python prints them."""
    for read in (loads, _lines, _literal):
        try:
            return read(text)
        except ValueError as error:
            if isinstance(error, FieldError):
                raise
    try:
        return loads(re.sub(r",(\s*[\]}])", r"\1", text))  # a comma too many at the end
    except ValueError as error:
        if isinstance(error, FieldError):
            raise
        row = getattr(error, "lineno", 1)
        raise FieldError(N_("this begins like JSON but isn't valid JSON: see row {row}"), row=row) from None


def _lines(text: str) -> list[Any]:
    """One JSON text after another. Raises ValueError if some part is none."""
    decoder, documents, at = json.JSONDecoder(), [], 0
    try:
        while (found := _FILLED.search(text, at)) is not None:
            document, at = decoder.raw_decode(text, found.start())
            documents.append(document)
    except RecursionError:
        raise FieldError(N_("this is JSON nested too deep to be a table")) from None
    return documents


def _literal(text: str) -> Any:
    """Lists and tuples as Python prints them. Raises ValueError for others."""
    if len(text) > MOST_LITERAL:
        raise ValueError
    try:
        return _listed(ast.literal_eval(text))
    except (SyntaxError, RecursionError, MemoryError, TypeError):
        raise ValueError from None


def _listed(value: Any) -> Any:
    return [_listed(each) for each in value] if isinstance(value, tuple | list) else value


def is_bracketed(text: str) -> bool:
    """Whether the lines stand in brackets, as NumPy prints an array and SQL inserts rows."""
    lines = [line for line in text[:20_000].splitlines()[:-1] or [text] if line.strip()]
    return len(lines) > 2 and sum(_BRACKETED.match(line) is not None for line in lines) >= 0.9 * len(lines)


def is_log(text: str) -> bool:
    """Whether each line begins with a time in brackets, as in a log."""
    lines = [line for line in text[:20_000].splitlines()[:-1] or [text] if line.strip()]
    return len(lines) > 2 and sum(_LOG.match(line) is not None for line in lines) >= 0.9 * len(lines)


def without_log(text: str) -> str:
    """The lines of a log with their times in quotes instead of brackets."""
    return "\n".join(_LOG.sub(r'"\1"\2', line) for line in text.splitlines())


def unbracketed(text: str) -> str:
    """The lines without their brackets, and without quotes of SQL."""
    lines = [re.sub(r"^[\s\[(]+|[\])]+[,;]?\s*$", "", line) for line in text.splitlines() if _BRACKETED.match(line)]
    return "\n".join(line.replace("'", '"') if line.count("'") % 2 == 0 else line for line in lines)


def _table(document: Any) -> tuple[Sequence[str], list[list[str]]]:
    """Columns and rows of records, of rows, or of columns."""
    if isinstance(document, dict):
        return _within(document)
    if not isinstance(document, list) or not document:
        raise FieldError(_NO_TABLE)
    if all(isinstance(record, dict) for record in document):
        return _by_record(document)
    rows = _rows(document)
    if all(rows) and all(isinstance(cell, str) for cell in document[0]):
        return rows[0], rows[1:]
    return [""] * max(map(len, rows)), rows


def _within(document: dict[str, Any]) -> tuple[Sequence[str], list[list[str]]]:
    """The table in a document: under "columns" and "data", its only list of records, or what is under its names."""
    if isinstance(document.get("columns"), list) and isinstance(document.get("data"), list):
        return list(map(str, document["columns"])), _rows(document["data"])
    lists = [value for value in document.values() if isinstance(value, list)]
    tables = [value for value in lists if value and isinstance(value[0], dict)]
    if len(tables) == 1 or (len(lists) == 1 and lists[0] and isinstance(lists[0][0], dict | list)):
        return _table((tables or lists)[0])
    if document and all(str(key).isdecimal() and isinstance(value, dict) for key, value in document.items()):
        return _by_record(list(document.values()))  # rows under their numbers
    return _by_column(document)


def _by_record(records: Sequence[Mapping[str, Any]]) -> tuple[Sequence[str], list[list[str]]]:
    flat = [_flat(record) for record in records]
    names = list(dict.fromkeys(name for record in flat for name in record))
    if len(names) * len(flat) > 20_000_000:
        raise FieldError(_NO_TABLE)
    return names, [[_text(record.get(name)) for name in names] for record in flat]


def _flat(record: Mapping[str, Any], depth: int = 0) -> dict[str, Any]:
    """A record, and the records and short lists of numbers in it, under joined names."""
    flat: dict[str, Any] = {}
    for name, value in record.items():
        if isinstance(value, dict) and depth < 3:
            flat |= {f"{name}.{inner}": each for inner, each in _flat(value, depth + 1).items()}
        elif (
            isinstance(value, list) and len(value) <= MOST_LISTED and not any(isinstance(v, dict | list) for v in value)
        ):
            flat |= {f"{name}.{i}": each for i, each in enumerate(value)}
        else:
            flat[name] = value
    return flat


def _by_column(document: Mapping[str, Any]) -> tuple[Sequence[str], list[list[str]]]:
    document = _spread(document)
    columns = {
        name: list(value.values()) if isinstance(value, dict) else value
        for name, value in document.items()
        if isinstance(value, list | dict)
    }
    if len(columns) < 2 or len(set(map(len, columns.values()))) != 1:
        raise FieldError(_NO_TABLE)
    return list(columns), [[_text(cell) for cell in row] for row in zip(*columns.values(), strict=True)]


def _spread(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """Columns, those that hold rows of numbers as several: {"X": [[1, 2], …], "y": […]}."""
    spread: dict[str, Any] = {}
    for name, value in document.items():
        rows = value if isinstance(value, list) and value and all(isinstance(row, list) for row in value) else []
        if rows and {len(row) for row in rows} == {len(rows[0])} and 0 < len(rows[0]) <= MOST_COLUMNS:
            spread |= {f"{name}.{i}": [row[i] for row in rows] for i in range(len(rows[0]))}
        else:
            spread[name] = value
    return spread


def _rows(rows: Iterable[Any]) -> list[list[str]]:
    cells = []
    for row in rows:
        if not isinstance(row, list):
            raise FieldError(_NO_TABLE)
        cells.append([_text(cell) for cell in row])
    return cells


def _text(value: Any) -> str:
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, dict | list):
        return ""
    try:
        return str(value)
    except ValueError:  # a whole number of more digits than Python writes
        return ""


def is_arff(text: str) -> bool:
    """Whether text is in Weka's format."""
    return _ARFF.search(text[:20_000]) is not None and "@data" in text[:2_000_000].lower()


def read_arff(text: str) -> Raw:
    """The table of Weka's .arff, dense or sparse."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    names: list[str] = []
    rows: list[list[str]] = []
    numbers: list[int] = []
    in_data = False
    for n, line in enumerate(lines, 1):
        bare = line.strip()
        if not bare or bare.startswith("%"):
            continue
        if in_data:
            rows.append(_arff_row(bare, len(names)))
            numbers.append(n)
        elif found := re.match(r"(?i)@attribute\s+('(?:[^'\\]|\\.)*'|\"[^\"]*\"|\S+)", bare):
            names.append(found[1].strip("'\""))
        in_data = in_data or bare.lower().startswith("@data")
    check_width(len(names))
    if not rows or len(names) < 2:
        raise FieldError(N_("the table has a header and no rows under it"))
    return Raw(rows, numbers, "arff", "%", (names, 0), structured=True)


def _arff_row(line: str, width: int) -> list[str]:
    if line.startswith("{"):
        row = ["0"] * width
        for part in line.strip("{} ").split(","):
            place, _blank, value = part.strip().partition(" ")
            if place.isdecimal() and int(place) < width:
                row[int(place)] = value.strip(" '\"")
        return row
    quote = "'" if "'" in line else '"'
    delimiter = "," if "," in line else "\t" if "\t" in line else " "
    try:
        cells = next(csv.reader([line], delimiter=delimiter, quotechar=quote, escapechar="\\", skipinitialspace=True))
    except (csv.Error, StopIteration):
        cells = line.split(delimiter)
    return ["" if cell.strip() == "?" else cell for cell in cells]


def is_libsvm(text: str) -> bool:
    """Whether the first lines look like `label 1:0.5 2:0.7`."""
    lines = [line for line in text[:20_000].splitlines()[:-1] or [text] if line.strip() and not line.startswith("#")]
    return bool(lines) and sum(_LIBSVM.fullmatch(line.strip()) is not None for line in lines) >= 0.9 * len(lines)


def read_libsvm(text: str) -> Raw:
    """The table of a LIBSVM file: what a row leaves out is 0."""
    rows: list[dict[int, str]] = []
    labels: list[str] = []
    numbers: list[int] = []
    for n, line in enumerate(text.splitlines(), 1):
        label, *parts = line.partition("#")[0].split()[: MOST_COLUMNS + 1] or [""]
        cells = dict(part.split(":", 1) for part in parts if re.fullmatch(r"\d{1,6}:.+", part))
        if label:
            labels.append(label)
            rows.append({int(place): value for place, value in cells.items()})
            numbers.append(n)
    places = sorted({place for row in rows for place in row})
    check_width(len(places))
    step = -(-len(rows) * max(1, len(places)) // MOST_CELLS)  # evenly spaced rows, if there are too many cells
    rows, labels, numbers = rows[::step], labels[::step], numbers[::step]
    body = [[*(row.get(place, "0") for place in places), label] for row, label in zip(rows, labels, strict=True)]
    names = [*(f"feature {place}" for place in places), "label"]
    told = (
        (
            note(
                N_("The table has {all} rows: {kept} of them, evenly spaced, were read."),
                all=f"{n:,}",
                kept=f"{len(rows):,}",
            ),
        )
        if step > 1
        else ()
    )
    return Raw(body, numbers, "libsvm", "#", (names, 0), told, structured=True)
