"""Text as rows of cells: comments, quotes, the delimiter, and which comma is which."""

import csv
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from moons.data.numbers import is_numeric
from moons.data.options import Note, Question, ReadOptions, note, question
from moons.fields import N_, FieldError

DELIMITERS = (",", ";", "\t", "|", "，", "；", "،", "؛", "  ", " ")  # two blanks: two or more; one: any run of them
RARE = (":", "~", "^", "&", "!", "\x1f", "\x1e", "\x01", "¦", "│", "_", "/")
COMMENTS = ("#", "%", "//")
_ERROR = re.compile(r"\s*#(?:N/?A|NUM|NULL|REF|DIV|VALUE|NAME)\b", re.IGNORECASE)  # a cell of a spreadsheet
PEEK = 300  # lines by which a file is judged
LONGEST_PEEK = 20_000  # characters of each of them
MOST_COLUMNS = 2_000
MOST_ROWS = 1_000_000
MOST_CELLS = 8_000_000
BLOCK = 20_000  # rows between two words on how far the reading is
_SINGLE = re.compile(r"(?:(?<=^)|(?<=[,;\t|] )|(?<=[,;\t|]))'([^']*)'(?=\s*(?:[,;\t|]|$))")
_WORD = re.compile(r'"(?:[^"]|"")*"|\S+')
_COLUMN = re.compile(r"\s{2,}|\t")


@dataclass(frozen=True)
class Raw:
    """Rows of cells with their line numbers, before anyone has said which of them is the header."""

    rows: list[list[str]]
    numbers: list[int]
    delimiter: str = ","
    comment: str = ""
    names: tuple[list[str], int] | None = None  # a header that stands in a comment, and its line
    notes: tuple[Note, ...] = ()
    questions: tuple[Question, ...] = ()
    structured: bool = False  # whether the format itself says which are the names: then `names` has them


def read_delimited(text: str, options: ReadOptions, say: Callable[[float], None]) -> Raw:
    """The rows of a text file. Raises FieldError if nothing parts them into two columns."""
    lines = text.rstrip("\x1a \t\r\n\0").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    numbered = [(n, line) for n, line in enumerate(lines, 1) if line and not line.isspace()]
    said, notes = options.delimiter, []
    if numbered and (found := re.fullmatch(r'"?sep=(.)"?', numbered[0][1].strip("\ufeff \r"), re.IGNORECASE)):
        said, numbered = said or found[1], numbered[1:]
    exported = _is_exported([line for _n, line in numbered])
    said, comment = (said or ",", "") if exported else (said, options.comment)
    numbered = numbered if exported else _plainly_quoted(_composed(numbered))
    mark, names, numbered, dropped = _without_comments(numbered, comment)
    if dropped:
        notes.append(note(N_("Comment lines were left out: {count} (rows {rows})."), dropped))
    numbered = _unwrapped(numbered)
    delimiter = said or delimiter_of([line[:LONGEST_PEEK] for _n, line in numbered[:PEEK]])
    widest = max((line.count(delimiter) for _n, line in numbered[:PEEK]), default=0)
    check_width(widest + 1 if delimiter.strip() or delimiter == "\t" else 0, most=10 * MOST_COLUMNS)
    quoted = any('"' in line for _n, line in numbered)
    records = _records(numbered, delimiter) if quoted else numbered
    records, sampled = _sampled(records, widest + 1)
    notes += sampled
    simple = not quoted and bool(delimiter.strip() or delimiter == "\t")
    rows: list[list[str]] = []
    for start in range(0, len(records), BLOCK):
        say(0.2 + 0.5 * start / len(records))
        block = records[start : start + BLOCK]
        rows += [line.split(delimiter) if simple else cells_of(line, delimiter) for _n, line in block]
    if exported:
        return Raw(rows[1:], [n for n, _record in records[1:]], ",", "", (rows[0], records[0][0]), structured=True)
    header = (cells_of(names[1], delimiter), names[0]) if names else None
    raw = Raw(rows, [n for n, _record in records], delimiter, mark, header, tuple(notes))
    return _paired(raw, options) if delimiter == "," else raw


def check_width(width: int, most: int = MOST_COLUMNS) -> None:
    """Raise FieldError for more columns than are read."""
    if width > most:
        raise FieldError(
            N_("a table must have at most {high} columns, and this one has {value}"),
            high=f"{MOST_COLUMNS:,}",
            value=f"{width:,}",
        )


def _is_exported(lines: Sequence[str]) -> bool:
    """Whether each line ends as `Dataset.all_to_csv` ends it."""
    header = re.search(r",split_*$", lines[0]) if lines else None
    return header is not None and all(line.endswith((",train", ",test")) for line in lines[1:])


def _without_comments(
    numbered: list[tuple[int, str]], said: str | None
) -> tuple[str, tuple[int, str] | None, list[tuple[int, str]], list[int]]:
    """The comment mark, the last comment above the data, the other lines, and the lines of comment."""
    marks = COMMENTS if said is None else (said,) if said else ()
    for mark in marks:
        at_top = bool(numbered) and numbered[0][1].lstrip().startswith(mark)
        if said is None and not (at_top or mark == "#"):
            continue
        comments = [(n, line) for n, line in numbered if mark in line and _is_comment(line, mark)]
        if not comments or (said is None and (2 * len(comments) > len(numbered) or not (at_top or mark == "#"))):
            continue
        dropped = {n for n, _line in comments}
        rest = [(n, line) for n, line in numbered if n not in dropped]
        above = [(n, line.lstrip()[len(mark) :].lstrip(mark)) for n, line in comments if rest and n < rest[0][0]]
        names = above[-1] if above else None
        if said is None and len(comments) == 1 and names and re.match(r"\s*[,;\t|]", names[1]):
            return "", None, [(names[0], "index" + names[1].lstrip(" ")), *rest], []  # # is the index column's name
        return mark, names, rest, [n for n, _line in comments]
    return "", None, numbered, []


def _is_comment(line: str, mark: str) -> bool:
    return line.lstrip().startswith(mark) and not _ERROR.match(line)


def _composed(numbered: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """Lines with letters and their accents as one character each: a Mac writes them as two."""
    if all(line.isascii() or unicodedata.is_normalized("NFC", line) for _n, line in numbered):
        return numbered
    return [(n, unicodedata.normalize("NFC", line)) for n, line in numbered]


def _plainly_quoted(numbered: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """Lines with double quotes, where a program quotes cells with single ones, or writes \\" within quotes."""
    if any('\\"' in line for _n, line in numbered):
        return [(n, line.replace('\\"', '""')) if '\\"' in line else (n, line) for n, line in numbered]
    peek = [line for _n, line in numbered[:PEEK]]
    single = [line for line in peek if _SINGLE.search(line)]
    if len(single) < max(2, 0.9 * len(peek)) or any('"' in line for line in peek):
        return numbered
    return [(n, _SINGLE.sub(_doubled, line)) for n, line in numbered]


def _doubled(found: re.Match[str]) -> str:
    text = found[1].replace('"', '""')
    return f'"{text}"'


def _unwrapped(numbered: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """Lines that are quoted as a whole, without their quotes."""
    peek = [line.strip() for _n, line in numbered[:PEEK]]
    whole = [line for line in peek if re.fullmatch(r'"(?:[^"]|"")*[,;\t](?:[^"]|"")*"', line)]
    if not peek or len(whole) < len(peek):
        return numbered
    return [(n, line.strip()[1:-1].replace('""', '"')) for n, line in numbered]


def cells_of(line: str, delimiter: str) -> list[str]:
    """The cells of one line. A quote that is never closed is a letter like others."""
    quoted = '"' in line and line.count('"') % 2 == 0
    if delimiter == " ":
        return [cell.strip('"') for cell in _WORD.findall(line)] if quoted else line.split()
    if delimiter == "  ":
        return _COLUMN.split(line.strip())
    if not quoted:
        return line.split(delimiter)
    try:
        return next(csv.reader([line], delimiter=delimiter, skipinitialspace=delimiter != "\t"))
    except (csv.Error, StopIteration):
        return line.split(delimiter)


def delimiter_of(lines: Sequence[str]) -> str:
    """What parts the cells: what cuts the lines into equally many, most of them numbers."""
    for delimiters in (DELIMITERS, RARE):  # those that stand in words and times too only where no other parts the lines
        scores = {delimiter: _score([cells_of(line, delimiter) for line in lines]) for delimiter in delimiters}
        best = max(delimiters, key=scores.__getitem__)
        if scores[best] > 0:
            return best
    raise FieldError(N_("a table must have at least two columns, and this one has one"))


def _score(rows: Sequence[Sequence[str]]) -> float:
    """How well rows are cut: the share that is equally wide, times the share of numbers among their cells."""
    counts = Counter(len(row) for row in rows if len(row) > 1)
    if not counts:
        return 0.0
    width = max(counts, key=lambda width: (counts[width] * min(width, 3), width))
    cells = [cell for row in rows if len(row) == width for cell in row]
    filled = [cell for cell in cells if cell.strip()]
    numbers = sum(map(_has_number, filled))
    broken = sum(
        bool(re.search(r"[;\t|]|\d,|,[-+\d]|[A-Za-z],[-+\d]", cell)) and not _has_number(cell) for cell in filled
    )
    share = counts[width] / len(rows)
    return (
        share * (0.2 + (numbers - broken) / max(1, len(filled)) + 0.01 * min(width, 3))
        if numbers >= broken
        else 0.01 * share
    )


_WITH_UNIT = re.compile(r"[^\d\s,;|+-]?\s?[+-]?\d(?:[\d.,' ]*\d)?\s?[^\d\s.,;|\"]{1,6}")


def _has_number(cell: str) -> bool:
    """Whether a cell is a number, perhaps with a unit."""
    return is_numeric(cell) or (len(cell) < 30 and _WITH_UNIT.fullmatch(cell.strip()) is not None)


def _records(numbered: list[tuple[int, str]], delimiter: str) -> list[tuple[int, str]]:
    """Lines, those of one quoted cell joined; a quote stays a letter where every line is a row of its own."""
    odd = [i for i, (_n, line) in enumerate(numbered) if line.count('"') % 2]
    if not odd or delimiter in (" ", "  "):
        return numbered
    width = Counter(line.count(delimiter) for _n, line in numbered[:PEEK]).most_common(1)[0][0]
    starts = re.compile(rf'(?:^|{re.escape(delimiter)})\s*"(?:[^"]|"")*$')
    records, i, opened = [], 0, set(odd)
    following = dict(pairwise(odd))
    while i < len(numbered):
        end = following.get(i)
        if i in opened and end is not None and starts.search(numbered[i][1]):
            inside = numbered[i : end + 1]
            if not all(line.count(delimiter) == width for _n, line in inside):
                records.append((inside[0][0], " ".join(line for _n, line in inside)))
                i = end + 1
                following.pop(end, None)
                continue
        records.append(numbered[i])
        i += 1
    return records


def _sampled(records: list[tuple[int, str]], width: int) -> tuple[list[tuple[int, str]], list[Note]]:
    """At most MOST_ROWS records and about MOST_CELLS cells: the first ones, and of the others each k-th."""
    most = min(MOST_ROWS, max(5_000, MOST_CELLS // max(1, width)))
    if len(records) <= most:
        return records, []
    first = records[:1_000]
    step = -(-(len(records) - 1_000) // (most - 1_000))
    kept = first + records[1_000::step]
    template = N_("The table has {all} rows: {kept} of them, evenly spaced, were read.")
    return kept, [note(template, all=f"{len(records):,}", kept=f"{len(kept):,}")]


_WHOLE = re.compile(r"[+-]?\d+")


def _paired(raw: Raw, options: ReadOptions) -> Raw:
    """Rows like 0,710,1,069,A, whose commas part both cells and decimals: two cells are one number."""
    peek = [row for row in raw.rows[:PEEK] if row]
    width = Counter(map(len, peek)).most_common(1)[0][0] if peek else 0
    body = [row for row in peek if len(row) == width][1:]
    header = peek[0] if peek and len(peek[0]) < width else None
    pairs = _pairs(body, width)
    wanted = width - len(header) if header else None
    if not pairs or (wanted is not None and wanted != len(pairs)):
        return raw
    if header is None and not all(_has_zero(body, i + 1) for i in pairs):
        return raw
    first = body[0]
    joined = ", ".join(_joined(first, set(pairs)))
    asked = question(
        "pairs",
        N_("In {row}, is the comma the decimal mark as well?"),
        {"yes": N_("Yes: {joined}"), "no": N_("No: each number is a column")},
        "yes",
        options,
        row=",".join(first)[:60],
        joined=joined[:60],
    )
    if asked.chosen == "no":
        return Raw(raw.rows, raw.numbers, ",", raw.comment, raw.names, raw.notes, (asked,))
    rows = [_joined(row, set(pairs)) if len(row) == width else row for row in raw.rows]
    told = note(N_("The comma is both the delimiter and the decimal mark: two cells were joined to one number."))
    return Raw(rows, raw.numbers, ",", raw.comment, raw.names, (*raw.notes, told), (asked,))


def _pairs(body: Sequence[Sequence[str]], width: int) -> list[int]:
    """The columns whose cells, with those of the next, may be the two halves of a number."""
    pairs, i = [], 0
    while len(body) > 2 and i + 1 < width:
        heads, tails = ([row[i + k].strip() for row in body] for k in (0, 1))
        lengths = {len(tail) for tail in tails}
        whole = all(map(_WHOLE.fullmatch, heads)) and all(map(str.isdecimal, tails))
        if whole and len(lengths) == 1 and lengths.pop() >= 2:
            pairs.append(i)
            i += 1
        i += 1
    return pairs


def _has_zero(body: Sequence[Sequence[str]], column: int) -> bool:
    return any(row[column].strip().startswith("0") for row in body)


def _joined(row: Sequence[str], pairs: set[int]) -> list[str]:
    taken = {i + 1 for i in pairs}
    return [f"{cell},{row[i + 1]}" if i in pairs else cell for i, cell in enumerate(row) if i not in taken]
