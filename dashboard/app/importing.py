"""What a person brings, from a file's bytes to the points that it gives: read, asked about, and read again."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from threading import Event, Thread

from moons import FieldError
from moons.data import NONE, ReadOptions, Selection, Sheet, Table, read_table
from moons.data.samples import SAMPLES

Say = Callable[[float], None]  # hears the share that is done
Places = tuple[int, int, int]
AUTO = "auto"  # the task: what the label column looks like
_READ_AGAIN = {"encoding", "sheet", "pairs", "turned"}  # questions whose answers change the cells
_REGUESS = {*_READ_AGAIN, "two_columns", "marks", "label"}  # and those that change which columns are likely


@dataclass(frozen=True, eq=False)
class Upload:
    """A table until its points are used: the widgets forget it while another room is looked at."""

    name: str
    sheet: Sheet
    places: Places
    task: str
    selection: Selection
    table: Table | None  # the points as they would be
    error: FieldError | None = None  # why there are none
    ranking: tuple[tuple[int, float], ...] = ()  # columns and their importance for the label
    options: ReadOptions = field(default_factory=ReadOptions)  # what the person has set
    data: bytes | None = None  # to be read again; None: a sample, which is a ready sheet
    chosen: bool = False  # whether the person has chosen the columns


def read(data: bytes, name: str, say: Say) -> Upload:
    """A file or pasted cells, with every default. Raises FieldError for what is no table."""
    sheet = read_table(data, name=name, progress=say)
    return _look(name, sheet, sheet.guess(), data=data)


def sample(key: str, _say: Say) -> Upload:
    """A real data set to start from."""
    sheet = SAMPLES[key].load()
    return _look(SAMPLES[key].label, sheet, sheet.guess())


def reread(upload: Upload, options: ReadOptions, say: Say) -> Upload:
    """The same bytes, read as the person says. Raises FieldError if there is no table then."""
    assert upload.data is not None
    sheet = read_table(upload.data, name=upload.name, options=options, progress=say)
    same = upload.chosen and len(sheet.columns) == len(upload.sheet.columns)
    return _with(replace(upload, sheet=sheet, options=options), upload.places if same else sheet.guess())


def answered(upload: Upload, key: str, answer: str, say: Say) -> Upload:
    """With a question answered."""
    options = upload.options.answered(key, answer)
    if key in _READ_AGAIN and upload.data is not None:
        return reread(upload, options, say)
    sheet = upload.sheet.answered(key, answer)
    chosen = upload.chosen and key != "label"
    places = sheet.guess() if key in _REGUESS and not chosen else upload.places
    return _with(replace(upload, sheet=sheet, options=options, chosen=chosen), places)


def choose(upload: Upload, places: Places, task: str, _say: Say) -> Upload:
    """With other columns, or another task."""
    chosen = upload.chosen or places != upload.places
    return _with(replace(upload, task=task, chosen=chosen), places)


def _with(upload: Upload, places: Places) -> Upload:
    again = _look(upload.name, upload.sheet, places, upload.task)
    return replace(again, data=upload.data, options=upload.options, chosen=upload.chosen)


def _look(name: str, sheet: Sheet, places: Places, task: str = AUTO, data: bytes | None = None) -> Upload:
    """What three columns give, or why they give nothing."""
    selection = sheet.selection(*places, task=None if task == AUTO else task)
    table, error = None, None
    try:
        table = selection.table()
    except FieldError as wrong:
        error = wrong
    return Upload(name, sheet, places, task, selection, table, error, _ranking(sheet, places[2]), data=data)


def _ranking(sheet: Sheet, label: int) -> tuple[tuple[int, float], ...]:
    few = len(sheet.columns) <= 3
    return () if few or label == NONE else tuple(sheet.ranking(label))


class CancelledError(Exception):
    """The person no longer waits."""


class Reading:
    """Work on a table in a thread of its own, with the share that is done."""

    def __init__(self, work: Callable[[Say], Upload]) -> None:
        self.share = 0.0
        self._upload: Upload | None = None
        self._error: BaseException | None = None
        self._cancelled = Event()
        self._work = work
        self._thread = Thread(target=self._run, daemon=True)
        self._thread.start()

    def wait(self, seconds: float = 0.0) -> bool:
        """Whether it is done, within so many seconds."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def cancel(self) -> None:
        """Stop at the next word on how far it is."""
        self._cancelled.set()

    def result(self) -> Upload:
        """What came of it. Raises FieldError for what is no table."""
        self._thread.join()
        if self._error is not None:
            raise self._error
        assert self._upload is not None
        return self._upload

    def _run(self) -> None:
        try:
            self._upload = self._work(self._say)
        except BaseException as error:
            self._error = error

    def _say(self, share: float) -> None:
        if self._cancelled.is_set():
            raise CancelledError
        self.share = share
