"""What was handed in for a class sheet, computed anew in the background, one after the other."""

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from moons import Experiment, FieldError, History
from moons.answer import TOO_LARGE, Answer, Result, answer_from, is_too_large, result_from
from moons.assignment import Assignment
from moons.progress import Chunk

MOST = 300  # codes at once
CHUNK_EPOCHS = 5_000
MOST_SECONDS = 120.0  # of computing, for one code


@dataclass(frozen=True)
class Checked:
    """A code and what came of it."""

    number: int  # of its line, from 1
    answer: Answer | None = None  # None: the code can't be read
    result: Result | None = None  # None: not yet, or there is an error
    error: FieldError | None = None
    same_as: int | None = None  # the line of an equal run, handed in before

    @property
    def waiting(self) -> bool:
        """Whether it is still to be computed."""
        return self.result is None and self.error is None


class Checking:
    """Computes what was handed in: a Task for the runner. Any thread may read and stop it."""

    def __init__(
        self, sheet: Assignment, text: str, *, watched: Callable[[], bool], changed: Callable[[], None]
    ) -> None:
        self.sheet = sheet
        self.owner: object = self
        self.rows = read_codes(sheet, text)
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
            self.rows = tuple(found if one.number == row.number else one for one in self.rows)
            self._changed()
        return time.perf_counter() if self.running else None

    def _computed(self, row: Checked) -> Checked:
        """The row with its result, if this slice was enough for it."""
        answer = row.answer
        assert answer is not None
        if row.same_as is not None:
            first = self.rows[row.same_as - 1]
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
            return True, True, 0.0, 0, row.number
        value = row.result.value if row.result.value == row.result.value else float("inf")
        units = sum(row.answer.experiment.model.hidden)
        return False, not row.result.met, -value if self.sheet.higher else value, units, row.number


def read_codes(sheet: Assignment, text: str) -> tuple[Checked, ...]:
    """A row for each code in a text: they stand apart by spaces or lines."""
    rows: list[Checked] = []
    seen: dict[tuple[Experiment, int], int] = {}
    for number, code in enumerate(re.findall(r"\S+", text)[:MOST], 1):
        try:
            answer = answer_from(code, sheet)
        except FieldError as error:
            rows.append(Checked(number, error=error))
            continue
        too_large = FieldError(TOO_LARGE) if is_too_large(answer.experiment, answer.epoch) else None
        first = seen.setdefault((answer.experiment, answer.epoch), number)
        rows.append(Checked(number, answer, error=too_large, same_as=first if first != number else None))
    return tuple(rows)
