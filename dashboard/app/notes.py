"""What a person's browser keeps from visit to visit, beside the runs: as a JSON text."""

import json
from dataclasses import asdict, dataclass, replace

LONGEST = 10_000  # characters of a text that is read


@dataclass(frozen=True)
class Notes:
    """What a person has closed, and how their guesses came out."""

    welcome: bool = True  # whether the questions over the first picture are shown
    guesses: tuple[tuple[str, bool], ...] = ()  # exercise -> whether the first guess was right

    def with_guess(self, exercise: str, *, right: bool) -> "Notes":
        """The first guess counts; later ones change nothing."""
        if exercise in dict(self.guesses):
            return self
        return replace(self, guesses=(*self.guesses, (exercise, right)))

    @property
    def n_right(self) -> int:
        """How many guesses were right."""
        return sum(right for _exercise, right in self.guesses)


def merged(kept: Notes, now: Notes) -> Notes:
    """What the browser has kept, with what has happened since the page was opened."""
    both = Notes(kept.welcome and now.welcome, kept.guesses)
    for exercise, right in now.guesses:
        both = both.with_guess(exercise, right=right)
    return both


def to_text(notes: Notes) -> str:
    """The notes as JSON; empty where there is nothing to keep."""
    return "" if notes == Notes() else json.dumps(asdict(notes))


def from_text(text: str) -> Notes:
    """What `to_text` wrote. A text that can't be read says nothing."""
    try:
        kept = json.loads(text[:LONGEST])
        guesses = tuple((str(exercise), bool(right)) for exercise, right in kept["guesses"])
        return merged(Notes(bool(kept["welcome"]), guesses), Notes())
    except (ValueError, TypeError, KeyError):
        return Notes()
