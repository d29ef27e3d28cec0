"""A table as the text of a link, and back.

A head of two 32-bit numbers, the length of the names and how many points there are; the names as JSON; the columns;
which points are held out. The columns are float32 where that is exact, as all were in the first links. Else the
length's highest bit is set, and each column begins with how it is written: as decimals, as float64, or as float32
from its mean on if that is too long.
"""

import base64
import json
import zlib
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

_PRECISE = 1 << 31
_DECIMALS, _DOUBLE, _SHORT = 0, 1, 2
_MOST_BYTES = 100_000  # of a table that a link unpacks to
_LONGEST = 8_000  # characters
_MOST_DECIMALS = 15


class Packable(Protocol):
    """The fields of a table."""

    @property
    def x0(self) -> tuple[float, ...]: ...
    @property
    def x1(self) -> tuple[float, ...]: ...
    @property
    def y(self) -> tuple[float, ...]: ...
    @property
    def class_names(self) -> tuple[str, ...]: ...
    @property
    def columns(self) -> tuple[str, ...]: ...
    @property
    def test(self) -> tuple[bool, ...]: ...


def packed(table: Packable) -> str:
    """The table as text, in about at most 8,000 characters for 500 points."""
    columns = [np.array(values, np.float64) for values in (table.x0, table.x1, table.y)]
    if all(map(_is_short, columns)):
        return _text(table, 0, np.array(columns, "<f4").tobytes())
    exact = _text(table, _PRECISE, b"".join(map(_exact, columns)))
    return exact if len(exact) <= _LONGEST else _text(table, _PRECISE, b"".join(map(_rounded, columns)))


def _text(table: Packable, flag: int, numbers: bytes) -> str:
    words = json.dumps([table.class_names, table.columns], separators=(",", ":"), ensure_ascii=False).encode()
    head = np.array([len(words) | flag, len(table.y)], "<u4").tobytes()
    tests = np.array(table.test, np.uint8).tobytes()
    return base64.urlsafe_b64encode(zlib.compress(head + words + numbers + tests, 9)).decode("ascii")


def unpacked(text: str) -> dict[str, Any]:
    """The fields of the table of `packed`. Raises ValueError, or what NumPy and zlib raise, for anything else."""
    data = zlib.decompressobj().decompress(base64.urlsafe_b64decode(text), _MOST_BYTES)
    n_words, n = np.frombuffer(data, "<u4", 2).tolist()
    precise, n_words = bool(n_words & _PRECISE), n_words & ~_PRECISE
    class_names, columns = json.loads(data[8 : 8 + n_words])
    place = 8 + n_words
    if precise:
        numbers = []
        for _ in range(3):
            values, place = _column(data, place, n)
            numbers.append(tuple(values.tolist()))
    else:
        numbers = [_shortest(row) for row in np.frombuffer(data, "<f4", 3 * n, place).reshape(3, n)]
        place += 12 * n
    y = tuple(map(int, numbers[2])) if class_names else numbers[2]
    return {
        "x0": numbers[0],
        "x1": numbers[1],
        "y": y,
        "class_names": tuple(class_names),
        "columns": tuple(columns),
        "test": tuple(map(bool, data[place:])),
    }


def _shortest(numbers: NDArray[np.float32]) -> tuple[float, ...]:
    """Each number's shortest decimal."""
    return tuple(float(str(number)) for number in numbers)


def _is_short(column: NDArray[np.float64]) -> bool:
    """Whether each number is the shortest decimal of its float32."""
    with np.errstate(over="ignore"):
        short = column.astype(np.float32)
    return bool(np.isfinite(short).all()) and _shortest(short) == tuple(column.tolist())


def _exact(column: NDArray[np.float64]) -> bytes:
    """The column as whole numbers and a place of the decimal point if it can be, else as float64."""
    for digits in range(_MOST_DECIMALS + 1):
        with np.errstate(over="ignore", invalid="ignore"):
            whole = np.round(column * 10.0**digits)
            if np.abs(whole).max() < 2**53 and np.array_equal(whole / 10.0**digits, column):
                return bytes([_DECIMALS, digits]) + _planes(whole.astype("<i8"))
    return bytes([_DOUBLE, 0]) + _planes(column.astype("<f8"))


def _rounded(column: NDArray[np.float64]) -> bytes:
    mean = float(column.mean()) if np.abs(column).max() > 1_000 * column.std() else 0.0
    return bytes([_SHORT, 0]) + np.array(mean, "<f8").tobytes() + (column - mean).astype("<f4").tobytes()


def _planes(column: NDArray[np.generic]) -> bytes:
    """The first bytes of all numbers, then the second ones, …: alike bytes side by side pack better."""
    return column.view(np.uint8).reshape(-1, 8).T.tobytes()


def _column(data: bytes, place: int, n: int) -> tuple[NDArray[np.float64], int]:
    way, digits = data[place : place + 2]
    place += 2
    if way == _SHORT:
        mean = np.frombuffer(data, "<f8", 1, place)[0]
        short = np.frombuffer(data, "<f4", n, place + 8)
        values = np.array(_shortest(short)) if mean == 0 else mean + short.astype(np.float64)
        return values, place + 8 + 4 * n
    raw = np.ascontiguousarray(np.frombuffer(data, np.uint8, 8 * n, place).reshape(8, n).T)
    place += 8 * n
    if way == _DOUBLE:
        return raw.view("<f8").ravel().astype(np.float64), place
    if way != _DECIMALS or digits > _MOST_DECIMALS:
        raise ValueError("no such column")
    return raw.view("<i8").ravel() / 10.0**digits, place
