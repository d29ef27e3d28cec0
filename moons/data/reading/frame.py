"""What stands around the points in a file: titles, units and names above them, totals below, rows of another width."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

from moons.data.cells import is_split
from moons.data.numbers import is_missing, is_numeric, number
from moons.data.options import CellErrors, Note, Problem, Question, ReadOptions, note, question
from moons.data.reading.delimited import Raw
from moons.fields import N_, FieldError

PEEK = 300
MOST_TURNED = 12  # rows that may be columns
MOST_ABOVE, MOST_BELOW = 60, 20  # rows of titles and of totals
_NO_ROWS = N_("the table has a header and no rows under it")
LEFT_OUT = 0.1  # of the rows may be left out without asking
_TOTAL = re.compile(
    r"(?i)\s*(grand )?(total|totals|sum|summe|gesamt|mean|average|avg|mittelwert|median|std|count|min|max|"
    r"somme|moyenne|suma|media|promedio|합계|평균|총계|总计|合计|平均|合計)\b.*"
)
_UNIT = re.compile(r"\s*(?:[(\[{].*[)\]}]|-|–|%|‰|°\w?|[µμ]?[a-zA-Z]{1,4}(?:[/·*^]\w{1,4})*[²³]?|n/a|none|)\s*")
_RULE = re.compile(r"[\s|:+=-]*")


@dataclass(frozen=True)
class Frame:
    """The rows of data, and the names above them."""

    names: list[str] | None
    rows: list[list[str]]
    numbers: list[int]
    header: int  # the row with the names; 0: none
    notes: tuple[Note, ...] = ()
    questions: tuple[Question, ...] = ()


def framed(raw: Raw, options: ReadOptions) -> Frame:
    """The data in a file's rows. Raises FieldError if there are none, or if too many have another width."""
    if raw.structured and raw.names:
        given, row_of_names = raw.names
        rows, numbers, ragged = _squared(list(zip(raw.numbers, raw.rows, strict=True)), len(given))
        return Frame(given if any(given) else None, rows, numbers, row_of_names, tuple(ragged))
    pairs = [(n, row) for n, row in zip(raw.numbers, raw.rows, strict=True) if not _is_rule(row)]
    if not pairs:
        raise FieldError(N_("the table is empty"))
    asked = _turned_question([row for _n, row in pairs], options)
    if asked and asked[0].chosen == "columns":
        pairs = list(enumerate(map(list, zip_longest(*(row for _n, row in pairs), fillvalue="")), 1))
    width = _width([row for _n, row in pairs])
    if width < 2:
        raise FieldError(N_("a table must have at least two columns, and this one has one"))
    numeric = _numeric_columns([row for _n, row in pairs], width)
    if len(pairs) == 1 and not _is_data(pairs[0][1], numeric):
        raise FieldError(_NO_ROWS)
    start, header, notes = _head(pairs, width, numeric, options)
    names: list[str] | None = pairs[header][1] if header is not None else None
    if header is None and options.header is None and raw.names and len(raw.names[0]) in (width, width - 1):
        names, number_of_names = raw.names
    else:
        number_of_names = pairs[header][0] if header is not None else 0
    body = pairs[start:]
    body, below = _without_totals(body, width, numeric)
    if below:
        notes.append(note(N_("Rows below the data were left out: {count} (rows {rows})."), below))
    if names is not None:
        again = [n for n, row in body if row == names]
        if again:
            body = [(n, row) for n, row in body if row != names]
            notes.append(
                note(N_("The names come again among the rows, which were left out: {count} (rows {rows})."), again)
            )
    if not body:
        raise FieldError(_NO_ROWS)
    names, unnamed = _whole_header(names, body, width)
    notes += unnamed
    if names is not None:
        width = max(width, len(names))
    rows, numbers, ragged = _squared(body, width)
    return Frame(names, rows, numbers, number_of_names, (*notes, *ragged), asked)


def _turned_question(rows: Sequence[Sequence[str]], options: ReadOptions) -> tuple[Question, ...]:
    """Whether each row is a column: there are few, long ones, each with its name before its numbers."""
    if not 3 <= len(rows) <= MOST_TURNED or min(map(len, rows)) <= 2 * len(rows):
        return ()
    heads = [row[0].strip() for row in rows]
    kinds = [sum(map(is_numeric, row[1:])) >= 0.8 * len(row[1:]) for row in rows]
    words = [row[1:] for row, numeric in zip(rows, kinds, strict=True) if not numeric]
    if not all(head and number(head) is None for head in heads) or len(set(heads)) < len(heads) or sum(kinds) < 2:
        return ()
    if len(words) > 1 or any(2 * len(set(row)) > len(row) for row in words):
        return ()  # names of columns, each of them once
    answers = {"columns": N_("each row is a column: {names}"), "rows": N_("each row is a point")}
    template = N_("The table has few rows, and they are long. What are they?")
    return (question("turned", template, answers, "columns", options, names=", ".join(heads)[:80]),)


def _whole_header(
    names: list[str] | None, body: list[tuple[int, list[str]]], width: int
) -> tuple[list[str] | None, list[Note]]:
    """A header of one name too few with the place of the missing one, and what is said about it."""
    full = [row for _n, row in body if len(row) == width]
    if names is None or len(names) != width - 1 or not any(row[-1].strip() for row in full):
        return names, []
    if _are_row_names([row[0] for row in full]):
        return ["", *names], []  # as R writes a data frame: the row's own name has none
    return [*names, ""], [note(N_("The last column has no name in the table."))]


def _are_row_names(cells: Sequence[str]) -> bool:
    """Whether cells name their rows: each another one, and words or whole numbers."""
    return len(set(cells)) == len(cells) and all(not is_numeric(cell) or cell.strip().isdecimal() for cell in cells)


def _is_rule(row: Sequence[str]) -> bool:
    """Whether a row is a line drawn with signs, or empty."""
    if row[0][:1].isalnum() or row[0][1:2].isdigit():
        return False
    text = "".join(row)
    return not text.strip() or (
        len(text) > 2 and "--" in text + text.replace("=", "-") and _RULE.fullmatch(text) is not None
    )


def _filled(row: Sequence[str]) -> int:
    return sum(bool(cell.strip()) for cell in row)


def _width(rows: Sequence[Sequence[str]]) -> int:
    """How many cells most rows have."""
    counts = Counter(map(len, rows))
    return max(counts, key=lambda width: (counts[width], width))


def _numeric_columns(rows: Sequence[Sequence[str]], width: int) -> list[int]:
    """The columns most of whose cells are numbers, judged by rows from the middle and the end."""
    full = [row for row in rows if len(row) == width]
    peek = [*full[len(full) // 3 :][:PEEK], *full[-20:]]
    columns = []
    for i in range(width):
        filled = [row[i] for row in peek if not is_missing(row[i])]
        if filled and sum(map(is_numeric, filled)) > 0.6 * len(filled):
            columns.append(i)
    return columns


def _is_data(row: Sequence[str], numeric: Sequence[int]) -> bool:
    """Whether numbers stand where the file has numbers."""
    cells = [row[i] for i in numeric if i < len(row)]
    values = [cell for cell in cells if not is_missing(cell)]
    return (
        bool(cells) and 2 * sum(map(is_numeric, cells)) >= len(cells) and (not values or any(map(is_numeric, values)))
    )


def _head(
    pairs: list[tuple[int, list[str]]], width: int, numeric: list[int], options: ReadOptions
) -> tuple[int, int | None, list[Note]]:
    """Where the data start, where the names stand, and what was left out."""
    if options.header is not None or options.first_row is not None:
        return _said(pairs, options)
    start = 0
    while start < min(len(pairs), MOST_ABOVE) and not (
        _is_data(pairs[start][1], numeric) and not _is_count(pairs[start][1], len(pairs) - start - 1, width)
    ):
        start += 1
        if not numeric:
            break
    if start == min(len(pairs), MOST_ABOVE):
        start = 1 if len(pairs) > 1 else 0
    if not numeric and not _looks_like_names(pairs[0][1], [row for _n, row in pairs[1 : PEEK + 1]]):
        start = 0
    if start == 0:
        first = _looks_like_names(pairs[0][1], [row for _n, row in pairs[1:PEEK]]) and len(pairs) > 1
        return int(first), 0 if first else None, []
    above = range(start)
    usual = (
        Counter(_filled(row) for _n, row in pairs[start : start + PEEK]).most_common(1)[0][0]
        if start < len(pairs)
        else width
    )
    full = [
        i for i in above if _filled(pairs[i][1]) >= max(2, 0.6 * usual) and len(pairs[i][1]) >= min(usual, width - 1)
    ]
    full = [i for i in full if not _is_count(pairs[i][1], len(pairs) - start, width)]
    named = [i for i in full if not all(map(_UNIT.fullmatch, pairs[i][1]))]
    header = _names_among(named or full[:1], full, pairs)
    others = [pairs[i][0] for i in above if i != header]
    notes = [note(N_("Rows above the data were left out: {count} (rows {rows})."), others)] if others else []
    return start, header, notes


def _names_among(named: list[int], full: list[int], pairs: list[tuple[int, list[str]]]) -> int | None:
    """The row that holds the names: the last that does, unless units or descriptions follow."""
    if not named:
        return None
    last = named[-1]
    if (
        last + 1 not in full
        and last - 1 in named
        and all(re.search(r"[(\[]", cell) for cell in pairs[last][1] if cell.strip())
    ):
        return last - 1
    return last


def _said(pairs: list[tuple[int, list[str]]], options: ReadOptions) -> tuple[int, int | None, list[Note]]:
    """As the person says."""
    numbers = [n for n, _row in pairs]
    header = None
    if options.header:
        if options.header not in numbers:
            raise FieldError(N_("row {row} is no row with cells"), row=options.header)
        header = numbers.index(options.header)
    first = options.first_row if options.first_row is not None else (numbers[header] + 1 if header is not None else 0)
    start = next((i for i, n in enumerate(numbers) if n >= first and i != header), len(numbers))
    return start, header, []


def _is_count(row: Sequence[str], rest: int, width: int) -> bool:
    """Whether a row says how many rows follow, perhaps with the number of columns and the classes' names."""
    cells = [cell.strip() for cell in row if cell.strip()]
    if not cells or not cells[0].isdecimal() or len(cells[0]) > 9:
        return False
    alone = len(cells) == 1 and width > 2
    counts = int(cells[0]) in (rest, rest - 1, rest + 1)
    texts = sum(number(cell) is None for cell in cells)
    return alone or (counts and len(cells) < width) or (int(cells[0]) == rest and texts >= len(cells) - 2 > 0)


def _looks_like_names(first: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Whether the first row holds no number; or names that are numbers, years say, with text that is foreign below.

    The last cell has to be such a text: a missing value's mark among the inputs makes no header.
    """
    texts = [i for i, cell in enumerate(first) if cell.strip() and number(cell) is None]
    filled = [i for i, cell in enumerate(first) if cell.strip()]
    if not filled or not below:
        return False
    dated = any(is_numeric(first[i]) and not is_missing(first[i]) for i in texts)
    if texts == filled and not dated and not all(is_missing(first[i]) for i in texts):
        return any(_is_foreign(first[i], [row[i] for row in below if i < len(row)]) for i in texts)
    return filled[-1] in texts and all(_is_foreign(first[i], [row[i] for row in below if i < len(row)]) for i in texts)


def _is_foreign(text: str, cells: Sequence[str]) -> bool:
    """Whether text can't be one more of the cells: they are numbers, or words that all come again, and it does not."""
    counts = Counter(cell.strip() for cell in cells if cell.strip())
    if is_split(text, cells):
        return True
    numbers = all(number(cell) is not None for cell in counts)
    return bool(counts) and text.strip() not in counts and (numbers or min(counts.values()) > 1)


def _without_totals(
    body: list[tuple[int, list[str]]], width: int, numeric: list[int]
) -> tuple[list[tuple[int, list[str]]], list[int]]:
    """The rows without sums and remarks at the end, and the numbers of those."""
    end = len(body)
    while end > 1 and len(body) - end < MOST_BELOW:
        row = body[end - 1][1]
        words = next((cell for cell in row if cell.strip()), "")
        is_total = (
            _TOTAL.fullmatch(words) is not None and number(words) is None and (0 in numeric or _filled(row) < width)
        )
        is_total = is_total or _is_total_at_its_end(row, [row for _n, row in body[max(0, end - PEEK) : end - 1]])
        is_remark = (0 in numeric and _filled(row) < width and not is_numeric(row[0])) or (
            _filled(row) <= max(1, width // 2) and not is_numeric(words) and not _is_data(row, numeric)
        )
        if not is_total and not is_remark:
            break
        end -= 1
    return body[:end], [n for n, _row in body[end:]]


def _is_total_at_its_end(row: Sequence[str], above: Sequence[Sequence[str]]) -> bool:
    """Whether a word like total stands in a row's last cell, and nowhere above."""
    word = row[-1].strip()
    return (
        bool(word)
        and _TOTAL.fullmatch(word) is not None
        and number(word) is None
        and not any(other[-1].strip() == word for other in above if other)
    )


def _squared(body: list[tuple[int, list[str]]], width: int) -> tuple[list[list[str]], list[int], list[Note]]:
    """All rows as wide as most of them. A wider one is left out, of many such ones the file is refused."""
    short = [n for n, row in body if len(row) < width]
    long = [i for i, (_n, row) in enumerate(body) if len(row) > width and any(cell.strip() for cell in row[width:])]
    if len(long) > LEFT_OUT * len(body) or (short and len(short) == len(body)):
        problems = [
            Problem(
                N_("row {row} must have {expected} cells, as the others have, got {value}"),
                tuple({"row": body[i][0], "expected": width, "value": len(body[i][1]), "column": width + 1}.items()),
                row=body[i][0],
                place=i,
                column=width,
            )
            for i in long
        ]
        if problems:
            raise CellErrors(problems)
    gone = set(long)
    kept = [(n, row) for i, (n, row) in enumerate(body) if i not in gone]
    rows = [row if len(row) == width else (row + [""] * (width - len(row)))[:width] for _n, row in kept]
    notes = []
    if long:
        template = N_("Rows with more cells than the others were left out: {count} (rows {rows}).")
        notes.append(note(template, [body[i][0] for i in long]))
    if short and len(short) < len(body):
        notes.append(note(N_("Rows with fewer cells than the others were filled up: {count} (rows {rows})."), short))
    return rows, [n for n, _row in kept], notes
