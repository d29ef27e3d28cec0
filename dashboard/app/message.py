"""The live message: what a browser doesn't have yet of the run looked at, as bytes.

Little-endian. A header of 40 bytes: u8 version, u8 flags, u16 reserved, u32 scene (the player's number), u32 known
(epochs trained), u32 cursor (the epoch looked at), u32 curve_from (curve points from this epoch on are replaced),
u32 n_train, u32 n_test, u32 n_states, u32 n_parameters, f32 pace (epochs a second). Then the states, each u32 epoch,
f32 train loss, test loss, train score, test score, then the parameters as f32. Then the new points of the training
curve and of the test curve, each f32 epoch, f32 loss. `browser/protocol.js` reads it.
"""

import struct
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dashboard.app.feed import Frame
from dashboard.app.player import Player
from dashboard.app.session import Session
from dashboard.app.state import Motion

VERSION = 1
PLAYING, ENDED, MORE, BACKWARDS = 1, 2, 4, 8  # flags
WIDEST = 12_000  # parameters: of larger networks the server makes the pictures
BYTES_A_SECOND = 60_000  # of states
COLUMNS = 400  # of a curve: two points each at most
_HEADER = struct.Struct("<BBHIIIIIIIIf")
_STATE = struct.Struct("<Iffff")


@dataclass
class Listener:
    """What one browser has been sent."""

    frame: int = 0  # the number of the last one
    scene: int = 0
    curve_from: int = 0  # the first epoch whose curve it doesn't have, or not for good
    known: int = -1  # epochs trained, as the last message said
    flags: int = -1  # of the last message; -1: none was sent


def message(session: Session, listener: Listener, seconds: float) -> bytes | None:
    """What `listener` doesn't have, of about the last `seconds`; None if there is nothing new. Takes note of it."""
    player = session.player
    if listener.scene != player.number:
        listener.scene, listener.curve_from, listener.known = player.number, 0, -1
    frames = [frame for frame in session.feed.since(listener.frame) if frame.run == player.number]
    flags = _flags(player)
    known = player.run.history.n_epochs
    if not frames and (flags, known) == (listener.flags, listener.known):
        return None
    if frames:
        listener.frame = frames[-1].number
    listener.flags, listener.known = flags, known
    width = max(1, -(-player.run.experiment.epochs // COLUMNS))
    start = listener.curve_from
    train, test = (curve_part(loss, start, width) for loss in _losses(player))
    listener.curve_from = known // width * width
    states = _affordable(frames, seconds)
    n_parameters = states[0].parameters.size if states else 0
    header = _HEADER.pack(
        VERSION, flags, 0, player.number, known, player.epoch, start, len(train), len(test), len(states), n_parameters,
        player.pace,
    )  # fmt: skip
    return b"".join([header, *(part for frame in states for part in _packed(frame)), train.tobytes(), test.tobytes()])


def curve_part(loss: NDArray[np.float32], start: int, width: int) -> NDArray[np.float32]:
    """(k, 2) epochs and losses from `start` on: of every `width` epochs the smallest and the largest, and the last."""
    values = loss[start:]
    if not len(values):
        return np.empty((0, 2), np.float32)
    whole = len(values) // width * width
    places = {len(values) - 1}
    if whole:
        columns, first = values[:whole].reshape(-1, width), np.arange(0, whole, width)
        places.update((first + columns.argmin(axis=1)).tolist(), (first + columns.argmax(axis=1)).tolist())
    if whole < len(values):
        rest = values[whole:]
        places |= {whole + int(rest.argmin()), whole + int(rest.argmax())}
    kept = np.array(sorted(places))
    return np.stack([kept + start, values[kept]], axis=1).astype(np.float32)


def _losses(player: Player) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    history = player.run.history
    return history.train_loss, history.test_loss


def _flags(player: Player) -> int:
    motion = player.motion
    moves = motion is not Motion.REST
    more = not moves and not player.arrived
    backwards = BACKWARDS if motion is Motion.BACKWARD else 0
    return (PLAYING if moves else 0) | (ENDED if player.progress.ended else 0) | (MORE if more else 0) | backwards


def _affordable(frames: list[Frame], seconds: float) -> list[Frame]:
    """As many as the wire has room for, evenly, the last one among them."""
    if not frames:
        return []
    most = max(1, int(BYTES_A_SECOND * seconds / frames[-1].parameters.nbytes))
    if len(frames) <= most:
        return frames
    return [frames[place] for place in np.unique(np.linspace(len(frames) - 1, 0, most).round().astype(int))]


def _packed(frame: Frame) -> tuple[bytes, bytes]:
    scores = frame.scores
    head = _STATE.pack(frame.epoch, scores.train_loss, scores.test_loss, scores.train_score, scores.test_score)
    return head, frame.parameters.astype("<f4", copy=False).tobytes()
