"""Keyframes: a run's stored states, from which any other epoch is rebuilt quickly."""

from bisect import bisect_right
from typing import NamedTuple

import numpy as np

from moons.progress import State


class _Keyframe(NamedTuple):
    state: State
    seconds: float  # of training from the first keyframe on


class Keyframes:
    """Whole states by epoch, within a budget of bytes, spread evenly over the seconds that a replay takes.

    One thread may append while others read: a list that was handed out only grows at its end; thinning makes a new one.
    """

    def __init__(self, first: State, budget: int) -> None:
        self._frames = [_Keyframe(first, 0.0)]
        self._most = max(2, budget // max(1, first.nbytes))

    def append(self, state: State, seconds: float) -> None:
        """Keep a later state; training from the last one on took `seconds`. May remove others, but not the first."""
        assert state.partial is None
        self._frames.append(_Keyframe(state, self._frames[-1].seconds + seconds))
        if len(self._frames) > self._most:
            times = [frame.seconds for frame in self._frames]
            wanted = np.searchsorted(times, np.linspace(times[0], times[-1], max(2, self._most // 2 + 1)))
            places = {0, *wanted.tolist(), len(times) - 1} if self._most > 2 else {0, len(times) - 1}
            self._frames = [self._frames[place] for place in sorted(places)]

    def continued(self, state: State) -> "Keyframes":
        """Those before a state, and that one: of a run that goes on from there in another way."""
        other = Keyframes(state, 0)
        other._most = self._most
        earlier = [frame for frame in self._frames if frame.state.epoch < state.epoch]
        other._frames = [*earlier, _Keyframe(state, earlier[-1].seconds if earlier else 0.0)]
        return other

    def before(self, epoch: int) -> State:
        """The last one at or before an epoch."""
        frames = self._frames
        return frames[bisect_right(frames, epoch, key=lambda frame: frame.state.epoch) - 1].state

    def until(self, epoch: int) -> list[State]:
        """All up to an epoch, that one included."""
        return [frame.state for frame in self._frames if frame.state.epoch <= epoch]

    @property
    def states(self) -> list[State]:
        """All, by epoch."""
        return [frame.state for frame in self._frames]

    @property
    def nbytes(self) -> int:
        """Memory held, bytes."""
        return len(self._frames) * self._frames[0].state.nbytes  # all are of one network
