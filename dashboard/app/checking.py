"""What was handed in for a class sheet, computed anew in the background, one after the other."""

import math
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from moons import Experiment, FieldError, History
from moons.answer import TOO_LARGE, Answer, Result, answer_from, is_answer, is_too_large, result_from
from moons.assignment import Assignment
from moons.progress import Chunk

MOST = 300  # codes at once
LONGEST_NAME = 40  # as in a code
SHORTEST = 24  # letters of what is taken for a code, or for a piece of one
MOST_PIECES = 40  # lines over which a mail program may break a code
_WORD = re.compile(r"[A-Za-z0-9_-]+")
# before a code: "Kim: ", "[09:12] Kim, ", "Kim<tab>" or "Kim Minji ", and perhaps a piece of a damaged code
_WRITTEN = re.compile(
    r"[>\s]*(?:\[[^\]]*\]\s*)?"
    r"(?:(?P<name>[^\W\d_][^:;,=|\t]{0,39}?)\s*[:;,=|\t]|(?P<words>[^\W\d_]+(?: [^\W\d_]+){0,2})\s)\s*\S*"
)
# alone on the line above a code: "Kim Minji:", "[09:12] Kim", "Kim — Today at 9:12 AM", or only "Kim Minji"
_ABOVE = re.compile(
    r"[>\s]*(?:\[[^\]]*\]\s*)?(?P<name>[^\W\d_]+(?:[ .'-]+[^\W\d_]+){0,2})\.?"
    r"(?P<mark>\s*[:;,=|]|\s+[^\d\n]{0,16}\d{1,2}[:.]\d\d.{0,12})?\s*"
)
_LINE_BREAK = re.compile(r"[ \t>]*\r?\n[ \t>]*")  # with the marks of a mail that is quoted
CHUNK_EPOCHS = 5_000
MOST_SECONDS = 120.0  # of computing, for one code


@dataclass(frozen=True)
class Checked:
    """A code and what came of it."""

    line: int  # of the text, from 1
    written: str = ""  # the name that stands before the code
    answer: Answer | None = None  # None: the code can't be read
    result: Result | None = None  # None: not yet, or there is an error
    error: FieldError | None = None
    same_as: int | None = None  # the place, in the list of all, of an equal run that was handed in before

    @property
    def waiting(self) -> bool:
        """Whether it is still to be computed."""
        return self.result is None and self.error is None


class Checking:
    """Computes what was handed in: a Task for the runner. Any thread may read and stop it."""

    apart = True

    def __init__(
        self, sheet: Assignment, text: str, *, watched: Callable[[], bool], changed: Callable[[], None]
    ) -> None:
        self.sheet = sheet
        self.owner: object = self
        handed_in = read_codes(sheet, text)
        self.rows = handed_in.rows
        self.other_lines, self.left_out = handed_in.other_lines, handed_in.left_out
        self.stopped = False
        self._watched, self._changed = watched, changed
        self._history: History | None = None
        self._training: Iterator[Chunk] | None = None
        self._until, self._seconds = 0.0, 0.0

    @property
    def running(self) -> bool:
        """Whether something is still to be computed."""
        return not self.stopped and any(row.waiting for row in self.rows)

    @property
    def done(self) -> int:
        """How many codes are done."""
        return sum(not row.waiting for row in self.rows)

    def stop(self) -> None:
        """End it; what is done stays."""
        self.stopped = True

    def ranked(self) -> list[Checked]:
        """The best first: those that met the goal by their figure, then those that did not, then what has an error."""
        return sorted(self.rows, key=self._rank)

    def work(self, until: float) -> float | None:
        """One slice: see runner.Task."""
        began = time.perf_counter()
        row = next((row for row in self.rows if row.waiting), None)
        if row is None or self.stopped or not self._watched():
            return None
        self._until = until
        try:
            found = self._computed(row)
        except FieldError as error:
            found = replace(row, error=error)
        except Exception:
            self.stopped = True
            raise
        self._seconds += time.perf_counter() - began
        if found.waiting and self._seconds > MOST_SECONDS:
            found = replace(row, error=FieldError(TOO_LARGE))
        if not found.waiting:
            self._history, self._training, self._seconds = None, None, 0.0
            self.rows = tuple(found if one is row else one for one in self.rows)
            self._changed()
        return time.perf_counter() if self.running else None

    def _computed(self, row: Checked) -> Checked:
        """The row with its result, if this slice was enough for it."""
        answer = row.answer
        assert answer is not None
        if row.same_as is not None:
            first = self.rows[row.same_as]
            return replace(row, result=first.result, error=first.error)
        history = self._history = self._history or History(answer.experiment, device="cpu")
        if history.n_epochs < answer.epoch and history.ended is None:
            chunk = min(CHUNK_EPOCHS, answer.epoch - history.n_epochs)
            self._training = self._training or history.play(history.last, chunk, stop=self._is_over)
            next(self._training)
        if history.n_epochs < answer.epoch and history.ended is None:
            return row
        return replace(row, result=result_from(self.sheet, history, min(answer.epoch, history.n_epochs)))

    def _is_over(self) -> bool:
        return time.perf_counter() >= self._until

    def _rank(self, row: Checked) -> tuple[bool, bool, float, int, int]:
        if row.result is None or row.answer is None:
            return True, True, 0.0, 0, row.line
        worse = -row.result.value if self.sheet.higher else row.result.value
        units = sum(row.answer.experiment.model.hidden)
        return False, not row.result.met, math.inf if math.isnan(worse) else worse, units, row.line


@dataclass(frozen=True)
class HandedIn:
    """What a text holds that codes were pasted into."""

    rows: tuple[Checked, ...]
    other_lines: int  # lines of other text, without a code
    left_out: int  # codes that are too many


def read_codes(sheet: Assignment, text: str) -> HandedIn:
    """A row for each code in a text. Other text is skipped, and a code that a mail program has broken is joined."""
    codes, code_lines = _find(text)
    lines = text.split("\n")
    above = _names_above(lines, codes, code_lines)
    other_lines = len(_written_lines(text) - code_lines - {line - 1 for line in above})
    rows: list[Checked] = []
    seen: dict[tuple[Experiment, int], int] = {}
    for line, code in codes[:MOST]:
        before = _before(lines, line, code)
        written = _written(before) if before else above.get(line, "")
        try:
            answer = answer_from(code, sheet)
        except FieldError as error:
            rows.append(Checked(line, written, error=error))
            continue
        too_large = FieldError(TOO_LARGE) if is_too_large(answer.experiment, answer.epoch) else None
        first = seen.setdefault((answer.experiment, answer.epoch), len(rows))
        same_as = first if first != len(rows) else None
        rows.append(Checked(line, written, answer, error=too_large, same_as=same_as))
    return HandedIn(tuple(rows), other_lines, max(0, len(codes) - MOST))


def _written(before: str) -> str:
    """The name in what stands before a code on its line; empty where that is no name."""
    found = _WRITTEN.fullmatch(before)
    name = (found["name"] or found["words"]) if found else ""
    return name.strip() if len(name) <= LONGEST_NAME else ""


def _before(lines: list[str], line: int, code: str) -> str:
    """What stands before a code on its line; empty where nothing does but the marks of a quotation."""
    before = lines[line - 1].partition(code[:SHORTEST])[0]
    return before if before.strip("> \t") else ""


def _names_above(lines: list[str], codes: list[tuple[int, str]], code_lines: set[int]) -> dict[int, str]:
    """The names that stand alone on the line above a code which begins its own line, by the code's line.

    A bare name may also belong to the code before it: it counts only where the first code has a name above it too.
    """
    free = [line for line, code in codes if line > 1 and line - 1 not in code_lines and not _before(lines, line, code)]
    found = {line: _ABOVE.fullmatch(lines[line - 2]) for line in free}
    named = {line: match for line, match in found.items() if match and len(match["name"]) <= LONGEST_NAME}
    bare = bool(codes) and codes[0][0] in named
    return {line: match["name"] for line, match in named.items() if bare or match["mark"]}


def find_codes(text: str) -> tuple[list[tuple[int, str]], int]:
    """The codes in a text, damaged ones too, each with its line's number; and the number of lines of other text."""
    codes, code_lines = _find(text)
    return codes, len(_written_lines(text) - code_lines)


def _written_lines(text: str) -> set[int]:
    return {number for number, said in enumerate(text.split("\n"), 1) if said.strip()}


def _find(text: str) -> tuple[list[tuple[int, str]], set[int]]:
    """The codes, each with its line's number, and all lines that a part of one is on."""
    codes: list[tuple[int, str]] = []
    lines = set[int]()  # that a code is on
    end, line, counted = 0, 1, 0
    for word in _WORD.finditer(text):
        if word.start() < end or not _is_like_code(word[0]):
            continue
        line, counted = line + text.count("\n", counted, word.start()), word.start()
        code, end = _whole(text, word)
        codes.append((line, code))
        lines |= set(range(line, line + text.count("\n", word.start(), end) + 1))
    return codes, lines


def _is_like_code(word: str) -> bool:
    """Whether a word is as long and as mixed as a code, or a piece of one, is."""
    kinds = (str.isdigit, str.isupper, str.islower)
    return len(word) >= SHORTEST and all(any(map(kind, word)) for kind in kinds)


def _whole(text: str, first: re.Match[str]) -> tuple[str, int]:
    """The code that begins with a word, and where it ends, perhaps lines later; else what is damaged, up to a space."""
    code, end = first[0], first.end()
    for _piece in range(MOST_PIECES):
        if is_answer(code):
            return code, end
        gap = _LINE_BREAK.match(text, end)
        more = _WORD.match(text, gap.end()) if gap else None
        if more is None:
            break
        code, end = code + more[0], more.end()
    rest = text[first.end() :].partition("\n")[0].split(" ")[0]
    has_another = any(map(is_answer, _WORD.findall(rest)))
    return first[0], first.end() + (0 if has_another else len(rest))
