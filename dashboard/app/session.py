"""One person's session on the server: the page's state, its runs, and the player that moves through one of them."""

import secrets
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial

from dashboard.app import events as e
from dashboard.app.agreeing import Agreeing
from dashboard.app.beside import RunsBeside, Training
from dashboard.app.checking import Checking
from dashboard.app.exploring import Asked, ManyRuns, Steps, Study
from dashboard.app.feed import Feed
from dashboard.app.player import Player, fair_pictures
from dashboard.app.proving import Proving
from dashboard.app.runner import LowPriority, Runner
from dashboard.app.runs import Run, open_run
from dashboard.app.shelf import Kept, Shelf
from dashboard.app.state import Cursor, Looked, Notice, PageState, RunId, Shared
from dashboard.app.turns import turns
from dashboard.app.update import update
from dashboard.app.words import error_sentence, failure_sentence
from moons import Dataset, Experiment, FieldError, History
from moons.answer import Answer
from moons.assignment import Assignment
from moons.attempts import attempts

ABSENT = 1.5  # seconds without a sign of the browser, after which nothing is computed for it
GONE = 60.0  # and after which a computation of several steps ends: while it keeps a core busy, looks come late


class Session:
    """State and runs of one browser tab. Every method may be called from any thread."""

    def __init__(
        self, runner: Runner, clock: Callable[[], float] = time.monotonic, beside: RunsBeside | None = None
    ) -> None:
        self.token = secrets.token_urlsafe(24)
        self.shelf = Shelf()
        self.feed = Feed()
        self.seen = clock()  # when the browser gave its last sign
        self.last_act = 0.0  # that the browser has said over the live socket, by its own number
        self.link: dict[str, str] = {}  # what its address bar says
        self._runner, self._clock = runner, clock
        self._beside = beside or RunsBeside(runner, clock)  # of points that anyone can draw
        self._own_beside = RunsBeside(runner, clock)
        self._lock = threading.RLock()
        self._numbers = 0  # of players
        self._before: Run | None = None  # the run that Undo brings back
        self._removed: list[Kept] = []  # to make room, and not told yet
        self._preview: Player | None = None  # of a slider under the hand
        self._others: list[Player] = []  # that nobody looks at
        self._proving: Proving | None = None  # the last one
        self._trained: Run | None = None  # the last one that was put
        self._agreeing: Agreeing | None = None  # the last one
        self._recording: Player | None = None  # the last one
        self.checking: Checking | None = None  # of what was handed in for a class sheet: the last one
        self.attempting: Checking | None = None  # whether a class sheet's goal can be reached: the last one
        self.studies: dict[str, Study] = {}  # the last one of each panel of the room Explore
        self._state = PageState()
        self._player = self._play(Looked(), open_run(RunId(), ()))

    @property
    def state(self) -> PageState:
        """The page's state, the run's progress included."""
        with self._lock:
            self._state = self._synced()
            return self._state

    @property
    def shared(self) -> Shared:
        """What the widgets at the top say; asked for each sentence, so without a look at the run."""
        return self._state.shared

    @property
    def player(self) -> Player:
        """Moves through the run looked at."""
        return self._player

    @property
    def runs(self) -> list[Run]:
        """The run looked at, and those that are kept, newest first."""
        others = [kept.run for kept in self.shelf][::-1]
        return [self._player.run, *([self._before] if self._before else []), *others]

    @property
    def proving(self) -> Proving | None:
        """What is tried for the run looked at, or was; None while it moves."""
        found, player = self._proving, self._player
        same = found is not None and found.run is player.run and found.epoch == player.epoch
        return found if same and player.arrived else None

    def prove(self) -> Proving | None:
        """Begin to try what would help the run looked at, where it rests and that isn't done yet."""
        with self._lock:
            player = self._player
            if self.proving is None and player.arrived and player.epoch > 0:
                self._stop_proving()
                watched = lambda: self.watched  # noqa: E731
                self._proving = Proving(player.run, player.epoch, watched=watched, changed=self.feed.wake)
                self._runner.wake(self._proving)
            return self.proving

    def prove_on(self) -> None:
        """Try for longer."""
        with self._lock:
            if self._proving is not None:
                self._proving.allow()
                self._runner.wake(self._proving)

    @property
    def agreeing(self) -> Agreeing | None:
        """The comparison of the exported program with the run looked at, under way or done."""
        found = self._agreeing
        return found if found is not None and found.run is self._player.run else None

    def agree(self) -> None:
        """Run the exported program, and compare."""
        with self._lock:
            if self._agreeing is not None:
                self._agreeing.stop()
            self._agreeing = Agreeing(self._player.run, watched=lambda: self.watched)

    @property
    def recording(self) -> Player | None:
        """What records the run looked at once more, with PyTorch."""
        found = self._recording
        return found if found is not None and found.run.id == self._player.run.id else None

    def record(self) -> None:
        """Train the run looked at once more in the background, with PyTorch; `put_run` then makes it the run."""
        with self._lock:
            run, history = self._player.run, self._player.run.history
            again = History(run.experiment, engine="torch", device="cpu", dataset=history.dataset)
            self._recording = self._background(Run(run.id, again))
            self._recording.go(Cursor(run.experiment.epochs if history.ended else history.n_epochs))
            self._runner.wake(self._recording)

    def stop_recording(self) -> None:
        """Give it up."""
        with self._lock:
            if self._recording is not None:
                self._recording.go(Cursor(self._recording.epoch))
            self._recording = None

    def check(self, sheet: Assignment, text: str) -> None:
        """Compute anew what was handed in for a class sheet: codes in a text."""
        with self._lock:
            if self.checking is not None:
                self.checking.stop()
            watched = lambda: self.watched  # noqa: E731
            self.checking = Checking(sheet, text, watched=watched, changed=self.feed.wake)
            self._runner.wake(self.checking)

    def attempt(self, sheet: Assignment) -> None:
        """Try to reach a class sheet's goal: a few runs, as if they had been handed in."""
        codes = [Answer("", one.training.epochs, one).code(sheet) for one in attempts(sheet)]
        with self._lock:
            if self.attempting is not None:
                self.attempting.stop()
            watched = lambda: self.watched  # noqa: E731
            self.attempting = Checking(sheet, "\n".join(codes), watched=watched, changed=self.feed.wake)
            self._runner.wake(self.attempting)

    @property
    def workers(self) -> int:
        """How many threads train."""
        return self._runner.workers

    def explore(self, asked: Asked, experiments: Sequence[Experiment | None]) -> ManyRuns:
        """Begin a study of many runs. It ends the study that is under way."""
        self.stop_exploring()
        study = ManyRuns(asked, experiments, self._runner, owner=LowPriority(self.feed), watched=lambda: self.watched)
        self.studies[asked.panel] = study
        return study

    def explore_steps(
        self, asked: Asked, make: Callable[[Callable[[], bool]], Iterator[object]], planned: int
    ) -> Steps:
        """Begin a study that `make(stop)` computes step by step. It ends the study that is under way."""
        self.stop_exploring()
        study = Steps(asked, make, planned, watched=lambda: self.absent < GONE)
        self.studies[asked.panel] = study
        return study

    def stop_exploring(self) -> None:
        """End the study that is under way; its results so far stay."""
        for study in self.studies.values():
            study.stop()

    def close(self) -> None:
        """End all its work, at once."""
        self.send(e.PausePressed())
        self.stop_exploring()
        with self._lock:
            self._stop_proving()
            for work in (self.checking, self.attempting, self._agreeing):
                if work is not None:
                    work.stop()

    def put_run(self, run: Run) -> None:
        """Make a trained run known, so that an event can open it. It replaces the one looked at, if it is the same."""
        with self._lock:
            self._trained = run
            if run.id == self._player.run.id:
                looked = replace(self.state.looked, cursor=Cursor(min(self._player.epoch, run.history.n_epochs)))
                self._player.go(Cursor(self._player.epoch))
                self._player = self._play(looked, run)
                self.shelf.keep(run, looked)
                self._runner.wake(self._player)

    def send(self, event: e.Event) -> PageState:
        """Let something happen. Raises FieldError for what can't be; then everything stays as it is."""
        with self._lock:
            now = self._synced()
            after = update(now, event)
            self._follow(now, after)
            self._state = after
            return after

    def try_send(self, event: e.Event) -> PageState:
        """The same, but what can't be is told in a notice."""
        try:
            return self.send(event)
        except FieldError as error:
            return self.send(e.Said(Notice(partial(error_sentence, error), error=True)))

    def settle(self, seconds: float) -> PageState:
        """Wait for what is being computed, at most so long: within a blink nothing needs to be said about it."""
        self.look()
        if not self.state.playing:
            self._player.wait(seconds)
        return self.state

    def preview(self, looked: Looked, epoch: int, seconds: float) -> Player | None:
        """Another run at that epoch, as a dragged slider would have it; None where it isn't there within that time.

        The preview before it, if it is still computed, ends.
        """
        if self._preview is not None:
            self._preview.go(Cursor(self._preview.epoch))
        with self._lock:
            player = self._preview = self._background(open_run(looked.run, self.runs))
        player.go(Cursor(epoch))
        self._runner.wake(player)
        if player.wait(seconds):
            return player
        player.go(Cursor(player.epoch))
        return None

    def beside(self, experiment: Experiment, dataset: Dataset, seconds: float) -> Training:
        """Another run, trained in the background towards its end for so long; asked again, it goes on."""
        runs = self._beside if experiment.data.own is None else self._own_beside
        return runs.of(experiment, dataset, self.feed, seconds)

    def keep(self) -> list[Kept]:
        """Put the current run on the shelf. Returns the runs that were removed to make room."""
        with self._lock:
            removed = self._removed + self.shelf.show(self._player.run, self.state.looked)
            self._removed = []
            return removed

    @property
    def nbytes(self) -> int:
        """Memory held by its runs."""
        tried = self._proving.proof if self._proving else None
        studies = sum(study.nbytes for study in list(self.studies.values()))
        return sum(run.history.nbytes for run in set(self._known)) + (tried.nbytes if tried else 0) + studies

    def shrink(self) -> Kept | None:
        """Remove the oldest kept run that may go; None if there is none."""
        with self._lock:
            return self.shelf.shrink()

    def look(self) -> None:
        """The browser has given a sign: what was suspended for want of one goes on."""
        self.seen = self._clock()
        for player in (self._player, *self._others):
            if not player.arrived:
                self._runner.wake(player)
        if self.proving is not None and self.proving.running:
            self._runner.wake(self.proving)
        for checking in (self.checking, self.attempting):
            if checking is not None and checking.running:
                self._runner.wake(checking)
        for study in self.studies.values():
            study.look()

    @property
    def watched(self) -> bool:
        """Whether somebody looks."""
        return self.feed.listeners > 0 or self._clock() - self.seen < ABSENT

    def looked_at(self, experiment: Experiment) -> Looked:
        """How the run of an experiment was looked at last; from its start, if it is new."""
        kept = next((kept for kept in self.shelf if kept.run.experiment == experiment), None)
        return kept.looked if kept else Looked(RunId(experiment, self.state.looked.run.device))

    def run_of(self, run_id: RunId) -> Run:
        """A run by its name, trained or not. Raises FieldError if it can't be made."""
        with self._lock:
            return open_run(run_id, self.runs)

    @property
    def is_shown(self) -> bool:
        """Whether a browser tab is connected."""
        return self.feed.listeners > 0

    @property
    def absent(self) -> float:
        """Seconds since the browser's last sign; 0 while it is connected."""
        return 0.0 if self.is_shown else self._clock() - self.seen

    def adopt(self, other: "Session") -> None:
        """Keep the runs of another session too, as a second tab of the same browser does."""
        for kept in other.shelf:
            self.shelf.keep(kept.run, kept.looked, stays=True)

    def restore(self, experiments: Iterable[Experiment]) -> None:
        """Keep runs that are not trained any more, and train them anew in the background."""
        for experiment in experiments:
            run_id = RunId(experiment)
            with suppress(FieldError), self._lock:
                run = open_run(run_id, self.runs)
                self.shelf.add(run, Looked(run_id, Cursor(experiment.epochs)))
                player = self._background(run)
                player.go(Cursor(experiment.epochs))
                self._runner.wake(player)

    def forget(self) -> None:
        """Remove all runs but the one looked at, and how guesses came out."""
        with self._lock:
            self._before = None
            self._own_beside = RunsBeside(self._runner, self._clock)
            now = self._synced()
            self._state = replace(now, past=(), hand_edit=None, notes=replace(now.notes, guesses=()))
            for player in self._others:
                player.go(Cursor(player.epoch))
            for kept in self.shelf:
                self.shelf.remove(kept.number)

    def _background(self, run: Run) -> Player:
        """A player that nobody looks at."""
        player = self._new_player(run, Feed())
        self._others = [one for one in self._others if not one.arrived] + [player]
        return player

    def _synced(self) -> PageState:
        """The state, with what the player has done since."""
        player, now = self._player, self._state
        looked = Looked(player.run.id, player.cursor, now.looked.origin, now.looked.by_hand)
        if (looked, player.progress) != (now.looked, now.progress):
            now = update(now, e.Moved(looked, player.progress))
        if player.failure is not None:
            error, player.failure = player.failure, None
            now = update(now, e.Failed(Notice(partial(failure_sentence, error), error=True)))
        return now

    def _follow(self, now: PageState, after: PageState) -> None:
        """Make the player do what the state says."""
        if after.looked.run != now.looked.run or after.looked.cursor != now.looked.cursor:
            self._stop_proving()
        if after.looked.run != now.looked.run:
            if self._agreeing is not None:
                self._agreeing.stop()
            self.stop_recording()
            run = open_run(after.looked.run, self._known)
            self._player.go(Cursor(self._player.epoch))
            self._removed += self.shelf.show(self._player.run, now.looked)
            self._before = self._player.run
            self._player = self._play(after.looked, run)
        elif after.looked.cursor != now.looked.cursor:
            self._player.go(after.looked.cursor)
        self._player.speed = after.transport.speed
        if not self._player.arrived:
            self._runner.wake(self._player)

    @property
    def _known(self) -> list[Run]:
        """The runs that another one can share epochs with."""
        return [*self.runs, *([self._trained] if self._trained else [])]

    def _stop_proving(self) -> None:
        """End what is tried; what is done stays for whoever comes back to that epoch."""
        if self._proving is not None and self._proving.running:
            self._proving.stop()
            self._proving = None

    def _play(self, looked: Looked, run: Run) -> Player:
        player = self._new_player(run, self.feed)
        player.go(looked.cursor)
        return player

    def _new_player(self, run: Run, feed: Feed) -> Player:
        self._numbers += 1
        return Player(
            run, Cursor(), feed, owner=self.feed, number=self._numbers, watched=lambda: self.watched,
            pictures=lambda: fair_pictures(self._runner.moving, turns().clicks),
        )  # fmt: skip
