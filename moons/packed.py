"""A small value as the text of a code, and back: JSON, compressed, in the letters that a link may hold."""

import base64
import hashlib
import json
import zlib
from typing import Any

FIRST_LETTERS = "eN"  # of every code: zlib's mark for its best compression
LONGEST = 20_000  # characters
MOST_BYTES = 100_000  # that a code unpacks to


def pack(value: Any) -> str:
    """The code of a value that JSON can hold; the same for equal values."""
    return base64.urlsafe_b64encode(zlib.compress(_text(value), 9)).decode("ascii").rstrip("=")


def digest(value: Any) -> str:
    """Eight characters that tell values from one another, however they are compressed."""
    return hashlib.sha256(_text(value)).hexdigest()[:8]


def _text(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False, sort_keys=True).encode()


def unpack(code: str) -> Any:
    """The value of `pack`. Raises ValueError for anything else."""
    if not code.isascii() or not 0 < len(code) <= LONGEST:
        raise ValueError(code)
    try:
        data = base64.b64decode(code + "=" * (-len(code) % 4), altchars=b"-_", validate=True)
        unpack = zlib.decompressobj()
        text = unpack.decompress(data, MOST_BYTES)
        if not unpack.eof or unpack.unused_data:
            raise ValueError(code)
        return json.loads(text)
    except (zlib.error, RecursionError):
        raise ValueError(code) from None
